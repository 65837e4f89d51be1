"""Numbers are told with few enough digits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowd.review.told_numbers import told_people

PEOPLE = st.floats(-1e6, 1e6)
CELLS, HEXAGONS, CELLS_PER_HEXAGON = 60, 300, 8
SMALL = 15


@given(PEOPLE)
def test_a_told_number_is_as_near_as_its_digits_let_it_be(people):
    step = 10 if abs(people) < 1000 else 10 ** (np.floor(np.log10(abs(people))) - 1)
    assert abs(told_people(np.array([people]))[0] - people) <= step / 2 * (1 + 1e-9)


@given(st.lists(PEOPLE, min_size=2, max_size=2))
def test_more_people_are_never_told_as_fewer(two):
    fewer, more = told_people(np.sort(np.array(two)))
    assert fewer <= more


def test_what_is_not_known_stays_so():
    assert np.isnan(told_people(np.array([np.nan]))).all()


@pytest.fixture
def town():
    """Weights of cells on hexagons, and counts, some of them small."""
    chance = np.random.default_rng(7)
    heard = chance.random((HEXAGONS, CELLS)) < CELLS_PER_HEXAGON / CELLS
    weights = heard * chance.exponential(1.0, (HEXAGONS, CELLS))
    counts = np.r_[np.arange(3, SMALL), chance.integers(SMALL, 900, CELLS - SMALL + 3)].astype(float)
    return weights / weights.sum(axis=0), counts


def furthest_off(weights, people, counts):
    """How far a solver that knows every weight is from the small counts, at the median."""
    solved = np.linalg.lstsq(weights, people, rcond=None)[0]
    return np.median(np.abs(solved - counts)[counts < SMALL])


def test_exact_people_of_all_hexagons_give_every_count_away(town):
    weights, counts = town
    assert furthest_off(weights, weights @ counts, counts) < 1e-6


def test_told_people_of_all_hexagons_leave_small_counts_open(town):
    weights, counts = town
    assert furthest_off(weights, told_people(weights @ counts), counts) > 4
