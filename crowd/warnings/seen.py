"""What the lake says of gatherings in the last hours: all that a draft is made from."""

from dataclasses import dataclass
from datetime import datetime

import duckdb
import polars as pl
import shapely

from crowd.gathering_stages import GATHERING_HEXES, GATHERINGS
from crowd.reason_numbers import round_to_range, written
from crowd.targets import TARGETS
from geo.areas import read_area_names
from geo.hexagons import hex_polygons
from lake.engine import fetch_frame, read_sql
from lake.home import Home
from lake.stages import create_view


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Gatherings of some hours.

    Attributes:
        gatherings: a row per gathering, its latest: gathering_id, interval_start, level, rank, state, lat, lon,
            area_code, area_name, regency_code, regency_name, started_at, end_cause, devices, people, people_low,
            people_high, reason_id, reason_en.
        cells: gathering_id, operator, cell_id, expected_recipients, reach, overreach.
        ground: gathering_id and hex.
    """

    gatherings: pl.DataFrame
    cells: pl.DataFrame
    ground: pl.DataFrame

    def cells_of(self, gathering_id: str) -> pl.DataFrame:
        """Target cells of a gathering."""
        return self.cells.filter(pl.col("gathering_id") == gathering_id).drop("gathering_id")

    def outline_of(self, gathering_id: str) -> shapely.Polygon | shapely.MultiPolygon:
        """Its hexagons, dissolved."""
        hexes = self.ground.filter(pl.col("gathering_id") == gathering_id)["hex"].to_numpy()
        # Hexagons of two resolutions do not tile, so this is no coverage.
        return shapely.union_all(hex_polygons(hexes))


def look_at_gatherings(
    connection: duckdb.DuckDBPyConnection, *, home: Home, start: datetime, end: datetime, k: int
) -> Seen:
    """Read the gatherings of start <= interval_start < end.

    Args:
        connection: DuckDB with its memory and threads bounded.
        home: whose lake.
        start: first instant.
        end: first instant after it.
        k: fewest devices that a number may rest on; expected recipients under it are null.
    """
    views = {"gatherings_in": GATHERINGS, "targets_in": TARGETS, "gathering_hexes_in": GATHERING_HEXES}
    for view, stage in views.items():
        create_view(connection, view, home=home, stage=stage, start=start, end=end)
    gatherings = fetch_frame(connection, read_sql("crowd.warnings", "latest_gatherings"))
    return Seen(
        gatherings=_with_places(gatherings, home),
        cells=fetch_frame(connection, read_sql("crowd.warnings", "cells_to_warn"), {"k": k}),
        ground=fetch_frame(connection, read_sql("crowd.warnings", "ground_of_gatherings")),
    )


def _with_places(gatherings: pl.DataFrame, home: Home) -> pl.DataFrame:
    """With the name of each area and the regency around it."""
    areas = read_area_names(home).unique("code", keep="first", maintain_order=True)
    named = areas.select(area_code="code", area_name="name")
    regencies = _regency_of(areas)
    return gatherings.join(named, on="area_code", how="left", maintain_order="left").join(
        regencies, on="area_code", how="left", maintain_order="left"
    )


def _regency_of(areas: pl.DataFrame) -> pl.DataFrame:
    """The regency of each area: itself, or what its parents lead to; by the code where no parents are given."""
    parents = areas.select("code", "parent", "level")
    up = areas.select(area_code="code", at="code")
    for _ in range(3):  # from a village up to its regency
        here = up.join(parents, left_on="at", right_on="code", how="left", maintain_order="left")
        is_below = pl.col("level").is_in(["district", "village"])
        parent = pl.coalesce("parent", _shorter(pl.col("at")))
        up = here.select("area_code", at=pl.when(is_below).then(parent).otherwise("at"))
    regencies = areas.filter(pl.col("level") == "regency").select(at="code", regency_name="name")
    # Where regencies themselves are not loaded their code still says which emergency number holds.
    is_code = pl.col("at").str.contains(r"^\d{2}\.\d{2}$")
    found = up.join(regencies, on="at", how="left", maintain_order="left")
    is_regency = pl.col("regency_name").is_not_null() | is_code
    return found.select("area_code", "regency_name", regency_code=pl.when(is_regency).then("at"))


def _shorter(code: pl.Expr) -> pl.Expr:
    return code.str.replace(r"\.\d+$", "")


def people_in_words(row: dict[str, object], *, thousands: str) -> str:
    """A range of people as in "3.100-5.100", rounded as its width deserves; empty where unknown."""
    low, high = row["people_low"], row["people_high"]
    if not isinstance(low, float) or not isinstance(high, float) or high <= 0:
        return ""
    ends = {"low": pl.lit(low), "high": pl.lit(high)}
    told = [
        written(round_to_range(end, **ends), thousands=thousands, point="").alias(name) for name, end in ends.items()
    ]
    return "-".join(dict.fromkeys(pl.select(told).row(0)))
