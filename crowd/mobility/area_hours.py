"""The base table of the weekly report: people per area and hour at every loaded level, with the devices behind them.

People are the density's, summed by ground (`geo.area_shares`); over all areas of a level and the ground outside them
they come to the density's sum. Devices are raw and additive: each cell's count goes to areas by the share of its
footprint. Where counts come several times an hour, people and devices are those present on average: they are never
added up over time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb
import polars as pl

from crowd.density import DENSITY
from crowd.mobility.area_intervals import AreaIntervals
from crowd.mobility.area_sources import area_keys, note_path, noted, sources_of
from crowd.mobility.weeks import HOUR
from geo.areas import loaded_levels
from geo.footprint import Footprint, build_footprints
from lake.engine import fetch_frame
from lake.errors import RefusedInputError
from lake.home import Home
from lake.stages import Stage, create_view, replace_range
from lake.staging import staged
from lake.steady_files import steady_files

MOBILITY = Stage(
    name="mobility",
    columns={
        "interval_start": "timestamptz",
        "level": "varchar",
        "area_code": "varchar",
        "people": "double",
        "people_low": "double",
        "people_high": "double",
        "devices": "double",
        "usual_people": "double",
        "coverage": "double",
        "cells": "integer",
        "silent_cells": "integer",
        "hexes": "integer",
    },
    order=("interval_start", "level", "area_code"),
)
# So many hours are put into the lake together: what is done stays done when the rest is broken off.
MOST_TOGETHER = 24
# Sums in another order differ in their last bits: what is stored is rounded far above them.
PLACES = {"people": 3, "people_low": 3, "people_high": 3, "usual_people": 3, "devices": 6, "coverage": 6}
NUMBERS = ("cells", "silent_cells", "hexes")
KEYS: dict[str, pl.DataType] = {
    "interval_start": pl.Datetime("us", "UTC"),
    "level": pl.String(),
    "area_code": pl.String(),
}


@dataclass(frozen=True, kw_only=True)
class AreaHoursUpdate:
    """What became of the hours asked for.

    Attributes:
        computed: hours that were computed, ascending.
        kept: hours that were there and rest on what the lake holds now.
        missing: hours without any density; they have no rows.
    """

    computed: tuple[datetime, ...]
    kept: tuple[datetime, ...]
    missing: tuple[datetime, ...]


def update_area_hours(
    connection: duckdb.DuckDBPyConnection, *, home: Home, hours: Sequence[datetime]
) -> AreaHoursUpdate:
    """Bring the base table up to date for some hours; what rests on unchanged files is left alone.

    An hour is computed anew when its density, counts or silent cells were rewritten, areas of any level were loaded
    anew, or other footprints hold. Footprints of plans that have none yet are built.

    Args:
        connection: DuckDB with its memory and threads bounded.
        home: whose lake.
        hours: instants within the hours asked for, in any order.

    Raises:
        RefusedInputError: no areas or no cell plan are loaded.
    """
    if not loaded_levels(home):
        raise RefusedInputError("no areas are loaded yet: run 'kerumun areas load FILE --level LEVEL' first")
    wanted = sorted({instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0) for instant in hours})
    if not wanted or not DENSITY.paths(home, start=wanted[0], end=wanted[-1] + HOUR):
        sources, footprints = dict[datetime, str](), list[Footprint]()
    else:
        footprints = build_footprints(connection, home=home, start=wanted[0], end=wanted[-1] + HOUR)
        sources = dict(sources_of(home, wanted, areas=area_keys(home), footprints=footprints))
    stale = [hour for hour in wanted if sources.get(hour) != noted(home, MOBILITY, hour)]
    areas = AreaIntervals(connection, home=home, footprints=footprints)
    for together in _stretches(stale):
        _replace(connection, home, together, areas=areas, sources=sources)
    return AreaHoursUpdate(
        computed=tuple(hour for hour in stale if hour in sources),
        kept=tuple(hour for hour in wanted if hour in sources and hour not in set(stale)),
        missing=tuple(hour for hour in wanted if hour not in sources),
    )


def read_area_hours(
    connection: duckdb.DuckDBPyConnection, *, home: Home, start: datetime, end: datetime
) -> pl.DataFrame:
    """The base table of start <= interval_start < end as it is in the lake: columns of `MOBILITY`, in its order.

    `interval_start` is the start of an hour. `people_low` and `people_high` are null where no range is known,
    `usual_people` and `coverage` where there is too little history. `cells` told a count (or withheld a small one),
    `silent_cells` usually do and did not; each belongs to the area of a level that most of its footprint lies in.
    `hexes` are hexagons with density that touch the area.
    """
    create_view(connection, "area_hours_in", home=home, stage=MOBILITY, start=start, end=end)
    return fetch_frame(connection, f"select * from area_hours_in order by {', '.join(MOBILITY.order)}").with_columns(
        pl.col("interval_start").cast(pl.Datetime("us", "UTC"))
    )


def _stretches(hours: Sequence[datetime]) -> Iterator[Sequence[datetime]]:
    """Hours that follow each other, a day of them at most."""
    together: list[datetime] = []
    for hour in hours:
        if together and (hour != together[-1] + HOUR or len(together) == MOST_TOGETHER):
            yield together
            together = []
        together.append(hour)
    if together:
        yield together


def _replace(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    hours: Sequence[datetime],
    *,
    areas: AreaIntervals,
    sources: dict[datetime, str],
) -> None:
    """Replace exactly these hours, and note what they were made from."""
    start, end = hours[0], hours[-1] + timedelta(hours=1)
    with steady_files():
        rows = _hourly(list(areas.of(start, end)))
    connection.register("area_hours_now", rows.to_arrow())
    with staged(home) as staging:
        replace_range(connection, "area_hours_now", home=home, stage=MOBILITY, staging=staging, start=start, end=end)
        for hour in hours:
            staging.remove(note_path(MOBILITY, hour))
            if hour in sources:
                staging.path(note_path(MOBILITY, hour)).write_text(sources[hour], encoding="utf-8")
    connection.unregister("area_hours_now")


def _hourly(intervals: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Intervals as hours: means of what is there on average, the most of what is there at all."""
    numbers = [pl.col(name).mean().round(places) for name, places in PLACES.items()]
    most = [pl.col(name).max().cast(pl.Int32) for name in NUMBERS]
    hour = pl.col("interval_start").dt.truncate("1h")
    nothing = pl.DataFrame(schema=KEYS | dict.fromkeys((*PLACES, *NUMBERS), pl.Float64()))
    frame = pl.concat([nothing, *intervals], how="diagonal_relaxed")
    return frame.group_by(hour, "level", "area_code").agg(*numbers, *most).sort(MOBILITY.order)
