"""The range of the people of an area.

An area's range is not the sum of its hexagons': chance in one cell says nothing of the next, so that sum is too wide
for chance, and it knows nothing of errors of place, for which it is too narrow. So what is chance is taken out of the
hexagons' ranges (`crowd/ranged_density.sql`), and put in once for the area. With cells i, their counts n_i, the share
W_i of a cell's devices that is in the area, D = sum n_i W_i, people per device f = P / D:

    spread^2 = f^2 D  +  (1.25 f)^2 sum_i (n_i W_i (1 - W_i))^2
    low  = L max(P - 1.645 spread, 0)        high = U (P + H + 1.645 spread')

The first term is chance: each device counted in cell i is in the area with probability W_i (a Poisson count, thinned).
The second is what is not known of W_i itself: a cell that the border cuts has a share inside that is known to about
1.25 W_i (1 - W_i). H are people who may hide behind withheld counts, in spread' the first term grows by f H.
L and U are what the factor (people per device) may be off, lowest and highest, as shares: hexagons' bounds divided by
what their chance alone gives, summed over the area. They are common to all cells, so they stay whole.

The 1.25 is fitted to three cities of the simulator (one seed each, people per device known exactly, areas of 700 to
600,000 people): nine truths of ten lie within with 0.8 to 0.9 where masts stand as the plan says (the sample city),
with 1.0 to 1.5 where they differ from it (kota_kecil, kota_padat). With 1.25, 86 to 98 % lie within. With chance alone
it is 8 to 27 %: for a district chance is below 1 % and the error 2 to 5 %, so it is errors of place that count.
It does not hold in the countryside, to which it was not fitted (pedesaan, masts far apart): 43 to 76 % lie within, and
1.9 to 2.8 would be needed. Where nobody has given the factor, its own range (0.7 to 1.4) is mostly wider than both.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from crowd.density_batches import DEVIATIONS
from crowd.mobility.area_cells import AreaCells
from geo.hexagons import Floats

# How well the share of a divided cell is known, as standard deviations of W (1 - W).
OF_PLACE = 1.25


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """People with the lowest and highest that is plausible; NaN where unknown."""

    people: Floats
    low: Floats
    high: Floats


def area_bounds(hexes: Bounds, *, shares: sp.csr_array, cells: AreaCells, devices: Floats, hidden: Floats) -> Bounds:
    """The range of each area at one instant.

    Args:
        hexes: of density, shape (hexes,); nobody where density has no row.
        shares: of hexagons in areas, shape (areas, hexes).
        cells: of the footprint.
        devices: counted in each cell, 0 where no count is told, shape (cells,).
        hidden: the most that a withheld count may have been, else 0, shape (cells,).

    Returns:
        Shape (areas,). Where nothing was counted the hexagons' own bounds are summed.
    """
    noise = _hex_noise(hexes.people, cells, devices, hidden)
    columns = np.column_stack((hexes.people, hexes.low, hexes.high, noise.low, noise.high))
    people, told_low, told_high, noise_low, noise_high = (shares @ columns).T
    counted, withheld = cells.within @ devices, cells.within @ hidden
    factor = _ratio(people, counted, otherwise=0.0)
    place = (OF_PLACE * factor) ** 2 * (cells.split @ devices**2)
    below = DEVIATIONS * np.sqrt(factor**2 * counted + place)
    above = DEVIATIONS * np.sqrt(factor**2 * (counted + withheld) + place)
    low = np.clip(_share(told_low, noise_low), 0, 1) * np.maximum(people - below, 0)
    high = np.maximum(_share(told_high, noise_high), 1) * (people + factor * withheld + above)
    return Bounds(
        people=people,
        low=np.where(factor > 0, low, told_low),
        high=np.where(factor > 0, high, told_high),
    )


def _hex_noise(people: Floats, cells: AreaCells, devices: Floats, hidden: Floats) -> Bounds:
    """What chance alone makes of each hexagon, as the density computes it."""
    counted, variance = cells.weights @ devices, cells.squares @ devices
    withheld = cells.weights @ hidden if hidden.any() else np.zeros(len(people))
    factor = _ratio(people, counted, otherwise=0.0)
    return Bounds(
        people=people,
        low=factor * np.maximum(counted - DEVIATIONS * np.sqrt(variance), 0),
        high=factor * (counted + withheld + DEVIATIONS * np.sqrt(variance + withheld)),
    )


def _share(told: Floats, by_chance: Floats) -> Floats:
    """Told bounds as shares of those by chance; where these are nobody, as over all areas together."""
    is_there = np.isfinite(told) & (by_chance > 0)
    everywhere = told[is_there].sum() / by_chance[is_there].sum() if is_there.any() else 0.0
    return np.where(np.isnan(told), np.nan, _ratio(told, by_chance, otherwise=everywhere))


def _ratio(numbers: Floats, others: Floats, *, otherwise: float) -> Floats:
    ratio: Floats = np.divide(numbers, others, out=np.full(len(numbers), otherwise), where=others > 0)
    return ratio
