"""The texts beside a simulation's data: what the folder holds, and the settings to read it with."""

from importlib.resources import files
from string import Template

from crowd.simulator.counts import people_per_device
from crowd.simulator.scenario import Scenario
from crowd.simulator.scenario_file import default_scenario


def readme(scenario: Scenario, *, seed: int) -> bytes:
    """Return the folder's README, with the command that makes the folder again."""
    scenario_option = "" if scenario == default_scenario() else " --scenario scenario.toml"
    return _filled(
        "readme_template.md",
        town=scenario.town.name,
        scenario_option=scenario_option,
        seed=seed,
        people=f"{scenario.town.people:,}",
        operators=len(scenario.operators),
        start=scenario.start,
        demo_hour=scenario.demo_hour.isoformat(timespec="minutes"),
        timezone=scenario.timezone,
        suppress_below=scenario.suppress_below,
        truth_hours=scenario.truth_hours,
    )


def settings(scenario: Scenario) -> bytes:
    """Return `kerumun.toml`: the time zone, and people per device of each operator (`people_per_device`)."""
    factor = people_per_device(scenario)
    return _filled(
        "kerumun_template.toml",
        timezone=scenario.timezone,
        shares=" + ".join(f"{operator.market_share:g}" for operator in scenario.operators),
        factors="\n".join(f"{operator.name} = {factor:.6f}" for operator in scenario.operators),
    )


def _filled(template: str, **values: object) -> bytes:
    text = (files("crowd.simulator") / template).read_text(encoding="utf-8")
    return Template(text).substitute(values).encode()
