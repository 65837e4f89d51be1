"""Making the synthetic countries. The same size makes the same country."""

from datetime import timedelta
from pathlib import Path

import h3ronpy
import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
from country import HOUR, MAX_DEVICES, OPERATORS, TIMEZONE, Country, find_footprint, intake_of, take_in

from crowd.counts import COUNTS
from geo.cells import load_cells
from geo.cells.load import PlanOptions
from geo.footprint import SIMPLE_METHODS, choose_footprints
from geo.footprint_options import FootprintOptions
from geo.hexagons import hexes_at
from geo.land import LandMask
from lake.home import Home
from lake.profile import FileProfile

CELLS_PER_MAST, CELLS_PER_TOWN = 6, 1000
SEED = 7
# Synthetic footprints: so many rings of hexagons around each cell.
TOWN_RINGS, PLAIN_RINGS = 2, 5
# On the plain each cell has thirty hexagons of ground and is heard in 91.
PLAIN_KM2_PER_CELL = 30 * 0.105
USERS_PER_PLAIN_CELL = 100_000 / 3_000

Floats = npt.NDArray[np.float64]


def make_country(root: Path, cells: int) -> dict[str, int]:
    """Write a country of towns and take it in through the product's own functions; returns its sizes.

    Its footprints are disks of 19 hexagons: quicker to make than radio footprints, and about as many in all as the
    design counts on.
    """
    rng = np.random.default_rng(SEED)
    plan = _plan(cells, rng)
    devices = np.minimum(rng.lognormal(4.5, 1.0, cells), MAX_DEVICES).astype(np.int64)
    return _make(Country(root), plan, devices, method="disks")


def make_plain(root: Path, cells: int) -> dict[str, int]:
    """The same without towns: cells lie about evenly, each hexagon hears three of them on average."""
    rng = np.random.default_rng(SEED)
    half_deg = np.sqrt(cells * PLAIN_KM2_PER_CELL) / 111 / 2
    lat, lon = rng.uniform(-half_deg, half_deg, (2, cells)) + np.array([[-2.0], [115.0]])
    devices = rng.poisson(USERS_PER_PLAIN_CELL, cells)
    return _make(Country(root), _cells(np.arange(cells), lat, lon), devices, method="wide disks")


def make_plan(root: Path, cells: int) -> None:
    """Write a country of towns and take in its plan alone."""
    root.mkdir(parents=True)
    country = Country(root)
    _plan(cells, np.random.default_rng(SEED)).write_parquet(country.plan)
    load_plan(country.home, country.plan)


def load_plan(home: Home, plan: Path) -> None:
    """Take in a cell plan in place of the one before."""
    load_cells(plan, intake=intake_of(home), options=PlanOptions(profile=FileProfile(), timezone=TIMEZONE))


def turn_mast(plan: Path, target: Path) -> None:
    """Write the same plan with the antennas of one mast turned."""
    cells = pl.read_parquet(plan)
    azimuth = pl.when(pl.int_range(pl.len()) < CELLS_PER_MAST).then(45.0).otherwise(0.0)
    cells.with_columns((pl.col("azimuth_deg") + azimuth) % 360).write_parquet(target)


def write_hours(root: Path, hours: int) -> None:
    """Put counts of the hours after `HOUR` into the lake: those of `HOUR`, each time shaken by up to a half."""
    home, rng = Country(root).home, np.random.default_rng(SEED)
    for path in COUNTS.paths(home, start=HOUR, end=HOUR + timedelta(hours=1)):
        counts = pl.read_parquet(path, hive_partitioning=False)
        for hour in range(1, hours):
            instant = HOUR + timedelta(hours=hour)
            target = home.lake / f"{COUNTS.name}/date={instant:%Y-%m-%d}/hour={instant:%H}/{path.parent.name}"
            target.mkdir(parents=True, exist_ok=True)
            shaken = (counts["devices"] * rng.uniform(0.5, 1.5, counts.height)).round().cast(pl.Int64)
            counts.with_columns(pl.col("interval_start") + timedelta(hours=hour), devices=shaken).write_parquet(
                target / path.name
            )


def _make(country: Country, plan: pl.DataFrame, devices: npt.NDArray[np.int64], *, method: str) -> dict[str, int]:
    country.root.mkdir(parents=True)
    plan.write_parquet(country.plan)
    counts = plan.select(
        pl.lit("2020-03-31T19:00:00+07:00").alias("interval_start"),
        "cell_id",
        pl.Series("devices", devices),
        "operator",
    )
    counts.write_csv(country.counts("csv"))
    counts.write_csv(country.counts("csv.gz"), compression="gzip")
    counts.write_parquet(country.counts("parquet"))
    load_plan(country.home, country.plan)
    SIMPLE_METHODS.update({"disks": _disks, "wide disks": _wide_disks})
    choose_footprints(country.home, FootprintOptions(method=method))
    footprint = find_footprint(country.home)
    take_in(country.home, country.counts("parquet"))
    return {"cells": plan.height, "rows": plan.height, "weights": footprint.weights, "hexes": footprint.hexes}


def _disks(cells: pl.DataFrame, *, options: FootprintOptions, land: LandMask | None) -> pl.DataFrame:  # noqa: ARG001 - the country has no sea
    return _weights(cells, options.resolution, rings=TOWN_RINGS)


def _wide_disks(cells: pl.DataFrame, *, options: FootprintOptions, land: LandMask | None) -> pl.DataFrame:  # noqa: ARG001
    return _weights(cells, options.resolution, rings=PLAIN_RINGS)


def _weights(cells: pl.DataFrame, resolution: int, *, rings: int) -> pl.DataFrame:
    """Weights of the hexagons around each cell, of very different sizes; those of a cell sum to one."""
    hexes = hexes_at(cells["lat"].to_numpy(), cells["lon"].to_numpy(), resolution)
    disks = pa.array(h3ronpy.grid_disk(hexes, rings))
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


def _plan(cells: int, rng: np.random.Generator) -> pl.DataFrame:
    mast = np.arange(cells) // CELLS_PER_MAST
    lat, lon = (degrees[mast] for degrees in _masts(mast[-1] + 1, rng))
    return _cells(mast, lat, lon)


def _cells(mast: npt.NDArray[np.int64], lat: Floats, lon: Floats) -> pl.DataFrame:
    """A cell plan; the cells of a mast belong to one operator."""
    number, operator = np.arange(len(mast)), mast % len(OPERATORS)
    frame = pl.DataFrame({"operator": operator, "number": number, "lat": lat, "lon": lon})
    return frame.select(
        pl.format("001-0{}-{}", pl.col("operator") + 1, pl.col("number") + 256).alias("cell_id"),
        pl.Series("operator", np.array(OPERATORS)[operator]),
        pl.lit("LTE").alias("radio"),
        pl.col("lat", "lon").round(6),
        (pl.col("number") % CELLS_PER_MAST % 3 * 120.0).alias("azimuth_deg"),
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
