"""Outlines as they lie on a flat map of longitude and latitude, and the ground they cover."""

import geopandas as gpd
import numpy as np
import shapely

from geo.hexagons import Floats, Geometries, Hexes, hex_polygons

ANTIMERIDIAN = 180.0


def map_outlines(hexes: Hexes) -> Geometries:
    """Outline of each hexagon; one that straddles 180 degrees is cut to the two strips at the edges of the map."""
    outlines = hex_polygons(hexes)
    bounds = shapely.bounds(outlines).reshape(-1, 4)
    straddling = np.flatnonzero(bounds[:, 2] - bounds[:, 0] > ANTIMERIDIAN)
    if len(straddling):
        east = shapely.transform(outlines[straddling], lambda xy: np.column_stack((xy[:, 0] % 360, xy[:, 1])))
        west = shapely.transform(east, lambda xy: xy - (360.0, 0.0))
        outlines[straddling] = shapely.union(
            shapely.clip_by_rect(east, -180, -90, 180, 90), shapely.clip_by_rect(west, -180, -90, 180, 90)
        )
    return outlines


def ground_areas(shapes: Geometries, *, near_lat: Floats) -> Floats:
    """Ground that shapes in degrees cover, in square degrees of a great circle on the sphere.

    Exactly additive for shapes with the same `near_lat`: the shrinking of meridians is taken as linear around it, which
    within 10 km is good to a millionth.
    """
    phi = np.radians(near_lat)
    north = np.radians(shapely.get_y(shapely.centroid(shapes))) - phi
    return np.asarray(shapely.area(shapes) * (np.cos(phi) - np.sin(phi) * north))


def areas_km2(shapes: Geometries) -> Floats:
    """True area of shapes in degrees on the ellipsoid of WGS 84.

    By the ellipsoidal equal-area projection of EASE-Grid 2.0 (EPSG:6933).
    """
    return np.asarray(gpd.GeoSeries(shapes, crs="EPSG:4326").to_crs("EPSG:6933").area / 1e6, dtype=np.float64)
