from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowd.holidays import Calendar, load_holidays
from lake.errors import RefusedInputError

INDEPENDENCE = date(2020, 8, 17)
DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))


@pytest.fixture
def table(tmp_path):
    def write(text):
        path = tmp_path / "holidays.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_national_holidays_are_known_without_a_table(tmp_path):
    days = load_holidays(None, years=[2020, 2021])
    assert {INDEPENDENCE, date(2021, 8, 17), date(2020, 5, 24)} <= days
    assert date(2020, 8, 18) not in days
    assert load_holidays(tmp_path / "absent.csv", years=[2020, 2021]) == days


@pytest.mark.parametrize("text", ["", "date,name\n", "date,name\n\n,\n"])
def test_an_empty_table_changes_nothing(table, text):
    assert load_holidays(table(text), years=[2020]) == load_holidays(None, years=[2020])


def test_the_table_adds_holidays_and_makes_others_workdays(table):
    path = table(
        '\ufeffdate,name,kind\n2020-08-17,Moved,workday\n2020-08-18,Moved here,\n 2020-08-19 ,"a, b",holiday\n'
    )
    days = load_holidays(path, years=[2020])
    assert days ^ load_holidays(None, years=[2020]) == {INDEPENDENCE, date(2020, 8, 18), date(2020, 8, 19)}
    assert INDEPENDENCE not in days


@settings(max_examples=20, deadline=None)
@given(years=st.sets(st.integers(2000, 2040), max_size=4), country=st.sampled_from(["ID", "US", "DE"]))
def test_only_days_of_the_years_asked_for_come_back(years, country):
    assert {day.year for day in load_holidays(None, years=years, country=country)} == years


def test_rows_of_other_years_are_left_out(table):
    assert date(2021, 3, 3) not in load_holidays(table("date,name\n2021-03-03,x\n"), years=[2020])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("date,name,colour\n2020-03-03,x,red\n", "'colour' is no column"),
        ("date,name,colour\n", "'colour' is no column"),
        ("date;name\n2020-03-03;x\n", "'date;name' is no column"),
        ("date,name\n2020-03-03,x,red\n", "line 2: a field beyond the header"),
        ("date,name\n2020-03-03,x\n03/04/2020,y\n", "line 3: date: '03/04/2020' is no date"),
        ("date,name\n\n2020-02-30,x\n", "line 3: date: "),
        ("date,name\n20200303,x\n", "line 2: date: "),
        ("date,name\n1585612800,x\n", "line 2: date: "),
        ("name\nx\n", "line 2: date: "),
        ("date,name,kind\n2020-03-03,x,feast\n", "line 2: kind: "),
        ("date,name\n2020-03-03,x\n2020-03-03,y\n", "line 3: 2020-03-03 stands there twice"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_with_its_place(table, text, said):
    with pytest.raises(RefusedInputError) as refusal:
        load_holidays(table(text), years=[2020])
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "holidays.csv"
    path.write_bytes(b"date,name\n2020-03-03,\xff\xfe\n")
    with pytest.raises(RefusedInputError, match="cannot be read as CSV"):
        load_holidays(path, years=[2020])


def test_an_unknown_country_is_refused():
    with pytest.raises(RefusedInputError, match="'XX'"):
        load_holidays(None, years=[2020], country="XX")


@given(day=DAYS, feasts=st.frozensets(DAYS, max_size=5))
def test_only_holidays_change_what_a_day_is(day, feasts):
    calendar = Calendar("Asia/Jakarta", feasts)
    assert calendar.day_class(day) == (6 if day in feasts else day.weekday())
    week = [day + timedelta(days=n) for n in range(7)]
    assert sum(map(calendar.is_workday, week)) == 5 - sum(d.weekday() < 5 for d in feasts.intersection(week))


@pytest.mark.parametrize("timezone", ["Asia/Nowhere", "", "../etc", "Asia"])
def test_an_unknown_time_zone_is_refused(timezone):
    with pytest.raises(RefusedInputError, match="time zone"):
        _ = Calendar(timezone, frozenset()).zone
