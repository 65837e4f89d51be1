"""Which hours of the lake were written since they were last looked at."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from crowd.density import DENSITY
from crowd.gathering_stages import GATHERINGS
from crowd.targets import TARGETS
from lake.home import Home
from lake.stages import hour_of_path

# In the order in which a run writes them: an hour is told again when its gatherings have followed its density.
STAGES = (DENSITY, GATHERINGS, TARGETS)
NEWEST_DAYS = 3
# Older days are looked at in turn, so that a look costs the same however long the history is.
OLDER_DAYS = 6
DAY = timedelta(days=1)
IS_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Written = frozenset[tuple[str, int, int]]  # stage, inode and time of writing of each file


class LakeWatch:
    """Notices hours that are new, written anew, or gone."""

    def __init__(self, home: Home) -> None:
        """Watch from now on."""
        self._home, self._since_ns = home, time.time_ns()
        self._seen: dict[date, dict[datetime, Written]] = {}
        self._turn = 0
        for day in _days(home)[-NEWEST_DAYS:]:
            self._seen[day] = _written(home, day)

    def look(self) -> list[datetime]:
        """Hours that changed since the last look, in order; those of older days a little later."""
        days = _days(self._home)
        newest, older = days[-NEWEST_DAYS:], days[:-NEWEST_DAYS]
        first = self._turn % max(len(older), 1)
        self._turn = first + OLDER_DAYS
        looked_at = [*older[first : first + OLDER_DAYS], *newest]
        return sorted({hour for day in looked_at for hour in self._changed(day)})

    def _changed(self, day: date) -> Iterator[datetime]:
        now, before = _written(self._home, day), self._seen.get(day)
        self._seen[day] = now
        if before is None:
            # Of a day that is looked at for the first time only what was written since then is news.
            yield from (hour for hour, files in now.items() if any(at >= self._since_ns for _, _, at in files))
        else:
            yield from (hour for hour in now.keys() | before.keys() if now.get(hour) != before.get(hour))


def _days(home: Home) -> list[date]:
    """Days that have density, in order."""
    root = home.lake / DENSITY.name
    if not root.is_dir():
        return []
    names = sorted(path.name.removeprefix("date=") for path in root.iterdir())
    return [date.fromisoformat(name) for name in names if IS_DAY.fullmatch(name)]


def _begin(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _written(home: Home, day: date) -> dict[datetime, Written]:
    """What lies in the lake of each hour of a day."""
    files: dict[datetime, set[tuple[str, int, int]]] = {}
    for stage in STAGES:
        for path in stage.paths(home, start=_begin(day), end=_begin(day) + DAY):
            files.setdefault(hour_of_path(path), set()).update(_stamp(path, stage.name))
    return {hour: frozenset(found) for hour, found in files.items()}


def _stamp(path: Path, stage: str) -> Iterator[tuple[str, int, int]]:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return  # replaced between listing and looking
    yield stage, stat.st_ino, stat.st_mtime_ns
