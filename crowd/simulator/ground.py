"""The land a scenario speaks of: a town's own with a coast to the north, a box, a file of polygons, or a plan's box."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from crowd.simulator.city import M_PER_DEGREE, Ground, points_moved
from crowd.simulator.parts import Town
from crowd.simulator.scenario import Scenario
from geo.areas import WKB_COLUMNS
from lake.errors import RefusedInputError

AROUND_TOWERS_M = 2000.0

Box = tuple[float, float, float, float]


def ground_of(scenario: Scenario, *, plan: pl.DataFrame | None) -> Ground:
    """Return the land of a scenario.

    It is what of the polygons of `land` lies in the scenario's `box`, or else in the box around the towers of a plan;
    without `land` it is that box itself; without box and plan the town's own land.

    Raises:
        RefusedInputError: the scenario tells no land, or the file of polygons cannot be read or has none there.
    """
    box = scenario.box or (None if plan is None else _around_towers(plan))
    if scenario.land is not None:
        return _ground(_land_in_file(Path(scenario.land), box=box))
    return _town_ground(scenario.town) if box is None else _ground(shapely.box(*box))


def _ground(outline: BaseGeometry) -> Ground:
    lon, lat = outline.centroid.x, outline.centroid.y
    area_m2 = outline.area * M_PER_DEGREE**2 * float(np.cos(np.radians(lat)))
    return Ground(outline=outline, middle=(lat, lon), extent_m=float(np.sqrt(area_m2)) / 2)


def _around_towers(plan: pl.DataFrame) -> Box:
    lat, lon = plan["lat"].to_numpy(), plan["lon"].to_numpy()
    corners_lat, corners_lon = np.array([lat.min(), lat.max()]), np.array([lon.min(), lon.max()])
    off_m = AROUND_TOWERS_M * np.array([-1.0, 1.0])
    (south, north), (west, east) = points_moved(corners_lat, corners_lon, east_m=off_m, north_m=off_m)
    return float(west), float(south), float(east), float(north)


def _land_in_file(path: Path, *, box: Box | None) -> BaseGeometry:
    polygons = shapely.make_valid(_polygons(path))
    if box is not None:
        polygons = shapely.intersection(polygons, shapely.box(*box))
    land = shapely.union_all(polygons[shapely.area(polygons) > 0])
    if land.is_empty:
        raise RefusedInputError(f"The land {path} of the scenario has no polygon where the scenario lies.")
    return land


def _polygons(path: Path) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    """Read what geopandas reads, in degrees, and Parquet with a column of WKB."""
    try:
        if path.suffix.casefold() in {".parquet", ".geoparquet"}:
            if b"geo" not in (pq.read_schema(path).metadata or {}):
                return _polygons_in_wkb(path)
            found = gpd.read_parquet(path)
        else:
            found = gpd.read_file(path)
        in_degrees = found if found.crs is None else found.to_crs("EPSG:4326")
        return np.asarray(in_degrees.geometry.dropna())
    except (OSError, ValueError, RuntimeError, AttributeError, shapely.errors.GEOSException) as error:
        reason = str(error).partition("\n")[0]
        raise RefusedInputError(f"The land {path} of the scenario cannot be read as polygons: {reason}.") from None


def _polygons_in_wkb(path: Path) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    table = pd.read_parquet(path)
    column = next((name for name in WKB_COLUMNS if name in table.columns), None)
    if column is None:
        raise ValueError(f"it has no column {' or '.join(WKB_COLUMNS)}")
    return np.asarray(shapely.from_wkb(table[column].dropna().to_numpy()))


def _town_ground(town: Town) -> Ground:
    if town.lat is None or town.lon is None or town.width_km is None or town.height_km is None:
        raise RefusedInputError(
            "The scenario does not say where it lies: give lat, lon, width_km and height_km of the town, or a box, "
            "land or plan."
        )
    middle = (town.lat, town.lon)
    outline = _outline(middle, width_km=town.width_km, height_km=town.height_km)
    return Ground(outline=outline, middle=middle, extent_m=500 * float(np.sqrt(town.width_km * town.height_km)))


def _outline(middle: tuple[float, float], *, width_km: float, height_km: float) -> Polygon:
    """Bend a rectangle into land: a wavy coast with a bay to the north, gently curved borders elsewhere."""
    along = np.linspace(0, 1, 120, endpoint=False)
    across = np.concatenate([along, np.ones_like(along), 1 - along, np.zeros_like(along)])
    upwards = np.concatenate([np.zeros_like(along), along, np.ones_like(along), 1 - along])
    coast = 0.90 + 0.06 * np.sin(9.0 * across + 0.8) + 0.022 * np.sin(31.0 * across)
    coast -= 0.07 * np.exp(-(((across - 0.66) / 0.05) ** 2))
    south = 0.02 * np.sin(7.0 * across + 1.0)
    sides = 0.015 * np.sin(6.0 * upwards) + 0.01 * np.sin(17.0 * upwards)
    lat, lon = points_moved(
        np.full_like(across, middle[0]),
        np.full_like(across, middle[1]),
        east_m=1000 * width_km * (across + sides - 0.5),
        north_m=1000 * height_km * (south + upwards * (coast - south) - 0.5),
    )
    return Polygon(np.column_stack([lon, lat]))
