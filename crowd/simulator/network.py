"""An operator's network: its cells, and who is attached to which."""

from dataclasses import dataclass

import polars as pl
from scipy.sparse import csr_array

from crowd.simulator.attachment import attachment_shares
from crowd.simulator.cells import PLAN_COLUMNS, cells_on_sites
from crowd.simulator.city import City
from crowd.simulator.people import Settlement
from crowd.simulator.scenario import Operator, Scenario
from crowd.simulator.sites import place_sites
from crowd.simulator.streams import stream


@dataclass(frozen=True)
class Network:
    """One operator's radio network.

    Attributes:
        operator: whose it is.
        cells: its cell plan, ordered by `cell_id`.
        shares: share of a hexagon's phones that are attached to each cell, shape (hexagons, cells).
    """

    operator: Operator
    cells: pl.DataFrame
    shares: csr_array


def build_networks(city: City, *, scenario: Scenario, settlement: Settlement, seed: int) -> tuple[Network, ...]:
    """Build the network of each operator of a scenario, in its order."""
    networks = []
    for number, operator in enumerate(scenario.operators):
        noise = stream(seed, "sites", operator.name)
        sites = place_sites(city, operator=operator, scenario=scenario, settlement=settlement, noise=noise)
        masts = stream(seed, "cells", operator.name)
        cells = cells_on_sites(sites, operator=operator, number=number, noise=masts)
        shadowing = stream(seed, "shadowing", operator.name)
        shares = attachment_shares(city, cells=cells, noise=shadowing)
        networks.append(Network(operator=operator, cells=cells.select(PLAN_COLUMNS), shares=shares))
    return tuple(networks)
