"""Hours whose baselines rest on counts that have changed since: what a late or corrected file makes stale."""

from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from crowd.baseline import CROWDED_CELLS
from crowd.counts import COUNTS
from crowd.coverage import LOOK_BACK_DAYS
from crowd.density import DENSITY
from crowd.holidays import Calendar
from crowd.usual_instants import dependent_instants, usual_instants
from lake.home import Home
from lake.stages import hour_of_path

DAY = timedelta(days=1)


def stale_hours(
    home: Home, *, start: datetime, end: datetime, calendar: Calendar, crowded: Collection[datetime]
) -> list[datetime]:
    """Hours from `end` on whose density rests on older counts of start <= t < end than are in the lake now.

    Args:
        home: whose lake.
        start: first hour that may have changed.
        end: first hour after those.
        calendar: which days are alike.
        crowded: hours of the range in which other cells were crowded than before.

    Returns:
        Starts of the hours, ascending.
    """
    until = dependent_instants(start, end, calendar=calendar).until
    later = {hour_of_path(path): path.stat().st_mtime_ns for path in DENSITY.paths(home, start=end, end=until)}
    if not later:
        return []
    counted = _newest(COUNTS.paths(home, start=start, end=end))
    hours = sorted(later)
    looks_at = usual_instants(hours, calendar=calendar).filter(pl.col("interval_start").is_between(start, end))
    pairs = looks_at.select("interval_no", hour=pl.col("interval_start").dt.truncate("1h")).unique()
    # who usually reports is asked of the same hour of the last days, whatever days they are
    reported = [(n, hour - day * DAY) for n, hour in enumerate(hours) for day in range(1, LOOK_BACK_DAYS + 1)]
    return sorted(
        {
            hours[number]
            for number, hour in (*pairs.rows(), *reported)
            if hour in crowded or counted.get(hour, 0) > later[hours[number]]
        }
    )


def crowded_hours(home: Home, *, start: datetime, end: datetime) -> dict[datetime, str]:
    """What is known of crowded cells in each hour of a range, to be compared with later knowledge."""
    paths = CROWDED_CELLS.paths(home, start=start, end=end)
    known: dict[datetime, str] = {}
    for path in paths:
        frame = pl.read_parquet(path, hive_partitioning=False, glob=False)
        told = f"{path.parent.name}:{frame.select('interval_start', 'cell_id').sort(pl.all()).hash_rows().sum()}"
        hour = hour_of_path(path)
        known[hour] = known.get(hour, "") + told
    return known


def _newest(paths: Collection[Path]) -> dict[datetime, int]:
    newest: dict[datetime, int] = {}
    for path in paths:
        hour = hour_of_path(path)
        newest[hour] = max(newest.get(hour, 0), path.stat().st_mtime_ns)
    return newest
