"""Gatherings of a range of time with their reasons, for people to read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import duckdb
import polars as pl

from crowd.gathering_stages import GATHERINGS
from lake.engine import fetch_frame, read_sql
from lake.home import Home
from lake.stages import create_view


@dataclass(frozen=True, kw_only=True)
class ListedGathering:
    """A gathering at an interval.

    Attributes:
        gathering_id: its name.
        interval_start: when.
        level: of alarm.
        state: new, ongoing or ended.
        people: estimate; None where nobody is seen.
        excess: of these, above the usual.
        area_code: where.
        reason: why it is one, in the wanted language.
    """

    gathering_id: str
    interval_start: datetime
    level: str
    state: str
    people: float | None
    excess: float | None
    area_code: str | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class GatheringList:
    """What may be shown, and how many gatherings rest on too few devices to be."""

    gatherings: tuple[ListedGathering, ...]
    withheld: int


def list_gatherings(
    connection: duckdb.DuckDBPyConnection,
    *,
    home: Home,
    start: datetime,
    end: datetime,
    language: Literal["id", "en"],
    k: int,
) -> GatheringList:
    """Gatherings of start <= interval_start < end, the highest level first.

    Args:
        connection: DuckDB with its memory and threads bounded.
        home: whose lake.
        start: first instant.
        end: first instant after it.
        language: of the reasons.
        k: fewest raw devices that a number may rest on.
    """
    create_view(connection, "gatherings_in", home=home, stage=GATHERINGS, start=start, end=end)
    rows = fetch_frame(connection, read_sql("crowd", "listed_gatherings"), {"k": k})
    shown = rows.filter(~pl.col("is_withheld")).rename({f"reason_{language}": "reason"})
    columns = list(ListedGathering.__dataclass_fields__)
    listed = tuple(ListedGathering(**row) for row in shown.select(columns).iter_rows(named=True))
    return GatheringList(gatherings=listed, withheld=rows.height - shown.height)
