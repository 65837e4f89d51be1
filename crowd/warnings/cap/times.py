"""Times as CAP writes them."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

UTC_OFFSET = "-00:00"
# XML Schema knows no offset of more than 14 hours.
CAP_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+](0\d:\d\d|1[0-3]:\d\d|14:00)", re.ASCII)


def cap_time(instant: datetime, *, timezone: str) -> str:
    """An instant in local time with its offset, without fractions; CAP wants UTC as -00:00 and forbids Z."""
    local = instant.astimezone(ZoneInfo(timezone))
    if local.utcoffset() == timedelta(0):
        return f"{local:%Y-%m-%dT%H:%M:%S}{UTC_OFFSET}"
    return local.isoformat(timespec="seconds")


def read_cap_time(text: str) -> datetime | None:
    """The instant that CAP's time tells; None where it is not one."""
    if not CAP_TIME.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
