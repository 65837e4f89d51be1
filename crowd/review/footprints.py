"""The footprint of one cell as people look at it: where its devices are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from crowd.review.memory import Memory, identity_of
from geo.areas import LEVELS, area_file
from geo.cells import planned_operators
from geo.cells.plan import plan_path
from geo.footprint import CHOICE, stored_footprints
from geo.hexagons import hex_texts
from geo.prior import FILE as PRIOR_FILE
from lake.engine import fetch_frame, file_literal
from lake.errors import NotFoundError
from lake.home import Home

LEAST_SHARE, MOST_HEXAGONS = 0.95, 2000
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class CellFootprint:
    """Where the devices of a cell are.

    Attributes:
        operator: whose cell.
        cell_id: its name.
        lat: of the mast.
        lon: of the mast.
        azimuth_deg: direction; None all round.
        radio: GSM, UMTS, LTE or NR.
        range_m: of the plan.
        hexes: hexagons, 15 digits each.
        weights: share of the cell's devices in each, the largest first; together at least 0.95, or the 2,000 largest.
            None where the cell reaches no hexagon.
    """

    operator: str
    cell_id: str
    lat: float
    lon: float
    azimuth_deg: float | None
    radio: str
    range_m: float | None
    hexes: list[str]
    weights: list[float]


def show_footprint(memory: Memory, home: Home, operator: str, *, cell_id: str, at: datetime) -> CellFootprint:
    """The footprint of a cell by the plans valid at an instant.

    Args:
        memory: of the process.
        home: whose lake.
        operator: whose cell.
        cell_id: its name.
        at: the instant.

    Raises:
        NotFoundError: no plan has the cell then, or no footprints were built for these plans.
    """
    with memory.cursor() as connection:
        folder = memory.once(("footprint", _identity(home), at), lambda: _folder(connection, home, at))
        if folder is None:
            raise NotFoundError("no footprints were built for the plans of that time: run 'kerumun footprints build'")
        cells = f"from read_parquet({file_literal(folder / 'cells.parquet')})"
        is_it = {"operator": operator, "cell_id": cell_id}
        found = fetch_frame(connection, f"{cells} where operator = $operator and cell_id = $cell_id", is_it)
        if found.is_empty():
            raise NotFoundError(f"the plan of {operator} had no cell {cell_id} then")
        cell = found.row(0, named=True)
        weights = _weights(connection, folder, cell_no=cell["cell_no"])
    told = {name: cell[name] for name in ("operator", "cell_id", "lat", "lon", "azimuth_deg", "radio", "range_m")}
    hexes = hex_texts(weights["hex"].to_numpy()).tolist()
    return CellFootprint(**told, hexes=hexes, weights=weights["weight"].to_list())


def _weights(connection: duckdb.DuckDBPyConnection, folder: Path, *, cell_no: int) -> pl.DataFrame:
    """The largest weights of a cell, as many as it takes."""
    query = f"select hex, weight from read_parquet({file_literal(folder / 'weights.parquet')}) where cell_no = $cell_no"
    rows = fetch_frame(connection, query, {"cell_no": cell_no})
    ordered = rows.cast({"weight": pl.Float64}).sort("weight", "hex", descending=[True, False])
    before = np.cumsum(ordered["weight"].to_numpy()) - ordered["weight"].to_numpy()
    return ordered.filter(before < LEAST_SHARE).head(MOST_HEXAGONS)


def _folder(connection: duckdb.DuckDBPyConnection, home: Home, at: datetime) -> Path | None:
    found = stored_footprints(connection, home=home, start=at, end=at + MOMENT)
    return found[0].folder if found else None


def _identity(home: Home) -> tuple[str | None, ...]:
    """Changes when anything does that footprints are made from, or when new ones were stored."""
    plans = [plan_path(home, operator) for operator in planned_operators(home)]
    areas = [area_file(home, level) for level in LEVELS]
    chosen = [home.lake / CHOICE, home.lake / PRIOR_FILE, home.lake / "footprints"]
    return tuple(identity_of(path) for path in (*plans, *areas, *chosen))
