"""Rasters of people or land use (GeoTIFF), brought to hexagons. Needs the extra `raster`."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from pyproj import Transformer

from geo.class_weights import class_weights
from geo.hexagons import Floats, hex_areas_km2, hexes_at
from geo.prior_points import hexes_of_points
from geo.prior_rows import PriorOptions
from lake.errors import RefusedInputError
from lake.files import safe_name

# A pixel is split until its parts are at most this share of a hexagon's width, so that no hexagon falls between.
PART_OF_HEXAGON = 0.5
MAX_SPLITS = 16
# Points that are placed at a time: a block of coarse pixels would fill the memory.
POINTS_AT_ONCE = 4_000_000
DEGREE_M = 111_195.0


@dataclass(frozen=True, kw_only=True)
class RasterSums:
    """A raster, summed into hexagons.

    Attributes:
        table: hex and mass.
        pixels: pixels that hold a value.
        negative: those of them that were left out, being below zero.
        off_globe: those of them that were left out, being nowhere on the globe.
    """

    table: pl.DataFrame
    pixels: int
    negative: int
    off_globe: int


@dataclass(frozen=True)
class _Grid:
    """How the pixels of a raster become points."""

    place: Any
    to_degrees: Transformer
    splits: int
    resolution: int


def read_raster(path: Path, *, options: PriorOptions) -> RasterSums:
    """The first band of a raster, summed into hexagons block by block.

    Pixels that are far larger than a hexagon come to coarser hexagons, so that none falls between.

    Args:
        path: a GeoTIFF in any projection; each pixel holds people, or a class of land use.
        options: resolution and classes.

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
            return _sum_blocks(raster, options)
    except RasterioError as error:
        raise RefusedInputError(f"{safe_name(path)} cannot be read as a raster: {error}") from None


def _sum_blocks(raster: Any, options: PriorOptions) -> RasterSums:  # noqa: ANN401 - rasterio carries no types
    grid = _grid(raster, options.resolution)
    pixels = negative = 0
    parts = []
    for row, column, values in _blocks(raster, most=max(POINTS_AT_ONCE // grid.splits**2, 1)):
        is_usable = values >= 0 if options.classes is None else np.ones(len(values), dtype=bool)
        pixels, negative = pixels + len(values), negative + int((~is_usable).sum())
        parts.append(_summed(row[is_usable], column[is_usable], values[is_usable], grid=grid, options=options))
    empty = pl.DataFrame(schema={"hex": pl.UInt64, "amount": pl.Float64, "points": pl.UInt32})
    sums = pl.concat([empty, *parts]).group_by("hex").agg(pl.col("amount").sum(), pl.col("points").sum()).sort("hex")
    off_globe = int(sums.filter(hex=0)["points"].sum()) // grid.splits**2
    sums = sums.filter(pl.col("hex") > 0)
    if options.classes is None:
        table = sums.select("hex", mass="amount")
    else:
        # Points of one raster are equally dense: their mean weight is that of the hexagon's ground.
        area_km2 = pl.Series(hex_areas_km2(sums["hex"].to_numpy()), dtype=pl.Float64)
        table = sums.select("hex", mass=pl.col("amount") / pl.col("points") * area_km2)
    return RasterSums(table=table, pixels=pixels, negative=negative, off_globe=off_globe)


def _blocks(raster: Any, *, most: int) -> Iterator[tuple[Floats, Floats, Floats]]:  # noqa: ANN401
    """Row, column and value of the pixels that hold one, at most so many at a time."""
    for _, window in raster.block_windows(1):
        band = raster.read(1, window=window, masked=True)
        filled = np.ma.filled(band.astype(np.float64), np.nan)
        row, column = np.nonzero(np.isfinite(filled))
        for first in range(0, len(row), most):
            rows, columns = row[first : first + most], column[first : first + most]
            yield rows + window.row_off, columns + window.col_off, filled[rows, columns]


def _summed(row: Floats, column: Floats, values: Floats, *, grid: _Grid, options: PriorOptions) -> pl.DataFrame:
    """Hexagon, summed amount (people, or weights of classes) and points."""
    if options.classes is None:
        amount = values / grid.splits**2
    else:
        amount = class_weights(pl.Series(values, dtype=pl.Float64), options.classes).to_numpy()
    lat, lon = _points(row, column, grid)
    columns = {
        "hex": hexes_of_points(lat, lon, grid.resolution),
        "amount": np.repeat(amount, grid.splits**2),
    }
    points = pl.DataFrame(columns, schema={"hex": pl.UInt64, "amount": pl.Float64})
    return points.group_by("hex").agg(pl.col("amount").sum(), pl.len().alias("points"))


def _points(row: Floats, column: Floats, grid: _Grid) -> tuple[Floats, Floats]:
    """Latitude and longitude of points spread evenly over pixels; no finite numbers outside the globe."""
    offsets = (np.arange(grid.splits) + 0.5) / grid.splits
    down, across = (offset.ravel() for offset in np.meshgrid(offsets, offsets, indexing="ij"))
    rows, columns = (row[:, None] + down).ravel(), (column[:, None] + across).ravel()
    return _degrees(grid.place, grid.to_degrees, rows, columns)


def _degrees(place: Any, to_degrees: Transformer, rows: Floats, columns: Floats) -> tuple[Floats, Floats]:  # noqa: ANN401
    x = place.a * columns + place.b * rows + place.c
    y = place.d * columns + place.e * rows + place.f
    lon, lat = to_degrees.transform(x, y)
    return np.asarray(lat, dtype=np.float64), np.asarray(lon, dtype=np.float64)


def _grid(raster: Any, finest: int) -> _Grid:  # noqa: ANN401
    """The finest hexagons, up to those wanted, that pixels fill when cut into no more than `MAX_SPLITS` each way."""
    to_degrees = Transformer.from_crs(raster.crs.to_wkt(), "EPSG:4326", always_xy=True)
    lat, lon, pixel_m = _middle(raster, to_degrees)
    for resolution in range(finest, -1, -1):
        splits = int(max(np.ceil(pixel_m / (PART_OF_HEXAGON * _width_m(lat, lon, resolution))), 1))
        if splits <= MAX_SPLITS:
            break
    return _Grid(raster.transform, to_degrees, min(splits, MAX_SPLITS), resolution)


def _middle(raster: Any, to_degrees: Transformer) -> tuple[float, float, float]:  # noqa: ANN401
    """Latitude and longitude of the middle pixel, and its longer side in metres.

    Raises:
        RefusedInputError: the middle is nowhere on the globe.
    """
    rows, columns = raster.height // 2 + np.array([0, 0, 1]), raster.width // 2 + np.array([0, 1, 0])
    lats, lons = _degrees(raster.transform, to_degrees, rows, columns)
    if not (np.isfinite(lons).all() and (np.abs(lats) <= 90).all() and (np.abs(lons) <= 360).all()):  # noqa: PLR2004
        raise RefusedInputError(f"{safe_name(Path(raster.name))} lies outside the globe: check its projection")
    east = ((lons - lons[0] + 180) % 360 - 180) * np.cos(np.radians(lats[0]))
    side_m = np.hypot(east, lats - lats[0]).max() * DEGREE_M
    return float(lats[0]), float(lons[0]), float(side_m)


def _width_m(lat: float, lon: float, resolution: int) -> float:
    middle = hexes_at(np.array([lat]), np.array([lon]), resolution)
    return 1000 * float(np.sqrt(hex_areas_km2(middle)[0]))
