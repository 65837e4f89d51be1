"""Where the synthetic city lies: its land, its districts and its hexagons."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import shapely
from h3ronpy.vector import cells_to_coordinates, wkb_to_cells
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from crowd.simulator.parts import Regions
from lake.errors import RefusedInputError

RESOLUTION = 9
M_PER_DEGREE = 111_195.0  # of latitude, on a sphere of 6,371 km radius
GRID_DEGREES = 1e-6  # borders are rounded to this, a tenth of a metre
MOST_HEXAGONS = 500_000
KM2_PER_HEXAGON = 0.1  # at resolution 9, about

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Ground:
    """The land before it is cut up.

    Attributes:
        outline: the land, in degrees.
        middle: latitude and longitude of the town's middle, in degrees.
        extent_m: half the side of a square as large as the town's.
    """

    outline: BaseGeometry
    middle: tuple[float, float]
    extent_m: float


@dataclass(frozen=True)
class City:
    """The ground of a scenario.

    Attributes:
        land: all its land, in degrees.
        districts: the parts of the land, in the scenario's order.
        middle: latitude and longitude of the town's middle, in degrees.
        extent_m: half the side of a square as large as the town's.
        hexes: hexagons of resolution 9 with their centre on land, ascending.
        lat: latitude of each hexagon's centre, in degrees.
        lon: longitude of each hexagon's centre, in degrees.
    """

    land: BaseGeometry
    districts: tuple[BaseGeometry, ...]
    middle: tuple[float, float]
    extent_m: float
    hexes: NDArray[np.uint64]
    lat: Floats
    lon: Floats


def build_city(ground: Ground, *, regions: Regions) -> City:
    """Lay out land, districts and hexagons; takes no random numbers: every seed has the same ground.

    Raises:
        RefusedInputError: a district has no land, its centre being too far out at sea; or the land is too large or
            too small for a simulation.
    """
    if 4 * ground.extent_m**2 > 1e6 * KM2_PER_HEXAGON * MOST_HEXAGONS:
        raise RefusedInputError(
            f"The land of the scenario is about {4 * ground.extent_m**2 / 1e6:,.0f} km2, more than a simulation can "
            f"hold ({KM2_PER_HEXAGON * MOST_HEXAGONS:,.0f} km2): give a smaller box or town."
        )
    districts = _districts(ground.outline, regions=regions)
    land = shapely.union_all(districts)
    hexes = np.sort(pa.array(wkb_to_cells([shapely.to_wkb(land)], RESOLUTION, flatten=True)).to_numpy())
    if hexes.size == 0:
        raise RefusedInputError("The land of the scenario is smaller than a hexagon: give more of it.")
    lat, lon = centres_of(hexes)
    return City(
        land=land,
        districts=districts,
        middle=ground.middle,
        extent_m=ground.extent_m,
        hexes=hexes,
        lat=lat,
        lon=lon,
    )


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


def on_plane(city: City, *, lat: Floats, lon: Floats) -> Floats:
    """Return how far points lie to the east and north of a city's middle, in metres, shape (points, 2)."""
    from_lat, from_lon = (np.array(degrees) for degrees in city.middle)
    return np.column_stack(east_north_m(lat, lon, from_lat=from_lat, from_lon=from_lon))


def distances_m(lat: Floats, lon: Floats, *, to_lat: Floats, to_lon: Floats) -> Floats:
    """Return the distances between all points and all targets, shape (points, targets), in metres."""
    east_m, north_m = east_north_m(to_lat[None, :], to_lon[None, :], from_lat=lat[:, None], from_lon=lon[:, None])
    return np.hypot(east_m, north_m)


def points_moved(lat: Floats, lon: Floats, *, east_m: Floats, north_m: Floats) -> tuple[Floats, Floats]:
    """Return latitude and longitude of points moved by metres to the east and north."""
    return lat + north_m / M_PER_DEGREE, lon + east_m / (M_PER_DEGREE * np.cos(np.radians(lat)))


def _districts(outline: BaseGeometry, *, regions: Regions) -> tuple[BaseGeometry, ...]:
    """Cut the land into Voronoi regions of the districts' centres, one grid for all so that borders match."""
    names = [district.name for district in regions.districts]
    centres = shapely.MultiPoint([(district.lon, district.lat) for district in regions.districts])
    if len(names) <= 1:
        parts = [outline.envelope]
    else:
        parts = list(shapely.voronoi_polygons(centres, extend_to=outline, ordered=True).geoms)
    districts = shapely.intersection(outline, parts, grid_size=GRID_DEGREES)
    landless = [name for name, district in zip(names, districts, strict=False) if district.area == 0]
    if landless:
        raise RefusedInputError(
            f"The district {landless[0]!r} of the scenario has no land: move its lat and lon to the town's."
        )
    return tuple(districts)
