"""Attach counts per cell and hour, drawn from the people."""

import numpy as np
from scipy.sparse import csr_array

from crowd.simulator.people import Counts
from crowd.simulator.scenario import Operator, Scenario


def people_per_device(scenario: Scenario) -> float:
    """Return how many people one attached device stands for.

    The factor is 1 / (sum of the operators' market shares), the same for every operator: as an operator has
    market_share * people devices, the sum over operators of factor * devices is people again.
    """
    return 1 / sum(operator.market_share for operator in scenario.operators)


def draw_devices(people: Counts, *, shares: csr_array, operator: Operator, noise: np.random.Generator) -> Counts:
    """Draw the devices attached to each cell (Poisson), shape (hours, cells).

    Args:
        people: people per hour and hexagon.
        shares: share of a hexagon's phones per cell, shape (hexagons, cells).
        operator: its `market_share` is its attached devices per person.
        noise: random numbers for the draw.
    """
    expected = operator.market_share * (people @ shares)
    return noise.poisson(np.round(expected, 6))  # rounded: the last bits of a sum differ between machines
