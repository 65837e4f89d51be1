"""How far the people of some ground usually waver: the spread of the counts of the cells that feed it.

Cells are taken to be independent of each other; those without a history add nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import scipy.sparse as sp

from crowd.area_factors import hex_factors
from crowd.factors import Factors
from crowd.review.ground import Ranges
from crowd.review.memory import Memory, identity_of
from crowd.review.shown import in_ranges
from crowd.review.spread_files import kept_spreads, told_spreads
from geo.areas import area_file, loaded_levels
from geo.cells import create_plan_view, plan_changes, planned_operators
from geo.cells.plan import plan_path
from geo.footprint import CHOICE, STAGE, Footprint, stored_footprints
from geo.hexagons import Floats, Hexes
from lake.engine import fetch_frame, file_literal
from lake.home import Home

MOST_RANGES = 12
MOMENT = timedelta(microseconds=1)


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
    """The footprints stored for start <= t < end, in order of time; each is found once for the same plans."""
    files = [
        *(plan_path(home, operator) for operator in planned_operators(home)),
        *(area_file(home, level) for level in loaded_levels(home)),
        home.lake / "prior" / "part.parquet",
        home.lake / CHOICE,
        home.lake / STAGE,
    ]
    plans = tuple(f"{file}{identity_of(file)}" for file in files)
    changes = memory.once_small(("plan changes", plans), lambda: _changes(memory, home))
    found: list[Footprint] = []
    for instant in (start, *(change for change in changes if start < change < end)):
        since = max((change for change in changes if change <= instant), default=None)
        key = ("footprint since", since, plans)
        found += memory.once_small(key, lambda instant=instant: _valid_at(memory, home, instant))  # type: ignore[misc]
    return found


def _changes(memory: Memory, home: Home) -> Sequence[datetime]:
    """When other plans begin to hold."""
    with memory.cursor() as connection:
        create_plan_view(connection, home)
        return sorted({at for operator in planned_operators(home) for at in plan_changes(connection, operator)})


def _valid_at(memory: Memory, home: Home, instant: datetime) -> Sequence[Footprint]:
    with memory.cursor() as connection:
        return stored_footprints(connection, home=home, start=instant, end=instant + MOMENT)


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
    weights = _weights(memory, home, footprint, hexes=hexes, factors=factors)
    cells, cell = np.unique(weights["cell_no"].to_numpy(), return_inverse=True)
    at = (cell, np.searchsorted(hexes, weights["hex"].to_numpy()))
    people = sp.csr_array((weights["people"].to_numpy(), at), shape=(len(cells), len(hexes))) @ is_counted
    kept = [kept_spreads(home, footprint, cells, at=hour) for hour in hours]
    missing = [number for number, found in enumerate(kept) if found is None]
    spread = np.stack([np.zeros(len(cells)) if found is None else found for found in kept], axis=1)
    spread[:, missing] = told_spreads(memory, home, footprint, cells, hours=[hours[number] for number in missing])
    variance = ((people * spread) ** 2).sum(axis=0)
    return np.where(variance > 0, np.sqrt(variance), np.nan)


def _weights(memory: Memory, home: Home, footprint: Footprint, *, hexes: Hexes, factors: Factors) -> pl.DataFrame:
    """`cell_no, hex, people` that one device of the cell stands for in the hexagon."""
    near = in_ranges(Ranges(hexes, hexes).hulls(MOST_RANGES))
    with memory.cursor() as connection:
        found = fetch_frame(
            connection,
            f"""select cell_no, hex, weight
            from read_parquet({file_literal(footprint.folder / "weights.parquet")}, hive_partitioning = false)
            where {near}
            order by hex, cell_no""",
        ).filter(pl.col("hex").is_in(pl.Series(hexes).implode()))
    operators = memory.once(("operators", footprint.folder), lambda: _operators(footprint))
    usual = found.with_columns(operator=operators.gather(found["cell_no"]).cast(pl.String)).join(
        factors.everywhere.select("operator", "people_per_device"), on="operator", maintain_order="left"
    )
    own = hex_factors(home, usual["hex"].unique().sort(), factors=factors) if len(factors.by_area) else None
    if own is not None:
        usual = usual.join(
            own.select("operator", "hex", "ratio"), on=["operator", "hex"], how="left", maintain_order="left"
        )
    ratio = pl.col("ratio").fill_null(1.0) if own is not None else pl.lit(1.0)
    return usual.select("cell_no", "hex", people=pl.col("weight") * pl.col("people_per_device") * ratio)


def _operators(footprint: Footprint) -> pl.Series:
    """The operator of each cell, by its number."""
    cells = pl.read_parquet(footprint.folder / "cells.parquet", columns=["cell_no", "operator"])
    numbers = cells["cell_no"].to_numpy()
    position = np.zeros(numbers.max(initial=0) + 1, dtype=np.int64)
    position[numbers] = np.arange(len(numbers))
    return cells["operator"].cast(pl.Categorical).gather(position)
