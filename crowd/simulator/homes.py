"""Where the residents of the synthetic city sleep: neighbourhoods, thinner towards the edge."""

import numpy as np

from crowd.simulator.city import City, Floats, distances_m
from crowd.simulator.scenario import Scenario, Town
from crowd.simulator.streams import stream

SCATTERED = 0.9  # density of homes in the town's middle against that in the middle of a usual neighbourhood
TAKEN_BY_WORK = 0.6  # of the homes that would else stand in the middle of offices and factories


def shares_of_homes(city: City, *, scenario: Scenario, seed: int) -> Floats:
    """Return the share of residents per hexagon, shape (hexagons,).

    Neighbourhoods of lognormal size lie around the centre; a lognormal texture makes neighbours differ.
    """
    noise = stream(seed, "homes")
    closeness = _closeness(city, town=scenario.town)
    density = _neighbourhoods(city, town=scenario.town, closeness=closeness, noise=noise)
    density += SCATTERED * closeness
    density *= 1 - TAKEN_BY_WORK * _work(city, scenario=scenario)
    density *= noise.lognormal(0, 0.35, size=city.hexes.size)
    density /= density.sum()
    return density


def _extent_m(town: Town) -> float:
    return 500 * float(np.sqrt(town.width_km * town.height_km))


def _closeness(city: City, *, town: Town) -> Floats:
    """Return 1 in the town's middle, falling with the distance."""
    away_m = distances_m(city.lat, city.lon, to_lat=np.array([town.lat]), to_lon=np.array([town.lon]))
    closeness: Floats = np.exp(-away_m[:, 0] / (0.45 * _extent_m(town)))
    return closeness


def _neighbourhoods(city: City, *, town: Town, closeness: Floats, noise: np.random.Generator) -> Floats:
    centres = noise.choice(city.hexes.size, size=town.neighbourhoods, p=closeness / closeness.sum())
    width_m = _extent_m(town) * noise.uniform(0.08, 0.22, size=town.neighbourhoods)
    size = noise.lognormal(0, 0.5, size=town.neighbourhoods)
    away_m = distances_m(city.lat, city.lon, to_lat=city.lat[centres], to_lon=city.lon[centres])
    density: Floats = (size * np.exp(-0.5 * (away_m / width_m) ** 2)).sum(axis=1)
    return density


def _work(city: City, *, scenario: Scenario) -> Floats:
    """Return how much of each hexagon is offices and factories, 0 to 1."""
    working = [place for place in scenario.places if place.kind in {"office", "industry"}]
    away_m = distances_m(
        city.lat,
        city.lon,
        to_lat=np.array([place.lat for place in working]),
        to_lon=np.array([place.lon for place in working]),
    )
    radius_m = np.array([place.radius_m for place in working])
    work: Floats = np.clip(np.exp(-2 * (away_m / radius_m) ** 2).sum(axis=1), 0, 1)
    return work
