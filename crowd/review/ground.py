"""Ground as ranges of H3 numbers: at one resolution all that lies below a hexagon is numbered in one piece."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, radians

import numpy as np
import numpy.typing as npt
import shapely

from geo.hexagons import Hexes, hexes_touching, parents_of, resolutions_of
from lake.errors import RefusedInputError

MAX_RESOLUTION = 15
# Few hexagons to look for, yet little ground beyond the box.
MOST_ANCESTORS = 150
# Wider or nearer to a pole than this is not searched by ground: everything is taken.
WIDEST_DEG, FARTHEST_LAT = 90.0, 80.0
KM_PER_DEGREE = 111.2
EARTH_KM2 = 510_065_622.0
# A hexagon's parts stick out of it by less than this share of its edge.
OVERHANG = 0.5


@dataclass(frozen=True, kw_only=True)
class Box:
    """A box of longitude and latitude in degrees; none crosses the antimeridian.

    Raises:
        RefusedInputError: it is no box on the globe.
    """

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        """Refuse what is no box."""
        fits = -180 <= self.west <= self.east <= 180 and -90 <= self.south <= self.north <= 90  # noqa: PLR2004 - degrees
        if not fits:  # also where a number is none
            raise RefusedInputError(
                "the box must be west,south,east,north in degrees, west below east and south below north: "
                "ask for the two sides of the antimeridian one by one"
            )


@dataclass(frozen=True)
class Ranges:
    """Ranges of hexagons' numbers, both ends included, ascending and apart from each other."""

    low: Hexes
    high: Hexes

    def contains(self, hexes: Hexes) -> npt.NDArray[np.bool_]:
        """Whether each hexagon lies in one of them."""
        if len(self.low) == 0:
            return np.zeros(len(hexes), dtype=bool)
        at = np.searchsorted(self.low, hexes, side="right") - 1
        return np.asarray((at >= 0) & (hexes <= self.high[at]))

    def spans(self, ordered: Hexes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """First position and the one after the last of each range among hexagons in order; empty ones left out."""
        first = np.searchsorted(ordered, self.low, side="left")
        last = np.searchsorted(ordered, self.high, side="right")
        is_some = first < last
        return first[is_some], last[is_some]

    def hulls(self, most: int) -> "Ranges":
        """At most so many ranges that hold them all, for readers that skip by ranges; the widest gaps stay open."""
        if len(self.low) <= most:
            return self
        gaps = self.low[1:] - self.high[:-1]
        cuts = np.sort(np.argsort(gaps)[len(gaps) - most + 1 :])
        return Ranges(self.low[np.r_[0, cuts + 1]], self.high[np.r_[cuts, len(self.high) - 1]])


def ranges_below(hexes: Hexes, resolutions: Iterable[int]) -> Ranges:
    """Where all hexagons of some resolutions are numbered that lie below, or are, or hold any of the hexagons.

    Args:
        hexes: hexagons of one resolution.
        resolutions: which ones to look for.
    """
    looked_for = list(resolutions)
    if len(hexes) == 0 or not looked_for:
        return Ranges(hexes[:0], hexes[:0])
    own = int(resolutions_of(hexes[:1])[0])
    pieces = [_below(hexes, own, finer) if finer >= own else _above(hexes, finer) for finer in looked_for]
    low, high = (np.concatenate(ends) for ends in zip(*pieces, strict=True))
    order = np.argsort(low)
    return _joined(low[order], high[order])


def ground_of(hexes: Hexes, *, finest: int) -> Ranges:
    """Where all that lies in hexagons of any resolutions is numbered: themselves, and what is below them.

    Args:
        hexes: hexagons, at least one.
        finest: resolution down to which to look.
    """
    own = resolutions_of(hexes)
    pieces = []
    for resolution in np.unique(own).tolist():
        found = ranges_below(hexes[own == resolution], range(resolution, max(resolution, finest) + 1))
        pieces.append((found.low, found.high))
    low, high = (np.concatenate(ends) for ends in zip(*pieces, strict=True))
    order = np.argsort(low)
    return _joined(low[order], high[order])


def ancestors_of(box: Box, resolution: int) -> Hexes | None:
    """A few hexagons, at most as fine as the resolution, below which everything lies that touches a box.

    Returns:
        Hexagons of one resolution; None where the box is so large that everything has to be looked at.
    """
    if box.east - box.west > WIDEST_DEG or max(-box.south, box.north) > FARTHEST_LAT:
        return None
    coarse = next((r for r in range(resolution, 0, -1) if _expected(box, r) <= MOST_ANCESTORS), 0)
    west, south, east, north = _widened(box, coarse)
    outline = np.array([shapely.box(west, south, east, north)], dtype=object)
    return np.unique(hexes_touching(outline, coarse)[1])


def mean_area_km2(resolution: int) -> float:
    """Of the hexagons of a resolution."""
    return EARTH_KM2 / float(2 + 120 * 7**resolution)


def _expected(box: Box, resolution: int) -> float:
    """About how many hexagons of a resolution a box touches."""
    west, south, east, north = _widened(box, resolution)
    km2 = (east - west) * cos(radians((box.south + box.north) / 2)) * (north - south) * KM_PER_DEGREE**2
    return km2 / mean_area_km2(resolution)


def _widened(box: Box, resolution: int) -> tuple[float, float, float, float]:
    """The box with a margin for the overhang of hexagons' parts."""
    edge_km = float(mean_area_km2(resolution) / 2.598) ** 0.5  # area of a hexagon: 2.598 edges squared
    north_deg = OVERHANG * edge_km / KM_PER_DEGREE
    east_deg = north_deg / cos(radians(max(-box.south, box.north)))
    south, north = max(box.south - north_deg, -89.9), min(box.north + north_deg, 89.9)
    return max(box.west - east_deg, -180.0), south, min(box.east + east_deg, 180.0), north


def _below(hexes: Hexes, own: int, finer: int) -> tuple[Hexes, Hexes]:
    """First and last number below each hexagon: three bits for each resolution, 0 to 6, and 7 where there is none."""
    moved = hexes + np.uint64((finer - own) << 52)
    bits = sum(7 << (3 * (MAX_RESOLUTION - r)) for r in range(own + 1, finer + 1))
    steps = sum(1 << (3 * (MAX_RESOLUTION - r)) for r in range(own + 1, finer + 1))
    return moved & ~np.uint64(bits), moved - np.uint64(steps)


def _above(hexes: Hexes, coarser: int) -> tuple[Hexes, Hexes]:
    holding = np.unique(parents_of(hexes, coarser))
    return holding, holding


def _joined(low: Hexes, high: Hexes) -> Ranges:
    """Ranges in order of their begin, those that overlap or follow each other joined."""
    reach = np.maximum.accumulate(high)
    begins = np.r_[True, low[1:] > reach[:-1] + np.uint64(1)]
    ends = np.r_[np.flatnonzero(begins)[1:] - 1, len(low) - 1]
    return Ranges(low[begins], reach[ends])
