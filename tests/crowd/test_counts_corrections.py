"""Counts that come late, twice, in parts or corrected: the lake holds what was said last, once."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

SIX, SEVEN, EIGHT = (f"2020-03-31T0{hour}:00:00Z" for hour in (6, 7, 8))
FIRST = [(SIX, "001-01-1", 1), (SEVEN, "001-01-1", 2), (SEVEN, "001-01-2", 3)]
LATER = [(SEVEN, "001-01-2", 30), (EIGHT, "001-01-1", 40)]
CORRECTED = {
    ("31 06:00", "001-01-1"): 1,
    ("31 07:00", "001-01-2"): 30,
    ("31 08:00", "001-01-1"): 40,
}


def _lake(desk, read_all):
    return read_all(desk.home.lake)


def test_the_same_file_again_changes_no_byte_of_the_lake(desk, read_all):
    path = desk.write(FIRST)
    desk.load(path)
    before = _lake(desk, read_all)
    again = desk.load(path)
    assert (again.files[0].verdict, again.files[0].rows_kept) == ("unchanged", 3)
    assert (again.first_changed, again.rows_replaced) == (None, 0)
    assert _lake(desk, read_all) == before


def test_the_same_bytes_under_another_name_are_the_same_file(desk):
    desk.load_one(FIRST, name="first.csv")
    assert desk.load_one(FIRST, name="copy.csv").verdict == "unchanged"


def test_a_later_file_replaces_its_intervals_whole_and_no_others(desk):
    desk.load_one(FIRST)
    loaded = desk.load(desk.write(LATER, name="later.csv"))
    assert desk.devices() == CORRECTED
    assert loaded.rows_replaced == 2


def test_a_correction_leaves_other_operators_as_they_were(desk, read_all):
    desk.plan("nusa", network="001-02")
    desk.load_one([(SEVEN, "001-02-1", 9), *FIRST])
    before = {path: data for path, data in _lake(desk, read_all).items() if "operator=nusa" in path}
    desk.load_one(LATER, name="later.csv")
    after = {path: data for path, data in _lake(desk, read_all).items() if "operator=nusa" in path}
    assert after == before
    assert len(after) == 2


def test_an_interval_within_an_hour_is_replaced_without_its_neighbours(desk):
    quarters = [(f"2020-03-31T07:{minute}:00Z", "001-01-1", n) for n, minute in enumerate(("00", "15", "30", "45"))]
    desk.load_one(quarters, interval_minutes=15)
    desk.load_one([("2020-03-31T07:15:00Z", "001-01-1", 99)], name="later.csv", interval_minutes=15)
    assert list(desk.devices().values()) == [0, 99, 2, 3]


def test_an_interval_of_one_operator_is_replaced_without_the_same_of_the_other(desk):
    desk.plan("nusa", network="001-02")
    quarters = [f"2020-03-31T07:{minute}:00Z" for minute in ("00", "15")]
    desk.load_one([(q, f"001-0{op}-1", op) for q in quarters for op in (1, 2)], interval_minutes=15)
    later = [(quarters[0], "001-01-1", 10), (quarters[1], "001-02-1", 20)]
    desk.load_one(later, name="later.csv", interval_minutes=15)
    assert desk.devices() == {
        ("31 07:00", "001-01-1"): 10,
        ("31 07:15", "001-01-1"): 1,
        ("31 07:00", "001-02-1"): 2,
        ("31 07:15", "001-02-1"): 20,
    }


def test_an_old_file_sent_again_does_not_undo_its_correction(desk):
    first = desk.write(FIRST, name="first.csv")
    desk.load(first)
    desk.load_one(LATER, name="later.csv")
    assert desk.load(first).files[0].verdict == "unchanged"
    assert desk.devices() == CORRECTED


def test_intervals_that_come_late_find_their_place(desk, read_all, make_desk):
    straight, late = desk, make_desk()
    straight.load_one(FIRST[:1], name="a.csv")
    straight.load_one(FIRST[1:], name="b.csv")
    late.load_one(FIRST[1:], name="b.csv")
    late.load_one(FIRST[:1], name="a.csv")
    assert _lake(late, read_all) == _lake(straight, read_all)


def test_a_correction_of_which_no_row_fits_takes_nothing_away(desk, read_all):
    desk.load_one(FIRST)
    before = _lake(desk, read_all)
    assert desk.load_one([(SEVEN, "001-01-1", -1), (SEVEN, "001-01-99", 5)], name="later.csv").verdict == "refused"
    assert _lake(desk, read_all) == before


def test_a_correction_keeps_the_intervals_whose_rows_do_not_fit(desk):
    desk.load_one(FIRST)
    desk.load_one([(SIX, "001-01-1", -1), *LATER], name="later.csv")
    assert desk.devices() == CORRECTED


def test_files_given_together_are_parts_of_one_delivery(desk):
    parts = [desk.write([row], name=f"part-{n}.csv") for n, row in enumerate(FIRST)]
    loaded = desk.load(*parts)
    assert [file.rows_kept for file in loaded.files] == [1, 1, 1]
    assert len(desk.devices()) == 3


def test_a_part_that_comes_after_the_others_completes_the_interval_when_all_are_given(desk):
    one = desk.write(FIRST[:2], name="one.csv")
    two = desk.write(FIRST[2:], name="two.csv")
    desk.load(one)
    loaded = desk.load(one, two)
    assert [file.verdict for file in loaded.files] == ["unchanged", "accepted"]
    assert len(desk.devices()) == 3


def test_rows_that_waited_for_a_cell_plan_come_in_with_again(desk):
    path = desk.write([(SEVEN, "001-01-1", 5), (SEVEN, "001-01-13", 6)])
    assert desk.load(path).files[0].rows_quarantined == {"unknown_cell": 1}
    desk.plan(cells=range(1, 14))
    unchanged = desk.load(path).files[0]
    assert (unchanged.verdict, "--again" in unchanged.reason) == ("unchanged", True)
    again = desk.load(path, again=True).files[0]
    assert (again.verdict, again.rows_kept, again.rows_quarantined) == ("accepted", 2, {})
    assert desk.devices() == {("31 07:00", "001-01-1"): 5, ("31 07:00", "001-01-13"): 6}


def test_a_file_read_in_another_way_is_read_anew(desk):
    path = desk.write([("2020-03-31T07:00:00", "001-01-1", 5)])
    desk.load(path, timezone="Asia/Jakarta")
    assert desk.load(path, timezone="Asia/Makassar").files[0].verdict == "accepted"
    starts = desk.stage()["interval_start"].to_list()
    assert starts == [datetime(2020, 3, 30, 23, tzinfo=UTC), datetime(2020, 3, 31, 0, tzinfo=UTC)]


ROWS = st.lists(
    st.tuples(
        st.sampled_from([SIX, SEVEN, "2020-03-31T07:00:00", "not yet"]),
        st.sampled_from(["001-01-1", "001-01-2", "001-01-3", "001-01-99"]),
        st.sampled_from(["1", "2", "", "<5", "-1", "1.5"]),
    ),
    max_size=14,
)


@settings(max_examples=15, deadline=None)
@given(rows=ROWS, order=st.randoms(use_true_random=False))
def test_the_order_of_rows_is_irrelevant(make_desk, read_all, rows, order):
    shuffled = order.sample(rows, len(rows))
    straight, mixed = make_desk(), make_desk()
    straight_report, mixed_report = straight.load_one(rows), mixed.load_one(shuffled)
    assert _lake(mixed, read_all) == _lake(straight, read_all)
    assert mixed_report.rows_quarantined == straight_report.rows_quarantined


def _deal(desk, rows, hands):
    dealt = {hand: [row for row, its in zip(rows, hands, strict=True) if its is hand] for hand in (False, True)}
    return [desk.write(part, name=f"{name}.csv") for name, part in dealt.items()]


@settings(max_examples=15, deadline=None)
@given(data=st.data(), rows=ROWS)
def test_a_file_dealt_into_two_parts_of_one_delivery_is_the_file(make_desk, read_all, data, rows):
    hands = data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
    whole, parts = make_desk(), make_desk()
    whole.load_one(rows)
    loaded = parts.load(*_deal(parts, rows, hands))
    assert _lake(parts, read_all) == _lake(whole, read_all)
    assert sum(file.rows_in for file in loaded.files) == len(rows)


@settings(max_examples=15, deadline=None)
@given(data=st.data(), rows=ROWS)
def test_one_part_first_and_then_both_is_the_whole_file(make_desk, read_all, data, rows):
    hands = data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
    whole, parts = make_desk(), make_desk()
    whole.load_one(rows)
    files = _deal(parts, rows, hands)
    parts.load(files[0])
    parts.load(*files)
    assert _lake(parts, read_all) == _lake(whole, read_all)


@pytest.mark.parametrize("first_devices", [5, 6])
def test_rows_that_a_later_part_contradicts_leave_the_lake_again(desk, first_devices):
    one = desk.write([(SEVEN, "001-01-1", first_devices)], name="one.csv")
    two = desk.write([(SEVEN, "001-01-1", 5), (SEVEN, "001-01-1", 5)], name="two.csv")
    desk.load(one)
    desk.load(one, two)
    assert desk.devices() == ({("31 07:00", "001-01-1"): 5} if first_devices == 5 else {})
