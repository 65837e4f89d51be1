"""People per hexagon for a few intervals at a time, side by side as columns (docs/method/engine.md)."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import duckdb
import polars as pl

from crowd.counts import COUNTS
from crowd.coverage import find_silent_cells
from crowd.factors import Factors
from crowd.placement import create_placement_views
from geo.footprint import Footprint
from lake.engine import fetch_value, read_sql
from lake.home import Home
from lake.stages import create_view

# Sums of 8 intervals over a country's hexagons fill about a gigabyte; over 16 intervals columns slow each other down.
WEIGHTS_PER_BATCH = 100_000_000
MIN_INTERVALS, MAX_INTERVALS = 8, 16
# The bound of counts that an operator withheld without saying below which number.
UNKNOWN_BOUND = 15
# Ranges hold nine times out of ten: so many standard deviations of counting noise to either side.
DEVIATIONS = 1.645
SUMS = ("people", "variance", "devices")
HIDDEN_SUM = r", sum(weights.people_weight * placed.people_per_device * columns('^(\d+)_h$')) as 'hidden_\1'"
TABLES = {"density_now": "ranged_density", "silent_done": "told_silent_cells", "coverage_done": "told_coverage"}


def sum_density(
    connection: duckdb.DuckDBPyConnection,
    *,
    home: Home,
    start: datetime,
    end: datetime,
    footprints: Sequence[Footprint],
    factors: Factors,
) -> None:
    """Make the tables `density_now`, `silent_done` and `coverage_done` for start <= interval_start < end.

    Args:
        connection: DuckDB with its memory and threads bounded.
        home: whose lake.
        start: first instant.
        end: first instant after it.
        footprints: for every plan valid in the range, in order of time.
        factors: people per device.
    """
    is_first = True
    for footprint, first, last in _periods(footprints, start=start, end=end):
        create_placement_views(connection, home=home, start=first, end=last, footprints=[footprint], factors=factors)
        for intervals in batches_of(counted_intervals(connection), footprint) or ([] if not is_first else [[]]):
            sum_batch(connection, home, intervals, at=first)
            for table, sql in TABLES.items():
                into = f"create or replace temp table {table} as" if is_first else f"insert into {table}"
                connection.execute(f"{into} {read_sql('crowd', sql)}", _parameters(sql))
            is_first = False


def _parameters(sql: str) -> dict[str, object]:
    return {"deviations": DEVIATIONS} if sql == "ranged_density" else {}


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
    """So many intervals at a time as a footprint's size allows."""
    size = min(max(WEIGHTS_PER_BATCH // max(footprint.weights, 1), MIN_INTERVALS), MAX_INTERVALS)
    return [intervals[n : n + size] for n in range(0, len(intervals), size)]


def sum_batch(connection: duckdb.DuckDBPyConnection, home: Home, intervals: list[datetime], *, at: datetime) -> None:
    """Make `density_sums` and what `TABLES` read for a few intervals; without any for none, with the right columns."""
    numbered = pl.DataFrame(
        {"interval_no": range(len(intervals)), "interval_start": [i.astimezone(UTC) for i in intervals]},
        schema={"interval_no": pl.UInt8, "interval_start": pl.Datetime("us", "UTC")},
    )
    connection.register("intervals_given", numbered.to_arrow())
    connection.execute("create or replace temp table intervals_in as select * from intervals_given")
    first, last = (intervals[0], intervals[-1] + timedelta(microseconds=1)) if intervals else (at, at)
    create_view(connection, "counts_in", home=home, stage=COUNTS, start=first, end=last)
    connection.execute(
        "create or replace temp table placed_now as " + read_sql("crowd", "placed_counts"),
        {"unknown_bound": UNKNOWN_BOUND},
    )
    numbers = range(max(len(intervals), 1))
    if fetch_value(connection, "select count(hidden) > 0 from placed_now"):
        _pivot(connection, numbers, "any_value(devices) as n, any_value(hidden) as h")
        statement = _density_statement(numbers, sums=(*SUMS, "hidden"), hidden_sum=HIDDEN_SUM)
    else:
        _pivot(connection, numbers, "any_value(devices) as n")
        statement = _density_statement(numbers, sums=SUMS, hidden_sum="")
    connection.execute(f"create or replace temp table density_sums as {statement}")
    find_silent_cells(connection, home=home, start=first, end=last)


def _pivot(connection: duckdb.DuckDBPyConnection, numbers: range, values: str) -> None:
    listed = ", ".join(str(n) for n in numbers)
    connection.execute(
        f"""create or replace temp table placed_wide as
        pivot placed_now on interval_no in ({listed}) using {values} group by cell_no, people_per_device"""
    )


def _density_statement(numbers: range, *, sums: Sequence[str], hidden_sum: str) -> str:
    """`density.sql` for so many intervals; without the sum of withheld counts, where there are none, a third faster."""
    columns = ", ".join(f"({', '.join(f'{name}_{n}' for name in sums)}) as '{n}'" for n in numbers)
    texts = {
        "$hidden_sum": hidden_sum,
        "$hidden as": "coalesce(hidden, 0) as" if hidden_sum else "cast(0 as double) as",
        "$sums": ", ".join(sums),
        "$interval_columns": columns,
    }
    statement = read_sql("crowd", "density")
    for mark, text in texts.items():
        statement = statement.replace(mark, text)
    return statement
