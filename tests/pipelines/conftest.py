import shutil
from pathlib import Path

import pytest

from geo.cells import load_cells
from geo.cells.load import PlanOptions
from lake.engine import Engine
from lake.home import Home
from lake.intake import Intake
from lake.profile import FileProfile
from pipelines.options import RunOptions

DENSE = """
[levels]
waspada = { people = 300, people_per_km2 = 3000 }
siaga = { people = 600, people_per_km2 = 6000 }
awas = { people = 1500, people_per_km2 = 15000 }
[detection]
without_usual = "density"
[targets]
own_country_only = false
"""
SAMPLE = Path(__file__).parents[2] / "data" / "sample"


@pytest.fixture
def options(tmp_path):
    """The settings of an installation that knows the sample's cell plan."""
    from datetime import UTC, datetime

    home = Home(tmp_path / "home")
    home.root.mkdir()
    intake = Intake(
        home=home, engine=Engine(), ledger_url=home.ledger_url, now=datetime(2020, 4, 1, tzinfo=UTC), taken_by="tester"
    )
    load_cells(SAMPLE / "cells.csv", intake=intake, options=PlanOptions(profile=FileProfile(), timezone="UTC"))
    # An hour of the sample has no history: nothing is known to be out of the ordinary there.
    (home.root / "policy.toml").write_text(DENSE)
    return RunOptions(
        home=home.root,
        ledger_url=home.ledger_url,
        timezone="Asia/Jakarta",
        memory_limit="2GB",
        threads=2,
        people_per_device={"alun": 1.388889, "nusa": 1.388889},
        max_devices_per_cell=50_000,
        settle_s=0.0,
        taken_by="tester",
    )


@pytest.fixture
def drop(options):
    """Drop a file into the inbox."""

    def _drop(source, *, to=""):
        folder = options.home / "inbox" / to
        folder.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(source, folder))

    return _drop
