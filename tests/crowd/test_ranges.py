import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

HOURS = 3
ROWS = st.lists(
    st.tuples(
        st.integers(0, HOURS - 1),
        st.integers(0, 11),
        st.integers(0, 5000) | st.sampled_from(["<15", "<5", ""]),
        st.integers(1, 2),
    ),
    min_size=1,
    max_size=40,
    unique_by=lambda row: (row[0], row[1], row[3]),
)
FACTOR = st.tuples(*[st.floats(0.05, 20)] * 3).map(sorted)
SLOW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
EXACT = "operator,people_per_device,low,high\nalun,2,2,2\nnusa,3,3,3\n"


@pytest.mark.parametrize("method", ["point", "voronoi"])
@SLOW
@given(rows=ROWS, alun=FACTOR, nusa=FACTOR)
def test_people_lie_within_their_range(make_town, method, rows, alun, nusa):
    town = make_town(method=method)
    town.plan(operators=("alun", "nusa"))
    town.counts(rows)
    table = [f"{name},{f[1]},{f[0]},{f[2]}" for name, f in (("alun", alun), ("nusa", nusa))]
    town.density(0, HOURS, factors=town.table("\n".join(["operator,people_per_device,low,high", *table])))
    density = town.stage("density")
    if any(isinstance(row[2], int) for row in rows):
        slack = 1 + 1e-12
        assert (density["people_low"] >= 0).all()
        assert (density["people_low"] <= density["people"] * slack).all()
        assert (density["people"] <= density["people_high"] * slack).all()


@pytest.mark.parametrize("method", ["point", "voronoi"])
@pytest.mark.parametrize("mean", [12, 1000])
def test_the_range_of_a_count_holds_nine_times_out_of_ten(make_town, method, mean):
    hours = 120
    town = make_town(method=method)
    town.plan(operators=("alun", "nusa"))
    rng = np.random.default_rng(mean)
    counted = rng.poisson(mean, (hours, town.masts, 2))
    drawn = [(h + 1, m, int(counted[h, m, o]), o + 1) for h, m, o in np.ndindex(*counted.shape)]
    town.counts([*((0, m, mean, o) for m in range(town.masts) for o in (1, 2)), *drawn])
    town.density(0, hours + 1, factors=town.table(EXACT))
    density = town.stage("density")
    first = density["interval_start"].min()
    truth = density.filter(interval_start=first).select("hex", truth="people")
    drawn = density.filter(pl.col("interval_start") > first).join(truth, on="hex")
    holds = pl.col("truth").is_between("people_low", "people_high")
    assert drawn.select(holds.mean()).item() == pytest.approx(0.9, abs=0.03)


def test_the_range_of_the_factor_widens_that_of_the_count(town):
    town.plan()
    town.counts([(0, 1, 10_000)])
    town.density(factors=town.table("operator,people_per_device,low,high\nalun,2,1,3\n"))
    (row,) = town.stage("density").rows(named=True)
    noise = 1.645 * 100
    assert row["people_low"] == pytest.approx(10_000 - noise, rel=1e-3)
    assert row["people_high"] == pytest.approx(30_000 + 3 * noise, rel=1e-3)


@pytest.mark.parametrize("factor", [0.5, 2, 20])
@pytest.mark.parametrize(("withheld", "most"), [("<15", 14), ("<5", 4), ("", 14)])
def test_withheld_counts_widen_the_range_upwards_only(make_town, factor, withheld, most):
    told, hidden = make_town(), make_town()
    for town, rows in ((told, []), (hidden, [(0, 1, withheld, 2)])):
        town.plan(operators=("alun", "nusa"))
        town.counts([(0, 1, 100), (0, 2, 100, 2), *rows])
        table = f"operator,people_per_device,low,high\nalun,1,1,1\nnusa,{factor},{factor},{factor}\n"
        town.density(factors=town.table(table))
    before, after = (town.stage("density").sort("hex") for town in (told, hidden))
    same = ["people", "people_low"]
    assert after.select(same).equals(before.select(same))
    gained = (after["people_high"] - before["people_high"]).sort()
    assert gained[0] == 0
    assert gained[1] >= most * factor
    true_noise = 1.645 * np.sqrt(100 + most * factor**2)
    assert after["people_high"][int((after["people_high"] - before["people_high"]).arg_max())] >= (
        100 + most * factor + true_noise - 1e-9
    )


def test_areas_with_factors_of_their_own_have_their_own_range(town):
    town.plan()
    town.counts([(0, mast, 10_000) for mast in (1, 7)])
    town.areas({"99.01": shapely.box(108.9, -6, 109.04, -5)})
    table = "operator,area_code,people_per_device,low,high\nalun,,1,0.5,2\nalun,99.01,4,3,5\n"
    town.density(factors=town.table(table))
    usual, own = town.stage("density").sort("people").rows(named=True)
    assert (own["people"], usual["people"]) == (40_000, 10_000)
    noise = 1.645 / 100
    assert own["people_low"] == pytest.approx(30_000 * (1 - noise))
    assert own["people_high"] == pytest.approx(50_000 * (1 + noise))
    assert usual["people_high"] == pytest.approx(20_000 * (1 + noise))
