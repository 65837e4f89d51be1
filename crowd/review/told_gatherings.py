"""Gatherings of the lake that may be shown: tables and frames with nothing under k devices in them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl

from crowd.gathering_stages import GATHERING_EVENTS, GATHERING_HEXES, GATHERINGS
from crowd.review.memory import Memory, sure_identity_of
from crowd.review.told_numbers import TOLD_DIGITS, told_column
from crowd.targets import TARGETS
from lake.engine import fetch_frame, fetch_value, read_sql
from lake.home import Home
from lake.stages import Stage, create_view, select_rows

# What came before is looked up for so long: whether an ended gathering may be shown, and its highest level.
LONGEST = timedelta(days=31)
MOMENT = timedelta(microseconds=1)
VIEWS: Mapping[str, tuple[str, Stage]] = {
    "shown_events": ("gathering_events_in", GATHERING_EVENTS),
    "shown_hexes": ("gathering_hexes_in", GATHERING_HEXES),
    "shown_targets": ("targets_in", TARGETS),
}


def create_shown_gatherings(
    connection: duckdb.DuckDBPyConnection, *, home: Home, start: datetime, end: datetime, k: int
) -> None:
    """Make the tables `shown_gatherings` and `present_gatherings`.

    The first has the gatherings that may be shown, hour by hour from where those of the range began; the second the
    gathering_id of all that the range itself holds, shown or not.

    Args:
        connection: DuckDB with its memory and threads bounded.
        home: whose lake.
        start: first instant.
        end: first instant after it.
        k: fewest devices; gatherings under it are left out in that hour.
    """
    create_view(connection, "gatherings_in", home=home, stage=GATHERINGS, start=start, end=end)
    connection.execute(
        "create or replace temp table present_gatherings as select distinct gathering_id from gatherings_in"
    )
    begun = fetch_value(connection, "select min(started_at) from gatherings_in")
    if begun is not None and begun < start:
        since = max(begun, start - LONGEST)
        create_view(connection, "gatherings_in", home=home, stage=GATHERINGS, start=since, end=end)
    connection.execute(
        f"create or replace temp table shown_gatherings as {read_sql('crowd.review', 'shown_gatherings')}", {"k": k}
    )
    _round_people(connection)


def _round_people(connection: duckdb.DuckDBPyConnection) -> None:
    """Of what is told, not of what it is judged by."""
    people = ("people", "people_low", "people_high", "usual", "peak_people", "excess")
    table = fetch_frame(connection, "from shown_gatherings").with_columns(
        *(told_column(name) for name in people), pl.col("score").round(1), pl.col("coverage").round(TOLD_DIGITS)
    )
    connection.register("told_now", table.to_arrow())
    connection.execute("create or replace temp table shown_gatherings as from told_now")


def files_told(memory: Memory, home: Home, *, start: datetime, end: datetime) -> tuple[str, str | None]:
    """Changes when what `create_shown_gatherings` makes of a range may: the files of it, and those back to its begin.

    Args:
        memory: of the process.
        home: whose lake.
        start: first instant.
        end: first instant after it.

    Raises:
        FileNotFoundError: one of the files has vanished while they were listed.
    """
    paths = GATHERINGS.paths(home, start=start, end=end)
    identity = sure_identity_of(*paths)
    begun = memory.once_small(("begun", start, end, identity), lambda: _begun(memory, paths))
    if begun is None or begun >= start:
        return identity, None
    return identity, sure_identity_of(*GATHERINGS.paths(home, start=max(begun, start - LONGEST), end=start))


def _begun(memory: Memory, paths: Sequence[Path]) -> datetime | None:
    with memory.cursor() as connection:
        query = f"select min(started_at) from ({select_rows(GATHERINGS, paths)})"
        begun: datetime | None = fetch_value(connection, query)
    return begun


def fetch_shown(
    connection: duckdb.DuckDBPyConnection, name: str, *, home: Home, start: datetime, end: datetime, k: int
) -> pl.DataFrame:
    """What belongs to the gatherings of `shown_gatherings` in a range.

    Args:
        connection: DuckDB that has the table.
        name: shown_events, shown_hexes or shown_targets.
        home: whose lake.
        start: first instant.
        end: first instant after it.
        k: fewest devices that a number may rest on.
    """
    view, stage = VIEWS[name]
    create_view(connection, view, home=home, stage=stage, start=start, end=end)
    parameters: dict[str, int] = {} if name == "shown_events" else {"k": k}
    if name == "shown_targets":
        parameters["digits"] = TOLD_DIGITS
    return without_nan(fetch_frame(connection, read_sql("crowd.review", name), parameters))


def without_nan(frame: pl.DataFrame) -> pl.DataFrame:
    """Numbers that are none as nulls: JSON has no word for them."""
    numbers = pl.col(pl.Float64)
    return frame.with_columns(pl.when(numbers.is_finite()).then(numbers))
