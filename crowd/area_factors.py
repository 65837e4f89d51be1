"""Factors of people per device that hold in one area only, brought to hexagons."""

from collections.abc import Sequence

import duckdb
import polars as pl

from crowd.factors import Factors
from geo.area_shares import area_shares
from geo.areas import LEVELS, read_areas
from geo.footprint import Footprint
from lake.engine import read_sql
from lake.errors import RefusedInputError
from lake.home import Home

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
    wanted = factors.by_area
    found = pl.DataFrame(schema=SCHEMA)
    if wanted.is_empty():
        return found
    hexes = pl.concat([pl.read_parquet(f.folder / "weights.parquet", columns=["hex"]) for f in footprints])
    unique = hexes["hex"].unique().sort()
    for level, rows in _by_level(home, wanted):
        shares = area_shares(home, unique.to_numpy(), level=level)
        usual = factors.everywhere.select("operator", usual="people_per_device")
        own = rows.join(usual, on="operator")
        placed = shares.join(own, left_on="code", right_on="area_code").with_columns(
            mass=pl.col("share") * pl.col("people_per_device")
        )
        ratio = (pl.col("share") * pl.col("people_per_device") / pl.col("usual")).sum() + 1 - pl.col("share").sum()
        level_factors = placed.group_by("operator", "hex").agg(
            ratio=ratio,
            low=(pl.col("share") * pl.col("low")).sum() / pl.col("mass").sum(),
            high=(pl.col("share") * pl.col("high")).sum() / pl.col("mass").sum(),
        )
        coarser = found.join(level_factors, on=["operator", "hex"], how="anti")
        found = pl.concat([coarser, level_factors.select(list(SCHEMA))])
    return found


def _by_level(home: Home, wanted: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    """The rows by the level of their area, coarsest first.

    Raises:
        RefusedInputError: no loaded area has such a code.
    """
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
