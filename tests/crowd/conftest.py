from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import geopandas as gpd
import polars as pl
import pytest

from crowd.counts import load_counts
from crowd.density import compute_density
from crowd.factors import FILE_NAME, Factors, flat_factors, load_factors, settle_factors
from crowd.gatherings import find_gatherings
from crowd.holidays import Calendar
from crowd.policy import Policy
from crowd.targets import choose_targets
from geo.areas import load_areas
from geo.cells import load_cells, planned_operators
from geo.cells.load import PlanOptions
from geo.footprint import build_footprints, choose_footprints
from geo.footprint_options import FootprintOptions
from lake.engine import Engine, connect
from lake.home import Home
from lake.intake import Intake
from lake.profile import FileProfile

HOUR = datetime(2020, 3, 31, 12, tzinfo=UTC)
CALENDAR = Calendar("Asia/Jakarta", frozenset())
POLICY = Policy.model_validate(
    {
        "levels": {"waspada": {"people": 100}, "siaga": {"people": 300}, "awas": {"people": 900}},
        # little towns have no history: their crowds are told by density alone
        "detection": {"without_usual": "density"},
        "targets": {"own_country_only": False},
    }
)


@dataclass
class Town:
    """A little town in the open sea: a row of masts a kilometre apart, each in a hexagon of its own."""

    home: Home
    masts: int = 12
    engine: Engine = field(default_factory=Engine)

    def intake(self):
        now = datetime(2020, 12, 31, tzinfo=UTC)
        return Intake(home=self.home, engine=self.engine, ledger_url=self.home.ledger_url, now=now, taken_by="tester")

    def plan(self, *, operators=("alun",), spacing_deg=0.01, valid_from=None, shift_deg=0.0):
        rows = ["cell_id,operator,radio,lat,lon"]
        for o, operator in enumerate(operators, start=1):
            rows += [
                f"001-0{o}-{n},{operator},LTE,{-5.5 + shift_deg},{109 + n * spacing_deg}" for n in range(self.masts)
            ]
        path = self.home.root / "cells.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(rows))
        options = PlanOptions(profile=FileProfile(), timezone="UTC", valid_from=valid_from)
        return load_cells(path, intake=self.intake(), options=options)

    def counts(self, rows, *, name="counts.csv"):
        """Load rows of (hour, mast, devices); the operator is the first one unless a fourth value says its number."""
        lines = ["interval_start,cell_id,devices"]
        for hour, mast, devices, *operator in rows:
            start = HOUR + timedelta(hours=hour)
            lines.append(f"{start.isoformat()},001-0{operator[0] if operator else 1}-{mast},{devices}")
        path = self.home.root / name
        path.write_text("\n".join(lines))
        return load_counts([path], intake=self.intake(), profile=FileProfile(), max_devices=50_000)

    def span(self, first, last):
        return HOUR + timedelta(hours=first), HOUR + timedelta(hours=last)

    def footprints(self, connection, start, end):
        return build_footprints(connection, home=self.home, start=start, end=end)

    def factors(self, people_per_device=None):
        if isinstance(people_per_device, Factors):
            return people_per_device
        return flat_factors(people_per_device or {}, operators=planned_operators(self.home))

    def density(self, first=0, last=1, *, factors=None):
        start, end = self.span(first, last)
        with connect(self.engine) as connection:
            return compute_density(
                connection,
                home=self.home,
                start=start,
                end=end,
                footprints=self.footprints(connection, start, end),
                factors=self.factors(factors),
                calendar=CALENDAR,
            )

    def table(self, text):
        """Write people_per_device.csv; gives the factors."""
        path = self.home.root / FILE_NAME
        path.write_text(text)
        return settle_factors(load_factors(path), operators=planned_operators(self.home))

    def areas(self, outlines, *, level="regency"):
        """Load areas, given as outlines by code."""
        names = [f"Area {code}" for code in outlines]
        frame = gpd.GeoDataFrame({"code": list(outlines), "name": names}, geometry=list(outlines.values()), crs=4326)
        path = self.home.root / f"{level}.geojson"
        frame.to_file(path)
        load_areas(path, level=level, intake=self.intake(), columns={})

    def people(self):
        """People by hexagon and interval."""
        return {(row["interval_start"], row["hex"]): row["people"] for row in self.stage("density").to_dicts()}

    def gatherings(self, first=0, last=1, *, policy=POLICY):
        start, end = self.span(first, last)
        with connect(self.engine) as connection:
            return find_gatherings(connection, home=self.home, start=start, end=end, policy=policy, calendar=CALENDAR)

    def targets(self, first=0, last=1, *, policy=POLICY):
        start, end = self.span(first, last)
        with connect(self.engine) as connection:
            return choose_targets(
                connection,
                home=self.home,
                start=start,
                end=end,
                footprints=self.footprints(connection, start, end),
                factors=self.factors(),
                policy=policy,
            )

    def run(self, first=0, last=1, *, policy=POLICY):
        self.density(first, last)
        self.gatherings(first, last, policy=policy)
        return self.targets(first, last, policy=policy)

    def stage(self, name):
        """All rows of a stage of the lake."""
        files = sorted((self.home.lake / name).rglob("part.parquet"))
        frames = [pl.read_parquet(f, hive_partitioning=True).drop("date", "hour") for f in files]
        return pl.concat(frames, how="vertical_relaxed") if frames else pl.DataFrame()


@pytest.fixture
def make_town(tmp_path):
    """Make towns, each with a home and the point footprint, which is the easiest to foretell."""
    made = []

    def make(*, method="point", **options):
        town = Town(Home(tmp_path / f"town-{len(made)}"), **options)
        made.append(town)
        town.home.root.mkdir()
        choose_footprints(town.home, FootprintOptions(method=method))
        return town

    return make


@pytest.fixture
def town(make_town):
    return make_town()
