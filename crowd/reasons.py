"""Why a gathering is one: a few plain sentences with the figures behind them, in Indonesian and English."""

from collections.abc import Sequence
from datetime import date
from itertools import combinations
from string import Formatter

import polars as pl

from crowd.holidays import SATURDAY, known_zone
from crowd.reason_figures import find_figures, write_figures
from crowd.reason_words import ENGLISH, INDONESIAN, Language

IS_OVER = pl.col("state").eq_missing("ended")
IS_NEW = pl.col("state").eq_missing("new")


def with_reasons(gatherings: pl.DataFrame, *, timezone: str, holidays: frozenset[date] = frozenset()) -> pl.DataFrame:
    """Add `reason_id` and `reason_en`: what is there, against what is usual, where, and why it has its level.

    People are rounded as their range deserves (`crowd.reason_numbers.round_to_range`); what is null is left out of the
    sentences; a threshold is named only where its figure passes it.

    Args:
        gatherings: interval_start (UTC), state (new, ongoing, ended), level, level_before (of the interval before),
            people, people_low, people_high, usual (people usually there), excess, score, hexes, lat, lon, area_name,
            baseline_from (hour_of_week, hour_of_day, neighbours, none), rule, place, event, expected (people planned
            for the event, or permitted in the place), hours (how long it has been there), coverage (0 to 1),
            least_people, least_excess, least_score (thresholds of its level; of an ended one those that it no longer
            passes), end_cause (gone, unseen, merged), merged_into.
        timezone: local time of the area.
        holidays: days that are lived like Sundays.

    Raises:
        RefusedInputError: nobody knows the time zone.
    """
    figures = find_figures(gatherings, timezone=known_zone(timezone).key, holidays=holidays)
    return gatherings.with_columns(
        reason_id=_reasons(write_figures(figures, INDONESIAN, timezone=timezone), INDONESIAN),
        reason_en=_reasons(write_figures(figures, ENGLISH, timezone=timezone), ENGLISH),
    )


def _reasons(figures: pl.DataFrame, words: Language) -> pl.Series:
    there = [_people(words), _usual_unknown(words), _where(words), _plan(words), _say(words, "coverage"), _level(words)]
    over = [_end(words), _where_it_was(words), _say(words, "coverage")]
    said = pl.when(IS_OVER).then(_join(over, "; ")).otherwise(_join(there, "; "))
    sentences = _join([said, _duration(words), _level_before(words)], ". ") + "."
    return figures.select(sentences).to_series()


def _people(words: Language) -> pl.Expr:
    """How many, and how many more or fewer than usual."""
    people = pl.coalesce(_by_number(words, "people", one="person", more="people"), _say(words, "people_unknown"))
    is_range = pl.col("has_range") & (pl.col("people_low") < pl.col("people_high"))
    excess, time = pl.col("excess"), _say(words, "time")
    compared = pl.coalesce(
        pl.when(excess > 0).then(_say(words, "above", time=time)),
        pl.when(excess < 0).then(_say(words, "below", time=time)),
        pl.when(excess == 0).then(_say(words, "as_usual", time=time)),
    )
    against = pl.when(pl.col("people").is_not_null()).then(compared + _or_nothing(_usual(words)))
    return people + _or_nothing(pl.when(is_range).then(_say(words, "range"))) + _or_nothing(against)


def _usual(words: Language) -> pl.Expr:
    """In brackets what is usual, and what that rests on where it is not the hour of the week."""
    is_by_hour, is_weekday = pl.col("baseline_from") == "hour_of_day", pl.col("day") < SATURDAY
    basis = pl.coalesce(
        pl.when(is_by_hour & is_weekday).then(_say(words, "hour_of_workdays")),
        pl.when(is_by_hour).then(_say(words, "hour_of_weekends")),
        pl.when(pl.col("baseline_from") == "neighbours").then(_say(words, "neighbours")),
    )
    inside = _or_null(_join([pl.col("said_usual"), basis], ", "))
    return pl.concat_str(pl.lit(" ("), inside, pl.lit(")"))


def _usual_unknown(words: Language) -> pl.Expr:
    is_unknown = pl.col("people").is_not_null() & pl.col("excess").is_null()
    return pl.when(is_unknown).then(_say(words, "usual_unknown", time=_say(words, "time")))


def _where(words: Language) -> pl.Expr:
    hexagons = pl.when(pl.col("hexes") > 0).then(_by_number(words, "hexes", one="hexagon", more="hexagons"))
    return _or_null(_join([hexagons, _say(words, "around"), _say(words, "in_area")], " "))


def _where_it_was(words: Language) -> pl.Expr:
    where = _or_null(_join([_say(words, "around"), _say(words, "in_area")], " "))
    return _say(words, "it_was", where=where)


def _plan(words: Language) -> pl.Expr:
    """The event, or the place, with the people foreseen."""
    at_place = _or_nothing(_say(words, "at_place"))
    return pl.coalesce(
        *(_say(words, phrase) + at_place for phrase in ("planned", "planned_uncounted")),
        *(_say(words, phrase) for phrase in ("permitted", "the_place", "foreseen")),
    )


def _level(words: Language) -> pl.Expr:
    """The level, its rule, and the thresholds that were passed."""
    grounds = [
        _by_number(words, "people", one="person_passes", more="people_pass"),
        _say(words, "excess_passes"),
        _say(words, "score_passes"),
    ]
    because = _say(words, "because", grounds=_listed(words, grounds))
    return _say(words, "level") + _or_nothing(_say(words, "rule")) + _or_nothing(because)


def _end(words: Language) -> pl.Expr:
    cause = pl.col("end_cause")
    gone = [_say(words, phrase) for phrase in ("few_remain", "few_above_remain", "gone")]
    merged = [_say(words, phrase) for phrase in ("merged", "merged_somewhere")]
    return pl.coalesce(
        pl.when(cause == "gone").then(pl.coalesce(gone)),
        pl.when(cause == "unseen").then(_say(words, "unseen")),
        pl.when(cause == "merged").then(pl.coalesce(merged)),
        _say(words, "over"),
    )


def _is_level_told() -> pl.Expr:
    """Whether the level before is news; an unknown one never is."""
    return ~IS_NEW & (IS_OVER | (pl.col("level_before") != pl.col("level"))) & pl.col("level_before").is_not_null()


def _duration(words: Language) -> pl.Expr:
    # What it was an hour ago says already that it was there.
    is_one, is_more = (pl.col("hours") == 1) & ~_is_level_told(), pl.col("hours") > 1
    return pl.coalesce(
        pl.when(IS_NEW).then(_say(words, "new")),
        pl.when(IS_OVER & is_one).then(_say(words, "lasted_an_hour")),
        pl.when(IS_OVER & is_more).then(_say(words, "lasted")),
        pl.when(~IS_OVER & is_one).then(_say(words, "lasts_an_hour")),
        pl.when(~IS_OVER & is_more).then(_say(words, "lasts")),
    )


def _level_before(words: Language) -> pl.Expr:
    was = pl.when(pl.col("hours") < 1).then(_say(words, "was_before")).otherwise(_say(words, "was_an_hour_ago"))
    return pl.when(_is_level_told()).then(was)


def _say(words: Language, phrase: str, **values: pl.Expr) -> pl.Expr:
    """A phrase with the figures it names; null where one of them is."""
    pieces: list[pl.Expr] = []
    for text, name, _, _ in Formatter().parse(words.phrases[phrase]):
        pieces.append(pl.lit(text))
        pieces += [] if name is None else [values.get(name, pl.col(f"said_{name}"))]
    return pl.concat_str(pieces)


def _by_number(words: Language, figure: str, *, one: str, more: str) -> pl.Expr:
    return pl.when(pl.col(figure) == 1).then(_say(words, one)).otherwise(_say(words, more))


def _listed(words: Language, parts: Sequence[pl.Expr]) -> pl.Expr:
    """Up to three parts as in "a, b and c"; null where all are."""
    first, second, third = parts
    pairs = [_together(one, words.and_two, other) for one, other in combinations(parts, 2)]
    return pl.coalesce(_together(_together(first, ", ", second), words.and_more, third), *pairs, *parts)


def _together(one: pl.Expr, between: str, other: pl.Expr) -> pl.Expr:
    return pl.concat_str(one, pl.lit(between), other)


def _join(parts: Sequence[pl.Expr], separator: str) -> pl.Expr:
    return pl.concat_str(parts, separator=separator, ignore_nulls=True)


def _or_nothing(text: pl.Expr) -> pl.Expr:
    return text.fill_null("")


def _or_null(text: pl.Expr) -> pl.Expr:
    return pl.when(text != "").then(text)
