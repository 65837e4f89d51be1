"""What the review map tells beside density: gatherings of every hour, and a country's cells with their baselines."""

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from country import OPERATORS
from country_maker import load_plan
from portal_lake import ENGINE, FIRST

import geo.footprint
from crowd.baseline import BASELINE
from crowd.density import DENSITY
from crowd.gathering_stages import GATHERING_HEXES, GATHERINGS
from geo.footprint import build_footprints, choose_footprints
from geo.footprint_options import FootprintOptions
from geo.hexagons import Hexes, disks_around, hex_centres, hexes_at
from geo.land import LandMask
from lake.engine import connect
from lake.home import Home
from lake.stages import PART, Stage

SEED = 13
HOURS_OF_LIFE = 6
LEVELS = ("waspada", "siaga", "awas")
HEXES_OF_CELL, HEXES_OF_GATHERING_RINGS = 52, 2
KINDS = {
    "varchar": pl.String,
    "timestamptz": pl.Datetime("us", "UTC"),
    "double": pl.Float64,
    "integer": pl.Int32,
    "bigint": pl.Int64,
    "ubigint": pl.UInt64,
}


def add_gatherings(root: Path, *, hours: int, at_once: int) -> dict[str, int]:
    """Write so many gatherings for every hour; each lasts six hours, the last of which says that it has ended."""
    rng, home = np.random.default_rng(SEED), Home(root)
    lat, lon = rng.uniform(-8, 4, at_once), rng.uniform(96, 138, at_once)
    grounds = [disks_around(hexes_at(lat[[n]], lon[[n]], 9), HEXES_OF_GATHERING_RINGS) for n in range(at_once)]
    for hour in range(hours):
        at, slot = FIRST + timedelta(hours=hour), np.arange(at_once)
        age = (hour + slot) % HOURS_OF_LIFE
        rows = _gatherings(at, slot, age, lat=lat, lon=lon)
        present = rows.filter(state="ongoing")
        _write(home, GATHERINGS, at, rows)
        chosen = [grounds[n] for n in np.flatnonzero(age < HOURS_OF_LIFE - 1)]
        sizes = [len(ground) for ground in chosen]
        hexes = pl.DataFrame(
            {
                "gathering_id": present["gathering_id"].to_numpy().repeat(sizes),
                "interval_start": pl.Series([at], dtype=KINDS["timestamptz"]).new_from_index(0, sum(sizes)),
                "hex": np.concatenate(chosen),
                "devices": np.full(sum(sizes), 50),
            }
        )
        _write(home, GATHERING_HEXES, at, hexes)
    return {"gatherings": at_once}


def _gatherings(at: datetime, slot: np.ndarray, age: np.ndarray, *, lat: np.ndarray, lon: np.ndarray) -> pl.DataFrame:
    frame = pl.DataFrame({"slot": slot, "age": age, "lat": lat, "lon": lon}).with_columns(
        interval_start=pl.lit(at).cast(KINDS["timestamptz"])
    )
    begun = pl.col("interval_start") - pl.duration(hours=pl.col("age"))
    is_over = pl.col("age") == HOURS_OF_LIFE - 1
    here = {name: pl.when(~is_over).then(value) for name, value in (("people", 2000.0), ("excess", 1500.0))}
    return frame.with_columns(
        gathering_id=pl.format("{}-{}", begun.dt.strftime("%Y%m%dT%H%MZ"), pl.col("slot").cast(pl.String)),
        level=pl.when(is_over).then(pl.lit("normal")).otherwise(pl.lit(LEVELS[0])),
        state=pl.when(is_over).then(pl.lit("ended")).otherwise(pl.lit("ongoing")),
        started_at=begun,
        devices=pl.when(~is_over).then(10 + pl.col("slot")),
        hours=pl.col("age") + 1,
        hexes=pl.when(~is_over).then(19),
        reason_id=pl.lit("Jauh lebih banyak orang dari biasanya pada jam ini."),
        reason_en=pl.lit("Far more people than usual at this hour."),
        **here,
    )


def add_baselines(root: Path, *, hours: int, cells: int) -> dict[str, int]:
    """Place cells on the ground of the density, so that each hexagon hears several, and write what is usual of them."""
    home, rng = Home(root), np.random.default_rng(SEED)
    (path, *_) = DENSITY.paths(home)
    hexes = pl.read_parquet(path, columns=["hex"], hive_partitioning=False)["hex"].to_numpy()
    per_cell = min(HEXES_OF_CELL, len(hexes))
    plan = _place(home, hexes, np.sort(rng.integers(0, len(hexes) - per_cell + 1, cells)), per_cell=per_cell)
    for hour in range(hours):
        at = FIRST + timedelta(hours=hour)
        for operator in OPERATORS:
            ids = plan.filter(operator=operator)["cell_id"].sort()
            usual = rng.lognormal(4, 1, len(ids))
            rows = pl.DataFrame({"cell_id": ids, "usual_devices": usual, "spread_devices": 2 * np.sqrt(usual)})
            instant = pl.lit(at).cast(KINDS["timestamptz"])
            _write(home, BASELINE, at, rows.with_columns(interval_start=instant), below=f"operator={operator}")
    return {"cells": cells}


def _place(home: Home, hexes: Hexes, first: np.ndarray, *, per_cell: int) -> pl.DataFrame:
    """Load a plan of cells and store their footprints: for each cell the hexagons that follow its first one."""
    lat, lon = hex_centres(hexes[first + per_cell // 2])
    number = np.arange(len(first))
    operator = number % len(OPERATORS)
    plan = pl.DataFrame({"number": number, "o": operator, "lat": lat, "lon": lon}).select(
        pl.format("001-0{}-{}", pl.col("o") + 1, pl.col("number") + 256).alias("cell_id"),
        pl.Series("operator", np.array(OPERATORS)[operator]),
        pl.lit("LTE").alias("radio"),
        pl.col("lat", "lon").round(6),
    )
    file = home.root / "cells.parquet"
    plan.write_parquet(file)
    load_plan(home, file)
    share = np.random.default_rng(SEED).exponential(1.0, per_cell)

    def following(cells: pl.DataFrame, *, options: FootprintOptions, land: LandMask | None) -> pl.DataFrame:  # noqa: ARG001 - as methods are called
        position = first[cells["cell_id"].str.split("-").list.get(2).cast(pl.Int64).to_numpy() - 256]
        return pl.DataFrame(
            {
                "cell_no": np.repeat(cells["cell_no"].to_numpy(), per_cell),
                "hex": hexes[(position[:, np.newaxis] + np.arange(per_cell)).ravel()],
                "weight": np.tile(share / share.sum(), len(position)),
            }
        )

    geo.footprint.SIMPLE_METHODS["following"] = following
    choose_footprints(home, FootprintOptions(method="following"))
    with connect(ENGINE) as connection:
        build_footprints(connection, home=home, start=FIRST, end=FIRST + timedelta(hours=1))
    return plan


def _write(home: Home, stage: Stage, at: datetime, rows: pl.DataFrame, *, below: str = "") -> None:
    """Write an hour of a stage as its files are; columns that are not given are unknown."""
    folder = home.lake / stage.name / f"date={at:%Y-%m-%d}" / f"hour={at:%H}" / below
    folder.mkdir(parents=True, exist_ok=True)
    columns = {name: KINDS[stage.columns[name]] for name in stage.file_columns}
    nothing = [pl.lit(None).alias(name) for name in columns if name not in rows.columns]
    rows.with_columns(nothing).select(pl.col(name).cast(kind) for name, kind in columns.items()).write_parquet(
        folder / PART, compression="zstd"
    )
