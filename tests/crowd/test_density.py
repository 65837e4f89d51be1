import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lake.home import Home

HOURS = 3
ROWS = st.lists(
    st.tuples(st.integers(0, HOURS - 1), st.integers(0, 11), st.integers(0, 5000)),
    min_size=1,
    max_size=40,
    unique_by=lambda row: row[:2],
)
SLOW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _fresh(town):
    for stage in ("counts", "density"):
        shutil.rmtree(town.home.lake / stage, ignore_errors=True)


@pytest.mark.parametrize("method", ["point", "voronoi"])
@SLOW
@given(rows=ROWS)
def test_devices_are_conserved(make_town, method, rows):
    town = make_town(method=method)
    town.plan()
    town.counts(rows)
    summary = town.density(0, HOURS)
    assert summary.people == pytest.approx(sum(row[2] for row in rows), rel=1e-9)
    assert town.stage("density")["people"].sum() == pytest.approx(summary.devices_placed, rel=1e-9)


@SLOW
@given(rows=ROWS, seed=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(make_town, rows, seed):
    straight, shuffled = make_town(method="voronoi"), make_town(method="voronoi")
    mixed = list(rows)
    seed.shuffle(mixed)
    for town, order in ((straight, rows), (shuffled, mixed)):
        town.plan()
        town.counts(order)
        town.density(0, HOURS)
    first, second = straight.stage("density"), shuffled.stage("density")
    assert first.select("interval_start", "hex").equals(second.select("interval_start", "hex"))
    assert first["people"].to_numpy() == pytest.approx(second["people"].to_numpy(), rel=1e-9)


def test_a_rerun_replaces_an_interval_and_changes_nothing(town):
    town.plan()
    town.counts([(0, 1, 100), (1, 1, 200)])
    town.density(0, 2)
    before = town.stage("density")
    town.density(0, 1)
    assert town.stage("density").equals(before)


def test_a_home_may_have_brackets_in_its_path(tmp_path, town):
    odd = replace(town, home=Home(tmp_path / "home [1]*"))
    odd.home.root.mkdir()
    odd.plan()
    odd.counts([(0, 1, 100)])
    assert odd.density().devices_placed == 100


def test_only_the_intervals_asked_for_are_written(town):
    town.plan()
    town.counts([(0, 1, 100), (1, 1, 200), (2, 1, 300)])
    town.density(1, 2)
    assert town.stage("density")["people"].to_list() == [200.0]


def test_counts_that_were_taken_back_disappear_from_the_density(town):
    town.plan()
    town.counts([(0, 1, 100), (0, 2, 50)])
    town.density()
    town.counts([(0, 1, 100)], name="correction.csv")
    town.density()
    assert town.stage("density")["people"].to_list() == [100.0]


def test_quarter_hours_of_one_hour_can_be_recomputed_one_by_one(town):
    town.plan()
    path = town.home.root / "quarters.csv"
    start = datetime(2020, 3, 31, 12, tzinfo=UTC)
    lines = [f"{(start + timedelta(minutes=15 * n)).isoformat()},001-01-1,{n + 1},15" for n in range(4)]
    path.write_text("\n".join(["interval_start,cell_id,devices,interval_minutes", *lines]))
    from crowd.counts import load_counts
    from lake.profile import FileProfile

    load_counts([path], intake=town.intake(), profile=FileProfile(), max_devices=50_000)
    town.density()
    town.density(0.25, 0.5)
    assert town.stage("density")["people"].to_list() == [1.0, 2.0, 3.0, 4.0]


def test_people_per_device_scales_each_operator_by_its_own(town):
    town.plan(operators=("alun", "nusa"))
    town.counts([(0, 1, 100, 1), (0, 1, 100, 2)])
    town.density(factors={"alun": 2.0, "nusa": 3.0})
    assert town.stage("density")["people"].to_list() == [500.0]


def test_density_per_km2_is_people_over_the_true_area(town):
    import h3

    town.plan()
    town.counts([(0, 1, 100)])
    town.density()
    (row,) = town.stage("density").rows(named=True)
    assert row["people_per_km2"] == pytest.approx(100 / h3.cell_area(f"{row['hex']:x}", unit="km^2"), rel=1e-3)


def test_suppressed_counts_are_missing_and_told_not_zero(town):
    town.plan()
    town.counts([(0, 1, "<15"), (0, 2, 100)])
    summary = town.density()
    assert summary.suppressed == 1
    assert town.stage("density").height == 1


def test_devices_of_cells_without_a_valid_plan_are_told_not_dropped(town):
    town.plan()
    town.counts([(0, 1, 100), (0, 2, 50)])
    town.masts = 2  # the new plan, in force before the counts, has lost cell 2
    town.plan(valid_from=datetime(2020, 3, 1, tzinfo=UTC))
    summary = town.density()
    assert summary.devices_counted == 150
    assert summary.devices_placed == 100
    (unplaced,) = summary.unplaced
    assert (unplaced.operator, unplaced.devices, unplaced.cells) == ("alun", 50, 1)
    assert unplaced.reason == "cell not in the plan at that time"


def test_counts_are_placed_with_the_plan_valid_at_their_time(town):
    town.plan()
    town.counts([(0, 1, 100), (2, 1, 100)])
    town.plan(valid_from=datetime(2020, 3, 31, 13, tzinfo=UTC), shift_deg=0.05)
    town.density(0, 3)
    early, late = town.stage("density").sort("interval_start")["hex"]
    assert early != late


def test_a_small_memory_limit_spills_instead_of_dying(make_town, tmp_path):
    from lake.engine import Engine

    town = make_town(method="voronoi", engine=Engine(memory_limit="60MB", threads=1, temporary=tmp_path / "spill"))
    town.plan()
    town.counts([(h, m, 10) for h in range(48) for m in range(12)])
    summary = town.density(0, 48)
    assert summary.people == pytest.approx(48 * 12 * 10, rel=1e-9)


WEEK = 7 * 24


def _usual(town, people, *, weeks):
    town.counts([(-w * WEEK, 1, p) for w, p in zip(range(1, weeks + 1), people, strict=True)], name="past.csv")
    town.density(-weeks * WEEK, 0)


def test_the_usual_is_the_median_of_the_same_hour_of_past_weeks(town):
    town.plan()
    _usual(town, [100, 110, 90, 400, 105], weeks=5)
    town.counts([(0, 1, 500)])
    town.density()
    now = pl.col("interval_start") == datetime(2020, 3, 31, 12, tzinfo=UTC)
    row = town.stage("density").filter(now).row(0, named=True)
    assert row["baseline"] == 105
    assert row["excess"] == 395
    assert row["baseline_from"] == "hour_of_week"
    assert row["score"] > 10


def test_with_too_little_history_the_usual_is_that_hour_of_day(town):
    town.plan()
    town.counts([(-24 * d, 1, 100 + d) for d in (1, 4, 5, 6)], name="past.csv")
    town.density(-24 * 7, 0)
    town.counts([(0, 1, 500)])
    summary = town.density()
    assert summary.baselines == {"hour_of_day": 1}


def test_without_history_there_is_no_usual_and_no_excess(town):
    town.plan()
    town.counts([(0, 1, 500)])
    summary = town.density()
    assert summary.baselines == {"none": 1}
    assert town.stage("density")["excess"].to_list() == [None]


def test_the_usual_never_looks_at_the_hour_itself_or_later(town):
    town.plan()
    town.counts([(w * WEEK, 1, 100) for w in range(6)])
    town.density(0, 6 * WEEK)
    first = town.stage("density").sort("interval_start").row(0, named=True)
    assert first["baseline"] is None


def test_a_backfill_in_one_go_gives_what_hour_by_hour_gives(make_town):
    rows = [(w * WEEK + h, 1, 100 + w + 3 * h) for w in range(6) for h in range(3)]
    at_once, stepwise = make_town(), make_town()
    for town in (at_once, stepwise):
        town.plan()
        town.counts(rows)
    at_once.density(0, 5 * WEEK + 3)
    for hour, _, _ in rows:
        stepwise.density(hour, hour + 1)
    assert at_once.stage("density").equals(stepwise.stage("density"))
