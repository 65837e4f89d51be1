"""A prior learned from the counts themselves: where people were on average, smoothed.

Density is one step of expectation-maximisation from the prior it was computed with. Taken as the next prior as it is,
every error of the radio model would be sharpened step by step; smoothed over neighbours before (EMS, Silverman et al.
1990), one or two steps help (docs/method/accuracy). It is learned from many hours, so that no single crowd is in it.
"""

from dataclasses import dataclass
from datetime import datetime

import duckdb
import numpy as np
import polars as pl

from crowd.density import DENSITY
from geo.hexagons import Floats, Hexes, hex_areas_km2, neighbour_pairs, resolutions_of
from geo.prior import store_prior
from lake.engine import fetch_frame, read_sql
from lake.errors import RefusedInputError
from lake.home import Home
from lake.stages import create_view
from lake.staging import staged

LEAST_HOURS = 24
# Means over neighbours, at resolution 9 (together about a kilometre wide) and per step coarser a quarter of it.
FINEST, SMOOTHINGS = 9, 16


@dataclass(frozen=True, kw_only=True)
class LearnedPrior:
    """What was learned.

    Attributes:
        intervals: intervals of density looked at.
        hexagons: hexagons of the prior.
        people: their mean people.
    """

    intervals: int
    hexagons: int
    people: float


def learn_prior(connection: duckdb.DuckDBPyConnection, *, home: Home, start: datetime, end: datetime) -> LearnedPrior:
    """Take the smoothed mean density of start <= interval_start < end for the prior from now on.

    Raises:
        RefusedInputError: there is less than a day of density, or nobody in it.
    """
    create_view(connection, "density_in", home=home, stage=DENSITY, start=start, end=end)
    means = fetch_frame(connection, read_sql("crowd", "mean_people"))
    hours = 0 if means.is_empty() else int(means["hours"][0])
    if hours < LEAST_HOURS:
        raise RefusedInputError(
            f"only {hours} hours of density lie in that range: a prior needs at least {LEAST_HOURS}, "
            "day and night; run the flow over them first"
        )
    if means["people"].sum() <= 0:
        raise RefusedInputError("nobody was counted in that range: choose another")
    hexes = means["hex"].to_numpy()
    area_km2 = hex_areas_km2(hexes)
    density = smooth(hexes, means["people"].to_numpy() / area_km2)
    with staged(home) as staging:
        store_prior(staging, pl.DataFrame({"hex": hexes, "mass": density * area_km2}))
    return LearnedPrior(intervals=int(means["intervals"][0]), hexagons=len(hexes), people=float(means["people"].sum()))


def smooth(hexes: Hexes, density: Floats) -> Floats:
    """Means of each hexagon and its neighbours of the same size, taken again and again.

    Args:
        hexes: ascending.
        density: people per km2 of each.
    """
    position, around = neighbour_pairs(hexes)
    other = np.minimum(np.searchsorted(hexes, around), max(len(hexes) - 1, 0))
    is_there = hexes[other] == around
    position, other = position[is_there], other[is_there]
    known = 1 + np.bincount(position, minlength=len(hexes))
    times = np.maximum(SMOOTHINGS // 4.0 ** (FINEST - resolutions_of(hexes).astype(np.float64)), 1)
    for turn in range(SMOOTHINGS):
        mean = (density + np.bincount(position, weights=density[other], minlength=len(hexes))) / known
        density = np.where(times > turn, mean, density)
    return density
