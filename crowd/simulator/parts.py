"""The parts of a synthetic city that every scenario has: land, areas, places, operators, gatherings."""

from datetime import datetime
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

Title = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[\w .,'()&/-]+$")]
Latitude = Annotated[float, Field(ge=-80, le=80)]
Longitude = Annotated[float, Field(ge=-179, le=179)]
Kind = Literal["office", "industry", "mall", "market", "square", "stadium", "harbour"]


class Part(BaseModel):
    """A table of a scenario: no unknown keys, no changes once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, validate_default=True)


class Town(Part):
    """The land and its people: about `width_km` by `height_km`, with a wavy coast to the north.

    Middle and size are left out where the scenario's `box`, `land` or `plan` tells the land. With a
    `village_radius_m` the neighbourhoods are villages of about this radius all over the land, with little between.
    """

    name: Title
    lat: Latitude | None = None
    lon: Longitude | None = None
    width_km: float | None = Field(default=None, ge=1, le=200)
    height_km: float | None = Field(default=None, ge=1, le=200)
    people: int = Field(ge=100, le=100_000_000)
    neighbourhoods: int = Field(default=12, ge=1, le=3000)
    village_radius_m: float | None = Field(default=None, ge=100, le=5000)


class District(Part):
    """A district: the land that is nearer to its centre than to any other district's."""

    name: Title
    lat: Latitude
    lon: Longitude


class Regions(Part):
    """Names and codes of the areas; codes start with 99, which no real province has.

    Without districts the regency is one district of its own name.
    """

    province: Title
    regency: Title
    code: str = Field(default="99.01", pattern=r"^99\.[0-9]{2}$")
    districts: tuple[District, ...] = Field(default=(), max_length=99)


class Place(Part):
    """Where people go by day or in the evening; `people` is how many are there at its busiest usual hour."""

    name: Title
    kind: Kind
    lat: Latitude
    lon: Longitude
    radius_m: float = Field(ge=50, le=5000)
    people: int = Field(ge=0)


class Operator(Part):
    """A mobile operator: its share of people (attached devices per person) and how many sites it has.

    Network code and sites are left out where the scenario has a `plan`, whose operators are found by name.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,30}$")
    mnc: str | None = Field(default=None, pattern=r"^[0-9]{2,3}$")
    market_share: float = Field(gt=0, le=1)
    macro_sites: int | None = Field(default=None, ge=1, le=2000)
    micro_sites: int = Field(default=0, ge=0, le=2000)
    umts_sites: int = Field(default=0, ge=0, le=2000)
    indoor_places: tuple[Title, ...] = ()

    @field_validator("umts_sites")
    @classmethod
    def _on_macro_sites(cls, umts_sites: int, info: ValidationInfo) -> int:
        if umts_sites > (info.data.get("macro_sites") or umts_sites):
            raise ValueError(f"{umts_sites} is more than macro_sites, on whose masts they stand")
        return umts_sites


class Gathering(Part):
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
