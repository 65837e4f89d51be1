from datetime import UTC, datetime

import polars as pl
import pytest

from geo.cells import load_cells
from geo.cells.load import PlanOptions
from lake.engine import Engine
from lake.home import Home
from lake.intake import Intake
from lake.profile import make_profile

NOW = datetime(2020, 4, 1, tzinfo=UTC)


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home")


@pytest.fixture
def intake(home):
    home.root.mkdir()
    return Intake(home=home, engine=Engine(), ledger_url=home.ledger_url, now=NOW, taken_by="tester")


@pytest.fixture
def load_plan(tmp_path, intake):
    """Load a plan given as text or frame; returns the outcome."""

    def load(content, *, name="cells.csv", valid_from=None, bbox=None, **profile):
        path = tmp_path / name
        if isinstance(content, pl.DataFrame):
            content.write_parquet(path)
        else:
            path.write_text(content)
        options = PlanOptions(
            profile=make_profile(profile, source="test"),
            timezone="Asia/Jakarta",
            valid_from=valid_from,
            **({"bbox": bbox} if bbox else {}),
        )
        return load_cells(path, intake=intake, options=options)

    return load


@pytest.fixture
def plan(home):
    """The plan of an operator as it lies in the lake."""

    def read(operator="alun"):
        return pl.read_parquet(home.lake / "cells" / f"operator={operator}" / "part.parquet")

    return read
