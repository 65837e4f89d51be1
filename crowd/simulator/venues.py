"""Where the people of a place or a gathering stand: points around its middle, counted per hexagon."""

import numpy as np
import pyarrow as pa
from h3ronpy.vector import coordinates_to_cells
from scipy.sparse import csr_array, vstack

from crowd.simulator.city import RESOLUTION, City, Floats, points_moved
from crowd.simulator.parts import Gathering, Place
from crowd.simulator.scenario import Scenario
from lake.errors import RefusedInputError

POINTS = 2000
GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))  # successive points turned by it cover a disc evenly


def shares_of_places(city: City, *, places: tuple[Place, ...]) -> Floats:
    """Return the share of each place's people per hexagon, shape (places, hexagons).

    People thin out from the middle as a bell whose two standard deviations are the place's radius.

    Raises:
        RefusedInputError: a place has no land around it.
    """
    rows = [_shares(city, lat=place.lat, lon=place.lon, away_m=_bell(place.radius_m)) for place in places]
    return _on_land(rows, city=city, names=[place.name for place in places])


def shares_of_gatherings(city: City, *, scenario: Scenario) -> csr_array:
    """Return the share of each gathering's people per hexagon, shape (gatherings, hexagons).

    People fill a disc evenly; where part of the disc is sea they stand on the rest.

    Raises:
        RefusedInputError: a gathering has no land under it.
    """
    rows: dict[tuple[float, float, float], csr_array] = {}
    discs = [(*where(gathering, scenario=scenario), gathering.radius_m) for gathering in scenario.gatherings]
    for gathering, (lat, lon, radius_m) in zip(scenario.gatherings, discs, strict=True):
        if (lat, lon, radius_m) not in rows:  # those of every week share their ground
            row = _shares(city, lat=lat, lon=lon, away_m=_disc(radius_m))
            rows[lat, lon, radius_m] = csr_array(_on_land([row], city=city, names=[gathering.name]))
    return csr_array(vstack([rows[disc] for disc in discs])) if discs else csr_array((0, city.hexes.size))


def where(gathering: Gathering, *, scenario: Scenario) -> tuple[float, float]:
    """Return latitude and longitude of a gathering, its own or its place's."""
    if gathering.lat is not None and gathering.lon is not None:
        return gathering.lat, gathering.lon
    place = next(place for place in scenario.places if place.name == gathering.place)
    return place.lat, place.lon


def _disc(radius_m: float) -> Floats:
    return radius_m * np.sqrt((np.arange(POINTS) + 0.5) / POINTS)


def _bell(radius_m: float) -> Floats:
    sigmas: Floats = np.sqrt(-2 * np.log1p(-(np.arange(POINTS) + 0.5) / POINTS))
    return radius_m / 2 * sigmas


def _shares(city: City, *, lat: float, lon: float, away_m: Floats) -> Floats:
    angle = GOLDEN_ANGLE * np.arange(away_m.size)
    point_lat, point_lon = points_moved(
        np.full_like(away_m, lat),
        np.full_like(away_m, lon),
        east_m=away_m * np.cos(angle),
        north_m=away_m * np.sin(angle),
    )
    found = pa.array(coordinates_to_cells(point_lat, point_lon, RESOLUTION)).to_numpy()
    position = np.minimum(np.searchsorted(city.hexes, found), city.hexes.size - 1)
    on_land = city.hexes[position] == found
    points: Floats = np.bincount(position[on_land], minlength=city.hexes.size).astype(np.float64)
    return points / max(1.0, float(points.sum()))


def _on_land(rows: list[Floats], *, city: City, names: list[str]) -> Floats:
    shares = np.reshape(rows, (len(rows), city.hexes.size))
    at_sea = [name for name, row in zip(names, shares, strict=True) if not row.any()]
    if at_sea:
        raise RefusedInputError(f"{at_sea[0]!r} of the scenario is not on the town's land: move its lat and lon.")
    return shares
