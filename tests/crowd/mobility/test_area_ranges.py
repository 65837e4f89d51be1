"""The ranges of areas on ground that is drawn by hand: cells of few large or small hexagons, areas of either half."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from crowd.mobility.area_cells import AreaCells
from crowd.mobility.area_ranges import Bounds, area_bounds
from crowd.mobility.area_settlements import settled_cells
from geo.hexagons import hex_areas_km2, hexes_at

NINE_OF_TEN = 0.9
VILLAGE = 400  # people


def _hexes(count, *, resolution):
    """Hexagons far from each other, ascending."""
    return np.unique(hexes_at(np.full(count, -4.0), 105 + np.arange(count) * 0.5, resolution))


def _cells(shares):
    """Each cell on two hexagons of its own, of which the first is in the west and the second in the east.

    Areas are the west, the east, and both together.
    """
    count = len(shares)
    at = np.arange(2 * count), np.repeat(np.arange(count), 2)
    weights = sp.csr_array((np.column_stack((shares, 1 - np.array(shares))).ravel(), at))
    west = np.tile([1.0, 0.0], count)
    areas = sp.csr_array(np.stack((west, 1 - west, np.ones(2 * count))))
    within = sp.csr_array(areas @ weights)
    squares, split = weights.copy(), within.copy()
    squares.data **= 2
    split.data = (split.data * (1 - split.data)) ** 2
    return areas, AreaCells(weights=weights, squares=squares, within=within, split=split, home=within)


def _bounds(shares, devices, *, resolution, factor=1.0):
    areas, cells = _cells(shares)
    hexes = _hexes(2 * len(shares), resolution=resolution)
    devices = np.asarray(devices, dtype=float)
    people = factor * (cells.weights @ devices)
    noise = 1.645 * factor * np.sqrt(cells.squares @ devices)
    told = Bounds(people=people, low=np.maximum(people - noise, 0), high=people + noise)
    settled = settled_cells(cells, hex_areas_km2(hexes))
    return area_bounds(told, shares=areas, cells=cells, settled=settled, devices=devices, hidden=np.zeros_like(devices))


def test_villages_on_either_side_of_a_border_lie_within_the_range_nine_times_of_ten():
    cells, villages, share = 100, 4, 0.1
    bounds = _bounds([share] * cells, [villages * VILLAGE] * cells, resolution=5)
    west = VILLAGE * np.random.default_rng(3).binomial(cells * villages, share, size=2_000)
    holds = np.mean((bounds.low[0] <= west) & (west <= bounds.high[0]))
    assert NINE_OF_TEN <= holds < 0.99


def test_a_border_through_a_large_cell_makes_an_area_less_sure_than_one_through_a_small_cell():
    widths = []
    for resolution in (9, 7, 6, 5):
        bounds = _bounds([0.3] * 4, [300] * 4, resolution=resolution)
        widths.append(bounds.high[0] - bounds.low[0])
    assert widths == sorted(widths)
    assert widths[-1] > 1.5 * widths[0]


def test_what_two_districts_share_is_as_unsure_in_one_as_in_the_other_and_sure_in_both_together():
    _, cells = _cells([0.2, 0.5, 1.0])
    settled = settled_cells(cells, hex_areas_km2(_hexes(6, resolution=6))).toarray()
    assert settled[0] == pytest.approx(settled[1])
    assert settled[0, 0] < settled[0, 1]
    assert settled[0, 2] == settled[2].sum() == 0


def test_a_whole_is_surer_than_its_parts():
    bounds = _bounds([0.3, 0.6, 0.5], [800, 200, 500], resolution=6, factor=1.4)
    width = bounds.high - bounds.low
    assert width[2] < min(width[0], width[1])
    assert bounds.low[0] + bounds.low[1] < bounds.low[2]
    assert bounds.high[2] < bounds.high[0] + bounds.high[1]


@given(share=st.floats(0, 1), resolution=st.integers(5, 10))
def test_of_each_persons_neighbours_no_more_than_a_settlement_go_with_him(share, resolution):
    _, cells = _cells([share])
    hexes = _hexes(2, resolution=resolution)
    settled = settled_cells(cells, hex_areas_km2(hexes))
    assert settled.toarray().min() >= 0
    assert settled.toarray().max() <= VILLAGE / 4
    ground_km2 = 1 / (share**2 / hex_areas_km2(hexes)[0] + (1 - share) ** 2 / hex_areas_km2(hexes)[1])
    assert settled[[0], [0]] == pytest.approx(VILLAGE * share * (1 - share) / (1 + (16 / ground_km2) ** 2))


def test_a_cell_without_ground_makes_nothing_unsure():
    nothing = sp.csr_array((3, 1))
    cells = AreaCells(
        weights=sp.csr_array((2, 1)), squares=sp.csr_array((2, 1)), within=nothing, split=nothing, home=nothing
    )
    assert settled_cells(cells, np.full(2, 5.0)).nnz == 0
