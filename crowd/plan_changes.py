"""Cells around which the plan has changed: what was counted there before tells nothing of now."""

from datetime import datetime, timedelta

import duckdb
import numpy as np
import polars as pl

from crowd.usual_instants import MAX_WEEKS
from geo.cells import create_plan_view
from geo.hexagons import hexes_at, resolutions_of
from lake.engine import fetch_frame, fetch_value, read_sql
from lake.home import Home

# A cell that has less of its devices than this on a hexagon is not touched by a change there.
LEAST_WEIGHT = 0.02


def create_changed_cells(connection: duckdb.DuckDBPyConnection, *, home: Home, at: datetime) -> int:
    """Make the table `changed_cells` (operator, cell_id, changed_at) for baselines at an instant.

    Args:
        connection: with the views `cells_in` and `plain_weights` of the plan valid then.
        home: whose plans.
        at: the instant.

    Returns:
        How many cells are touched.
    """
    create_plan_view(connection, home)
    changes = fetch_frame(
        connection,
        read_sql("crowd", "changed_plan"),
        {"since": at - timedelta(weeks=MAX_WEEKS, days=1), "until": at},
    )
    connection.register("changed_plan", changes.to_arrow())
    ground = _ground(connection, changes) if changes.height else _no_ground()
    connection.register("changed_ground", ground.to_arrow())
    connection.execute(
        "create or replace temp table changed_cells as " + read_sql("crowd", "changed_cells"),
        {"least_weight": LEAST_WEIGHT},
    )
    return int(fetch_value(connection, "select count(*) from changed_cells"))


def _ground(connection: duckdb.DuckDBPyConnection, changes: pl.DataFrame) -> pl.DataFrame:
    """Hexagons of the changed cells, and those under masts that are gone."""
    heard = fetch_frame(
        connection,
        f"""select changes.operator, changes.changed_at, weights.hex
        from changed_plan as changes
            inner join cells_in as cells on changes.operator = cells.operator and changes.cell_id = cells.cell_id
            inner join plain_weights as weights on cells.cell_no = weights.cell_no
        where weights.weight >= {LEAST_WEIGHT}""",
    )
    present = fetch_frame(connection, "select distinct hex from plain_weights")["hex"].to_numpy()
    under = [
        changes.select("operator", "changed_at").with_columns(
            hex=pl.Series(hexes_at(changes["lat"].to_numpy(), changes["lon"].to_numpy(), int(resolution)))
        )
        for resolution in np.unique(resolutions_of(present))
    ]
    return pl.concat([heard, *under], how="vertical_relaxed").unique()


def _no_ground() -> pl.DataFrame:
    return pl.DataFrame(schema={"operator": pl.String, "changed_at": pl.Datetime("us", "UTC"), "hex": pl.UInt64})
