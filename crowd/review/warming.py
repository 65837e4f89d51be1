"""Rolling up the newest hours before anybody asks for them."""

import logging
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

from crowd.review.hours import hours_between, oldest_and_newest
from crowd.review.levels import is_ready, levels_of
from crowd.review.memory import Memory
from crowd.review.shown import UNREADABLE
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
        stop: set by who wants it to end; it ends after the hour in hand.
        every_s: seconds between two looks at the lake.
    """
    while not stop.is_set():
        warm(memory, home, k=k, stop=stop)
        stop.wait(every_s)


def warm(memory: Memory, home: Home, *, k: int, stop: threading.Event) -> int:
    """Roll up what is not yet of the newest week; gives how many hours that were."""
    done = 0
    for hour in _newest_first(home):
        if stop.is_set():
            break
        if is_ready(home, at=hour, k=k):
            continue
        try:
            levels_of(memory, home, at=hour, k=k)
            done += 1
        except UNREADABLE as error:
            _log.info("the hour %s was not rolled up: %s", hour.isoformat(), type(error).__name__)
    ends = oldest_and_newest(home)
    if ends is not None and not stop.is_set():
        hours_between(memory, home, start=ends[1] - WARMED, end=ends[1] + HOUR, k=k)
    return done


def _newest_first(home: Home) -> Iterator[datetime]:
    ends = oldest_and_newest(home)
    if ends is None:
        return
    oldest, newest = max(ends[0], ends[1] - WARMED), ends[1]
    while newest >= oldest:
        yield newest
        newest -= HOUR
