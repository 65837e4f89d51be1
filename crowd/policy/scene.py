"""Which rules, places and events hold for each crowd, there and then."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from crowd.policy.areas import area_codes, is_in_areas
from crowd.policy.places import Place
from crowd.policy.rules import Rule
from crowd.policy.schema import Policy
from crowd.policy.when import Bools, LocalTimes, local_times
from crowd.policy.where import Floats, is_within
from lake.home import Home


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Whether each table of a policy holds for each of n crowds: one mask of shape (n,) per table, in their order."""

    rules: list[Bools]
    places: list[Bools]
    events: list[Bools]


@dataclass(frozen=True, kw_only=True)
class _Crowds:
    """Centres (degrees), clocks and codes of areas (one column per loaded level) of n crowds."""

    lat: Floats
    lon: Floats
    local: LocalTimes
    codes: list[pl.Series]

    def under(self, rule: Rule) -> Bools:
        holds = rule.holds_then(self.local)
        if rule.areas is not None:
            holds &= is_in_areas(self.codes, rule.areas, count=len(holds))
        if rule.polygon is not None:
            holds &= is_within(rule.polygon, lat=self.lat, lon=self.lon)
        return holds

    def at(self, place: Place) -> Bools:
        return place.holds_then(self.local) & place.holds_there(lat=self.lat, lon=self.lon)


def find_scene(crowds: pl.DataFrame, *, policy: Policy, home: Home, timezone: str, holidays: Collection[date]) -> Scene:
    """Test every rule, place and event of a policy on crowds with interval_start, lat and lon."""
    lat, lon = (crowds[name].cast(pl.Float64).to_numpy() for name in ("lat", "lon"))
    instants = crowds["interval_start"]
    there = _Crowds(
        lat=lat,
        lon=lon,
        local=local_times(instants, timezone=timezone, holidays=holidays),
        codes=area_codes(policy.rules, home=home, lat=lat, lon=lon),
    )
    clock = instants.to_numpy()
    return Scene(
        rules=[there.under(rule) for rule in policy.rules],
        places=[there.at(place) for place in policy.places],
        events=[
            event.holds_then(clock, timezone=timezone) & event.holds_there(lat=lat, lon=lon) for event in policy.events
        ],
    )


def all_names(names: Sequence[str], masks: Sequence[Bools], *, count: int) -> pl.Series:
    """Names of all the tables that hold for each crowd, with commas between; null where none does."""
    if not names:
        return pl.Series([None] * count, dtype=pl.String)
    joined = pl.concat_str(_told(names, masks), separator=", ", ignore_nulls=True)
    return pl.select(pl.when(joined != "").then(joined)).to_series()


def last_name(names: Sequence[str], masks: Sequence[Bools], *, count: int) -> pl.Series:
    """Name of the last table that holds for each crowd; null where none does."""
    if not names:
        return pl.Series([None] * count, dtype=pl.String)
    return pl.select(pl.coalesce(_told(names, masks)[::-1])).to_series()


def _told(names: Sequence[str], masks: Sequence[Bools]) -> list[pl.Expr]:
    return [
        pl.when(pl.lit(pl.Series(mask))).then(pl.lit(name, dtype=pl.String))
        for name, mask in zip(names, masks, strict=True)
    ]
