"""An operator's network: its cells, and who is attached to which."""

from dataclasses import dataclass

import polars as pl
from scipy.sparse import csr_array

from crowd.simulator.attachment import attachment_shares
from crowd.simulator.cells import PLAN_COLUMNS, cells_on_sites
from crowd.simulator.city import City
from crowd.simulator.given_plan import completed_cells
from crowd.simulator.options import Radio
from crowd.simulator.parts import Operator
from crowd.simulator.people import Settlement
from crowd.simulator.radio_errors import true_cells
from crowd.simulator.scenario import Scenario
from crowd.simulator.sites import place_sites
from crowd.simulator.streams import stream


@dataclass(frozen=True)
class Network:
    """One operator's radio network.

    Attributes:
        operator: whose it is.
        cells: its cell plan, ordered by `cell_id`; what stands on the masts may differ from it.
        shares: share of a hexagon's phones that are attached to each cell, shape (hexagons, cells).
    """

    operator: Operator
    cells: pl.DataFrame
    shares: csr_array


def build_networks(
    city: City, *, scenario: Scenario, settlement: Settlement, plan: pl.DataFrame | None, seed: int
) -> tuple[Network, ...]:
    """Build the network of each operator of a scenario, in its order, from a given plan or from sites of its own.

    Args:
        city: the hexagons.
        scenario: tells the operators, and how wrong their plans are.
        settlement: where operators build.
        plan: a given plan of all operators, checked.
        seed: of the simulation.
    """
    networks = []
    for number, operator in enumerate(scenario.operators):
        if plan is None:
            planned = cells = _own_cells(city, scenario=scenario, settlement=settlement, number=number, seed=seed)
        else:
            planned = plan.filter(operator=operator.name).sort("cell_id")
            cells = completed_cells(planned)
        shares = _attachment(city, cells=cells, radio=scenario.radio or Radio(), operator=operator.name, seed=seed)
        networks.append(Network(operator=operator, cells=planned.select(PLAN_COLUMNS), shares=shares))
    return tuple(networks)


def _own_cells(city: City, *, scenario: Scenario, settlement: Settlement, number: int, seed: int) -> pl.DataFrame:
    operator = scenario.operators[number]
    noise = stream(seed, "sites", operator.name)
    sites = place_sites(city, operator=operator, scenario=scenario, settlement=settlement, noise=noise)
    masts = stream(seed, "cells", operator.name)
    return cells_on_sites(sites, operator=operator, number=number, noise=masts)


def _attachment(city: City, *, cells: pl.DataFrame, radio: Radio, operator: str, seed: int) -> csr_array:
    standing = true_cells(cells, radio=radio, operator=operator, seed=seed)
    return attachment_shares(city, cells=standing, radio=radio, noise=stream(seed, "shadowing", operator))
