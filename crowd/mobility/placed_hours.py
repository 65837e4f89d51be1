"""Published hours put in their places: which area, which week, which day and hour on the clock of the place.

Areas and weeks are numbered here, so that everything after this works on small whole numbers instead of texts.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl

from crowd.mobility.weeks import HOUR, Week

INSTANT = pl.Datetime("us", "UTC")
PLACED: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "area": pl.UInt32,  # row of the report's areas
    "week": pl.UInt8,  # place in the list of weeks
    "interval_start": INSTANT,
    "date": pl.Date,
    "weekday": pl.UInt8,  # 0 Monday to 6 Sunday
    "hour": pl.Int8,
    "is_hidden": pl.Boolean,
    "people": pl.Float64,  # null where hidden; so are the next two
    "people_low": pl.Float64,
    "people_high": pl.Float64,
    "coverage": pl.Float64,
    "silent_cells": pl.Float64,
}


def numbered(areas: pl.DataFrame) -> pl.DataFrame:
    """The areas of a report with their row as `area`."""
    return areas.with_row_index("area").cast({"area": pl.UInt32})


def clock_of(weeks: Sequence[Week]) -> pl.DataFrame:
    """Every hour of some weeks: interval_start, week (place in the list), date, weekday, hour."""
    starts = [(start, number) for number, week in enumerate(weeks) for start in week.hours]
    frame = pl.DataFrame(starts, schema={"interval_start": INSTANT, "week": pl.UInt8}, orient="row")
    local = pl.col("interval_start").dt.convert_time_zone(weeks[0].timezone).dt
    return frame.with_columns(
        date=local.date(),
        weekday=(local.weekday() - 1).cast(pl.UInt8),
        hour=local.hour(),
    )


def place_hours(published: pl.DataFrame, areas: pl.DataFrame, weeks: Sequence[Week]) -> pl.DataFrame:
    """Published hours of the areas of a report, with the columns of PLACED; what is hidden has no people.

    Args:
        published: level, area_code, interval_start, people, people_low, people_high, coverage, silent_cells, is_hidden.
        areas: of the report, columns of AREAS.
        weeks: whose hours are taken, all on one clock.
    """
    people = [pl.when(~pl.col("is_hidden")).then(name).alias(name) for name in ("people", "people_low", "people_high")]
    placed = (
        published.lazy()
        .filter(pl.col("people").is_not_null() | pl.col("is_hidden"))
        .with_columns(pl.col("interval_start").cast(INSTANT))
        .join(clock_of(weeks).lazy(), on="interval_start")
        .join(numbered(areas).lazy().select("area", "level", "area_code"), on=["level", "area_code"])
        .with_columns(*people)
    )
    return placed.select(pl.col(name).cast(kind) for name, kind in PLACED.items()).collect()


def whole_week(placed: pl.DataFrame, areas: pl.DataFrame, week: Week, *, number: int, now: datetime) -> pl.DataFrame:
    """Every area in every hour of one week, in order of areas and hours; also hours without data.

    Args:
        placed: as `place_hours` gives them.
        areas: of the report.
        week: which week.
        number: its place in the list of weeks.
        now: hours that were not over by then are not due.

    Returns:
        Columns of PLACED without `week`; has_data, is_due, status.
    """
    hours = clock_of([week]).drop("week")
    told = placed.lazy().filter(week=number).drop("week", "date", "weekday", "hour")
    frame = (
        numbered(areas)
        .lazy()
        .select("area")
        .join(hours.lazy(), how="cross")
        .join(told, on=["area", "interval_start"], how="left", maintain_order="left")
        .with_columns(has_data=pl.col("is_hidden").is_not_null(), is_hidden=pl.col("is_hidden").fill_null(value=False))
        .with_columns(is_due=pl.col("has_data") | (pl.col("interval_start") + HOUR <= now), status=_status())
        .collect()
    )
    return frame.sort("area", "interval_start")


def _status() -> pl.Expr:
    missing = pl.when(~pl.col("has_data")).then(pl.lit("missing"))
    return missing.when("is_hidden").then(pl.lit("hidden")).otherwise(pl.lit("shown"))
