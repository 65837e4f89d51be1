"""Figures of single days, from the hours that are shown.

Every figure comes with its status, and with a number where that is "shown". A mean is only told where every hour of it
that has data is shown: no mean over the rest can then be taken apart for what is hidden.
"""

from collections.abc import Sequence

import polars as pl

from crowd.mobility.reference import EQUAL_SHARE, robust_z

DAY_HOURS = tuple(range(6, 18))
NIGHT_HOURS = (22, 23, 0, 1, 2, 3, 4)
LEAST_HOURS = {"mean": 18, "day": 9, "night": 5}
PARTS = tuple(LEAST_HOURS)
BOUNDS = {"": "people", "_low": "people_low", "_high": "people_high"}
# Of several figures that one is made of, the status that tells the most of why it cannot be said.
WORST_FIRST = ("hidden", "missing", "short")


def day_figures(hours: pl.DataFrame) -> pl.DataFrame:
    """Means, the peak and the comparison with the usual of each area and day, in order of areas and days.

    Args:
        hours: of one week, as `whole_week` gives them, with usual and usual_status.

    Returns:
        area, date, weekday; mean, day, night (people on average over all hours, 06-18 and 22-05), each with _low, _high
        and _status; peak, peak_low, peak_high, peak_hour (of mean's status); matched (people over the hours whose usual
        is known), matched_usual (both sums) and level_status (of comparing these);
        covered and covered_hours (sum and number of the hours' coverage, an hour that nobody reported covering
        nothing), coverage_known (of any hour), silent_cells, has_data.
    """
    keys = ("area", "date", "weekday")
    rows = hours.lazy().with_columns(*_parts(), *_matched())
    frame = rows.group_by(keys).agg(*_means(), *_peak(), *_levels(), *_data())
    return _told(frame).sort("area", "date").collect()


def with_scores(days: pl.DataFrame, usual: pl.DataFrame) -> pl.DataFrame:
    """Add `z` and `z_status`, comparing how each day stood to the usual with how the same weekday did before.

    Args:
        days: rows with matched, matched_usual and level_status.
        usual: in the same order of rows: usual, scatter and usual_status of the reference weeks' own ratios.
    """
    ratio = pl.col("matched") / pl.col("matched_usual")
    can = pl.col("scatter").is_not_null()
    known = pl.when(can).then(pl.lit("shown")).when(pl.col("usual_status") == "hidden").then(pl.lit("hidden"))
    status = pl.when(pl.col("level_status") != "shown").then("level_status").otherwise(known.otherwise(pl.lit("short")))
    score = robust_z(ratio, usual=pl.col("usual"), scatter=pl.col("scatter"))
    both = pl.concat([days, usual], how="horizontal").with_columns(z_status=status)
    return both.with_columns(z=pl.when(pl.col("z_status") == "shown").then(score)).drop(usual.columns)


def past_levels(past: pl.DataFrame, usual: pl.DataFrame, slots: pl.Series) -> pl.DataFrame:
    """How each day of the reference weeks stood to the usual.

    Args:
        past: hours of the reference weeks with data, columns of PLACED.
        usual: by slot, as `usual_hours` gives it.
        slots: of the rows of `past`.

    Returns:
        week, area, weekday, matched and matched_usual (sums over the day's hours that are shown and whose usual is
        known; null where an hour of it is hidden or there are too few), is_hidden (an hour of it is).
    """
    rows = past.lazy().with_columns(usual=usual["usual"].gather(slots))
    both = pl.col("people").is_not_null() & pl.col("usual").is_not_null()
    frame = rows.group_by("week", "area", "weekday").agg(
        matched=pl.col("people").filter(both).sum(),
        matched_usual=pl.col("usual").filter(both).sum(),
        hours=both.sum(),
        is_hidden=pl.col("is_hidden").any(),
    )
    usable = ~pl.col("is_hidden") & (pl.col("hours") >= LEAST_HOURS["mean"])
    sums = [pl.when(usable).then(name).alias(name) for name in ("matched", "matched_usual")]
    return frame.with_columns(*sums).drop("hours").collect()


def worst_status(names: Sequence[str]) -> pl.Expr:
    """The status of a figure that is made of several others."""
    columns = [pl.col(name) for name in names]
    told = pl.lit("shown")
    for status in reversed(WORST_FIRST):
        told = pl.when(pl.any_horizontal(column == status for column in columns)).then(pl.lit(status)).otherwise(told)
    return told


def _inside(part: str) -> pl.Expr:
    if part == "mean":
        return pl.lit(value=True)
    return pl.col("hour").is_in(DAY_HOURS if part == "day" else NIGHT_HOURS)


def _parts() -> list[pl.Expr]:
    """Columns of each part of the day, null outside of it: plain sums and means of them are the fastest."""
    shown = pl.col("status") == "shown"
    columns = []
    for part in PARTS:
        inside = _inside(part)
        columns += [pl.when(inside).then(people).alias(f"{part}{end}") for end, people in BOUNDS.items()]
        columns += [(inside & shown).alias(f"{part}_hours"), (inside & pl.col("is_hidden")).alias(f"{part}_hidden")]
    return columns


def _matched() -> list[pl.Expr]:
    both = pl.col("people").is_not_null() & pl.col("usual").is_not_null()
    sums = {"matched": "people", "matched_usual": "usual"}
    return [
        *(pl.when(both).then(column).alias(name) for name, column in sums.items()),
        both.alias("matched_hours"),
        (pl.col("has_data") & (pl.col("usual_status") == "hidden")).alias("usual_hidden"),
    ]


def _means() -> list[pl.Expr]:
    columns: list[pl.Expr] = []
    for part in PARTS:
        columns += [pl.col(f"{part}{end}").mean() for end in BOUNDS]
        columns += [pl.col(f"{part}_hours").sum(), pl.col(f"{part}_hidden").any()]
    return columns


def _peak() -> list[pl.Expr]:
    """The first of the fullest hours."""
    at = pl.col("people").arg_max()
    bounds = [pl.col(column).get(at, null_on_oob=True).alias(f"peak{end}") for end, column in BOUNDS.items()]
    return [*bounds, pl.col("hour").get(at, null_on_oob=True).cast(pl.Float64).alias("peak_hour")]


def _levels() -> list[pl.Expr]:
    sums = [pl.col(name).sum() for name in ("matched", "matched_usual")]
    return [*sums, pl.col("matched_hours").sum(), pl.col("usual_hidden").any()]


def _data() -> list[pl.Expr]:
    # An hour that is due and that nobody reported covers nothing.
    share = pl.when(~pl.col("has_data") & pl.col("is_due")).then(0.0).otherwise("coverage")
    return [
        share.sum().alias("covered"),
        share.count().alias("covered_hours"),
        pl.col("coverage").is_not_null().any().alias("coverage_known"),
        pl.col("silent_cells").sum(),
        pl.col("has_data").any(),
    ]


def _told(frame: pl.LazyFrame) -> pl.LazyFrame:
    statuses = {f"{part}_status": _part_status(part) for part in PARTS}
    frame = frame.with_columns(**statuses).with_columns(level_status=_level_status())
    numbers = {f"{part}{end}": f"{part}_status" for part in PARTS for end in BOUNDS}
    numbers |= dict.fromkeys(("peak", "peak_low", "peak_high", "peak_hour"), "mean_status")
    numbers |= dict.fromkeys(("matched", "matched_usual"), "level_status")
    shown = [pl.when(pl.col(status) == "shown").then(name).alias(name) for name, status in numbers.items()]
    working = [f"{part}_{column}" for part in PARTS for column in ("hours", "hidden")]
    return frame.with_columns(*shown).drop(*working, "matched_hours", "usual_hidden")


def _part_status(part: str) -> pl.Expr:
    hidden = pl.when(f"{part}_hidden").then(pl.lit("hidden"))
    missing = hidden.when(pl.col(f"{part}_hours") == 0).then(pl.lit("missing"))
    return missing.when(pl.col(f"{part}_hours") < LEAST_HOURS[part]).then(pl.lit("short")).otherwise(pl.lit("shown"))


def _level_status() -> pl.Expr:
    mean = pl.when(pl.col("mean_status") != "shown").then("mean_status")
    hidden = mean.when("usual_hidden").then(pl.lit("hidden"))
    enough = (pl.col("matched_hours") >= LEAST_HOURS["mean"]) & (pl.col("matched_usual") > EQUAL_SHARE)
    return hidden.when(~enough).then(pl.lit("short")).otherwise(pl.lit("shown"))
