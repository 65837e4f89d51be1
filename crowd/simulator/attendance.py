"""How many people are at each gathering, hour by hour."""

from datetime import date, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from crowd.simulator.city import Floats
from crowd.simulator.parts import Gathering
from crowd.simulator.scenario import Scenario

LEAVING_HOURS = 1.0


def attendance(scenario: Scenario, *, day: date) -> NDArray[np.int64]:
    """Return whole people per local hour of a day and gathering, shape (24, gatherings)."""
    midnight = datetime.combine(day, time.min)
    columns = [_of_gathering(gathering, midnight=midnight) for gathering in scenario.gatherings]
    return np.reshape(columns, (len(columns), 24)).T.astype(np.int64)


def _of_gathering(gathering: Gathering, *, midnight: datetime) -> Floats:
    """Take people at the half hours, as they arrive and leave evenly."""
    half_hours = np.arange(24) + 0.5
    since_start = half_hours - (gathering.start - midnight) / timedelta(hours=1)
    until_end = (gathering.end - midnight) / timedelta(hours=1) - half_hours
    arrived, staying = since_start / gathering.ramp_hours, until_end / LEAVING_HOURS
    present: Floats = np.clip(np.minimum(arrived, staying), 0, 1)
    return np.rint(gathering.people * present)
