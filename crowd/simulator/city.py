"""Where the synthetic city lies: its land with a coast to the north, its districts and its hexagons."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import shapely
from h3ronpy.vector import cells_to_coordinates, wkb_to_cells
from numpy.typing import NDArray
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from crowd.simulator.scenario import Scenario, Town
from lake.errors import RefusedInputError

RESOLUTION = 9
M_PER_DEGREE = 111_195.0  # of latitude, on a sphere of 6,371 km radius
GRID_DEGREES = 1e-6  # borders are rounded to this, a tenth of a metre

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class City:
    """The ground of a scenario.

    Attributes:
        land: all its land, in degrees.
        districts: the parts of the land, in the scenario's order.
        hexes: hexagons of resolution 9 with their centre on land, ascending.
        lat: latitude of each hexagon's centre, in degrees.
        lon: longitude of each hexagon's centre, in degrees.
    """

    land: BaseGeometry
    districts: tuple[BaseGeometry, ...]
    hexes: NDArray[np.uint64]
    lat: Floats
    lon: Floats


def build_city(scenario: Scenario) -> City:
    """Lay out land, districts and hexagons; takes no random numbers: every seed has the same ground.

    Raises:
        RefusedInputError: a district has no land, its centre being too far out at sea.
    """
    districts = _districts(scenario)
    land = shapely.union_all(districts)
    hexes = np.sort(pa.array(wkb_to_cells([shapely.to_wkb(land)], RESOLUTION, flatten=True)).to_numpy())
    lat, lon = centres_of(hexes)
    return City(land=land, districts=districts, hexes=hexes, lat=lat, lon=lon)


def centres_of(hexes: NDArray[np.uint64]) -> tuple[Floats, Floats]:
    """Return latitude and longitude of the centres of hexagons, in degrees."""
    batch = pa.record_batch(cells_to_coordinates(hexes))
    return batch.column("lat").to_numpy(), batch.column("lng").to_numpy()


def east_north_m(lat: Floats, lon: Floats, *, from_lat: Floats, from_lon: Floats) -> tuple[Floats, Floats]:
    """Return how far points lie to the east and north of others, in metres, on a plane.

    The arrays are broadcast against each other. Over a city the plane is right to a few metres.
    """
    east_m = (lon - from_lon) * M_PER_DEGREE * np.cos(np.radians(from_lat))
    north_m = (lat - from_lat) * M_PER_DEGREE
    return east_m, north_m


def distances_m(lat: Floats, lon: Floats, *, to_lat: Floats, to_lon: Floats) -> Floats:
    """Return the distances between all points and all targets, shape (points, targets), in metres."""
    east_m, north_m = east_north_m(to_lat[None, :], to_lon[None, :], from_lat=lat[:, None], from_lon=lon[:, None])
    return np.hypot(east_m, north_m)


def points_moved(lat: Floats, lon: Floats, *, east_m: Floats, north_m: Floats) -> tuple[Floats, Floats]:
    """Return latitude and longitude of points moved by metres to the east and north."""
    return lat + north_m / M_PER_DEGREE, lon + east_m / (M_PER_DEGREE * np.cos(np.radians(lat)))


def _districts(scenario: Scenario) -> tuple[BaseGeometry, ...]:
    """Cut the land into Voronoi regions of the districts' centres, one grid for all so that borders match."""
    outline = _outline(scenario.town)
    names = [district.name for district in scenario.regions.districts]
    centres = shapely.MultiPoint([(district.lon, district.lat) for district in scenario.regions.districts])
    if len(names) == 1:
        regions = [outline.envelope]
    else:
        regions = list(shapely.voronoi_polygons(centres, extend_to=outline, ordered=True).geoms)
    districts = shapely.intersection(outline, regions, grid_size=GRID_DEGREES)
    landless = [name for name, district in zip(names, districts, strict=True) if district.area == 0]
    if landless:
        raise RefusedInputError(
            f"The district {landless[0]!r} of the scenario has no land: move its lat and lon to the town's."
        )
    return tuple(districts)


def _outline(town: Town) -> Polygon:
    """Bend a rectangle into land: a wavy coast with a bay to the north, gently curved borders elsewhere."""
    along = np.linspace(0, 1, 120, endpoint=False)
    across = np.concatenate([along, np.ones_like(along), 1 - along, np.zeros_like(along)])
    upwards = np.concatenate([np.zeros_like(along), along, np.ones_like(along), 1 - along])
    coast = 0.90 + 0.06 * np.sin(9.0 * across + 0.8) + 0.022 * np.sin(31.0 * across)
    coast -= 0.07 * np.exp(-(((across - 0.66) / 0.05) ** 2))
    south = 0.02 * np.sin(7.0 * across + 1.0)
    sides = 0.015 * np.sin(6.0 * upwards) + 0.01 * np.sin(17.0 * upwards)
    lat, lon = points_moved(
        np.full_like(across, town.lat),
        np.full_like(across, town.lon),
        east_m=1000 * town.width_km * (across + sides - 0.5),
        north_m=1000 * town.height_km * (south + upwards * (coast - south) - 0.5),
    )
    return Polygon(np.column_stack([lon, lat]))
