"""Which areas of a stretch of time rest on too few devices, or would give one away that does."""

from datetime import datetime

import duckdb
import polars as pl

from crowd.density import DENSITY
from crowd.mobility.area_intervals import AreaIntervals
from crowd.mobility.hierarchy import read_tree
from crowd.mobility.standing_order import standing_order
from crowd.mobility.suppression import suppress
from geo.footprint import build_footprints
from lake.home import Home

SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "interval_start": pl.Datetime("us", "UTC"),
    "level": pl.String,
    "area_code": pl.String,
    "devices": pl.Float64,
    "is_hidden": pl.Boolean,
}


def hidden_areas(
    connection: duckdb.DuckDBPyConnection, *, home: Home, start: datetime, end: datetime, k: int
) -> pl.DataFrame:
    """Each area of all loaded levels in each interval of start <= interval_start < end that has density.

    The rule goes over the whole tree of areas whatever level is asked for: tables of two levels give nothing away
    together (docs/method/disclosure.md).

    Args:
        connection: DuckDB with its memory and threads bounded.
        home: whose lake.
        start: first instant.
        end: first instant after it.
        k: fewest raw devices that a shown number rests on.

    Returns:
        interval_start, level, area_code, devices (raw), is_hidden.

    Raises:
        RefusedInputError: no areas are loaded, or they form no tree.
    """
    tree = read_tree(home)
    if not DENSITY.paths(home, start=start, end=end):
        return pl.DataFrame(schema=SCHEMA)
    footprints = build_footprints(connection, home=home, start=start, end=end)
    parts = list(AreaIntervals(connection, home=home, footprints=footprints).of(start, end))
    if not parts:
        return pl.DataFrame(schema=SCHEMA)
    areas = pl.concat(parts)
    return suppress(areas, tree, k=k, order=standing_order(home, areas)).select(list(SCHEMA))
