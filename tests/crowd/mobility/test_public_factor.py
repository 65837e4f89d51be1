from datetime import date

import polars as pl
import pytest
from area_tables import base_table, make_tree

from crowd.mobility.public_factor import Factors, public_factors, standing_factors
from crowd.mobility.weeks import Week
from lake.home import Home

CODES = ("99", "99.01", "99.02")
TREE = make_tree(CODES)
WEEK = Week(date(2020, 3, 30), "Asia/Jakarta")


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home")


def table(ratio):
    """An hour in which each device stands for so many people, known to within a fifth below and two fifths above."""
    hours = base_table(TREE, {("99.01", 0): 100.0, ("99.02", 0): 300.0}, ratios=dict.fromkeys(CODES, ratio))
    return hours.with_columns(people_low=pl.col("people") * 0.8, people_high=pl.col("people") * 1.4)


def told(home, ratio, *, week=WEEK):
    return standing_factors(home, week, table(ratio), tree=TREE).people


def test_factors_and_their_range_have_two_figures():
    assert public_factors(table(2.8751), TREE) == Factors(people=2.9, low=2.3, high=4.0)


def test_without_a_known_range_the_factor_has_none():
    unknown = table(2.5).with_columns(people_low=None, people_high=None)
    unknown = unknown.cast({"people_low": pl.Float64, "people_high": pl.Float64})
    assert public_factors(unknown, TREE) == Factors(people=2.5, low=2.5, high=2.5)


def test_a_week_beside_one_that_was_told_does_not_jump_by_its_rounding(home):
    assert told(home, 2.849) == 2.8
    assert told(home, 2.851, week=WEEK.earlier(1)) == 2.8


def test_a_factor_that_really_moved_is_told_anew(home):
    assert told(home, 2.849) == 2.8
    assert told(home, 2.95, week=WEEK.earlier(1)) == 3.0


def test_a_week_keeps_its_factor_whatever_comes_later(home):
    assert told(home, 2.5) == 2.5
    assert told(home, 4.0) == 2.5


def test_the_nearest_week_counts(home):
    told(home, 2.0, week=WEEK.earlier(8))
    told(home, 4.04, week=WEEK.earlier(1))
    assert told(home, 3.96) == 4.0


def test_nothing_is_remembered_of_a_week_without_data(home):
    nothing = table(2.5).with_columns(people=pl.lit(None, dtype=pl.Float64))
    standing_factors(home, WEEK, nothing, tree=TREE)
    assert told(home, 2.5) == 2.5
