"""Administrative areas: polygons with Kemendagri codes, read from the usual files."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import shapely

from geo.hexagons import Floats
from geo.land import Geometries, LandMask
from lake.errors import RefusedInputError
from lake.files import hash_file, safe_name
from lake.home import Home
from lake.intake import Intake, quarantine_path
from lake.ledger import FileRecord, open_ledger
from lake.reports import FileReport
from lake.stages import PART
from lake.staging import recover, staged

STAGE = "areas"
LEVELS = ("province", "regency", "district", "village")
WKB_COLUMNS = ("wkb", "geometry", "geom", "wkb_geometry")
POLYGONS = ("Polygon", "MultiPolygon")
MAX_LON, MAX_LAT = 180, 90


@dataclass(frozen=True, kw_only=True)
class AreasLoad:
    """The outcome of taking in one file of areas."""

    file: FileReport
    level: str
    areas: int


def load_areas(path: Path, *, level: str, intake: Intake, columns: Mapping[str, str]) -> AreasLoad:
    """Take in the areas of one level; they replace those of the same level.

    Args:
        path: GeoPackage, GeoJSON, GeoParquet, or Parquet with a column of WKB.
        level: "province", "regency", "district" or "village". Where the file has a `level` column, its rows of this
            level are taken.
        intake: where to, when, by whom.
        columns: our column name to the file's, for code, name, parent and geometry.

    Raises:
        RefusedInputError: the level is unknown, the file holds no areas, or no row of it fits.
    """
    if level not in LEVELS:
        raise RefusedInputError(f"no level '{level}': choose one of {', '.join(LEVELS)}")
    recover(intake.home)
    digest = hash_file(path)
    areas, notes = _select_level(_named(_read(path, columns), path, columns), level)
    reasons = _reasons(areas)
    good = areas[reasons == ""].copy()
    counted = {str(reason): int(n) for reason, n in reasons[reasons != ""].value_counts().sort_index().items()}
    if good.empty:
        told = ", ".join(f"{n} {reason}" for reason, n in counted.items()) or "it has none"
        raise RefusedInputError(f"{safe_name(path)}: no row is an area of level {level} ({told}); see --columns")
    mended = ~good.geometry.is_valid
    good.loc[mended, "geometry"] = shapely.make_valid(good.geometry[mended].to_numpy())
    if mended.any():
        notes["outlines crossed themselves and were mended"] = int(mended.sum())
    quarantine = _set_aside(areas[reasons != ""], reasons[reasons != ""], path=path, digest=digest, intake=intake)
    with staged(intake.home) as staging:
        _as_frame(good, level).write_parquet(staging.path(f"{STAGE}/level={level}/{PART}"))
    report = FileReport(
        name=safe_name(path),
        verdict="accepted",
        rows_in=len(areas),
        rows_kept=len(good),
        rows_quarantined=counted,
        notes=notes,
        quarantine=quarantine,
    )
    _record(report, digest=digest, level=level, intake=intake)
    return AreasLoad(file=report, level=level, areas=len(good))


def read_areas(home: Home, *, level: str | None = None) -> gpd.GeoDataFrame | None:
    """Areas of one level (or all), ordered by code, in longitude and latitude; None where none are loaded."""
    levels = [name for name in loaded_levels(home) if level in {None, name}]
    frames = [pl.read_parquet(area_file(home, name)) for name in levels]
    if not frames:
        return None
    table = pl.concat(frames)
    geometry = shapely.from_wkb(table["wkb"].to_numpy())
    plain = table.select("code", "name", "level", "parent").to_dict(as_series=False)
    return gpd.GeoDataFrame(plain, geometry=geometry, crs="EPSG:4326")


def read_area_names(home: Home) -> pl.DataFrame:
    """`code, name, level, parent` of all areas, without their outlines."""
    nothing = pl.DataFrame(schema=dict.fromkeys(("code", "name", "level", "parent"), pl.String))
    files = [pl.read_parquet(area_file(home, name), columns=nothing.columns) for name in loaded_levels(home)]
    return pl.concat([nothing, *files])


def read_land(home: Home) -> LandMask | None:
    """The ground that the areas of the coarsest loaded level cover together; None where none are loaded."""
    level = next(iter(loaded_levels(home)), None)
    if level is None:
        return None

    def outlines() -> Geometries:
        return np.asarray(shapely.from_wkb(pl.read_parquet(area_file(home, level))["wkb"].to_numpy()))

    return LandMask(sha256(area_file(home, level).read_bytes()).hexdigest()[:16], outlines)


def area_at(areas: gpd.GeoDataFrame, *, lat: Floats, lon: Floats) -> npt.NDArray[np.object_]:
    """Code of the finest area at each point, None where there is none; on overlaps the smallest code wins."""
    ranked = areas.assign(rank=areas["level"].map({name: n for n, name in enumerate(LEVELS)}))
    ranked = ranked.sort_values(["rank", "code"], ascending=[False, True], ignore_index=True)
    points, found = shapely.STRtree(ranked.geometry.to_numpy()).query(shapely.points(lon, lat), predicate="intersects")
    best = pd.Series(found).groupby(points).min()
    codes = np.full(len(lat), None, dtype=object)
    codes[best.index.to_numpy()] = ranked["code"].to_numpy()[best.to_numpy()]
    return codes


def loaded_levels(home: Home) -> tuple[str, ...]:
    """Levels that areas are loaded of, from the coarsest to the finest."""
    return tuple(name for name in LEVELS if area_file(home, name).exists())


def area_file(home: Home, level: str) -> Path:
    """Where the areas of a level lie: code, name, level, parent, wkb, in order of code."""
    return home.lake / STAGE / f"level={level}" / PART


def _read(path: Path, columns: Mapping[str, str]) -> gpd.GeoDataFrame:
    try:
        if path.suffix.casefold() not in {".parquet", ".geoparquet"}:
            found = gpd.read_file(path)
        elif b"geo" in (pq.read_schema(path).metadata or {}):
            found = gpd.read_parquet(path)
        else:
            return _read_wkb(path, columns)
    except (OSError, ValueError, RuntimeError, shapely.errors.GEOSException) as error:
        raise RefusedInputError(f"{safe_name(path)} cannot be read as areas: {str(error).splitlines()[0]}") from None
    if not isinstance(found, gpd.GeoDataFrame):
        raise RefusedInputError(f"{safe_name(path)} holds no geometry: send polygons")
    return found if found.crs is None else found.to_crs("EPSG:4326")


def _read_wkb(path: Path, columns: Mapping[str, str]) -> gpd.GeoDataFrame:
    table = pd.read_parquet(path)
    wanted = [columns["geometry"]] if "geometry" in columns else list(WKB_COLUMNS)
    column = next((name for name in wanted if name in table.columns), None)
    if column is None:
        raise RefusedInputError(
            f"{safe_name(path)} has no column {wanted[0]}: name yours with --columns geometry=THEIRS"
        )
    geometry = shapely.from_wkb(table[column].to_numpy(), on_invalid="ignore")
    return gpd.GeoDataFrame(table.drop(columns=[column]), geometry=geometry, crs="EPSG:4326")


def _named(found: gpd.GeoDataFrame, path: Path, columns: Mapping[str, str]) -> gpd.GeoDataFrame:
    """The columns of the contract, whatever the file calls them."""
    named = gpd.GeoDataFrame(geometry=found.geometry.to_numpy(), crs="EPSG:4326")
    for ours in ("code", "name", "level", "parent"):
        theirs = columns.get(ours, ours)
        if theirs in found.columns:
            named[ours] = found[theirs].astype("string").str.strip().to_numpy()
        elif ours in columns or ours in {"code", "name"}:
            known = ", ".join(str(c) for c in found.columns)
            raise RefusedInputError(
                f"{safe_name(path)} has no column {theirs}: its columns are {known}; "
                f"name yours with --columns {ours}=THEIRS"
            )
        else:
            named[ours] = pd.array([pd.NA] * len(found), dtype="string")
    return named


def _select_level(areas: gpd.GeoDataFrame, level: str) -> tuple[gpd.GeoDataFrame, dict[str, int]]:
    other = areas["level"].notna() & (areas["level"] != level)
    notes = {"areas of other levels were left out": int(other.sum())} if other.any() else {}
    return areas[~other].reset_index(drop=True), notes


def _reasons(areas: gpd.GeoDataFrame) -> "pd.Series[str]":
    """Why each row does not fit, or an empty text."""
    bounds = areas.geometry.bounds
    off_globe = (bounds.abs() > [MAX_LON, MAX_LAT, MAX_LON, MAX_LAT]).any(axis=1)
    checks = {
        "no_outline": areas.geometry.isna() | areas.geometry.is_empty,
        "not_a_polygon": ~areas.geometry.geom_type.isin(POLYGONS),
        "off_the_globe": off_globe,
        "no_code": areas["code"].isna() | (areas["code"] == ""),
        "code_twice": areas["code"].duplicated(keep=False),
    }
    reasons = pd.Series("", index=areas.index, dtype=object)
    for reason, fails in checks.items():
        reasons[(reasons == "") & fails.to_numpy(dtype=bool)] = reason
    return reasons


def _set_aside(
    bad: gpd.GeoDataFrame, reasons: "pd.Series[str]", *, path: Path, digest: str, intake: Intake
) -> Path | None:
    if bad.empty:
        return None
    target = quarantine_path(intake.home, STAGE, path=path, sha256=digest)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.draft")
    table = pd.DataFrame({"row_number": bad.index + 1, "reason": reasons, "code": bad["code"], "name": bad["name"]})
    table.to_csv(draft, index=False)
    draft.replace(target)
    return target


def _as_frame(good: gpd.GeoDataFrame, level: str) -> pl.DataFrame:
    ordered = good.sort_values("code")
    return pl.DataFrame(
        {
            "code": ordered["code"].tolist(),
            "name": ordered["name"].fillna("").tolist(),
            "level": [level] * len(ordered),
            "parent": [None if pd.isna(p) else str(p) for p in ordered["parent"]],
            "wkb": list(shapely.to_wkb(ordered.geometry.to_numpy())),
        },
        schema={
            "code": pl.String,
            "name": pl.String,
            "level": pl.String,
            "parent": pl.String,
            "wkb": pl.Binary,
        },
    )


def _record(report: FileReport, *, digest: str, level: str, intake: Intake) -> None:
    with open_ledger(intake.ledger_url) as ledger:
        ledger.record(
            FileRecord(
                stage=STAGE,
                name=report.name,
                sha256=digest,
                reading=level,
                verdict=report.verdict,
                rows_in=report.rows_in,
                rows_kept=report.rows_kept,
                rows_quarantined=report.rows_quarantined,
                taken_at=intake.now,
                taken_by=intake.taken_by,
            )
        )
