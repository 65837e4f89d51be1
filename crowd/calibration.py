"""Calibrating people per device: night-time people of each area brought to the official population."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from crowd.density import DENSITY
from crowd.factors import Factors
from geo.area_shares import area_shares
from lake.engine import fetch_frame, read_sql
from lake.errors import RefusedInputError
from lake.home import Home
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
        areas: code, population, people (estimated, by night), ratio.
        left_out: codes of areas whose ratio is out of all proportion, or where nobody was counted.
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
        RefusedInputError: no night is in the range, or no area has both population and density.
    """
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
        ratio=pl.col("population") / pl.col("people")
    )
    is_usable = pl.col("ratio").is_between(1 / MOST_OFF, MOST_OFF)
    kept = areas.filter(is_usable)
    if kept.is_empty():
        raise RefusedInputError(f"no area of level {level} has both a population and people at night: check the codes")
    return Calibration(
        factors=_rows(kept, factors),
        areas=areas,
        left_out=tuple(areas.filter(~is_usable.fill_null(value=False))["code"]),
    )


def _rows(areas: pl.DataFrame, factors: Factors) -> pl.DataFrame:
    """The factor of every operator in every area: what it was there, times the area's ratio."""
    everywhere = factors.everywhere.drop("area_code")
    scaled = [(pl.col(name) * pl.col("ratio")).round(6) for name in ("people_per_device", "low", "high")]
    own = factors.by_area.select("operator", "area_code", *(pl.col(name).alias(f"own_{name}") for name in _NUMBERS))
    return (
        areas.select("ratio", area_code="code")
        .join(everywhere, how="cross")
        .join(own, on=["operator", "area_code"], how="left")
        .with_columns(pl.coalesce(f"own_{name}", name).alias(name) for name in _NUMBERS)
        .with_columns(scaled)
        .select(FILE_COLUMNS)
        .sort("area_code", "operator")
    )


def write_factors(path: Path, *, rows: pl.DataFrame, factors: Factors) -> None:
    """Write the table of people per device: what was there, with new rows for the calibrated areas.

    The last table is kept beside it as `.before`.
    """
    table = factors.table.select(FILE_COLUMNS)
    kept = table.join(rows, on=["operator", "area_code"], how="anti", nulls_equal=True)
    draft = path.with_name(f".{path.name}.draft")
    pl.concat([kept, rows]).sort("area_code", "operator", nulls_last=False).write_csv(draft)
    if path.exists():
        path.replace(path.with_name(f"{path.name}.before"))
    draft.replace(path)


def read_population(path: Path, *, columns: dict[str, str]) -> pl.DataFrame:
    """Population per area from CSV or Parquet: code and people.

    Raises:
        RefusedInputError: it cannot be read, or a column is missing.
    """
    names = {ours: columns.get(ours, ours) for ours in ("code", "people")}
    try:
        table = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise RefusedInputError(f"{path.name} cannot be read: {str(error).splitlines()[0]}") from None
    for ours, theirs in names.items():
        if theirs not in table.columns:
            raise RefusedInputError(
                f"{path.name} has no column {theirs}: its columns are {', '.join(table.columns)}; "
                f"name yours with --columns {ours}=THEIRS"
            )
    return table.select(
        code=pl.col(names["code"]).cast(pl.String).str.strip_chars(),
        people=pl.col(names["people"]).cast(pl.Float64, strict=False),
    ).drop_nulls()
