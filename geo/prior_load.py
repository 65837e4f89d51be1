"""Taking in what a user knows of where people are: population or land use as hexagons, points, polygons or a raster."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from geo.class_weights import class_weights
from geo.hexagons import Hexes, hex_areas_km2, parents_of, resolutions_of
from geo.prior import STAGE, store_prior
from geo.prior_points import hexes_from, hexes_of_points
from geo.prior_polygons import read_polygons
from geo.prior_raster import read_raster
from geo.prior_rows import FoundRows, PriorOptions, sorted_out, value_column
from lake.errors import RefusedInputError
from lake.files import hash_file, safe_name
from lake.intake import Intake
from lake.ledger import FileRecord, open_ledger
from lake.reports import FileReport
from lake.staging import recover, staged

RASTERS = {".tif", ".tiff"}
TABLES = {".csv", ".gz", ".zst", ".parquet"}


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

    People of the file are conserved: the sum of all mass is the sum of its good rows. Rows without a place
    (`no_place`) or without a number from zero up (`no_number`) are left out and counted.

    Args:
        path: CSV or Parquet with hex or with lat and lon, GeoTIFF, or polygons in any format that geopandas reads.
        intake: where to, when, by whom.
        options: how to read it.

    Raises:
        RefusedInputError: it cannot be read, a column is missing, or nothing in it can be placed.
    """
    recover(intake.home)
    digest = hash_file(path)
    found = _read(path, options)
    table = found.table.group_by("hex").agg(pl.col("mass").sum()).sort("hex")
    if table["mass"].sum() <= 0:
        what = "which column is named by value" if options.classes is None else "the classes named by --classes"
        raise RefusedInputError(f"{safe_name(path)} holds no people anywhere: check {what}")
    _refuse_nested(table["hex"].to_numpy(), path)
    with staged(intake.home) as staging:
        store_prior(staging, table)
    bad = {reason: count for reason, count in found.bad.items() if count}
    report = FileReport(
        name=safe_name(path),
        verdict="accepted",
        rows_in=found.rows,
        rows_kept=found.rows - sum(bad.values()),
        rows_quarantined=bad,
    )
    _record(report, digest=digest, intake=intake)
    return PriorLoad(file=report, hexagons=table.height, mass=float(table["mass"].sum()))


def _read(path: Path, options: PriorOptions) -> FoundRows:
    suffix = path.suffix.casefold()
    if suffix in RASTERS:
        raster = read_raster(path, options=options)
        bad = {"no_place": raster.off_globe, "no_number": raster.negative}
        return FoundRows(table=raster.table, rows=raster.pixels, bad=bad)
    if suffix in TABLES and not _is_geoparquet(path):
        return _read_table(path, options)
    return read_polygons(path, options)


def _is_geoparquet(path: Path) -> bool:
    if path.suffix.casefold() != ".parquet":
        return False
    try:
        return b"geo" in (pq.read_schema(path).metadata or {})
    except (OSError, ValueError) as error:
        raise RefusedInputError(f"{safe_name(path)} cannot be read: {str(error).splitlines()[0]}") from None


def _read_table(path: Path, options: PriorOptions) -> FoundRows:
    try:
        table = pl.read_parquet(path) if path.suffix.casefold() == ".parquet" else pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise RefusedInputError(f"{safe_name(path)} cannot be read: {str(error).splitlines()[0]}") from None
    hexes = _places(table, path, options)
    values = table[value_column(table.columns, options, path)]
    if options.classes is None:
        return sorted_out(hexes, values.cast(pl.Float64, strict=False))
    found = sorted_out(hexes, class_weights(values, options.classes))
    # Points of one survey are equally dense: the mean weight of a hexagon's is that of its ground.
    weights = found.table.group_by("hex").agg(pl.col("mass").mean())
    area_km2 = pl.Series(hex_areas_km2(weights["hex"].to_numpy()), dtype=pl.Float64)
    return replace(found, table=weights.with_columns(pl.col("mass") * area_km2))


def _places(table: pl.DataFrame, path: Path, options: PriorOptions) -> Hexes:
    """The hexagon of each row; 0 for none."""
    names = {ours: options.columns.get(ours, ours) for ours in ("hex", "lat", "lon")}
    if names["hex"] in table.columns:
        return hexes_from(table[names["hex"]])
    if names["lat"] in table.columns and names["lon"] in table.columns:
        lat, lon = (table[names[name]].cast(pl.Float64, strict=False).to_numpy() for name in ("lat", "lon"))
        return hexes_of_points(lat, lon, options.resolution)
    raise RefusedInputError(
        f"{safe_name(path)} has neither a column hex nor lat and lon: its columns are {', '.join(table.columns)}; "
        "name yours with --columns hex=THEIRS"
    )


def _refuse_nested(hexes: Hexes, path: Path) -> None:
    resolutions = resolutions_of(hexes)
    for coarse in np.unique(resolutions)[:-1]:
        finer = parents_of(hexes[resolutions > coarse], int(coarse))
        if np.isin(finer, hexes[resolutions == coarse]).any():
            raise RefusedInputError(
                f"{safe_name(path)} gives a hexagon and hexagons inside it: keep one resolution for each place"
            )


def _record(report: FileReport, *, digest: str, intake: Intake) -> None:
    with open_ledger(intake.ledger_url) as ledger:
        ledger.record(
            FileRecord(
                stage=STAGE,
                name=report.name,
                sha256=digest,
                reading="",
                verdict=report.verdict,
                rows_in=report.rows_in,
                rows_kept=report.rows_kept,
                rows_quarantined=report.rows_quarantined,
                taken_at=intake.now,
                taken_by=intake.taken_by,
            )
        )
