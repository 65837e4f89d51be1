"""Attach counts per cell and hour, drawn from the people."""

from datetime import datetime

import numpy as np
from scipy.sparse import csr_array

from crowd.simulator.city import Floats
from crowd.simulator.hanging_on import with_handover_noise
from crowd.simulator.movers import moving_share, neighbour_shares, second_cells
from crowd.simulator.network import Network
from crowd.simulator.options import Radio
from crowd.simulator.outages import Mask, without_silent
from crowd.simulator.people import Counts
from crowd.simulator.scenario import Scenario
from crowd.simulator.streams import stream
from crowd.simulator.world import World


def people_per_device(scenario: Scenario) -> float:
    """Return how many people one attached device stands for.

    The factor is 1 / (sum of the operators' market shares), the same for every operator: as an operator has
    market_share * people devices, the sum over operators of factor * devices is people again. Movers, who are counted
    in two cells, are not in it.
    """
    return 1 / sum(operator.market_share for operator in scenario.operators)


class Attaching:
    """Who is attached to which cell of one network, hour by hour.

    What an outage leaves of the network is kept until other cells are silent.
    """

    def __init__(self, world: World, *, network: Network) -> None:
        self._network, self._seed = network, world.seed
        self._movers_share = world.scenario.movers_share
        self._noise_share = (world.scenario.radio or Radio()).handover_noise
        self._neighbours = neighbour_shares(world.city.hexes) if self._movers_share else None
        self._silent: Mask = np.zeros(network.cells.height, dtype=np.bool_)
        self._shares = network.shares
        self._second = self._second_cells()

    def expected_devices(self, people: Counts, *, hours: list[datetime], silent: Mask) -> Floats:
        """Return the devices to be expected at each cell, shape (hours, cells).

        Args:
            people: people per hour and hexagon.
            hours: starts of these hours, with their offset.
            silent: which cells are silent at each hour, shape (hours, cells).
        """
        rows = [self._of_hour(*each) for each in zip(people, hours, silent, strict=True)]
        return self._network.operator.market_share * np.reshape(rows, silent.shape)

    def _of_hour(self, people: Counts, hour: datetime, silent: Mask) -> Floats:
        if not np.array_equal(silent, self._silent):
            self._silent, self._shares = silent, without_silent(self._network.shares, silent=silent)
            self._second = self._second_cells()
        noise = stream(self._seed, "handover", self._network.operator.name, hour.isoformat())
        attached: Floats = people @ with_handover_noise(self._shares, noise_share=self._noise_share, noise=noise)
        if self._second is not None:
            attached += moving_share(hour.hour, movers_share=self._movers_share) * (people @ self._second)
        return attached

    def _second_cells(self) -> csr_array | None:
        return None if self._neighbours is None else second_cells(self._shares, neighbours=self._neighbours)


def draw_devices(expected: Floats, *, noise: np.random.Generator) -> Counts:
    """Draw the devices attached to each cell (Poisson), in the shape of their expected number."""
    return noise.poisson(np.round(expected, 6))  # rounded: the last bits of a sum differ between machines
