"""The hexagons that people are placed in: fine where masts are dense, coarser where they are sparse.

This is the one place that decides on resolutions. Hexagons belong to blocks (of the coarsest resolution) by their
number, so that no two of a grid overlap and none is missing between blocks of different fineness.
"""

from dataclasses import dataclass
from functools import cached_property

import h3ronpy
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from geo.footprint_options import FootprintOptions
from geo.hexagons import Floats, Hexes, Positions, children_of, disks_around, hex_areas_km2, hexes_at, parents_of

# A block and its six neighbours (36 km2 at resolution 7) with this many masts are drawn at the finest resolution: up to
# three and a half kilometres from mast to mast.
FINE_PLACES = 3
REACH_STEPS = (1, 2, 4, 8, 16, 32)


@dataclass(frozen=True)
class Grid:
    """Which resolution each block of ground is drawn at.

    Attributes:
        blocks: hexagons of the coarsest resolution, ascending.
        resolutions: of the hexagons within each block.
        options: finest and coarsest resolution.
    """

    blocks: Hexes
    resolutions: npt.NDArray[np.int64]
    options: FootprintOptions

    @cached_property
    def hexes(self) -> Hexes:
        """Every hexagon of the grid, ascending."""
        parts = [children_of(self.blocks[self.resolutions == r], int(r)) for r in np.unique(self.resolutions)]
        return np.sort(np.concatenate(parts)) if parts else np.empty(0, dtype=np.uint64)

    def hexes_under(self, lat: Floats, lon: Floats) -> Hexes:
        """The hexagon of the grid under each point, which must lie on it."""
        finest = hexes_at(lat, lon, self.options.resolution)
        block = np.searchsorted(self.blocks, parents_of(finest, self.options.coarsest))
        under = finest.copy()
        for resolution in np.unique(self.resolutions[block]):
            is_drawn_so = self.resolutions[block] == resolution
            under[is_drawn_so] = parents_of(finest[is_drawn_so], int(resolution))
        return under


def lay_grid(lat: Floats, lon: Floats, *, reach_m: Floats, options: FootprintOptions) -> Grid:
    """The grid of all ground within reach of masts.

    Args:
        lat: latitude of the masts of all operators, each place once, in degrees.
        lon: longitude.
        reach_m: how far each is heard at most.
        options: finest and coarsest resolution.
    """
    home_blocks = parents_of(hexes_at(lat, lon, options.resolution), options.coarsest)
    steps = _steps(home_blocks, reach_m)
    reached = [disks_around(home_blocks[steps == s], int(s)) for s in np.unique(steps)]
    blocks = np.unique(np.concatenate(reached)) if reached else np.empty(0, dtype=np.uint64)
    around = _places_around(blocks, home_blocks)
    finer = min(options.resolution, max(options.resolution - 1, options.coarsest))
    resolutions = np.select([around >= FINE_PLACES, around > 0], [options.resolution, finer], options.coarsest)
    return Grid(blocks, resolutions, options)


def _steps(blocks: Hexes, reach_m: Floats) -> Positions:
    """Rings of blocks that cover each reach, rounded up to one of a few."""
    if len(blocks) == 0:
        return np.empty(0, dtype=np.int64)
    # From middle to middle of regular hexagons.
    spacing_m = 1000 * np.sqrt(2 * hex_areas_km2(np.unique(blocks)).min() / np.sqrt(3))
    needed = np.ceil(reach_m / (spacing_m * np.sqrt(3) / 2))
    return np.asarray(np.asarray(REACH_STEPS)[np.searchsorted(REACH_STEPS, np.minimum(needed, REACH_STEPS[-1]))])


def _places_around(blocks: Hexes, home_blocks: Hexes) -> Positions:
    """Masts in each block and its neighbours."""
    present, places = np.unique(home_blocks, return_counts=True)
    disks = pa.array(h3ronpy.grid_disk(present, 1)) if len(present) else pa.array([], type=pa.list_(pa.uint64()))
    spread = np.repeat(places, np.diff(np.asarray(disks.offsets)))
    position = np.searchsorted(blocks, np.asarray(disks.flatten()))
    return np.bincount(position, weights=spread, minlength=len(blocks)).astype(np.int64)
