"""Which cells a hexagon may hear: those of the nearest masts, macro and small ones apart."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.spatial import KDTree

from geo.distances import EARTH_RADIUS_M, unit_vectors
from geo.footprint_options import RadioModel
from geo.hexagons import Floats, Positions

Flags = npt.NDArray[np.bool_]

# Micro and indoor sites are asked for this far: beyond it a macro cell is always stronger.
SMALL_REACH_M = 2_000.0


@dataclass(frozen=True)
class Masts:
    """Places with cells, of one sort.

    Attributes:
        tree: places on the unit sphere.
        lat: latitude of each place in degrees.
        lon: longitude.
        first: where the cells of each place begin in `cells`, and one more: the end.
        cells: positions of the cells, place by place.
        nearest: how many places are asked for.
        reach: no place farther than this is asked for, as a chord of the unit sphere.
    """

    tree: KDTree
    lat: Floats
    lon: Floats
    first: Positions
    cells: Positions
    nearest: int
    reach: float

    def around(self, points: Floats) -> tuple[Floats, Positions]:
        """Chords to the nearest places and their numbers, shape (points, nearest); infinite where there are fewer."""
        chord, place = self.tree.query(points, k=self.nearest, distance_upper_bound=self.reach)
        shape = (len(points), self.nearest)
        return np.reshape(chord, shape), np.reshape(place, shape).astype(np.int64)

    def cells_of(self, places: Positions) -> tuple[Positions, Positions]:
        """Position in `places` and cell, for every cell of each place."""
        sizes = np.diff(self.first)[places]
        ends = np.cumsum(sizes)
        link = np.repeat(np.arange(len(places)), sizes)
        within = np.arange(len(link)) - (ends - sizes)[link]
        return link, self.cells[self.first[:-1][places][link] + within]

    def near(self, places: Positions, lat: Floats, lon: Floats) -> Positions:
        """Positions of the points that lie within reach of any of the places."""
        if len(places) == 0:
            return np.empty(0, dtype=np.int64)
        some = KDTree(unit_vectors(self.lat[places], self.lon[places]))
        chord, _ = some.query(unit_vectors(lat, lon), distance_upper_bound=self.reach)
        return np.flatnonzero(np.isfinite(chord)).astype(np.int64)

    def hear(self, lat: Floats, lon: Floats, places: Positions) -> Flags:
        """Whether each point asks for any of the places."""
        if len(lat) == 0 or len(places) == 0:
            return np.zeros(len(lat), dtype=bool)
        chord, place = self.around(unit_vectors(lat, lon))
        # Where fewer places are in reach, the tree answers with a number one past the last.
        is_wanted = np.zeros(self.tree.n + 1, dtype=bool)
        is_wanted[places] = True
        return np.asarray((is_wanted[place] & np.isfinite(chord)).any(axis=1))


def sort_masts(cells: pl.DataFrame, sectors: Positions, *, model: RadioModel, max_range_m: float) -> tuple[Masts, ...]:
    """The masts of macro cells and those of small ones; a sort without any is left out.

    Args:
        cells: kind, lat, lon (degrees).
        sectors: number of the sector that each cell belongs to; cells of a sector stand together in the result.
        model: how many of each sort a hexagon asks for.
        max_range_m: no macro mast is asked for from farther away.
    """
    is_macro = (cells["kind"] == "macro").to_numpy()
    sorts = (
        (np.flatnonzero(is_macro), model.macro_places, max_range_m),
        (np.flatnonzero(~is_macro), model.small_places, min(SMALL_REACH_M, max_range_m)),
    )
    return tuple(
        _masts(cells.select("lat", "lon")[members], members, sectors[members], nearest=nearest, reach_m=reach_m)
        for members, nearest, reach_m in sorts
        if len(members)
    )


def _masts(where: pl.DataFrame, members: Positions, sectors: Positions, *, nearest: int, reach_m: float) -> Masts:
    places, place = np.unique(where.to_numpy(), axis=0, return_inverse=True)
    by_place = np.lexsort((sectors, place))
    first = np.concatenate(([0], np.cumsum(np.bincount(place, minlength=len(places)))))
    chord = 2 * np.sin(min(reach_m / EARTH_RADIUS_M, np.pi) / 2)
    return Masts(
        tree=KDTree(unit_vectors(places[:, 0], places[:, 1])),
        lat=places[:, 0],
        lon=places[:, 1],
        first=first.astype(np.int64),
        cells=members[by_place],
        nearest=nearest,
        reach=float(chord),
    )
