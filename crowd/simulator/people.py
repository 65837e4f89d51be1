"""Where the people of the synthetic city are, hour by hour: at home, at places, at gatherings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from crowd.simulator.attendance import attendance
from crowd.simulator.city import City, Floats
from crowd.simulator.hours import weekday_of
from crowd.simulator.rhythm import presence
from crowd.simulator.scenario import BUSIEST_DAY_FACTOR, Scenario
from crowd.simulator.streams import stream
from crowd.simulator.venues import shares_of_gatherings, shares_of_places

HOURS_PER_DAY = 24
WHOLE_DAY = range(HOURS_PER_DAY)
PLACE_NOISE = 0.06  # standard deviation of the logarithm, from day to day
HEXAGON_NOISE = 0.04

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Settlement:
    """How people spread over hexagons when they are somewhere; every row adds up to one.

    Attributes:
        homes: share of residents per hexagon, shape (hexagons,).
        places: share of a place's people per hexagon, shape (places, hexagons).
        gatherings: share of a gathering's people per hexagon, shape (gatherings, hexagons).
    """

    homes: Floats
    places: Floats
    gatherings: csr_array


def settle(city: City, *, scenario: Scenario, homes: Floats) -> Settlement:
    """Give every hexagon its residents and its part of places and gatherings."""
    return Settlement(
        homes=homes,
        places=shares_of_places(city, places=scenario.places),
        gatherings=shares_of_gatherings(city, scenario=scenario),
    )


def people_of_day(
    settlement: Settlement, *, scenario: Scenario, day: date, hours: Sequence[int] = WHOLE_DAY, seed: int
) -> Counts:
    """Return people per local hour and hexagon, shape (hours, hexagons); each hour adds up to the town's people.

    Those who are at a place or a gathering are missing at home, in every hexagon by the same share.
    """
    in_places = people_in_places(scenario, day=day, noise=stream(seed, "places", day.isoformat()))[list(hours)]
    noise = stream(seed, "hexagons", day.isoformat())
    texture = np.exp(HEXAGON_NOISE * noise.standard_normal(settlement.homes.size))
    at_gatherings = attendance(scenario, day=day)[list(hours)]
    elsewhere = in_places @ _tilted(settlement.places, texture)
    at_home = scenario.town.people - in_places.sum(axis=1) - at_gatherings.sum(axis=1)
    expected = at_home[:, None] * _tilted(settlement.homes, texture) + elsewhere
    usual = _whole(expected, totals=scenario.town.people - at_gatherings.sum(axis=1))
    for gathering in np.flatnonzero(at_gatherings.any(axis=0)):
        there = slice(*settlement.gatherings.indptr[gathering : gathering + 2])
        hexagons, shares = settlement.gatherings.indices[there], settlement.gatherings.data[there]
        at_this = at_gatherings[:, gathering]
        usual[:, hexagons] += _whole(at_this[:, None] * shares, totals=at_this)
    return usual


def people_in_places(scenario: Scenario, *, day: date, noise: np.random.Generator) -> Floats:
    """Return people per hour of a day and place, shape (24, places); `noise` is that of the day."""
    weekday = weekday_of(scenario, day=day)
    usual = [place.people * presence(place.kind, weekday=weekday) for place in scenario.places]
    of_day = np.exp(PLACE_NOISE * noise.standard_normal(len(usual)))
    per_hour: Floats = np.reshape(usual, (len(usual), HOURS_PER_DAY)).T
    return per_hour * np.minimum(of_day, BUSIEST_DAY_FACTOR)


def _tilted(shares: Floats, texture: Floats) -> Floats:
    tilted: Floats = shares * texture
    tilted /= tilted.sum(axis=-1, keepdims=True)
    return tilted


def _whole(expected: Floats, *, totals: Counts) -> Counts:
    """Round each row to whole people that add up to its total (largest remainders first)."""
    whole: Counts = np.floor(expected).astype(np.int64)
    missing = totals - whole.sum(axis=1)
    largest_first = np.argsort(whole - expected, axis=1, kind="stable")
    rank = np.argsort(largest_first, axis=1, kind="stable")
    whole += rank < missing[:, None]
    return whole
