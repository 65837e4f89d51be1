"""Earlier weeks of a national lake, as their own reports left them: what a week is compared with."""

from datetime import UTC, datetime

import numpy as np
import polars as pl
from country import engine_of

from crowd.counts import COUNTS
from crowd.density import DENSITY
from crowd.mobility.area_hours import MOBILITY, read_area_hours
from crowd.mobility.area_sources import area_keys, note_path, sources_of
from crowd.mobility.weeks import Week
from geo.footprint import build_footprints
from lake.engine import connect
from lake.home import Home
from lake.stages import PART, Stage

SEED = 29
VARIES = 0.05  # of the people of an area, from week to week
NUMBERS = ("people", "people_low", "people_high", "devices", "usual_people")


def add_earlier_weeks(home: Home, week: Week, *, count: int) -> None:
    """Lay the base tables of the weeks before one into its lake: its own, a little different in every area and hour.

    Their density and counts are one empty file an hour, which no report reads once the base table is there.

    Args:
        home: whose lake; the base table of the week lies in it.
        week: which week.
        count: how many before it.
    """
    rng = np.random.default_rng(SEED)
    with connect(engine_of(home)) as connection:
        rows = read_area_hours(connection, home=home, start=week.start, end=week.end)
        weeks = [week.earlier(number) for number in range(count, 0, -1)]
        hours = [hour for one in weeks for hour in one.hours]
        footprints = build_footprints(connection, home=home, start=hours[0], end=week.end)
    for stage in (DENSITY, COUNTS):
        for hour in hours:
            _write(home, stage, hour, pl.DataFrame(schema=dict.fromkeys(stage.file_columns, pl.Null())))
    sources = sources_of(home, hours, areas=area_keys(home), footprints=footprints)
    for one in weeks:
        factor = pl.Series(rng.normal(1, VARIES, rows.height).clip(0.5, 1.5))
        moved = rows.with_columns(
            pl.col("interval_start") - (week.start - one.start), *(pl.col(name) * factor for name in NUMBERS)
        )
        for hour in one.hours:
            inside = moved.filter(interval_start=hour)
            _write(home, MOBILITY, hour, inside)
            (home.lake / note_path(MOBILITY, hour)).write_text(sources[hour], encoding="utf-8")


def _write(home: Home, stage: Stage, hour: datetime, rows: pl.DataFrame) -> None:
    at = hour.astimezone(UTC)
    folder = home.lake / stage.name / f"date={at:%Y-%m-%d}" / f"hour={at:%H}"
    folder = folder / "operator=alun" if stage.by_operator else folder
    folder.mkdir(parents=True, exist_ok=True)
    rows.select(stage.file_columns).write_parquet(folder / PART)
