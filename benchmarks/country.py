"""Where the synthetic countries lie that everything is measured on, and what they are asked with."""

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crowd.counts import load_counts
from crowd.factors import flat_factors
from crowd.holidays import Calendar
from geo.footprint import Footprint, build_footprints
from lake.engine import Engine, connect
from lake.home import Home
from lake.intake import Intake
from lake.profile import FileProfile

OPERATORS = ("alun", "nusa", "raya", "teduh")
PEOPLE_PER_DEVICE = {"alun": 2.0, "nusa": 2.5, "raya": 3.0, "teduh": 4.0}
FACTORS = flat_factors(PEOPLE_PER_DEVICE, operators=OPERATORS)
MAX_DEVICES = 50_000
HOUR = datetime(2020, 3, 31, 12, tzinfo=UTC)
NEXT_HOUR = HOUR + timedelta(hours=1)
TIMEZONE = "Asia/Jakarta"
CALENDAR = Calendar(TIMEZONE, frozenset())


@dataclass(frozen=True)
class Country:
    """Where a synthetic country lies, all below one folder."""

    root: Path

    @property
    def home(self) -> Home:
        """Its lake, with the plan, the footprints and the counts of `HOUR`."""
        return Home(self.root / "home")

    @property
    def plan(self) -> Path:
        """Its cell plan as given."""
        return self.root / "cells.parquet"

    def counts(self, ending: str) -> Path:
        """Its counts of `HOUR` as given: "csv", "csv.gz" or "parquet"."""
        return self.root / f"counts.{ending}"


def engine_of(home: Home) -> Engine:
    """Two threads and the product's default memory, with room to spill."""
    return Engine(threads=2, temporary=home.temporary)


def intake_of(home: Home) -> Intake:
    """The circumstances of taking in the country's files."""
    return Intake(home=home, engine=engine_of(home), ledger_url=home.ledger_url, now=NEXT_HOUR, taken_by="benchmark")


def take_in(home: Home, counts: Path) -> None:
    """Take in a file of counts; every row of it must fit."""
    load = load_counts([counts], intake=intake_of(home), profile=FileProfile(), max_devices=MAX_DEVICES)
    (report,) = load.files
    if report.rows_kept != report.rows_in:
        raise ValueError(f"the synthetic counts were not all taken in: {report}")


def find_footprint(home: Home) -> Footprint:
    """The footprint of the hour, built where it is missing."""
    with connect(engine_of(home)) as connection:
        (footprint,) = build_footprints(connection, home=home, start=HOUR, end=NEXT_HOUR)
    return footprint


def copy_home(home: Home, target: Path) -> Home:
    """A home with the plan and the footprints of another (its files, linked), but without its counts."""
    copy = Home(target)
    for stage in ("cells", "footprints"):
        if (home.lake / stage).exists():
            shutil.copytree(home.lake / stage, copy.lake / stage, copy_function=os.link)
    return copy
