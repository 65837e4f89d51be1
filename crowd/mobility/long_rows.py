"""Figures as rows of INDICATORS: one row for each area, time and indicator, rounded as far as it is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from crowd.mobility.definitions import load_definitions
from crowd.mobility.model import INDICATORS
from crowd.reason_numbers import round_to_range

NOTHING = pl.lit(None, pl.Float64)
BOUNDS = ("value", "low", "high")
ORDER = ("period", "level", "area_code", "area_name", "parent_code", "date", "hour", "indicator")
PLACES = {"percent": 1, "percentage points": 1, "score": 1, "ratio": 2}
# A thousand square kilometres of forest hold few people: densities keep two decimals where the range allows.
DENSITY_STEPS = 100
# Sums of the same numbers in another order differ in their last bits, which must not show on the edge of two steps.
EXACT_PLACES = 7


@dataclass(frozen=True, kw_only=True)
class Figure:
    """How an indicator is read off a wide frame.

    Attributes:
        value: its number.
        low: lower end of its range; null where none is known.
        high: upper end.
        status: one of `crowd.mobility.model.Status`.
    """

    value: pl.Expr
    status: pl.Expr
    low: pl.Expr = field(default_factory=lambda: NOTHING)
    high: pl.Expr = field(default_factory=lambda: NOTHING)


def long_rows(wide: pl.DataFrame, figures: Mapping[str, Figure], *, period: str, areas: pl.DataFrame) -> pl.DataFrame:
    """Rows of INDICATORS from a frame with `area` (row of the areas) and, unless of the week, date and hour.

    Args:
        wide: a row for each area and time.
        figures: indicators by name.
        period: hour, day or week.
        areas: of the report, columns of AREAS.
    """
    date = pl.lit(None, pl.Date) if period == "week" else pl.col("date")
    hour = pl.col("hour") if period == "hour" else pl.lit(None, pl.Int8)
    parts = [_rows(wide.lazy(), name, figure, date=date, hour=hour) for name, figure in figures.items()]
    rows = pl.concat(parts).collect()
    place = rows["area"]
    named = [areas[name].gather(place) for name in ("level", "area_code", "area_name", "parent_code")]
    return rows.with_columns(*named, period=pl.lit(period)).select(
        pl.col(name).cast(kind) for name, kind in INDICATORS.items()
    )


def in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of INDICATORS in their order."""
    return rows.sort(ORDER, nulls_last=True)


def rounded(number: pl.Expr, *, unit: str, low: pl.Expr, high: pl.Expr) -> pl.Expr:
    """A number as its range deserves: people by the rule of the reasons, others to places of their unit.

    Adding nothing at the end makes minus zero zero.

    Args:
        number: a value, or an end of its range.
        unit: of it.
        low: lower end of the value's range.
        high: upper end.
    """
    number, low, high = (each.round(EXACT_PLACES) for each in (number, low, high))
    if unit == "people":
        return round_to_range(number, low=low, high=high) + 0.0
    if unit == "people/km2":
        fine = round_to_range(number * DENSITY_STEPS, low=low * DENSITY_STEPS, high=high * DENSITY_STEPS)
        return fine / DENSITY_STEPS
    return (number.round(PLACES[unit], mode="half_away_from_zero") if unit in PLACES else number) + 0.0


def _rows(wide: pl.LazyFrame, name: str, figure: Figure, *, date: pl.Expr, hour: pl.Expr) -> pl.LazyFrame:
    # no number where dividing gives none: nobody in the night, no ground
    known = (figure.status == "shown") & figure.value.is_finite().fill_null(value=False)
    lost = pl.when((figure.status == "shown") & ~known).then(pl.lit("short")).otherwise(figure.status)
    unit = load_definitions()[name].unit
    ends = zip(BOUNDS, (figure.value, figure.low, figure.high), strict=True)
    told = {
        end: pl.when(known).then(rounded(number.cast(pl.Float64), unit=unit, low=figure.low, high=figure.high))
        for end, number in ends
    }
    return wide.select(
        "area",
        date.alias("date"),
        hour.alias("hour"),
        **told,
        indicator=pl.lit(name),
        unit=pl.lit(unit),
        status=lost,
    )
