"""Days that are not what their weekday says: national holidays, changed by a small table in the home."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from lake.errors import RefusedInputError

FILE_NAME = "holidays.csv"
SATURDAY, SUNDAY = 5, 6
WRITTEN_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class HolidayRow(BaseModel):
    """One row of the table.

    Attributes:
        date: the day, written YYYY-MM-DD.
        name: for its readers; nothing is computed from it.
        kind: a holiday, or a workday: a national holiday that is an ordinary working day here, such as a moved one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    date: date
    name: str | None = None
    kind: Literal["holiday", "workday"] = "holiday"

    @field_validator("date", mode="before")
    @classmethod
    def _as_written(cls, text: object) -> object:
        # pydantic would also take seconds since 1970 for a date.
        if isinstance(text, str) and not WRITTEN_DATE.fullmatch(text):
            raise ValueError(f"{text!r} is no date like 2020-12-31")
        return text


@dataclass(frozen=True)
class Calendar:
    """Which days are alike in one area.

    Attributes:
        timezone: local time of the area.
        holidays: days that are lived like Sundays.
    """

    timezone: str
    holidays: frozenset[date]

    @property
    def zone(self) -> ZoneInfo:
        """The time zone.

        Raises:
            RefusedInputError: nobody knows it.
        """
        return known_zone(self.timezone)

    def day_class(self, day: date) -> int:
        """0 for Monday to 6 for Sunday; a holiday is a Sunday."""
        return SUNDAY if day in self.holidays else day.weekday()

    def is_workday(self, day: date) -> bool:
        """Whether it is neither Saturday, Sunday nor a holiday."""
        return self.day_class(day) < SATURDAY


def load_holidays(path: Path | None, *, years: Iterable[int], country: str = "ID") -> frozenset[date]:
    """National holidays, changed by the user's table.

    Args:
        path: CSV with the columns of `HolidayRow`; national holidays alone where it is None, absent or empty.
        years: of which days are wanted; days of other years are left out.
        country: ISO 3166 code of the country.

    Raises:
        RefusedInputError: a line of the table does not fit, or the holidays of the country are not known.
    """
    wanted = frozenset(years)
    rows = _read_rows(path) if path is not None and path.exists() else {}
    days = set(_national(country, wanted))
    days |= {row.date for row in rows.values() if row.kind == "holiday"}
    days -= {row.date for row in rows.values() if row.kind == "workday"}
    return frozenset(day for day in days if day.year in wanted)


def known_zone(timezone: str) -> ZoneInfo:
    """The time zone of that name.

    Raises:
        RefusedInputError: nobody knows it.
    """
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise RefusedInputError(f"time zone {timezone!r} is unknown: give a name such as Asia/Jakarta") from error


def _national(country: str, years: Iterable[int]) -> list[date]:
    try:
        return list(holidays.country_holidays(country, years=years))
    except NotImplementedError:
        raise RefusedInputError(
            f"holidays of country {country!r} are not known: give its two-letter code, such as ID"
        ) from None


def _read_rows(path: Path) -> Mapping[date, HolidayRow]:
    rows: dict[date, HolidayRow] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, restkey="a field beyond the header")
            _check_header(path, reader.fieldnames or ())
            for line in reader:
                if not any(line.values()):
                    continue
                row = _row(path, reader.line_num, line)
                if row.date in rows:
                    raise RefusedInputError(f"{path}, line {reader.line_num}: {row.date} stands there twice: keep one")
                rows[row.date] = row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise RefusedInputError(f"{path} cannot be read as CSV: {error}") from None
    return rows


def _check_header(path: Path, names: Sequence[str]) -> None:
    strange = [name for name in names if name.strip() not in HolidayRow.model_fields]
    if strange:
        raise RefusedInputError(f"{path}: {strange[0]!r} is no column of this table: keep date, name and kind")


def _row(path: Path, number: int, line: Mapping[str, str | None]) -> HolidayRow:
    # Surplus fields come as a list.
    given = {name.strip(): value.strip() if isinstance(value, str) else value for name, value in line.items()}
    try:
        return HolidayRow.model_validate({name: value for name, value in given.items() if value})
    except ValidationError as error:
        first = error.errors()[0]
        column, said = first["loc"][0], first["msg"].removeprefix("Value error, ")
        raise RefusedInputError(f"{path}, line {number}: {column}: {said[:1].lower()}{said[1:]}") from None
