"""The synthetic city with all that stands in it, before any hour has passed."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from crowd.simulator.city import City, build_city
from crowd.simulator.drawing import drawn_out
from crowd.simulator.given_plan import checked_plan, read_plan
from crowd.simulator.ground import ground_of
from crowd.simulator.homes import shares_of_homes
from crowd.simulator.network import Network, build_networks
from crowd.simulator.people import Settlement, settle
from crowd.simulator.scenario import Scenario
from crowd.simulator.towers import density_around_towers
from lake.errors import RefusedInputError


@dataclass(frozen=True)
class World:
    """A city built from a scenario and a seed.

    Attributes:
        scenario: with its drawn places and recurring gatherings as places and gatherings.
        city: the ground.
        settlement: how people spread over it.
        networks: of the operators, in the scenario's order.
        seed: what it was drawn from.
    """

    scenario: Scenario
    city: City
    settlement: Settlement
    networks: tuple[Network, ...]
    seed: int


def build_world(scenario: Scenario, *, seed: int, plan: pl.DataFrame | None = None) -> World:
    """Build the city of a scenario.

    Args:
        scenario: what it is made from.
        seed: 0 or greater.
        plan: a cell plan in the contract's columns, to use in place of the scenario's `plan` or sites.

    Raises:
        RefusedInputError: the seed is negative, the scenario has something at sea or more sites than the town has room
            for, or its land or plan cannot be used.
    """
    if seed < 0:
        raise RefusedInputError(f"The seed {seed} is negative: give a whole number from 0.")
    cells = _plan_of(scenario, plan=plan)
    city = build_city(ground_of(scenario, plan=cells), regions=scenario.regions)
    density = None if cells is None else density_around_towers(city, plan=cells)
    homes = shares_of_homes(city, scenario=scenario, towers_density=density, seed=seed)
    drawn = drawn_out(scenario, city=city, homes=homes, seed=seed)
    settlement = settle(city, scenario=drawn, homes=homes)
    networks = build_networks(city, scenario=drawn, settlement=settlement, plan=cells, seed=seed)
    return World(scenario=drawn, city=city, settlement=settlement, networks=networks, seed=seed)


def _plan_of(scenario: Scenario, *, plan: pl.DataFrame | None) -> pl.DataFrame | None:
    found = read_plan(Path(scenario.plan)) if plan is None and scenario.plan is not None else plan
    if found is None:
        return None
    return checked_plan(found, operators=[operator.name for operator in scenario.operators], box=scenario.box)
