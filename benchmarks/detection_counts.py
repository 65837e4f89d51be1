"""Counts of a synthetic city: what is to be expected, what an array holds of it, what operators tell."""

from datetime import datetime

import numpy as np
import numpy.typing as npt
import polars as pl

from crowd.simulator.counts import Attaching
from crowd.simulator.hours import days_of, hours_of_day
from crowd.simulator.people import people_of_day
from crowd.simulator.world import World

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def expected_devices(world: World, silent: Bools) -> Floats:
    """Devices to be expected at the cells of all operators in all hours of a city's scenario, shape (hours, cells)."""
    attaching = [Attaching(world, network=network) for network in world.networks]
    first = np.cumsum([network.cells.height for network in world.networks])[:-1]
    rows = []
    for number, day in enumerate(days_of(world.scenario)):
        hours = hours_of_day(world.scenario, day=day)
        people = people_of_day(world.settlement, scenario=world.scenario, day=day, seed=world.seed)
        is_silent = np.split(silent[24 * number : 24 * (number + 1)], first, axis=1)
        of_day = [
            each.expected_devices(people, hours=hours, silent=those)
            for each, those in zip(attaching, is_silent, strict=True)
        ]
        rows.append(np.concatenate(of_day, axis=1))
    return np.concatenate(rows)


def observed_devices(devices: Counts, silent: Bools, *, suppress_below: int) -> Floats:
    """The counts as an array: NaN where a cell is silent, the middle of what it may be where withheld."""
    told = np.where(devices < suppress_below, max(suppress_below - 1, 0) / 2, devices)
    return np.where(silent, np.nan, told)


def told_counts(
    devices: Counts,
    silent: Bools,
    *,
    plan: pl.DataFrame,
    hours: tuple[datetime, ...],
    suppress_below: int,
) -> pl.DataFrame:
    """The counts as operators tell them: one row per hour and cell that is not silent.

    Args:
        devices: shape (hours, cells).
        silent: of the same shape.
        plan: the cells.
        hours: starts, UTC.
        suppress_below: smaller counts are withheld.
    """
    hour, cell = np.nonzero(~silent)
    starts = pl.Series(hours, dtype=pl.Datetime("us", "UTC"))
    rows = plan[cell].select("operator", "cell_id").with_columns(starts.gather(hour).alias("interval_start"))
    told = pl.col("counted") >= suppress_below
    return rows.with_columns(counted=pl.Series(devices[hour, cell])).select(
        "interval_start",
        "operator",
        "cell_id",
        devices=pl.when(told).then("counted"),
        suppressed_below=pl.when(~told).then(pl.lit(suppress_below)).cast(pl.Int32),
    )
