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
from geo.hexagons import Floats, Hexes, hex_areas_km2, neighbour_pairs
from geo.prior import store_prior
from lake.engine import fetch_frame, read_sql
from lake.errors import RefusedInputError
from lake.home import Home
from lake.stages import create_view
from lake.staging import staged

LEAST_INTERVALS = 24
SMOOTHINGS = 2


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
        RefusedInputError: there is less than a day of density.
    """
    create_view(connection, "density_in", home=home, stage=DENSITY, start=start, end=end)
    means = fetch_frame(connection, read_sql("crowd", "mean_people"))
    intervals = 0 if means.is_empty() else int(means["intervals"][0])
    if intervals < LEAST_INTERVALS:
        raise RefusedInputError(
            f"only {intervals} intervals of density lie in that range: a prior needs at least {LEAST_INTERVALS}, "
            "day and night; run the flow over them first"
        )
    hexes = means["hex"].to_numpy()
    area_km2 = hex_areas_km2(hexes)
    density = smooth(hexes, means["people"].to_numpy() / area_km2)
    with staged(home) as staging:
        store_prior(staging, pl.DataFrame({"hex": hexes, "mass": density * area_km2}))
    return LearnedPrior(intervals=intervals, hexagons=len(hexes), people=float(means["people"].sum()))


def smooth(hexes: Hexes, density: Floats) -> Floats:
    """Mean of each hexagon and its neighbours of the same size, taken `SMOOTHINGS` times.

    Args:
        hexes: ascending.
        density: people per km2 of each.
    """
    position, around = neighbour_pairs(hexes)
    other = np.minimum(np.searchsorted(hexes, around), max(len(hexes) - 1, 0))
    is_there = hexes[other] == around
    position, other = position[is_there], other[is_there]
    known = 1 + np.bincount(position, minlength=len(hexes))
    for _ in range(SMOOTHINGS):
        density = (density + np.bincount(position, weights=density[other], minlength=len(hexes))) / known
    return density
