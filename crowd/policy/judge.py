"""Judging crowds: which level each one reaches, and which it would keep."""

from collections.abc import Collection, Mapping
from datetime import date

import numpy as np
import polars as pl

from crowd.policy.areas import check_policy
from crowd.policy.levels import AMOUNTS, LEVELS, THRESHOLDS
from crowd.policy.scene import Scene, all_names, find_scene, last_name
from crowd.policy.schema import Policy
from crowd.policy.when import Bools
from crowd.policy.where import Floats
from lake.home import Home


def judge_crowds(
    crowds: pl.DataFrame, *, policy: Policy, home: Home, timezone: str, holidays: Collection[date]
) -> pl.DataFrame:
    """Judge whole crowds by the policy, one row per crowd and interval; rows and their order stay.

    A crowd reaches a level when it passes every threshold of that level and of the levels below it. A threshold
    that is raised therefore never raises a rank, and more people, excess or score never lower one.

    Args:
        crowds: interval_start (UTC), lat, lon (degrees, of its centre), people, people_per_km2, excess and score
            (null where nobody knows what is usual), hours (in a row that it has been there, this one included),
            and any other columns.
        policy: the thresholds.
        home: whose areas.
        timezone: local time of rules, places and events.
        holidays: local dates of public holidays.

    Returns:
        The same with rank (0 normal to 3 awas), size_rank (what it would be after any number of hours), kept_rank
        (the level that it would keep by the share `clear` of the
        thresholds of size and surprise; never below rank, and without asking for hours), rule (the last one that
        held), place and event (all that held, with commas between), expected (people planned or permitted) and
        is_ignored; and least_people_waspada and so on, what each level asks there and then.

    Raises:
        RefusedInputError: a rule names an area that is not loaded.
    """
    check_policy(policy, home=home)
    scene = find_scene(crowds, policy=policy, home=home, timezone=timezone, holidays=holidays)
    expected, is_ignored = _expected(crowds, policy, scene), _is_ignored(crowds, policy, scene)
    asked, had = _asked(crowds, policy, scene), _had(crowds, expected)
    is_judged = ~is_ignored & (_is_usual_known(crowds) | (policy.detection.without_usual == "density"))
    keeping = {name: asked[name] * policy.life.clear for name in AMOUNTS}
    sizes = {name: asked[name] for name in AMOUNTS}
    return crowds.with_columns(
        *_least(asked),
        rank=pl.Series(_rank(had, asked) * is_judged, dtype=pl.Int32),
        size_rank=pl.Series(_rank(had, sizes) * is_judged, dtype=pl.Int32),
        kept_rank=pl.Series(_rank(had, keeping) * is_judged, dtype=pl.Int32),
        rule=last_name([rule.name for rule in policy.rules], scene.rules, count=crowds.height),
        place=all_names([place.name for place in policy.places], scene.places, count=crowds.height),
        event=all_names([event.name for event in policy.events], scene.events, count=crowds.height),
        expected=pl.Series(expected),
        is_ignored=pl.Series(is_ignored),
    )


def _asked(crowds: pl.DataFrame, policy: Policy, scene: Scene) -> dict[str, Floats]:
    """What each level asks of each crowd: shape (3, n) by threshold, never falling from level to level."""
    levels = policy.levels.by_name().values()
    asked = {
        name: np.repeat([[float(getattr(level, name))] for level in levels], crowds.height, axis=1)
        for name in THRESHOLDS
    }
    for rule, holds in zip(policy.rules, scene.rules, strict=True):
        for level, name, value in rule.changes():
            asked[name][LEVELS.index(level), holds] = value
    factor = np.ones(crowds.height)
    for place, holds in zip(policy.places, scene.places, strict=True):
        factor[holds] = np.minimum(factor[holds], place.factor or 1)
    # Rules are tested one by one, but two of them together can lift a level above the next one.
    rising = {name: np.maximum.accumulate(values, axis=0) for name, values in asked.items()}
    return {name: values * factor if name in AMOUNTS else values for name, values in rising.items()}


def _least(asked: Mapping[str, Floats]) -> list[pl.Series]:
    """What each level asks of each crowd, as columns."""
    return [
        pl.Series(f"least_{name}_{level}", values[number])
        for name, values in asked.items()
        for number, level in enumerate(LEVELS)
    ]


def _had(crowds: pl.DataFrame, expected: Floats) -> dict[str, Floats]:
    """What each crowd has above the plan, shape (n,) by threshold; without end where nobody can know."""
    people, people_per_km2, excess, score = (_column(crowds, name) for name in AMOUNTS)
    planned = np.divide(np.minimum(expected, excess), excess, out=(expected > 0).astype(float), where=excess > 0)
    surprise = np.where(planned < 1, np.maximum(score, 0) * np.where(planned < 1, 1 - planned, 1), 0)
    is_known = _is_usual_known(crowds)
    return {
        "people": np.maximum(people - expected, 0),
        "people_per_km2": np.maximum(people_per_km2, 0),
        "excess": np.where(is_known, np.maximum(excess - expected, 0), np.inf),
        "score": np.where(is_known, surprise, np.inf),
        "hours": np.maximum(_column(crowds, "hours"), 1),
    }


def _rank(had: Mapping[str, Floats], asked: Mapping[str, Floats]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The number of levels of which every threshold is passed, shape (n,)."""
    passes = np.logical_and.reduce([had[name] >= asked[name] for name in asked])
    return np.asarray(passes.sum(axis=0))


def _expected(crowds: pl.DataFrame, policy: Policy, scene: Scene) -> Floats:
    """People planned or permitted where and when each crowd is, shape (n,)."""
    planned, permitted = np.zeros(crowds.height), np.zeros(crowds.height)
    for event, holds in zip(policy.events, scene.events, strict=True):
        planned[holds] += event.people
    for place, holds in zip(policy.places, scene.places, strict=True):
        permitted[holds] = np.maximum(permitted[holds], place.capacity or 0)
    # A permit is for the guests of the events held there: adding the two would count these guests twice.
    return np.maximum(planned, permitted)


def _is_ignored(crowds: pl.DataFrame, policy: Policy, scene: Scene) -> Bools:
    ignored = np.zeros(crowds.height, dtype=np.bool_)
    for place, holds in zip(policy.places, scene.places, strict=True):
        ignored |= holds & (place.treat == "ignore")
    return ignored


def _is_usual_known(crowds: pl.DataFrame) -> Bools:
    return ~(np.isnan(_column(crowds, "excess")) | np.isnan(_column(crowds, "score")))


def _column(crowds: pl.DataFrame, name: str) -> Floats:
    """A column as numbers, with NaN for null: a comparison with it is never passed."""
    return crowds[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
