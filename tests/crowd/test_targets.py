import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crowd.gatherings import GATHERING_HEXES
from crowd.policy import Policy
from geo.footprint import choose_footprints
from geo.footprint_options import FootprintOptions
from geo.hexagons import hexes_at
from lake.engine import connect
from lake.stages import write_partitions
from lake.staging import staged

SLOW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
CROWDS = st.lists(
    st.tuples(st.integers(0, 11), st.integers(50, 1200)), min_size=1, max_size=12, unique_by=lambda row: row[0]
)
# Masts so close stand in hexagons that touch.
NEAR_DEG = 0.0025
FIGURES = {"hex": pl.UInt64, "people": pl.Float64, "usual": pl.Float64}


def _policy(*, people_per_km2=300, **targets):
    levels = {name: {"people_per_km2": people_per_km2} for name in ("waspada", "siaga", "awas")}
    return Policy.model_validate(
        {"levels": levels, "detection": {"without_usual": "density"}, "targets": {"own_country_only": False, **targets}}
    )


def _gather(town, people, *, usual, spacing_deg=NEAR_DEG):
    """Let a gathering of so many people at the first masts be in the lake."""
    masts = np.arange(len(people))
    hexes = hexes_at(np.full(len(masts), -5.5), 109 + masts * spacing_deg, 9)
    figures = pl.DataFrame({"hex": hexes, "people": people, "usual": usual}, schema=FIGURES)
    frame = figures.with_columns(
        gathering_id=pl.lit("g"),
        interval_start=town.span(0, 1)[0],
        level=pl.lit("waspada"),
        excess=pl.col("people") - pl.col("usual"),
        devices=pl.lit(100),
        started_at=town.span(0, 1)[0],
    )
    with connect(town.engine) as connection, staged(town.home) as staging:
        connection.register("gathered", frame.to_arrow())
        write_partitions(connection, "from gathered", stage=GATHERING_HEXES, staging=staging)


def _told_town(town, devices, *, usual, spacing_deg=NEAR_DEG):
    """Counts of one hour by mast, with four days before on which they were as usual."""
    town.plan(spacing_deg=spacing_deg)
    past = [(-24 * day, mast, n) for day in (1, 4, 5, 6) for mast, n in enumerate(usual)]
    town.counts(past, name="past.csv")
    town.density(-24 * 7, 0)
    town.counts([(0, mast, n) for mast, n in enumerate(devices)])
    town.density()
    return town


def _masts(town):
    return sorted(int(cell.rsplit("-", 1)[1]) for cell in town.stage("targets")["cell_id"])


@SLOW
@given(rows=CROWDS, reach=st.sampled_from([0.3, 0.5, 0.9, 1.0]))
def test_the_cells_reach_the_wanted_share_and_none_could_be_left_out(make_town, rows, reach):
    town = make_town(method="voronoi", masts=13)
    choose_footprints(town.home, FootprintOptions(method="voronoi", max_range_m=1500))
    town.plan(operators=("alun", "nusa"), spacing_deg=0.004)
    # one mast that is always full, so that there always is a gathering
    town.counts([(0, mast, n, o) for mast, n in [(12, 1200), *rows] for o in (1, 2)])
    summary = town.run(policy=_policy(reach=reach, people_per_km2=100))
    targets = town.stage("targets")
    assert targets.height > 0
    assert summary.short == 0
    for _, cells in targets.group_by("gathering_id", "operator"):
        shares = cells["reach"].sort(descending=True).to_list()
        assert sum(shares) >= reach - 1e-9
        assert sum(shares[:-1]) < reach


def test_a_cell_wholly_inside_has_no_overreach_and_its_devices_as_recipients(town):
    town.plan()
    town.counts([(0, 1, 400)])
    town.run()
    (row,) = town.stage("targets").rows(named=True)
    assert (row["cell_id"], row["expected_recipients"], row["reach"], row["overreach"]) == ("001-01-1", 400, 1.0, 0.0)


def test_overreach_is_the_share_of_recipients_outside(make_town):
    town = make_town(method="voronoi")
    town.plan(spacing_deg=0.03)
    town.counts([(0, n, 500 * n) for n in range(12)])
    town.run(policy=_policy(people_per_km2=60))
    (folder,) = (town.home.lake / "footprints").glob("key=*")
    weights, cells = (pl.read_parquet(folder / f"{name}.parquet") for name in ("weights", "cells"))
    inside = weights.join(town.stage("gathering_hexes").select("hex"), on="hex")
    inside = inside.group_by("cell_no").agg(pl.col("weight").sum())
    told = town.stage("targets").join(cells.select("cell_no", "cell_id"), on="cell_id").join(inside, on="cell_no")
    assert told.height > 0
    assert told["overreach"].to_list() == pytest.approx((1 - told["weight"]).to_list(), abs=1e-9)


def test_each_operator_gets_its_own_cells(make_town):
    town = make_town()
    town.plan(operators=("alun", "nusa"))
    town.counts([(0, 1, 400, 1), (0, 1, 300, 2)])
    town.run()
    assert sorted(town.stage("targets")["cell_id"].to_list()) == ["001-01-1", "001-02-1"]


def test_targets_aim_at_the_excess_not_at_those_who_are_always_there(town):
    """Two cells of one gathering: one always full, one suddenly. The second serves most of the excess."""
    _told_town(town, (3060, 900), usual=(3000, 10))
    _gather(town, (3060, 900), usual=(3000, 10))
    town.targets(policy=_policy(reach=0.6))
    assert _masts(town) == [1]


def test_a_crowd_may_be_heard_by_the_cell_of_the_next_hexagon(town):
    """Where it stands is known to about a hexagon."""
    _told_town(town, (300, 300, 300), usual=(100, 100, 100))
    _gather(town, (300,), usual=(100,))
    town.targets(policy=_policy(reach=1.0))
    assert _masts(town) == [0, 1]


def test_people_who_are_always_there_are_no_overreach(town):
    _told_town(town, (1000,), usual=(800,), spacing_deg=0.01)
    _gather(town, (1000,), usual=(800,), spacing_deg=0.01)
    town.targets(policy=_policy())
    assert town.stage("targets")["overreach"].to_list() == [0.0]


def test_no_cell_serves_more_than_are_attached_to_it(town):
    """Whatever the estimate of the crowd says."""
    _told_town(town, (20, 500), usual=(20, 500))
    _gather(town, (9000, 9000), usual=(20, 500))
    town.targets(policy=_policy(reach=1.0))
    assert town.stage("targets").sort("cell_id")["reach"].to_list() == pytest.approx([20 / 520, 500 / 520])


@pytest.mark.parametrize(("limit", "masts"), [({"max_cells": 1}, [1]), ({"max_recipients": 350}, [0])])
def test_limits_of_the_policy_win_over_reach_and_that_is_told(town, limit, masts):
    _told_town(town, (300, 400), usual=(100, 100))
    _gather(town, (300, 400), usual=(100, 100))
    assert town.targets(policy=_policy(reach=1.0)).short == 0
    assert town.targets(policy=_policy(reach=1.0, **limit)).short == 1
    assert _masts(town) == masts


def test_a_gathering_that_the_limit_leaves_without_any_cell_is_told(town):
    _told_town(town, (300,), usual=(100,))
    _gather(town, (300,), usual=(100,))
    summary = town.targets(policy=_policy(max_recipients=10))
    assert (summary.cells, summary.short) == (0, 1)


@pytest.mark.parametrize(("own_country_only", "masts"), [(True, [0, 1]), (False, [0, 1, 2, 3])])
def test_a_foreign_cell_is_warned_only_if_the_policy_allows_it(town, own_country_only, masts):
    """Beyond 500 m from the border; masts stand 1.1 km apart."""
    _told_town(town, (300,) * 4, usual=(100,) * 4, spacing_deg=0.01)
    town.areas({"99": shapely.box(108, -6, 109.014, -5)})
    _gather(town, (300,) * 4, usual=(100,) * 4, spacing_deg=0.01)
    town.targets(policy=_policy(reach=1.0, own_country_only=own_country_only))
    assert _masts(town) == masts


def test_a_gathering_that_is_held_on_to_unseen_has_no_targets(town):
    _told_town(town, (300,), usual=(100,))
    _gather(town, (None,), usual=(None,))
    assert town.targets(policy=_policy()).cells == 0


def test_without_gatherings_earlier_targets_disappear(town):
    town.plan()
    town.counts([(0, 1, 400)])
    town.run()
    town.gatherings(policy=_policy(people_per_km2=1e9))
    assert town.targets().cells == 0
    assert town.stage("targets").is_empty()
