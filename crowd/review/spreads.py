"""How far the people of some ground usually waver: the spread of the counts of the cells that feed it.

Cells are taken to be independent of each other; those without a history add nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import duckdb
import numpy as np
import polars as pl
import scipy.sparse as sp

from crowd.area_factors import hex_factors
from crowd.baseline import BASELINE
from crowd.factors import Factors
from crowd.review.ground import Ranges
from crowd.review.memory import Memory, identity_of
from crowd.review.shown import in_ranges
from geo.areas import area_file, loaded_levels
from geo.cells import planned_operators
from geo.cells.plan import plan_path
from geo.footprint import CHOICE, STAGE, Footprint, stored_footprints
from geo.hexagons import Floats, Hexes
from lake.engine import fetch_frame, file_literal, literal, read_sql
from lake.home import Home
from lake.stages import select_rows

MOST_RANGES = 12
MOST_LISTED = 5_000


def spreads_of(
    memory: Memory, home: Home, *, hexes: Hexes, is_counted: Floats, hours: Sequence[datetime], factors: Factors
) -> Floats:
    """Standard deviation of the usual people of some ground, hour by hour.

    With `W_it` the people that a device of cell i stands for on the hexagons counted in hour t, and `s_it` the spread
    of its counts, it is the root of `sum_i (W_it * s_it)^2`.

    Args:
        memory: of the process.
        home: whose lake.
        hexes: hexagons of the lake, ascending.
        is_counted: 1 where a hexagon is summed in an hour, else 0, shape (hexagons, hours).
        hours: instants, ascending.
        factors: people per device.

    Returns:
        People, shape (hours,); not a number where nothing is known.
    """
    spread = np.full(len(hours), np.nan)
    if len(hexes) == 0 or not hours:
        return spread
    for footprint in footprints_of(memory, home, start=hours[0], end=hours[-1] + timedelta(hours=1)):
        is_valid = _is_valid(footprint, hours)
        if is_valid.any():
            chosen = [hour for hour, holds in zip(hours, is_valid.tolist(), strict=True) if holds]
            spread[is_valid] = _spreads(
                memory, home, footprint, hexes=hexes, is_counted=is_counted[:, is_valid], hours=chosen, factors=factors
            )
    return spread


def footprints_of(memory: Memory, home: Home, *, start: datetime, end: datetime) -> Sequence[Footprint]:
    """The footprints stored for a range, in order of time, found once for the same plans and days."""
    first = start.replace(hour=0, minute=0, second=0, microsecond=0)
    last = end.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    files = [
        *(plan_path(home, operator) for operator in planned_operators(home)),
        *(area_file(home, level) for level in loaded_levels(home)),
        home.lake / "prior" / "part.parquet",
        home.lake / CHOICE,
        home.lake / STAGE,
    ]
    key = ("footprints", first, last, *(f"{file}{identity_of(file)}" for file in files))

    def find() -> Sequence[Footprint]:
        with memory.cursor() as connection:
            return tuple(stored_footprints(connection, home=home, start=first, end=last))

    return memory.once(key, find)


def _is_valid(footprint: Footprint, hours: Sequence[datetime]) -> np.ndarray:
    since, until = footprint.valid_from, footprint.valid_to
    return np.array([(since is None or hour >= since) and (until is None or hour < until) for hour in hours])


def _spreads(
    memory: Memory,
    home: Home,
    footprint: Footprint,
    *,
    hexes: Hexes,
    is_counted: Floats,
    hours: Sequence[datetime],
    factors: Factors,
) -> Floats:
    with memory.cursor() as connection:
        weights = _weights(connection, home, footprint, hexes=hexes, factors=factors)
        wanted = weights.select("operator", "cell_id").unique(maintain_order=True).with_row_index("cell")
        told = _told(connection, home, wanted, hours=hours)
    weights = weights.join(wanted, on=["operator", "cell_id"])
    at = (weights["cell"].to_numpy(), np.searchsorted(hexes, weights["hex"].to_numpy()))
    people = sp.csr_array((weights["people"].to_numpy(), at), shape=(wanted.height, len(hexes))) @ is_counted
    hour = np.searchsorted(np.array([h.timestamp() for h in hours]), told["interval_start"].dt.epoch("s").to_numpy())
    spread = np.zeros((wanted.height, len(hours)))
    spread[told["cell"].to_numpy(), hour] = told["spread_devices"].to_numpy()
    variance = ((people * spread) ** 2).sum(axis=0)
    return np.where(variance > 0, np.sqrt(variance), np.nan)


def _weights(
    connection: duckdb.DuckDBPyConnection, home: Home, footprint: Footprint, *, hexes: Hexes, factors: Factors
) -> pl.DataFrame:
    """`operator, cell_id, hex, people` that one device of the cell stands for in the hexagon."""
    near = in_ranges(Ranges(hexes, hexes).hulls(MOST_RANGES))
    cells, weights = (file_literal(footprint.folder / name) for name in ("cells.parquet", "weights.parquet"))
    found = fetch_frame(
        connection,
        f"""select cells.operator, cells.cell_id, weights.hex, weights.weight
        from read_parquet({weights}, hive_partitioning = false) as weights
            inner join read_parquet({cells}, hive_partitioning = false) as cells on weights.cell_no = cells.cell_no
        where {near.replace("hex between", "weights.hex between")}
        order by weights.hex, weights.cell_no""",
    ).filter(pl.col("hex").is_in(pl.Series(hexes).implode()))
    usual = found.join(factors.everywhere.select("operator", "people_per_device"), on="operator", maintain_order="left")
    own = hex_factors(home, usual["hex"].unique().sort(), factors=factors) if len(factors.by_area) else None
    if own is not None:
        usual = usual.join(own.select("operator", "hex", "ratio"), on=["operator", "hex"], how="left")
    ratio = pl.col("ratio").fill_null(1.0) if own is not None else pl.lit(1.0)
    people = pl.col("weight") * pl.col("people_per_device") * ratio
    return usual.select("operator", "cell_id", "hex", people=people)


def _told(
    connection: duckdb.DuckDBPyConnection, home: Home, wanted: pl.DataFrame, *, hours: Sequence[datetime]
) -> pl.DataFrame:
    operators = {f"operator={name}" for name in wanted["operator"].unique()}
    paths = BASELINE.paths(home, start=hours[0], end=hours[-1] + timedelta(hours=1))
    rows = select_rows(BASELINE, [path for path in paths if path.parent.name in operators])
    # a list is compared while reading, a join only afterwards
    ids = ", ".join(literal(cell_id) for cell_id in wanted["cell_id"].unique().sort())
    near = f"where cell_id in ({ids})" if 0 < wanted.height <= MOST_LISTED else ""
    connection.execute(f"create or replace temp view baseline_in as from ({rows}) {near}")
    connection.register("wanted_in", wanted.to_arrow())
    found = fetch_frame(connection, read_sql("crowd.review", "cell_spreads"))
    connection.unregister("wanted_in")
    # of a footprint that held for a part of the range only those hours are asked for
    return found.filter(
        pl.col("interval_start").is_in(pl.Series(list(hours), dtype=pl.Datetime("us", "UTC")).implode())
    )
