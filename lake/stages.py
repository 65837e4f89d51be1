"""Stages of the lake: their columns, where their rows lie, how to read and replace them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from lake.engine import fetch_value, file_literal, literal, quoted
from lake.home import Home
from lake.staging import Staging
from lake.steady_files import held_paths

PART = "part.parquet"
LARGE_PARTITION = 100_000  # rows
HIVE_TYPES = {"date": "date", "hour": "varchar", "operator": "varchar"}


@dataclass(frozen=True)
class Stage:
    """One stage of the lake, in folders by UTC date and hour.

    Attributes:
        name: folder of the stage.
        columns: name and SQL type of each column, in the order of the files.
        by_operator: whether each operator has files of its own.
        order: columns that order the rows of a file.
    """

    name: str
    columns: Mapping[str, str]
    order: tuple[str, ...]
    by_operator: bool = False

    @property
    def partition(self) -> tuple[str, ...]:
        """Columns that name the folders, outermost first."""
        return ("date", "hour", "operator") if self.by_operator else ("date", "hour")

    @property
    def file_columns(self) -> tuple[str, ...]:
        """Columns that the files hold themselves."""
        return tuple(c for c in self.columns if c not in self.partition)

    def paths(self, home: Home, *, start: datetime | None = None, end: datetime | None = None) -> list[Path]:
        """Files that may hold rows with start <= interval_start < end, in order."""
        root = home.lake / self.name
        pattern = "hour=*/operator=*/" + PART if self.by_operator else "hour=*/" + PART
        if start is None or end is None:
            return sorted(root.glob("date=*/" + pattern))
        first, last = _hour_of(start), _hour_of(end - timedelta(microseconds=1))
        days = (last.date() - first.date()).days + 1
        dates = [first.date() + timedelta(days=n) for n in range(days)]
        found = [p for day in dates for p in sorted((root / f"date={day}").glob(pattern))]
        return [p for p in found if first <= hour_of_path(p) <= last]


def hour_of_path(path: Path) -> datetime:
    """The UTC hour that the folders of a file name."""
    named = dict(part.split("=", 1) for part in path.parts if "=" in part)
    return datetime.strptime(f"{named['date']} {named['hour']}", "%Y-%m-%d %H").replace(tzinfo=UTC)


def _hour_of(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def select_rows(stage: Stage, paths: Iterable[Path]) -> str:
    """SQL that reads all rows of some files of a stage; an empty list gives no rows, with the right columns.

    Columns that an earlier version did not write are null.
    """
    nothing = "select " + ", ".join(f"null::{kind} as {quoted(name)}" for name, kind in stage.columns.items())
    # The operator stands in the path alone, so files of such stages are read under their own names.
    named = list(paths) if stage.by_operator else held_paths(paths)
    if not named:
        return f"{nothing} where false"
    listed = ", ".join(file_literal(p) for p in named)
    hive = ", ".join(f"{name}: {literal(kind)}" for name, kind in HIVE_TYPES.items())
    by_path = f"true, hive_types_autocast = false, hive_types = {{{hive}}}" if stage.by_operator else "false"
    columns = ", ".join(quoted(c) for c in stage.columns)
    rows = f"select * from read_parquet([{listed}], union_by_name = true, hive_partitioning = {by_path})"
    return f"select {columns} from ({nothing} where false union all by name {rows})"


def create_view(
    connection: duckdb.DuckDBPyConnection,
    view: str,
    *,
    home: Home,
    stage: Stage,
    start: datetime | None = None,
    end: datetime | None = None,
) -> None:
    """Make `view` show the rows of a stage with start <= interval_start < end (all rows without bounds)."""
    rows = select_rows(stage, stage.paths(home, start=start, end=end))
    if start is not None and end is not None:
        rows = (
            f"select * from ({rows}) where interval_start >= {_timestamp(start)} and interval_start < {_timestamp(end)}"
        )
    connection.execute(f"create or replace temp view {quoted(view)} as {rows}")


def _timestamp(instant: datetime) -> str:
    return f"timestamptz {literal(instant.isoformat())}"


def replace_range(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    *,
    home: Home,
    stage: Stage,
    staging: Staging,
    start: datetime,
    end: datetime,
) -> None:
    """Stage the rows of `table` as the whole content of start <= interval_start < end.

    Rows of the same hours outside the range are kept, files inside it without new rows disappear.
    """
    present = stage.paths(home, start=start, end=end)
    kept = select_rows(stage, present)
    outside = f"interval_start < {_timestamp(start)} or interval_start >= {_timestamp(end)}"
    write_partitions(
        connection,
        f"select * from {quoted(table)} union all by name select * from ({kept}) where {outside}",
        stage=stage,
        staging=staging,
    )
    for path in present:
        staging.remove(str(path.relative_to(home.lake)))


def write_partitions(connection: duckdb.DuckDBPyConnection, rows: str, *, stage: Stage, staging: Staging) -> None:
    """Write the rows that a query gives as files of a stage, one file per partition, rows in the stage's order."""
    columns = ", ".join(quoted(c) for c in stage.columns)
    connection.execute(
        f"""create or replace temp table staged_rows as
        select {columns},
            strftime(interval_start, '%Y-%m-%d') as date,
            strftime(interval_start, '%H') as hour
        from ({rows})"""
    )
    names = ", ".join(stage.partition)
    partitions = connection.execute(f"select distinct {names} from staged_rows order by {names}").fetchall()
    total = fetch_value(connection, "select count(*) from staged_rows")
    if total > LARGE_PARTITION * len(partitions):
        _write_one_by_one(connection, partitions, stage=stage, staging=staging)
    else:
        _write_together(connection, stage=stage, staging=staging)
    connection.execute("drop table staged_rows")


def _write_one_by_one(
    connection: duckdb.DuckDBPyConnection, partitions: Iterable[tuple[str, ...]], *, stage: Stage, staging: Staging
) -> None:
    """A statement for each file, which all threads work on: twice as fast where files are large."""
    held, order = _listed(stage.file_columns), _listed(stage.order)
    for partition in partitions:
        named = dict(zip(stage.partition, partition, strict=True))
        folder = "/".join(f"{name}={value}" for name, value in named.items())
        is_of = " and ".join(f"{name} = {literal(value)}" for name, value in named.items())
        connection.execute(
            f"""copy (select {held} from staged_rows where {is_of} order by {order})
            to {literal(str(staging.path(f"{stage.name}/{folder}/{PART}")))} (format parquet, compression zstd)"""
        )


def _write_together(connection: duckdb.DuckDBPyConnection, *, stage: Stage, staging: Staging) -> None:
    """One statement for all files: a file more costs nothing."""
    names = ", ".join(stage.partition)
    target = staging.new / stage.name
    target.mkdir(parents=True, exist_ok=True)
    threads = fetch_value(connection, "select current_setting('threads')")
    try:
        # Several threads would write several files per folder and lose the order of rows.
        connection.execute("set threads = 1")
        connection.execute(
            f"""copy (
                select {_listed((*stage.file_columns, *stage.partition))} from staged_rows
                order by {names}, {_listed(stage.order)}
            ) to {literal(str(target))} (
            format parquet, compression zstd, partition_by ({names}),
            filename_pattern 'part', overwrite_or_ignore true)"""
        )
    finally:
        connection.execute(f"set threads = {threads}")
    for written in target.rglob("part0.parquet"):
        written.rename(written.with_name(PART))


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(quoted(c) for c in columns)
