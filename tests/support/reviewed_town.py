"""A row of masts with a crowd at one end: a home whose lake holds one hour, its gathering and target cells."""

from datetime import timedelta

from drafted_warnings import NOW

from crowd.counts import load_counts
from crowd.density import compute_density
from crowd.gatherings import find_gatherings
from crowd.targets import choose_targets
from geo.cells import load_cells
from geo.cells.load import PlanOptions
from geo.footprint import build_footprints, choose_footprints
from geo.footprint_options import FootprintOptions
from lake.engine import connect
from lake.home import Home
from lake.intake import Intake
from lake.profile import FileProfile
from pipelines.options import RunOptions

HOUR = NOW - timedelta(hours=1)
MASTS = 10
# Cells of each operator by mast: a crowd at 1 to 3, one cell under k at 8, one that counts nothing at 9.
DEVICES = (60, 500, 900, 300, 80, 60, 60, 60, 9)
POLICY = """
[levels]
waspada = { people_per_km2 = 600 }
siaga = { people_per_km2 = 600 }
awas = { people_per_km2 = 90000 }
[detection]
without_usual = "density"
[targets]
reach = 0.6
own_country_only = false
"""


def cell(mast, *, operator=1):
    """The id of a mast's cell."""
    return f"001-0{operator}-{mast}"


def options_of(home, *, ledger_url=None, **changes):
    """The settings of an installation."""
    fields = {
        "home": home.root,
        "ledger_url": ledger_url or home.ledger_url,
        "timezone": "Asia/Jakarta",
        "memory_limit": "1GB",
        "threads": 1,
        "people_per_device": {},
        "max_devices_per_cell": 50_000,
        "settle_s": 0.0,
        "taken_by": "tester",
    }
    return RunOptions(**(fields | changes))


def make_town(root, *, policy=POLICY):
    """Make the home, and compute its hour; gives the settings."""
    root.mkdir(parents=True)
    options = options_of(Home(root))
    (root / "policy.toml").write_text(policy)
    choose_footprints(options.as_home(), FootprintOptions(method="voronoi", max_range_m=900))
    _load(options)
    with connect(options.engine()) as connection:
        span = {"home": options.as_home(), "start": HOUR, "end": HOUR + timedelta(hours=1)}
        footprints = build_footprints(connection, **span)
        placed = {"footprints": footprints, "factors": options.factors()}
        calendar = options.calendar(span["start"], span["end"])
        compute_density(connection, **span, **placed, calendar=calendar)
        find_gatherings(connection, **span, policy=options.policy(), calendar=calendar)
        choose_targets(connection, **span, **placed, policy=options.policy())
    return options


def _load(options):
    home = options.as_home()
    intake = Intake(home=home, engine=options.engine(), ledger_url=home.ledger_url, now=NOW, taken_by="tester")
    cells = ["cell_id,operator,radio,lat,lon"]
    counts = ["interval_start,cell_id,devices"]
    for number, operator in enumerate(("alun", "nusa"), start=1):
        shift = 0.002 * (number - 1)
        cells += [f"{cell(n, operator=number)},{operator},LTE,-5.5,{109 + n * 0.006 + shift}" for n in range(MASTS)]
        counts += [f"{HOUR.isoformat()},{cell(n, operator=number)},{devices}" for n, devices in enumerate(DEVICES)]
    for name, lines in (("cells.csv", cells), ("counts.csv", counts)):
        (home.root / name).write_text("\n".join([*lines, ""]))
    load_cells(home.root / "cells.csv", intake=intake, options=PlanOptions(profile=FileProfile(), timezone="UTC"))
    load_counts([home.root / "counts.csv"], intake=intake, profile=FileProfile(), max_devices=50_000)
