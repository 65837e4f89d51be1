import numpy as np
import pytest

from crowd.learned_prior import LEAST_HOURS, learn_prior, smooth
from geo.hexagons import children_of, disks_around, hex_areas_km2, hexes_at, neighbour_pairs
from geo.prior import read_prior
from lake.engine import connect
from lake.errors import RefusedInputError

MIDDLE = hexes_at(np.array([-5.5]), np.array([109.0]), 9)
DISK = disks_around(MIDDLE, 25)


def _learn(town, first, last):
    start, end = town.span(first, last)
    with connect(town.engine) as connection:
        return learn_prior(connection, home=town.home, start=start, end=end)


@pytest.fixture
def day(town):
    """A day of counts: mast 1 by day and night, mast 5 in the second half only."""
    town.plan()
    rows = [(hour, 1, 100) for hour in range(24)] + [(hour, 5, 100) for hour in range(12, 24)]
    town.counts(rows)
    town.density(0, 24)
    return town


def test_the_prior_is_the_mean_over_all_hours_also_those_without_anybody(day):
    learned = _learn(day, 0, 24)
    assert (learned.intervals, learned.hexagons) == (24, 2)
    assert learned.people == pytest.approx(150)
    assert sorted(read_prior(day.home).mass) == pytest.approx([50, 100])


def test_less_than_a_day_is_refused_and_nothing_stored(day):
    with pytest.raises(RefusedInputError, match=f"only 23 hours of density .* at least {LEAST_HOURS}"):
        _learn(day, 0, 23)
    with pytest.raises(RefusedInputError, match="only 0 hours"):
        _learn(day, 100, 200)
    assert read_prior(day.home) is None


def test_quarter_hours_do_not_make_a_day_of_six_hours(town):
    town.plan()
    town.counts([(n / 4, 1, 100) for n in range(24)])
    town.density(0, 6)
    with pytest.raises(RefusedInputError, match="only 6 hours"):
        _learn(town, 0, 6)


def test_a_day_without_anybody_teaches_nothing(town):
    town.plan()
    town.counts([(hour, 1, 0) for hour in range(24)])
    town.density(0, 24)
    with pytest.raises(RefusedInputError, match="nobody was counted"):
        _learn(town, 0, 24)


def test_footprints_are_built_anew_with_what_was_learned(make_town):
    town = make_town(method="radio")
    town.plan()
    town.counts([(hour, mast, 2000 if mast == 3 else 100) for hour in range(24) for mast in range(12)])
    town.density(0, 24)
    before = town.people()
    _learn(town, 0, 24)
    town.density(0, 24)
    after = town.people()
    assert sum(after.values()) == pytest.approx(sum(before.values()), rel=1e-6)
    assert after != before


def test_smoothing_leaves_an_even_density_even():
    assert smooth(DISK, np.full(len(DISK), 7.0)) == pytest.approx(np.full(len(DISK), 7.0))


def test_smoothing_spreads_a_peak_to_its_neighbours_and_loses_nobody():
    peak = np.where(MIDDLE[0] == DISK, 1000.0, 0.0)
    smoothed = smooth(DISK, peak)
    _, around = neighbour_pairs(MIDDLE)
    near = np.isin(DISK, around)
    assert smoothed.sum() == pytest.approx(1000)
    assert smoothed[MIDDLE[0] == DISK] < 1000
    assert (smoothed[near] > 0).all()
    assert smoothed[near] == pytest.approx(smoothed[near].mean())


def test_hexagons_without_neighbours_of_their_size_stay_as_they_are():
    lone = np.sort(np.concatenate((MIDDLE, children_of(disks_around(MIDDLE, 3)[-1:], 10)[:1])))
    density = np.array([5.0, 9.0]) / hex_areas_km2(lone)
    assert smooth(lone, density) == pytest.approx(density)
