"""A corrected day, told a second time, gives nothing away that either edition hides."""

import numpy as np
import polars as pl
import pytest
from flow_attacker import K, day_of, found_out, matrices
from flow_isles import REFERENCE, WEEK, full_day
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crowd.flows.day_figures import _hidden_before, figures_of_day
from crowd.flows.editions import EDITIONS, DayEdition, tell_day

SIZE = 5
MONDAY = WEEK.monday
MEASURES = ("flow_in", "flow_out", "flow_inside_share", "flow_areas_reached")


def test_what_was_hidden_stays_hidden_although_more_has_come(isles):
    isles.day(MONDAY, {**full_day(SIZE), **{(0, j): 2 if j else 800 for j in range(SIZE)}}, k=1)
    assert isles.told("flow_out")[isles.districts[0], MONDAY] is None
    isles.day(MONDAY, full_day(SIZE, phones=400))
    told = isles.told("flow_out")
    assert told[isles.districts[0], MONDAY] is None
    assert told[isles.districts[4], MONDAY] > full_day(SIZE, phones=400)[4, 0]


def test_a_correction_that_would_hide_what_was_told_leaves_the_day_as_it_was(isles):
    isles.day(MONDAY, full_day(SIZE))
    before = isles.told("flow_out")
    isles.day(MONDAY, {**full_day(SIZE, phones=500), **{(0, j): 2 if j else 800 for j in range(SIZE)}}, k=1)
    assert isles.told("flow_out") == before


def test_a_correction_of_a_few_phones_is_not_told(isles):
    isles.day(MONDAY, full_day(SIZE))
    before = isles.told("flow_out")
    isles.day(MONDAY, {**full_day(SIZE), (0, 1): 107})
    assert isles.told("flow_out") == before
    isles.day(MONDAY, {**full_day(SIZE), (0, 1): 160})
    assert isles.told("flow_out") != before


def test_telling_a_week_twice_changes_nothing(isles, read_all):
    isles.day(MONDAY, full_day(SIZE))
    first, lake = isles.indicators(), read_all(isles.home.lake)
    assert isles.indicators().equals(first)
    assert read_all(isles.home.lake) == lake


@settings(max_examples=80, deadline=None)
@given(first=matrices, change=matrices)
def test_the_second_edition_hides_at_least_what_the_first_did_and_stands_the_attacker(first, change):
    size = min(len(first), len(change))
    earlier, later = day_of(first[:size, :size]), day_of(np.maximum(first[:size, :size], change[:size, :size]))
    before = figures_of_day(earlier, k=K)
    told = figures_of_day(later, k=K, before=before)
    for name in MEASURES:
        assert told[name].is_null().to_numpy()[before[name].is_null().to_numpy()].all()
    flows = earlier if told.equals(before) else later
    assert not found_out(flows, _hidden_before(told, flows.codes), knows_reached=False)


def test_a_week_is_told_by_one_level_for_good(isles):
    isles.day(MONDAY, full_day(SIZE))
    first = isles.indicators()
    rows = [(f"{day}T00:00+07:00", "99.01", "99.01", 9000) for day in WEEK.days]
    for operator in ("nusa", "samudra"):
        isles.load_rows(rows, name=f"{operator}.csv", operator=operator)
    assert isles.indicators().equals(first)


@settings(max_examples=80, deadline=None)
@given(first=matrices, change=matrices, other=st.integers(1, 4 * K))
def test_two_editions_on_two_k_differ_in_nothing(first, change, other):
    """Whoever compares them would find out a correction of fewer phones than the one of the two k promises."""
    assume(other != K)
    size = min(len(first), len(change))
    told = tell_day(day_of(first[:size, :size]), k=K, before=None)
    assert tell_day(day_of(first[:size, :size] + change[:size, :size]), k=other, before=told) is told


def test_a_correction_of_three_phones_would_be_found_out_on_a_lower_k():
    """What the rule is for: without it the second edition tells which pair was corrected, and by how much."""
    values = np.full((4, 4), 60)
    corrected = values.copy()
    corrected[0, 1] += 3
    told = figures_of_day(day_of(values), k=K)
    mixed = figures_of_day(day_of(corrected), k=2, before=told)
    assert (mixed["flow_out"] - told["flow_out"]).to_list() == [3, 0, 0, 0]
    assert (mixed["flow_in"] - told["flow_in"]).to_list() == [0, 3, 0, 0]
    first = DayEdition(figures=told, k=K)
    assert tell_day(day_of(corrected), k=2, before=first).figures.equals(told)


@pytest.mark.parametrize("k", [5, 14, 16, 40])
def test_a_day_that_was_told_is_not_told_anew_on_another_k(isles, read_all, k):
    isles.day(MONDAY, full_day(SIZE))
    isles.told("flow_out", k=15)
    lake = read_all(isles.home.lake / EDITIONS)
    isles.day(MONDAY, full_day(SIZE, phones=400))
    isles.told("flow_out", k=k)
    assert read_all(isles.home.lake / EDITIONS) == lake


def test_a_report_on_a_higher_k_leaves_out_what_was_told_on_a_lower_one(isles):
    isles.day(MONDAY, {**full_day(SIZE), **{(0, j): 5 for j in range(1, SIZE)}}, k=5)
    first = isles.districts[0]
    assert isles.told("flow_out", k=5)[first, MONDAY] == 20
    assert isles.told("flow_out", k=30)[first, MONDAY] is None
    assert isles.told("flow_out", k=5)[first, MONDAY] == 20


def test_days_told_on_another_k_are_usual_as_they_were_told(isles):
    for week in (*REFERENCE, WEEK):
        isles.day(week.monday, full_day(SIZE))
    for week in REFERENCE:
        isles.indicators(week=week, reference=(), k=15)
    changes = isles.told("flow_out_change_pct", k=20)
    assert {changes[code, MONDAY] for code in isles.districts} == {0.0}


def test_an_edition_that_does_not_say_its_k_is_read_and_stands(isles):
    isles.day(MONDAY, full_day(SIZE))
    before = isles.told("flow_out")
    (path,) = (isles.home.lake / EDITIONS).rglob("*.parquet")
    old = pl.read_parquet(path, hive_partitioning=False).drop("k")
    old.write_parquet(path)
    isles.day(MONDAY, full_day(SIZE, phones=400))
    assert isles.told("flow_out") == before
    assert isles.told("flow_out", k=40) == before
    assert pl.read_parquet(path, hive_partitioning=False).equals(old)
