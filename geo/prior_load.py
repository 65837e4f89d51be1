"""Taking in what a user knows of where people are: population or land use as hexagons, points, polygons or a raster."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import polars as pl
import pyarrow.parquet as pq
import shapely

from geo.class_weights import class_weights
from geo.hexagons import (
    Floats,
    Geometries,
    Hexes,
    hex_areas_km2,
    hex_centres,
    hexes_at,
    hexes_touching,
    parents_of,
    resolutions_of,
)
from geo.outlines import areas_km2, ground_areas, map_outlines
from geo.prior import STAGE, store_prior
from geo.prior_raster import read_raster
from lake.errors import RefusedInputError
from lake.files import hash_file, safe_name
from lake.intake import Intake
from lake.ledger import FileRecord, open_ledger
from lake.reports import FileReport
from lake.staging import recover, staged

RASTERS = {".tif", ".tiff"}
TABLES = {".csv", ".gz", ".zst", ".parquet"}
HEX_DIGITS = 15


@dataclass(frozen=True, kw_only=True)
class PriorOptions:
    """How a file of people or land use is to be read.

    Attributes:
        resolution: H3 resolution that points, polygons and rasters are brought to.
        columns: our name to the file's, for hex, lat, lon and value.
        classes: weight per km2 of each class, where values are classes of land use; None where they are people.
    """

    resolution: int
    columns: Mapping[str, str]
    classes: Mapping[str, float] | None = None


@dataclass(frozen=True, kw_only=True)
class PriorLoad:
    """The outcome of taking in a prior.

    Attributes:
        file: what became of its rows.
        hexagons: hexagons that it speaks of.
        mass: people, or weights, in all of them.
    """

    file: FileReport
    hexagons: int
    mass: float


def load_prior(path: Path, *, intake: Intake, options: PriorOptions) -> PriorLoad:
    """Take in a prior; it replaces the one before.

    Args:
        path: CSV or Parquet with hex or with lat and lon, GeoTIFF, or polygons in any format that geopandas reads.
        intake: where to, when, by whom.
        options: how to read it.

    Raises:
        RefusedInputError: it cannot be read, a column is missing, or nothing in it can be placed.
    """
    recover(intake.home)
    found, rows, notes = _read(path, options)
    is_good = (found["hex"] != 0) & found["mass"].is_finite() & (found["mass"] >= 0)
    kept = found.filter(is_good)
    table = kept.group_by("hex").agg(pl.col("mass").sum())
    if table.is_empty() or table["mass"].sum() <= 0:
        raise RefusedInputError(f"{safe_name(path)} holds no people anywhere: check which column is named by value")
    _refuse_nested(table["hex"].to_numpy(), path)
    with staged(intake.home) as staging:
        store_prior(staging, table)
    bad = int((~is_good).fill_null(value=True).sum())
    report = FileReport(
        name=safe_name(path),
        verdict="accepted",
        rows_in=rows,
        rows_kept=rows - bad,
        rows_quarantined={"no_place_or_no_number": bad} if bad else {},
        notes=notes,
    )
    _record(report, path=path, intake=intake)
    return PriorLoad(file=report, hexagons=table.height, mass=float(table["mass"].sum()))


def _read(path: Path, options: PriorOptions) -> tuple[pl.DataFrame, int, dict[str, int]]:
    """Hexagon and mass of every row (hexagon 0: none), rows in the file, and notes."""
    suffix = path.suffix.casefold()
    if suffix in RASTERS:
        table = read_raster(path, options=options)
        return table, table.height, {}
    if suffix in TABLES and not _is_geoparquet(path):
        table = _read_table(path, options)
        return table, table.height, {}
    return _read_polygons(path, options)


def _is_geoparquet(path: Path) -> bool:
    return path.suffix.casefold() == ".parquet" and b"geo" in (pq.read_schema(path).metadata or {})


def _read_table(path: Path, options: PriorOptions) -> pl.DataFrame:
    try:
        table = pl.read_parquet(path) if path.suffix.casefold() == ".parquet" else pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise RefusedInputError(f"{safe_name(path)} cannot be read: {str(error).splitlines()[0]}") from None
    names = {ours: options.columns.get(ours, ours) for ours in ("hex", "lat", "lon", "value")}
    if names["hex"] in table.columns:
        hexes = _as_hexes(table[names["hex"]])
    elif names["lat"] in table.columns and names["lon"] in table.columns:
        lat, lon = (table[names[name]].cast(pl.Float64, strict=False).to_numpy() for name in ("lat", "lon"))
        hexes = _hexes_of_points(lat, lon, options.resolution)
    else:
        raise RefusedInputError(
            f"{safe_name(path)} has neither a column hex nor lat and lon: its columns are {', '.join(table.columns)}; "
            "name yours with --columns hex=THEIRS"
        )
    return _weighed(hexes, _values(table, names["value"], path), options)


def _values(table: pl.DataFrame, name: str, path: Path) -> pl.Series:
    if name not in table.columns:
        raise RefusedInputError(
            f"{safe_name(path)} has no column {name}: its columns are {', '.join(table.columns)}; "
            "name yours with --columns value=THEIRS"
        )
    return table[name]


def _as_hexes(column: pl.Series) -> Hexes:
    """Hexagons written as 15 hexadecimal digits or as numbers; 0 for what is neither."""
    if column.dtype == pl.String:
        texts = column.str.strip_chars().str.to_lowercase()
        is_hex = texts.str.contains(rf"^8[0-9a-f]{{{HEX_DIGITS - 1}}}$")
        numbers = pl.select(pl.when(is_hex).then(texts)).to_series().str.to_integer(base=16, strict=False)
        return numbers.cast(pl.UInt64, strict=False).fill_null(0).to_numpy()
    return column.cast(pl.UInt64, strict=False).fill_null(0).to_numpy()


def _hexes_of_points(lat: Floats, lon: Floats, resolution: int) -> Hexes:
    is_there = (np.abs(lat) <= 90) & (np.abs(lon) <= 180)  # noqa: PLR2004 - degrees
    hexes = np.zeros(len(lat), dtype=np.uint64)
    hexes[is_there] = hexes_at(lat[is_there], lon[is_there], resolution)
    return hexes


def _weighed(hexes: Hexes, values: pl.Series, options: PriorOptions) -> pl.DataFrame:
    """Mass of each row: its people, or the weight of its class times the ground of its hexagon."""
    if options.classes is None:
        return pl.DataFrame({"hex": hexes, "mass": values.cast(pl.Float64, strict=False)})
    area_km2 = np.zeros(len(hexes))
    area_km2[hexes > 0] = hex_areas_km2(hexes[hexes > 0])
    return pl.DataFrame({"hex": hexes, "mass": class_weights(values, options.classes) * area_km2})


def _read_polygons(path: Path, options: PriorOptions) -> tuple[pl.DataFrame, int, dict[str, int]]:
    try:
        found = gpd.read_parquet(path) if path.suffix.casefold() == ".parquet" else gpd.read_file(path)
    except (OSError, ValueError, RuntimeError) as error:
        raise RefusedInputError(f"{safe_name(path)} cannot be read as polygons: {str(error).splitlines()[0]}") from None
    found = found if found.crs is None else found.to_crs("EPSG:4326")
    name = options.columns.get("value", "value")
    values = _values(pl.from_pandas(found.drop(columns=[found.geometry.name])), name, path)
    is_shape = found.geometry.notna() & found.geometry.geom_type.isin(("Polygon", "MultiPolygon"))
    shapes = shapely.make_valid(found.geometry.to_numpy()[is_shape.to_numpy()])
    people = _people_of(shapes, values.filter(pl.Series(is_shape.to_numpy())), options)
    position, hexes = hexes_touching(shapes, options.resolution)
    parts = np.asarray(shapely.intersection(map_outlines(hexes), shapes[position]))
    ground = ground_areas(parts, near_lat=hex_centres(hexes)[0])
    whole = np.bincount(position, weights=ground, minlength=len(shapes))
    mass = people.to_numpy()[position] * ground / np.maximum(whole[position], np.finfo(float).tiny)
    notes = {"rows without a polygon were left out": int((~is_shape).sum())} if (~is_shape).any() else {}
    return pl.DataFrame({"hex": hexes, "mass": mass}), len(found), notes


def _people_of(shapes: Geometries, values: pl.Series, options: PriorOptions) -> pl.Series:
    if options.classes is None:
        return values.cast(pl.Float64, strict=False).fill_null(0.0)
    return class_weights(values, options.classes) * areas_km2(shapes)


def _refuse_nested(hexes: Hexes, path: Path) -> None:
    resolutions = resolutions_of(hexes)
    for coarse in np.unique(resolutions)[:-1]:
        finer = parents_of(hexes[resolutions > coarse], int(coarse))
        if np.isin(finer, hexes[resolutions == coarse]).any():
            raise RefusedInputError(
                f"{safe_name(path)} gives a hexagon and hexagons inside it: keep one resolution for each place"
            )


def _record(report: FileReport, *, path: Path, intake: Intake) -> None:
    with open_ledger(intake.ledger_url) as ledger:
        ledger.record(
            FileRecord(
                stage=STAGE,
                name=report.name,
                sha256=hash_file(path),
                reading="",
                verdict=report.verdict,
                rows_in=report.rows_in,
                rows_kept=report.rows_kept,
                rows_quarantined=report.rows_quarantined,
                taken_at=intake.now,
                taken_by=intake.taken_by,
            )
        )
