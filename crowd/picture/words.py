"""The words of a picture: when it was, what it holds, and what its reader should know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crowd.picture.classes import people_number
from lake.errors import RefusedInputError

# Written out, because strftime speaks the language of the machine.
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
CLOSING = (
    "Numbers are rounded to two digits. Estimates from attach counts of cells. No subscriber is visible in the data."
)
SHORTEST_ID = 4
PLAIN_ID = 8


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a map shows, and what it does not, for the words around it."""

    people: float = 0.0
    hexagons_outside: int = 0
    people_outside: float = 0.0
    targets_outside: int = 0
    unlabelled: int = 0
    drawn_resolution: int | None = None


def time_header(interval_start: datetime, *, interval_minutes: int, timezone: str) -> str:
    """Write an interval in local time, as in "Tuesday 31 March 2020, 19:00-20:00 WIB" with an en dash.

    Raises:
        RefusedInputError: The instant has no offset, the interval no length, or nobody knows the time zone.
    """
    if interval_start.tzinfo is None:
        raise RefusedInputError(f"interval_start {interval_start} has no time zone: give an offset such as +00:00.")
    if interval_minutes <= 0:
        raise RefusedInputError(f"interval_minutes is {interval_minutes}: give a whole number above zero.")
    zone = _zone(timezone)
    start = interval_start.astimezone(UTC)
    first = start.astimezone(zone)
    last = (start + timedelta(minutes=interval_minutes)).astimezone(zone)
    changed = "" if last.tzname() == first.tzname() else f" {_abbreviation(first)}"
    return f"{_day(first)}, {first:%H:%M}{changed}–{_end(first, last)} {_abbreviation(last)}"  # noqa: RUF001 - a range of time


def short_ids(ids: Sequence[str]) -> list[str]:
    """Shorten ids to their last telling characters, as few (but at least four) as keep them apart."""
    ids = [one.rstrip("f") for one in ids]  # an H3 index ends in a filling of f
    longest = max(map(len, ids), default=0)
    if longest <= PLAIN_ID:
        return list(ids)
    distinct = len(set(ids))
    length = next(n for n in range(SHORTEST_ID, longest + 1) if len({one[-n:] for one in ids}) == distinct)
    return [one if len(one) <= length + 1 else "…" + one[-length:] for one in ids]


def totals(*, people: float, gatherings: int, ended: int) -> str:
    """Write what the whole view holds."""
    crowd = "No density in this hour" if people <= 0 else f"About {people_number(people)} people in view"
    over = f" ({ended:,} ended)" if ended else ""
    return f"{crowd}, {counted(gatherings, 'gathering')}{over}"


def counted(number: int, noun: str) -> str:
    """Write "no gatherings", "1 gathering" or "1,200 gatherings"."""
    return f"{number:,} {noun}" if number == 1 else f"{f'{number:,}' if number else 'no'} {noun}s"


def footer(seen: Seen, *, withheld: int, k: int) -> str:
    """Write the footer: privacy first, then what lies outside, then what the numbers are."""
    return " ".join([_withheld(withheld, k=k), *_outside(seen), *_drawn(seen), CLOSING])


def _withheld(withheld: int, *, k: int) -> str:
    if withheld == 0:
        return f"No hexagon is withheld for resting on fewer than {k} devices."
    verbs = ("rests", "is") if withheld == 1 else ("rest", "are")
    return f"{counted(withheld, 'hexagon')} {verbs[0]} on fewer than {k} devices and {verbs[1]} not drawn."


def _outside(seen: Seen) -> list[str]:
    sentences = []
    if seen.hexagons_outside:
        verb = "lies" if seen.hexagons_outside == 1 else "lie"
        people = people_number(seen.people_outside)
        sentences.append(
            f"{counted(seen.hexagons_outside, 'hexagon')} with about {people} people {verb} outside the view."
        )
    if seen.targets_outside:
        verb = "lies" if seen.targets_outside == 1 else "lie"
        sentences.append(f"{counted(seen.targets_outside, 'target cell')} {verb} outside the view.")
    return sentences


def _drawn(seen: Seen) -> list[str]:
    sentences = []
    if seen.drawn_resolution is not None:
        sentences.append(
            f"At this scale the hexagons are drawn at H3 resolution {seen.drawn_resolution}, "
            "each the mean of the smaller ones known in it."
        )
    if seen.unlabelled:
        verb = "has" if seen.unlabelled == 1 else "have"
        sentences.append(f"{counted(seen.unlabelled, 'gathering')} {verb} no room for a label.")
    return sentences


def _zone(timezone: str) -> ZoneInfo:
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise RefusedInputError(f"timezone {timezone!r} is unknown: give a name such as Asia/Jakarta.") from error


def _day(instant: datetime) -> str:
    return f"{DAYS[instant.weekday()]} {instant.day} {MONTHS[instant.month - 1]} {instant.year}"


def _end(first: datetime, last: datetime) -> str:
    if last.date() == first.date():
        return f"{last:%H:%M}"
    if last.date() == first.date() + timedelta(days=1) and f"{last:%H:%M}" == "00:00":
        return "24:00"
    return f"{_day(last)}, {last:%H:%M}"


def _abbreviation(instant: datetime) -> str:
    """The zone's short name (WIB, WITA, WIT in Indonesia); zones without one go by their offset."""
    name = instant.tzname() or ""
    return f"UTC{name}" if name[:1] in {"+", "-"} else name
