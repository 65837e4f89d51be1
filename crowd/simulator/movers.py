"""People on the move: counted in a second cell within the same hour, so that devices exceed people."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from crowd.simulator.city import Floats
from geo.hexagons import neighbour_pairs

# How many people move at each local hour, against the mean of the day: few at night, most in the rush hours.
_MOVEMENT = [1, 1, 1, 1, 2, 6, 14, 18, 14, 9, 8, 8, 9, 8, 8, 10, 15, 18, 14, 9, 7, 5, 3, 2]
RUSH: Floats = np.array(_MOVEMENT) / np.mean(_MOVEMENT)


def moving_share(hour: int, *, movers_share: float) -> float:
    """Return the share of people on the move at a local hour; over the day it averages `movers_share`."""
    return float(min(1.0, movers_share * RUSH[hour]))


def neighbour_shares(hexes: NDArray[np.uint64]) -> csr_array:
    """Return where a mover of each hexagon comes to, evenly over its neighbours on land: shape (hexagons, hexagons).

    Args:
        hexes: the hexagons, ascending.
    """
    position, around = neighbour_pairs(hexes)
    found = np.minimum(np.searchsorted(hexes, around), hexes.size - 1)
    on_land = hexes[found] == around
    position, found = position[on_land], found[on_land]
    neighbours = np.bincount(position, minlength=hexes.size)
    return csr_array((1 / neighbours[position], (position, found)), shape=(hexes.size, hexes.size))


def second_cells(shares: csr_array, *, neighbours: csr_array) -> csr_array:
    """Return the chance that a mover of each hexagon is counted in each cell as his second one.

    A mover whose cell in the neighbouring hexagon is the one he came from is counted there once, so rows add up to
    less than one.

    Args:
        shares: share of a hexagon's phones per cell, shape (hexagons, cells).
        neighbours: what `neighbour_shares` returns.
    """
    there = csr_array(neighbours @ shares)
    return csr_array(there - there.multiply(shares))
