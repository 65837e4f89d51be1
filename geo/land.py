"""Land: where people can be, cut into small pieces so that clipping to it is fast."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely

Geometries = npt.NDArray[np.object_]
Positions = npt.NDArray[np.int64]

PIECE_VERTICES = 256
# Borders of neighbouring areas leave slivers between them; a shape this full of land has no coast in it.
LAND_SHARE = 0.98


@dataclass(frozen=True)
class LandMask:
    """Land in longitude and latitude.

    Attributes:
        fingerprint: changes when the land does.
        outlines: gives the polygons that make up the land; called once, when first needed.
    """

    fingerprint: str
    outlines: Callable[[], Geometries]

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(subdivide(self.outlines()))

    def clip(self, shapes: Geometries) -> tuple[Positions, Geometries]:
        """The parts of each shape that are on land.

        Returns:
            Position of a shape, and a part of it. A shape wholly on land, or wholly at sea, comes back whole.
        """
        position, piece = self._tree.query(shapes, predicate="intersects")
        parts = shapely.intersection(shapes[position], self._tree.geometries[piece])
        land_area = np.bincount(position, weights=shapely.area(parts), minlength=len(shapes))
        share = land_area / np.maximum(shapely.area(shapes), np.finfo(float).tiny)
        is_whole = (share >= LAND_SHARE) | (share == 0)
        is_coastal = ~is_whole[position] & (shapely.area(parts) > 0)
        whole = np.flatnonzero(is_whole)
        return (
            np.concatenate((whole, position[is_coastal])),
            np.concatenate((shapes[whole], parts[is_coastal])),
        )


def subdivide(polygons: Geometries, *, max_vertices: int = PIECE_VERTICES) -> Geometries:
    """Cut polygons in halves until none has more than `max_vertices`; together they cover the same ground."""
    pending, done = shapely.get_parts(polygons), []
    while len(pending):
        is_small = shapely.get_num_coordinates(pending) <= max_vertices
        done.append(pending[is_small])
        pending = _halves(pending[~is_small])
    return np.concatenate(done) if done else np.empty(0, dtype=object)


def _halves(polygons: Geometries) -> Geometries:
    west, south, east, north = shapely.bounds(polygons).T
    is_wide = east - west > north - south
    middle = np.where(is_wide, (west + east) / 2, (south + north) / 2)
    first = shapely.box(west, south, np.where(is_wide, middle, east), np.where(is_wide, north, middle))
    second = shapely.box(np.where(is_wide, middle, west), np.where(is_wide, south, middle), east, north)
    parts = shapely.get_parts(shapely.intersection(np.tile(polygons, 2), np.concatenate((first, second))))
    return np.asarray(parts[shapely.get_dimensions(parts) == 2])  # noqa: PLR2004 - polygons; cuts can leave lines and points
