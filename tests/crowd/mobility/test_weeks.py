from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowd.mobility.weeks import Week, parse_week, week_of
from lake.errors import RefusedInputError

ZONES = st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Europe/Berlin"])
LEAST, MOST = datetime(2000, 1, 1), datetime(2040, 1, 1)  # noqa: DTZ001 - the zone is drawn beside them
INSTANTS = st.datetimes(LEAST, MOST, timezones=st.just(UTC))


def test_a_week_begins_on_monday_midnight_of_the_place():
    week = parse_week("2020-W14", timezone="Asia/Jakarta")
    assert week.monday == date(2020, 3, 30)
    assert week.start == datetime(2020, 3, 29, 17, tzinfo=UTC)
    assert week.end - week.start == timedelta(days=7)


def test_the_first_and_the_last_days_of_a_year_may_belong_to_another():
    assert parse_week("2021-W01", timezone="UTC").monday == date(2021, 1, 4)
    assert parse_week("2020-W53", timezone="UTC").days[-1] == date(2021, 1, 3)


@pytest.mark.parametrize(
    "text", ["", "2020", "2020-14", "2020-W00", "2020-W54", "2021-W53", "2020-W1", "2020-W014", "0000-W10"]
)
def test_what_is_no_week_is_refused(text):
    with pytest.raises(RefusedInputError, match="no week"):
        parse_week(text, timezone="Asia/Jakarta")


@given(instant=INSTANTS, timezone=ZONES)
def test_every_instant_lies_in_its_week(instant, timezone):
    week = week_of(instant, timezone=timezone)
    assert week.start <= instant < week.end
    assert week.days[0].weekday() == 0


@given(instant=INSTANTS, timezone=ZONES)
def test_a_week_is_read_back_from_its_label(instant, timezone):
    week = week_of(instant, timezone=timezone)
    assert parse_week(week.label, timezone=timezone) == week


@given(instant=INSTANTS, timezone=ZONES, weeks=st.integers(0, 60))
def test_earlier_weeks_follow_each_other_without_a_gap(instant, timezone, weeks):
    week = week_of(instant, timezone=timezone)
    assert week.earlier(weeks + 1).end == week.earlier(weeks).start
    assert week.earlier(0) == week


@given(instant=INSTANTS, timezone=ZONES)
def test_the_hours_of_a_week_fill_it(instant, timezone):
    week = week_of(instant, timezone=timezone)
    hours = week.hours
    assert (hours[0], hours[-1] + timedelta(hours=1)) == (week.start, week.end)
    assert len(set(hours)) == len(hours) == (week.end - week.start) // timedelta(hours=1)


def test_the_clock_goes_forward_and_back():
    assert len(Week(date(2020, 3, 23), "Europe/Berlin").hours) == 167
    assert len(Week(date(2020, 10, 19), "Europe/Berlin").hours) == 169
    assert len(Week(date(2020, 3, 23), "Asia/Jakarta").hours) == 168
