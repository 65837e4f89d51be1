"""Hotspots drawn by hand on a row of hexagons, written into a lake as if density had found them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from crowd.coverage import COVERAGE
from crowd.density import DENSITY
from crowd.gatherings import GATHERING_EVENTS, GATHERING_HEXES, GATHERINGS, find_gatherings
from crowd.holidays import Calendar
from crowd.hotspots import HOTSPOTS
from crowd.policy import Policy
from geo.hexagons import hex_centres, hexes_at, neighbour_pairs
from lake.engine import Engine, connect
from lake.home import Home
from lake.stages import write_partitions
from lake.staging import staged

FIRST = datetime(2020, 3, 31, 0, tzinfo=UTC)
ENGINE = Engine(memory_limit="500MB", threads=1)
CALENDAR = Calendar("Asia/Jakarta", frozenset())
HEX_KM2 = 0.1


def _row():
    """Hexagons in a straight row, each touching the one before and the one after it alone."""
    middle = hexes_at(np.array([-5.5]), np.array([109.0]), 9)
    lat, lon = hex_centres(np.append(middle, neighbour_pairs(middle)[1][:1]))
    steps = np.arange(40)
    return hexes_at(lat[0] + steps * np.diff(lat), lon[0] + steps * np.diff(lon), 9)


ROW = _row()


@dataclass(frozen=True)
class Spot:
    """A hotspot: when, on which hexagons of the row, and what is found there.

    Attributes:
        hour: since the first instant.
        hexes: positions in the row.
        excess: people in all.
        usual: people on each hexagon.
        score: of the evidence.
        coverage: of each hexagon.
    """

    hour: int
    hexes: tuple[int, ...]
    excess: float = 200.0
    usual: float = 10.0
    score: float = 20.0
    coverage: float = 1.0


def at(hour: int) -> datetime:
    return FIRST + timedelta(hours=hour)


def levels(waspada: float = 100, siaga: float = 300, awas: float = 900, *, hours: int = 0, **tables) -> Policy:
    """A policy of excess people alone."""
    sizes = {"waspada": waspada, "siaga": siaga, "awas": awas}
    given = {name: {"excess": size, "score": 4.5, "hours": hours} for name, size in sizes.items()}
    return Policy.model_validate({"levels": given, "life": {"clear": 0.6, "gap_hours": 3}, **tables})


class Drawing:
    """A lake in which hotspots are drawn."""

    def __init__(self, home: Home) -> None:
        self.home = home

    def draw(self, spots: Iterable[Spot], *, hours: Iterable[int], dark: Sequence[tuple[int, int]] = ()) -> None:
        """Write hotspots.

        Args:
            spots: what is found.
            hours: which hours have density.
            dark: hour and position of hexagons that are not covered.
        """
        rows = [row for number, spot in enumerate(spots) for row in _rows(spot, number)]
        frames = (
            (HOTSPOTS, pl.DataFrame(rows, schema_overrides={"hex": pl.UInt64})),
            (
                DENSITY,
                pl.DataFrame([{"interval_start": at(hour), "hex": int(ROW[-1]), "people": 1.0} for hour in hours]),
            ),
            (COVERAGE, pl.DataFrame([{"interval_start": at(h), "hex": int(ROW[n]), "coverage": 0.1} for h, n in dark])),
        )
        with connect(ENGINE) as connection, staged(self.home) as staging:
            for stage, frame in frames:
                if frame.is_empty():
                    continue
                missing = [name for name in stage.columns if name not in frame.columns]
                whole = frame.with_columns(pl.lit(None).alias(name) for name in missing)
                connection.register("drawn", whole.to_arrow())
                casts = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in stage.columns.items())
                write_partitions(connection, f"select {casts} from drawn", stage=stage, staging=staging)

    def follow(self, first: int, last: int, *, policy: Policy):
        with connect(ENGINE) as connection:
            return find_gatherings(
                connection, home=self.home, start=at(first), end=at(last), policy=policy, calendar=CALENDAR
            )

    def stage(self, name: str) -> pl.DataFrame:
        """All rows of a stage of the lake, with `hour` since the first instant."""
        files = sorted((self.home.lake / name).rglob("part.parquet"))
        empty = pl.DataFrame(schema=dict.fromkeys(_columns(name), pl.Null))
        frames = [pl.read_parquet(file, hive_partitioning=False) for file in files]
        rows = pl.concat([empty.cast({"interval_start": pl.Datetime("us", "UTC")}), *frames], how="vertical_relaxed")
        since = (pl.col("interval_start") - pl.lit(FIRST)).dt.total_hours()
        return rows.with_columns(hour=since).sort("hour", "gathering_id", maintain_order=True)


def _columns(name):
    stages = (GATHERINGS, GATHERING_HEXES, GATHERING_EVENTS)
    return next(stage.columns for stage in stages if stage.name == name)


def _rows(spot, number):
    hexes = ROW[list(spot.hexes)]
    lat, lon = hex_centres(hexes)
    excess = spot.excess / len(hexes)
    return [
        {
            "interval_start": at(spot.hour),
            "hotspot": number,
            "hex": int(hexagon),
            "lat": float(lat.mean()),
            "lon": float(lon.mean()),
            "score": float(spot.score),
            "people": spot.usual + excess,
            "usual": float(spot.usual),
            "excess": excess,
            "excess_sd": 10.0,
            "people_per_km2": (spot.usual + excess) / HEX_KM2,
            "coverage": float(spot.coverage),
            "devices": 500,
            "baseline_from": "hour_of_week",
            "tested": 100,
            "suspicion": None,
        }
        for hexagon in hexes
    ]
