"""Where the devices of each cell are, by area: its footprint summed over the ground of the area."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import scipy.sparse as sp

from crowd.mobility.area_ground import AreaGround
from geo.footprint import Footprint
from geo.hexagons import Floats


@dataclass(frozen=True, eq=False)
class AreaCells:
    """The cells of a footprint on the ground of areas; matrices of shares of a cell's devices.

    Attributes:
        weights: on each hexagon, shape (hexes, cells).
        squares: the same squared.
        within: in each area, shape (areas, cells).
        split: how far a cell is split: share within an area times share without, squared, shape (areas, cells).
        home: 1 where a cell has most of its devices, of all areas of a level and the ground outside them, else 0,
            shape (areas, cells). Of equal shares the smaller code has it.
    """

    weights: sp.csr_array
    squares: sp.csr_array
    within: sp.csr_array
    split: sp.csr_array
    home: sp.csr_array


def cells_of(footprint: Footprint, ground: AreaGround) -> AreaCells:
    """The cells of a footprint, all of whose hexagons the ground must hold."""
    table = pl.read_parquet(footprint.folder / "weights.parquet", columns=["hex", "cell_no", "weight"], glob=False)
    at = (ground.places(table["hex"].to_numpy()), table["cell_no"].to_numpy().astype(np.int32))
    weights = sp.csr_array((table["weight"].to_numpy(), at), shape=(len(ground.hexes), footprint.cells))
    within = sp.csr_array(ground.shares @ weights)
    within.sort_indices()
    within.data = np.clip(within.data, 0, 1)
    return AreaCells(
        weights=weights,
        squares=_like(weights, weights.data**2),
        within=within,
        split=_like(within, (within.data * (1 - within.data)) ** 2),
        home=_home(within, ground.level),
    )


def _home(within: sp.csr_array, level: npt.NDArray[np.uint32]) -> sp.csr_array:
    rows = np.repeat(np.arange(within.shape[0]), np.diff(within.indptr))
    group = level[rows].astype(np.int64) * within.shape[1] + within.indices
    # the largest share of each level and cell comes first, of equal ones the smallest code
    order = np.lexsort((rows, -within.data, group))
    is_first = np.r_[True, np.diff(group[order]) != 0][: len(order)]
    begins = np.flatnonzero(is_first)
    outside = 1 - np.add.reduceat(within.data[order], begins) if len(begins) else np.empty(0)
    most = order[begins]
    most = most[within.data[most] >= outside]
    at = (rows[most], within.indices[most])
    return sp.csr_array((np.ones(len(most)), at), shape=within.shape)


def _like(matrix: sp.csr_array, values: Floats) -> sp.csr_array:
    """Other values at the same places."""
    return sp.csr_array((values, matrix.indices, matrix.indptr), shape=matrix.shape)
