import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crowd.policy import Policy
from geo.footprint import choose_footprints
from geo.footprint_options import FootprintOptions

SLOW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
CROWDS = st.lists(
    st.tuples(st.integers(0, 11), st.integers(50, 1200)), min_size=1, max_size=12, unique_by=lambda row: row[0]
)


def _policy(reach, *, people_per_km2=300):
    levels = {name: {"people_per_km2": people_per_km2} for name in ("waspada", "siaga", "awas")}
    return Policy.model_validate({"levels": levels, "targets": {"reach": reach}})


@SLOW
@given(rows=CROWDS, reach=st.sampled_from([0.3, 0.5, 0.9, 1.0]))
def test_the_cells_reach_the_wanted_share_and_none_could_be_left_out(make_town, rows, reach):
    town = make_town(method="voronoi")
    choose_footprints(town.home, FootprintOptions(method="voronoi", max_range_m=1500))
    town.plan(operators=("alun", "nusa"), spacing_deg=0.004)
    town.counts([(0, mast, n, o) for mast, n in rows for o in (1, 2)])
    town.run(policy=_policy(reach))
    targets = town.stage("targets")
    for _, cells in targets.group_by("gathering_id", "operator") if targets.height else ():
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
    town.run(policy=_policy(0.9, people_per_km2=60))
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
    policy = Policy.model_validate(
        {
            "levels": {name: {"people": 100, "excess": 50} for name in ("waspada", "siaga", "awas")},
            "targets": {"reach": 0.8},
        }
    )
    town.plan(spacing_deg=0.0025)
    town.counts([(-24 * d, m, n) for d in (1, 4, 5, 6) for m, n in ((0, 3000), (1, 10))], name="past.csv")
    town.density(-24 * 7, 0)
    town.counts([(0, 0, 3060), (0, 1, 900)])
    town.run(policy=policy)
    assert town.stage("gathering_hexes").height == 2
    assert town.stage("targets")["cell_id"].to_list() == ["001-01-1"]
