"""Coverage: cells that usually report and are silent, and how much of each hexagon is therefore unseen.

A silent cell is missing, not zero (DESIGN, Method 2). What is usual is the median of the same hour over the last days.
"""

from datetime import datetime, timedelta

import duckdb

from crowd.count_history import CountHistory
from lake.engine import read_sql
from lake.stages import Stage

SILENT_CELLS = Stage(
    name="silent_cells",
    columns={
        "interval_start": "timestamptz",
        "operator": "varchar",
        "cell_id": "varchar",
        "usual_devices": "double",
        "told": "varchar",
    },
    order=("interval_start", "cell_id"),
    by_operator=True,
)
COVERAGE = Stage(
    name="coverage",
    columns={
        "interval_start": "timestamptz",
        "hex": "ubigint",
        "coverage": "double",
        "usual_devices": "double",
    },
    order=("interval_start", "hex"),
)
# A hexagon that has less of its usual devices than this neither starts nor ends a gathering (DESIGN, Method 2).
LEAST_COVERAGE = 0.7
LOOK_BACK_DAYS = 7
LEAST_DAYS = 3
# Expected is who reported on at least this share of the days on which the operator did.
LEAST_SHARE = 0.75
# By chance a count of this size is zero once in half a billion times (Poisson).
NEVER_ZERO = 20


def find_silent_cells(
    connection: duckdb.DuckDBPyConnection, *, history: CountHistory, start: datetime, end: datetime
) -> None:
    """Make the tables `usual_cells`, `silent_cells_now` and `coverage_now` for the intervals of `intervals_in`.

    Args:
        connection: with `intervals_in` and the placement views of start <= interval_start < end.
        history: earlier counts.
        start: first instant.
        end: first instant after it.
    """
    since = start - timedelta(days=LOOK_BACK_DAYS)
    history.show("counts_history", start=since, end=end)
    connection.execute(
        "create or replace temp table usual_cells as " + read_sql("crowd", "usual_cells"),
        {"days": LOOK_BACK_DAYS, "least_days": LEAST_DAYS, "least_share": LEAST_SHARE},
    )
    connection.execute(
        "create or replace temp table silent_cells_now as " + read_sql("crowd", "silent_cells"),
        {"never_zero": NEVER_ZERO},
    )
    connection.execute("create or replace temp table coverage_now as " + read_sql("crowd", "coverage"))
