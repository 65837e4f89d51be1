from datetime import timedelta
from math import copysign, floor, isclose

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_week import SlowWeek, round_people
from small_week import DISTRICTS, NOW, REFERENCE, SMALL_AREAS, SPAN, WEEK, at, changed, small_hours

from crowd.mobility.definitions import load_definitions
from crowd.mobility.indicators import Span, derive
from crowd.mobility.long_rows import in_order, rounded
from crowd.mobility.model import HOURS, INDICATORS

PLACES = {"percent": 1, "score": 1, "ratio": 2}
KEYS = ("period", "area_code", "date", "hour", "indicator")
QUIET = small_hours(seed=7, hidden=0.0, missing=0.0)


def figures(hours, *, areas=SMALL_AREAS, span=SPAN):
    """(value, low, high, status) by period, area, date, hour and indicator."""
    rows = derive(hours, areas, span=span).indicators
    return {tuple(row[name] for name in KEYS): row for row in rows.to_dicts()}


def one(hours, code, indicator, *, period="day", day=2, hour=None, span=SPAN):
    """Value and status of one figure."""
    date = None if period == "week" else WEEK.days[day]
    row = figures(hours, span=span)[period, code, date, hour, indicator]
    return row["value"], row["status"]


def is_same(first, second):
    """Whether two numbers are equal but for their last bits, or both are none."""
    return first == second if first is None or second is None else isclose(first, second, rel_tol=1e-9)


def as_told(name, told):
    """A slow figure rounded by the rules of its unit."""
    value, low, high, status = told
    unit = load_definitions()[name].unit
    if status != "shown":
        return {"value": None, "low": None, "high": None, "status": status}
    numbers = {"value": value, "low": low, "high": high}
    if unit == "people":
        numbers = {key: None if n is None else round_people(n, low, high) for key, n in numbers.items()}
    elif unit == "people/km2":
        numbers = {key: round_people(n * 100, low * 100, high * 100) / 100 for key, n in numbers.items()}
    elif unit in PLACES:
        scale = 10 ** PLACES[unit]
        numbers = {
            key: None if n is None else copysign(floor(abs(n) * scale + 0.5) / scale, n) for key, n in numbers.items()
        }
    return numbers | {"status": status}


@pytest.mark.parametrize(
    ("seed", "hidden", "missing"), [(1, 0.0, 0.0), (2, 0.002, 0.03), (3, 0.02, 0.1), (4, 0.0, 0.3), (5, 0.2, 0.4)]
)
def test_every_indicator_is_what_the_slow_and_obvious_computation_gives(seed, hidden, missing):
    hours = small_hours(seed=seed, hidden=hidden, missing=missing)
    slow, fast = SlowWeek(hours, SMALL_AREAS, SPAN), figures(hours)
    expected = {}
    for code in SMALL_AREAS["area_code"]:
        expected |= {("week", code, None, None, name): told for name, told in slow.week_figures(code).items()}
        for day, date in enumerate(WEEK.days):
            expected |= {("day", code, date, None, name): told for name, told in slow.day_figures(code, day).items()}
            for hour in range(24):
                told = slow.hour_figures(code, day, hour).items()
                expected |= {("hour", code, date, hour, name): figure for name, figure in told}
    assert fast.keys() == expected.keys()
    for key, told in expected.items():
        row, wanted = fast[key], as_told(key[4], told)
        assert row["status"] == wanted["status"], key
        for end in ("value", "low", "high"):
            assert is_same(row[end], wanted[end]), (key, row, wanted)


def test_tables_have_the_columns_of_the_contract_and_every_hour_of_every_area():
    derived = derive(small_hours(missing=0.3), SMALL_AREAS, span=SPAN)
    assert dict(derived.hours.schema) == HOURS
    assert dict(derived.indicators.schema) == INDICATORS
    assert derived.hours.height == SMALL_AREAS.height * 168
    assert (derived.hours["people"].is_not_null() == (derived.hours["status"] == "shown")).all()


def test_every_figure_is_a_number_where_it_is_shown_and_none_elsewhere():
    rows = derive(small_hours(hidden=0.05, missing=0.2), SMALL_AREAS, span=SPAN).indicators
    assert ((rows["status"] == "shown") == rows["value"].is_not_null()).all()
    assert set(rows["status"].unique()) == {"shown", "hidden", "missing", "short"}
    assert rows.filter(pl.col("status") != "shown").select(pl.col("low", "high").is_not_null().any()).row(0) == (
        False,
        False,
    )


def test_units_and_periods_are_those_of_the_definitions():
    rows = derive(QUIET, SMALL_AREAS, span=SPAN).indicators
    for name, unit, period in rows.select("indicator", "unit", "period").unique().iter_rows():
        assert load_definitions()[name].unit == unit
        assert period in load_definitions()[name].periods


@pytest.mark.parametrize(
    ("gone", "status"), [(6, "shown"), (7, "short"), (24, "missing")], ids=["18 hours", "17 hours", "none"]
)
def test_a_days_mean_takes_eighteen_hours_with_data(gone, status):
    instants = [at(2, hour) for hour in range(gone)]
    kept = QUIET.filter(~((pl.col("area_code") == DISTRICTS[0]) & pl.col("interval_start").is_in(instants)))
    assert one(kept, DISTRICTS[0], "presence_mean")[1] == status
    assert one(kept, DISTRICTS[0], "peak_people")[1] == status


@pytest.mark.parametrize(
    ("indicator", "hours", "most"), [("presence_day", range(6, 18), 3), ("presence_night", [22, 23, 0, 1, 2, 3, 4], 2)]
)
def test_day_and_night_take_their_own_hours(indicator, hours, most):
    for gone, status in ((most, "shown"), (most + 1, "short"), (len(hours), "missing")):
        instants = [at(2, hour) for hour in list(hours)[:gone]]
        kept = QUIET.filter(~((pl.col("area_code") == DISTRICTS[0]) & pl.col("interval_start").is_in(instants)))
        assert one(kept, DISTRICTS[0], indicator)[1] == status


def test_one_hidden_hour_hides_every_mean_that_it_is_part_of_and_no_other():
    hours = changed(QUIET, code=DISTRICTS[0], instants=[at(2, 3)], is_hidden=True)
    assert one(hours, DISTRICTS[0], "presence_mean") == (None, "hidden")
    assert one(hours, DISTRICTS[0], "presence_night") == (None, "hidden")
    assert one(hours, DISTRICTS[0], "presence_day")[1] == "shown"
    assert one(hours, DISTRICTS[0], "net_change", day=3) == (None, "hidden")
    assert one(hours, DISTRICTS[0], "net_change", day=4)[1] == "shown"
    assert one(hours, DISTRICTS[0], "presence_mean", period="week") == (None, "hidden")
    assert one(hours, "99.01", "presence_mean")[1] == "shown"


def test_a_week_takes_five_days():
    for gone, status in ((2, "shown"), (3, "short"), (7, "missing")):
        first = at(gone, 0)
        late = QUIET.filter((pl.col("interval_start") < at(0, 0)) | (pl.col("interval_start") >= first))
        assert one(late, "99", "presence_mean", period="week")[1] == status


def test_the_usual_never_comes_from_another_weekday():
    wild = QUIET.with_columns(
        people=pl.when(pl.col("interval_start").dt.offset_by("7h").dt.weekday() == 3)
        .then(pl.col("people") * 50)
        .otherwise("people")
    )
    told, calm = figures(wild), figures(QUIET)
    other_days = [key for key in told if key[4] == "change_pct" and key[0] == "day" and key[2] != WEEK.days[2]]
    assert all(told[key]["value"] == calm[key]["value"] for key in other_days)


@pytest.mark.parametrize(
    ("shown", "hidden", "status"),
    [(3, 0, "shown"), (2, 0, "short"), (2, 1, "hidden"), (0, 2, "short"), (3, 2, "shown")],
)
def test_what_is_usual_takes_three_weeks_that_are_shown(shown, hidden, status):
    weeks = (*REFERENCE[: shown + hidden], WEEK)
    hours = small_hours(seed=3, weeks=weeks, hidden=0.0, missing=0.0)
    secret = [at(2, 5, week=week) for week in REFERENCE[:hidden]]
    hours = changed(hours, code="99.01", instants=secret, is_hidden=True)
    assert one(hours, "99.01", "change_pct", period="hour", hour=5)[1] == status
    usual = derive(hours, SMALL_AREAS, span=SPAN).hours.filter(area_code="99.01", interval_start=at(2, 5))["usual"]
    assert usual.is_not_null().item() == (status == "shown")


def test_weeks_that_are_all_alike_are_taken_to_vary_by_a_fiftieth():
    week = small_hours(seed=2, weeks=(WEEK,), hidden=0.0, missing=0.0)
    back = [week.with_columns(pl.col("interval_start") - timedelta(weeks=n)) for n in range(1, 6)]
    fuller = pl.concat([week.with_columns(pl.col("people") * 1.1), *back])
    assert one(fuller, "99", "change_pct")[0] == pytest.approx(10.0, abs=0.05)
    assert [one(fuller, "99", "robust_z", period=period) for period in ("day", "week")] == [(5.0, "shown")] * 2
    assert one(fuller, "99", "robust_z", period="hour", hour=4) == (5.0, "shown")


def test_hours_without_data_do_not_shift_the_change():
    calm = QUIET.with_columns(people=2_000.0 + 500 * pl.col("interval_start").dt.hour())
    nights = [at(2, hour) for hour in range(6)]
    kept = calm.filter(~pl.col("interval_start").is_in(nights))
    assert one(kept, "99", "change_pct")[0] == pytest.approx(0.0, abs=0.05)
    assert one(kept, "99", "presence_mean")[0] != one(calm, "99", "presence_mean")[0]


def test_mondays_net_change_is_against_the_sunday_before_though_it_is_no_reference_week():
    span = Span(week=WEEK, reference=REFERENCE[:4], now=NOW)
    slow = SlowWeek(QUIET, SMALL_AREAS, span).day_figures("99", 0)["net_change"]
    assert one(QUIET, "99", "net_change", day=0, span=span) == (as_told("net_change", slow)["value"], "shown")
    without = QUIET.filter(~pl.col("interval_start").is_between(WEEK.earlier(1).start, WEEK.start, closed="left"))
    assert one(without, "99", "net_change", day=0) == (None, "missing")


def test_of_a_week_that_runs_hours_to_come_are_not_held_against_the_coverage():
    now = at(2, 12)
    span = Span(week=WEEK, reference=REFERENCE, now=now)
    full = QUIET.filter(pl.col("interval_start") < now).with_columns(coverage=pl.lit(1.0))
    assert one(full, "99", "coverage", span=span) == (100.0, "shown")
    holed = full.filter(pl.col("interval_start") != at(2, 0))
    assert one(holed, "99", "coverage", span=span) == (round(100 * 11 / 12, 1), "shown")


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1_000))
def test_the_order_of_rows_never_matters(seed):
    hours = small_hours(seed=seed % 5, hidden=0.01, missing=0.05)
    mixed = hours.sample(fraction=1.0, shuffle=True, seed=seed)
    first, second = (derive(each, SMALL_AREAS, span=SPAN) for each in (hours, mixed))
    assert first.hours.equals(second.hours)
    assert in_order(first.indicators).equals(in_order(second.indicators))


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(SMALL_AREAS["area_code"].to_list()), st.integers(0, 6), st.integers(0, 23))
def test_hiding_an_hour_never_changes_a_shown_figure_that_does_not_use_it(code, day, hour):
    before = figures(QUIET)
    after = figures(changed(QUIET, code=code, instants=[at(day, hour)], is_hidden=True))
    for key, row in after.items():
        if row["status"] == "shown" and key[4] not in {"suppressed_share", "coverage"}:
            assert row == before[key]
        elif row["status"] != before[key]["status"]:
            assert key[1] == code
            assert row["status"] == "hidden"
            assert key[0] == "week" or key[2] in {WEEK.days[day], WEEK.days[min(day + 1, 6)]}


@pytest.mark.parametrize("code", ["99.01", "99.02.01"])
def test_restricting_to_an_area_gives_the_same_numbers_as_the_whole_report(code):
    hours = small_hours(seed=9, hidden=0.01, missing=0.05)
    inside = SMALL_AREAS.filter(pl.col("area_code").str.starts_with(code))
    part = inside.with_columns(
        parent_code=pl.when(pl.col("area_code") != code).then("parent_code"),
    )
    whole, restricted = derive(hours, SMALL_AREAS, span=SPAN), derive(hours, part, span=SPAN)
    kept = pl.col("area_code").is_in(inside["area_code"].implode())
    assert restricted.hours.equals(whole.hours.filter(kept))
    rows = [in_order(each.indicators).drop("parent_code") for each in (restricted, whole)]
    assert rows[0].equals(rows[1].filter(kept))


@settings(deadline=None)
@given(st.floats(0, 1e8), st.floats(0, 1e8), st.floats(0, 1e8))
def test_people_are_rounded_by_the_one_rule_of_the_project(number, low, width):
    given_numbers = {"n": number, "low": low, "high": low + width}
    frame = pl.DataFrame(given_numbers)
    told = frame.select(rounded(pl.col("n"), unit="people", low=pl.col("low"), high=pl.col("high"))).item()
    assert told == pytest.approx(round_people(number, low, low + width))


@pytest.mark.parametrize("unit", ["people", "percent", "score", "phones"])
def test_nothing_is_minus_zero(unit):
    frame = pl.DataFrame({"n": [-0.01 if unit != "phones" else -0.0]})
    nothing = pl.lit(None, pl.Float64)
    assert str(frame.select(rounded(pl.col("n"), unit=unit, low=nothing, high=nothing)).item()) == "0.0"
