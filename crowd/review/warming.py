"""Making ready what people look at before anybody asks for it: the newest hours, and the outlines of areas."""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import duckdb
from shapely.errors import GEOSException

from crowd.review.area_files import area_index, drawn_areas, zooms_drawn
from crowd.review.hours import hours_between, oldest_and_newest
from crowd.review.levels import is_ready, levels_of
from crowd.review.memory import ClosedMemoryError, Memory
from crowd.review.shown import UNREADABLE
from crowd.review.spread_files import keep_spreads
from crowd.review.spreads import footprints_of
from geo.areas import loaded_levels
from lake.home import Home

# So much the slider shows.
WARMED = timedelta(days=7)
HOUR = timedelta(hours=1)
LOOK_EVERY_S = 20.0
_log = logging.getLogger(__name__)


def keep_warm(memory: Memory, home: Home, *, k: int, stop: threading.Event, every_s: float = LOOK_EVERY_S) -> None:
    """Roll up the newest week, the newest hour first, and then whatever is new, until told to stop.

    One hour at a time, and nothing that somebody would miss: an hour that fails is found when it is asked for.

    Args:
        memory: of the process.
        home: whose lake.
        k: fewest devices that a row may rest on.
        stop: set by who wants it to end; it ends after the hour in hand, or when the memory is closed.
        every_s: seconds between two looks at the lake.
    """
    with suppress(ClosedMemoryError, duckdb.InterruptException):
        while not stop.is_set():
            warm(memory, home, k=k, stop=stop)
            stop.wait(every_s)


def warm(memory: Memory, home: Home, *, k: int, stop: threading.Event) -> int:
    """Make ready what is not yet of the newest week, and the outlines of areas; gives how many hours were rolled up.

    The newest hour comes first and the outlines next: a page shows these before anything else.
    """
    hours = list(_newest_first(home))
    done = _all_ready(memory, home, hours[:1], k=k, stop=stop)
    draw_areas(memory, home, stop=stop)
    done += _all_ready(memory, home, hours[1:], k=k, stop=stop)
    ends = oldest_and_newest(home)
    if ends is not None and not stop.is_set():
        hours_between(memory, home, start=ends[1] - WARMED, end=ends[1] + HOUR, k=k)
    return done


def _all_ready(memory: Memory, home: Home, hours: Sequence[datetime], *, k: int, stop: threading.Event) -> int:
    done = 0
    for hour in hours:
        if stop.is_set():
            break
        try:
            done += _make_ready(memory, home, at=hour, k=k)
        except UNREADABLE as error:
            _log.info("the hour %s was not rolled up: %s", hour.isoformat(), type(error).__name__)
    return done


def draw_areas(memory: Memory, home: Home, *, stop: threading.Event) -> None:
    """Make the outlines of all levels for all zooms of the map, and the index by which areas are found."""
    for zoom in zooms_drawn():
        for level in loaded_levels(home):
            if stop.is_set():
                return
            try:
                drawn_areas(memory, home, level, zoom=zoom)
            except (*UNREADABLE, GEOSException) as error:
                _log.info("areas of level %s were not drawn: %s", level, type(error).__name__)
    if not stop.is_set():
        area_index(memory, home)


def _make_ready(memory: Memory, home: Home, *, at: datetime, k: int) -> bool:
    """Keep what is asked of an hour; tells whether it had to be rolled up."""
    is_new = not is_ready(home, at=at, k=k)
    if is_new:
        levels_of(memory, home, at=at, k=k)
    for footprint in footprints_of(memory, home, start=at, end=at + HOUR)[:1]:
        keep_spreads(memory, home, footprint, at=at)
    return is_new


def _newest_first(home: Home) -> Iterator[datetime]:
    ends = oldest_and_newest(home)
    if ends is None:
        return
    oldest, newest = max(ends[0], ends[1] - WARMED), ends[1]
    while newest >= oldest:
        yield newest
        newest -= HOUR
