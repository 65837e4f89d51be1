from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipelines.ranges import days_of, hour_before, merge, split, whole_hours

INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
LENGTHS = st.timedeltas(timedelta(minutes=1), timedelta(days=90))


def test_a_run_at_minute_five_is_about_the_hour_that_has_ended():
    assert hour_before(datetime(2020, 3, 31, 13, 5, tzinfo=UTC)) == (
        datetime(2020, 3, 31, 12, tzinfo=UTC),
        datetime(2020, 3, 31, 13, tzinfo=UTC),
    )


@given(start=INSTANTS, length=LENGTHS, days=st.integers(1, 28))
def test_steps_cover_a_range_without_gap_or_overlap_and_none_is_too_long(start, length, days):
    parts = split(start, start + length, step=timedelta(days=days))
    assert parts[0][0] == start
    assert parts[-1][1] == start + length
    assert all(left[1] == right[0] for left, right in pairwise(parts))
    assert all(timedelta(0) < end - begin <= timedelta(days=days) for begin, end in parts)


@given(ranges=st.lists(st.tuples(INSTANTS, LENGTHS), min_size=1, max_size=8), probe=INSTANTS)
def test_merging_keeps_every_instant_and_adds_none(ranges, probe):
    given_ranges = [(start, start + length) for start, length in ranges]
    merged = merge(given_ranges)
    assert any(a <= probe < b for a, b in merged) == any(a <= probe < b for a, b in given_ranges)
    assert all(left[1] < right[0] for left, right in pairwise(merged))


@given(first=INSTANTS, length=LENGTHS)
def test_whole_hours_hold_both_ends(first, length):
    start, end = whole_hours(first, first + length)
    assert start <= first < first + length < end


@given(start=INSTANTS, length=LENGTHS)
def test_every_utc_day_of_a_range_is_named_once(start, length):
    days = days_of(start, start + length)
    assert days == sorted(set(days))
    assert days[0] == f"{start.date()}"
    assert days[-1] == f"{(start + length - timedelta(microseconds=1)).date()}"
