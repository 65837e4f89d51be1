"""A week's flow indicators, against what anybody would compute by hand."""

from datetime import date, timedelta
from statistics import mean, median

import pytest
from flow_isles import REFERENCE, WEEK, full_day

from crowd.mobility.hierarchy import read_tree
from crowd.mobility.model import INDICATORS

SIZE = 5
MONDAY = WEEK.monday


@pytest.fixture(scope="module")
def weeks(make_isles):
    """Five weeks of flows between all districts, some more each week and each day."""
    isles = make_isles()
    for week in (*REFERENCE, WEEK):
        for number, day in enumerate(week.days):
            isles.day(day, _flows(day, number))
    return isles


def _flows(day, number):
    return full_day(SIZE, phones=100 + 7 * number + day.isocalendar().week ** 2 % 13, inside=900 + 20 * number)


def _out(day, i):
    flows = _flows(day, day.weekday())
    return sum(flows[i, j] for j in range(SIZE) if j != i)


def _in(day, i):
    flows = _flows(day, day.weekday())
    return sum(flows[j, i] for j in range(SIZE) if j != i)


def _share(day, i):
    inside = _flows(day, day.weekday())[i, i]
    return round(100 * inside / (inside + _out(day, i)), 1)


def _usual(figure, day, i):
    return median(figure(day - timedelta(weeks=n), i) for n in (1, 2, 3, 4))


def test_flows_of_a_day_are_sums_over_other_areas(weeks):
    came, left, net = (weeks.told(name) for name in ("flow_in", "flow_out", "flow_net"))
    for i, code in enumerate(weeks.districts):
        for day in WEEK.days:
            assert came[code, day] == _in(day, i)
            assert left[code, day] == _out(day, i)
            assert net[code, day] == _in(day, i) - _out(day, i)


def test_the_share_inside_is_of_those_who_set_out_there(weeks):
    share = weeks.told("flow_inside_share")
    assert share[weeks.districts[2], MONDAY] == _share(MONDAY, 2)


def test_areas_reached_are_those_with_flows_out_that_are_shown(weeks):
    assert set(weeks.told("flow_areas_reached").values()) == {SIZE - 1}


def test_a_change_is_against_the_median_of_the_same_weekday(weeks):
    came, share, net = (weeks.told(name) for name in ("flow_in_change_pct", "flow_inside_change_pp", "flow_net_change"))
    for i, code in enumerate(weeks.districts):
        for day in WEEK.days:
            assert came[code, day] == pytest.approx(100 * (_in(day, i) / _usual(_in, day, i) - 1), abs=0.051)
            assert share[code, day] == pytest.approx(_share(day, i) - _usual(_share, day, i), abs=0.051)
            usual = _usual(lambda day, i: _in(day, i) - _out(day, i), day, i)
            assert net[code, day] == pytest.approx(_in(day, i) - _out(day, i) - usual)


def test_the_week_is_the_mean_of_its_days(weeks):
    came, change = weeks.told("flow_in", period="week"), weeks.told("flow_in_change_pct", period="week")
    for i, code in enumerate(weeks.districts):
        assert came[code] == pytest.approx(mean(_in(day, i) for day in WEEK.days))
        usual = sum(_usual(_in, day, i) for day in WEEK.days)
        assert change[code] == pytest.approx(100 * (sum(_in(day, i) for day in WEEK.days) / usual - 1), abs=0.051)


def test_rows_are_of_the_contract_of_indicators_at_the_level_of_the_flows(weeks):
    rows = weeks.indicators()
    assert dict(rows.schema) == INDICATORS
    assert rows["level"].unique().to_list() == ["district"]
    assert rows["period"].unique().sort().to_list() == ["day", "week"]
    assert (rows["status"] == "shown").all()


def test_a_report_of_one_area_shows_the_same_numbers(weeks):
    tree = read_tree(weeks.home)
    alone = weeks.told("flow_out", tree=tree.restricted(weeks.districts[1]))
    everything = weeks.told("flow_out")
    assert alone == {key: value for key, value in everything.items() if key[0] == weeks.districts[1]}
    assert weeks.indicators(tree=tree.down_to("regency")).is_empty()


def test_without_flows_there_are_no_rows(isles):
    assert isles.indicators().is_empty()
    assert dict(isles.indicators().schema) == INDICATORS


def test_fewer_than_five_days_make_no_week_and_fewer_than_three_weeks_no_usual(isles):
    for day in WEEK.days[:4]:
        isles.day(day, full_day(SIZE))
    rows = isles.indicators()
    statuses = {
        (period, name): set(rows.filter(period=period, indicator=name)["status"])
        for period in ("day", "week")
        for name in ("flow_in", "flow_in_change_pct")
    }
    assert statuses == {
        ("day", "flow_in"): {"shown", "missing"},
        ("day", "flow_in_change_pct"): {"short", "missing"},
        ("week", "flow_in"): {"short"},
        ("week", "flow_in_change_pct"): {"short"},
    }


def test_operators_are_summed_before_k_is_tested(isles):
    """Each of two operators sends ten between two islands, which both together are enough for."""
    for operator in ("alun", "nusa"):
        isles.day(MONDAY, {**full_day(SIZE), (0, 1): 10}, operator=operator, k=10)
    assert isles.told("flow_areas_reached")[isles.districts[0], MONDAY] == SIZE - 1


def test_what_rests_on_fewer_than_k_is_hidden_and_says_so(isles):
    flows = {**full_day(SIZE), **{(0, j): 3 if j else 800 for j in range(SIZE)}}
    isles.day(MONDAY, flows, k=1)
    rows = isles.indicators().filter(period="day", date=MONDAY, area_code=isles.districts[0])
    statuses = dict(rows.select("indicator", "status").iter_rows())
    assert statuses["flow_out"] == statuses["flow_net"] == statuses["flow_inside_share"] == "hidden"
    assert statuses["flow_areas_reached"] == statuses["flow_out_change_pct"] == "hidden"


def test_hours_are_means_over_the_hours_and_their_phones_are_not_added_up_for_k(isles):
    """Ten phones may come back each hour: they are ten, however many hours are added up."""
    header = "interval_start,from_area,to_area,devices,interval_minutes"
    rows = [
        (f"2020-03-30T{hour:02}:00+07:00", isles.districts[i], isles.districts[j], 5 if i == 0 else phones, 60)
        for hour in (7, 8)
        for (i, j), phones in full_day(SIZE).items()
    ]
    isles.load_rows(rows, header=header, k=1)
    out = isles.told("flow_out", k=21)
    assert out[isles.districts[0], MONDAY] is None
    assert isles.told("flow_out", k=20)[isles.districts[1], MONDAY] == _full_out(1)


def _full_out(i):
    return sum(phones for (start, end), phones in full_day(SIZE).items() if start == i != end)


def test_a_day_is_told_by_the_clock_of_its_own_zone(make_isles):
    """Midnight in the east is the evening before in the west: it is the same day."""
    isles = make_isles()
    rows = [
        ("2020-03-30T00:00+09:00", isles.districts[i], isles.districts[j], n) for (i, j), n in full_day(SIZE).items()
    ]
    isles.load_rows(rows)
    days = {day for (_, day), value in isles.told("flow_out").items() if value is not None}
    assert days == {date(2020, 3, 30)}
