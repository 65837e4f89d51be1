from datetime import timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from judged_crowds import EVENING, LEVELS, NOWHERE, crowds_of, local

from crowd.policy import Policy, judge_crowds
from crowd.policy.levels import THRESHOLDS

NAMES = tuple(LEVELS)
AMOUNTS = st.one_of(st.sampled_from([0.0, 0.5, 3.0, 100.0]), st.floats(0, 1e4))
FINDINGS = st.one_of(st.sampled_from([-50.0, 0.0, 3.0, 100.0]), st.floats(-1e4, 1e4))
HERE = {"lat": -6.0, "lon": 106.0, "radius_m": 20_000}
EVENING_HOURS = {"hours": "18:00-21:00"}

LEVEL = st.fixed_dictionaries({name: st.integers(0, 5) if name == "hours" else AMOUNTS for name in THRESHOLDS})
ROW = st.fixed_dictionaries(
    {
        "people": AMOUNTS,
        "people_per_km2": AMOUNTS,
        "excess": st.none() | FINDINGS,
        "score": st.none() | FINDINGS,
        "hours": st.integers(0, 6),
        "lat": st.sampled_from([-6.0, -7.0]),
        "interval_start": st.sampled_from([EVENING + timedelta(hours=n) for n in (-6, 0, 3)]),
    }
)
ROWS = st.lists(ROW, min_size=1, max_size=8)


def _rising(levels):
    """Levels by their names, each threshold in rising order."""
    columns = {name: sorted(level[name] for level in levels) for name in THRESHOLDS}
    return {level: {name: columns[name][n] for name in THRESHOLDS} for n, level in enumerate(NAMES)}


THREE = st.lists(LEVEL, min_size=3, max_size=3).map(_rising)
STRICT = {"name": "strict", **HERE, "treat": "strict", "factor": 0.3}
PLACES = st.lists(
    st.sampled_from(
        [
            STRICT,
            STRICT | {"factor": 0.9, **EVENING_HOURS},
            {"name": "square", **HERE, "treat": "capacity", "capacity": 60},
            {"name": "gate", **HERE, "treat": "ignore", **EVENING_HOURS},
        ]
    ),
    max_size=3,
)
EVENTS = st.lists(
    st.builds(
        lambda people, hour: {
            "name": "fair",
            **HERE,
            "people": people,
            "start": local(f"{hour}:00"),
            "end": local(f"{hour + 2}:00"),
        },
        st.floats(1, 5e3),
        st.sampled_from([13, 19, 20]),
    ),
    max_size=2,
)


def _with_detection(tables):
    """Where nobody knows what is usual: density decides wherever the levels ask for it."""
    lowest = tables["levels"]["waspada"]
    asks = lowest["people"] > 0 or lowest["people_per_km2"] > 0
    return tables | {"detection": {"without_usual": "density" if asks else "quiet"}}


TABLES = st.fixed_dictionaries({"levels": THREE, "places": PLACES, "events": EVENTS})
TABLES = TABLES | TABLES.map(_with_detection)


def _judged(rows, tables, **more):
    policy = Policy.model_validate({**tables, **more})
    return judge_crowds(crowds_of(*rows), policy=policy, home=NOWHERE, timezone="Asia/Jakarta", holidays=())


def _never_above(low, high):
    return all((low[name] <= high[name]).all() for name in ("rank", "kept_rank"))


@given(ROWS, TABLES, st.floats(0.01, 1))
def test_a_crowd_keeps_at_least_the_level_it_reaches(rows, tables, clear):
    judged = _judged(rows, tables, life={"clear": clear})
    assert (judged["rank"] <= judged["kept_rank"]).all()
    assert judged["kept_rank"].is_between(0, 3).all()


@given(ROWS, TABLES, THREE)
def test_raised_thresholds_never_raise_a_rank(rows, tables, more):
    raised = {
        level: {name: value + more[level][name] for name, value in tables["levels"][level].items()} for level in NAMES
    }
    assert _never_above(_judged(rows, tables, levels=raised), _judged(rows, tables))


@given(ROWS, TABLES, st.sampled_from(NAMES), st.sampled_from(THRESHOLDS), st.integers(1, 500))
def test_a_rule_that_raises_one_threshold_never_raises_a_rank(rows, tables, level, threshold, more):
    # The levels above rise with it, so that they still ask for no less.
    above = NAMES[NAMES.index(level) :]
    changes = {name: {threshold: tables["levels"][name][threshold] + more} for name in above}
    rule = {"name": "rule", "hours": "18:00-21:00", "levels": changes}
    assert _never_above(_judged(rows, tables, rules=[rule]), _judged(rows, tables))


@given(ROWS, TABLES, st.sampled_from(["people", "people_per_km2", "excess", "score", "hours"]), st.integers(0, 500))
def test_more_of_anything_never_lowers_a_rank(rows, tables, name, more):
    grown = [row | {name: None if row[name] is None else row[name] + more} for row in rows]
    assert _never_above(_judged(rows, tables), _judged(grown, tables))


@given(ROWS, TABLES, st.floats(1, 5e3))
def test_an_event_a_capacity_or_an_ignored_place_never_raises_a_rank(rows, tables, people):
    before = _judged(rows, tables)
    event = {"name": "more", **HERE, "start": local("00:00"), "end": local("23:59"), "people": people}
    permit = {"name": "permit", **HERE, "treat": "capacity", "capacity": people}
    ignored = {"name": "ignored", **HERE, "treat": "ignore"}
    assert _never_above(_judged(rows, tables, events=[*tables["events"], event]), before)
    assert _never_above(_judged(rows, tables, places=[*tables["places"], permit]), before)
    assert _never_above(_judged(rows, tables, places=[*tables["places"], ignored]), before)


@given(ROWS, TABLES, st.floats(0.01, 1))
def test_a_strict_place_never_lowers_a_rank(rows, tables, factor):
    strict = {"name": "more", **HERE, "treat": "strict", "factor": factor}
    assert _never_above(_judged(rows, tables), _judged(rows, tables, places=[*tables["places"], strict]))


@given(ROWS, TABLES, st.randoms())
def test_a_crowd_is_judged_alone_whatever_rows_stand_beside_it(rows, tables, random):
    order = list(range(len(rows)))
    random.shuffle(order)
    judged = _judged(rows, tables)
    assert _judged([rows[n] for n in order], tables).equals(judged[order])
    assert pl.concat(_judged([row], tables) for row in rows).equals(judged)
