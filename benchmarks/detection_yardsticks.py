"""Peers in detection, on the same counts: Swisscom's rule, a plain density threshold, a z-score per cell."""

from collections.abc import Callable
from functools import partial
from typing import cast

import numpy as np
import numpy.typing as npt
import polars as pl
from detection_city import DetectionCity
from scipy.sparse import csr_array
from scipy.spatial import KDTree

from geo.footprint_options import FootprintOptions
from geo.hexagons import hex_areas_km2, hex_centres
from geo.land import LandMask
from geo.radio_footprint import place_cells, prepare_ground

# Swisscom's reports of 2020: areas with at least 20 of its SIM cards on 100 m x 100 m.
SWISSCOM, SWISSCOM_DEVICES_PER_HA = "Swisscom's rule", 20.0
HECTARES_PER_KM2 = 100
# A hexagon is spoken for by a denser one this near.
DENSITY_PEAK_M = 500.0
# A cell is, by a more striking one this near: nearer, the neighbours of a crowd's cell would be false alarms.
CELL_PEAK_M = 4000.0
WEEK_H, MOST_WEEKS = 168, 8
# Median absolute deviation to standard deviation of a normal distribution.
MAD_TO_SIGMA = 1.4826
LEAST_Z = 2.0
THREADS = 2

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]


def yardsticks(city: DetectionCity) -> dict[str, Callable[[], pl.DataFrame]]:
    """The peers by name; each gives its alarms, of all scores that may matter."""
    density = partial(_density_alarms, city, footprint_of(city))
    leader = max(city.market_shares, key=city.market_shares.__getitem__)
    is_leader = (city.plan["operator"] == leader).to_numpy()
    return {
        SWISSCOM: lambda: density(scale=1 / HECTARES_PER_KM2, of=is_leader),
        "density threshold": lambda: density(scale=city.people_per_device, of=np.ones_like(is_leader)),
        "z-score per cell": lambda: z_score_alarms(city),
    }


def footprint_of(city: DetectionCity) -> tuple[npt.NDArray[np.uint64], csr_array]:
    """The product's default footprint: hexagons, and P(hexagon | cell) of shape (hexagons, cells)."""
    plans = {
        str(operator): cells.with_columns(cell_no=pl.int_range(pl.len(), dtype=pl.UInt32))
        for (operator,), cells in city.plan.partition_by("operator", as_dict=True, maintain_order=True).items()
    }
    options = FootprintOptions()
    land = LandMask(f"{city.title} {city.seed}", lambda: np.array([city.land], dtype=object))
    shared = prepare_ground(plans, options=options, land=land, prior=None, known=None)
    placed, before = [], 0
    for operator, cells in plans.items():
        weights, _ = place_cells(shared, operator, options=options, earlier=None, threads=THREADS)
        placed.append(weights.with_columns(cell=pl.col("cell_no").cast(pl.Int64) + before))
        before += cells.height
    every = pl.concat(placed)
    hexes, position = np.unique(every["hex"].to_numpy(), return_inverse=True)
    shape = len(hexes), before
    return hexes, csr_array((every["weight"].to_numpy(), (position, every["cell"].to_numpy())), shape=shape)


def _density_alarms(
    city: DetectionCity, footprint: tuple[npt.NDArray[np.uint64], csr_array], *, scale: float, of: Bools
) -> pl.DataFrame:
    """Peaks of the density of devices of some cells per km2, times a scale, as scores."""
    hexes, weights = footprint
    devices = np.where(of, np.nan_to_num(city.observed[city.first_test :]), 0)
    area_km2 = hex_areas_km2(hexes)
    density = (weights @ devices.T).T / area_km2
    lat, lon = hex_centres(hexes)
    return peaks(city, scale * density, lat=lat, lon=lon, within_m=DENSITY_PEAK_M)


def z_score_alarms(city: DetectionCity) -> pl.DataFrame:
    """Peaks of the cells' z-scores, at their masts."""
    scores = np.array([z_scores(city, hour) for hour in city.test_hours])
    lat, lon = city.plan["lat"].to_numpy(), city.plan["lon"].to_numpy()
    return peaks(city, np.where(scores >= LEAST_Z, scores, np.nan), lat=lat, lon=lon, within_m=CELL_PEAK_M)


def z_scores(city: DetectionCity, hour: int) -> Floats:
    """How many usual spreads each cell is above the median of the same hour of the weeks before; NaN if not told."""
    before = [hour - WEEK_H * week for week in range(1, MOST_WEEKS + 1) if hour >= WEEK_H * week]
    history = city.observed[before]
    # Cells that were never told at this hour have no median either.
    is_known = np.isfinite(history).any(axis=0)
    scores = np.full(history.shape[1], np.nan)
    median = np.nanmedian(history[:, is_known], axis=0)
    spread = MAD_TO_SIGMA * np.nanmedian(np.abs(history[:, is_known] - median), axis=0)
    scores[is_known] = (city.observed[hour, is_known] - median) / np.sqrt(np.maximum(median, 1) + spread**2)
    return scores


def peaks(city: DetectionCity, scores: Floats, *, lat: Floats, lon: Floats, within_m: float) -> pl.DataFrame:
    """Alarms such that every place with a score has one of at least that score near it.

    Args:
        city: whose test.
        scores: shape (test hours, places); NaN where there is none.
        lat: of the places, in degrees.
        lon: of the places, in degrees.
        within_m: what is near.
    """
    around = _around(city.on_plane(lat, lon), within_m)
    is_alarm = np.array([_standing_out(of_hour, around) for of_hour in np.nan_to_num(scores, nan=0.0)])
    hour, place = np.nonzero(is_alarm)
    starts = pl.Series(city.hours[city.first_test :], dtype=pl.Datetime("us", "UTC"))
    return pl.DataFrame(
        {"interval_start": starts.gather(hour), "lat": lat[place], "lon": lon[place], "score": scores[hour, place]}
    )


def _standing_out(scores: Floats, around: Positions) -> Bools:
    """The highest place, then the highest that is not near one taken before, and so on."""
    is_taken, left = np.zeros(scores.size, dtype=np.bool_), np.maximum(scores, 0.0)
    while left.any():
        highest = np.flatnonzero((left > 0) & (left >= left[around].max(axis=1)))
        is_taken[highest] = True
        left[around[highest]] = 0
    return is_taken


def _around(xy: Floats, within_m: float) -> Positions:
    """Positions of all places near each place, itself among them; rows are filled up with the place itself."""
    near = cast("list[list[int]]", KDTree(xy).query_ball_point(xy, within_m))
    most = max(len(each) for each in near)
    return np.array([[*each, *[place] * (most - len(each))] for place, each in enumerate(near)])
