"""What a synthetic city is made from, checked key by key. All times are local."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NaiveDatetime,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

BUSIEST_DAY_FACTOR = 1.25  # on no day does a place hold more than this times its `people`
LONGEST_PERIOD = timedelta(days=400)

Title = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[\w .,'()&/-]+$")]
Latitude = Annotated[float, Field(ge=-80, le=80)]
Longitude = Annotated[float, Field(ge=-179, le=179)]
Kind = Literal["office", "industry", "mall", "market", "square", "stadium", "harbour"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, validate_default=True)


class Town(_Part):
    """The land and its people: about `width_km` by `height_km`, with a wavy coast to the north."""

    name: Title
    lat: Latitude
    lon: Longitude
    width_km: float = Field(ge=1, le=60)
    height_km: float = Field(ge=1, le=60)
    people: int = Field(ge=100, le=5_000_000)
    neighbourhoods: int = Field(default=12, ge=1, le=100)


class District(_Part):
    """A district: the land that is nearer to its centre than to any other district's."""

    name: Title
    lat: Latitude
    lon: Longitude


class Regions(_Part):
    """Names and codes of the areas; codes start with 99, which no real province has."""

    province: Title
    regency: Title
    code: str = Field(default="99.01", pattern=r"^99\.[0-9]{2}$")
    districts: tuple[District, ...] = Field(min_length=1, max_length=99)


class Place(_Part):
    """Where people go by day or in the evening; `people` is how many are there at its busiest usual hour."""

    name: Title
    kind: Kind
    lat: Latitude
    lon: Longitude
    radius_m: float = Field(ge=50, le=5000)
    people: int = Field(ge=0)


class Operator(_Part):
    """A mobile operator: its share of people (attached devices per person) and how many sites it has."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")
    mnc: str = Field(pattern=r"^[0-9]{2,3}$")
    market_share: float = Field(gt=0, le=1)
    macro_sites: int = Field(ge=1, le=2000)
    micro_sites: int = Field(default=0, ge=0, le=2000)
    umts_sites: int = Field(default=0, ge=0, le=2000)
    indoor_places: tuple[Title, ...] = ()

    @field_validator("umts_sites")
    @classmethod
    def _on_macro_sites(cls, umts_sites: int, info: ValidationInfo) -> int:
        if umts_sites > info.data.get("macro_sites", umts_sites):
            raise ValueError(f"{umts_sites} is more than macro_sites, on whose masts they stand")
        return umts_sites


class Gathering(_Part):
    """People who leave home and meet at a place of the scenario, or at a point (`lat`, `lon`).

    They arrive evenly over the `ramp_hours` after `start` and leave evenly over the last hour before `end`.
    """

    name: Title
    place: Title | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    radius_m: float = Field(ge=20, le=3000)
    start: NaiveDatetime
    end: NaiveDatetime
    people: int = Field(ge=1)
    ramp_hours: float = Field(default=1, gt=0, le=24)

    @field_validator("end")
    @classmethod
    def _after_start(cls, end: datetime, info: ValidationInfo) -> datetime:
        start = info.data.get("start")
        if start is not None and end <= start:
            raise ValueError(f"{end} is not after the start {start}")
        return end

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        point = [self.lat is not None, self.lon is not None]
        if any(point) if self.place is not None else not all(point):
            raise ValueError("give either place, or both lat and lon")
        return self


class Scenario(_Part):
    """A synthetic city: who lives where, which networks serve it and what happens when.

    Counts are made from midnight of `start` to `demo_hour`, the last hour (both local).
    """

    timezone: Literal["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]
    start: date
    demo_hour: NaiveDatetime
    truth_hours: int = Field(default=48, ge=1)
    suppress_below: int = Field(default=5, ge=0, le=1000)
    town: Town
    regions: Regions
    places: tuple[Place, ...] = ()
    operators: tuple[Operator, ...] = Field(min_length=1, max_length=9)
    gatherings: tuple[Gathering, ...] = ()

    @field_validator("demo_hour")
    @classmethod
    def _hour_after_start(cls, demo_hour: datetime, info: ValidationInfo) -> datetime:
        start = info.data.get("start")
        if demo_hour != demo_hour.replace(minute=0, second=0, microsecond=0):
            raise ValueError(f"{demo_hour} is not a whole hour")
        if start is not None and not timedelta(0) <= demo_hour.date() - start <= LONGEST_PERIOD:
            raise ValueError(f"{demo_hour} is not within {LONGEST_PERIOD.days} days from the start {start}")
        return demo_hour

    @field_validator("places")
    @classmethod
    def _one_place_per_name(cls, places: tuple[Place, ...]) -> tuple[Place, ...]:
        _refuse_twins([place.name for place in places])
        return places

    @field_validator("operators")
    @classmethod
    def _operators_fit(cls, operators: tuple[Operator, ...], info: ValidationInfo) -> tuple[Operator, ...]:
        _refuse_twins([operator.name for operator in operators])
        _refuse_twins([operator.mnc for operator in operators])
        _refuse_unknown([name for operator in operators for name in operator.indoor_places], info)
        if (shares := sum(operator.market_share for operator in operators)) > 1:
            raise ValueError(f"the values of market_share add up to {shares:.2f}, which is more than 1")
        return operators

    @field_validator("gatherings")
    @classmethod
    def _gatherings_fit(cls, gatherings: tuple[Gathering, ...], info: ValidationInfo) -> tuple[Gathering, ...]:
        _refuse_twins([gathering.name for gathering in gatherings])
        _refuse_unknown([gathering.place for gathering in gatherings if gathering.place is not None], info)
        _refuse_outside_period(gatherings, info)
        _refuse_more_than_town(gatherings, info)
        return gatherings


def _refuse_twins(names: Sequence[str]) -> None:
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        raise ValueError(f"{twins[0]!r} stands there twice")


def _refuse_unknown(names: Sequence[str], info: ValidationInfo) -> None:
    known = {place.name for place in info.data.get("places", ())}
    unknown = [name for name in names if name not in known]
    if "places" in info.data and unknown:
        raise ValueError(f"{unknown[0]!r} is not the name of one of the places")


def _refuse_outside_period(gatherings: Sequence[Gathering], info: ValidationInfo) -> None:
    if not {"start", "demo_hour"} <= info.data.keys():
        return
    first = datetime.combine(info.data["start"], datetime.min.time())
    last = info.data["demo_hour"] + timedelta(hours=1)
    outside = [gathering.name for gathering in gatherings if gathering.end <= first or gathering.start >= last]
    if outside:
        raise ValueError(f"{outside[0]!r} lies wholly outside the hours from {first} to {last}")


def _refuse_more_than_town(gatherings: Sequence[Gathering], info: ValidationInfo) -> None:
    if not {"town", "places"} <= info.data.keys():
        return
    at_places = BUSIEST_DAY_FACTOR * sum(place.people for place in info.data["places"])
    at_gatherings = max((_people_at(gathering.start, gatherings) for gathering in gatherings), default=0)
    if at_places + at_gatherings > info.data["town"].people:
        raise ValueError(
            f"places and gatherings may hold {at_places + at_gatherings:.0f} people at once, "
            f"more than town.people, {info.data['town'].people}"
        )


def _people_at(instant: datetime, gatherings: Sequence[Gathering]) -> int:
    return sum(gathering.people for gathering in gatherings if gathering.start <= instant < gathering.end)
