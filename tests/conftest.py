import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from crowd.counts import load_counts
from geo.cells import load_cells
from geo.cells.load import PlanOptions
from lake.engine import Engine
from lake.home import Home
from lake.intake import Intake
from lake.ledger import open_ledger
from lake.profile import FileProfile, make_profile

NOW = datetime(2020, 4, 1, tzinfo=UTC)
ENGINE = Engine(memory_limit="1GB", threads=2)
COLUMNS = "interval_start,cell_id,devices"


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items):
    """Keep a module on one worker, which makes its fixtures once; the slow first, which would end alone."""
    items.sort(key=lambda item: (_group(item) is None, "system" not in item.path.parts))
    for item in items:
        if _group(item) is None:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


def _group(item):
    return item.get_closest_marker("xdist_group")


@dataclass(frozen=True)
class Desk:
    """Where files are taken in: a home with a cell plan, and a folder beside it for the files."""

    home: Home

    def intake(self, *, now=NOW, taken_by="analyst"):
        ledger_url = self.home.ledger_url
        return Intake(home=self.home, engine=ENGINE, ledger_url=ledger_url, now=now, taken_by=taken_by)

    def plan(self, operator="alun", *, network="001-01", cells=range(1, 13)):
        """Take in a plan of LTE cells `<network>-<n>`."""
        rows = [f"{network}-{n},{operator},LTE,{-6 + n / 1000},106.8" for n in cells]
        path = self.write("\n".join(["cell_id,operator,radio,lat,lon", *rows]), name=f"plan-{operator}.csv")
        return load_cells(path, intake=self.intake(), options=PlanOptions(profile=FileProfile(), timezone="UTC"))

    def write(self, content, *, name="counts.csv"):
        """A file beside the home: bytes, text, a frame as Parquet, or rows below the header of the contract."""
        path = self.home.root.parent / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, pl.DataFrame):
            content.write_parquet(path)
        elif isinstance(content, (bytes, str)):
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        else:
            path.write_text("\n".join([COLUMNS, *(",".join(map(str, row)) for row in content), ""]), encoding="utf-8")
        return path

    def load(self, *paths, again=False, max_devices=50_000, now=NOW, taken_by="analyst", **profile):
        """Take in the files of one delivery."""
        return load_counts(
            paths,
            intake=self.intake(now=now, taken_by=taken_by),
            profile=make_profile(profile, source="test"),
            max_devices=max_devices,
            again=again,
        )

    def load_one(self, content, *, name="counts.csv", **options):
        """Take in one file; gives its report."""
        return self.load(self.write(content, name=name), **options).files[0]

    def stage(self, name="counts"):
        """All rows of a stage, in order."""
        frames = [
            pl.read_parquet(path, hive_partitioning=False).with_columns(
                pl.lit(value).alias(key) for key, value in (part.split("=") for part in path.parts if "=" in part)
            )
            for path in sorted((self.home.lake / name).rglob("*.parquet"))
        ]
        rows = pl.concat(frames) if frames else pl.DataFrame()
        return rows.sort(rows.columns) if frames else rows

    def devices(self):
        """What the lake holds: devices by hour and cell, None where suppressed."""
        rows = self.stage()
        return {(f"{start:%d %H:%M}", cell): n for start, cell, n in rows.select(KEY).iter_rows()} if len(rows) else {}

    def ledger(self):
        """Every file of counts that was recorded."""
        with open_ledger(self.home.ledger_url) as ledger:
            return [record for record in ledger.files() if record.stage == "counts"]


KEY = ("interval_start", "cell_id", "devices")


def contents_below(folder):
    """Bytes of every file, by path."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(Path(folder).rglob("*")) if p.is_file()}


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home")


@pytest.fixture(scope="session")
def read_all():
    return contents_below


@pytest.fixture(scope="session")
def make_desk(tmp_path_factory):
    """Make desks at will: copies of a model, by default one with the cells 001-01-1 … 001-01-12 of operator alun."""
    planned = Desk(Home(tmp_path_factory.mktemp("model") / "home"))
    planned.home.root.mkdir()
    planned.plan()

    def make(model=planned):
        root = tmp_path_factory.mktemp("desk") / "home"
        shutil.copytree(model.home.root, root)
        return Desk(Home(root))

    return make


@pytest.fixture
def desk(make_desk):
    return make_desk()


@pytest.fixture(scope="session")
def new_postgres_url():
    """Makes PostgreSQL databases at will; skips where there is none."""
    from own_postgres import find_programs, own_postgres

    if find_programs() is None:
        missing = "PostgreSQL is not installed: `make system` installs it"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    with own_postgres() as new_url:
        yield new_url


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request, tmp_path):
    """The address of a new ledger, in each of the databases that one may lie in."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    return request.getfixturevalue("new_postgres_url")()
