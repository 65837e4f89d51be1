from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crowd.holidays import Calendar
from crowd.usual_instants import MAX_DAYS, MAX_WEEKS, MOST_DAYS, dependent_instants, usual_instants
from lake.errors import RefusedInputError

JAKARTA = Calendar("Asia/Jakarta", frozenset())
ZONES = ["Asia/Jakarta", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
# Around these days clocks change in one of the zones or another.
DAYS = st.dates(date(2020, 3, 1), date(2020, 5, 30)) | st.dates(date(2020, 10, 1), date(2020, 12, 20))
CALENDARS = st.builds(Calendar, st.sampled_from(ZONES), st.frozensets(DAYS, max_size=20))
QUARTERS = st.builds(
    lambda day, quarter: datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=15 * quarter),
    DAYS,
    st.integers(0, 95),
)


def _local(year, month, day, hour, minute=0, *, zone="Asia/Jakarta", fold=0):
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone), fold=fold)


def _tier(frame, tier, *, zone="Asia/Jakarta"):
    return [start.astimezone(ZoneInfo(zone)) for start in frame.filter(tier=tier)["interval_start"]]


def _walked(start, calendar):
    """The same by walking back over every quarter hour there was, in another time-zone library."""
    steps = pl.DataFrame({"t": [start - timedelta(minutes=15 * n) for n in range((7 * MAX_WEEKS + 1) * 96)]})
    local = pl.col("t").dt.convert_time_zone(calendar.timezone)
    walked = steps.with_columns(day=local.dt.date(), time=local.dt.time())
    now = walked.row(0, named=True)
    times = walked.filter(time=now["time"]).sort("t")
    # An hour that a day has twice: the second looks at second ones.
    is_second = times.filter(day=now["day"]).height == 2
    shown = times.group_by("day").agg(pl.col("t").last() if is_second else pl.col("t").first())
    earlier = [(now["day"] - day, day, t) for day, t in shown.sort("day", descending=True).rows() if day < now["day"]]
    alike = [t for _, day, t in earlier if calendar.day_class(day) == calendar.day_class(now["day"])][:8]
    kind = calendar.is_workday(now["day"])
    days = [t for age, day, t in earlier if age.days <= MAX_DAYS and calendar.is_workday(day) == kind]
    return alike, [t for t in days if t not in alike][:MOST_DAYS]


@settings(deadline=None)
@given(start=QUARTERS, calendar=CALENDARS)
@example(start=datetime(2020, 10, 25, 0, 30, tzinfo=UTC), calendar=Calendar("Europe/Berlin", frozenset()))
@example(start=datetime(2020, 10, 25, 1, 30, tzinfo=UTC), calendar=Calendar("Europe/Berlin", frozenset()))
@example(start=datetime(2020, 11, 1, 0, 30, tzinfo=UTC), calendar=Calendar("Europe/Berlin", frozenset()))
@example(start=datetime(2020, 4, 5, 0, 30, tzinfo=UTC), calendar=Calendar("Europe/Berlin", frozenset()))
def test_they_are_those_a_walk_back_in_time_meets(start, calendar):
    frame = usual_instants([start], calendar=calendar)
    alike, of_kind = _walked(start, calendar)
    assert frame.filter(tier="hour_of_week")["interval_start"].to_list() == alike
    assert frame.filter(tier="hour_of_day")["interval_start"].to_list() == of_kind


@settings(deadline=None)
@given(starts=st.lists(QUARTERS, max_size=5), calendar=CALENDARS, offset_min=st.integers(-720, 840))
def test_the_offset_in_which_an_interval_is_written_changes_nothing(starts, calendar, offset_min):
    elsewhere = [start.astimezone(timezone(timedelta(minutes=offset_min))) for start in starts]
    local = [start.astimezone(calendar.zone) for start in starts]
    expected = usual_instants(starts, calendar=calendar)
    assert usual_instants(elsewhere, calendar=calendar).equals(expected)
    assert usual_instants(local, calendar=calendar).equals(expected)


@settings(deadline=None)
@given(starts=st.lists(QUARTERS, max_size=5), calendar=CALENDARS)
def test_each_interval_has_its_own_rows_of_earlier_instants_listed_once(starts, calendar):
    frame = usual_instants(starts, calendar=calendar)
    assert frame.schema == usual_instants([], calendar=calendar).schema
    intervals = pl.DataFrame(
        {"interval_no": range(len(starts)), "start": starts},
        schema={"interval_no": pl.UInt16, "start": pl.Datetime("us", "UTC")},
    )
    joined = frame.join(intervals, on="interval_no", how="left")
    assert (joined["interval_start"] < joined["start"]).all()
    assert not frame.select("interval_no", "interval_start").is_duplicated().any()


def test_an_ordinary_tuesday_looks_at_eight_tuesdays_and_the_other_workdays_of_four_weeks():
    frame = usual_instants([_local(2020, 6, 30, 12)], calendar=JAKARTA)
    assert _tier(frame, "hour_of_week") == [_local(2020, 6, 30, 12) - timedelta(weeks=n) for n in range(1, 9)]
    assert len(_tier(frame, "hour_of_day")) == 16
    assert {start.weekday() for start in _tier(frame, "hour_of_day")} == {0, 2, 3, 4}


def test_an_ordinary_tuesday_passes_over_a_tuesday_that_was_a_holiday():
    calendar = Calendar("Asia/Jakarta", frozenset({date(2020, 6, 23)}))
    tuesdays = _tier(usual_instants([_local(2020, 6, 30, 12)], calendar=calendar), "hour_of_week")
    assert [start.day for start in tuesdays[:2]] == [16, 9]
    assert len(tuesdays) == 7


def test_a_holiday_looks_at_sundays_and_holidays_whatever_their_weekday():
    calendar = Calendar("Asia/Jakarta", frozenset({date(2020, 6, 30), date(2020, 6, 18)}))
    frame = usual_instants([_local(2020, 6, 30, 12)], calendar=calendar)
    assert [start.day for start in _tier(frame, "hour_of_week")][:4] == [28, 21, 18, 14]
    assert {start.weekday() for start in _tier(frame, "hour_of_day")} == {5}


def test_a_quarter_hour_looks_at_the_same_quarter_hour():
    frame = usual_instants([_local(2020, 6, 30, 12, 45)], calendar=JAKARTA)
    assert {(start.hour, start.minute) for start in _tier(frame, "hour_of_week")} == {(12, 45)}


def test_wall_time_stays_the_same_when_clocks_change():
    berlin = Calendar("Europe/Berlin", frozenset())
    sunday = _local(2020, 4, 5, 12, zone="Europe/Berlin")
    last = usual_instants([sunday], calendar=berlin)["interval_start"]
    assert [start.hour for start in last[:2]] == [10, 11]


def test_an_hour_that_a_day_does_not_have_is_passed_over():
    new_york = Calendar("America/New_York", frozenset())
    frame = usual_instants([_local(2020, 3, 15, 2, 30, zone="America/New_York")], calendar=new_york)
    sundays = _tier(frame, "hour_of_week", zone="America/New_York")
    assert [(start.month, start.day) for start in sundays[:2]] == [(3, 1), (2, 23)]
    assert len(sundays) == 7


def test_an_hour_that_was_there_twice_counts_the_first_time():
    berlin = Calendar("Europe/Berlin", frozenset())
    later = usual_instants([_local(2020, 11, 1, 2, zone="Europe/Berlin")], calendar=berlin)
    assert later["interval_start"][0] == datetime(2020, 10, 25, 0, tzinfo=UTC)


def test_the_second_showing_of_an_hour_looks_at_second_ones():
    # In 2010 Cairo set its clocks back on 10 August and again on 30 September.
    cairo = Calendar("Africa/Cairo", frozenset({date(2010, 8, 10), date(2010, 9, 30)}))
    shown = [_local(2010, 9, 30, 23, zone="Africa/Cairo", fold=fold) for fold in (0, 1)]
    frame = usual_instants(shown, calendar=cairo).filter(age_days=51)
    assert frame["interval_start"].to_list() == [datetime(2010, 8, 10, hour, tzinfo=UTC) for hour in (20, 21)]


def test_a_range_includes_its_first_instant_and_not_its_last():
    first, last = _local(2020, 6, 2, 12), _local(2020, 6, 2, 13)
    dependents = dependent_instants(first, last, calendar=JAKARTA)
    assert first + timedelta(weeks=1) in dependents
    assert last + timedelta(weeks=1) not in dependents


@settings(deadline=None)
@given(start=QUARTERS, calendar=CALENDARS, minutes=st.sampled_from([15, 60, 1440]), data=st.data())
def test_an_instant_is_a_dependent_exactly_if_its_baseline_looks_there(start, calendar, minutes, data):
    last = start + timedelta(minutes=minutes)
    # Days later at about the same time of day, so that both answers are common.
    quarters = data.draw(st.integers(-8, 8), "quarters off") + 96 * data.draw(st.integers(0, 58), "days later")
    later = start + timedelta(minutes=15 * quarters)
    looked_at = usual_instants([later], calendar=calendar)["interval_start"]
    dependents = dependent_instants(start, last, calendar=calendar)
    assert (later in dependents) == bool(((looked_at >= start) & (looked_at < last)).any())


@settings(deadline=None)
@given(start=QUARTERS, calendar=CALENDARS)
def test_what_an_interval_looks_at_names_it_as_a_dependent_before_its_end(start, calendar):
    for looked_at in usual_instants([start], calendar=calendar)["interval_start"]:
        dependents = dependent_instants(looked_at, looked_at + timedelta(minutes=15), calendar=calendar)
        assert start in dependents
        assert start < dependents.until


def test_an_instant_without_time_zone_is_refused():
    naive = datetime(2020, 6, 30, 12)  # noqa: DTZ001 - what is refused
    for ask in (
        lambda: usual_instants([naive], calendar=JAKARTA),
        lambda: dependent_instants(naive, naive, calendar=JAKARTA),
        lambda: naive in dependent_instants(_local(2020, 6, 1, 0), _local(2020, 6, 2, 0), calendar=JAKARTA),
    ):
        with pytest.raises(RefusedInputError, match="no time zone"):
            ask()
