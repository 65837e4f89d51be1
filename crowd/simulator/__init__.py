"""A synthetic city: a cell plan, areas and attach counts such as a project is given, and the truth behind them.

`simulate` writes it, from a `Scenario` read by `load_scenario` or `default_scenario`; `simulate_hours` makes a few
hours of it without files. But for a plan or land that a scenario names, nothing in it is real.
"""

from crowd.simulator.hourly import SimulatedHours, simulate_hours
from crowd.simulator.scenario import Scenario
from crowd.simulator.scenario_file import default_scenario, load_scenario, shipped_scenarios
from crowd.simulator.simulation import Simulation, simulate

__all__ = [
    "Scenario",
    "SimulatedHours",
    "Simulation",
    "default_scenario",
    "load_scenario",
    "shipped_scenarios",
    "simulate",
    "simulate_hours",
]
