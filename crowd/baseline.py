"""Baseline: what is usual for each cell at that local hour of the week, and how far its count is from it.

Hexagons take theirs from their cells (`crowd/density.sql`): what is usual in a hexagon is what its cells usually count,
placed as their counts are. So a change of the footprints changes no baseline's meaning, and an hour costs the same
however long the history is: only the hours it is compared with are read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from crowd.count_history import CountHistory
from crowd.evidence import Counted, Evidence
from crowd.holidays import Calendar
from crowd.local_level import Neighbourhood, neighbourhood_of
from crowd.usual import TIER_NAMES, Usual, find_usual, nothing_usual
from crowd.usual_instants import MAX_WEEKS, usual_instants
from geo.footprint import Footprint
from lake.engine import fetch_frame, read_sql
from lake.home import Home
from lake.stages import Stage, create_view

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]

BASELINE = Stage(
    name="baseline",
    columns={
        "interval_start": "timestamptz",
        "operator": "varchar",
        "cell_id": "varchar",
        "usual_devices": "double",
        "expected_devices": "double",
        "spread_devices": "double",
        "baseline_from": "varchar",
    },
    order=("interval_start", "cell_id"),
    by_operator=True,
)
CROWDED_CELLS = Stage(
    name="crowded_cells",
    columns={"interval_start": "timestamptz", "operator": "varchar", "cell_id": "varchar"},
    order=("interval_start", "cell_id"),
    by_operator=True,
)
# An operator of which more than this is silent has sent no file: its phones have not moved to other cells.
MOST_SILENT = 0.5


@dataclass(frozen=True)
class Cells:
    """The placed cells of a footprint.

    Attributes:
        operators: names.
        operator: number of each cell's operator, shape (cells,).
        people_per_device: of each cell.
        around: neighbourhoods.
    """

    operators: tuple[str, ...]
    operator: Positions
    people_per_device: Floats
    around: Neighbourhood

    @property
    def count(self) -> int:
        """Cells, placed or not."""
        return len(self.operator)


def create_crowded_view(connection: duckdb.DuckDBPyConnection, *, home: Home, start: datetime) -> None:
    """Make `crowded_before` (the lake's) and an empty `crowded_done` (this computation's), seen as `crowded_cells_in`.

    Args:
        connection: of the computation.
        home: whose lake.
        start: first instant that is computed.
    """
    since = start - timedelta(weeks=MAX_WEEKS, days=1)
    create_view(connection, "crowded_before", home=home, stage=CROWDED_CELLS, start=since, end=start)
    columns = ", ".join(f"{name} {kind}" for name, kind in CROWDED_CELLS.columns.items())
    connection.execute(f"create or replace temp table crowded_done ({columns})")
    connection.execute(
        "create or replace temp view crowded_cells_in as from crowded_before union all by name from crowded_done"
    )


def read_cells(connection: duckdb.DuckDBPyConnection, footprint: Footprint) -> Cells:
    """The cells of `cells_in`, which are those of one footprint, by number."""
    frame = fetch_frame(connection, "select cell_no, operator, people_per_device from cells_in order by cell_no")
    operators = tuple(frame["operator"].unique().sort())
    numbers = {name: number for number, name in enumerate(operators)}
    operator = np.zeros(footprint.cells, dtype=np.int64)
    factor = np.ones(footprint.cells)
    at = frame["cell_no"].to_numpy()
    operator[at] = frame["operator"].replace_strict(numbers, return_dtype=pl.Int64).to_numpy()
    factor[at] = frame["people_per_device"].to_numpy()
    return Cells(operators, operator, factor, _around(footprint.folder))


@lru_cache(maxsize=4)
def _around(folder: Path) -> Neighbourhood:
    places = pl.read_parquet(folder / "cells.parquet", columns=["cell_no", "lat", "lon"], glob=False).sort("cell_no")
    return neighbourhood_of(places["lat"].to_numpy(), places["lon"].to_numpy())


def count_beside_usual(
    connection: duckdb.DuckDBPyConnection,
    *,
    history: CountHistory,
    intervals: Sequence[datetime],
    cells: Cells,
    calendar: Calendar,
) -> Counted:
    """Counts of a few intervals beside what is usual.

    Args:
        connection: with `placed_now`, `silent_cells_now`, `cells_in`, `plain_weights`, `changed_cells` and
            `crowded_cells_in`.
        history: earlier counts.
        intervals: which ones, ascending, within one day.
        cells: of the footprint.
        calendar: which days are alike.

    Returns:
        What `weigh_evidence` compares.
    """
    devices, hidden = _matrices(connection, len(intervals), cells.count)
    usual = _usual(connection, history=history, intervals=intervals, cells=cells, calendar=calendar, told=devices)
    medians = usual.devices.reshape(devices.shape)
    return Counted(
        devices=devices,
        hidden=hidden,
        usual=usual,
        handed_over=_handed_over(connection, medians, cells=cells),
        operator=cells.operator,
        around=cells.around,
    )


def baseline_rows(evidence: Evidence, *, intervals: Sequence[datetime], cells: pl.DataFrame) -> pl.DataFrame:
    """Rows of the stage for every interval and cell of which something usual is known.

    Args:
        evidence: of the intervals.
        intervals: which ones.
        cells: cell_no, operator, cell_id.
    """
    interval, cell = np.nonzero(np.isfinite(evidence.usual))
    at = (interval, cell)
    numbers = pl.DataFrame(
        {
            "interval_start": pl.Series(list(intervals), dtype=pl.Datetime("us", "UTC")).gather(interval),
            "cell_no": cell.astype(np.uint32),
            "usual_devices": evidence.usual[at],
            "expected_devices": evidence.expected[at],
            "spread_devices": np.sqrt(evidence.variance[at]),
            "baseline_from": pl.Series(evidence.tier[at]).replace_strict(TIER_NAMES, return_dtype=pl.String),
        }
    )
    return numbers.join(cells, on="cell_no").select(list(BASELINE.columns))


def _matrices(connection: duckdb.DuckDBPyConnection, intervals: int, cells: int) -> tuple[Floats, Floats]:
    placed = fetch_frame(connection, "select interval_no, cell_no, devices, hidden from placed_now")
    devices, hidden = np.full((intervals, cells), np.nan), np.full((intervals, cells), np.nan)
    at = (placed["interval_no"].to_numpy(), placed["cell_no"].to_numpy())
    devices[at] = placed["devices"].fill_null(np.nan).to_numpy()
    hidden[at] = placed["hidden"].fill_null(np.nan).to_numpy()
    return devices, hidden


def _usual(
    connection: duckdb.DuckDBPyConnection,
    *,
    history: CountHistory,
    intervals: Sequence[datetime],
    cells: Cells,
    calendar: Calendar,
    told: Floats,
) -> Usual:
    instants = usual_instants(intervals, calendar=calendar)
    if not intervals:
        return nothing_usual(0)
    most = int(instants.group_by("interval_no").len()["len"].max() or 0)  # type: ignore[arg-type]
    parts = []
    for chunk in history.chunks(len(intervals), cells=cells.count, most_instants=most):
        _want(connection, chunk, cells.count)
        of_chunk = instants.filter(pl.col("interval_no").is_between(chunk.start, chunk.stop - 1))
        parts.append(find_usual(history, of_chunk, told=np.isfinite(told[chunk.start : chunk.stop]).ravel()))
    return Usual(
        devices=np.concatenate([part.devices for part in parts]),
        variance=np.concatenate([part.variance for part in parts]),
        samples=np.concatenate([part.samples for part in parts]),
        tier=np.concatenate([part.tier for part in parts]),
    )


def _want(connection: duckdb.DuckDBPyConnection, chunk: range, cells: int) -> None:
    """Ask for every cell at the intervals of a chunk."""
    connection.execute(
        f"""create or replace temp table wanted_cells as
        select intervals_in.interval_no, cells_in.operator, cells_in.cell_id,
            (cast(intervals_in.interval_no as bigint) - {chunk.start}) * {cells} + cells_in.cell_no as place
        from intervals_in, cells_in
        where intervals_in.interval_no between {chunk.start} and {chunk.stop - 1}"""
    )


def _handed_over(connection: duckdb.DuckDBPyConnection, usual: Floats, *, cells: Cells) -> Floats:
    """Devices that silent cells are expected to hand to others, shape (intervals, cells)."""
    given = np.zeros_like(usual)
    silent = fetch_frame(
        connection, "select distinct interval_no, cell_no from silent_cells_now where is_placed and usual_devices > 0"
    )
    if silent.is_empty():
        return given
    at = (silent["interval_no"].to_numpy(), silent["cell_no"].to_numpy())
    share = np.zeros((len(usual), len(cells.operators)))
    np.add.at(share, (at[0], cells.operator[at[1]]), 1)
    share /= np.maximum(np.bincount(cells.operator, minlength=len(cells.operators)), 1)
    is_down = share[at[0], cells.operator[at[1]]] <= MOST_SILENT
    silent = silent.filter(pl.Series(is_down)).with_columns(
        operator_no=pl.Series(cells.operator[at[1][is_down]], dtype=pl.Int64)
    )
    if silent.is_empty():
        return given
    interval, cell = np.nonzero(np.isfinite(usual))
    known = {"interval_no": interval, "cell_no": cell, "operator_no": cells.operator[cell]}
    connection.register("silent_now", silent.to_arrow())
    connection.register("usual_now", pl.DataFrame({**known, "devices": usual[interval, cell]}).to_arrow())
    found = fetch_frame(connection, read_sql("crowd", "handed_over"))
    given[found["interval_no"].to_numpy(), found["cell_no"].to_numpy()] = found["devices"].to_numpy()
    return given
