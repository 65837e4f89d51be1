"""A synthetic city: a cell plan, areas and attach counts such as a project is given, and the truth behind them.

Nothing in it is real. `simulate` writes it, from a `Scenario` read by `load_scenario` or `default_scenario`.
"""

from crowd.simulator.scenario import Scenario
from crowd.simulator.scenario_file import default_scenario, load_scenario
from crowd.simulator.simulation import Simulation, simulate

__all__ = ["Scenario", "Simulation", "default_scenario", "load_scenario", "simulate"]
