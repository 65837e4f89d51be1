"""Ranges of time: what a run covers and in which steps."""

from datetime import UTC, datetime, timedelta

HOUR = timedelta(hours=1)
Range = tuple[datetime, datetime]


def hour_before(instant: datetime) -> Range:
    """The last whole hour that was over at an instant."""
    end = instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return end - HOUR, end


def whole_hours(first: datetime, last: datetime) -> Range:
    """The hours that hold two interval starts and all between."""
    start = first.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    end = last.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + HOUR
    return start, end


def merge(ranges: list[Range]) -> list[Range]:
    """Ranges in order, those that touch or overlap made one."""
    merged: list[Range] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def split(start: datetime, end: datetime, *, step: timedelta) -> list[Range]:
    """A range in steps that begin at multiples of `step` of days since 1970 (UTC), the last one cut short."""
    days = max(step // timedelta(days=1), 1)
    parts = []
    first = start
    while first < end:
        day = (first - datetime(1970, 1, 1, tzinfo=UTC)).days
        boundary = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=(day // days + 1) * days)
        parts.append((first, min(boundary, end)))
        first = min(boundary, end)
    return parts


def days_of(start: datetime, end: datetime) -> list[str]:
    """UTC dates that a range touches, in order."""
    days = ((end - timedelta(microseconds=1)).date() - start.date()).days + 1
    return [f"{start.date() + timedelta(days=n)}" for n in range(days)]
