"""People per hexagon for a few intervals at a time, side by side as columns (docs/method/engine.md)."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import duckdb
import numpy as np
import polars as pl

from crowd.baseline import (
    BASELINE,
    CROWDED_CELLS,
    Cells,
    baseline_rows,
    count_beside_usual,
    create_crowded_view,
    read_cells,
)
from crowd.count_history import CountHistory
from crowd.coverage import find_silent_cells
from crowd.evidence import Counted, Evidence, weigh_evidence
from crowd.factors import Factors
from crowd.holidays import Calendar
from crowd.hotspots import HOTSPOTS, find_hotspots
from crowd.placement import create_placement_views
from crowd.plan_changes import create_changed_cells
from crowd.quality import QUALITY_EVENTS, find_quality_events
from crowd.usual import BY_NEIGHBOURS, TIER_NAMES
from geo.footprint import Footprint
from lake.engine import fetch_frame, read_sql
from lake.home import Home
from lake.stages import Stage

# Sums of 8 intervals over a country's hexagons fill about a gigabyte; over 16 intervals columns slow each other down.
WEIGHTS_PER_BATCH = 100_000_000
MIN_INTERVALS, MAX_INTERVALS = 8, 16
# An hour's baseline looks at the day before: those of one batch must not look at each other.
LONGEST_BATCH = timedelta(hours=22)
# The bound of counts that an operator withheld without saying below which number.
UNKNOWN_BOUND = 15
# Ranges hold nine times out of ten: so many standard deviations of counting noise to either side.
DEVIATIONS = 1.645
SUMS = ("people", "variance", "devices")
HIDDEN_SUM = r", sum(weights.people_weight * placed.people_per_device * columns('^(\d+)_h$')) as 'hidden_\1'"
EVIDENCE = ("excess", "evidence", "information", "leverage", "tier")
EVIDENCE_SUMS = r""",
    sum(weights.people_weight * placed.people_per_device * columns('^(\d+)_r$')) as 'excess_\1',
    sum(weights.weight * columns('^(\d+)_e$')) as 'evidence_\1',
    sum(weights.weight * weights.weight * columns('^(\d+)_i$')) as 'information_\1',
    sum(weights.weight * columns('^(\d+)_l$')) as 'leverage_\1',
    max(columns('^(\d+)_t$')) as 'tier_\1'"""
TABLES = {"density_now": "ranged_density", "silent_done": "told_silent_cells", "coverage_done": "told_coverage"}
FRAMES: dict[str, Stage] = {
    "baseline_done": BASELINE,
    "crowded_done": CROWDED_CELLS,
    "hotspots_done": HOTSPOTS,
    "quality_done": QUALITY_EVENTS,
}


def sum_density(
    connection: duckdb.DuckDBPyConnection,
    *,
    home: Home,
    start: datetime,
    end: datetime,
    footprints: Sequence[Footprint],
    factors: Factors,
    calendar: Calendar,
) -> None:
    """Make the tables of `TABLES` and `FRAMES` for start <= interval_start < end.

    Args:
        connection: DuckDB with its memory and threads bounded.
        home: whose lake.
        start: first instant.
        end: first instant after it.
        footprints: for every plan valid in the range, in order of time.
        factors: people per device.
        calendar: which days are alike.
    """
    create_crowded_view(connection, home=home, start=start)
    for table, stage in FRAMES.items():
        columns = ", ".join(f"{name} {kind}" for name, kind in stage.columns.items())
        connection.execute(f"create or replace temp table {table} ({columns})")
    history = CountHistory(connection, home=home, start=start, end=end)
    is_first = True
    for footprint, first, last in _periods(footprints, start=start, end=end):
        create_placement_views(connection, home=home, start=first, end=last, footprints=[footprint], factors=factors)
        cells = read_cells(connection, footprint)
        for intervals in batches_of(counted_intervals(connection), footprint) or ([] if not is_first else [[]]):
            counted, evidence = sum_batch(
                connection, home, intervals, at=first, cells=cells, history=history, calendar=calendar
            )
            for table, sql in TABLES.items():
                into = f"create or replace temp table {table} as" if is_first else f"insert into {table}"
                connection.execute(f"{into} {read_sql('crowd', sql)}", _parameters(sql))
            if np.isfinite(evidence.residual).any():
                _keep(connection, counted, evidence, intervals=intervals, cells=cells)
            is_first = False


def _parameters(sql: str) -> dict[str, object]:
    return {"deviations": DEVIATIONS} if sql == "ranged_density" else {}


def _keep(
    connection: duckdb.DuckDBPyConnection,
    counted: Counted,
    evidence: Evidence,
    *,
    intervals: Sequence[datetime],
    cells: Cells,
) -> None:
    """Add baselines, hotspots and the cells that these fill to what is written."""
    named = fetch_frame(connection, "select cell_no, operator, cell_id from cells_in")
    hotspots, crowded = find_hotspots(connection, counted, evidence, intervals=intervals, cells=cells, named=named)
    frames = {
        "baseline_done": baseline_rows(evidence, intervals=intervals, cells=named),
        "hotspots_done": hotspots,
        "crowded_done": crowded,
        "quality_done": find_quality_events(connection, evidence, hotspots, intervals=intervals, cells=cells),
    }
    for table, frame in frames.items():
        connection.register("kept_rows", frame.to_arrow())
        connection.execute(f"insert into {table} by name from kept_rows")
        connection.unregister("kept_rows")


def _periods(
    footprints: Sequence[Footprint], *, start: datetime, end: datetime
) -> Iterator[tuple[Footprint, datetime, datetime]]:
    """Each footprint with the part of the range that it holds for."""
    for footprint in footprints:
        first = max(start, footprint.valid_from or start)
        last = min(end, footprint.valid_to or end)
        if first < last:
            yield footprint, first, last


def counted_intervals(connection: duckdb.DuckDBPyConnection) -> list[datetime]:
    """The intervals of `counts_in`, in order of time."""
    rows = connection.execute("select distinct interval_start from counts_in order by 1").fetchall()
    return [row[0] for row in rows]


def batches_of(intervals: list[datetime], footprint: Footprint) -> list[list[datetime]]:
    """So many intervals at a time as a footprint's size allows, and less than a day of them."""
    size = min(max(WEIGHTS_PER_BATCH // max(footprint.weights, 1), MIN_INTERVALS), MAX_INTERVALS)
    batches: list[list[datetime]] = []
    for interval in intervals:
        fits = batches and len(batches[-1]) < size and interval - batches[-1][0] < LONGEST_BATCH
        if fits:
            batches[-1].append(interval)
        else:
            batches.append([interval])
    return batches


def sum_batch(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    intervals: list[datetime],
    *,
    at: datetime,
    cells: Cells,
    history: CountHistory,
    calendar: Calendar,
) -> tuple[Counted, Evidence]:
    """Make `density_sums` and what `TABLES` read for a few intervals; without any for none, with the right columns.

    Returns:
        Counts beside what is usual, and how far they are from it.
    """
    numbered = pl.DataFrame(
        {"interval_no": range(len(intervals)), "interval_start": [i.astimezone(UTC) for i in intervals]},
        schema={"interval_no": pl.UInt8, "interval_start": pl.Datetime("us", "UTC")},
    )
    connection.register("intervals_given", numbered.to_arrow())
    connection.execute("create or replace temp table intervals_in as select * from intervals_given")
    tiers = pl.DataFrame(
        {"tier": list(TIER_NAMES), "name": list(TIER_NAMES.values())}, schema_overrides={"tier": pl.UInt8}
    )
    connection.register("tier_names", tiers.to_arrow())
    first, last = (intervals[0], intervals[-1] + timedelta(microseconds=1)) if intervals else (at, at)
    history.show("counts_in", start=first, end=last)
    connection.execute(
        "create or replace temp table placed_now as " + read_sql("crowd", "placed_counts"),
        {"unknown_bound": UNKNOWN_BOUND},
    )
    find_silent_cells(connection, history=history, start=first, end=last)
    create_changed_cells(connection, home=home, at=first)
    counted = count_beside_usual(connection, history=history, intervals=intervals, cells=cells, calendar=calendar)
    evidence = weigh_evidence(counted)
    is_known = bool(np.isfinite(evidence.residual).any())
    is_hidden = bool(np.isfinite(counted.hidden).any())
    wide = _wide(
        counted.devices,
        counted.hidden if is_hidden else None,
        evidence if is_known else None,
        cells=cells,
    )
    connection.register("placed_wide", wide.to_arrow())
    statement = _density_statement(len(intervals), is_hidden=is_hidden, is_known=is_known)
    connection.execute(f"create or replace temp table density_sums as {statement}")
    return counted, evidence


def _wide(devices: np.ndarray, hidden: np.ndarray | None, evidence: Evidence | None, *, cells: Cells) -> pl.DataFrame:
    """One row per cell that any count is told or withheld of, the intervals' numbers side by side."""
    columns: dict[str, np.ndarray] = {}
    for number, told in enumerate(devices):
        columns[f"{number}_n"] = told
        if hidden is not None:
            columns[f"{number}_h"] = hidden[number]
        if evidence is not None:
            columns.update(_terms(evidence, told, number))
    if not columns:
        columns["0_n"] = np.full(cells.count, np.nan)
    is_there = np.isfinite(devices).any(axis=0)
    if hidden is not None:
        is_there |= np.isfinite(hidden).any(axis=0)
    rows = np.flatnonzero(is_there)
    return pl.DataFrame(
        {
            "cell_no": rows.astype(np.uint32),
            "people_per_device": cells.people_per_device[rows],
            **{name: pl.Series(values[rows], nan_to_null=True) for name, values in columns.items()},
        }
    )


def _terms(evidence: Evidence, told: np.ndarray, number: int) -> dict[str, np.ndarray]:
    """What the score of a hexagon sums: see `crowd/peaks.py`, where g_ih = w_ih * gain_i / u_h and u_h cancels."""
    residual, variance = evidence.residual[number], evidence.variance[number]
    gain, expected = evidence.gain[number], evidence.expected[number]
    is_known, tier = np.isfinite(residual), evidence.tier[number]
    # cells without a history are taken to be as usual as their neighbours: neither excess nor evidence
    is_new = tier == BY_NEIGHBOURS
    is_placed = np.isfinite(told)
    return {
        # a withheld count places nobody, so it is no excess either
        f"{number}_r": np.where(is_placed, np.where(is_new, 0.0, residual), np.nan),
        f"{number}_e": gain * residual / variance,
        f"{number}_i": np.where(is_known, gain**2 / variance, np.nan),
        f"{number}_l": np.where(is_known, evidence.level_sd[number] * gain * expected / variance, np.nan),
        f"{number}_t": np.where(is_placed & (is_known | is_new), tier, np.nan),
    }


def _density_statement(intervals: int, *, is_hidden: bool, is_known: bool) -> str:
    """`density.sql` for so many intervals; without sums that nothing is there for, which is faster."""
    sums = (*SUMS, *(("hidden",) if is_hidden else ()), *(EVIDENCE if is_known else ()))
    columns = ", ".join(f"({', '.join(f'{name}_{n}' for name in sums)}) as '{n}'" for n in range(max(intervals, 1)))
    nothing = "cast(null as double) as"
    texts = {
        "$hidden_sum": HIDDEN_SUM if is_hidden else "",
        "$evidence_sums": EVIDENCE_SUMS if is_known else "",
        "$hidden as": "coalesce(hidden, 0) as" if is_hidden else "cast(0 as double) as",
        "$evidence\n": (", ".join(EVIDENCE) if is_known else ", ".join(f"{nothing} {n}" for n in EVIDENCE)) + "\n",
        "$sums": ", ".join(sums),
        "$interval_columns": columns,
    }
    statement = read_sql("crowd", "density")
    for mark, text in texts.items():
        statement = statement.replace(mark, text)
    return statement
