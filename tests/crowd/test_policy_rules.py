from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from judged_crowds import EVENING, crowds_of, judge, ranks
from shapely.geometry import box

from crowd.policy import check_policy
from crowd.policy.schema import Policy
from lake.errors import RefusedInputError

JAKARTA = ZoneInfo("Asia/Jakarta")
# Under this rule the crowd of judged_crowds reaches no level at all.
DEAF = {"levels": {name: {"people": 5000} for name in ("waspada", "siaga", "awas")}}


def _rule(**conditions):
    return {"name": "deaf", **DEAF, **conditions}


def _held(*local, timezone="Asia/Jakarta", holidays=(), **conditions):
    """Whether a rule with these conditions holds at local times "2020-03-27 22:00"."""
    zone = ZoneInfo(timezone)
    starts = [datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC) for text in local]
    rows = crowds_of(*({"interval_start": start} for start in starts))
    judged = judge(rows, rules=[_rule(**conditions)], timezone=timezone, holidays=holidays)
    held = judged["rule"].is_not_null()
    assert judged["rank"].to_list() == [0 if h else 2 for h in held]
    return held.to_list()


def test_hours_include_their_start_and_exclude_their_end():
    times = [f"2020-03-27 {clock}" for clock in ("07:59", "08:00", "16:59", "17:00")]
    assert _held(*times, hours="08:00-17:00") == [False, True, True, False]


def test_hours_may_pass_midnight():
    times = [f"2020-03-27 {clock}" for clock in ("21:00", "22:00", "23:00", "00:00", "04:00", "05:00", "12:00")]
    assert _held(*times, hours="22:00-05:00") == [False, True, True, True, True, False, False]


def test_hours_after_midnight_belong_to_the_day_on_which_they_began():
    # 27 March 2020 was a Friday.
    nights = ["2020-03-27 01:00", "2020-03-27 23:00", "2020-03-28 01:00", "2020-03-28 23:00"]
    assert _held(*nights, hours="22:00-05:00", weekdays=["friday"]) == [False, True, True, False]
    assert _held(*nights, hours="22:00-05:00", to=date(2020, 3, 27)) == [True, True, True, False]


@pytest.mark.parametrize("timezone", ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Asia/Kathmandu"])
def test_hours_are_those_of_the_installation(timezone):
    assert _held("2020-03-27 08:00", "2020-03-27 07:00", timezone=timezone, hours="08:00-09:00") == [True, False]


def test_weekdays_are_local_and_holidays_are_those_given():
    week = [f"2020-03-{day} 05:00" for day in range(23, 30)]
    monday, holiday = [True] + [False] * 6, [False, False, True] + [False] * 4
    nyepi = [date(2020, 3, 25)]
    assert _held(*week, weekdays=["monday"]) == monday
    assert _held(*week, weekdays=["holiday"]) == [False] * 7
    assert _held(*week, weekdays=["holiday"], holidays=nyepi) == holiday
    assert _held(*week, weekdays=["monday", "holiday"], holidays=nyepi) == [True, False, True] + [False] * 4


def test_dates_include_the_first_and_the_last_day():
    days = [f"2020-03-{day} {clock}" for day, clock in ((25, "23:59"), (26, "00:00"), (27, "23:59"), (28, "00:00"))]
    assert _held(*days, **{"from": date(2020, 3, 26), "to": date(2020, 3, 27)}) == [False, True, True, False]


def test_every_condition_of_a_rule_must_hold():
    here = {"polygon": [[105, -7], [107, -7], [107, -5], [105, -5]], "hours": "19:00-20:00"}
    rows = [{}, {"lat": -8.0}, {"interval_start": EVENING + timedelta(hours=1)}]
    assert ranks(*rows, rules=[_rule(**here)]) == [0, 2, 2]


def test_later_rules_win_and_the_last_one_is_named():
    lower = {"name": "keen", "hours": "19:00-20:00", "levels": {"waspada": {"people": 1}}}
    rows = crowds_of({})
    first, last = (
        judge(rows, rules=[lower, _rule(hours="19:00-20:00")]),
        judge(rows, rules=[_rule(hours="19:00-20:00"), lower]),
    )
    assert [*first["rule"], *first["rank"]] == ["deaf", 0]
    assert [*last["rule"], *last["rank"]] == ["keen", 1]


def test_rules_that_together_lift_a_level_over_the_next_raise_that_one_too():
    apart = [
        {"name": "one", "hours": "19:00-20:00", "levels": {"waspada": {"people": 299}}},
        {"name": "two", "hours": "19:00-20:00", "levels": {"siaga": {"people": 120}}},
    ]
    assert ranks({"people": 150}, {"people": 299}, rules=apart) == [0, 2]


@pytest.fixture
def areas(town):
    """Two regencies beside each other, with districts in the first; villages of another numbering in its east."""
    town.areas({"99.01": box(106, -7, 108, -5), "99.010": box(108, -7, 110, -5)})
    town.areas({"99.01.05": box(106, -7, 107, -5), "99.01.06": box(107, -7, 108, -5)}, level="district")
    town.areas({"9901060001": box(107, -7, 108, -6)}, level="village")
    return town.home


@pytest.mark.parametrize(
    ("codes", "held"),
    [
        (["99.01.05"], [True, False, False, False, False]),
        (["99.01"], [True, True, True, False, False]),
        (["99"], [True, True, True, True, False]),
        (["99.01.06", "99.010"], [False, True, True, True, False]),
        (["9901060001"], [False, True, False, False, False]),
    ],
)
def test_a_code_holds_in_its_area_and_in_all_below_it(areas, codes, held):
    points = [(-6, 106.5), (-6.5, 107.5), (-5.5, 107.5), (-6, 109), (-6, 120)]
    rows = crowds_of(*({"lat": lat, "lon": lon} for lat, lon in points))
    judged = judge(rows, home=areas, rules=[_rule(areas=codes)])
    assert judged["rule"].is_not_null().to_list() == held


def _policy_for(*codes):
    levels = {name: {"people": 1} for name in ("waspada", "siaga", "awas")}
    return Policy.model_validate({"levels": levels, "rules": [_rule(areas=list(codes))]})


@pytest.mark.parametrize("code", ["99.01", "99", "99.01.06", "9901060001"])
def test_a_code_that_is_loaded_itself_or_has_areas_below_it_is_fine(areas, code):
    check_policy(_policy_for(code), home=areas)


@pytest.mark.parametrize("code", ["99.1", "99.02", "99.01.05.2001", "99.0"])
def test_a_code_that_no_loaded_area_has_is_refused_and_named(areas, code):
    with pytest.raises(RefusedInputError, match=rf"rule 'deaf' names the area {code}, but no loaded area"):
        check_policy(_policy_for("99.01", code), home=areas)


def test_a_rule_with_areas_is_refused_while_none_are_loaded(town):
    with pytest.raises(RefusedInputError, match=r"rule 'deaf' names the area 99\.01, but no areas are loaded"):
        check_policy(_policy_for("99.01"), home=town.home)
    with pytest.raises(RefusedInputError, match="no areas are loaded"):
        ranks({}, home=town.home, rules=[_rule(areas=["99.01"])])
