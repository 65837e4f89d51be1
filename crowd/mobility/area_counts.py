"""Counts of a few intervals by the number of their cell: what was told, withheld, or not told at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from crowd.coverage import SILENT_CELLS
from crowd.density_batches import UNKNOWN_BOUND
from crowd.factors import flat_factors
from crowd.placement import create_placement_views
from geo.footprint import Footprint
from geo.hexagons import Floats
from lake.engine import fetch_frame, read_sql
from lake.home import Home
from lake.stages import create_view

MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, eq=False)
class AreaCounts:
    """Counts of an interval, shape (cells,) each.

    Attributes:
        devices: counted; 0 where no count is told.
        hidden: the most that a withheld count may have been; 0 where none is withheld.
        is_told: 1 where a count came, told or withheld, else 0.
        is_silent: 1 where a cell usually reports and did not, else 0.
    """

    devices: Floats
    hidden: Floats
    is_told: Floats
    is_silent: Floats


def read_counts(
    connection: duckdb.DuckDBPyConnection, home: Home, footprint: Footprint, intervals: Sequence[datetime]
) -> list[AreaCounts]:
    """Counts of each interval, by the cells of the footprint that holds for all of them.

    Devices are taken as they were counted: whatever people they stand for, one is one.
    """
    start, end = intervals[0], intervals[-1] + MOMENT
    factors = flat_factors({}, operators=list(footprint.operators))
    create_placement_views(connection, home=home, start=start, end=end, footprints=[footprint], factors=factors)
    create_view(connection, "silent_in", home=home, stage=SILENT_CELLS, start=start, end=end)
    numbered = pl.DataFrame(
        {"interval_no": range(len(intervals)), "interval_start": [i.astimezone(UTC) for i in intervals]},
        schema={"interval_no": pl.UInt16, "interval_start": pl.Datetime("us", "UTC")},
    )
    connection.register("intervals_given", numbered.to_arrow())
    connection.execute("create or replace temp table intervals_in as select * from intervals_given")
    placed = (
        f"select interval_no, cell_no, devices, hidden::double as hidden from ({read_sql('crowd', 'placed_counts')})"
    )
    told = fetch_frame(connection, placed, {"unknown_bound": UNKNOWN_BOUND})
    silent = fetch_frame(connection, read_sql("crowd.mobility", "silent_numbers"))
    shape = (len(intervals), footprint.cells)
    devices = _matrix(told, "devices", shape)
    hidden = _matrix(told, "hidden", shape)
    is_told, is_silent = (
        _matrix(rows.with_columns(is_there=pl.lit(1.0)), "is_there", shape) for rows in (told, silent)
    )
    return [AreaCounts(*each) for each in zip(devices, hidden, is_told, is_silent, strict=True)]


def _matrix(rows: pl.DataFrame, column: str, shape: tuple[int, int]) -> npt.NDArray[np.float64]:
    numbers = np.zeros(shape)
    numbers[rows["interval_no"].to_numpy(), rows["cell_no"].to_numpy()] = rows[column].fill_null(0).to_numpy()
    return numbers
