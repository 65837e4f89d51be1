"""A national lake of density for the review map: towns at resolution 9, their surroundings at 8, the country at 7."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from crowd.density import DENSITY
from geo.hexagons import Floats, Hexes, children_of, disks_around, hex_areas_km2, hex_texts, hexes_at, resolutions_of
from lake.engine import Engine, connect, literal
from lake.home import Home
from lake.stages import PART

FIRST = datetime(2020, 3, 25, tzinfo=UTC)
SEED = 11
ENGINE = Engine(memory_limit="2GB", threads=2)
# Rings of hexagons of resolution 7 around the middle of a town, around that, and around all of it.
TOWN, AROUND, COUNTRY = 5, 3, 14
TOWNS = 250
HIDDEN_BELOW = 15
SOME = 20


def make_lake(root: Path, *, towns: int = TOWNS, hours: int) -> dict[str, Any]:
    """Write hours of density; gives the number of hexagons of each, and some of the finest."""
    rng = np.random.default_rng(SEED)
    hexes = _hexes(rng, towns)
    area_km2, usual = hex_areas_km2(hexes), rng.lognormal(3, 1.2, len(hexes))
    with connect(ENGINE) as connection:
        for number in range(hours):
            at = FIRST + timedelta(hours=number)
            folder = Home(root).lake / DENSITY.name / f"date={at:%Y-%m-%d}" / f"hour={at:%H}"
            folder.mkdir(parents=True)
            connection.register("rows_now", _rows(rng, at, hexes, area_km2=area_km2, usual=usual))
            connection.execute(
                f"""copy (select {", ".join(DENSITY.columns)} from rows_now order by interval_start, hex)
                to {literal(str(folder / PART))} (format parquet, compression zstd)"""
            )
    nines = rng.choice(hexes[resolutions_of(hexes) == 9], SOME)  # noqa: PLR2004 - the finest
    return {"hexagons": len(hexes), "hours": hours, "nines": hex_texts(nines).tolist()}


def _hexes(rng: np.random.Generator, towns: int) -> Hexes:
    middles = hexes_at(rng.uniform(-8, 4, towns), rng.uniform(96, 138, towns), 7)
    town = disks_around(middles, TOWN)
    around = np.setdiff1d(disks_around(town, AROUND), town)
    country = np.setdiff1d(disks_around(around, COUNTRY), np.union1d(town, around))
    return np.sort(np.concatenate((country, children_of(around, 8), children_of(town, 9))))


def _rows(rng: np.random.Generator, at: datetime, hexes: Hexes, *, area_km2: Floats, usual: Floats) -> pa.Table:
    people = usual * rng.uniform(0.7, 1.3, len(hexes))
    instant = np.full(len(hexes), np.datetime64(at.replace(tzinfo=None), "us"))
    return pa.table(
        {
            "interval_start": pa.array(instant).cast(pa.timestamp("us", "UTC")),
            "hex": hexes,
            "people": people,
            "people_per_km2": people / area_km2,
            "people_low": people * 0.6,
            "people_high": people * 1.5,
            "baseline": usual,
            "excess": people - usual,
            "score": rng.normal(size=len(hexes)),
            "coverage": np.ones(len(hexes)),
            "devices": rng.integers(HIDDEN_BELOW // 3, 900, len(hexes)),
            "baseline_from": pa.array(np.full(len(hexes), "hour_of_week")),
        }
    )
