"""The texts beside a simulation's data: what the folder holds, and the settings to read it with."""

from importlib.resources import files
from string import Template

from crowd.simulator.counts import people_per_device
from crowd.simulator.scenario import Scenario
from crowd.simulator.scenario_file import default_scenario

ONE_CELL = "A phone is counted once an hour, in one cell."
TWO_CELLS = "A phone is counted once an hour in one cell; people on the move are counted in a second one as well."


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
        ground=_ground(scenario),
        more_files="".join(f"| {' | '.join(row)} |\n" for row in _more_files(scenario)),
        phones=TWO_CELLS if scenario.movers_share else ONE_CELL,
    )


def settings(scenario: Scenario) -> bytes:
    """Return `kerumun.toml`: the time zone, and people per device of each operator (`people_per_device`)."""
    factor = people_per_device(scenario)
    return _filled(
        "kerumun_template.toml",
        town=scenario.town.name,
        timezone=scenario.timezone,
        shares=" + ".join(f"{operator.market_share:g}" for operator in scenario.operators),
        factors="\n".join(f"{operator.name} = {factor:.6f}" for operator in scenario.operators),
    )


def _ground(scenario: Scenario) -> str:
    if scenario.box or scenario.land or scenario.plan:
        return "People and counts here are invented, whatever land and cell plan the scenario names"
    return (
        "Nothing here is real. City, people and operators are invented: the city lies in the open sea, its cells "
        "belong to the\ntest network 001"
    )


def _more_files(scenario: Scenario) -> list[tuple[str, str, str]]:
    """Return path, content and columns of the files that only some scenarios have."""
    late = ("`late/OPERATOR_DATE.csv.gz`", "files of days that are missing in `counts/`, come too late", "as above")
    right = "the right versions of files in `counts/` that are wrong or incomplete"
    rows = []
    if scenario.deliveries and scenario.deliveries.late_share:
        rows.append(late)
    if scenario.deliveries and scenario.deliveries.corrected_share:
        rows.append(("`corrections/OPERATOR_DATE.csv.gz`", right, "as above"))
    if scenario.flows:
        sent = f"`interval_start`, `from_area`, `to_area`, `devices` (`<{scenario.flows.k}`: fewer)"
        rows.append(("`flows/OPERATOR_DATE.csv.gz`", "phones from district to district, per whole local day", sent))
        known = "`interval_start` (UTC), `from_area`, `to_area`, `people`"
        rows.append(("`truth/flows.parquet`", "people who went from their home's district to another", known))
    if scenario.outages:
        rows.append(("`truth/outages.parquet`", "silent cells", "`operator`, `cell_id`, `interval_start` (UTC)"))
    if scenario.land_use:
        rough = "a rough map of residents and workplaces, as a land-use raster would give"
        rows.append(("`truth/land_use.parquet`", rough, "`hex`, `people`"))
    return rows


def _filled(template: str, **values: object) -> bytes:
    text = (files("crowd.simulator") / template).read_text(encoding="utf-8")
    return Template(text).substitute(values).encode()
