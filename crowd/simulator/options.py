"""The parts of a scenario that are off unless it names them: radio errors, outages, deliveries, recurring crowds."""

from datetime import date, datetime, time
from typing import Annotated, Literal, Self

from pydantic import Field, NaiveDatetime, StringConstraints, ValidationInfo, field_validator, model_validator

from crowd.simulator.parts import Kind, Latitude, Longitude, Part, Title

NumberedTitle = Annotated[str, StringConstraints(min_length=1, max_length=50, pattern=r"^[\w .,'()&/-]+$")]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Radio(Part):
    """How the true radio network differs from what a cell plan tells; the defaults are a plan without errors.

    Attributes:
        shadowing_db: standard deviation of the shadowing; 6 at a point in 3GPP TR 38.901 (UMa), 4 as the mean of a
            hexagon.
        correlation_m: where the shadowing's autocorrelation has fallen to about 1/e; 0 for one independent value
            per hexagon.
        azimuth_error_deg: standard deviation of a sector's true azimuth around the plan's.
        power_error_db: standard deviation of a cell's true power around the plan's.
        position_error_m: standard deviation, to the east and to the north, of a site's true position around the plan's.
        handover_softness_db: a cell weaker by this gets 1/e of the phones.
        handover_noise: share of phones that hang on to a random cell among those they can hear, anew every hour.
    """

    shadowing_db: float = Field(default=4.0, ge=0, le=20)
    correlation_m: float = Field(default=0.0, ge=0, le=5000)
    azimuth_error_deg: float = Field(default=0.0, ge=0, le=180)
    power_error_db: float = Field(default=0.0, ge=0, le=20)
    position_error_m: float = Field(default=0.0, ge=0, le=5000)
    handover_softness_db: float = Field(default=4.0, gt=0, le=20)
    handover_noise: float = Field(default=0.0, ge=0, le=1)


class Outage(Part):
    """Hours in which cells of an operator are silent: a `share` of them drawn by the seed, or those on a disc."""

    operator: str
    start: NaiveDatetime
    end: NaiveDatetime
    share: float | None = Field(default=None, gt=0, le=1)
    lat: Latitude | None = None
    lon: Longitude | None = None
    radius_m: float | None = Field(default=None, gt=0, le=200_000)

    @field_validator("start", "end")
    @classmethod
    def _whole_hour(cls, instant: datetime) -> datetime:
        if instant != instant.replace(minute=0, second=0, microsecond=0):
            raise ValueError(f"{instant} is not a whole hour")
        return instant

    @field_validator("end")
    @classmethod
    def _after_start(cls, end: datetime, info: ValidationInfo) -> datetime:
        start = info.data.get("start")
        if start is not None and end <= start:
            raise ValueError(f"{end} is not after the start {start}")
        return end

    @model_validator(mode="after")
    def _share_or_disc(self) -> Self:
        disc = [self.lat is not None, self.lon is not None, self.radius_m is not None]
        if any(disc) if self.share is not None else not all(disc):
            raise ValueError("give either share, or all of lat, lon and radius_m")
        return self


class Flows(Part):
    """That operators also send flows between districts.

    Attributes:
        k: smaller flows are sent as `<k`.
    """

    k: int = Field(default=15, ge=1, le=1000)


class Deliveries(Part):
    """What goes wrong on the files' way: shares of the files of an operator and local day that come late or are wrong.

    No file is both.
    """

    late_share: float = Field(default=0.0, ge=0, le=1)
    corrected_share: float = Field(default=0.0, ge=0, le=1)

    @model_validator(mode="after")
    def _not_more_than_all(self) -> Self:
        if self.late_share + self.corrected_share > 1:
            raise ValueError("late_share and corrected_share add up to more than 1")
        return self


class Recurring(Part):
    """A gathering of every week: at a place, at a point, or at `count` points drawn where people live.

    `people` is how many meet at each of them. Times are local, on the same day.
    """

    name: NumberedTitle
    weekdays: tuple[Weekday, ...] = Field(min_length=1, max_length=7)
    start: time
    end: time
    place: Title | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    count: int | None = Field(default=None, ge=1, le=2000)
    radius_m: float = Field(ge=20, le=3000)
    people: int = Field(ge=1)
    ramp_hours: float = Field(default=1, gt=0, le=24)

    @field_validator("end")
    @classmethod
    def _later_that_day(cls, end: time, info: ValidationInfo) -> time:
        start = info.data.get("start")
        if start is not None and end <= start:
            raise ValueError(f"{end} is not after the start {start}")
        return end

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        point = [self.lat is not None, self.lon is not None]
        ways = [self.place is not None, all(point), self.count is not None]
        if sum(ways) != 1 or any(point) != all(point):
            raise ValueError("give one of place, count, or both lat and lon")
        return self


class Holiday(Part):
    """A local day on which places keep Sunday hours."""

    date: date
    name: Title | None = None


class DrawnPlaces(Part):
    """Places of a kind at `count` points drawn where people live; `people` at the busiest usual hour of each."""

    name: NumberedTitle
    kind: Kind
    count: int = Field(ge=1, le=2000)
    radius_m: float = Field(ge=50, le=5000)
    people: int = Field(ge=0)
