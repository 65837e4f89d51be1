"""How full each kind of place is at each hour of the week."""

from dataclasses import dataclass

import numpy as np

from crowd.simulator.city import Floats
from crowd.simulator.parts import Kind

SATURDAY, SUNDAY = 5, 6


@dataclass(frozen=True)
class Rhythm:
    """The day of a kind of place, in local hours, and how full it gets by kind of day (1: its busiest).

    It fills smoothly from `opens` to `full_from`, empties from `full_until` to `closes`, and never holds less
    than `night`.
    """

    opens: float
    full_from: float
    full_until: float
    closes: float
    weekday: float
    saturday: float
    sunday: float
    night: float = 0.0


RHYTHMS: dict[Kind, Rhythm] = {
    "office": Rhythm(6.5, 9.0, 16.0, 18.5, weekday=1.0, saturday=0.25, sunday=0.06),
    "industry": Rhythm(5.5, 7.5, 15.5, 17.5, weekday=1.0, saturday=0.6, sunday=0.15, night=0.12),
    "mall": Rhythm(9.5, 17.0, 20.0, 22.5, weekday=0.45, saturday=1.0, sunday=0.95),
    "market": Rhythm(3.5, 6.5, 9.0, 14.0, weekday=0.7, saturday=0.9, sunday=1.0),
    "square": Rhythm(15.0, 18.5, 20.5, 23.5, weekday=0.5, saturday=1.0, sunday=0.9, night=0.03),
    "stadium": Rhythm(5.5, 7.0, 17.0, 19.0, weekday=0.4, saturday=0.8, sunday=1.0),
    "harbour": Rhythm(3.5, 7.0, 16.0, 20.0, weekday=1.0, saturday=0.9, sunday=0.6, night=0.1),
}


def presence(kind: Kind, *, weekday: int) -> Floats:
    """Return how full a kind of place is at the 24 local hours of a day, 0 to 1, taken at the half hours.

    Args:
        kind: of the place.
        weekday: 0 for Monday to 6 for Sunday, whose hours holidays keep too.
    """
    rhythm = RHYTHMS[kind]
    level = {SATURDAY: rhythm.saturday, SUNDAY: rhythm.sunday}.get(weekday, rhythm.weekday)
    half_hours = np.arange(0.5, 24, dtype=np.float64)
    filling = _smooth_step(half_hours, start=rhythm.opens, end=rhythm.full_from)
    emptying = _smooth_step(half_hours, start=rhythm.full_until, end=rhythm.closes)
    return np.maximum(rhythm.night, level * (filling - emptying))


def _smooth_step(hours: Floats, *, start: float, end: float) -> Floats:
    part: Floats = np.clip((hours - start) / (end - start), 0, 1)
    return part * part * (3 - 2 * part)
