"""A synthetic country to measure on: four operators, cells in towns, one hour of counts. Same size, same country."""

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import h3ronpy
import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from crowd.counts import load_counts
from geo.cells import load_cells
from geo.cells.load import PlanOptions
from geo.footprint import SIMPLE_METHODS, Footprint, build_footprints, choose_footprints
from geo.footprint_options import FootprintOptions
from geo.hexagons import hexes_at
from geo.land import LandMask
from lake.engine import Engine, connect
from lake.home import Home
from lake.intake import Intake
from lake.profile import FileProfile

OPERATORS = ("alun", "nusa", "raya", "teduh")
PEOPLE_PER_DEVICE = {"alun": 2.0, "nusa": 2.5, "raya": 3.0, "teduh": 4.0}
CELLS_PER_MAST, CELLS_PER_TOWN = 6, 1000
MAX_DEVICES = 50_000
HOUR = datetime(2020, 3, 31, 12, tzinfo=UTC)
NEXT_HOUR = HOUR + timedelta(hours=1)
TIMEZONE = "Asia/Jakarta"
METHOD = "disks"
SEED = 7

Floats = npt.NDArray[np.float64]


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


def make_country(root: Path, cells: int) -> dict[str, int]:
    """Write a country's files and take them in through the product's own functions; returns its sizes."""
    country = Country(root)
    root.mkdir(parents=True)
    _write_files(country, cells)
    options = PlanOptions(profile=FileProfile(), timezone=TIMEZONE)
    load_cells(country.plan, intake=intake_of(country.home), options=options)
    SIMPLE_METHODS[METHOD] = disk_weights
    choose_footprints(country.home, FootprintOptions(method=METHOD))
    footprints = find_footprints(country.home)
    take_in(country.home, country.counts("parquet"))
    return {"cells": cells, "rows": cells, "weights": sum(f.weights for f in footprints)}


def take_in(home: Home, counts: Path) -> None:
    """Take in a file of counts; every row of it must fit."""
    load = load_counts([counts], intake=intake_of(home), profile=FileProfile(), max_devices=MAX_DEVICES)
    (report,) = load.files
    if report.rows_kept != report.rows_in:
        raise ValueError(f"the synthetic counts were not all taken in: {report}")


def find_footprints(home: Home) -> list[Footprint]:
    """The footprints of the hour, built where they are missing."""
    with connect(engine_of(home)) as connection:
        return build_footprints(connection, home=home, start=HOUR, end=NEXT_HOUR)


def copy_home(home: Home, target: Path) -> Home:
    """A home with the plan and the footprints of another (its files, linked), but without its counts."""
    copy = Home(target)
    for stage in ("cells", "footprints"):
        shutil.copytree(home.lake / stage, copy.lake / stage, copy_function=os.link)
    return copy


def disk_weights(cells: pl.DataFrame, *, options: FootprintOptions, land: LandMask | None) -> pl.DataFrame:  # noqa: ARG001 - the country has no sea
    """Weights of the 19 hexagons around each cell, of very different sizes; those of a cell sum to one."""
    hexes = hexes_at(cells["lat"].to_numpy(), cells["lon"].to_numpy(), options.resolution)
    disks = pa.array(h3ronpy.grid_disk(hexes, 2))
    sizes = np.diff(np.asarray(disks.offsets))
    position = np.repeat(np.arange(len(hexes)), sizes)
    share = np.random.default_rng(SEED).exponential(1.0, len(position))
    return pl.DataFrame(
        {
            "cell_no": cells["cell_no"].to_numpy()[position],
            "hex": np.asarray(disks.flatten()),
            "weight": share / np.bincount(position, weights=share)[position],
        }
    )


def _write_files(country: Country, cells: int) -> None:
    rng = np.random.default_rng(SEED)
    plan = _plan(cells, rng)
    plan.write_parquet(country.plan)
    devices = np.minimum(rng.lognormal(4.5, 1.0, cells), MAX_DEVICES).astype(np.int64)
    counts = plan.select(
        pl.lit("2020-03-31T19:00:00+07:00").alias("interval_start"),
        "cell_id",
        pl.Series("devices", devices),
        "operator",
    )
    counts.write_csv(country.counts("csv"))
    counts.write_csv(country.counts("csv.gz"), compression="gzip")
    counts.write_parquet(country.counts("parquet"))


def _plan(cells: int, rng: np.random.Generator) -> pl.DataFrame:
    number = np.arange(cells)
    mast, sector = np.divmod(number, CELLS_PER_MAST)
    lat, lon = (degrees[mast] for degrees in _masts(mast[-1] + 1, rng))
    operator = mast % len(OPERATORS)
    frame = pl.DataFrame({"operator": operator, "number": number, "lat": lat, "lon": lon, "sector": sector})
    return frame.select(
        pl.format("001-0{}-{}", pl.col("operator") + 1, pl.col("number") + 256).alias("cell_id"),
        pl.Series("operator", np.array(OPERATORS)[operator]),
        pl.lit("LTE").alias("radio"),
        pl.col("lat", "lon").round(6),
        (pl.col("sector") % 3 * 120.0).alias("azimuth_deg"),
    )


def _masts(masts: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Degrees of masts that stand in towns of very different sizes, about one on each square kilometre."""
    towns = masts * CELLS_PER_MAST // CELLS_PER_TOWN + 1
    size = rng.pareto(1.2, towns) + 1
    town = rng.choice(towns, masts, p=size / size.sum())
    spread_km = np.sqrt(size * masts / size.sum())[town] / 3
    middle = rng.uniform((-8, 106), (-1, 124), (towns, 2))[town]
    lat, lon = (middle + rng.normal(0, 1, (masts, 2)) * spread_km[:, np.newaxis] / 111).T
    return lat, lon
