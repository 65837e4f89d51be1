"""Calibrating people per device: night-time people of each area brought to the official population."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from crowd.area_factors import by_level, hex_factors
from crowd.density import DENSITY
from crowd.factors import FILE_NAME, Factors
from geo.area_shares import area_shares
from geo.areas import LEVELS
from lake.engine import fetch_frame, read_sql
from lake.errors import RefusedInputError
from lake.files import safe_name
from lake.home import Home
from lake.intake import slug
from lake.stages import create_view

# Local hours in which people are where they live.
NIGHT_FROM, NIGHT_TO = 1, 5
# A ratio beyond this says that the plan or the counts of an area are incomplete, not how many phones people have.
MOST_OFF = 20.0
_NUMBERS = ("people_per_device", "low", "high")
FILE_COLUMNS = ("operator", "area_code", "people_per_device", "low", "high")


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """What a calibration found.

    Attributes:
        factors: rows of the table of people per device, by operator and area.
        areas: code, people (estimated, by night), population, ratio (null where nobody was counted).
        left_out: codes of areas whose ratio is out of all proportion, or where nobody was counted by night.
    """

    factors: pl.DataFrame
    areas: pl.DataFrame
    left_out: tuple[str, ...]


def calibrate(
    connection: duckdb.DuckDBPyConnection,
    *,
    home: Home,
    start: datetime,
    end: datetime,
    population: pl.DataFrame,
    level: str,
    factors: Factors,
    timezone: str,
) -> Calibration:
    """Find the factors with which the nights of start <= t < end come to the official population of each area.

    Where a hexagon lies on a border, its people change with the factors of both sides: there a second round, after the
    hours were run again, brings what the first leaves over.

    Args:
        connection: DuckDB with its memory and threads bounded.
        home: whose lake.
        start: first instant.
        end: first instant after it.
        population: code and people of each area.
        level: of the areas.
        factors: with which the density in the lake was computed.
        timezone: local time.

    Raises:
        RefusedInputError: no night is in the range, no area has both population and density, finer areas have factors
            of their own, or the table of people per device has changed since that density was computed.
    """
    _refuse_finer(home, level=level, factors=factors)
    _refuse_stale(home, start=start, end=end)
    create_view(connection, "density_in", home=home, stage=DENSITY, start=start, end=end)
    nights = fetch_frame(
        connection,
        read_sql("crowd", "night_people"),
        {"timezone": timezone, "night_from": NIGHT_FROM, "night_to": NIGHT_TO},
    )
    if nights.is_empty():
        raise RefusedInputError("no density from 1 to 5 at night lies in that range: run the flow over a night first")
    shares = area_shares(home, nights["hex"].to_numpy(), level=level)
    placed = shares.join(nights, on="hex").with_columns(pl.col("people") * pl.col("share"))
    estimated = placed.group_by("code").agg(pl.col("people").sum()).sort("code")
    areas = estimated.join(population.select("code", population="people"), on="code").with_columns(
        ratio=pl.when(pl.col("people") > 0).then(pl.col("population") / pl.col("people"))
    )
    is_usable = pl.col("ratio").is_between(1 / MOST_OFF, MOST_OFF)
    kept = areas.filter(is_usable)
    if kept.is_empty():
        raise RefusedInputError(f"no area of level {level} has both a population and people at night: check the codes")
    return Calibration(
        factors=_rows(kept, factors=factors, there=_factors_there(home, placed, factors)),
        areas=areas,
        left_out=tuple(areas.filter(~is_usable.fill_null(value=False))["code"]),
    )


def _refuse_finer(home: Home, *, level: str, factors: Factors) -> None:
    for own_level, rows in by_level(home, factors.by_area):
        if level in LEVELS and LEVELS.index(own_level) > LEVELS.index(level):
            raise RefusedInputError(
                f"{FILE_NAME} has factors for areas of level {own_level}, such as {rows['area_code'][0]}: "
                f"calibrate that level, or remove them to calibrate level {level}"
            )


def _refuse_stale(home: Home, *, start: datetime, end: datetime) -> None:
    """A ratio holds for the factors that the density was computed with: taken twice, it would count twice."""
    table = home.root / FILE_NAME
    paths = DENSITY.paths(home, start=start, end=end)
    if table.exists() and paths and min(p.stat().st_mtime_ns for p in paths) < table.stat().st_mtime_ns:
        raise RefusedInputError(
            f"{FILE_NAME} has changed since the density of that range was computed: "
            "run those hours again first ('kerumun run --from … --to …')"
        )


def _factors_there(home: Home, placed: pl.DataFrame, factors: Factors) -> pl.DataFrame:
    """Operator, area_code and the mean factors that its hexagons have now, by the people on them."""
    usual = factors.everywhere.select("operator", *(pl.col(name).alias(f"usual_{name}") for name in _NUMBERS))
    on_hexes = hex_factors(home, placed["hex"].unique().sort(), factors=factors)
    factor = pl.col("ratio").fill_null(1.0) * pl.col("usual_people_per_device")
    share_of = {name: pl.col(f"usual_{name}") / pl.col("usual_people_per_device") for name in ("low", "high")}
    means = {
        "people_per_device": factor,
        **{name: factor * pl.col(name).fill_null(share) for name, share in share_of.items()},
    }
    return (
        placed.join(usual, how="cross")
        .join(on_hexes, on=["operator", "hex"], how="left")
        .group_by("operator", area_code="code")
        .agg(((pl.col("people") * mean).sum() / pl.col("people").sum()).alias(name) for name, mean in means.items())
    )


def _rows(areas: pl.DataFrame, *, factors: Factors, there: pl.DataFrame) -> pl.DataFrame:
    """The factor of every operator in every area: its own so far, else what held there, times the area's ratio."""
    scaled = [(pl.col(name) * pl.col("ratio")).round(6) for name in _NUMBERS]
    own = factors.by_area.select("operator", "area_code", *(pl.col(name).alias(f"own_{name}") for name in _NUMBERS))
    return (
        areas.select("ratio", area_code="code")
        .join(there, on="area_code")
        .join(own, on=["operator", "area_code"], how="left")
        .with_columns(pl.coalesce(f"own_{name}", name).alias(name) for name in _NUMBERS)
        .with_columns(scaled)
        .select(FILE_COLUMNS)
        .sort("area_code", "operator")
    )


def write_factors(path: Path, *, rows: pl.DataFrame) -> None:
    """Write the table of people per device: what was there, with new rows for the calibrated areas.

    The last table is kept beside it as `.before`.
    """
    texts = rows.with_columns(pl.col(_NUMBERS).cast(pl.String))
    if path.exists():
        old = pl.read_csv(path, infer_schema=False)
        names = old.select(
            operator=pl.Series([slug(name) for name in old["operator"]]),
            area_code=pl.col("area_code").str.strip_chars() if "area_code" in old.columns else pl.lit(None, pl.String),
        )
        kept = old.with_columns(names).join(rows, on=["operator", "area_code"], how="anti")
        texts = pl.concat([kept, texts], how="diagonal")
    draft = path.with_name(f".{path.name}.draft")
    texts.sort("area_code", "operator", nulls_last=False).write_csv(draft)
    if path.exists():
        path.replace(path.with_name(f"{path.name}.before"))
    draft.replace(path)


def read_population(path: Path, *, columns: Mapping[str, str]) -> pl.DataFrame:
    """Population per area from CSV or Parquet: code and people; rows without people are left out.

    Raises:
        RefusedInputError: it cannot be read, a column is missing, an area stands there twice, or people are no number.
    """
    is_parquet = path.suffix.casefold() == ".parquet"
    try:
        table = pl.read_parquet(path) if is_parquet else pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise RefusedInputError(f"{safe_name(path)} cannot be read: {str(error).splitlines()[0]}") from None
    names = {ours: columns.get(ours, ours) for ours in ("code", "people")}
    for ours, theirs in names.items():
        if theirs not in table.columns:
            raise RefusedInputError(
                f"{safe_name(path)} has no column {theirs}: its columns are {', '.join(table.columns)}; "
                f"name yours with --columns {ours}=THEIRS"
            )
    rows = table.select(
        code=pl.col(names["code"]).cast(pl.String).str.strip_chars(),
        text=pl.col(names["people"]).cast(pl.String).str.strip_chars().replace("", None),
    ).drop_nulls()
    rows = rows.with_columns(people=pl.col("text").cast(pl.Float64, strict=False))
    wrong = rows.filter(~(pl.col("people").is_finite() & (pl.col("people") >= 0)).fill_null(value=False))
    if not wrong.is_empty():
        code, text, _ = wrong.row(0)
        raise RefusedInputError(f"{safe_name(path)}: the people of area {code}, '{text}', are no number from zero up")
    twice = rows.filter(rows["code"].is_duplicated())
    if not twice.is_empty():
        raise RefusedInputError(f"{safe_name(path)}: area {twice['code'][0]} stands there twice: keep one")
    return rows.select("code", "people")
