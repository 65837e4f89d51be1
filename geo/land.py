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

    def shares(self, shapes: Geometries) -> npt.NDArray[np.float64]:
        """The share of each shape that is land, 0 to 1; what is land but for slivers is wholly land."""
        position, piece = self._tree.query(shapes, predicate="intersects")
        is_inside = shapely.contains_properly(self._tree.geometries[piece], shapes[position])
        share = np.bincount(position[is_inside], minlength=len(shapes)).astype(np.float64)
        is_coastal = share[position] == 0
        position, piece = position[is_coastal], piece[is_coastal]
        ground = shapely.area(shapely.intersection(shapes[position], self._tree.geometries[piece]))
        whole = np.maximum(shapely.area(shapes), np.finfo(float).tiny)
        share += np.bincount(position, weights=ground, minlength=len(shapes)) / whole
        return np.where(share >= LAND_SHARE, 1.0, share)


def subdivide(polygons: Geometries, *, max_vertices: int = PIECE_VERTICES) -> Geometries:
    """Cut polygons in halves until none has more than `max_vertices`; together they cover the same ground."""
    return subdivide_each(polygons, max_vertices=max_vertices)[1]


def subdivide_each(polygons: Geometries, *, max_vertices: int = PIECE_VERTICES) -> tuple[Positions, Geometries]:
    """Pieces of polygons as `subdivide` cuts them, with the position of the polygon that each is a piece of."""
    pending, owner = shapely.get_parts(polygons, return_index=True)
    done, owners = [np.empty(0, dtype=object)], [np.empty(0, dtype=np.int64)]
    while len(pending):
        is_small = shapely.get_num_coordinates(pending) <= max_vertices
        done.append(pending[is_small])
        owners.append(owner[is_small])
        half, pending = _halves(pending[~is_small])
        owner = owner[~is_small][half]
    return np.concatenate(owners), np.concatenate(done)


def _halves(polygons: Geometries) -> tuple[Positions, Geometries]:
    west, south, east, north = shapely.bounds(polygons).T
    is_wide = east - west > north - south
    middle = np.where(is_wide, (west + east) / 2, (south + north) / 2)
    first = shapely.box(west, south, np.where(is_wide, middle, east), np.where(is_wide, north, middle))
    second = shapely.box(np.where(is_wide, middle, west), np.where(is_wide, south, middle), east, north)
    cut = shapely.intersection(np.tile(polygons, 2), np.concatenate((first, second)))
    parts, position = shapely.get_parts(cut, return_index=True)
    is_ground = shapely.get_dimensions(parts) == 2  # noqa: PLR2004 - polygons; cuts can leave lines and points
    return position[is_ground] % len(polygons), parts[is_ground]
