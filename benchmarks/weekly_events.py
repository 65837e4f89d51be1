"""Gatherings and silent cells of a weekly report beside those of the simulator, by district."""

import polars as pl
from weekly_city import WeeklyCity
from weekly_truth import Districts

from crowd.mobility.model import Weekly

GATHERING_HOURS, SILENT_CELL_HOURS = "gathering_hours", "silent_cell_hours"
# An event has an hour or it has not: errors are told as they are, not relative to a truth that is mostly nothing.
EVENT_UNITS = {GATHERING_HOURS: "hours", SILENT_CELL_HOURS: "cell-hours"}
ALARMS = ("waspada", "siaga", "awas")
NEVER = {"date": pl.lit(None, pl.Date), "hour": pl.lit(None, pl.Int8)}


def true_events(city: WeeklyCity, districts: Districts) -> pl.DataFrame:
    """What truly happened over the week: period, area_code, date, hour, indicator, value; nothing is 0.

    Hours of each gathering with anybody at it, where its middle is; hours of cells that an outage silenced, where
    their mast is. Prayers and markets that were there in the weeks before are usual, and no gatherings.
    """
    every = pl.read_parquet(city.folder / "truth/gatherings.parquet")
    usual = every.filter(pl.col("interval_start") < city.week.start)["name"].unique()
    gatherings = _of_week(every, city).filter(~pl.col("name").is_in(usual.implode()))
    masts = pl.read_csv(city.folder / "cells.csv", schema_overrides={"cell_id": pl.String})
    masts = masts.select("operator", "cell_id", "lat", "lon")
    silent = _of_week(pl.read_parquet(city.folder / "truth/outages.parquet"), city).join(
        masts, on=["operator", "cell_id"]
    )
    return pl.concat([_counted(gatherings, districts, GATHERING_HOURS), _counted(silent, districts, SILENT_CELL_HOURS)])


def told_gatherings(weekly: Weekly) -> pl.DataFrame:
    """Hours of gatherings as the report tells them, of all levels of alarm together; columns as of `true_events`."""
    parts = pl.col("indicator").is_in([f"{GATHERING_HOURS}_{name}" for name in ALARMS])
    told = weekly.indicators.filter(parts, level="district").with_columns(indicator=pl.lit(GATHERING_HOURS))
    keys = ["period", "area_code", "date", "hour", "indicator"]
    return told.group_by(keys, maintain_order=True).agg(pl.col("value").sum())


def _of_week(rows: pl.DataFrame, city: WeeklyCity) -> pl.DataFrame:
    return rows.filter(pl.col("interval_start").is_between(city.week.start, city.week.end, closed="left"))


def _counted(rows: pl.DataFrame, districts: Districts, indicator: str) -> pl.DataFrame:
    places = districts.at(lat=rows["lat"].to_numpy(), lon=rows["lon"].to_numpy())
    counts = rows.with_columns(places).group_by("area_code").agg(value=pl.len())
    every = pl.DataFrame({"area_code": districts.codes}).join(counts, on="area_code", how="left")
    return every.select(
        period=pl.lit("week"),
        area_code="area_code",
        **NEVER,
        indicator=pl.lit(indicator),
        value=pl.col("value").fill_null(0).cast(pl.Float64),
    )
