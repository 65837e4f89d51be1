"""The bound: a matched filter that is told the true footprints, the true expectation and its true noise.

For a crowd of the shape q (devices per cell and person) on residuals r of variance v the best linear estimate of its
size is A = sum(q r / v) / sum(q^2 / v), and A * sqrt(sum(q^2 / v)) its score (Turin 1960, An introduction to matched
filters). What is found is taken away and the filter run again, as in CLEAN (Hoegbom 1974), so that the halo of a great
crowd is no alarm.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from detection_city import DetectionCity
from detection_usual import gains_of
from scipy.sparse import csr_array, diags_array
from scipy.spatial import KDTree

# Templates: people in one hexagon, spread over 7, over 19.
WIDTHS_M = (0.0, 430.0, 800.0)
CENTRE_M = 450.0
LEAST_SCORE, ROUNDS = 3.0, 8
# Hexagons with a cell in common that gets at least this many devices of each person there may show the same crowd.
STRONG = 0.01
# How far the devices of a crowd stray from its template, as a share.
TEMPLATE_ERROR = 0.1
LEAST_VARIANCE = 0.5

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Found:
    """Crowds taken away in one round: hexagon, width (position in `WIDTHS_M`), score, people; and where."""

    hexagon: Positions
    width: Positions
    score: Floats
    people: Floats
    lat: Floats
    lon: Floats


class MatchedFilter:
    """Templates of crowds at every hexagon while certain cells are silent."""

    def __init__(self, city: DetectionCity, silent: Bools) -> None:
        """Make the templates.

        Args:
            city: whose networks.
            silent: which cells are silent, shape (cells,).
        """
        ground = city.world.city
        self._lat, self._lon = ground.lat, ground.lon
        xy = city.on_plane(ground.lat, ground.lon)
        gains = gains_of(city.world, silent=silent)
        self._gains = [csr_array(_mean_within(xy, width_m) @ gains) for width_m in WIDTHS_M]
        self._squares = [csr_array(each.multiply(each)) for each in self._gains]
        self._strong = csr_array((gains >= STRONG).astype(np.float64))
        self._near = _mean_within(xy, CENTRE_M)

    def find(self, residual: Floats, variance: Floats) -> list[Found]:
        """Crowds of one hour, the strongest first.

        Args:
            residual: devices beyond the usual, shape (cells,); NaN where a cell told nothing.
            variance: of the residual if there is no crowd.
        """
        is_told = np.isfinite(residual)
        left, noise = np.where(is_told, residual, 0.0), variance
        rounds = []
        for _ in range(ROUNDS):
            score, people, width = self._filtered(left, np.where(is_told, 1 / noise, 0.0))
            peaks = self._peaks(score)
            if not peaks.size:
                break
            lat, lon = self._centres(score, peaks)
            rounds.append(Found(peaks, width[peaks], score[peaks], people[peaks], lat, lon))
            left, noise = self._taken_away(rounds[-1], left, noise)
        return rounds

    def _filtered(self, residual: Floats, precision: Floats) -> tuple[Floats, Floats, Positions]:
        """Score, people and width of the best template at each hexagon."""
        scores, sizes = [], []
        for gains, squares in zip(self._gains, self._squares, strict=True):
            seen, strength = gains @ (residual * precision), np.maximum(squares @ precision, 1e-12)
            scores.append(seen / np.sqrt(strength))
            sizes.append(seen / strength)
        best = np.argmax(scores, axis=0)
        at = best, np.arange(best.size)
        return np.array(scores)[at], np.array(sizes)[at], best

    def _peaks(self, score: Floats) -> Positions:
        """Hexagons whose score is the highest of all that may show the same crowd."""
        high = np.flatnonzero(score >= LEAST_SCORE)
        strong = csr_array(self._strong[high])
        alike = (strong @ strong.T).tocoo()
        highest = np.zeros(high.size)
        np.maximum.at(highest, alike.row, score[high][alike.col])
        return high[score[high] >= highest]

    def _centres(self, score: Floats, peaks: Positions) -> tuple[Floats, Floats]:
        """The mean place of each crowd, hexagons around the peak weighed by their likelihood, exp(score^2 / 2)."""
        near = csr_array(self._near[peaks]).tocoo()
        ahead = np.maximum(score[near.col], 0) ** 2 - score[peaks][near.row] ** 2
        likelihood = np.exp(np.minimum(ahead, 0) / 2)
        total = np.bincount(near.row, weights=likelihood)
        lat = np.bincount(near.row, weights=likelihood * self._lat[near.col]) / total
        lon = np.bincount(near.row, weights=likelihood * self._lon[near.col]) / total
        return lat, lon

    def _taken_away(self, found: Found, residual: Floats, variance: Floats) -> tuple[Floats, Floats]:
        """What is left without the crowds found, and how sure that is."""
        for width, (gains, squares) in enumerate(zip(self._gains, self._squares, strict=True)):
            of_width = found.width == width
            people = found.people[of_width]
            residual = residual - people @ gains[found.hexagon[of_width]]
            variance = variance + (TEMPLATE_ERROR * people) ** 2 @ squares[found.hexagon[of_width]]
        return residual, variance


def bound_alarms(city: DetectionCity) -> pl.DataFrame:
    """Alarms of the bound, with the estimated people."""
    filters: dict[bytes, MatchedFilter] = {}
    parts = []
    for hour, usual in zip(city.test_hours, city.usual, strict=True):
        key = city.silent[hour].tobytes()
        if key not in filters:
            filters[key] = MatchedFilter(city, city.silent[hour])
        variance = np.maximum(usual, LEAST_VARIANCE) + (city.spread * usual) ** 2
        parts += [_rows(city, hour, found) for found in filters[key].find(city.observed[hour] - usual, variance)]
    return pl.concat(parts)


def _rows(city: DetectionCity, hour: int, found: Found) -> pl.DataFrame:
    numbers = pl.DataFrame({"lat": found.lat, "lon": found.lon, "score": found.score, "people": found.people})
    return numbers.select(pl.lit(city.hours[hour]).dt.cast_time_unit("us").alias("interval_start"), "*")


def _mean_within(xy: Floats, radius_m: float) -> csr_array:
    """What takes the mean over all hexagons whose centres lie within a radius of each one's, itself among them."""
    pairs = KDTree(xy).query_pairs(radius_m, output_type="ndarray")
    own = np.arange(len(xy))
    row, column = np.concatenate((own, pairs[:, 0], pairs[:, 1])), np.concatenate((own, pairs[:, 1], pairs[:, 0]))
    near = csr_array((np.ones(row.size), (row, column)), shape=(len(xy), len(xy)))
    return csr_array(diags_array(1 / near.sum(axis=1)) @ near)
