"""Places and gatherings that a scenario only counts: drawn by the seed over the town, then like any other."""

from datetime import datetime

import numpy as np

from crowd.simulator.city import City, Floats, points_moved
from crowd.simulator.hours import days_of
from crowd.simulator.options import WEEKDAYS, DrawnPlaces, Recurring
from crowd.simulator.parts import Gathering, Place
from crowd.simulator.scenario import Scenario
from crowd.simulator.streams import stream

OFF_CENTRE_M = 90.0


def drawn_out(scenario: Scenario, *, city: City, homes: Floats, seed: int) -> Scenario:
    """Return a scenario whose drawn places are places, and whose recurring gatherings are gatherings of each day.

    Points are drawn where people live; the same name and seed give the same points.

    Args:
        scenario: as it was read.
        city: the hexagons.
        homes: share of residents per hexagon.
        seed: of the simulation.
    """
    places = [place for drawn in scenario.drawn_places for place in _places(drawn, city=city, homes=homes, seed=seed)]
    gatherings = [
        gathering
        for recurring in scenario.recurring
        for gathering in _gatherings(recurring, scenario=scenario, city=city, homes=homes, seed=seed)
    ]
    return scenario.model_copy(
        update={
            "places": scenario.places + tuple(places),
            "gatherings": scenario.gatherings + tuple(gatherings),
            "drawn_places": (),
            "recurring": (),
        }
    )


def _places(drawn: DrawnPlaces, *, city: City, homes: Floats, seed: int) -> list[Place]:
    lat, lon = _drawn_points(drawn.count, city=city, homes=homes, noise=stream(seed, "drawn places", drawn.name))
    usual = {"kind": drawn.kind, "radius_m": drawn.radius_m, "people": drawn.people}
    return [
        Place.model_validate({"name": f"{drawn.name} {number}", "lat": there_lat, "lon": there_lon, **usual})
        for number, (there_lat, there_lon) in enumerate(zip(lat, lon, strict=True), start=1)
    ]


def _gatherings(recurring: Recurring, *, scenario: Scenario, city: City, homes: Floats, seed: int) -> list[Gathering]:
    """Return one gathering per day of the scenario on which it meets, and point."""
    days = [day for day in days_of(scenario) if WEEKDAYS[day.weekday()] in recurring.weekdays]
    usual = {"radius_m": recurring.radius_m, "people": recurring.people, "ramp_hours": recurring.ramp_hours}
    return [
        Gathering.model_validate(
            {
                **spot,
                "start": datetime.combine(day, recurring.start),
                "end": datetime.combine(day, recurring.end),
                **usual,
            }
        )
        for spot in _spots(recurring, city=city, homes=homes, seed=seed)
        for day in days
    ]


def _spots(recurring: Recurring, *, city: City, homes: Floats, seed: int) -> list[dict[str, object]]:
    """Return name and place or point of each spot at which a recurring gathering meets."""
    if recurring.count is None:
        spot = recurring.model_dump(include={"name", "place", "lat", "lon"})
        return [spot]
    noise = stream(seed, "recurring", recurring.name)
    lat, lon = _drawn_points(recurring.count, city=city, homes=homes, noise=noise)
    return [
        {"name": f"{recurring.name} {number}", "lat": there_lat, "lon": there_lon}
        for number, (there_lat, there_lon) in enumerate(zip(lat, lon, strict=True), start=1)
    ]


def _drawn_points(count: int, *, city: City, homes: Floats, noise: np.random.Generator) -> tuple[Floats, Floats]:
    """Return points a little off the centres of hexagons drawn by their residents."""
    chosen = noise.choice(city.hexes.size, size=count, p=homes)
    east_m, north_m = noise.uniform(-OFF_CENTRE_M, OFF_CENTRE_M, size=(2, count))
    return points_moved(city.lat[chosen], city.lon[chosen], east_m=east_m, north_m=north_m)
