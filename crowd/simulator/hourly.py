"""A few hours of a synthetic city without files, for benchmarks over many seeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from shapely.geometry.base import BaseGeometry

from crowd.simulator.counts import Attaching, draw_devices
from crowd.simulator.hours import days_of
from crowd.simulator.land_use import land_use
from crowd.simulator.network import Network
from crowd.simulator.outages import silent_cells
from crowd.simulator.people import Counts, people_of_day
from crowd.simulator.scenario import Scenario
from crowd.simulator.streams import stream
from crowd.simulator.world import World, build_world
from lake.errors import RefusedInputError


@dataclass(frozen=True)
class SimulatedHours:
    """A few hours of a synthetic city.

    Attributes:
        cells: the cell plan of all operators, in the contract's columns.
        counts: `interval_start` (UTC), `operator`, `cell_id`, `devices` (null where suppressed); silent
            cells have no row.
        truth: `interval_start` (UTC), `hex` (uint64), `people`; every hexagon, empty ones too.
        land_use: `hex`, `people` (double): a rough map, see `crowd.simulator.land_use`.
        land: all land, in degrees.
    """

    cells: pl.DataFrame
    counts: pl.DataFrame
    truth: pl.DataFrame
    land_use: pl.DataFrame
    land: BaseGeometry


def simulate_hours(
    scenario: Scenario, *, seed: int, hours: Sequence[datetime], plan: pl.DataFrame | None = None
) -> SimulatedHours:
    """Make a few hours of a synthetic city.

    Plan, land and truth are those that `simulate` writes for the same scenario and seed; the counts are another draw
    with the same expectation.

    Args:
        scenario: what the city is made from.
        seed: 0 or greater.
        hours: starts of hours on days of the scenario, local where they have no offset.
        plan: a cell plan in the contract's columns, to use in place of the scenario's `plan` or sites.

    Raises:
        RefusedInputError: an hour is not one of the scenario's days, or what `build_world` refuses.
    """
    ordered = _checked(hours, scenario=scenario)
    world = build_world(scenario, seed=seed, plan=plan)
    people = _people(world, hours=ordered)
    zone = ZoneInfo(scenario.timezone)
    starts = [hour.replace(tzinfo=zone) for hour in ordered]
    return SimulatedHours(
        cells=pl.concat([network.cells for network in world.networks]),
        counts=pl.concat([_counts(world, network=network, people=people, hours=starts) for network in world.networks]),
        truth=_table(starts, "hex", pl.Series(world.city.hexes), people=people),
        land_use=land_use(world),
        land=world.city.land,
    )


def _checked(hours: Sequence[datetime], *, scenario: Scenario) -> list[datetime]:
    """Return the hours as they are called locally, without offset, ascending, each once."""
    days, zone = days_of(scenario), ZoneInfo(scenario.timezone)
    local = {hour if hour.tzinfo is None else hour.astimezone(zone).replace(tzinfo=None) for hour in hours}
    for hour in local:
        if hour.date() not in days or hour != hour.replace(minute=0, second=0, microsecond=0):
            raise RefusedInputError(
                f"{hour} is not a whole local hour from {days[0]} to {days[-1]}, the days of the scenario."
            )
    if not local:
        raise RefusedInputError("There is no hour to simulate: give at least one.")
    return sorted(local)


def _people(world: World, *, hours: list[datetime]) -> Counts:
    return np.concatenate(
        [
            people_of_day(
                world.settlement,
                scenario=world.scenario,
                day=day,
                hours=[hour.hour for hour in hours if hour.date() == day],
                seed=world.seed,
            )
            for day in sorted({hour.date() for hour in hours})
        ]
    )


def _counts(world: World, *, network: Network, people: Counts, hours: list[datetime]) -> pl.DataFrame:
    operator = network.operator.name
    silent = silent_cells(network, hours=hours, scenario=world.scenario, seed=world.seed)
    expected = Attaching(world, network=network).expected_devices(people, hours=hours, silent=silent)
    noise = stream(world.seed, "counts of hours", operator)
    devices = draw_devices(expected, noise=noise)
    rows = _table(hours, "cell_id", network.cells["cell_id"], devices=devices).filter(pl.Series(~silent.ravel()))
    told = pl.when(pl.col("devices") >= world.scenario.suppress_below).then("devices")
    return rows.select("interval_start", pl.lit(operator).alias("operator"), "cell_id", told)


def _table(hours: list[datetime], key: str, keys: pl.Series, **numbers: Counts) -> pl.DataFrame:
    """Return one row per hour and key, from arrays of shape (hours, keys)."""
    starts = pl.Series([hour.astimezone(UTC) for hour in hours], dtype=pl.Datetime("us", "UTC"))
    return pl.DataFrame(
        {
            "interval_start": starts.gather(np.repeat(np.arange(len(hours)), len(keys))),
            key: keys.gather(np.tile(np.arange(len(keys)), len(hours))),
            **{name: number.ravel() for name, number in numbers.items()},
        }
    )
