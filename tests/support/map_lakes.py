"""Small lakes for the review map: density written straight into its hours, on a little ground of mixed resolutions."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from crowd.density import DENSITY
from crowd.review.memory import Memory
from geo.hexagons import children_of, hex_areas_km2, hexes_at, parents_of, resolutions_of
from lake.engine import Engine, connect
from lake.home import Home
from lake.stages import replace_range
from lake.staging import staged
from pipelines.options import RunOptions

HOUR = datetime(2020, 3, 31, 12, tzinfo=UTC)
K = 15
ENGINE = Engine(memory_limit="500MB", threads=2)
LAT, LON = -5.5, 109.0


def _ground():
    """Hexagons of resolutions 7, 8 and 9 that do not overlap, and one of them far away."""
    (town,) = hexes_at(np.array([LAT]), np.array([LON]), 5)
    sevens = children_of(np.array([town], dtype=np.uint64), 7)
    eights = children_of(sevens[:2], 8)
    nines = children_of(eights[:3], 9)
    far = hexes_at(np.array([3.0]), np.array([98.0]), 9)
    return np.sort(np.concatenate((sevens[2:], eights[3:], nines, far)))


GROUND = _ground()
_nines = np.flatnonzero(resolutions_of(GROUND) == 9)
# Positions in `GROUND` of the seven hexagons of resolution 9 that are one of resolution 8.
SIBLINGS = [int(n) for n in _nines[parents_of(GROUND[_nines], 8) == parents_of(GROUND[_nines[-1:]], 8)]]


def density(numbers, *, at=HOUR):
    """Rows of density of an hour.

    Args:
        numbers: by position in `GROUND`: what a row has, where it is not as everywhere.
        at: the hour.
    """
    usual = {
        "people": 100.0,
        "excess": 10.0,
        "score": 1.0,
        "coverage": 1.0,
        "devices": 50,
        "baseline_from": "hour_of_day",
    }
    rows = [{"position": position, **usual, **changes} for position, changes in numbers.items()]
    kinds = {"position": pl.Int64, "devices": pl.Int64, "baseline_from": pl.String}
    frame = pl.DataFrame(rows, schema={name: kinds.get(name, pl.Float64) for name in ("position", *usual)})
    hexes = GROUND[frame["position"].to_numpy()] if rows else GROUND[:0]
    named = frame.with_columns(
        interval_start=pl.lit(at),
        hex=pl.Series(hexes, dtype=pl.UInt64),
        people_per_km2=pl.col("people") / pl.Series(hex_areas_km2(hexes)),
        people_low=pl.col("people") * 0.6,
        people_high=pl.col("people") * 1.5,
        baseline=pl.col("people") - pl.col("excess"),
    )
    return named.select(list(DENSITY.columns))


def write(home, frame, *, stage=DENSITY, at=HOUR):
    """Replace an hour of a stage."""
    with connect(ENGINE) as connection, staged(home) as staging:
        connection.register("rows_given", frame.to_arrow())
        columns = ", ".join(f'cast("{name}" as {kind}) as "{name}"' for name, kind in stage.columns.items())
        connection.execute(f"create temp table rows_now as select {columns} from rows_given")
        span = {"start": at, "end": at + timedelta(hours=1)}
        replace_range(connection, "rows_now", home=home, stage=stage, staging=staging, **span)


def make_lake(root, hours):
    """A home with hours of density.

    Args:
        root: its folder.
        hours: numbers as `density` takes them, by hours before `HOUR`.
    """
    home = Home(root)
    home.lake.mkdir(parents=True, exist_ok=True)
    for before, numbers in hours.items():
        at = HOUR - timedelta(hours=before)
        write(home, density(numbers, at=at), at=at)
    return home


def memory():
    """Of a process that has asked nothing yet."""
    return Memory(ENGINE)


def run_options(home, **changes):
    """The settings of an installation."""
    fields = {
        "home": home.root,
        "ledger_url": home.ledger_url,
        "timezone": "Asia/Jakarta",
        "memory_limit": "500MB",
        "threads": 2,
        "people_per_device": {},
        "max_devices_per_cell": 50_000,
        "settle_s": 0.0,
        "taken_by": "tester",
        "k": K,
    }
    return RunOptions(**(fields | changes))
