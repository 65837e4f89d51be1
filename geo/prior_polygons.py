"""Polygons of people or land use, brought to hexagons."""

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import polars as pl
import shapely
from pandas.api.types import is_numeric_dtype

from geo.class_weights import class_weights
from geo.hexagons import Floats, Geometries, Hexes, Positions, hex_centres, hexes_touching
from geo.outlines import areas_km2, ground_areas, map_outlines
from geo.prior_rows import FoundRows, PriorOptions, sorted_out, value_column
from lake.errors import RefusedInputError
from lake.files import safe_name


def read_polygons(path: Path, options: PriorOptions) -> FoundRows:
    """Polygons of people or land use, shared out over hexagons by ground; each keeps its people.

    Raises:
        RefusedInputError: it cannot be read, lies nowhere on the globe, or has no column of values.
    """
    found = _outlines(path)
    theirs = found[value_column([str(name) for name in found.columns], options, path)]
    values = pl.from_pandas(theirs if is_numeric_dtype(theirs) else theirs.astype("string"))
    is_shape = found.geometry.geom_type.isin(("Polygon", "MultiPolygon")).to_numpy()
    shapes = np.full(len(found), shapely.MultiPolygon(), dtype=object)
    shapes[is_shape] = shapely.make_valid(found.geometry.to_numpy()[is_shape])
    position, hexes, share = _shared_out(shapes, options.resolution)
    people = _people_of(shapes, values, options)
    is_placed = np.bincount(position, minlength=len(shapes)) > 0
    rows = sorted_out(is_placed.astype(np.uint64), people)
    mass = pl.Series(people.to_numpy()[position] * share)
    return replace(rows, table=sorted_out(hexes, mass).table)


def _outlines(path: Path) -> gpd.GeoDataFrame:
    try:
        is_parquet = path.suffix.casefold() in {".parquet", ".geoparquet"}
        found = gpd.read_parquet(path) if is_parquet else gpd.read_file(path)
    except (OSError, ValueError, RuntimeError) as error:
        raise RefusedInputError(f"{safe_name(path)} cannot be read as polygons: {str(error).splitlines()[0]}") from None
    if not isinstance(found, gpd.GeoDataFrame):
        raise RefusedInputError(f"{safe_name(path)} holds no geometry: send polygons")
    found = found if found.crs is None else found.to_crs("EPSG:4326")
    if not (np.abs(found.total_bounds) <= (180, 90, 180, 90)).all():
        raise RefusedInputError(f"{safe_name(path)} lies outside the globe or nowhere: check its projection")
    return found


def _shared_out(shapes: Geometries, resolution: int) -> tuple[Positions, Hexes, Floats]:
    """Position of a shape, a hexagon it lies on, and the share of its ground that lies there."""
    position, hexes = hexes_touching(shapes, resolution)
    parts = np.asarray(shapely.intersection(map_outlines(hexes), shapes[position]))
    has_ground = shapely.area(parts) > 0
    position, hexes, parts = position[has_ground], hexes[has_ground], parts[has_ground]
    ground = ground_areas(parts, near_lat=hex_centres(hexes)[0])
    whole = np.bincount(position, weights=ground, minlength=len(shapes))
    return position, hexes, ground / whole[position]


def _people_of(shapes: Geometries, values: pl.Series, options: PriorOptions) -> pl.Series:
    if options.classes is None:
        return values.cast(pl.Float64, strict=False)
    return class_weights(values, options.classes) * areas_km2(shapes)
