"""Tables that analysts may look into, and what of each may be shown: nothing that rests on fewer than k devices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from string import Template

import duckdb

from crowd.baseline import BASELINE
from crowd.counts.stage import COUNTS
from crowd.coverage import COVERAGE
from crowd.density import DENSITY
from crowd.gathering_stages import GATHERING_EVENTS, GATHERING_HEXES, GATHERINGS
from crowd.hotspots import HOTSPOTS
from crowd.quality import QUALITY_EVENTS
from crowd.targets import TARGETS
from lake.engine import quoted, read_sql
from lake.home import Home
from lake.stages import Stage, create_view


@dataclass(frozen=True)
class Table:
    """One stage of the lake as it may be looked at.

    Attributes:
        stage: whose rows.
        says: what it holds, in a few words.
        devices: column that tells how many devices a row rests on; None where none does.
        numbers: columns that are empty where those are too few, or unknown; without any, the whole row is left out.
        query: name of the SQL file of `crowd.review` that gives the rows, where a rule of its own holds.
        inputs: stages that this file reads besides.
    """

    stage: Stage
    says: str
    devices: str | None = None
    numbers: tuple[str, ...] = ()
    query: str | None = None
    inputs: tuple[str, ...] = ()


TABLES = {
    table.stage.name: table
    for table in (
        Table(COUNTS, "devices attached to each cell, as operators counted them", "devices", ("devices",)),
        Table(
            BASELINE,
            "what is usual for each cell at that hour",
            "usual_devices",
            ("usual_devices", "expected_devices", "spread_devices"),
        ),
        Table(DENSITY, "estimated people by hexagon", "devices"),
        Table(COVERAGE, "hexagons that miss cells", "usual_devices"),
        Table(HOTSPOTS, "places where counts rise above the usual, by hexagon", "devices"),
        Table(GATHERINGS, "gatherings, hour by hour", query="shown_gatherings"),
        Table(GATHERING_HEXES, "hexagons of gatherings", "devices"),
        Table(
            GATHERING_EVENTS,
            "what happened to gatherings",
            query="shown_events",
            inputs=("gatherings",),
        ),
        Table(
            TARGETS,
            "cells to warn",
            "expected_recipients",
            ("expected_recipients", "reach", "overreach"),
        ),
        # nobody can say how many devices these numbers rest on
        Table(QUALITY_EVENTS, "what the data itself got wrong", numbers=("people", "level")),
    )
}


def create_table(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    *,
    home: Home,
    start: datetime,
    end: datetime,
    k: int,
) -> None:
    """Make the view `name` show the rows of start <= interval_start < end that may be shown.

    Args:
        connection: of the one who looks.
        name: key of `TABLES`.
        home: whose lake.
        start: first instant.
        end: first instant after it.
        k: fewest devices that a number may rest on.
    """
    table = TABLES[name]
    for needed in table.inputs:
        create_table(connection, needed, home=home, start=start, end=end, k=k)
        connection.execute(f"create or replace temp view shown_{needed} as from {quoted(needed)}")
    create_view(connection, f"{name}_in", home=home, stage=table.stage, start=start, end=end)
    connection.execute(f"create or replace temp view {quoted(name)} as {_shown(table, k)}")


def _shown(table: Table, k: int) -> str:
    source = quoted(f"{table.stage.name}_in")
    if table.query is not None:
        return Template(read_sql("crowd.review", table.query)).safe_substitute(k=k)
    is_enough = f"coalesce({quoted(table.devices)} >= {k}, false)" if table.devices else "false"
    if not table.numbers:
        return f"select * from {source} where {is_enough}"
    return f"select * replace ({_masked(table.numbers, is_enough)}) from {source}"


def _masked(columns: Sequence[str], is_enough: str) -> str:
    return ", ".join(f"case when {is_enough} then {quoted(c)} end as {quoted(c)}" for c in columns)
