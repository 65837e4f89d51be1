"""What is not known of where the people of a cell are because they live together, as villages do.

A footprint spreads a cell's people over its ground as if each of them stood somewhere for himself. Where cells are
large they live in a few settlements, and a settlement that a border passes lies on one side of it. If A people of a
cell stand in lumps of N, and the share W of them is taken to be in the area, the people there are spread by

    spread^2 = N A W (1 - W)

A cell that is smaller than a settlement lies within it, where people stand the more evenly the smaller the cell is:
with the ground g that a cell covers and g0 that of a settlement with the fields around it, N falls to
N g^2 / (g^2 + g0^2).

Where a prior tells the footprint where people live, less is unknown than this says; that is not counted, so ranges are
then too wide rather than too narrow.
"""

import numpy as np
import polars as pl
import scipy.sparse as sp

from crowd.mobility.area_cells import AreaCells
from geo.footprint import Footprint
from geo.hexagons import Floats, Hexes

# Fitted (crowd/mobility/area_ranges.py): people who live together, and the ground that comes to each such settlement.
PEOPLE_TOGETHER = 400.0
SETTLEMENT_KM2 = 16.0


def sizes_of(footprint: Footprint, hexes: Hexes) -> Floats:
    """Size of hexagons in km2, NaN of those that are not the footprint's."""
    table = pl.read_parquet(footprint.folder / "hexes.parquet", columns=["hex", "area_km2"], glob=False).sort("hex")
    known = table["hex"].to_numpy()
    at = np.minimum(np.searchsorted(known, hexes), len(known) - 1)
    return np.where(known[at] == hexes, table["area_km2"].to_numpy()[at], np.nan)


def settled_cells(cells: AreaCells, hex_km2: Floats) -> sp.csr_array:
    """People who may stand together on either side of a border, for each of a cell's people.

    Args:
        cells: of a footprint.
        hex_km2: size of the hexagons that its weights are on.

    Returns:
        N W (1 - W) g^2 / (g^2 + g0^2), shape (areas, cells); nothing stands where a cell is wholly within an area.
    """
    ground_km2 = _ground_km2(cells, hex_km2)
    together = PEOPLE_TOGETHER * ground_km2**2 / (ground_km2**2 + SETTLEMENT_KM2**2)
    within = cells.within
    unsure = together[within.indices] * within.data * (1 - within.data)
    settled = sp.csr_array((unsure, within.indices, within.indptr), shape=within.shape, copy=True)
    settled.eliminate_zeros()
    return settled


def _ground_km2(cells: AreaCells, hex_km2: Floats) -> Floats:
    """The ground of each cell: of as many equal parts as are as uneven as its weights (Simpson's index)."""
    per_km2 = cells.squares.T @ (1 / np.where(np.isnan(hex_km2), 1, hex_km2))
    ground_km2: Floats = np.divide(1, per_km2, out=np.zeros(len(per_km2)), where=per_km2 > 0)
    return ground_km2
