"""What a synthetic city is made from, checked key by key. All times are local."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from operator import not_
from typing import Literal

from pydantic import Field, NaiveDatetime, ValidationInfo, field_validator

from crowd.simulator.options import WEEKDAYS, Deliveries, DrawnPlaces, Flows, Holiday, Outage, Radio, Recurring
from crowd.simulator.parts import Gathering, Latitude, Longitude, Operator, Part, Place, Regions, Town

BUSIEST_DAY_FACTOR = 1.25  # on no day does a place hold more than this times its `people`
LONGEST_PERIOD = timedelta(days=400)


class Scenario(Part):
    """A synthetic city: who lives where, which networks serve it and what happens when.

    Counts are made from midnight of `start` to `demo_hour`, the last hour (both local). Keys that are off by default
    are left out where a scenario is written.
    """

    timezone: Literal["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]
    start: date
    demo_hour: NaiveDatetime
    truth_hours: int = Field(default=48, ge=1)
    suppress_below: int = Field(default=5, ge=0, le=1000)
    movers_share: float = Field(default=0.0, ge=0, le=0.5, exclude_if=not_)
    land_use: bool = Field(default=False, exclude_if=not_)
    box: tuple[Longitude, Latitude, Longitude, Latitude] | None = None
    land: str | None = None
    plan: str | None = None
    town: Town
    regions: Regions
    radio: Radio | None = None
    deliveries: Deliveries | None = None
    flows: Flows | None = None
    holidays: tuple[Holiday, ...] = Field(default=(), exclude_if=not_)
    places: tuple[Place, ...] = ()
    drawn_places: tuple[DrawnPlaces, ...] = Field(default=(), exclude_if=not_)
    operators: tuple[Operator, ...] = Field(min_length=1, max_length=20)
    gatherings: tuple[Gathering, ...] = ()
    recurring: tuple[Recurring, ...] = Field(default=(), exclude_if=not_)
    outages: tuple[Outage, ...] = Field(default=(), exclude_if=not_)

    @field_validator("demo_hour")
    @classmethod
    def _hour_after_start(cls, demo_hour: datetime, info: ValidationInfo) -> datetime:
        start = info.data.get("start")
        if demo_hour != demo_hour.replace(minute=0, second=0, microsecond=0):
            raise ValueError(f"{demo_hour} is not a whole hour")
        if start is not None and not timedelta(0) <= demo_hour.date() - start <= LONGEST_PERIOD:
            raise ValueError(f"{demo_hour} is not within {LONGEST_PERIOD.days} days from the start {start}")
        return demo_hour

    @field_validator("box")
    @classmethod
    def _west_to_east(cls, box: tuple[float, float, float, float] | None) -> tuple[float, float, float, float] | None:
        if box is not None and not (box[0] < box[2] and box[1] < box[3]):
            raise ValueError("give west, south, east, north, in this order")
        return box

    @field_validator("places")
    @classmethod
    def _one_place_per_name(cls, places: tuple[Place, ...]) -> tuple[Place, ...]:
        _refuse_twins([place.name for place in places])
        return places

    @field_validator("drawn_places")
    @classmethod
    def _one_draw_per_name(cls, drawn: tuple[DrawnPlaces, ...]) -> tuple[DrawnPlaces, ...]:
        _refuse_twins([places.name for places in drawn])
        return drawn

    @field_validator("operators")
    @classmethod
    def _operators_fit(cls, operators: tuple[Operator, ...], info: ValidationInfo) -> tuple[Operator, ...]:
        _refuse_twins([operator.name for operator in operators])
        _refuse_twins([operator.mnc for operator in operators if operator.mnc is not None])
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
        _refuse_more_than_town(_at_places(info) + _most_gathered(gatherings), info)
        return gatherings

    @field_validator("recurring")
    @classmethod
    def _recurring_fit(cls, recurring: tuple[Recurring, ...], info: ValidationInfo) -> tuple[Recurring, ...]:
        _refuse_twins([each.name for each in recurring])
        _refuse_unknown([each.place for each in recurring if each.place is not None], info)
        gathered = _most_gathered(info.data.get("gatherings", ()))
        _refuse_more_than_town(_at_places(info) + gathered + _most_recurring(recurring), info)
        return recurring

    @field_validator("outages")
    @classmethod
    def _of_known_operators(cls, outages: tuple[Outage, ...], info: ValidationInfo) -> tuple[Outage, ...]:
        known = {operator.name for operator in info.data.get("operators", ())}
        unknown = [outage.operator for outage in outages if outage.operator not in known]
        if "operators" in info.data and unknown:
            raise ValueError(f"{unknown[0]!r} is not the name of one of the operators")
        return outages


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


def _refuse_more_than_town(at_once: float, info: ValidationInfo) -> None:
    if {"town", "places", "drawn_places"} <= info.data.keys() and at_once > info.data["town"].people:
        raise ValueError(
            f"places and gatherings may hold {at_once:.0f} people at once, "
            f"more than town.people, {info.data['town'].people}"
        )


def _at_places(info: ValidationInfo) -> float:
    named = sum(place.people for place in info.data.get("places", ()))
    drawn = sum(places.count * places.people for places in info.data.get("drawn_places", ()))
    return BUSIEST_DAY_FACTOR * float(named + drawn)


def _most_gathered(gatherings: Sequence[Gathering]) -> int:
    return max((_people_at(gathering.start, gatherings) for gathering in gatherings), default=0)


def _people_at(instant: datetime, gatherings: Sequence[Gathering]) -> int:
    return sum(gathering.people for gathering in gatherings if gathering.start <= instant < gathering.end)


def _most_recurring(recurring: Sequence[Recurring]) -> int:
    """Return the people of all recurring gatherings of the fullest day of the week, as if they met at one time."""
    return max(
        sum((each.count or 1) * each.people for each in recurring if weekday in each.weekdays) for weekday in WEEKDAYS
    )
