"""Places that are judged in their own way, and events that are planned."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from crowd.policy.fields import Moment, Number, Positive, Share, Text, mistake
from crowd.policy.when import Bools, When
from crowd.policy.where import Spot

INTERVAL = np.timedelta64(1, "h")
NEEDED = {"ignore": None, "capacity": "capacity", "strict": "factor"}


class Place(Spot, When):
    """A place that is judged in its own way, always or at some times.

    Attributes:
        name: what analysts read beside a gathering.
        treat: "ignore": nothing is raised; "capacity": only people above a permitted number count;
            "strict": every threshold but that of hours is multiplied by `factor`.
        capacity: people that are permitted.
        factor: 0 to 1; 0.5 asks for half as many people.
    """

    name: Text
    treat: Literal["ignore", "capacity", "strict"]
    capacity: Positive | None = None
    factor: Share | None = None

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> "Place":
        needed = NEEDED[self.treat]
        for key, value in (("capacity", self.capacity), ("factor", self.factor)):
            if key == needed and value is None:
                raise mistake(f"is missing: treat = '{self.treat}' needs it", at=(key,))
            if key != needed and value is not None:
                raise mistake(f"has no meaning with treat = '{self.treat}': take it out", at=(key,))
        return self


class Event(Spot):
    """A planned crowd: only people above the plan count.

    Attributes:
        name: what analysts read beside a gathering.
        start: first instant; local time of the installation unless it has an offset.
        end: first instant after it.
        people: the expected crowd.
    """

    name: Text
    start: Moment
    end: Moment
    people: Annotated[Number, Field(gt=0)]

    @model_validator(mode="after")
    def _forward(self) -> "Event":
        if (self.start.tzinfo is None) != (self.end.tzinfo is None):
            raise mistake("start and end are both local, or both carry an offset", at=("end",))
        if self.end <= self.start:
            raise mistake(f"{self.end} is not after the start, {self.start}", at=("end",))
        return self

    def holds_then(self, instants: npt.NDArray[np.datetime64], *, timezone: str) -> Bools:
        """Whether any part of the hour that begins at each instant (UTC) falls into the event; shape (n,)."""
        zone = ZoneInfo(timezone)
        return (instants < _as_utc(self.end, zone)) & (instants + INTERVAL > _as_utc(self.start, zone))


def _as_utc(moment: datetime, zone: ZoneInfo) -> np.datetime64:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return np.datetime64(aware.astimezone(UTC).replace(tzinfo=None), "us")
