"""Targets: the cells that an operator should warn for a gathering."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from crowd.factors import Factors
from crowd.gatherings import GATHERING_HEXES
from crowd.placement import create_placement_views
from crowd.policy import Policy
from geo.footprint import Footprint
from lake.engine import fetch_value, read_sql
from lake.home import Home
from lake.stages import Stage, create_view, replace_range
from lake.staging import staged

TARGETS = Stage(
    name="targets",
    columns={
        "gathering_id": "varchar",
        "interval_start": "timestamptz",
        "operator": "varchar",
        "cell_id": "varchar",
        "expected_recipients": "bigint",
        "reach": "double",
        "overreach": "double",
    },
    order=("interval_start", "gathering_id", "cell_id"),
    by_operator=True,
)


@dataclass(frozen=True, kw_only=True)
class TargetsSummary:
    """How many cells of how many operators are to be warned."""

    cells: int
    operators: int


def choose_targets(
    connection: duckdb.DuckDBPyConnection,
    *,
    home: Home,
    start: datetime,
    end: datetime,
    footprints: Sequence[Footprint],
    factors: Factors,
    policy: Policy,
) -> TargetsSummary:
    """Choose the target cells of the gatherings of start <= interval_start < end and replace those in the lake.

    `reach` is the share of the gathering's excess people on this operator's network that the cell serves; `overreach`
    the share of its devices outside the gathering.
    """
    create_placement_views(
        connection,
        home=home,
        start=start,
        end=end,
        footprints=footprints,
        factors=factors,
    )
    create_view(connection, "gathering_hexes_in", home=home, stage=GATHERING_HEXES, start=start, end=end)
    connection.execute(
        "create or replace temp table targets_now as " + read_sql("crowd", "targets"),
        {"reach": policy.targets.reach},
    )
    with staged(home) as staging:
        replace_range(connection, "targets_now", home=home, stage=TARGETS, staging=staging, start=start, end=end)
    return TargetsSummary(
        cells=int(fetch_value(connection, "select count(distinct (operator, cell_id)) from targets_now")),
        operators=int(fetch_value(connection, "select count(distinct operator) from targets_now")),
    )
