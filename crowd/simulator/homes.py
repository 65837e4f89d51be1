"""Where the residents of the synthetic city sleep: neighbourhoods that thin out, villages, or around towers."""

import numpy as np

from crowd.simulator.city import City, Floats, distances_m
from crowd.simulator.parts import Town
from crowd.simulator.scenario import Scenario
from crowd.simulator.streams import stream

SCATTERED = 0.9  # density of homes in the town's middle against that in the middle of a usual neighbourhood
SCATTERED_IN_COUNTRYSIDE = 0.004
TAKEN_BY_WORK = 0.6  # of the homes that would else stand in the middle of offices and factories
MOST_PAIRS = 4_000_000  # hexagons x neighbourhoods whose distances are worked out together


def shares_of_homes(city: City, *, scenario: Scenario, towers_density: Floats | None, seed: int) -> Floats:
    """Return the share of residents per hexagon, shape (hexagons,).

    Neighbourhoods of lognormal size lie around the centre, or villages all over the land; in a city with a given plan
    homes follow its towers instead. A lognormal texture makes neighbours differ.

    Args:
        city: the hexagons.
        scenario: tells the town and its places of work.
        towers_density: `density_around_towers` of a given plan.
        seed: of the simulation.
    """
    noise = stream(seed, "homes")
    density = _density(city, town=scenario.town, noise=noise) if towers_density is None else towers_density.copy()
    density *= 1 - TAKEN_BY_WORK * _work(city, scenario=scenario)
    density *= noise.lognormal(0, 0.35, size=city.hexes.size)
    density /= density.sum()
    return density


def _density(city: City, *, town: Town, noise: np.random.Generator) -> Floats:
    if town.village_radius_m is not None:
        return _villages(city, town=town, radius_m=town.village_radius_m, noise=noise)
    closeness = _closeness(city)
    return _neighbourhoods(city, town=town, closeness=closeness, noise=noise) + SCATTERED * closeness


def _closeness(city: City) -> Floats:
    """Return 1 in the town's middle, falling with the distance."""
    middle_lat, middle_lon = np.array([city.middle[0]]), np.array([city.middle[1]])
    away_m = distances_m(city.lat, city.lon, to_lat=middle_lat, to_lon=middle_lon)
    closeness: Floats = np.exp(-away_m[:, 0] / (0.45 * city.extent_m))
    return closeness


def _neighbourhoods(city: City, *, town: Town, closeness: Floats, noise: np.random.Generator) -> Floats:
    centres = noise.choice(city.hexes.size, size=town.neighbourhoods, p=closeness / closeness.sum())
    width_m = city.extent_m * noise.uniform(0.08, 0.22, size=town.neighbourhoods)
    size = noise.lognormal(0, 0.5, size=town.neighbourhoods)
    return _bells(city, lat=city.lat[centres], lon=city.lon[centres], width_m=width_m, size=size)


def _villages(city: City, *, town: Town, radius_m: float, noise: np.random.Generator) -> Floats:
    """Return villages of very different size all over the land; one with more people is wider and denser."""
    centres = noise.choice(city.hexes.size, size=town.neighbourhoods)
    people = noise.lognormal(0, 1.0, size=town.neighbourhoods)
    width_m = radius_m / 2 * people**0.35
    bells = _bells(
        city, lat=city.lat[centres], lon=city.lon[centres], width_m=width_m, size=people * (radius_m / 2 / width_m) ** 2
    )
    return bells + SCATTERED_IN_COUNTRYSIDE


def _bells(city: City, *, lat: Floats, lon: Floats, width_m: Floats, size: Floats) -> Floats:
    """Return the sum of bells per hexagon, some hexagons at a time."""
    parts = -(-city.hexes.size * lat.size // MOST_PAIRS)
    return np.concatenate(
        [
            (size * np.exp(-0.5 * (distances_m(here_lat, here_lon, to_lat=lat, to_lon=lon) / width_m) ** 2)).sum(axis=1)
            for here_lat, here_lon in zip(np.array_split(city.lat, parts), np.array_split(city.lon, parts), strict=True)
        ]
    )


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
