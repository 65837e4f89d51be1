"""Voronoi footprints: every place belongs to the nearest mast, and there to the sector that faces it.

The customary method of studies with call records, kept as a simple method and as a yardstick.
"""

from functools import partial

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from geo.distances import EARTH_RADIUS_M
from geo.footprint_options import FootprintOptions
from geo.hexagons import Floats, Geometries, Hexes, hexes_touching
from geo.land import LandMask
from geo.outlines import ANTIMERIDIAN, map_outlines

# Sectors of one mast part its polygon when each stands this far out in its direction: the border between two points a
# metre apart is the line halfway between their azimuths.
SECTOR_OFFSET_M = 1.0
DEGREE_M = np.pi * EARTH_RADIUS_M / 180


def voronoi_weights(cells: pl.DataFrame, *, options: FootprintOptions, land: LandMask | None) -> pl.DataFrame:
    """Weights by share of area: what part of a cell's polygon lies in each hexagon.

    Polygons end at the maximal range, and at the coast where land is known; a cell wholly at sea keeps its whole
    polygon. A cell's own range is not looked at: ground between a small cell and its neighbours would belong to nobody.
    Computed in a plane that is true at the cells' middle latitude.

    Args:
        cells: cell_no, lat, lon, azimuth_deg.
        options: resolution and maximal range.
        land: where people can be.

    Returns:
        cell_no, hex, weight; the weights of a cell sum to one.
    """
    if cells.is_empty():
        return pl.DataFrame(schema={"cell_no": pl.UInt32, "hex": pl.UInt64, "weight": pl.Float64})
    generators = _generators(cells)
    lat0 = float(np.median(generators["lat"].to_numpy()))
    lon0 = _middle_longitude(generators["lon"].to_numpy())
    polygons = _polygons(generators, lat0=lat0, lon0=lon0, max_range_m=options.range_m)
    shapes = _to_degrees(polygons, lat0=lat0, lon0=lon0)
    owner, shapes = _split_at_antimeridian(shapes)
    if land is not None:
        whole, shapes = land.clip(shapes)
        owner = owner[whole]
    position, hexes = hexes_touching(shapes, options.resolution)
    area = _shared_area(shapes, position, hexes)
    shares = (
        pl.DataFrame({"generator": owner[position], "hex": hexes, "area": area})
        .filter(pl.col("area") > 0)
        .group_by("generator", "hex")
        .agg(pl.col("area").sum())
        .with_columns(weight=pl.col("area") / pl.col("area").sum().over("generator"))
    )
    members = generators.select("generator", "cell_no").explode("cell_no")
    return members.join(shares, on="generator").select("cell_no", "hex", "weight")


def _generators(cells: pl.DataFrame) -> pl.DataFrame:
    """One row per place and direction: cells that share both share a polygon."""
    azimuth = pl.col("azimuth_deg").radians()
    offset = pl.when(pl.col("azimuth_deg").is_not_null()).then(SECTOR_OFFSET_M / DEGREE_M).otherwise(0.0)
    cosine = pl.col("lat").radians().cos().clip(0.01)
    return (
        cells.with_columns(
            lat=(pl.col("lat") + offset * azimuth.cos().fill_null(0.0)).round(7),
            lon=(pl.col("lon") + offset * azimuth.sin().fill_null(0.0) / cosine).round(7),
        )
        .group_by("lat", "lon")
        .agg(pl.col("cell_no").sort())
        .sort("lat", "lon")
        .with_row_index("generator")
    )


def _middle_longitude(lon: Floats) -> float:
    """Middle of longitudes that may lie on both sides of 180 degrees."""
    angles = np.radians(lon)
    return float(np.degrees(np.arctan2(np.sin(angles).mean(), np.cos(angles).mean())))


def _polygons(generators: pl.DataFrame, *, lat0: float, lon0: float, max_range_m: float) -> Geometries:
    """Voronoi polygons cut at the maximal range, in a plane of metres around the middle."""
    lon = (generators["lon"].to_numpy() - lon0 + 180) % 360 - 180
    x = lon * DEGREE_M * np.cos(np.radians(lat0))
    y = (generators["lat"].to_numpy() - lat0) * DEGREE_M
    circles = shapely.buffer(shapely.points(x, y), max_range_m, quad_segs=16)
    if len(generators) == 1:
        return np.asarray(circles)
    frame = shapely.box(*shapely.total_bounds(circles))
    sites = shapely.multipoints(np.column_stack((x, y)))
    parts = shapely.get_parts(shapely.voronoi_polygons(sites, extend_to=frame, ordered=True))
    return np.asarray(shapely.intersection(parts, circles))


def _to_degrees(polygons: Geometries, *, lat0: float, lon0: float) -> Geometries:
    scale = np.array([DEGREE_M * np.cos(np.radians(lat0)), DEGREE_M])
    return np.asarray(
        shapely.transform(polygons, lambda xy: np.clip(xy / scale + (lon0, lat0), (-540, -90), (540, 90)))
    )


def _split_at_antimeridian(shapes: Geometries) -> tuple[npt.NDArray[np.int64], Geometries]:
    """Parts beyond 180 degrees moved to the other side; with the position of the shape each part belongs to."""
    bounds = shapely.bounds(shapes)
    owner = np.arange(len(shapes))
    for beyond, shift in ((bounds[:, 2] > ANTIMERIDIAN, -360.0), (bounds[:, 0] < -ANTIMERIDIAN, 360.0)):
        crossing = np.flatnonzero(beyond)
        if len(crossing) == 0:
            continue
        moved = shapely.transform(shapes[crossing], partial(np.add, (shift, 0.0)))
        shapes = np.concatenate((shapes, shapely.clip_by_rect(moved, -180, -90, 180, 90)))
        shapes[crossing] = shapely.clip_by_rect(shapes[crossing], -180, -90, 180, 90)
        owner = np.concatenate((owner, owner[crossing]))
    is_there = ~shapely.is_empty(shapes)
    return owner[is_there], shapes[is_there]


def _shared_area(shapes: Geometries, position: npt.NDArray[np.int64], hexes: Hexes) -> Floats:
    """Area that each pair of shape and hexagon shares, in units that are alike within one shape."""
    unique, back = np.unique(hexes, return_inverse=True)
    outlines = map_outlines(unique)[back]
    shapely.prepare(shapes)
    area = np.asarray(shapely.area(outlines))
    is_cut = ~shapely.contains_properly(shapes[position], outlines)
    area[is_cut] = shapely.area(shapely.intersection(shapes[position[is_cut]], outlines[is_cut]))
    return area
