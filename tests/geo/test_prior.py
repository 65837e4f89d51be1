import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from radio_plans import town_at, weights_of

from geo.hexagons import children_of, disks_around, hex_areas_km2, hexes_at, parents_of
from geo.prior import EVEN_SHARE, Prior, read_prior, store_prior
from lake.staging import staged

MIDDLE = hexes_at(np.array([-5.5]), np.array([109.0]), 9)
DISK = disks_around(MIDDLE, 6)


def _mass(prior, hexes, *, land=1.0):
    area_km2 = hex_areas_km2(hexes)
    return prior.mass_at(hexes, area_km2=area_km2, land_km2=area_km2 * land)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000))
def test_where_nobody_is_known_to_live_a_little_is_still_expected(seed):
    people = np.random.default_rng(seed).integers(0, 3, len(DISK)) * 100.0
    mass = _mass(Prior("p", DISK, people), DISK)
    assert (mass > 0).all()
    assert mass[people == 0].max() < mass[people > 0].min()


def test_twice_the_people_is_nearly_twice_the_mass():
    people = np.where(MIDDLE[0] == DISK, 2000.0, 1000.0)
    mass = _mass(Prior("p", DISK, people), DISK) / hex_areas_km2(DISK)
    ratio = mass[MIDDLE[0] == DISK][0] / np.median(mass)
    assert 2 - 2 * EVEN_SHARE < ratio < 2


def test_a_finer_prior_is_summed_into_coarser_hexagons():
    fine = np.sort(children_of(DISK, 10))
    block = parents_of(MIDDLE, 8)
    mass = _mass(Prior("p", fine, np.full(len(fine), 5.0)), block)
    expected = 5.0 * 49  # two generations of children
    assert mass[0] == pytest.approx(expected, rel=0.02)


def test_a_coarser_prior_is_spread_over_finer_hexagons_by_area():
    coarse = np.unique(parents_of(DISK, 8))
    mass = _mass(Prior("p", coarse, np.full(len(coarse), 700.0)), DISK)
    assert mass.mean() == pytest.approx(100, rel=0.1)


def test_at_sea_there_is_nobody():
    assert _mass(Prior("p", DISK, np.ones(len(DISK))), DISK, land=0.0).sum() == 0


def test_outside_a_prior_people_are_expected_as_thin_as_anywhere_inside():
    far = hexes_at(np.array([-5.0]), np.array([109.5]), 9)
    people = np.linspace(10, 1000, len(DISK))
    outside = _mass(Prior("p", DISK, people), np.concatenate((DISK, far)))[-1]
    assert 0 < outside < np.median(people)


def test_a_prior_draws_people_to_where_they_live():
    cells = town_at(-5.5, 109.0, masts=5)
    even = weights_of(cells)
    busiest = even.sort("weight")["hex"][-1]
    hexes = even["hex"].unique().sort().to_numpy()
    prior = Prior("p", hexes, np.where(hexes == busiest, 5000.0, 100.0))
    drawn = weights_of(cells, prior=prior)
    before, after = (w.filter(hex=busiest)["weight"].sum() for w in (even, drawn))
    assert after > before


def test_a_stored_prior_is_read_back_and_known_by_its_content(home):
    assert read_prior(home) is None
    table = pl.DataFrame({"hex": DISK, "mass": np.arange(len(DISK), dtype=float)})
    prints = []
    for mass in (table, table.reverse(), table.with_columns(pl.col("mass") + 1)):
        with staged(home) as staging:
            store_prior(staging, mass)
        prints.append(read_prior(home).fingerprint)
    assert prints[0] == prints[1] != prints[2]


def test_what_is_spread_evenly_stays_in_its_neighbourhood():
    far = disks_around(hexes_at(np.array([-5.5]), np.array([109.2]), 9), 6)
    hexes = np.concatenate((DISK, far))
    rng = np.random.default_rng(0)
    people = np.where(rng.random(len(hexes)) < 0.3, 0.0, np.repeat([1000.0, 10.0], [len(DISK), len(far)]))
    order = np.argsort(hexes)
    mass = _mass(Prior("p", hexes[order], people[order]), hexes)
    city, country = mass[: len(DISK)], mass[len(DISK) :]
    assert np.median(country[people[len(DISK) :] == 0]) < np.median(city[people[: len(DISK)] == 0]) / 10


def test_at_the_coast_the_land_alone_counts():
    block = parents_of(MIDDLE, 8)
    fine = np.sort(children_of(block, 10))
    on_land = fine[: len(fine) // 5]
    mass = _mass(Prior("p", on_land, np.full(len(on_land), 50.0)), block, land=len(on_land) / len(fine))
    assert mass[0] == pytest.approx(50 * len(on_land), rel=0.05)


def test_land_that_a_prior_does_not_speak_of_is_like_the_rest_of_its_hexagon():
    block = parents_of(MIDDLE, 8)
    fine = np.sort(children_of(block, 10))
    known = fine[: len(fine) // 5]
    mass = _mass(Prior("p", known, np.full(len(known), 50.0)), block, land=1.0)
    assert mass[0] == pytest.approx(50 * len(fine), rel=0.05)
