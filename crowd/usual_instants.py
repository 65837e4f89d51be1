"""Which earlier instants tell what is usual for an interval, and which later intervals an instant tells about."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import NamedTuple

import polars as pl

from crowd.holidays import Calendar
from lake.errors import RefusedInputError

MAX_WEEKS = 8
MAX_DAYS = 28
# Working days of four weeks.
MOST_DAYS = 20
HOUR_OF_WEEK, HOUR_OF_DAY = "hour_of_week", "hour_of_day"

USUAL_INSTANTS = pl.Schema(
    {
        "interval_no": pl.UInt16(),
        "interval_start": pl.Datetime("us", "UTC"),
        "tier": pl.String(),
        "age_days": pl.Int32(),
    }
)


class UsualInstant(NamedTuple):
    """An earlier instant, by which tier it counts, and how many local days ago it was."""

    instant: datetime
    tier: str
    age_days: int


@dataclass(frozen=True)
class Dependents:
    """Instants whose baselines look at some instant of first <= t < last; ask with `in`.

    Attributes:
        first: first instant that is looked at.
        last: first instant after those.
        calendar: of the area.
    """

    first: datetime
    last: datetime
    calendar: Calendar

    @property
    def until(self) -> datetime:
        """No instant from here on is a dependent; none before `first` is either."""
        # A day beyond the weeks, for clocks that change in between.
        return self.last + timedelta(weeks=MAX_WEEKS, days=1)

    def __contains__(self, instant: datetime) -> bool:
        if not self.first < _aware(instant) < self.until:
            return False
        return any(self.first <= usual.instant < self.last for usual in _looks_at(instant, self.calendar))


def usual_instants(intervals: Sequence[datetime], *, calendar: Calendar) -> pl.DataFrame:
    """List the earlier instants that the baseline of every interval looks at: the same local wall time of like days.

    The tier `hour_of_week` holds days of the same day class (a holiday is a Sunday) of the last 56 days, the most
    recent 8. The tier `hour_of_day` holds further days of the same kind (working days, or all others) of the last 28
    days, the most recent 20. A day whose clocks skip that time is passed over; where they show it twice, the second
    showing looks at second ones, everything else at the first.

    Args:
        intervals: starts of intervals, aware; at most 65,536.
        calendar: of the area.

    Returns:
        interval_no (position in `intervals`), interval_start (the earlier instant), tier, age_days (local days
        between both); in the order of intervals, within a tier the most recent first.

    Raises:
        RefusedInputError: an interval has no time zone.
    """
    rows = [(number, *usual) for number, start in enumerate(intervals) for usual in _looks_at(start, calendar)]
    return pl.DataFrame(rows, schema=USUAL_INSTANTS, orient="row")


def dependent_instants(first: datetime, last: datetime, *, calendar: Calendar) -> Dependents:
    """Tell which later instants have baselines that look at first <= t < last: the inverse of `usual_instants`.

    Args:
        first: first instant, aware.
        last: first instant after it, aware.
        calendar: of the area.

    Raises:
        RefusedInputError: an instant has no time zone.
    """
    return Dependents(_aware(first).astimezone(UTC), _aware(last).astimezone(UTC), calendar)


def _looks_at(start: datetime, calendar: Calendar) -> list[UsualInstant]:
    local = _aware(start).astimezone(UTC).astimezone(calendar.zone)
    today = local.date()
    like, workday = calendar.day_class(today), calendar.is_workday(today)
    same_class, same_kind = [], []
    for age in range(1, 7 * MAX_WEEKS + 1):
        day = today - timedelta(days=age)
        if calendar.day_class(day) == like:
            same_class.append(age)
        elif age <= MAX_DAYS and calendar.is_workday(day) == workday:
            same_kind.append(age)
    weekly = list(islice(_shown(local, same_class, HOUR_OF_WEEK), MAX_WEEKS))
    # Like days beyond the eighth of a tier are still days of the same kind.
    spare = [age for age in same_class if age <= MAX_DAYS and age not in {usual.age_days for usual in weekly}]
    return weekly + list(islice(_shown(local, sorted(same_kind + spare), HOUR_OF_DAY), MOST_DAYS))


def _shown(local: datetime, ages: Sequence[int], tier: str) -> Iterator[UsualInstant]:
    for age in ages:
        instant = _same_wall_time(local, local.date() - timedelta(days=age))
        if instant is not None and instant < local:
            yield UsualInstant(instant, tier, age)


def _same_wall_time(local: datetime, day: date) -> datetime | None:
    """The instant at which that day's clocks show the time of `local`; None where they skip it."""
    zone = local.tzinfo
    wall = datetime.combine(day, local.time().replace(fold=local.fold), tzinfo=zone)
    instant = wall.astimezone(UTC)
    skipped = instant.astimezone(zone).replace(tzinfo=None) != wall.replace(tzinfo=None)
    return None if skipped else instant


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise RefusedInputError(f"instant {instant} has no time zone: give an offset such as +00:00")
    return instant
