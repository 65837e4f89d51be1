"""Factors of people per device that hold in one area only, brought to hexagons."""

from collections.abc import Sequence

import duckdb
import numpy as np
import polars as pl

from crowd.factors import Factors
from geo.area_shares import area_shares
from geo.areas import LEVELS, read_areas
from geo.footprint import Footprint
from geo.hexagons import Floats
from lake.engine import read_sql
from lake.errors import RefusedInputError
from lake.home import Home

NUMBERS = ("people_per_device", "low", "high")
SCHEMA = {
    "operator": pl.String,
    "hex": pl.UInt64,
    "ratio": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}


def create_area_factors(
    connection: duckdb.DuckDBPyConnection, *, home: Home, footprints: Sequence[Footprint], factors: Factors
) -> None:
    """Make the table `area_factors_in` and the view `weights_in`.

    `area_factors_in` has, for every operator and hexagon of an area with factors of its own, the ratio to the
    operator's usual factor, and low and high as shares of the area's. The finest area counts; a hexagon on a border
    has the mean.
    """
    table = _hex_factors(home, footprints=footprints, factors=factors)
    connection.register("area_factors_given", table.to_arrow())
    connection.execute("create or replace temp table area_factors_in as select * from area_factors_given")
    if table.is_empty():
        weights = "select hex, cell_no, weight, area_km2, weight as people_weight from plain_weights"
        connection.execute(f"create or replace temp view weights_in as {weights}")
        return
    connection.execute("create or replace temp table scaled_weights as " + read_sql("crowd", "scaled_weights"))
    connection.execute("create or replace temp view weights_in as select * from scaled_weights")


def _hex_factors(home: Home, *, footprints: Sequence[Footprint], factors: Factors) -> pl.DataFrame:
    if factors.by_area.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    hexes = pl.concat([pl.read_parquet(f.folder / "weights.parquet", columns=["hex"]) for f in footprints])
    return hex_factors(home, hexes["hex"].unique().sort(), factors=factors)


def hex_factors(home: Home, hexes: pl.Series, *, factors: Factors) -> pl.DataFrame:
    """Factors of every operator on the hexagons that areas with factors of their own touch.

    What a finer area leaves of a hexagon has the factor of the coarser one there, else the usual one.

    Args:
        home: whose areas.
        hexes: hexagons, each once.
        factors: people per device.

    Returns:
        operator, hex, ratio (to the operator's usual factor), low and high (as shares of the factor there).

    Raises:
        RefusedInputError: no loaded area has such a code.
    """
    placed = [_place(home, hexes, level, rows) for level, rows in by_level(home, factors.by_area)]
    touched = pl.concat([pl.Series("hex", dtype=pl.UInt64), *(place["hex"] for place, _ in placed)]).unique().sort()
    found = [pl.DataFrame(schema=SCHEMA)]
    for operator, *numbers in factors.everywhere.select("operator", *NUMBERS).iter_rows():
        usual, low, high = (np.full(len(touched), number) for number in numbers)
        factor = usual
        for place, rows in placed:
            factor, low, high = _blend(place, rows.filter(operator=operator), touched, (factor, low, high))
        columns = {"hex": touched, "ratio": factor / usual, "low": low / factor, "high": high / factor}
        found.append(pl.DataFrame(columns).select(pl.lit(operator).alias("operator"), "*"))
    return pl.concat(found)


def _place(home: Home, hexes: pl.Series, level: str, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Hexagons with the number of their area and its share, and the rows of factors with the number of theirs."""
    areas = rows.select(code="area_code").unique().sort("code").with_row_index("area")
    place = area_shares(home, hexes.to_numpy(), level=level).join(areas, on="code").select("hex", "area", "share")
    return place, rows.join(areas, left_on="area_code", right_on="code")


def _blend(
    place: pl.DataFrame, rows: pl.DataFrame, touched: pl.Series, usual: tuple[Floats, Floats, Floats]
) -> list[Floats]:
    """Numbers of the touched hexagons: those of the areas by their share, the rest as it was."""
    at = np.searchsorted(touched.to_numpy(), place["hex"].to_numpy())
    known = place.join(rows, on="area", how="left", maintain_order="left")
    share = (pl.col("share") * pl.col("people_per_device").is_not_null()).alias("share")
    own = known.select(share, *((share * pl.col(name).fill_null(0)).alias(name) for name in NUMBERS)).to_numpy()
    covered, *sums = (np.bincount(at, weights=column, minlength=len(touched)) for column in own.T)
    return [total + (1 - covered) * before for total, before in zip(sums, usual, strict=True)]


def by_level(home: Home, wanted: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    """The rows by the level of their area, coarsest first.

    Raises:
        RefusedInputError: no loaded area has such a code.
    """
    if wanted.is_empty():
        return []
    areas = read_areas(home)
    if areas is None:
        known = pl.DataFrame(schema={"code": pl.String, "level": pl.String})
    else:
        known = pl.DataFrame({"code": areas["code"].tolist(), "level": areas["level"].tolist()})
    levelled = wanted.join(known, left_on="area_code", right_on="code", how="left")
    unknown = levelled.filter(pl.col("level").is_null())["area_code"]
    if len(unknown):
        raise RefusedInputError(
            f"people_per_device.csv: no loaded area has the code {unknown[0]}: "
            "load the areas of its level ('kerumun areas load') or correct the code"
        )
    return [(level, rows) for level in LEVELS if not (rows := levelled.filter(level=level)).is_empty()]
