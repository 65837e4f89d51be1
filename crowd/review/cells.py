"""Radio cells as people look at them: where they stand at an instant."""

from datetime import datetime

import duckdb
import polars as pl

from crowd.review.ground import Box
from geo.cells import create_plan_view
from lake.engine import fetch_frame, read_sql
from lake.home import Home

MOST_CELLS = 2000


def place_cells(
    connection: duckdb.DuckDBPyConnection, cells: pl.DataFrame, *, home: Home, at: datetime
) -> pl.DataFrame:
    """Add lat, lon and azimuth_deg by the plan valid at an instant; null where it does not have the cell.

    Args:
        connection: DuckDB with its memory and threads bounded.
        cells: operator and cell_id, any other columns; its order is kept.
        home: whose lake.
        at: the instant.
    """
    create_plan_view(connection, home)
    connection.register("wanted_in", cells.select("operator", "cell_id").unique().to_arrow())
    places = fetch_frame(connection, read_sql("crowd.review", "placed_cells"), {"at": at})
    connection.unregister("wanted_in")
    return cells.join(places, on=["operator", "cell_id"], how="left", maintain_order="left")


def cells_in_box(
    connection: duckdb.DuckDBPyConnection, *, home: Home, box: Box, at: datetime, most: int = MOST_CELLS
) -> tuple[pl.DataFrame, bool]:
    """Cells of the plans valid at an instant whose mast stands in a box.

    Args:
        connection: DuckDB with its memory and threads bounded.
        home: whose lake.
        box: of longitude and latitude.
        at: the instant.
        most: more are left out.

    Returns:
        operator, cell_id, lat, lon, azimuth_deg in order of name, and whether there are more.
    """
    create_plan_view(connection, home)
    parameters = {"at": at, "most": most + 1, **vars(box)}
    found = fetch_frame(connection, read_sql("crowd.review", "cells_in_box"), parameters)
    return found.head(most), found.height > most
