"""A corrected day, told a second time, gives nothing away that either edition hides."""

import numpy as np
from flow_attacker import K, day_of, found_out, matrices
from flow_isles import WEEK, full_day
from hypothesis import given, settings

from crowd.flows.day_figures import _hidden_before, figures_of_day

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
