"""Counts of the earlier hours that a baseline looks at, read as few at a time as the history is large."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from crowd.counts import COUNTS
from crowd.usual_instants import MAX_WEEKS
from lake.engine import fetch_frame, read_sql
from lake.home import Home
from lake.stages import create_view, hour_of_path, select_rows

Numbers = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

# History up to this size is read once for many intervals; above it each interval reads its own hours.
SMALL_BYTES = 40_000_000
# Samples looked at together: as single floats they fill some hundred megabytes.
MOST_SAMPLES = 30_000_000


class CountHistory:
    """Counts before and within a range of time, ready to be asked for those that each interval is compared with."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, home: Home, start: datetime, end: datetime) -> None:
        self._connection, self._home = connection, home
        since = start - timedelta(weeks=MAX_WEEKS, days=1)
        paths = COUNTS.paths(home, start=since, end=end)
        self._is_small = sum(path.stat().st_size for path in paths) <= SMALL_BYTES
        if self._is_small:
            connection.execute(f"create or replace temp table baseline_table as {select_rows(COUNTS, paths)}")
            connection.execute("create or replace temp view baseline_history as from baseline_table")

    def show(self, view: str, *, start: datetime, end: datetime) -> None:
        """Make a view of the counts of start <= interval_start < end."""
        if self._is_small:
            after, before = (f"timestamptz '{instant.isoformat()}'" for instant in (start, end))
            bounds = f"interval_start >= {after} and interval_start < {before}"
            self._connection.execute(f"create or replace temp view {view} as from baseline_table where {bounds}")
        else:
            create_view(self._connection, view, home=self._home, stage=COUNTS, start=start, end=end)

    def chunks(self, intervals: int, *, cells: int, most_instants: int) -> Iterator[range]:
        """Ranges of positions of intervals that are best looked at together."""
        size = max(MOST_SAMPLES // max(cells * most_instants, 1), 1) if self._is_small else 1
        for first in range(0, intervals, size):
            yield range(first, min(first + size, intervals))

    def samples(self, instants: pl.DataFrame, *, wanted: str, width: int) -> tuple[Numbers, Flags]:
        """Devices at earlier instants.

        Args:
            instants: interval_no, interval_start, row_no (where it stands among those of its interval).
            wanted: table of the cells asked for: interval_no, operator, cell_id, place (0 to width).
            width: intervals times cells.

        Returns:
            Devices, NaN where nothing was told, shape (instants of an interval, width); and which of them were counted
            while a gathering was there.
        """
        rows = int(instants.select(pl.col("row_no").max() + 1).item() or 0)
        devices = np.full((rows, width), np.nan, dtype=np.float32)
        crowded = np.zeros((rows, width), dtype=bool)
        if rows == 0:
            return devices, crowded
        if not self._is_small:
            paths = _paths(self._home, instants["interval_start"])
            self._connection.execute(f"create or replace temp view baseline_history as {select_rows(COUNTS, paths)}")
        self._connection.register("sample_instants", instants.to_arrow())
        found = fetch_frame(self._connection, read_sql("crowd", "count_samples").replace("$wanted", wanted))
        at = (found["row_no"].to_numpy(), found["place"].to_numpy())
        devices[at] = found["devices"].to_numpy()
        crowded[at] = found["is_crowded"].to_numpy()
        return devices, crowded

    def restrict(self, places: pl.DataFrame) -> None:
        """Make the table `lacking_cells`: of `wanted_cells` those with one of the places."""
        self._connection.register("lacking_places", places.to_arrow())
        self._connection.execute(
            "create or replace temp table lacking_cells as from wanted_cells semi join lacking_places using (place)"
        )


def _hours(instants: pl.Series) -> Sequence[datetime]:
    return [hour.replace(tzinfo=UTC) for hour in instants.dt.replace_time_zone(None).dt.truncate("1h").unique()]


def _paths(home: Home, instants: pl.Series) -> list[Path]:
    """Files of the hours that hold the instants."""
    hours = set(_hours(instants))
    days = sorted({hour.date() for hour in hours})
    midnights = [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in days]
    found = (COUNTS.paths(home, start=midnight, end=midnight + timedelta(days=1)) for midnight in midnights)
    return [path for paths in found for path in paths if hour_of_path(path) in hours]
