"""When a rule or a place holds: local hours, days of the week, holidays, dates."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
import polars as pl
from pydantic import AfterValidator, Field, model_validator

from crowd.policy.fields import Day, Table, Text, mistake

Bools = npt.NDArray[np.bool_]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MINUTES_PER_DAY = 24 * 60
THURSDAY = 3  # the day of the week of 1970-01-01, from which NumPy counts days
CLOCK = r"(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))"
SPAN = re.compile(f"{CLOCK}-{CLOCK}")


def _as_span(text: str) -> str:
    found = SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f"'{text}' is no span of hours: write it like \"22:00-05:00\"")
    start, end = span_minutes(text)
    if start in {end, MINUTES_PER_DAY}:
        raise ValueError(f"'{text}' starts where it ends: leave hours out to mean the whole day")
    return text


def span_minutes(text: str) -> tuple[int, int]:
    """First minute of the local day, and the first one after the span; the second is the smaller past midnight."""
    start, end = (60 * int(clock[:2]) + int(clock[3:]) for clock in text.split("-"))
    return start, end


@dataclass(frozen=True, kw_only=True)
class LocalTimes:
    """Local beginnings of n intervals.

    Attributes:
        minutes: since local midnight, shape (n,).
        days: local dates, shape (n,).
        holidays: dates of public holidays.
    """

    minutes: npt.NDArray[np.int64]
    days: npt.NDArray[np.datetime64]
    holidays: npt.NDArray[np.datetime64]


def local_times(instants: pl.Series, *, timezone: str, holidays: Collection[date]) -> LocalTimes:
    """Clock and date of instants (UTC) in a time zone."""
    local = instants.dt.convert_time_zone(timezone)
    minutes = local.dt.hour().cast(pl.Int64) * 60 + local.dt.minute()
    return LocalTimes(
        minutes=minutes.to_numpy(),
        days=local.dt.date().to_numpy().astype("datetime64[D]"),
        holidays=np.array(sorted(holidays), dtype="datetime64[D]"),
    )


class When(Table):
    """Conditions on time, of which all that are given must hold; without any it is always."""

    hours: Annotated[Text, AfterValidator(_as_span)] | None = None
    weekdays: (
        Annotated[
            tuple[
                Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "holiday"], ...
            ],
            Field(min_length=1),
        ]
        | None
    ) = None
    first_day: Day | None = Field(None, alias="from")
    last_day: Day | None = Field(None, alias="to")

    @model_validator(mode="after")
    def _forward(self) -> "When":
        if self.first_day is not None and self.last_day is not None and self.last_day < self.first_day:
            message = f"{self.last_day} is before {self.first_day}, where it starts: 'to' is the last day that counts"
            raise mistake(message, at=("to",))
        return self

    def is_limited(self) -> bool:
        """Whether any condition on time is given."""
        return any(given is not None for given in (self.hours, self.weekdays, self.first_day, self.last_day))

    def holds_then(self, local: LocalTimes) -> Bools:
        """Whether the conditions hold for each interval, by its beginning; shape (n,).

        Hours that pass midnight belong to the day on which they begin: "friday" with "22:00-05:00" lasts until
        Saturday morning, and does not hold in the small hours of Friday.
        """
        start, end = span_minutes(self.hours) if self.hours else (0, MINUTES_PER_DAY)
        is_late, is_early = local.minutes >= start, local.minutes < end
        if start < end:
            return (is_late & is_early) & self._holds_on(local.days, local.holidays)
        began = local.days - is_early.astype("timedelta64[D]")
        return (is_late | is_early) & self._holds_on(began, local.holidays)

    def _holds_on(self, days: npt.NDArray[np.datetime64], holidays: npt.NDArray[np.datetime64]) -> Bools:
        holds = np.ones(len(days), dtype=np.bool_)
        if self.first_day is not None:
            holds &= days >= np.datetime64(self.first_day)
        if self.last_day is not None:
            holds &= days <= np.datetime64(self.last_day)
        if self.weekdays is not None:
            wanted = [WEEKDAYS.index(name) for name in self.weekdays if name != "holiday"]
            is_wanted = np.isin((days.astype(np.int64) + THURSDAY) % 7, wanted)
            holds &= is_wanted | (np.isin(days, holidays) if "holiday" in self.weekdays else np.False_)
        return holds
