"""DuckDB connections with bounded memory and threads, and the SQL files they run."""

import glob
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import polars as pl


@dataclass(frozen=True, kw_only=True)
class Engine:
    """How much of the machine a computation may use.

    Attributes:
        memory_limit: DuckDB's memory, e.g. "4GB"; beyond it DuckDB spills to `temporary`.
        threads: processor threads.
        temporary: folder for spilled data; None forbids spilling.
    """

    memory_limit: str = "4GB"
    threads: int = 2
    temporary: Path | None = None


@contextmanager
def connect(engine: Engine) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an in-memory DuckDB in UTC that never reaches for the network."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": engine.memory_limit,
        "threads": engine.threads,
        "autoinstall_known_extensions": False,
        "temp_directory": str(engine.temporary) if engine.temporary else "",
    }
    connection = duckdb.connect(config=config)
    try:
        # The command line shows progress itself; a flow's log is no terminal.
        connection.execute("set timezone = 'UTC'; set enable_progress_bar = false")
        yield connection
    finally:
        connection.close()


@cache
def read_sql(package: str, name: str) -> str:
    """Text of `<name>.sql` that lies in an importable package."""
    return files(package).joinpath(f"{name}.sql").read_text(encoding="utf-8")


def quoted(identifier: str) -> str:
    """An identifier as SQL writes it, whatever it holds."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal, for the places where DuckDB takes no parameter."""
    return "'" + text.replace("'", "''") + "'"


def file_literal(path: Path) -> str:
    """A file's path as an SQL literal, its brackets and stars being no wildcards."""
    return literal(glob.escape(str(path)))


def fetch_frame(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: Mapping[str, object] | None = None
) -> pl.DataFrame:
    """The rows of a query as a Polars frame."""
    relation = connection.sql(query, params=dict(parameters)) if parameters else connection.sql(query)
    return pl.DataFrame(pl.from_arrow(relation.to_arrow_table()))


def fetch_value(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: Mapping[str, object] | None = None
) -> Any:  # noqa: ANN401 - whatever type the query gives
    """The first value of the only row of a query."""
    return fetch_row(connection, query, parameters)[0]


def fetch_row(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: Mapping[str, object] | None = None
) -> tuple[Any, ...]:
    """The only row of a query that gives one.

    The result is read to its end: DuckDB undoes what an unfinished statement did.
    """
    (row,) = connection.execute(query, dict(parameters) if parameters else None).fetchall()
    return tuple(row)
