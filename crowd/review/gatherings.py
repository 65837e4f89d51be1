"""Gatherings of a range of time as people look at them: a row for each."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import duckdb
import polars as pl
from sqlalchemy.orm import Session

from crowd.policy import LEVELS
from crowd.review.area_files import area_identity, area_index
from crowd.review.memory import Memory
from crowd.review.places import Place, is_within, places_of
from crowd.review.retrying import read_again
from crowd.review.shown import UNREADABLE
from crowd.review.told_gatherings import create_shown_gatherings, files_told, without_nan
from crowd.review.warned import WarningInShort, warnings_about
from lake.engine import fetch_frame, fetch_value
from lake.home import Home

AlarmLevel = Literal["waspada", "siaga", "awas"]
Level = Literal["normal", "waspada", "siaga", "awas"]
State = Literal["new", "ongoing", "ended"]


@dataclass(frozen=True, kw_only=True)
class ListedGathering:
    """A gathering at its latest hour.

    Attributes:
        gathering_id: its name.
        interval_start: the hour.
        level: in that hour.
        highest_level: of its life up to then.
        state: new, ongoing or ended.
        people: estimate; None where it has ended.
        people_low: of its range.
        people_high: of its range.
        excess: people above the usual.
        lat: of its middle.
        lon: of its middle.
        area_code: of the finest area there.
        places: that area and those it lies in, the finest first.
        started_at: when it was first followed.
        hours: since then, this one included.
        warnings: about it, the oldest first.
    """

    gathering_id: str
    interval_start: datetime
    level: Level
    highest_level: AlarmLevel
    state: State
    people: float | None
    people_low: float | None
    people_high: float | None
    excess: float | None
    lat: float
    lon: float
    area_code: str | None
    places: Sequence[Place]
    started_at: datetime
    hours: int
    warnings: Sequence[WarningInShort]


FIGURES = tuple(name for name in ListedGathering.__dataclass_fields__ if name not in {"places", "warnings"})


@dataclass(frozen=True, kw_only=True)
class KeptList:
    """The gatherings of a range before anybody's filter, found once for the same files.

    Attributes:
        rows: of `latest_hours`.
        listed: the same as people see them, without warnings.
        withheld: how many rest on too few devices to be shown.
        key: changes when any of it may.
    """

    rows: pl.DataFrame
    listed: Sequence[ListedGathering]
    withheld: int
    key: Hashable


def kept_list(memory: Memory, *, home: Home, start: datetime, end: datetime, k: int) -> KeptList:
    """Gatherings of start <= interval_start < end, each at its latest hour there: the latest and the highest first.

    Hours of a gathering that rest on fewer than k devices are as if they were not; one that has ended is shown where
    an hour before it may be. How many are withheld is counted over the whole range, whatever is chosen of it: else it
    would say where they are. There are none where files vanish again and again.

    Args:
        memory: of the process.
        home: whose lake.
        start: first instant.
        end: first instant after it.
        k: fewest devices that anything shown may rest on.
    """

    def find() -> KeptList:
        key = (*files_told(memory, home, start=start, end=end), area_identity(home), start, end, k)
        return memory.answer(("gatherings", key), lambda: _find(memory, home, start=start, end=end, k=k, key=key))

    try:
        return read_again(find)
    except UNREADABLE:
        return KeptList(rows=pl.DataFrame(), listed=(), withheld=0, key=None)


def wanted_of(
    memory: Memory, kept: KeptList, *, home: Home, area: str | None, levels: Sequence[str]
) -> Sequence[ListedGathering]:
    """Those whose highest level is wanted and whose latest place is in an area, or in one below it."""
    if not kept.listed or (area is None and set(levels) >= set(LEVELS)):
        return kept.listed
    rows = filtered(kept.rows.with_row_index("row"), names=area_index(memory, home), area=area, levels=levels)
    return [kept.listed[row] for row in rows["row"].to_list()]


def _find(memory: Memory, home: Home, *, start: datetime, end: datetime, k: int, key: Hashable) -> KeptList:
    with memory.cursor() as connection:
        rows, withheld = latest_hours(connection, home=home, start=start, end=end, k=k)
    names = area_index(memory, home).select("code", "name", "level", "parent")
    return KeptList(rows=rows, listed=_listed(rows, names=names, warned={}), withheld=withheld, key=key)


def filtered(latest: pl.DataFrame, *, names: pl.DataFrame, area: str | None, levels: Sequence[str]) -> pl.DataFrame:
    """Gatherings whose highest level is wanted and whose latest place is in an area, or in one below it.

    Args:
        latest: of `latest_hours`.
        names: of the loaded areas (`geo.areas.read_area_names`).
        area: code of the area; None for everywhere.
        levels: those wanted.
    """
    wanted = latest.filter(pl.col("highest_level").is_in(list(levels)))
    return wanted if area is None else wanted.filter(is_within(names, wanted["area_code"], area))


def latest_hours(
    connection: duckdb.DuckDBPyConnection, *, home: Home, start: datetime, end: datetime, k: int
) -> tuple[pl.DataFrame, int]:
    """The latest hour of each gathering of a range that may be shown, and how many gatherings may not.

    Makes `shown_gatherings`, of which these are rows.
    """
    create_shown_gatherings(connection, home=home, start=start, end=end, k=k)
    rows = fetch_frame(
        connection,
        """select * from shown_gatherings where interval_start >= $start
        qualify row_number() over (partition by gathering_id order by interval_start desc) = 1""",
        {"start": start},
    )
    present = fetch_value(connection, "select count(*) from present_gatherings")
    rank = pl.col("highest_level").replace_strict({name: n for n, name in enumerate(LEVELS)}, return_dtype=pl.Int32)
    order = (pl.col("interval_start"), rank, pl.col("people"), pl.col("gathering_id"))
    ordered = without_nan(rows).sort(*order, descending=[True, True, True, False], nulls_last=True)
    return ordered, int(present) - rows.height


def listed(rows: pl.DataFrame, *, names: pl.DataFrame, ledger: Session) -> Sequence[ListedGathering]:
    """Rows of `shown_gatherings` with their areas and warnings."""
    return _listed(rows, names=names, warned=warnings_about(ledger, rows["gathering_id"].to_list()))


def _listed(
    rows: pl.DataFrame, *, names: pl.DataFrame, warned: Mapping[str, Sequence[WarningInShort]]
) -> Sequence[ListedGathering]:
    places = places_of(names, rows["area_code"].drop_nulls().to_list())
    return [
        ListedGathering(
            **row, places=places.get(row["area_code"], ()), warnings=tuple(warned.get(row["gathering_id"], ()))
        )
        for row in rows.select(FIGURES).iter_rows(named=True)
    ]
