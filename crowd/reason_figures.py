"""The figures of reasons: rounded as they are known, and as a language writes them."""

from datetime import date
from functools import partial

import polars as pl

from crowd.reason_numbers import finite, not_below, round_to_range, written
from crowd.reason_words import HOLIDAY, ZONE_NAMES, Language

INSTANT = pl.Datetime("us", "UTC")
NAMES = ("area_name", "rule", "place", "event", "merged_into")
CODES = ("state", "level", "level_before", "baseline_from", "end_cause")
PEOPLE = ("people", "people_low", "people_high", "usual", "excess")
LEAST = ("least_people", "least_excess", "least_score")
OTHER_NUMBERS = ("score", "lat", "lon", "expected", "coverage")
WHOLE_NUMBERS = ("hexes", "hours")
# Thresholds are told to this many decimals, and hold as told.
LEAST_PLACES, SCORE_PLACES = 3, 1
# About ten metres. Written with a point in every language, so that they can be pasted into a map.
DEGREE_PLACES = 4
PASSED, MISSED = ("people_passed", "excess_passed", "score_passed"), ("people_missed", "excess_missed")


def find_figures(gatherings: pl.DataFrame, *, timezone: str, holidays: frozenset[date]) -> pl.DataFrame:
    """Round what can be told: names on one line, numbers finite and no finer than they are known.

    Args:
        gatherings: with the columns of `crowd.reasons.with_reasons`.
        timezone: local time of the area.
        holidays: days that are lived like Sundays.

    Returns:
        The same columns; local (wall time), day (0 Monday to 6 Sunday, 7 a holiday), has_range (its range can be told),
        `<figure>_passed` and `<figure>_missed` (the threshold, where the figure passes it or does not).
    """
    tidy = _tidy(gatherings).with_columns(
        local=pl.col("interval_start").dt.convert_time_zone(timezone),
        excess=pl.coalesce("excess", pl.col("people") - pl.col("usual")),
    )
    feasts = pl.Series(sorted(holidays), dtype=pl.Date).implode()
    local = pl.col("local").dt
    return tidy.with_columns(
        *(_to_range(name) for name in ("people_low", "people_high", "usual")),
        *(
            not_below(_to_range(name), exact=pl.col(name), least=pl.col(f"least_{name}"))
            for name in ("people", "excess")
        ),
        *(_told_least(name.removesuffix("_passed"), passed=True) for name in PASSED),
        *(_told_least(name.removesuffix("_missed"), passed=False) for name in MISSED),
        score=_rounded_score(),
        coverage=_percent(),
        has_range=pl.col("people").is_between("people_low", "people_high"),
        day=pl.when(local.date().is_in(feasts)).then(HOLIDAY).otherwise(local.weekday() - 1),
    ).with_columns(people_high=pl.max_horizontal("people_high", "people"))


def write_figures(figures: pl.DataFrame, words: Language, *, timezone: str) -> pl.DataFrame:
    """Add `said_<figure>` for every figure: how the language writes it; null where it is unknown."""
    write = partial(written, thousands=words.thousands, point=words.point)
    in_words = dict(enumerate(words.numbers, start=1))
    numbers = {name: write(pl.col(name).abs()) for name in (*PEOPLE, "expected", "coverage")}
    numbers |= {name: write(pl.col(name), places=LEAST_PLACES) for name in (*PASSED, *MISSED)}
    numbers |= {
        name: pl.col(name).replace_strict(in_words, default=write(pl.col(name)), return_dtype=pl.String)
        for name in WHOLE_NUMBERS
    }
    numbers |= {
        name: written(pl.col(name), thousands="", point=".", places=DEGREE_PLACES, least_places=DEGREE_PLACES)
        for name in ("lat", "lon")
    }
    numbers["score"] = write(pl.col("score"), places=SCORE_PLACES, least_places=SCORE_PLACES)
    texts = {name: pl.col(name) for name in (*NAMES, "level", "level_before")}
    day = pl.col("day").replace_strict(dict(enumerate(words.days)), return_dtype=pl.String)
    said = {**numbers, **texts, "day": day, "clock": _clock(words, timezone)}
    return figures.with_columns(expression.alias(f"said_{name}") for name, expression in said.items())


def _tidy(gatherings: pl.DataFrame) -> pl.DataFrame:
    texts = {name: pl.col(name).cast(pl.String).str.replace_all(r"[\s\p{Cc}]+", " ") for name in (*NAMES, *CODES)}
    trimmed = {name: text.str.strip_chars() for name, text in texts.items()}
    numbers = {name: finite(pl.col(name).cast(pl.Float64)) for name in (*PEOPLE, *OTHER_NUMBERS, *LEAST)}
    return gatherings.select(
        pl.col("interval_start").cast(INSTANT),
        *(pl.col(name).cast(pl.Int64) for name in WHOLE_NUMBERS),
        **{name: pl.when(text != "").then(text) for name, text in trimmed.items()},
        **numbers,
    ).with_columns(pl.col(LEAST).round(LEAST_PLACES))


def _to_range(name: str) -> pl.Expr:
    return round_to_range(pl.col(name), low=pl.col("people_low"), high=pl.col("people_high"))


def _rounded_score() -> pl.Expr:
    score = pl.col("score")
    rounded = score.round(SCORE_PLACES, mode="half_away_from_zero")
    return not_below(rounded, exact=score, least=pl.col("least_score"), places=SCORE_PLACES)


def _percent() -> pl.Expr:
    """Coverage in percent where it is not all."""
    # Rounded down: not quite all is not all. The inner rounding takes back what floats add.
    percent = (pl.col("coverage") * 100).round(6).floor()
    return pl.when(pl.col("coverage") < 1).then(percent)


def _told_least(name: str, *, passed: bool) -> pl.Expr:
    """The threshold where it is more than zero and the figure passes it, or (unless it is unknown) does not."""
    figure, least = pl.col(name), pl.col(f"least_{name}")
    holds = figure >= least if passed else (figure < least).fill_null(value=True)
    return pl.when((least > 0) & holds).then(least).alias(f"{name}_{'passed' if passed else 'missed'}")


def _clock(words: Language, timezone: str) -> pl.Expr:
    zone = f" {ZONE_NAMES[timezone]}" if words.with_zone and timezone in ZONE_NAMES else ""
    return pl.col("local").dt.strftime(f"%H{words.clock}%M") + zone
