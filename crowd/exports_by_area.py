"""Exports of people per administrative area."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from crowd.exports import Export, create_export_views, write_export
from crowd.hidden_areas import hidden_areas
from crowd.mobility.hierarchy import read_tree
from crowd.mobility.tree_shares import tree_shares
from geo.areas import LEVELS, area_file, loaded_levels
from lake.engine import fetch_frame, fetch_row, read_sql
from lake.errors import RefusedInputError
from lake.home import Home


@dataclass(frozen=True, kw_only=True)
class AreaExport(Export):
    """What was written, and what no area could take.

    Attributes:
        level: of the areas.
        intervals: intervals that have density.
        people_outside: people on hexagons outside every area, on average over the intervals; None where the number
            rests on fewer than k devices.
    """

    level: str
    intervals: int
    people_outside: float | None


def export_areas(
    connection: duckdb.DuckDBPyConnection,
    *,
    home: Home,
    start: datetime,
    end: datetime,
    level: str | None,
    file_format: str,
    output: Path,
    k: int,
) -> AreaExport:
    """Write people per area of start <= interval_start < end to a file, without what `hidden_areas` hides.

    Args:
        connection: DuckDB with its memory and threads bounded.
        home: whose lake.
        start: first instant.
        end: first instant after it.
        level: one of `geo.areas.LEVELS`; None for the finest that is loaded.
        file_format: one of `crowd.exports.FORMATS`.
        output: the file to write; it appears whole or not at all.
        k: fewest raw devices that an exported number may rest on.

    Raises:
        RefusedInputError: no areas of the level are loaded, the areas form no tree, the format is unknown or the folder
            cannot be written.
    """
    chosen = choose_level(home, level)
    hidden = hidden_areas(connection, home=home, start=start, end=end, k=k)
    # `hidden_areas` makes views of its own.
    create_export_views(connection, home=home, start=start, end=end)
    _create_area_views(connection, home, chosen)
    connection.register("hidden_areas_in", hidden.filter(level=chosen).to_arrow())
    written = write_export(connection, "areas", file_format=file_format, output=output, k=k)
    intervals, outside = fetch_row(connection, read_sql("crowd", "people_outside_areas"), {"k": k})
    return AreaExport(**vars(written), level=chosen, intervals=intervals, people_outside=outside)


def choose_level(home: Home, level: str | None) -> str:
    """The level asked for, or the finest that is loaded.

    Raises:
        RefusedInputError: no areas of it are loaded.
    """
    loaded = loaded_levels(home)
    if level is not None and level not in LEVELS:
        raise RefusedInputError(f"no level '{level}': choose one of {', '.join(LEVELS)}")
    if not loaded:
        raise RefusedInputError("no areas are loaded yet: run 'kerumun areas load FILE --level LEVEL' first")
    if level is not None and level not in loaded:
        raise RefusedInputError(f"no areas of level {level} are loaded: there are {', '.join(loaded)}")
    return level or loaded[-1]


def _create_area_views(connection: duckdb.DuckDBPyConnection, home: Home, level: str) -> None:
    """Make `areas_in` and `area_shares_in`, the areas of a level and their shares of the hexagons of `density_in`."""
    tree = read_tree(home)
    grounds = tree.rows.select("area_km2", code="area_code")
    areas = pl.read_parquet(area_file(home, level)).join(grounds, on="code")
    hexes = fetch_frame(connection, "select distinct hex from density_in")["hex"].to_numpy()
    for view, rows in (("areas_in", areas), ("area_shares_in", tree_shares(home, hexes, tree=tree)[level])):
        connection.register(view, rows.to_arrow())
