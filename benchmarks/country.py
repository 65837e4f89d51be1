"""A synthetic country to measure on: four operators, cells in towns, one hour of counts. Same size, same country."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import h3ronpy
import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from geo.cells import load_cells
from geo.cells.load import PlanOptions
from geo.footprint import METHODS, Footprint, build_footprints, choose_footprints
from geo.footprint_options import FootprintOptions
from geo.hexagons import hexes_at
from geo.land import LandMask
from lake.engine import Engine, connect
from lake.home import Home
from lake.intake import Intake
from lake.profile import FileProfile

CELLS = 600_000
OPERATORS = ("alun", "nusa", "raya", "teduh")
CELLS_PER_MAST = 6
TOWNS_PER_CELL = 1 / 1000
HOUR = datetime(2020, 3, 31, 12, tzinfo=UTC)
NEXT_HOUR = HOUR + timedelta(hours=1)
TIMEZONE = "Asia/Jakarta"
PEOPLE_PER_DEVICE = {"alun": 2.5, "nusa": 4.0, "raya": 5.0, "teduh": 8.0}
METHOD = "disks"
SEED = 7

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Country:
    """Where a synthetic country lies.

    Attributes:
        root: folder of everything.
        cells: cells of all operators.
    """

    root: Path
    cells: int

    @property
    def home(self) -> Home:
        """Its lake, with the plan and the footprints."""
        return Home(self.root / "home")

    @property
    def plan(self) -> Path:
        """Its cell plan as given."""
        return self.root / "cells.parquet"

    def counts(self, ending: str) -> Path:
        """Its counts of `HOUR` as given: "csv", "csv.gz" or "parquet"."""
        return self.root / f"counts.{ending}"


def product_engine(home: Home) -> Engine:
    """The product's default memory, two threads, with room to spill."""
    return Engine(threads=2, temporary=home.temporary)


def product_intake(home: Home) -> Intake:
    """The circumstances of taking in the country's files."""
    return Intake(
        home=home, engine=product_engine(home), ledger_url=home.ledger_url, now=NEXT_HOUR, taken_by="benchmark"
    )


def write_country(country: Country) -> None:
    """Write the cell plan and the counts of one hour, as operators would send them."""
    rng = np.random.default_rng(SEED)
    plan = _plan(country.cells, rng)
    plan.write_parquet(country.plan)
    counts = plan.select(
        interval_start=pl.lit("2020-03-31T19:00:00+07:00"),
        cell_id="cell_id",
        devices=pl.Series(np.minimum(rng.lognormal(4.5, 1.0, plan.height), 20_000).astype(np.int64)),
        operator="operator",
    )
    counts.write_csv(country.counts("csv"))
    counts.write_csv(country.counts("csv.gz"), compression="gzip")
    counts.write_parquet(country.counts("parquet"))


def _plan(cells: int, rng: np.random.Generator) -> pl.DataFrame:
    number = np.arange(cells)
    mast, sector = np.divmod(number, CELLS_PER_MAST)
    lat, lon = (degrees[mast] for degrees in _masts(cells // CELLS_PER_MAST + 1, rng))
    operator = mast % len(OPERATORS)
    return pl.DataFrame(
        {
            "cell_id": pl.select(pl.format("001-0{}-{}", pl.Series(operator + 1), pl.Series(number + 256))).to_series(),
            "operator": np.array(OPERATORS)[operator],
            "radio": pl.Series(["LTE"]).new_from_index(0, cells),
            "lat": lat.round(6),
            "lon": lon.round(6),
            "azimuth_deg": sector % 3 * 120.0,
        }
    )


def _masts(masts: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Degrees of masts that stand in towns of very different sizes, denser in the middle of each."""
    towns = max(int(masts * CELLS_PER_MAST * TOWNS_PER_CELL), 1)
    size = rng.pareto(1.2, towns) + 1
    town = rng.choice(towns, masts, p=size / size.sum())
    spread_km = 1.0 * np.sqrt(size * masts / size.sum())[town] / 3
    middle = rng.uniform((-8, 106), (-1, 124), (towns, 2))[town]
    offset_km = rng.normal(0, 1, (masts, 2)) * spread_km[:, np.newaxis]
    lat, lon = (middle + offset_km / 111).T
    return lat, lon


def build_home(country: Country) -> None:
    """Take in the plan and place its cells, through the product's own functions."""
    options = PlanOptions(profile=FileProfile(), timezone=TIMEZONE)
    load_cells(country.plan, intake=product_intake(country.home), options=options)
    METHODS[METHOD] = disk_weights
    choose_footprints(country.home, FootprintOptions(method=METHOD))
    stored_footprints(country)


def stored_footprints(country: Country) -> list[Footprint]:
    """The country's footprints, built where they are missing."""
    with connect(product_engine(country.home)) as connection:
        return build_footprints(connection, home=country.home, start=HOUR, end=NEXT_HOUR)


def disk_weights(cells: pl.DataFrame, *, options: FootprintOptions, land: LandMask | None) -> pl.DataFrame:  # noqa: ARG001 - the country has no sea
    """Weights of the 19 hexagons around each cell, of very different sizes; those of a cell sum to one."""
    hexes = hexes_at(cells["lat"].to_numpy(), cells["lon"].to_numpy(), options.resolution)
    disks = pa.array(h3ronpy.grid_disk(hexes, 2))
    repeats = np.diff(np.asarray(disks.offsets))
    raw = np.random.default_rng(SEED).exponential(1.0, int(repeats.sum()))
    position = np.repeat(np.arange(len(hexes)), repeats)
    weight = raw / np.bincount(position, weights=raw)[position]
    return pl.DataFrame(
        {"cell_no": cells["cell_no"].to_numpy()[position], "hex": np.asarray(disks.flatten()), "weight": weight}
    )


Maker = Callable[[Country], None]
