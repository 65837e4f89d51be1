"""Hexagons and areas of all levels as whole numbers, with the share of each hexagon's people that each area gets."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import scipy.sparse as sp

from crowd.mobility.hierarchy import read_tree
from crowd.mobility.tree_shares import tree_shares
from geo.hexagons import Hexes
from lake.home import Home

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class AreaGround:
    """The ground of all areas.

    Attributes:
        areas: level, area_code; rows of a level stand together, coarse to fine, by code.
        hexes: hexagons, ascending.
        shares: share of a hexagon's people in an area, shape (areas, hexes).
        touches: 1 where there is any, else 0.
    """

    areas: pl.DataFrame
    hexes: Hexes
    shares: sp.csr_array
    touches: sp.csr_array

    @property
    def level(self) -> npt.NDArray[np.uint32]:
        """Number of each area's level."""
        return self.areas["level"].rle_id().to_numpy()

    def places(self, hexes: Hexes) -> Positions:
        """Positions of hexagons, all of which must be there."""
        return np.searchsorted(self.hexes, hexes)

    def lacks(self, hexes: Hexes) -> Hexes:
        """Those of some hexagons that are not there."""
        at = np.minimum(self.places(hexes), max(len(self.hexes) - 1, 0))
        return hexes[self.hexes[at] != hexes] if len(self.hexes) else hexes


def ground_of(home: Home, hexes: Hexes) -> AreaGround:
    """The ground that some hexagons are.

    Args:
        home: whose areas.
        hexes: hexagons, in any order.

    Raises:
        RefusedInputError: no areas are loaded, or they form no tree.
    """
    known, tree = np.unique(hexes), read_tree(home)
    areas = tree.rows.select("level", "area_code")
    numbers = areas.select(code="area_code").with_row_index("area")
    shares = pl.concat(tree_shares(home, known, tree=tree).values()).join(numbers, on="code", how="left")
    at = (shares["area"].to_numpy(), np.searchsorted(known, shares["hex"].to_numpy()))
    together = sp.csr_array((shares["share"].to_numpy(), at), shape=(areas.height, len(known)))
    return AreaGround(areas, known, shares=together, touches=together.astype(bool).astype(np.float64))
