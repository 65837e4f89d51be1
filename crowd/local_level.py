"""The level of the day: how much more or less than usual is counted all around, which no single crowd explains.

Ramadan, a holiday eve or rain move the counts of a whole area. An operator's own level is the median of counts by
usual counts over its cells; on top of it comes the level of a neighbourhood: the median over the other sites near, so
that a crowd which some of them hear does not pass for the level of all.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.spatial import KDTree

from geo.distances import EARTH_RADIUS_M, unit_vectors

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]

WIDTH_M = 1_000.0
FARTHEST_M = 3 * WIDTH_M
MOST_SITES = 24
# Few sites are believed less: as if as much more weight were there that everything is as the operator's level says.
CALM_WEIGHT = 1.0
# How much single cells differ for no reason, besides counting noise.
CELL_SD = 0.03
# Fewer cells, or smaller ones, say nothing of an operator's level.
LEAST_CELLS, LEAST_DEVICES = 30, 30.0
LEAST_EXPECTED = 20.0


@dataclass(frozen=True)
class Neighbourhood:
    """Which sites are near each other.

    Attributes:
        site: of each cell, shape (cells,).
        near: the other sites near each, nearest first, -1 where there are no more, shape (sites, up to MOST_SITES).
        nearness: how much each of them counts, a bell over distance, same shape.
        points: sites on the unit sphere, shape (sites, 3).
    """

    site: Positions
    near: Positions
    nearness: Floats
    points: Floats

    @property
    def sites(self) -> int:
        """How many sites there are."""
        return len(self.near)


def neighbourhood_of(lat: Floats, lon: Floats) -> Neighbourhood:
    """Neighbourhoods of cells at places in degrees, all operators together.

    Args:
        lat: latitude of each cell's mast.
        lon: longitude.
    """
    cells = pl.DataFrame({"lat": lat, "lon": lon})
    places = cells.unique().sort("lat", "lon").with_row_index("site")
    site = cells.join(places, on=["lat", "lon"], how="left", maintain_order="left")["site"].to_numpy()
    points = unit_vectors(places["lat"].to_numpy(), places["lon"].to_numpy())
    count = places.height
    nearest = min(MOST_SITES + 1, count)
    reach = FARTHEST_M / EARTH_RADIUS_M
    chord, other = KDTree(points).query(points, k=nearest, distance_upper_bound=reach, workers=-1)
    chord, other = np.reshape(chord, (count, nearest)), np.reshape(other, (count, nearest))
    is_other = np.isfinite(chord) & (other != np.arange(count)[:, None])
    near = np.where(is_other, other, -1).astype(np.int64)
    bell = np.exp(-0.5 * (np.where(is_other, chord, 0.0) * EARTH_RADIUS_M / WIDTH_M) ** 2)
    return Neighbourhood(site.astype(np.int64), near, np.where(is_other, bell, 0.0), points)


def operator_levels(devices: Floats, usual: Floats, *, operator: Positions) -> tuple[Floats, Floats]:
    """Counts by usual counts of each operator: the median over its cells; 1 where too few are known.

    Args:
        devices: counts, NaN where nothing is told, shape (intervals, cells).
        usual: usual counts, NaN where unknown, same shape.
        operator: number of each cell's operator, shape (cells,).

    Returns:
        Level of each cell's operator, same shape as the counts; and of each operator, shape (intervals, operators).
    """
    is_sure = np.isfinite(devices) & (usual >= LEAST_DEVICES)
    ratio = np.where(is_sure, devices / np.where(is_sure, usual, 1.0), np.nan)
    operators = int(operator.max(initial=-1)) + 1
    levels = np.ones((devices.shape[0], operators))
    for number in range(operators):
        of_operator = ratio[:, operator == number]
        enough = np.isfinite(of_operator).sum(axis=1) >= LEAST_CELLS
        if enough.any():
            levels[enough, number] = np.nanmedian(of_operator[enough], axis=1)
    return levels[:, operator], levels


def alone_levels(levels: Floats) -> Floats:
    """Levels of operators beside that of the one nearest to its usual level, which is taken for that of the people.

    Args:
        levels: shape (intervals, operators).
    """
    nearest = np.abs(np.log(np.maximum(levels, 1e-9))).argmin(axis=1)
    return np.asarray(levels / np.maximum(levels[np.arange(len(levels)), nearest], 1e-9)[:, None])


def local_levels(devices: Floats, expected: Floats, *, around: Neighbourhood) -> Floats:
    """How far the sites around each cell are above what is expected of them, as a share: 0.05 for five percent.

    The weighted median over the other sites near, drawn towards 0 where they are few.

    Args:
        devices: counts, NaN where nothing is told, shape (intervals, cells).
        expected: expected counts, NaN where unknown, same shape.
        around: who is near whom.
    """
    is_sure = np.isfinite(devices) & (expected >= LEAST_EXPECTED)
    safe = np.where(is_sure, expected, 1.0)
    above = np.where(is_sure, devices / safe - 1, 0.0)
    surety = np.where(is_sure, 1 / (1 / safe + CELL_SD**2), 0.0)
    level = np.empty_like(expected)
    for row in range(len(expected)):
        weights = np.bincount(around.site, weights=surety[row], minlength=around.sites)
        sums = np.bincount(around.site, weights=(above * surety)[row], minlength=around.sites)
        of_site = np.append(np.where(weights > 0, sums / np.maximum(weights, 1e-300), np.nan), np.nan)
        level[row] = _medians(of_site[around.near], around.nearness)[around.site]
    return level


def _medians(values: Floats, weights: Floats) -> Floats:
    """Weighted median of each row without its not-a-numbers, drawn towards 0."""
    order = np.argsort(values, axis=1)  # not-a-numbers come last
    ordered = np.take_along_axis(values, order, axis=1)
    weighed = np.where(np.isfinite(ordered), np.take_along_axis(weights, order, axis=1), 0.0)
    upto = np.cumsum(weighed, axis=1)
    total = upto[:, -1]
    middle = np.argmax(upto >= total[:, None] / 2, axis=1)
    median = ordered[np.arange(len(values)), middle]
    return np.where(total > 0, np.nan_to_num(median) * total / (total + CALM_WEIGHT), 0.0)
