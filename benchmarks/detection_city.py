"""Cities to detect in: four weeks of history, two weeks with many gatherings and outages, and the truth of them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from detection_counts import expected_devices, observed_devices, told_counts
from detection_draw import Setting, drawn_gatherings, drawn_outages
from detection_usual import UsualDevices, relative_spread, usual_people
from scipy.sparse import csr_array
from shapely.geometry.base import BaseGeometry

from crowd.simulator import load_scenario
from crowd.simulator.areas import areas_geojson
from crowd.simulator.attendance import attendance
from crowd.simulator.city import east_north_m
from crowd.simulator.counts import draw_devices
from crowd.simulator.hours import days_of, hours_of_day
from crowd.simulator.outages import silent_cells
from crowd.simulator.scenario import Scenario
from crowd.simulator.streams import stream
from crowd.simulator.world import World, build_world

SETTINGS = {
    "kota_padat": Setting(title="dense city", sizes=(500, 1000, 2000, 4000, 8000, 20_000), nearest_match_m=1000.0),
    # Masts stand kilometres apart.
    "kota_kecil": Setting(title="town", sizes=(500, 1000, 2000, 4000, 8000), nearest_match_m=2000.0),
}
MONDAY = date(2020, 2, 3)
HISTORY_DAYS, TEST_DAYS = 28, 14
TEST_GATHERINGS, HISTORY_GATHERINGS, OUTAGES = 120, 60, 10

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class DetectionCity:
    """A city as a detector is given it, and its truth. Cells are in the order of `plan`, hexagons in that of `hexes`.

    Attributes:
        setting: what kind of city.
        seed: what it was drawn from.
        world: ground and networks as they really are, with all gatherings and outages.
        plan: cells of all operators, in the contract's columns.
        areas: province, regency and districts, as GeoJSON.
        counts: interval_start (UTC), operator, cell_id, devices (null where withheld), suppressed_below; silent cells
            have no row.
        observed: the same as a detector without a lake takes them, shape (hours, cells): NaN where there is no row, the
            middle of what it may be where withheld.
        hours: starts of all hours, UTC.
        first_test: position of the first hour of the test.
        gatherings: of the test: gathering (position), lat, lon, radius_m, size, first_hour, last_hour (positions, both
            with people).
        attendance: people at each of them, shape (hours, gatherings).
        spots: share of a gathering's people per hexagon, shape (gatherings, hexagons).
        silent: which cells are silent, shape (hours, cells).
        expected: devices that were to be expected with all that happens, shape (test hours, cells).
        usual: the same without one-off gatherings but with the outages, as the mean over all such hours.
        spread: true relative spread of the devices of such hours beside counting noise, shape (cells,).
    """

    setting: Setting
    seed: int
    world: World
    plan: pl.DataFrame
    areas: bytes
    counts: pl.DataFrame
    observed: Floats
    hours: tuple[datetime, ...]
    first_test: int
    gatherings: pl.DataFrame
    attendance: Counts
    spots: csr_array
    silent: npt.NDArray[np.bool_]
    expected: Floats
    usual: Floats
    spread: Floats

    @property
    def title(self) -> str:
        """What kind of city."""
        return self.setting.title

    @property
    def timezone(self) -> str:
        """Where its hours are local."""
        return self.world.scenario.timezone

    @property
    def market_shares(self) -> dict[str, float]:
        """Attached devices per person by operator."""
        return {network.operator.name: network.operator.market_share for network in self.world.networks}

    @property
    def people_per_device(self) -> float:
        """How many people one attached device of any operator stands for."""
        return 1 / sum(self.market_shares.values())

    @property
    def shares(self) -> dict[str, csr_array]:
        """True share of a hexagon's phones per cell by operator, shape (hexagons, cells of the operator)."""
        return {network.operator.name: network.shares for network in self.world.networks}

    @property
    def land(self) -> BaseGeometry:
        """All its land, in degrees."""
        return self.world.city.land

    @property
    def hexes(self) -> npt.NDArray[np.uint64]:
        """Hexagons of resolution 9 on land, ascending."""
        return self.world.city.hexes

    @property
    def million_days(self) -> float:
        """Length of the test, in days times a million people."""
        return TEST_DAYS * self.world.scenario.town.people / 1e6

    @property
    def test_hours(self) -> range:
        """Positions of the hours of the test."""
        return range(self.first_test, len(self.hours))

    def on_plane(self, lat: Floats, lon: Floats) -> Floats:
        """Metres to the east and north of the city's middle, shape (points, 2)."""
        from_lat, from_lon = (np.array(degrees) for degrees in self.world.city.middle)
        return np.column_stack(east_north_m(lat, lon, from_lat=from_lat, from_lon=from_lon))


def make_detection_city(name: str, seed: int) -> DetectionCity:
    """Draw gatherings and outages into a shipped scenario, and six weeks of its counts.

    What recurs every week in the scenario stays; its own one-off gatherings go.

    Args:
        name: of `SETTINGS`.
        seed: of the city and of all that happens in it.
    """
    setting = SETTINGS[name]
    quiet = _quiet(load_scenario(Path(name)))
    twin = build_world(quiet, seed=seed)
    past = drawn_gatherings(
        twin, setting=setting, count=HISTORY_GATHERINGS, first=MONDAY, days=HISTORY_DAYS, name="history"
    )
    first_test = MONDAY + timedelta(days=HISTORY_DAYS)
    present = drawn_gatherings(
        twin, setting=setting, count=TEST_GATHERINGS, first=first_test, days=TEST_DAYS, name="test"
    )
    outages = drawn_outages(twin, count=OUTAGES, first=first_test, days=TEST_DAYS)
    # All keys are checked again, with what was drawn.
    full = Scenario.model_validate({**dict(quiet), "gatherings": (*past, *present), "outages": outages})
    return _simulated(setting, build_world(full, seed=seed), twin=twin, present=slice(len(past), len(past + present)))


def _quiet(scenario: Scenario) -> Scenario:
    last = MONDAY + timedelta(days=HISTORY_DAYS + TEST_DAYS - 1)
    period = {"start": MONDAY, "demo_hour": datetime(last.year, last.month, last.day, 23)}  # noqa: DTZ001 - local
    return scenario.model_copy(update={**period, "gatherings": (), "outages": ()})


def _simulated(setting: Setting, world: World, *, twin: World, present: slice) -> DetectionCity:
    scenario, seed = world.scenario, world.seed
    local = [hour for day in days_of(scenario) for hour in hours_of_day(scenario, day=day)]
    silent = np.concatenate(
        [silent_cells(network, hours=local, scenario=scenario, seed=seed) for network in world.networks], axis=1
    )
    expected = expected_devices(world, silent)
    devices = draw_devices(expected, noise=stream(seed, "counts of detection"))
    plan = pl.concat([network.cells for network in world.networks])
    hours = tuple(hour.astimezone(UTC) for hour in local)
    first_test = 24 * HISTORY_DAYS
    people = np.concatenate([attendance(scenario, day=day) for day in days_of(scenario)])[:, present]
    usual = UsualDevices(twin, usual_people(twin, monday=MONDAY))
    nobody = np.zeros(plan.height, dtype=np.bool_)
    week = np.array([usual.at(hour, silent=nobody) for hour in range(24 * 7)])
    return DetectionCity(
        setting=setting,
        seed=seed,
        world=world,
        plan=plan,
        areas=areas_geojson(world.city, regions=scenario.regions),
        counts=told_counts(devices, silent, plan=plan, hours=hours, suppress_below=scenario.suppress_below),
        observed=observed_devices(devices, silent, suppress_below=scenario.suppress_below),
        hours=hours,
        first_test=first_test,
        gatherings=_truth(scenario, present=present, people=people),
        attendance=people,
        spots=csr_array(world.settlement.gatherings[present]),
        silent=silent,
        expected=expected[first_test:],
        usual=np.array([usual.at(hour, silent=silent[hour]) for hour in range(first_test, len(hours))]),
        spread=relative_spread(twin, week, days=days_of(twin.scenario)[-TEST_DAYS:]),
    )


def _truth(scenario: Scenario, *, present: slice, people: Counts) -> pl.DataFrame:
    listed = scenario.gatherings[present]
    is_there = people > 0
    return pl.DataFrame(
        {
            "gathering": np.arange(len(listed)),
            "lat": [each.lat for each in listed],
            "lon": [each.lon for each in listed],
            "radius_m": [each.radius_m for each in listed],
            "size": [each.people for each in listed],
            "first_hour": is_there.argmax(axis=0),
            "last_hour": len(people) - 1 - is_there[::-1].argmax(axis=0),
        }
    )
