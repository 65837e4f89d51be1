import sys

import numpy as np
import polars as pl
import pytest
from area_tables import base_table, make_tree

from crowd.mobility.noise import add_noise, spent
from lake.errors import RefusedInputError

CODES = ("99", "99.01", "99.02")


pytest.importorskip("opendp", reason="OpenDP is not installed: pip install kerumun[dp]")


def many(*, hours=4000, devices=50.0, **options):
    tree = make_tree(CODES)
    table = base_table(tree, {(code, h): devices for code in CODES[1:] for h in range(hours)}, **options)
    return tree, table


def errors(noised, table, level):
    both = noised.select("level", noised="devices").with_columns(table["devices"])
    return both.filter(level=level).select(pl.col("noised") - pl.col("devices")).to_series().to_numpy()


def test_noise_neither_adds_nor_takes_on_average():
    tree, table = many()
    # 8000 draws of standard deviation 2.83: their mean lies within 0.5 but once in 10^50 times
    assert abs(errors(add_noise(table, tree, epsilon=0.5), table, "regency").mean()) < 0.5


@pytest.mark.parametrize("epsilon", [0.2, 1.0])
def test_noise_is_as_wide_as_the_budget_asks(epsilon):
    tree, table = many()
    found = np.abs(errors(add_noise(table, tree, epsilon=epsilon), table, "regency")).mean()
    assert found * epsilon == pytest.approx(1, abs=0.2)


def test_sums_of_noised_counts_are_what_is_told_above():
    tree, table = many(hours=50)
    noised = add_noise(table, tree, epsilon=0.5)
    whole = noised.filter(level="province").sort("interval_start")["devices"]
    parts = (
        noised.filter(level="regency").group_by("interval_start").agg(pl.col("devices").sum()).sort("interval_start")
    )
    # what the province has outside of its regencies has noise of its own
    outside = (whole - parts["devices"]).to_numpy()
    assert np.abs(outside).mean() < 10
    assert (outside != 0).all()


def test_people_are_noised_devices_times_one_factor_in_two_figures():
    tree, table = many(hours=20, ratios={"99.01": 2.0, "99.02": 3.34})
    noised = add_noise(table, tree, epsilon=0.5).filter(pl.col("devices") > 0)
    assert (noised["people"] / noised["devices"]).to_numpy() == pytest.approx(2.7)


def test_rows_without_data_stay_without():
    tree, table = many(hours=3, missing={("99.01", 1)})
    noised = add_noise(table, tree, epsilon=0.5)
    assert noised["people"].is_null().equals(table["people"].is_null())
    assert noised.select("level", "area_code", "interval_start").equals(
        table.select("level", "area_code", "interval_start")
    )


def test_nothing_that_counts_people_passes_by_the_noise():
    tree, table = many(hours=3)
    told = table.with_columns(coverage=pl.lit(0.3337), cells=pl.lit(4), silent_cells=pl.lit(1))
    noised = add_noise(told, tree, epsilon=0.5)
    assert noised["usual_people"].null_count() == noised.height
    assert noised["coverage"].unique().to_list() == [0.75]


def test_the_range_holds_the_truth_in_nine_of_ten_cases():
    tree, table = many(hours=2000)
    noised = add_noise(table, tree, epsilon=0.5)
    holds = (noised["people_low"] <= table["people"]) & (table["people"] <= noised["people_high"])
    assert 0.85 < holds.mean() < 0.98


def test_a_device_may_spend_the_budget_in_each_hour_of_each_week():
    assert spent(epsilon=0.5, hours=168, reference_weeks=5) == pytest.approx(0.5 * 168 * 6)


@pytest.mark.parametrize("epsilon", [0.0, -1.0, float("nan"), float("inf")])
def test_a_budget_that_is_none_is_refused(epsilon):
    tree, table = many(hours=1)
    with pytest.raises(RefusedInputError, match="give a number over 0"):
        add_noise(table, tree, epsilon=epsilon)


def test_without_opendp_noise_is_refused_in_one_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "opendp", None)
    monkeypatch.setitem(sys.modules, "opendp.prelude", None)
    tree, table = many(hours=1)
    with pytest.raises(RefusedInputError, match=r"pip install kerumun\[dp\]"):
        add_noise(table, tree, epsilon=1.0)
