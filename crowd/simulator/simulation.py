"""A synthetic city from a scenario and a seed, written as the files an analyst would be given."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl

from crowd.simulator.areas import areas_geojson
from crowd.simulator.city import build_city
from crowd.simulator.count_files import count_files
from crowd.simulator.counts import draw_devices
from crowd.simulator.folder import refuse_foreign_folder, write_folder
from crowd.simulator.hours import days_of, demo_hour_of, hours_of_day
from crowd.simulator.network import Network, build_networks
from crowd.simulator.people import Counts, people_of_day, settle
from crowd.simulator.scenario import Scenario
from crowd.simulator.scenario_file import scenario_as_toml
from crowd.simulator.streams import stream
from crowd.simulator.texts import readme, settings
from crowd.simulator.truth import gatherings_parquet, people_parquet
from lake.errors import RefusedInputError


@dataclass(frozen=True)
class Simulation:
    """What a simulation has written.

    Attributes:
        out: the folder.
        files: paths of its files relative to the folder, sorted.
        cells: number of cells of all operators.
        hexagons: number of hexagons on land.
        people: number of people, the same in every hour.
        intervals: number of hours with counts, the demo hour among them.
        gatherings: number of gatherings.
        demo_hour: start of the last hour, in UTC.
    """

    out: Path
    files: tuple[Path, ...]
    cells: int
    hexagons: int
    people: int
    intervals: int
    gatherings: int
    demo_hour: datetime


def simulate(out: Path, *, scenario: Scenario, seed: int = 0) -> Simulation:
    """Make a synthetic city: cell plan, areas, counts and the truth behind them.

    The same scenario and seed give the same bytes.

    Args:
        out: a folder that is new, empty, or of an earlier simulation, whose files are then replaced.
        scenario: what the city is made from.
        seed: 0 or greater; it changes homes, networks and counts, but neither the ground nor the gatherings.

    Raises:
        RefusedInputError: the folder holds other files, the seed is negative, or the scenario has something at sea
            or more sites than the town has room for.
    """
    if seed < 0:
        raise RefusedInputError(f"The seed {seed} is negative: give a whole number from 0.")
    refuse_foreign_folder(out)
    city = build_city(scenario)
    settlement = settle(city, scenario=scenario, seed=seed)
    networks = build_networks(city, scenario=scenario, settlement=settlement, seed=seed)
    people = [
        people_of_day(settlement, scenario=scenario, day=day, seed=seed)[: len(hours_of_day(scenario, day=day))]
        for day in days_of(scenario)
    ]
    hours = [hour for day in days_of(scenario) for hour in hours_of_day(scenario, day=day)]
    told = slice(-scenario.truth_hours, None)
    files = {
        "areas.geojson": areas_geojson(city, regions=scenario.regions),
        "cells.csv": pl.concat([network.cells for network in networks]).write_csv().encode(),
        "kerumun.toml": settings(scenario),
        "README.md": readme(scenario, seed=seed),
        "scenario.toml": scenario_as_toml(scenario).encode(),
        "truth/gatherings.parquet": gatherings_parquet(scenario),
        "truth/people.parquet": people_parquet(np.concatenate(people)[told], hours=hours[told], hexes=city.hexes),
        **_all_count_files(people, networks=networks, scenario=scenario, seed=seed),
    }
    return Simulation(
        out=out,
        files=write_folder(out, files=files, seed=seed),
        cells=sum(network.cells.height for network in networks),
        hexagons=city.hexes.size,
        people=scenario.town.people,
        intervals=len(hours),
        gatherings=len(scenario.gatherings),
        demo_hour=demo_hour_of(scenario).astimezone(UTC),
    )


def _all_count_files(
    people: list[Counts], *, networks: tuple[Network, ...], scenario: Scenario, seed: int
) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for (day, people_then), network in product(zip(days_of(scenario), people, strict=True), networks):
        noise = stream(seed, "counts", network.operator.name, day.isoformat())
        devices = draw_devices(people_then, shares=network.shares, operator=network.operator, noise=noise)
        hours = hours_of_day(scenario, day=day)
        files |= count_files(devices, hours=hours, network=network, scenario=scenario)
    return files
