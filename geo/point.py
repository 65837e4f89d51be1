"""The simplest footprint: a cell's devices are all in the hexagon under its mast."""

import polars as pl

from geo.footprint_options import FootprintOptions
from geo.hexagons import hexes_at
from geo.land import LandMask


def point_weights(cells: pl.DataFrame, *, options: FootprintOptions, land: LandMask | None) -> pl.DataFrame:  # noqa: ARG001 - a mast at sea stays where it is
    """Weights of the hexagon under each cell.

    Args:
        cells: cell_no, lat, lon (degrees).
        options: the resolution.
        land: not looked at.

    Returns:
        cell_no, hex, weight; the weights of a cell sum to one.
    """
    hexes = hexes_at(cells["lat"].to_numpy(), cells["lon"].to_numpy(), options.resolution)
    return pl.DataFrame({"cell_no": cells["cell_no"], "hex": hexes, "weight": 1.0})
