"""The shapes on a picture, in pixels of its view: hexagons, outlines of gatherings, areas."""

from dataclasses import dataclass

import geopandas as gpd
import h3ronpy
import numpy as np
import pyarrow as pa
import shapely
from h3ronpy.vector import cells_to_coordinates, cells_to_wkb_polygons
from matplotlib.path import Path as Outline
from numpy.typing import NDArray

from crowd.picture.view import View
from lake.errors import RefusedInputError

Floats = NDArray[np.float64]
Hexes = NDArray[np.uint64]
Shapes = NDArray[np.object_]

SMALLEST_HEXAGON_PX = 3.0
HEXAGON_KM2_AT_ZERO = 4_357_449.416  # h3geo.org, "Average area in km2", resolution 0; each finer one is a seventh
FINEST_RESOLUTION = 15
SNAP_PX = 1e-6
BEYOND_VIEW = 0.1
WORLD_TURNS = (-360, 0, 360)


@dataclass(frozen=True, kw_only=True)
class DrawnDensity:
    """The hexagons as drawn.

    Attributes:
        hexes: H3 indices.
        people_per_km2: Density of each.
        coarsest: Resolution that smaller hexagons were drawn at, or None if all are drawn as given.
    """

    hexes: Hexes
    people_per_km2: Floats
    coarsest: int | None


def checked_hexes(hexes: Hexes, *, table: str) -> Hexes:
    """Give the hexagons back, or refuse what H3 does not know."""
    valid = pa.array(h3ronpy.cells_valid(hexes))
    if valid.null_count:
        raise RefusedInputError(f"{table}: {valid.null_count} values of hex are no H3 cells: give uint64 H3 indices.")
    return hexes


def hex_degrees(hexes: Hexes) -> Floats:
    """Longitude and latitude (n, 2) of the middle of each hexagon."""
    middle = pa.record_batch(cells_to_coordinates(hexes))
    return np.column_stack([middle.column("lng").to_numpy(), middle.column("lat").to_numpy()])


def hexagon_km(resolution: int) -> float:
    """Width of an average hexagon from flat side to flat side, in kilometres."""
    return float(np.sqrt(HEXAGON_KM2_AT_ZERO / 7.0**resolution * 2 / np.sqrt(3)))


def resolutions(hexes: Hexes) -> NDArray[np.int64]:
    """H3 resolution of each hexagon."""
    return np.asarray(pa.array(h3ronpy.cells_resolution(hexes)).to_numpy(), dtype=np.int64)


def drawn_density(hexes: Hexes, *, people_per_km2: Floats, km_per_px: float) -> DrawnDensity:
    """Merge hexagons that are too small to see into their parents, by their mean weighted with area.

    Children that are not known (withheld, or at sea) do not pull a parent down: it shows the mean of the known.
    """
    readable = [r for r in range(FINEST_RESOLUTION + 1) if hexagon_km(r) / km_per_px >= SMALLEST_HEXAGON_PX]
    finest = max(readable, default=0)
    too_small = resolutions(hexes) > finest
    if not too_small.any():
        return DrawnDensity(hexes=hexes, people_per_km2=people_per_km2, coarsest=None)
    drawn = hexes.copy()
    drawn[too_small] = pa.array(h3ronpy.change_resolution(hexes[too_small], finest)).to_numpy()
    merged, member = np.unique(drawn, return_inverse=True)
    area_km2 = pa.array(h3ronpy.cells_area_km2(hexes)).to_numpy()
    people = np.bincount(member, weights=people_per_km2 * area_km2)
    return DrawnDensity(hexes=merged, people_per_km2=people / np.bincount(member, weights=area_km2), coarsest=finest)


def hexagon_polygons(hexes: Hexes, *, view: View) -> Shapes:
    """Polygons of hexagons in pixels."""
    wkb = pa.array(cells_to_wkb_polygons(hexes)).to_numpy(zero_copy_only=False)
    return np.asarray(
        shapely.transform(shapely.from_wkb(wkb), lambda degrees: view.to_px(degrees[:, 0], degrees[:, 1]))
    )


def corners(polygons: Shapes) -> Floats:
    """Corners (n, most, 2) of simple polygons; those with fewer corners repeat their last one."""
    counts = shapely.get_num_coordinates(polygons)
    if counts.size == 0:
        return np.empty((0, 0, 2))
    first = np.cumsum(counts) - counts
    picked = first[:, None] + np.minimum(np.arange(counts.max()), counts[:, None] - 1)
    return np.asarray(shapely.get_coordinates(polygons)[picked])


def gathering_shape(hexes: Hexes, *, view: View) -> shapely.Geometry:
    """Dissolve the hexagons of one gathering into its outer border, in pixels."""
    return shapely.union_all(hexagon_polygons(np.unique(hexes), view=view), grid_size=SNAP_PX)


def area_shapes(areas: gpd.GeoDataFrame, *, view: View) -> Shapes:
    """Clip areas to a little more than the view and put them into pixels, whole across the antimeridian."""
    located = areas.geometry if areas.crs is None else areas.to_crs(4326).geometry
    polygons = shapely.make_valid(np.asarray(located.array))
    west, south, east, north = _bounds_degrees(view)
    turns = [
        shapely.transform(
            shapely.clip_by_rect(polygons, west - turn, south, east - turn, north),
            lambda degrees, turn=turn: view.unwrapped_to_px(degrees[:, 0] + turn, degrees[:, 1]),
        )
        for turn in WORLD_TURNS
    ]
    return np.asarray(shapely.buffer(shapely.union_all(np.stack(turns), axis=0, grid_size=SNAP_PX), 0))


def outline(shapes: Shapes) -> Outline:
    """Join polygons, holes and all, into one path that can be filled or drawn along its edges."""
    rings = shapely.get_rings(shapely.get_parts(shapely.orient_polygons(shapes)))
    counts = shapely.get_num_coordinates(rings)
    codes = np.full(counts.sum(), Outline.LINETO, dtype=np.uint8)
    ends = np.cumsum(counts)
    codes[ends - counts] = Outline.MOVETO
    codes[ends - 1] = Outline.CLOSEPOLY
    return Outline(shapely.get_coordinates(rings), codes)


def _bounds_degrees(view: View) -> tuple[float, float, float, float]:
    """West, south, east and north a little beyond the view; west and east run on past 180."""
    ones = view.unwrapped_to_px(np.array([view.lon, view.lon + 1.0]), np.array([view.lat, view.lat + 1.0]))
    panel_px = np.array([view.width_px, view.height_px])
    reach = (panel_px / 2 + BEYOND_VIEW * panel_px.max()) / np.ptp(ones, axis=0)
    return view.lon - reach[0], view.lat - reach[1], view.lon + reach[0], view.lat + reach[1]
