"""Words and phrases of one language, from the file of its name."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from crowd.reason_words import ZONE_NAMES
from lake.errors import RefusedInputError

LANGUAGES = ("id", "en")
NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, kw_only=True)
class Words:
    """How a language says it.

    Attributes:
        language: "id" or "en".
        phrases: phrases by "section.name", such as "table.area"; they name figures in braces.
        texts: paragraphs by "section.name".
        days: Monday to Sunday.
        days_short: the same in three letters.
        months: January to December.
        thousands: between groups of three digits.
        point: before decimals.
        clock: between hours and minutes.
        and_two: between two parts of a list.
        and_more: before the last of more than two.
    """

    language: str
    phrases: Mapping[str, str]
    texts: Mapping[str, Sequence[str]]
    days: Sequence[str]
    days_short: Sequence[str]
    months: Sequence[str]
    thousands: str
    point: str
    clock: str
    and_two: str
    and_more: str

    def say(self, name: str, **figures: object) -> str:
        """A phrase with its figures; `name` is "section.name"."""
        return self.phrases[name].format(**figures)

    def section(self, name: str) -> dict[str, str]:
        """All phrases of a section by their own names."""
        begin = f"{name}."
        return {key.removeprefix(begin): told for key, told in self.phrases.items() if key.startswith(begin)}

    def list_of(self, parts: Sequence[str]) -> str:
        """Parts as a list in a sentence."""
        if len(parts) <= 1:
            return "".join(parts)
        last = self.and_two if len(parts) == 2 else self.and_more  # noqa: PLR2004 - two parts
        return ", ".join(parts[:-1]) + last + parts[-1]

    def day(self, day: date) -> str:
        """Weekday, day and month, such as Monday 30 March."""
        return f"{self.days[day.weekday()]} {day.day}{NO_BREAK}{self.months[day.month - 1]}"

    def day_of_year(self, day: date) -> str:
        """Day, month and year, without the weekday."""
        return f"{day.day}{NO_BREAK}{self.months[day.month - 1]}{NO_BREAK}{day.year}"

    def whole_day(self, day: date) -> str:
        """The same with the year."""
        return f"{self.day(day)} {day.year}"

    def time(self, hour: int, minute: int = 0) -> str:
        """A time of the day."""
        return f"{hour:02d}{self.clock}{minute:02d}"

    def instant(self, instant: datetime, *, timezone: str) -> str:
        """Day and time on the clock of a place."""
        local = instant.astimezone(ZoneInfo(timezone))
        return self.say("report.day_and_hour", day=self.day(local.date()), clock=self.time(local.hour, local.minute))


def zone_name(timezone: str) -> str:
    """What people call the clock of a place, such as WIB."""
    return ZONE_NAMES.get(timezone, timezone)


@cache
def load_words(language: str) -> Words:
    """The words of a language.

    Raises:
        RefusedInputError: there are none.
    """
    if language not in LANGUAGES:
        raise RefusedInputError(f"no words in '{language}': choose one of {', '.join(LANGUAGES)}")
    told = tomllib.loads(files("crowd.report.words").joinpath(f"{language}.toml").read_text(encoding="utf-8"))
    sections = {name: held for name, held in told.items() if isinstance(held, dict)}
    inner = {f"{name}.{key}": value for name, held in sections.items() for key, value in held.items()}
    return Words(
        language=language,
        phrases={key: value for key, value in inner.items() if isinstance(value, str)},
        texts={key: value for key, value in inner.items() if isinstance(value, list)},
        **{name: value for name, value in told.items() if name not in sections},
    )
