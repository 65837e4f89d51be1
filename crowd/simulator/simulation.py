"""A synthetic city from a scenario and a seed, written as the files an analyst would be given."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl

from crowd.simulator.areas import areas_geojson
from crowd.simulator.count_files import count_files
from crowd.simulator.counts import Attaching, draw_devices
from crowd.simulator.flows import flow_files
from crowd.simulator.folder import refuse_foreign_folder, write_folder
from crowd.simulator.hours import days_of, demo_hour_of, hours_of_day
from crowd.simulator.land_use import land_use_parquet
from crowd.simulator.outages import outages_parquet, silent_cells, silent_rows
from crowd.simulator.people import Counts, people_of_day
from crowd.simulator.scenario import Scenario
from crowd.simulator.scenario_file import scenario_as_toml
from crowd.simulator.streams import stream
from crowd.simulator.texts import readme, settings
from crowd.simulator.truth import gatherings_parquet, people_parquet
from crowd.simulator.world import World, build_world

PLAN_FILE = "cells.csv"


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


def simulate(out: Path, *, scenario: Scenario, seed: int = 0, plan: pl.DataFrame | None = None) -> Simulation:
    """Make a synthetic city: cell plan, areas, counts and the truth behind them.

    The same scenario and seed give the same bytes.

    Args:
        out: a folder that is new, empty, or of an earlier simulation, whose files are then replaced.
        scenario: what the city is made from.
        seed: 0 or greater; it changes homes, networks and counts, but neither the ground nor the gatherings that have
            a place or point.
        plan: a cell plan in the contract's columns, to use in place of the scenario's `plan` or sites.

    Raises:
        RefusedInputError: the folder holds other files, the seed is negative, the scenario has something at sea or
            more sites than the town has room for, or its land or plan cannot be used.
    """
    refuse_foreign_folder(out)
    world = build_world(scenario, seed=seed, plan=plan)
    counts, people, silent = _days(world)
    hours = [hour for day in days_of(scenario) for hour in hours_of_day(scenario, day=day)]
    is_planned = plan is not None or scenario.plan is not None
    written = scenario.model_copy(update={"plan": PLAN_FILE}) if is_planned else scenario
    told = slice(-scenario.truth_hours, None)
    files = {
        "areas.geojson": areas_geojson(world.city, regions=scenario.regions),
        PLAN_FILE: pl.concat([network.cells for network in world.networks]).write_csv().encode(),
        "kerumun.toml": settings(scenario),
        "README.md": readme(written, seed=seed),
        "scenario.toml": scenario_as_toml(written).encode(),
        "truth/gatherings.parquet": gatherings_parquet(world.scenario),
        "truth/people.parquet": people_parquet(people, hours=hours[told], hexes=world.city.hexes),
        **({"truth/outages.parquet": outages_parquet(silent)} if scenario.outages else {}),
        **({"truth/land_use.parquet": land_use_parquet(world)} if scenario.land_use else {}),
        **(flow_files(world) if scenario.flows else {}),
        **counts,
    }
    return Simulation(
        out=out,
        files=write_folder(out, files=files, seed=seed),
        cells=sum(network.cells.height for network in world.networks),
        hexagons=world.city.hexes.size,
        people=scenario.town.people,
        intervals=len(hours),
        gatherings=len(world.scenario.gatherings),
        demo_hour=demo_hour_of(scenario).astimezone(UTC),
    )


def _days(world: World) -> tuple[dict[str, bytes], Counts, pl.DataFrame]:
    """Return the count files of all days, the people of the hours whose truth is told, and the silent cells."""
    scenario = world.scenario
    networks = [(network, Attaching(world, network=network)) for network in world.networks]
    files: dict[str, bytes] = {}
    people = np.empty((0, world.city.hexes.size), dtype=np.int64)
    silent_then = []
    for day in days_of(scenario):
        hours = hours_of_day(scenario, day=day)
        of_day = [hour.hour for hour in hours]
        there = people_of_day(world.settlement, scenario=scenario, day=day, hours=of_day, seed=world.seed)
        people = np.concatenate([people, there])[-scenario.truth_hours :]
        for network, attaching in networks:
            silent = silent_cells(network, hours=hours, scenario=scenario, seed=world.seed)
            expected = attaching.expected_devices(there, hours=hours, silent=silent)
            noise = stream(world.seed, "counts", network.operator.name, day.isoformat())
            devices = draw_devices(expected, noise=noise)
            files |= count_files(
                devices, reported=~silent, hours=hours, network=network, scenario=scenario, seed=world.seed
            )
            silent_then.append(silent_rows(silent, hours=hours, network=network))
    return files, people, pl.concat(silent_then)
