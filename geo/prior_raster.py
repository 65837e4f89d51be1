"""Rasters of people or land use (GeoTIFF), brought to hexagons. Needs the extra `raster`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from geo.class_weights import class_weights
from geo.hexagons import Floats, hex_areas_km2, hexes_at
from lake.errors import RefusedInputError
from lake.files import safe_name

if TYPE_CHECKING:
    from geo.prior_load import PriorOptions

# A pixel is split until its parts are at most this share of a hexagon's width, so that no hexagon falls between.
PART_OF_HEXAGON = 0.5
MAX_SPLITS = 16
DEGREE_M = 111_195.0


def read_raster(path: Path, *, options: "PriorOptions") -> pl.DataFrame:
    """The first band of a raster, summed into hexagons block by block.

    Args:
        path: a GeoTIFF in any projection; each pixel holds people, or a class of land use.
        options: resolution and classes.

    Returns:
        hex and mass.

    Raises:
        RefusedInputError: the extra is not installed, or the file is no raster that knows where it is.
    """
    try:
        import rasterio  # noqa: PLC0415 - an extra
        from rasterio.errors import RasterioError  # noqa: PLC0415
    except ImportError:
        raise RefusedInputError("reading GeoTIFF needs rasterio: run 'pip install kerumun[raster]'") from None
    try:
        with rasterio.open(path) as raster:
            if raster.crs is None:
                raise RefusedInputError(f"{safe_name(path)} does not say where it is: give it a projection")
            parts = [_summed(raster, window, options) for _, window in raster.block_windows(1)]
    except RasterioError as error:
        raise RefusedInputError(f"{safe_name(path)} cannot be read as a raster: {error}") from None
    sums = pl.concat(parts).group_by("hex").agg(pl.col("amount").sum(), pl.col("points").sum())
    if options.classes is None:
        return sums.select("hex", mass="amount")
    # Points of one raster are equally dense: their mean weight is that of the hexagon's ground.
    area_km2 = pl.Series(hex_areas_km2(sums["hex"].to_numpy()))
    return sums.select("hex", mass=pl.col("amount") / pl.col("points") * area_km2)


def _summed(raster: Any, window: Any, options: "PriorOptions") -> pl.DataFrame:  # noqa: ANN401 - rasterio carries no types
    """Hexagon, summed amount (people, or weights of classes) and points of one block."""
    band = raster.read(1, window=window, masked=True)
    filled = np.ma.filled(band.astype(np.float64), np.nan)
    row, column = np.nonzero(np.isfinite(filled))
    values = filled[row, column]
    splits = _splits(raster, options.resolution)
    if options.classes is None:
        amount = values / splits**2
    else:
        amount = class_weights(pl.Series(values), options.classes).to_numpy()
    lat, lon = _points(raster, row + window.row_off, column + window.col_off, splits=splits)
    hexes = hexes_at(lat, lon, options.resolution)
    points = pl.DataFrame(
        {"hex": hexes, "amount": np.repeat(amount, splits**2)}, schema={"hex": pl.UInt64, "amount": pl.Float64}
    )
    return points.group_by("hex").agg(pl.col("amount").sum(), pl.len().alias("points"))


def _points(raster: Any, row: Floats, column: Floats, *, splits: int) -> tuple[Floats, Floats]:  # noqa: ANN401
    """Latitude and longitude of points spread evenly over pixels."""
    from rasterio.warp import transform  # noqa: PLC0415

    if len(row) == 0:
        return np.empty(0), np.empty(0)
    offsets = (np.arange(splits) + 0.5) / splits
    down, across = (offset.ravel() for offset in np.meshgrid(offsets, offsets, indexing="ij"))
    rows, columns = (row[:, None] + down).ravel(), (column[:, None] + across).ravel()
    place = raster.transform
    x = place.a * columns + place.b * rows + place.c
    y = place.d * columns + place.e * rows + place.f
    lon, lat = transform(raster.crs, "EPSG:4326", x, y)
    return np.asarray(lat), np.asarray(lon)


def _splits(raster: Any, resolution: int) -> int:  # noqa: ANN401
    """Parts that a pixel is cut into along each side."""
    from rasterio.warp import transform_bounds  # noqa: PLC0415

    west, south, east, north = transform_bounds(raster.crs, "EPSG:4326", *raster.bounds)
    degrees = max((east - west) / raster.width, (north - south) / raster.height)
    middle = hexes_at(np.array([(south + north) / 2]), np.array([(west + east) / 2]), resolution)
    width_m = 1000 * float(np.sqrt(hex_areas_km2(middle)[0]))
    return int(np.clip(np.ceil(degrees * DEGREE_M / (PART_OF_HEXAGON * width_m)), 1, MAX_SPLITS))
