"""Reading flows from the lake: as they were sent, and as the matrix of a local day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from crowd.flows.matrix import DayMatrix, Floats
from crowd.flows.stage import FLOWS
from geo.areas import LEVELS
from lake.engine import fetch_frame, fetch_value, read_sql
from lake.home import Home
from lake.stages import create_view

HERE = "crowd.flows"
# A day that begins by another clock begins so much before or after ours.
OTHER_CLOCKS = timedelta(hours=12)
SIDES = ("out", "in", "inside")


@dataclass(frozen=True, kw_only=True)
class FlowKind:
    """How flows are told.

    Attributes:
        level: of the areas.
        minutes: length of an interval, 1440 or 60.
    """

    level: str
    minutes: int


def read_flows(
    connection: duckdb.DuckDBPyConnection,
    *,
    home: Home,
    start: datetime | None = None,
    end: datetime | None = None,
) -> pl.DataFrame:
    """Flows as operators sent them, columns of FLOWS, with start <= interval_start < end (all without bounds).

    Nothing in it is suppressed but by the operators.
    """
    create_view(connection, "ranged_flows", home=home, stage=FLOWS, start=start, end=end)
    return fetch_frame(connection, "select * from ranged_flows order by interval_start, operator, from_area, to_area")


def find_kind(
    connection: duckdb.DuckDBPyConnection, *, home: Home, days: Sequence[date], timezone: str
) -> FlowKind | None:
    """How most operators told their flows on most of these days; None where there are no flows.

    Of equal ones the finest level, and days before hours.
    """
    start, _ = _bounds(days[0], timezone)
    _, end = _bounds(days[-1], timezone)
    create_view(connection, "ranged_flows", home=home, stage=FLOWS, start=start, end=end)
    parameters = {"timezone": timezone, "days": list(days), "levels": list(LEVELS)}
    found = fetch_frame(connection, read_sql(HERE, "kinds_of_flows"), parameters)
    return None if found.is_empty() else FlowKind(level=found["level"][0], minutes=found["interval_minutes"][0])


def read_day(
    connection: duckdb.DuckDBPyConnection, *, home: Home, day: date, timezone: str, kind: FlowKind, k: int
) -> DayMatrix | None:
    """The flows of one local day, over all operators that told them in this way; None where there are none.

    Its areas are those that any row of the day names.
    """
    start, end = _bounds(day, timezone)
    create_view(connection, "ranged_flows", home=home, stage=FLOWS, start=start, end=end)
    parameters = {"level": kind.level, "minutes": kind.minutes, "timezone": timezone, "day": day}
    pairs = fetch_frame(connection, read_sql(HERE, "day_flows"), parameters)
    if pairs.is_empty():
        return None
    margins = fetch_frame(connection, read_sql(HERE, "day_margins"), parameters)
    return _as_matrix(pairs, margins, k=k, intervals=_intervals(connection, parameters))


def _bounds(day: date, timezone: str) -> tuple[datetime, datetime]:
    zone = ZoneInfo(timezone)
    first, last = (datetime.combine(each, time(), zone).astimezone(UTC) for each in (day, day + timedelta(days=1)))
    return first - OTHER_CLOCKS, last + OTHER_CLOCKS


def _intervals(connection: duckdb.DuckDBPyConnection, parameters: dict[str, object]) -> int:
    """Intervals of the day that anybody told flows of."""
    counted = fetch_value(
        connection,
        """select count(distinct interval_start) from ranged_flows
        where level = $level and interval_minutes = $minutes
            and cast(timezone($timezone, interval_start + interval 1 minute * ($minutes / 2)) as date) = $day""",
        parameters,
    )
    # Days of several zones begin at several instants and are one interval all the same.
    return int(counted) if parameters["minutes"] == 60 else 1  # noqa: PLR2004 - minutes of an hour


def _as_matrix(pairs: pl.DataFrame, margins: pl.DataFrame, *, k: int, intervals: int) -> DayMatrix:
    codes = pl.concat([pairs["from_area"], pairs["to_area"]]).unique().sort()
    count = len(codes)
    rows, columns = _positions(pairs["from_area"], codes), _positions(pairs["to_area"], codes)
    values, devices = np.zeros((count, count)), np.zeros((count, count))
    values[rows, columns] = pairs["phones"].to_numpy()
    devices[rows, columns] = pairs["devices"].to_numpy()
    rests: dict[str, Floats] = {}
    for side in SIDES:
        of_side = margins.filter(side=side)
        rests[side] = np.zeros(count)
        rests[side][_positions(of_side["area_code"], codes)] = of_side["devices"].to_numpy()
    return DayMatrix(
        codes=tuple(codes),
        values=values,
        is_small=devices < k,
        out_devices=rests["out"],
        in_devices=rests["in"],
        inside_devices=rests["inside"],
        intervals=intervals,
    )


def _positions(codes: pl.Series, known: pl.Series) -> npt.NDArray[np.int64]:
    return np.asarray(known.search_sorted(codes), dtype=np.int64)
