"""Rows of density that may be shown: the one place where the map reads its numbers."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from crowd.density import DENSITY
from crowd.review.ground import MAX_RESOLUTION, Ranges
from crowd.review.memory import Memory
from geo.hexagons import Hexes, resolutions_of
from lake.engine import read_sql
from lake.home import Home
from lake.stages import PART, select_rows

# What reading a file that vanished, or is none, raises.
UNREADABLE = (duckdb.IOException, duckdb.InvalidInputException, pa.ArrowException, OSError)
# A filter of many ranges costs more than the row groups that it skips.
MOST_RANGES = 8


def density_file(home: Home, at: datetime) -> Path:
    """Where the density of an hour lies."""
    utc = at.astimezone(UTC)
    return home.lake / DENSITY.name / f"date={utc:%Y-%m-%d}" / f"hour={utc:%H}" / PART


def shown_rows(memory: Memory, path: Path, *, at: datetime, k: int, ground: Ranges | None = None) -> pa.Table:
    """Rows of an hour that may be shown, with the columns of `shown_hexagons.sql`.

    Args:
        memory: with the engine.
        path: the hour's file.
        at: its instant.
        k: fewest devices that a row may rest on.
        ground: only rows in these ranges; row groups of others are not read.
    """
    near = f" where {in_ranges(ground.hulls(MOST_RANGES))}" if ground else ""
    with memory.cursor() as connection:
        connection.execute(f"create or replace temp view density_in as from ({select_rows(DENSITY, [path])}){near}")
        found = connection.sql(read_sql("crowd.review", "shown_hexagons"), params={"at": at, "k": k}).to_arrow_table()
    return found.filter(pa.array(ground.contains(found["hex"].to_numpy()))) if ground else found


def hidden_hexes(memory: Memory, path: Path, *, at: datetime, k: int) -> Hexes:
    """Hexagons of an hour that may not be shown, ascending: where they are is no secret, their numbers are."""
    with memory.cursor() as connection:
        connection.execute(f"create or replace temp view density_in as {select_rows(DENSITY, [path])}")
        query = "select hex from density_in where interval_start = $at and not coalesce(devices >= $k, false)"
        found = connection.sql(f"{query} order by hex", params={"at": at, "k": k}).to_arrow_table()
    return np.asarray(found["hex"].to_numpy())


def resolutions_in(path: Path) -> tuple[int, ...]:
    """Resolutions that the hexagons of a file may have, by what its row groups say of themselves."""
    groups = pq.read_metadata(path)
    column = groups.schema.to_arrow_schema().get_field_index("hex")
    told = [groups.row_group(number).column(column).statistics for number in range(groups.num_row_groups)]
    if any(each is None or not each.has_min_max for each in told):
        return tuple(range(MAX_RESOLUTION + 1))
    ends = [resolutions_of(np.array([each.min, each.max], dtype=np.uint64)).tolist() for each in told]
    return tuple(sorted({r for first, last in ends for r in range(first, last + 1)}))


def in_ranges(ground: Ranges) -> str:
    """SQL that holds for rows whose hexagon lies in one of the ranges."""
    pairs = zip(ground.low.tolist(), ground.high.tolist(), strict=True)
    return " or ".join(f"hex between {low} and {high}" for low, high in pairs) or "false"
