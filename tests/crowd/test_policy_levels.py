import numpy as np
import pytest
from judged_crowds import crowds_of, judge, ranks


def test_a_crowd_reaches_the_level_of_which_every_threshold_is_passed():
    one_short = [
        {name: value} for name, value in {"people": 299, "people_per_km2": 19, "excess": 239, "score": 4.9}.items()
    ]
    assert ranks({}, *one_short) == [2, 1, 1, 1, 1]


def test_a_level_with_hours_waits_for_them():
    big = {"people": 9000, "people_per_km2": 90, "excess": 9000, "score": 9}
    assert ranks(big | {"hours": 1}, big | {"hours": 2}, big | {"hours": 3}) == [2, 3, 3]


def test_no_hours_and_one_hour_both_mean_at_once():
    rule = {"name": "slow", "hours": "00:00-24:00", "levels": {"awas": {"hours": 9}, "siaga": {"hours": 1}}}
    assert ranks({"hours": 0}, {"hours": 1}, rules=[rule]) == [2, 2]


def test_a_crowd_keeps_a_level_down_to_its_share_of_the_thresholds_whatever_its_hours():
    shrunk = {"people": 540, "people_per_km2": 24, "excess": 432, "score": 3.6}
    rows = crowds_of(shrunk, shrunk | {"people": 539}, shrunk | {"score": 2.9})
    judged = judge(rows, life={"clear": 0.6})
    assert judged["kept_rank"].to_list() == [3, 2, 1]
    assert judged["rank"].to_list() == [0, 0, 0]


@pytest.mark.parametrize("unknown", [None, np.nan])
def test_without_a_usual_nothing_is_raised(unknown):
    huge = {"people": 1e6, "people_per_km2": 1e6, "hours": 9}
    judged = judge(crowds_of(huge | {"excess": unknown, "score": unknown}, huge | {"score": unknown}))
    assert judged["rank"].to_list() == judged["kept_rank"].to_list() == [0, 0]


def test_without_a_usual_people_and_their_density_decide_where_the_policy_says_so():
    unknown = {"excess": None, "score": None}
    rows = [unknown, unknown | {"people": 299}, unknown | {"people_per_km2": 19}, {"excess": 79}]
    assert ranks(*rows, detection={"without_usual": "density"}) == [2, 1, 1, 0]


def test_what_is_known_of_a_crowd_stays_beside_the_verdict_in_the_same_order():
    rows = crowds_of({"crowd": 7, "people": 9}, {"crowd": 3}, {"crowd": 5})
    judged = judge(rows)
    assert judged.select(rows.columns).equals(rows)
    told = [name for name in judged.drop(rows.columns).schema.names() if not name.startswith("least_")]
    assert told == [
        "rank", "size_rank", "kept_rank", "rule", "place", "event", "expected", "is_ignored",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "tables", [{}, {"places": [{"name": "x", "lat": 0, "lon": 0, "radius_m": 9, "treat": "ignore"}]}]
)
def test_no_crowds_are_judged_in_the_same_columns(tables):
    full, empty = judge(crowds_of({}), **tables), judge(crowds_of(), **tables)
    assert empty.schema == full.schema
    assert empty.height == 0
