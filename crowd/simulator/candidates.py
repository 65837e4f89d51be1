"""Which cells a hexagon may hear at all: every one of a small network, the nearest of a large one."""

import numpy as np
import polars as pl
from scipy.spatial import KDTree

from crowd.simulator.city import City, on_plane
from crowd.simulator.shadowing import Positions

MOST_PAIRS = 1_000_000  # hexagons x cells; above it only the nearest cells are looked at
NEAREST_CELLS = {"macro": 60, "micro": 12, "indoor": 8}


def candidate_cells(city: City, *, cells: pl.DataFrame) -> Positions:
    """Return positions of the cells whose signal is worked out in each hexagon, shape (hexagons, candidates).

    In a large city those are its nearest cells of each kind (`NEAREST_CELLS`); there the weaker ones behind them win
    no phones worth counting.
    """
    if city.hexes.size * cells.height <= MOST_PAIRS:
        return np.broadcast_to(np.arange(cells.height), (city.hexes.size, cells.height))
    hexagons = on_plane(city, lat=city.lat, lon=city.lon)
    towers = on_plane(city, lat=cells["lat"].to_numpy(), lon=cells["lon"].to_numpy())
    kinds = cells["kind"].to_numpy()
    nearest = []
    for kind, most in NEAREST_CELLS.items():
        of_kind = np.flatnonzero(kinds == kind)
        if of_kind.size:
            ranks = np.arange(1, min(most, of_kind.size) + 1)
            nearest.append(of_kind[KDTree(towers[of_kind]).query(hexagons, k=ranks)[1]])
    return np.concatenate(nearest, axis=1)
