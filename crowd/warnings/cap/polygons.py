"""The ground of a gathering as CAP's polygons: few points, and never less ground than its hexagons."""

from collections.abc import Iterator

import numpy as np
import shapely

from lake.errors import RefusedInputError

DECIMALS = 5
# About a metre: a vertex moves by less when it is rounded, so nothing of the hexagons is lost.
GRID_DEGREES = 10.0**-DECIMALS
MAX_POINTS = 300
# Every doubling from about 55 m; the last is wider than any polygon with so many points could need.
TOLERANCES_DEGREES = tuple(0.0005 * 2.0**step for step in range(12))
WORLD = shapely.box(-180, -90, 180, 90)


def cap_polygons(outline: shapely.Polygon | shapely.MultiPolygon) -> tuple[str, ...]:
    """Polygons that cover an outline, as CAP writes them.

    Holes are filled: CAP has none. An outline with more than 300 points is widened and simplified, by as little as
    brings it below. CAP does not say which way round a polygon runs; OGC Simple Features and RFC 7946 (3.1.6) want the
    outside counter-clockwise, and readers that hand it on as GeoJSON depend on it.

    Args:
        outline: longitude and latitude in degrees.

    Returns:
        "lat,lon lat,lon …", closed, counter-clockwise, 5 decimals; ordered from west to east.

    Raises:
        RefusedInputError: there is no ground in it.
    """
    if outline.is_empty or not np.isfinite(outline.bounds).all():
        raise RefusedInputError("the warning has no outline, so no area can be told: find its gathering again")
    covers = [cover for part in _filled(outline) for cover in _covers(part)]
    return tuple(_as_text(cover) for cover in sorted(covers, key=lambda cover: cover.bounds))


def _filled(shape: shapely.Geometry) -> list[shapely.Polygon]:
    """Its polygons without holes, and without those that lay in a hole."""
    whole = shapely.union_all([shapely.Polygon(part.exterior) for part in _polygons(shapely.make_valid(shape))])
    return list(_polygons(whole))


def _polygons(shape: shapely.Geometry) -> Iterator[shapely.Polygon]:
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon":
            yield part
        elif part.geom_type in {"MultiPolygon", "GeometryCollection"}:
            yield from _polygons(part)


def _covers(part: shapely.Polygon) -> list[shapely.Polygon]:
    covers = _on_grid(_widened(part, GRID_DEGREES))
    for tolerance in TOLERANCES_DEGREES:
        if max(map(shapely.get_num_coordinates, covers)) <= MAX_POINTS:
            break
        # Simplifying moves the border by less than the widening did, so it stays outside the hexagons.
        covers = _on_grid(_widened(part, tolerance).simplify(tolerance - GRID_DEGREES))
    return covers


def _widened(part: shapely.Polygon, by_degrees: float) -> shapely.Geometry:
    return part.buffer(by_degrees, join_style="mitre")


def _on_grid(shape: shapely.Geometry) -> list[shapely.Polygon]:
    return _filled(shapely.set_precision(shape.intersection(WORLD), GRID_DEGREES))


def _as_text(cover: shapely.Polygon) -> str:
    lon, lat = np.round(shapely.orient_polygons(cover.normalize()).exterior.coords.xy, DECIMALS) + 0.0  # no -0.00000
    return " ".join(f"{north:.{DECIMALS}f},{east:.{DECIMALS}f}" for north, east in zip(lat, lon, strict=True))
