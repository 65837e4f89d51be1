"""Everything that a report covers as one number: that of its only root, or the sum of those roots that have one."""

from dataclasses import dataclass

import polars as pl

from crowd.mobility.model import Weekly
from crowd.report.tidy_numbers import rounded_people

NUMBERS = ("people", "people_low", "people_high", "usual")
OWN = {"people": "value", "people_low": "low", "people_high": "high"}


@dataclass(frozen=True, kw_only=True)
class WholeWeek:
    """How many people were in all of a report on average, as every output tells it.

    Attributes:
        people: mean over the week; None where no root shows one.
        people_low: lower end of its range.
        people_high: upper end.
        change_pct: against the usual; None where it is not known.
        counted: roots whose people are in it.
        roots: areas that lie in no other one of the report.
    """

    people: float | None
    people_low: float | None
    people_high: float | None
    change_pct: float | None
    counted: int
    roots: int


def whole_week(weekly: Weekly) -> WholeWeek:
    """People in all of a report: of its only root, or of those roots together that have a number."""
    roots = root_areas(weekly.areas)["area_code"]
    means = _means(weekly, roots, "presence_mean")
    kept = means.filter(pl.col("value").is_not_null())["area_code"]
    if roots.len() == 1:
        change = _means(weekly, roots, "change_pct")["value"]
        own = means.select(**OWN).row(0, named=True) if means.height else dict.fromkeys(OWN)
        told = {**own, "change_pct": change[0] if change.len() else None}
    else:
        sums = summed_hours(shown_hours(weekly), kept=kept).select(**mean_of_sums(), change_pct=change_of_means())
        told = sums.row(0, named=True)
    return WholeWeek(**told, counted=kept.len(), roots=roots.len())


def root_areas(areas: pl.DataFrame) -> pl.DataFrame:
    """AREAS that lie in no other one of them."""
    return areas.filter(~pl.col("parent_code").is_in(areas["area_code"].implode()).fill_null(value=False))


def shown_hours(weekly: Weekly) -> pl.DataFrame:
    """`level, area_code, interval_start, date, hour, people, people_low, people_high, usual, spread, coverage`.

    `spread` is one robust standard deviation of the usual.
    """
    shown = pl.col("status") == "shown"
    hours = weekly.hours.with_columns(pl.when(shown).then(pl.col(NUMBERS[:3])))
    keys = ("level", "area_code", "interval_start", "date", "hour")
    return hours.select(*keys, *NUMBERS, spread="scatter", coverage="coverage")


def summed_hours(hours: pl.DataFrame, *, kept: pl.Series) -> pl.DataFrame:
    """`interval_start, date, hour`, the sums of people and of the usual, `spread` and `coverage` of some areas.

    A sum has a number where each of its parts has one, so nothing hidden is in it.

    Args:
        hours: see `shown_hours`.
        kept: codes of the areas that are summed.
    """
    parts = hours.filter(pl.col("area_code").is_in(kept.implode()))
    sums = {name: pl.when(pl.col(name).count() == kept.len()).then(pl.col(name).sum()) for name in NUMBERS}
    spread = pl.when(pl.len() == 1).then(pl.col("spread").first())
    usual = pl.col("usual").fill_null(pl.col("people"))
    coverage = (pl.col("coverage") * usual).sum() / usual.filter(pl.col("coverage").is_not_null()).sum()
    return parts.group_by("interval_start", "date", "hour", maintain_order=True).agg(
        **sums, spread=spread, coverage=coverage
    )


def mean_of_sums() -> dict[str, pl.Expr]:
    """Mean of `summed_hours` and its range, rounded as the range deserves: `people, people_low, people_high`."""
    low, high = pl.col("people_low").mean(), pl.col("people_high").mean()
    return {name: rounded_people(pl.col(name).mean(), low=low, high=high) for name in NUMBERS[:3]}


def change_of_means() -> pl.Expr:
    """Change of the mean in percent, over the hours of which both numbers are there."""
    both = pl.col("people").is_not_null() & pl.col("usual").is_not_null()
    return ((pl.col("people").filter(both).mean() / pl.col("usual").filter(both).mean() - 1) * 100).round(1) + 0.0


def _means(weekly: Weekly, roots: pl.Series, indicator: str) -> pl.DataFrame:
    found = weekly.indicators.filter(period="week", indicator=indicator, status="shown")
    return found.filter(pl.col("area_code").is_in(roots.implode()))
