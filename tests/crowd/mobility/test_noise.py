import sys

import numpy as np
import polars as pl
import pytest
from area_tables import base_table, make_tree

from crowd.mobility.hierarchy import AreaTree
from crowd.mobility.noise import add_noise
from crowd.mobility.noise_plan import STEPS_PER_DEVICE, plan_noise
from crowd.mobility.tree_order import arrange
from lake.errors import RefusedInputError

CODES = ("99", "99.01", "99.02")


pytest.importorskip("opendp", reason="OpenDP is not installed: pip install kerumun[dp]")


def many(*, hours=4000, devices=50.0, **options):
    tree = make_tree(CODES)
    table = base_table(tree, {(code, h): devices for code in CODES[1:] for h in range(hours)}, **options)
    return tree, table


def open_country(*, hours, outside):
    """A province that its regencies only cover a fifth of, with devices on the rest of its ground."""
    tree = make_tree(CODES)
    wide = AreaTree(tree.rows.with_columns(area_km2=pl.when(level="province").then(1000.0).otherwise("area_km2")))
    table = base_table(
        wide,
        {(code, h): 50.0 for code in CODES[1:] for h in range(hours)},
        rests={("99", h): outside for h in range(hours)},
    )
    return wide, table


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


def sums_inside(noised):
    return noised.filter(level="regency").group_by("interval_start").agg(inside=pl.col("devices").sum())


def test_an_area_is_the_sum_of_the_noised_areas_inside():
    tree, table = many(hours=50)
    noised = add_noise(table, tree, epsilon=0.5)
    both = noised.filter(level="province").join(sums_inside(noised), on="interval_start")
    assert both["devices"].to_numpy() == pytest.approx(both["inside"].to_numpy())


def test_people_on_ground_whose_areas_are_not_loaded_are_noised_and_told():
    tree, table = open_country(hours=50, outside=500.0)
    noised = add_noise(table, tree, epsilon=0.5)
    both = noised.filter(level="province").join(sums_inside(noised), on="interval_start")
    outside = (both["devices"] - both["inside"]).to_numpy()
    assert outside.mean() == pytest.approx(500, abs=20)
    assert len(set(outside)) == 50


def test_one_device_moves_all_counts_together_by_one_whatever_the_tree():
    nested, _ = many(hours=1)
    opened, _ = open_country(hours=1, outside=500.0)
    uneven = make_tree((*CODES, "99.01.01"))
    moved = [plan_noise(tree, arrange(tree)).sensitivity / STEPS_PER_DEVICE for tree in (nested, uneven, opened)]
    assert moved == pytest.approx([1, 1, 1], rel=1e-4)


def test_an_area_that_others_cover_is_their_sum_whatever_the_table_says():
    tree, table = many(hours=2000)
    more = table.with_columns(devices=pl.when(level="province").then(pl.col("devices") + 40).otherwise("devices"))
    assert errors(add_noise(more, tree, epsilon=1.0), table, "province").mean() == pytest.approx(0, abs=0.3)


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


def test_the_range_is_that_of_the_noise_and_of_people_per_device():
    tree, table = many(hours=3, devices=1e6)
    ranged = table.with_columns(people_low=pl.col("people") * 0.6, people_high=pl.col("people") * 1.4)
    noised = add_noise(ranged, tree, epsilon=1.0)
    assert (noised["people_low"] / noised["people"]).to_numpy() == pytest.approx(0.6, abs=0.001)
    assert (noised["people_high"] / noised["people"]).to_numpy() == pytest.approx(1.4, abs=0.001)


def test_the_range_holds_the_truth_in_nine_of_ten_cases():
    tree, table = many(hours=2000)
    noised = add_noise(table, tree, epsilon=0.5)
    holds = (noised["people_low"] <= table["people"]) & (table["people"] <= noised["people_high"])
    assert 0.85 < holds.mean() < 0.98


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
