"""Weeks as the calendar counts them (ISO 8601), on the clock of the place."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lake.errors import RefusedInputError

LABEL = re.compile(r"(\d{4})-W(\d{2})")
DAYS = 7
HOUR = timedelta(hours=1)


@dataclass(frozen=True, order=True)
class Week:
    """Seven days from Monday 00:00 to Monday 00:00.

    Attributes:
        monday: its first day.
        timezone: whose midnights bound it.
    """

    monday: date
    timezone: str

    @property
    def label(self) -> str:
        """As ISO 8601 writes it: 2020-W14."""
        year, number, _ = self.monday.isocalendar()
        return f"{year}-W{number:02d}"

    @property
    def days(self) -> tuple[date, ...]:
        """Monday to Sunday."""
        return tuple(self.monday + timedelta(days=n) for n in range(DAYS))

    @property
    def start(self) -> datetime:
        """First instant, UTC."""
        return self._midnight(self.monday)

    @property
    def end(self) -> datetime:
        """First instant after it, UTC."""
        return self._midnight(self.monday + timedelta(days=DAYS))

    @property
    def hours(self) -> tuple[datetime, ...]:
        """Starts of its whole hours, UTC."""
        count = (self.end - self.start) // HOUR
        return tuple(self.start + n * HOUR for n in range(count))

    def earlier(self, weeks: int) -> "Week":
        """The week so many weeks before."""
        return Week(self.monday - timedelta(weeks=weeks), self.timezone)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(self.timezone)).astimezone(UTC)


def parse_week(text: str, *, timezone: str) -> Week:
    """The week that a label such as 2020-W14 names.

    Raises:
        RefusedInputError: it names none.
    """
    found = LABEL.fullmatch(text.strip())
    year, number = (int(found[1]), int(found[2])) if found else (0, 0)
    # The last days of December tell how many weeks a year has.
    if not 1 <= number <= (date(year, 12, 28).isocalendar().week if year else 0):
        raise RefusedInputError(f"no week '{text}': write year and ISO week, such as 2020-W14")
    return Week(date.fromisocalendar(year, number, 1), timezone)


def week_of(instant: datetime, *, timezone: str) -> Week:
    """The week that an instant lies in."""
    day = instant.astimezone(ZoneInfo(timezone)).date()
    return Week(day - timedelta(days=day.weekday()), timezone)
