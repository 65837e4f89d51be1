"""Hexagons as files give them: by number, by text, or by a point inside."""

import h3ronpy
import numpy as np
import polars as pl
import pyarrow as pa

from geo.hexagons import Floats, Hexes, hexes_at

HEX_PATTERN = "^8[0-9a-f]{14}$"


def hexes_from(column: pl.Series) -> Hexes:
    """Hexagons written as 15 hexadecimal digits or as numbers; 0 for what is neither."""
    if column.dtype == pl.String:
        texts = column.str.strip_chars().str.to_lowercase()
        is_hex = texts.str.contains(HEX_PATTERN).fill_null(value=False)
        digits = texts.set(~is_hex, None).str.to_integer(base=16, strict=False, dtype=pl.UInt64)
        numbers = digits.fill_null(texts.cast(pl.UInt64, strict=False)).fill_null(0).to_numpy()
    else:
        numbers = column.cast(pl.UInt64, strict=False).fill_null(0).to_numpy()
    is_valid = pa.array(h3ronpy.cells_valid(numbers)).is_valid().to_numpy(zero_copy_only=False)
    return np.where(is_valid, numbers, np.uint64(0))


def hexes_of_points(lat: Floats, lon: Floats, resolution: int) -> Hexes:
    """The hexagon of each point (degrees); 0 for what is no place on the globe."""
    is_there = (np.abs(lat) <= 90) & (np.abs(lon) <= 180)  # noqa: PLR2004 - degrees
    hexes = np.zeros(len(lat), dtype=np.uint64)
    hexes[is_there] = hexes_at(lat[is_there], lon[is_there], resolution)
    return hexes
