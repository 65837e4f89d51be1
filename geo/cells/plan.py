"""The cell plans in the lake: one file per operator, with the whole history of its cells."""

from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from lake.engine import fetch_frame, file_literal, quoted
from lake.home import Home
from lake.stages import PART

STAGE = "cells"

CELL_COLUMNS = {
    "cell_id": "varchar",
    "radio": "varchar",
    "lat": "double",
    "lon": "double",
    "azimuth_deg": "double",
    "beamwidth_deg": "double",
    "height_m": "double",
    "tilt_deg": "double",
    "power_dbm": "double",
    "frequency_mhz": "double",
    "range_m": "double",
    "kind": "varchar",
    "valid_from": "timestamptz",
    "valid_to": "timestamptz",
}


def plan_file(operator: str) -> str:
    """Path in the lake of an operator's plan."""
    return f"{STAGE}/operator={operator}/{PART}"


def planned_operators(home: Home) -> tuple[str, ...]:
    """Operators that have a plan, in order of name."""
    found = (home.lake / STAGE).glob(f"operator=*/{PART}")
    return tuple(sorted(path.parent.name.removeprefix("operator=") for path in found))


def _plan_rows(home: Home, operators: tuple[str, ...]) -> str:
    if not operators:
        nothing = ", ".join(f"null::{kind} as {quoted(name)}" for name, kind in CELL_COLUMNS.items())
        return f"select null::varchar as operator, {nothing} where false"
    paths = ", ".join(file_literal(home.lake / plan_file(operator)) for operator in operators)
    return (
        f"select operator, * exclude (operator) from read_parquet([{paths}], hive_partitioning = true, "
        "hive_types_autocast = false)"
    )


def create_plan_view(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Make `plan_cells` show the cells of every operator, with their validity."""
    rows = _plan_rows(home, planned_operators(home))
    connection.execute(f"create or replace temp view plan_cells as {rows}")


def plan_changes(connection: duckdb.DuckDBPyConnection, operator: str) -> list[datetime]:
    """Instants at which the plan of an operator changes, in order, from `plan_cells`."""
    rows = connection.execute(
        """select valid_from from plan_cells where operator = $operator and valid_from is not null
        union select valid_to from plan_cells where operator = $operator and valid_to is not null
        order by 1""",
        {"operator": operator},
    ).fetchall()
    return [row[0] for row in rows]


def cells_at(connection: duckdb.DuckDBPyConnection, operator: str, *, instant: datetime) -> pl.DataFrame:
    """Cells of an operator valid at an instant, from `plan_cells`, ordered by cell_id.

    Returns:
        The columns of `CELL_COLUMNS` without the validity, and `cell_no` counting from 0.
    """
    columns = ", ".join(c for c in CELL_COLUMNS if not c.startswith("valid_"))
    return fetch_frame(
        connection,
        f"""select cast(row_number() over (order by cell_id) - 1 as uinteger) as cell_no, {columns}
        from plan_cells
        where operator = $operator
            and (valid_from is null or valid_from <= $instant)
            and (valid_to is null or valid_to > $instant)
        order by cell_id""",
        {"operator": operator, "instant": instant},
    )


def plan_path(home: Home, operator: str) -> Path:
    """File of an operator's plan."""
    return home.lake / plan_file(operator)
