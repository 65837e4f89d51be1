import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crowd.coverage import LEAST_DAYS, LEAST_SHARE, LOOK_BACK_DAYS, NEVER_ZERO
from lake.engine import connect

WEEK = range(1, LOOK_BACK_DAYS + 1)
SLOW = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _days(devices, *, days=WEEK, masts=(1,), operator=1):
    """Rows of the same hour on the days before."""
    return [(-24 * day, mast, devices, operator) for day in days for mast in masts]


def _now(town, rows):
    """Silent cells and coverage by mast at hour 0, after loading all rows."""
    town.counts(rows)
    town.density()
    return _silent(town), _coverage(town)


def _silent(town):
    stage = town.stage("silent_cells")
    return {} if stage.is_empty() else dict(stage.select("cell_id", "told").rows())


def _coverage(town):
    stage = town.stage("coverage")
    return [] if stage.is_empty() else stage["coverage"].to_list()


@pytest.mark.parametrize(("usual", "left"), [((300, 100), 0.75), ((100, 300), 0.25), ((50, 50), 0.5)])
def test_a_missing_operator_lowers_coverage_by_its_share(town, usual, left):
    town.plan(operators=("alun", "nusa"))
    alun, nusa = usual
    silent, coverage = _now(town, [*_days(alun), *_days(nusa, operator=2), (0, 1, alun)])
    assert silent == {"001-02-1": "no count"}
    assert coverage == [pytest.approx(left)]
    assert town.stage("density")["coverage"].to_list() == [pytest.approx(left)]


def test_ground_without_any_report_is_wholly_uncovered_and_its_neighbours_are_not(town):
    town.plan()
    silent, coverage = _now(town, [*_days(100, masts=(1, 2)), (0, 2, 100)])
    assert silent == {"001-01-1": "no count"}
    assert coverage == [0]
    assert town.stage("density")["coverage"].to_list() == [1]


@SLOW
@given(days=st.sets(st.sampled_from(WEEK)))
def test_only_a_cell_that_reports_on_most_days_can_be_silent(make_town, days):
    town = make_town()
    town.plan()
    silent, _ = _now(town, [*_days(100, masts=(2,)), *_days(100, days=days), (0, 2, 100)])
    is_usual = len(days) >= LEAST_DAYS and len(days) >= LEAST_SHARE * len(WEEK)
    assert silent == ({"001-01-1": "no count"} if is_usual else {})


def test_days_on_which_the_whole_operator_was_missing_do_not_count_against_a_cell(town):
    town.plan(operators=("alun", "nusa"))
    rows = [*_days(100, days=WEEK[:4]), *_days(100, masts=(2,), operator=2), (0, 2, 100, 2)]
    assert _now(town, rows)[0] == {"001-01-1": "no count"}


def test_what_is_usual_is_that_hour_of_the_day_not_another(town):
    town.plan()
    night = [(-24 * day + 5, 1, 100) for day in WEEK]
    assert _now(town, [*_days(100, masts=(2,)), *night, (0, 2, 100)]) == ({}, [])


def test_a_usual_zero_is_no_silence(town):
    town.plan()
    assert _now(town, [*_days(0), *_days(100, masts=(2,)), (0, 1, 0), (0, 2, 100)]) == ({}, [])


def test_an_unusual_zero_is_silence(town):
    town.plan()
    silent, coverage = _now(town, [*_days(NEVER_ZERO), (0, 1, 0)])
    assert silent == {"001-01-1": "zero"}
    assert coverage == [0]


def test_a_zero_that_chance_explains_is_none(town):
    town.plan()
    assert _now(town, [*_days(NEVER_ZERO - 1), (0, 1, 0)]) == ({}, [])


def test_a_withheld_count_is_no_silence(town):
    town.plan()
    assert _now(town, [*_days(100), (0, 1, "<15")]) == ({}, [])


def test_a_cell_that_usually_says_zero_and_is_missing_lowers_no_coverage(town):
    town.plan()
    silent, coverage = _now(town, [*_days(0), *_days(100, masts=(2,)), (0, 2, 100)])
    assert silent == {"001-01-1": "no count"}
    assert coverage == []


def test_a_late_file_repairs_coverage(town):
    town.plan(operators=("alun", "nusa"))
    rows = [*_days(300), *_days(100, operator=2), (0, 1, 300)]
    assert _now(town, rows)[0]
    town.counts([(0, 1, 100, 2)], name="late.csv")
    town.density()
    assert (_silent(town), _coverage(town)) == ({}, [])
    assert town.stage("density")["coverage"].to_list() == [1]


def test_a_cell_that_left_the_plan_is_not_missed(town):
    town.plan()
    town.counts([*_days(100, masts=(1, 2)), (0, 1, 100)])
    town.masts = 2
    town.plan()
    town.density()
    assert (_silent(town), _coverage(town)) == ({}, [])


def test_a_silent_cell_without_a_place_is_told_and_breaks_nothing(town):
    town.plan()
    town.counts([*_days(100, masts=(1, 2)), (0, 2, 100)])
    start, end = town.span(0, 1)
    with connect(town.engine) as connection:
        (footprint,) = town.footprints(connection, start, end)
    cells, weights = (footprint.folder / name for name in ("cells.parquet", "weights.parquet"))
    lost = pl.col("cell_id") == "001-01-1"
    plan = pl.read_parquet(cells).with_columns(is_placed=pl.col("is_placed") & ~lost)
    plan.write_parquet(cells)
    number = plan.filter(lost)["cell_no"][0]
    pl.read_parquet(weights).filter(pl.col("cell_no") != number).write_parquet(weights)
    town.density()
    assert _silent(town) == {"001-01-1": "no count"}
    assert _coverage(town) == []


def test_the_first_days_have_no_coverage_and_then_it_is_told(town):
    town.plan()
    town.counts([(24 * day, 1, 100) for day in range(6)])
    town.density(0, 6 * 24)
    assert town.stage("density").sort("interval_start")["coverage"].to_list() == [None] * LEAST_DAYS + [1] * 3


def test_a_new_operator_is_not_missed_before_it_is_known(town):
    town.plan(operators=("alun", "nusa"))
    assert _now(town, [*_days(100), *_days(100, days=(1, 2), operator=2), (0, 1, 100)]) == ({}, [])


def test_the_run_counts_silent_cells_and_uncovered_hexagons(town):
    town.plan(operators=("alun", "nusa"))
    town.counts([*_days(100, masts=(1, 2)), *_days(900, masts=(1,), operator=2), (0, 1, 100), (0, 2, 100)])
    summary = town.density()
    assert (summary.silent_cells, summary.hexagons_uncovered) == (1, 1)


def test_usual_devices_are_the_median_of_the_days_before(town):
    town.plan()
    rows = [(-24 * day, 1, devices) for day, devices in zip(WEEK, (5, 10, 20, 30, 40, 50, 6000), strict=True)]
    _now(town, [*rows, *_days(100, masts=(2,)), (0, 2, 100)])
    assert town.stage("silent_cells")["usual_devices"].to_list() == [30]
    assert town.stage("silent_cells")["interval_start"].to_list() == [town.span(0, 1)[0]]


def test_hours_in_which_nobody_told_anything_are_counted(town):
    town.plan()
    town.counts([(0, 0, 10), (3, 0, 10)])
    assert town.density(0, 4).hours_without_counts == 2
    assert town.density(0, 1).hours_without_counts == 0
