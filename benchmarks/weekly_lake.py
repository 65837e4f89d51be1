"""A national lake for the weekly report: Indonesia's areas, masts near its towers, counts and density by hour."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import scipy.sparse as sp
import shapely
from country import FACTORS, OPERATORS, PEOPLE_PER_DEVICE, TIMEZONE, Country, intake_of
from country_maker import CELLS_PER_MAST, _cells, _disks, load_plan

from crowd.counts import COUNTS
from crowd.coverage import SILENT_CELLS
from crowd.density import DENSITY
from crowd.density_batches import DEVIATIONS
from crowd.mobility.weeks import HOUR, Week, parse_week
from geo.areas import load_areas
from geo.footprint import SIMPLE_METHODS, Footprint, build_footprints, choose_footprints
from geo.footprint_options import FootprintOptions
from lake.engine import connect
from lake.home import Home
from lake.stages import PART, Stage

SHARED = Path(__file__).parent.parent.parent / "shared/data"
# File, level, column of the parent's code.
AREAS = (
    ("idn_admin/idn_prov.parquet", "province", None),
    ("idn_admin/idn_kab_dissolved.parquet", "regency", "prov_code"),
    ("idn_admin/idn_kec_dissolved.parquet", "district", "kab_code"),
)
TOWERS = "opencellid_idn/opencellid_510_2025-07.parquet"
CELLS = 600_000
SEED = 17
# Masts stand so many degrees around towers that are known, and some of them around the middle of a district.
NEAR_DEG, ANYWHERE = 0.05, 0.6
SILENT = 1_000
# People by the hour of the day, as a share of the mean.
RHYTHM = 1 + 0.3 * np.sin(np.arange(24) / 24 * 2 * np.pi - 2)
WEEK = parse_week("2020-W14", timezone=TIMEZONE)

Floats = npt.NDArray[np.float64]


def is_possible() -> bool:
    """Whether the real areas and towers are there."""
    return all((SHARED / name).exists() for name in (TOWERS, *(file for file, _, _ in AREAS)))


def make_lake(root: Path, *, cells: int = CELLS, hours: int = 168, week: Week = WEEK) -> dict[str, Any]:
    """Make a country and the hours from the start of a week; gives its sizes.

    Its footprints are disks of 19 hexagons around each cell. Density is what they make of the counts, with a range and
    a usual number as the product would tell them, but computed here: a week of it takes minutes, not a quarter of an
    hour.
    """
    rng, home = np.random.default_rng(SEED), Home(root / "home")
    home.root.mkdir(parents=True)
    for file, level, parent in AREAS:
        columns = {} if parent is None else {"parent": parent}
        load_areas(SHARED / file, level=level, intake=intake_of(home), columns=columns)
    plan = _plan(rng, cells)
    plan.write_parquet(Country(root).plan)
    load_plan(home, Country(root).plan)
    SIMPLE_METHODS["disks"] = _disks
    choose_footprints(home, FootprintOptions(method="disks"))
    instants = [week.start + HOUR * number for number in range(hours)]
    with connect(intake_of(home).engine) as connection:
        (footprint,) = build_footprints(connection, home=home, start=instants[0], end=instants[-1] + HOUR)
    _write_hours(home, footprint, instants, rng=rng)
    return {"cells": cells, "hexes": footprint.hexes, "weights": footprint.weights, "hours": hours}


def _plan(rng: np.random.Generator, cells: int) -> pl.DataFrame:
    masts = cells // CELLS_PER_MAST
    towers = pl.read_parquet(SHARED / TOWERS)
    near = rng.integers(0, towers.height, masts)
    lat, lon = (towers[name].to_numpy()[near] + rng.normal(0, NEAR_DEG, masts) for name in ("lat", "lon"))
    districts = pl.read_parquet(SHARED / AREAS[-1][0], columns=["wkb"])
    middles = shapely.point_on_surface(shapely.from_wkb(districts["wkb"].to_numpy()))
    chosen = rng.integers(0, len(middles), int(masts * ANYWHERE))
    lat[: len(chosen)] = shapely.get_y(middles)[chosen] + rng.normal(0, NEAR_DEG, len(chosen))
    lon[: len(chosen)] = shapely.get_x(middles)[chosen] + rng.normal(0, NEAR_DEG, len(chosen))
    mast = np.arange(cells) // CELLS_PER_MAST
    return _cells(mast, lat[mast], lon[mast])


def _write_hours(home: Home, footprint: Footprint, hours: Sequence[datetime], *, rng: np.random.Generator) -> None:
    cells = pl.read_parquet(footprint.folder / "cells.parquet").sort("cell_no")
    table = pl.read_parquet(footprint.folder / "weights.parquet")
    hexes, at = np.unique(table["hex"].to_numpy(), return_inverse=True)
    area_km2 = table.unique("hex").sort("hex")["area_km2"].to_numpy()
    factor = cells["operator"].replace_strict(PEOPLE_PER_DEVICE, return_dtype=pl.Float64).to_numpy()
    weights = sp.csr_array((table["weight"].to_numpy(), (at, table["cell_no"].to_numpy())), (len(hexes), cells.height))
    people = weights * factor[np.newaxis, :]
    usual_devices = rng.lognormal(4.5, 1.0, cells.height)
    ranges = FACTORS.everywhere.select(
        low=pl.col("low") / pl.col("people_per_device"), high=pl.col("high") / pl.col("people_per_device")
    ).mean()
    for number, hour in enumerate(hours):
        expected = usual_devices * RHYTHM[number % 24]
        devices = rng.poisson(expected * rng.uniform(0.8, 1.2, cells.height))
        _write_counts(home, cells, devices, hour)
        _write_silent(home, cells, rng, hour)
        present, usual = people @ devices, people @ expected
        noise = DEVIATIONS * np.sqrt(people.power(2) @ devices)
        rows = pl.DataFrame(
            {
                "hex": hexes,
                "people": present,
                "people_per_km2": present / area_km2,
                "people_low": np.maximum(present - noise, 0) * ranges["low"].item(),
                "people_high": (present + noise) * ranges["high"].item(),
                "baseline": usual,
                "excess": present - usual,
                "score": rng.normal(size=len(hexes)),
                "coverage": np.ones(len(hexes)),
                "devices": (weights > 0).astype(np.int64) @ devices,
                "baseline_from": np.full(len(hexes), "hour_of_week"),
            }
        )
        _write(home, DENSITY, hour, rows)


def _write_counts(home: Home, cells: pl.DataFrame, devices: npt.NDArray[np.int64], hour: datetime) -> None:
    counts = cells.select(
        "operator",
        "cell_id",
        pl.Series("devices", devices),
        suppressed_below=pl.lit(None, dtype=pl.Int32),
        interval_minutes=pl.lit(60, dtype=pl.Int32),
    )
    for operator in OPERATORS:
        rows = counts.filter(operator=operator).drop("operator").sort("cell_id")
        _write(home, COUNTS, hour, rows, operator=operator)


def _write_silent(home: Home, cells: pl.DataFrame, rng: np.random.Generator, hour: datetime) -> None:
    silent = cells[np.sort(rng.choice(cells.height, SILENT, replace=False))]
    rows = silent.select("operator", "cell_id", usual_devices=pl.lit(50.0), told=pl.lit("no count"))
    for operator in OPERATORS:
        _write(home, SILENT_CELLS, hour, rows.filter(operator=operator).drop("operator"), operator=operator)


def _write(home: Home, stage: Stage, hour: datetime, rows: pl.DataFrame, *, operator: str | None = None) -> None:
    at = hour.astimezone(UTC)
    folder = home.lake / stage.name / f"date={at:%Y-%m-%d}" / f"hour={at:%H}"
    folder = folder / f"operator={operator}" if operator else folder
    folder.mkdir(parents=True, exist_ok=True)
    instants = pl.lit(at).cast(pl.Datetime("us", "UTC")).alias("interval_start")
    rows.select(instants, pl.all()).select(stage.file_columns).write_parquet(folder / PART, row_group_size=122_880)
