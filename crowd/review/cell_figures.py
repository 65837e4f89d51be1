"""Reach and overreach of cells that a person puts on the list of a gathering."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb
import polars as pl

from crowd.baseline import BASELINE
from crowd.evidence import LEAST_GAIN_DEVICES
from crowd.factors import Factors
from crowd.gathering_stages import GATHERING_HEXES
from crowd.own_country import cells_at_home
from crowd.placement import create_placement_views
from crowd.targets import EVENNESS, SHARE_DIGITS
from geo.footprint import Footprint
from geo.hexagons import neighbour_pairs
from lake.engine import fetch_frame, literal, read_sql
from lake.home import Home
from lake.stages import create_view

HOUR = timedelta(hours=1)
CELL = ("operator", "cell_id")


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What cells are measured by.

    Attributes:
        footprints: for every plan valid in the hour.
        factors: people per device.
        own_country_only: as in the policy: whether cells that stand elsewhere are no candidates.
        k: fewest devices of a cell that is told of.
    """

    footprints: Sequence[Footprint]
    factors: Factors
    own_country_only: bool
    k: int


def add_figures(
    connection: duckdb.DuckDBPyConnection,
    cells: pl.DataFrame,
    *,
    home: Home,
    gathering_id: str,
    hour: datetime,
    measure: Measure,
) -> pl.DataFrame:
    """Give cells their reach and overreach for a gathering in an hour, as target cells have them.

    For a cell that is among the targets they are those of the targets (`crowd.targets.choose_targets`). A cell that
    hears nothing of the gathering has a reach of 0 and an overreach of 1. Unknown (null) are those of a cell that
    counted fewer than k devices in the hour, and all of them where the hour is not in the lake any more, or the
    gathering was not seen in it.

    Args:
        connection: DuckDB with its memory and threads bounded.
        cells: operator and cell_id, any other columns; its order is kept, earlier figures are replaced.
        home: whose lake.
        gathering_id: of the gathering.
        hour: start of the hour.
        measure: footprints, factors and the rest.
    """
    bare = cells.drop("reach", "overreach", strict=False)
    create_placement_views(
        connection, home=home, start=hour, end=hour + HOUR, footprints=measure.footprints, factors=measure.factors
    )
    create_view(connection, "baseline_in", home=home, stage=BASELINE, start=hour, end=hour + HOUR)
    _create_ground(connection, home=home, gathering_id=gathering_id, hour=hour)
    connection.register("wanted_in", bare.select(CELL).unique().to_arrow())
    connection.register("candidates_in", _candidates(connection, home=home, measure=measure).to_arrow())
    parameters = {"k": measure.k, "digits": SHARE_DIGITS}
    figures = fetch_frame(connection, read_sql("crowd.review", "cell_figures"), parameters)
    return bare.join(figures, on=CELL, how="left", maintain_order="left")


def _create_ground(connection: duckdb.DuckDBPyConnection, *, home: Home, gathering_id: str, hour: datetime) -> None:
    """The views `gathering_hexes_in` and `around_in` of `crowd/target_candidates.sql`, of one gathering alone."""
    create_view(connection, "all_hexes_in", home=home, stage=GATHERING_HEXES, start=hour, end=hour + HOUR)
    connection.execute(
        "create or replace temp table gathering_hexes_in as select * from all_hexes_in "
        f"where gathering_id = {literal(gathering_id)}"
    )
    hexes = fetch_frame(connection, "select distinct hex from gathering_hexes_in order by hex")["hex"].to_numpy()
    position, around = neighbour_pairs(hexes)
    connection.register("around_in", pl.DataFrame({"hex": hexes[position], "around": around}).to_arrow())


def _candidates(connection: duckdb.DuckDBPyConnection, *, home: Home, measure: Measure) -> pl.DataFrame:
    """Cells that hear the gathering, and which of them could be its targets."""
    parameters = {"least_gain_devices": LEAST_GAIN_DEVICES, "evenness": EVENNESS}
    found = fetch_frame(connection, read_sql("crowd", "target_candidates"), parameters)
    is_candidate = cells_at_home(found, home=home) if measure.own_country_only else pl.lit(value=True)
    return found.with_columns(is_candidate=is_candidate)
