"""Targets: the cells that an operator should warn for a gathering."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import polars as pl

from crowd.baseline import BASELINE
from crowd.evidence import LEAST_GAIN_DEVICES
from crowd.factors import Factors
from crowd.gatherings import GATHERING_HEXES
from crowd.own_country import cells_at_home
from crowd.placement import create_placement_views
from crowd.policy import Policy
from crowd.target_sets import SET, choose_cells
from geo.footprint import Footprint
from geo.hexagons import neighbour_pairs
from lake.engine import fetch_frame, read_sql
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
# Phones of one place attach to more cells than a plan lets one expect: walls and hills decide. Shares of an operator's
# excess by cell are therefore levelled to this power. In a simulated town and a dense city, with 0.9 wanted, the sets
# then reach 0.85 and 0.89 of a crowd. With 1 they reach 0.80 and 0.85; with 0.4 they warn a sixth more others.
EVENNESS = 0.6
# Shares are written to so many digits that a rerun gives the same ones.
SHARE_DIGITS = 9
# Shares are sums of floats.
ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class TargetsSummary:
    """How many cells of how many operators are to be warned.

    Attributes:
        cells: different cells.
        operators: of them.
        short: sets of cells, one for each gathering, interval and operator, that miss the wanted reach because of the
            policy's limits.
    """

    cells: int
    operators: int
    short: int = 0


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

    For each gathering, interval and operator the cells are those of `crowd.target_sets.choose_cells`. A person more in
    a hexagon is `g_ih = w_ih * b_i / u_h` devices more at a cell, with weights w, devices b that are expected of a cell
    and people u that are expected in a hexagon (`crowd.crowd_shapes`); so a cell serves the excess people of the
    gathering's hexagons, an even part of each taken to be in those around. Where nobody knows what is usual, all its
    devices there count as excess. `reach` is the share of the excess people on this operator's network that a cell
    serves; `overreach` the share of its devices outside the gathering.

    A gathering that is held on to while its ground is unseen has no targets in that interval: nobody can tell who is
    there. Its last list is that of the last interval that has one.

    Args:
        connection: DuckDB with its memory and threads bounded.
        home: whose lake.
        start: first instant.
        end: first instant after it.
        footprints: for every plan valid in the range.
        factors: people per device.
        policy: wanted reach and limits; by `own_country_only`, cells that stand elsewhere are no candidates.
    """
    _create_views(connection, home=home, start=start, end=end, footprints=footprints, factors=factors)
    parameters = {"least_gain_devices": LEAST_GAIN_DEVICES, "evenness": EVENNESS}
    candidates = fetch_frame(connection, read_sql("crowd", "target_candidates"), parameters)
    wanted = policy.targets
    if wanted.own_country_only:
        candidates = _at_home(candidates, home)
    chosen = choose_cells(
        candidates, reach=wanted.reach, max_cells=wanted.max_cells, max_recipients=wanted.max_recipients
    )
    shares = pl.col("reach", "overreach").round(SHARE_DIGITS)
    rows = chosen.with_columns(shares).rename({"recipients": "expected_recipients"}).select(list(TARGETS.columns))
    connection.register("targets_now", rows.to_arrow())
    with staged(home) as staging:
        replace_range(connection, "targets_now", home=home, stage=TARGETS, staging=staging, start=start, end=end)
    connection.unregister("targets_now")
    return TargetsSummary(
        cells=chosen.select("operator", "cell_id").n_unique(),
        operators=chosen["operator"].n_unique(),
        short=_short(candidates, chosen, reach=wanted.reach),
    )


def _create_views(
    connection: duckdb.DuckDBPyConnection,
    *,
    home: Home,
    start: datetime,
    end: datetime,
    footprints: Sequence[Footprint],
    factors: Factors,
) -> None:
    """What `target_candidates.sql` reads."""
    create_placement_views(connection, home=home, start=start, end=end, footprints=footprints, factors=factors)
    create_view(connection, "baseline_in", home=home, stage=BASELINE, start=start, end=end)
    create_view(connection, "gathering_hexes_in", home=home, stage=GATHERING_HEXES, start=start, end=end)
    hexes = fetch_frame(connection, "select distinct hex from gathering_hexes_in order by hex")["hex"].to_numpy()
    position, around = neighbour_pairs(hexes)
    connection.register("around_in", pl.DataFrame({"hex": hexes[position], "around": around}).to_arrow())


def _at_home(candidates: pl.DataFrame, home: Home) -> pl.DataFrame:
    """Without the cells that stand in another country."""
    cells = candidates.select("cell_id", "lat", "lon").unique()
    return candidates.join(cells.filter(cells_at_home(cells, home=home)), on=["cell_id", "lat", "lon"], how="semi")


def _short(candidates: pl.DataFrame, chosen: pl.DataFrame, *, reach: float) -> int:
    """How many sets that could reach enough do not, those without any cell included."""
    wanted = candidates.filter(pl.col("served") > 0).select(SET).unique()
    reached = chosen.filter(pl.col("reach_of_set") >= reach - ROUNDING).select(SET).unique()
    return wanted.join(reached, on=SET, how="anti").height if reach > 0 else 0
