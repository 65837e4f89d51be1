"""The indicators of areas side by side, one row an area, rounded as in every other file of the week."""

import polars as pl

from crowd.mobility.model import Weekly

KEYS = ("area_code", "date")
HELD = ("value", "low", "high", "status")
NAMES = (
    "presence_mean",
    "change_pct",
    "robust_z",
    "people_per_km2",
    "day_night_ratio",
    "peak_hour",
    "peak_people",
    "coverage",
    "suppressed_share",
    "gathering_hours_waspada",
    "gathering_hours_siaga",
    "gathering_hours_awas",
    "flow_in",
    "flow_in_change_pct",
    "flow_out",
    "flow_net",
    "flow_inside_share",
    "flow_areas_reached",
)


def wide_facts(weekly: Weekly, *, period: str) -> pl.DataFrame:
    """One row for each area (and date), with columns such as `presence_mean`, `presence_mean_low`, `…_status`.

    A value is there only where it is shown. What the week does not hold at all is `missing`.
    """
    held = weekly.indicators.filter(pl.col("period") == period, pl.col("indicator").is_in(NAMES))
    told = _only_shown(held)
    facts = told.select(KEYS).unique(maintain_order=True)
    for name in NAMES:
        one = told.filter(pl.col("indicator") == name).select(*KEYS, *_named(name))
        facts = facts.join(one, on=KEYS, how="left", nulls_equal=True, maintain_order="left")
    return facts.with_columns(pl.col("^.*_status$").fill_null("missing"))


def _named(name: str) -> list[pl.Expr]:
    return [pl.col(held).alias(name if held == "value" else f"{name}_{held}") for held in HELD]


def _only_shown(indicators: pl.DataFrame) -> pl.DataFrame:
    """Keep back whatever stands beside another status: a second lock on the same door."""
    shown = pl.col("status") == "shown"
    return indicators.with_columns(pl.when(shown).then(pl.col("value", "low", "high")))
