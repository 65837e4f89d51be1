from datetime import UTC, datetime, timedelta

import pytest
from judged_crowds import EVENING, LEVELS, crowds_of, judge, local, ranks

HERE = {"lat": -6.0, "lon": 106.0, "radius_m": 500}
IGNORED = {"name": "terminal", **HERE, "treat": "ignore"}
STADIUM = {"name": "stadium", **HERE, "treat": "capacity", "capacity": 100}
HOSPITAL = {"name": "hospital", **HERE, "treat": "strict", "factor": 0.5}
FAIR = {"name": "fair", **HERE, "start": local("19:00"), "end": local("21:00"), "people": 150}
BIG = {"people": 1200, "people_per_km2": 90, "excess": 1200, "score": 12, "hours": 5}


def test_nothing_is_raised_or_kept_at_an_ignored_place():
    judged = judge(crowds_of(BIG, BIG | {"lat": -6.01}), places=[IGNORED])
    assert judged.select("rank", "kept_rank", "is_ignored", "place").rows() == [
        (0, 0, True, "terminal"),
        (3, 3, False, None),
    ]


@pytest.mark.parametrize(("north_m", "is_there"), [(0, True), (495, True), (505, False)])
def test_a_circle_reaches_as_far_as_its_radius(north_m, is_there):
    rows = crowds_of({"lat": -6 + north_m / 111_195})
    assert judge(rows, places=[IGNORED])["is_ignored"].to_list() == [is_there]


def test_a_place_may_be_an_outline_and_hold_at_some_hours_only():
    ground = {"polygon": [[105.9, -6.1], [106.1, -6.1], [106.1, -5.9]], "hours": "19:00-20:00"}
    place = {"name": "yard", "treat": "ignore", **ground}
    rows = [{"lat": -6.05, "lon": 106.08}, {"lat": -5.92, "lon": 105.92}]
    later = rows[0] | {"interval_start": EVENING + timedelta(hours=1)}
    assert judge(crowds_of(*rows, later), places=[place])["is_ignored"].to_list() == [True, False, False]


def test_only_people_above_a_capacity_count():
    enough = {"people": 400, "excess": 340, "score": 50}
    rows = [enough, enough | {"people": 399}, enough | {"excess": 339}]
    assert ranks(*rows, places=[STADIUM]) == [2, 1, 1]


def test_the_score_shrinks_with_the_excess_that_was_planned():
    # 300 of 400 are above the capacity: a score of 8 becomes 6.
    rows = [{"people": 1000, "excess": 400, "score": score} for score in (6.67, 6.66)]
    assert ranks(*rows, places=[STADIUM]) == [2, 1]


def test_a_surprise_with_nothing_above_the_plan_is_none():
    by_score = {name: {"score": level["score"]} for name, level in LEVELS.items()}
    rows = [{"excess": excess, "score": 50} for excess in (-1, 0, 100, 101)]
    assert ranks(*rows, levels=by_score) == [3, 3, 3, 3]
    assert ranks(*rows, levels=by_score, places=[STADIUM]) == [0, 0, 0, 0]
    assert ranks({"excess": 200, "score": 50}, levels=by_score, places=[STADIUM]) == [3]


def test_a_threshold_of_nothing_is_passed_by_fewer_people_than_were_planned():
    nothing = {name: {} for name in LEVELS}
    assert ranks({"people": 5, "excess": -3, "score": -1}, levels=nothing, places=[STADIUM]) == [3]


def test_less_is_asked_for_at_a_strict_place():
    half = {"people": 150, "people_per_km2": 10, "excess": 120, "score": 2.5}
    assert ranks(half, half | {"lat": -6.1}, places=[HOSPITAL]) == [2, 0]
    assert ranks(BIG | {"hours": 1}, places=[HOSPITAL]) == [2]
    assert ranks(half, places=[HOSPITAL, HOSPITAL | {"factor": 0.9}]) == [2]


def test_of_several_places_each_counts_and_all_are_named():
    larger = STADIUM | {"name": "square", "capacity": 900}
    judged = judge(crowds_of(BIG), places=[larger, STADIUM, HOSPITAL])
    assert judged.select("place", "expected", "rank").rows() == [("square, stadium, hospital", 900.0, 2)]
    assert judge(crowds_of(BIG), places=[IGNORED, HOSPITAL])["rank"].to_list() == [0]


def test_only_people_above_the_plan_of_an_event_count_while_it_lasts():
    hours = [EVENING + timedelta(hours=n) for n in (-1, 0, 1, 2)]
    judged = judge(crowds_of(*({"interval_start": hour} for hour in hours)), events=[FAIR])
    assert judged["expected"].to_list() == [0, 150, 150, 0]
    assert judged["event"].to_list() == [None, "fair", "fair", None]
    assert judged["rank"].to_list() == [2, 0, 0, 2]


def test_an_event_holds_in_every_hour_that_it_touches():
    short = FAIR | {"start": local("19:50"), "end": local("20:10")}
    hours = [EVENING + timedelta(hours=n) for n in (-1, 0, 1, 2)]
    judged = judge(crowds_of(*({"interval_start": hour} for hour in hours)), events=[short])
    assert judged["event"].is_not_null().to_list() == [False, True, True, False]


def test_an_event_with_an_offset_means_that_instant_wherever_it_is_judged():
    event = FAIR | {"start": datetime(2020, 3, 29, 12, tzinfo=UTC), "end": datetime(2020, 3, 29, 13, tzinfo=UTC)}
    for timezone in ("Asia/Jakarta", "Asia/Jayapura"):
        assert judge(crowds_of({}), events=[event], timezone=timezone)["expected"].to_list() == [150]
        assert judge(crowds_of({}), events=[FAIR], timezone=timezone)["expected"].to_list() == [
            150 if timezone == "Asia/Jakarta" else 0
        ]


def test_events_add_up_and_a_capacity_is_not_added_to_them():
    two = [FAIR, FAIR | {"name": "market", "people": 50}]
    judged = judge(crowds_of(BIG), events=two, places=[STADIUM])
    assert judged.select("event", "expected").rows() == [("fair, market", 200.0)]
    assert judge(crowds_of(BIG), events=two, places=[STADIUM | {"capacity": 700}])["expected"].to_list() == [700]
