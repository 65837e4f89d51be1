"""A history tells the same from kept hours as from the lake."""

import threading
from datetime import timedelta

import numpy as np
import polars as pl
from map_lakes import ENGINE, HOUR, LAT, LON, K, density, make_lake, memory, write

from crowd.baseline import BASELINE
from crowd.factors import flat_factors
from crowd.review.history import history_of
from crowd.review.memory import cache_folder
from crowd.review.warming import warm
from geo.cells import load_cells
from geo.cells.load import PlanOptions
from geo.footprint import build_footprints, choose_footprints
from geo.footprint_options import FootprintOptions
from lake.engine import connect
from lake.intake import Intake
from lake.profile import FileProfile

FACTORS = flat_factors({"alun": 3.0, "nusa": 2.0}, operators=["alun", "nusa"])


def town(root):
    """Two operators' cells on one mast, three hours of their counts' spread, and the hexagon of the mast."""
    home = make_lake(root, {})
    choose_footprints(home, FootprintOptions(method="point"))
    path = home.root / "cells.csv"
    rows = [f"001-0{n}-{n},{operator},LTE,{LAT},{LON}\n" for operator in ("alun", "nusa") for n in (1, 2)]
    path.write_text("cell_id,operator,radio,lat,lon\n" + "".join(rows))
    intake = Intake(home=home, engine=ENGINE, ledger_url=home.ledger_url, now=HOUR, taken_by="tester")
    load_cells(path, intake=intake, options=PlanOptions(profile=FileProfile(), timezone="UTC"))
    with connect(ENGINE) as connection:
        (built,) = build_footprints(connection, home=home, start=HOUR, end=HOUR + timedelta(hours=1))
    hexagon = int(pl.read_parquet(built.folder / "weights.parquet")["hex"][0])
    for before in range(3):
        at = HOUR - timedelta(hours=before)
        numbers = {0: {"people": 300.1 + before, "excess": 0.3, "devices": K - (before == 1)}}
        write(home, density(numbers, at=at).with_columns(hex=pl.lit(hexagon, pl.UInt64)), at=at)
        spreads = [
            (at, operator, f"001-0{n}-{n}", 50.0, 50.0, None if n == before else 3.7 * n + before, "hour_of_week")
            for operator in ("alun", "nusa")
            for n in (1, 2)
        ]
        kinds = dict.fromkeys(("operator", "cell_id", "baseline_from"), pl.String)
        schema = {name: kinds.get(name, pl.Float64) for name in BASELINE.columns}
        frame = pl.DataFrame(spreads, schema=schema | {"interval_start": pl.Datetime("us", "UTC")}, orient="row")
        write(home, frame, stage=BASELINE, at=at)
    return home, np.array([hexagon], dtype=np.uint64)


def follow(home, hexes):
    span = {"start": HOUR - timedelta(hours=5), "end": HOUR + timedelta(hours=1), "k": K, "factors": FACTORS}
    return history_of(memory(), home, hexes=hexes, **span)


def test_kept_hours_tell_what_the_lake_tells(tmp_path):
    home, hexes = town(tmp_path / "home")
    before = follow(home, hexes)
    warm(memory(), home, k=K, stop=threading.Event())
    assert len(list((cache_folder(home) / "spreads").glob("*.arrow"))) == 3
    assert follow(home, hexes) == before
    assert [hour.is_withheld for hour in before.hours] == [False, True, False]
    assert before.hours[2].usual_high > before.hours[2].usual


def test_an_hour_whose_baseline_is_written_anew_is_not_told_from_what_was_kept(tmp_path):
    home, hexes = town(tmp_path / "home")
    warm(memory(), home, k=K, stop=threading.Event())
    (path,) = BASELINE.paths(home, start=HOUR, end=HOUR + timedelta(hours=1))[:1]
    rows = pl.read_parquet(path, hive_partitioning=False)
    rows.with_columns(spread_devices=pl.lit(100.0)).write_parquet(path.with_name("new"))
    path.with_name("new").replace(path)
    assert follow(home, hexes).hours[2].usual_high > 500
