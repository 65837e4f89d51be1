"""Gatherings of the lake that may be shown: tables and frames with nothing under k devices in them."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import duckdb
import polars as pl

from crowd.gathering_stages import GATHERING_EVENTS, GATHERING_HEXES, GATHERINGS
from crowd.targets import TARGETS
from lake.engine import fetch_frame, fetch_value, read_sql
from lake.home import Home
from lake.stages import Stage, create_view

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
    parameters = {} if name == "shown_events" else {"k": k}
    return without_nan(fetch_frame(connection, read_sql("crowd.review", name), parameters))


def without_nan(frame: pl.DataFrame) -> pl.DataFrame:
    """Numbers that are none as nulls: JSON has no word for them."""
    numbers = pl.col(pl.Float64)
    return frame.with_columns(pl.when(numbers.is_finite()).then(numbers))
