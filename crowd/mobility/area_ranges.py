"""The range of the people of an area.

An area's range is not the sum of its hexagons': chance in one cell says nothing of the next, so that sum is too wide
for chance, and it knows nothing of errors of place, for which it is too narrow. So what is chance is taken out of the
hexagons' ranges (`crowd/ranged_density.sql`), and put in once for the area. With cells i, their counts n_i, the share
W_i of a cell's devices that is in the area, D = sum n_i W_i, people per device f = P / D:

    spread^2 = f^2 D  +  (1.25 f)^2 sum_i (n_i W_i (1 - W_i))^2  +  f sum_i N_i n_i W_i (1 - W_i)
    low  = L max(P - 1.645 spread, 0)        high = U (P + H + 1.645 spread')

The first term is chance: each device counted in cell i is in the area with probability W_i (a Poisson count, thinned).
The others are what is not known of W_i itself. The second: a cell that the border cuts has a share inside that is known
to about 1.25 W_i (1 - W_i), as the signal is not what the plan makes of it. The third: N_i people of a large cell stand
together on one side of the border (`crowd/mobility/area_settlements.py`).
H are people who may hide behind withheld counts, in spread' the first term grows by f H.
L and U are what the factor (people per device) may be off, lowest and highest, as shares: hexagons' bounds divided by
what their chance alone gives, summed over the area. They are common to all cells, so they stay whole.

N_i and 1.25 are fitted to synthetic cities, people per device known exactly, four hours of 20 seeds of each (8 of the
countryside): their districts, and 4, 12, 40 and 150 areas drawn at random (50 to 1,400,000 people). Share of truths
within, by these five kinds of areas; of 8 seeds more that nothing was fitted to; of these without the third term:

    dense city (kota_padat)       0.88 to 0.94     0.88 to 0.94     0.88 to 0.93
    town (kota_kecil)             0.86 to 0.97     0.83 to 0.97     0.74 to 0.93
    countryside (pedesaan)        0.89 to 0.96     0.86 to 0.91     0.54 to 0.61

The least in the town are its districts. The third term makes ranges 1.9 times as wide in the countryside, 1.1 times in
the town (1.2 of areas of under 1,000 people), and 1.01 times in the dense city.

In the countryside, of a district's squared error six to nine tenths are people who live elsewhere in a cell than its
footprint says; most of the rest is what the plan does not tell of the network. That masts are 50 m off counts for
nothing, chance for a few hundredths. So how many people live together decides, which nobody has told: 577 in a village
of pedesaan. Were villages four times as large, 0.65 to 0.84 would lie within; a quarter of it, 0.98 to 1.
An error is the same in most hours: a district may lie outside of its range all week.
Where nobody has given the factor, its own range (0.7 to 1.4) is mostly wider than all of this.
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


def area_bounds(
    hexes: Bounds,
    *,
    shares: sp.csr_array,
    cells: AreaCells,
    settled: sp.csr_array,
    devices: Floats,
    hidden: Floats,
) -> Bounds:
    """The range of each area at one instant.

    Args:
        hexes: of density, shape (hexes,); nobody where density has no row.
        shares: of hexagons in areas, shape (areas, hexes).
        cells: of the footprint.
        settled: people who may stand together on either side of a border, for each of a cell's people, shape
            (areas, cells).
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
    place = (OF_PLACE * factor) ** 2 * (cells.split @ devices**2) + factor * (settled @ devices)
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
