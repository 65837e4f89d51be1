"""Baseline: what is usual for a hexagon at that local hour of the week."""

from datetime import datetime, timedelta

import duckdb

from lake.engine import read_sql
from lake.home import Home
from lake.stages import Stage, create_view

MIN_WEEKS, MAX_WEEKS = 4, 8
MIN_DAYS, MAX_DAYS = 3, 21


def create_history_view(
    connection: duckdb.DuckDBPyConnection, *, home: Home, stage: Stage, start: datetime, end: datetime
) -> None:
    """Make `density_history` show what baselines of start <= t < end look back on.

    It joins the density already in the lake before the range with `density_now`, so that a backfill sees its own
    earlier hours.
    """
    since = start - timedelta(weeks=MAX_WEEKS, hours=2)
    create_view(connection, "density_before", home=home, stage=stage, start=since, end=start)
    now = "select interval_start, hex, people from density_now" if end - start > timedelta(days=1) else None
    before = "select interval_start, hex, people from density_before"
    rows = f"{before} union all {now}" if now else before
    connection.execute(f"create or replace temp view density_history as {rows}")


def with_baseline() -> str:
    """SQL that adds baseline, excess and score to `density_now`; wants the parameter `timezone`."""
    sql = read_sql("crowd", "baseline")
    bounds = {"max_weeks": MAX_WEEKS, "min_weeks": MIN_WEEKS, "max_days": MAX_DAYS, "min_days": MIN_DAYS}
    for name, value in bounds.items():
        sql = sql.replace(f"${name}", str(value))
    return sql
