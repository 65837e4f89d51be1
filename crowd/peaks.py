"""Finding crowds in the evidence, the strongest first, each taken out before weaker ones are looked for.

A crowd of A people at a place would add A * g_i to the count of cell i (`crowd/crowd_shapes.py`). The size that
explains the residuals r_i best and its score are those of a matched filter (North 1943):

    A = sum_i g_i r_i / v_i / sum_i g_i^2 / v_i        score = sum_i g_i r_i / v_i / sqrt(sum_i g_i^2 / v_i)

with a term for the level of the place, which is never known exactly. Without taking the strongest out its halo would
be found over and over: what CLEAN does for images of the sky (Hoegbom 1974).
"""

from dataclasses import dataclass, field, fields

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import csc_array, csr_array, vstack

from crowd.crowd_shapes import Shapes
from geo.hexagons import neighbour_pairs

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]

# Below this nothing is looked at: of a million hexagons a thousand pass it by chance.
LEAST_SCORE = 3.0
LEAST_STEADY_SCORE = 2.0
MOST_PASSES = 8
# How far a footprint may be wrong: a share of what a crowd adds to each cell.
FOOTPRINT_SD = 0.3
# For choosing a place no cell's residual is believed beyond so much of itself, or the greatest cell alone would choose.
RESIDUAL_SD = 0.2
# A cell that gets less than this share of a place's devices does not connect it with other places.
LEAST_SHARE = 0.01


@dataclass(frozen=True)
class Peaks:
    """Crowds found.

    Attributes:
        shape: number of its shape.
        people: estimated size.
        people_sd: standard deviation of the size from counting noise.
        score: of the evidence.
        passed: in which pass it was found.
        lat: degrees, where its evidence is.
        lon: degrees.
        added: devices that each adds to the columns, shape (peaks, columns).
        by_column: evidence for it in each column, g_i r_i / v_i, same shape.
        weight: g_i^2 / v_i, same shape.
    """

    shape: Positions
    people: Floats
    people_sd: Floats
    score: Floats
    passed: Positions
    lat: Floats
    lon: Floats
    added: csr_array
    by_column: csr_array
    weight: csr_array

    def chosen(self, which: npt.NDArray[np.bool_]) -> "Peaks":
        """Some of them."""
        rows = np.flatnonzero(which)
        return Peaks(**{each.name: getattr(self, each.name)[rows] for each in fields(self)})


@dataclass
class _Search:
    shapes: Shapes
    residual: Floats
    variance: Floats
    leverage: Floats
    gains_squared: csr_array = field(init=False)
    support: csr_array = field(init=False)

    def __post_init__(self) -> None:
        self.gains_squared = csr_array(self.shapes.gains.multiply(self.shapes.gains))
        alone = np.flatnonzero(self.shapes.rings == 0)
        own = self.shapes.gains[alone]
        share = own.data / np.repeat(np.maximum(own.sum(axis=1), 1e-300), np.diff(own.indptr))
        kept = csr_array((np.where(share >= LEAST_SHARE, 1.0, 0.0), own.indices, own.indptr), shape=own.shape)
        kept.eliminate_zeros()
        self.support = kept

    def scores(self, variance: Floats) -> tuple[Floats, Floats, Floats]:
        """Score, size and information of every shape."""
        evidence = self.shapes.gains @ (self.residual / variance)
        information = np.maximum(self.gains_squared @ (1 / variance), 1e-300)
        level = self.shapes.gains @ (self.leverage / variance)
        return evidence / np.sqrt(information + level**2), evidence / information, information


def find_peaks(shapes: Shapes, *, residual: Floats, variance: Floats, leverage: Floats) -> Peaks:
    """Find crowds among shapes.

    Args:
        shapes: where they may be.
        residual: devices above those expected, of each column of the shapes.
        variance: of the residuals.
        leverage: devices by which an error of the level of the place moves each.
    """
    search = _Search(shapes, residual.copy(), variance.copy(), leverage)
    found = []
    for number in range(MOST_PASSES):
        peaks = _one_pass(search, number)
        if not len(peaks.shape):
            break
        found.append(peaks)
        added = np.asarray(peaks.added.sum(axis=0)).ravel()
        search.residual -= added
        search.variance += np.asarray(peaks.added.multiply(peaks.added).sum(axis=0)).ravel() * FOOTPRINT_SD**2
    return _together(found, len(residual))


def _one_pass(search: _Search, number: int) -> Peaks:
    shapes = search.shapes
    steady, _, _ = search.scores(search.variance + (RESIDUAL_SD * search.residual) ** 2)
    score, people, information = search.scores(search.variance)
    best = _best_shape(shapes.place, steady, len(shapes.hexes))
    is_seen = (score[best] >= LEAST_SCORE) & (steady[best] >= LEAST_STEADY_SCORE) & (people[best] > 0)
    strength = np.where(is_seen, steady[best], -np.inf)
    chosen = np.flatnonzero(is_seen & _is_strongest(search.support, strength))
    shape = best[chosen]
    lat, lon = _centres(shapes, chosen, steady[best])
    gains = csr_array(shapes.gains[shape])
    size, size_sd = _sizes(gains, search, people[shape], 1 / np.sqrt(information[shape]))
    return Peaks(
        shape=shape,
        people=size,
        people_sd=size_sd,
        score=score[shape],
        passed=np.full(len(shape), number),
        lat=lat,
        lon=lon,
        added=csr_array(gains.multiply(people[shape][:, None])),
        by_column=csr_array(gains.multiply((search.residual / search.variance)[None, :])),
        weight=csr_array(gains.multiply(gains).multiply((1 / search.variance)[None, :])),
    )


def _sizes(gains: csr_array, search: _Search, filtered: Floats, filtered_sd: Floats) -> tuple[Floats, Floats]:
    """Sizes and their standard deviations: of the matched filter for small crowds, of plain sums for large ones.

    The filter has the least noise, yet finds too few people where a footprint is sharper than the truth. The sum of
    residuals over the sum of gains has more noise and does not mind how a footprint parts its people among the cells.
    """
    heard = csr_array(gains)
    share = heard.data / np.repeat(np.maximum(heard.sum(axis=1), 1e-300), np.diff(heard.indptr))
    ones = csr_array(((share >= LEAST_SHARE).astype(np.float64), heard.indices, heard.indptr), shape=heard.shape)
    total = np.maximum(np.asarray(ones.multiply(heard).sum(axis=1)).ravel(), 1e-300)
    summed, summed_sd = (ones @ search.residual) / total, np.sqrt(ones @ search.variance) / total
    doubt = (FOOTPRINT_SD * filtered) ** 2
    trust = doubt / (doubt + summed_sd**2)
    size = np.maximum(filtered + trust * (summed - filtered), 0.0)
    return size, np.hypot((1 - trust) * filtered_sd, trust * summed_sd)


def _best_shape(place: Positions, strength: Floats, places: int) -> Positions:
    """The strongest shape of each place."""
    order = np.lexsort((np.arange(len(place)), -strength, place))
    first = np.searchsorted(place[order], np.arange(places))
    return np.asarray(order[first])


def _is_strongest(support: csr_array, strength: Floats) -> npt.NDArray[np.bool_]:
    """Whether no place that shares a cell with this one is stronger; of equals the first one is."""
    rank = np.empty(len(strength), dtype=np.int64)
    rank[np.lexsort((np.arange(len(strength))[::-1], strength))] = np.arange(len(strength))
    by_cell = csc_array(support)
    row = by_cell.indices
    top = np.full(support.shape[1], -1, dtype=np.int64)
    np.maximum.at(top, np.repeat(np.arange(support.shape[1]), np.diff(by_cell.indptr)), rank[row])
    highest = np.full(support.shape[0], -1, dtype=np.int64)
    of_row = np.repeat(np.arange(support.shape[0]), np.diff(support.indptr))
    np.maximum.at(highest, of_row, top[support.indices])
    return np.asarray(highest <= rank)


def _centres(shapes: Shapes, chosen: Positions, strength: Floats) -> tuple[Floats, Floats]:
    """Means of the places around each chosen one, each weighted by its likelihood beside that of the chosen one."""
    near = _neighbours(shapes, chosen)
    row, place = near
    against = np.minimum(strength[place], strength[chosen][row])
    likelihood = np.exp((np.maximum(against, 0) ** 2 - strength[chosen][row] ** 2) / 2)
    total = np.bincount(row, weights=likelihood, minlength=len(chosen))
    lat = np.bincount(row, weights=likelihood * shapes.lat[place], minlength=len(chosen)) / total
    lon = np.bincount(row, weights=likelihood * shapes.lon[place], minlength=len(chosen)) / total
    return lat, lon


def _neighbours(shapes: Shapes, chosen: Positions) -> tuple[Positions, Positions]:
    """Row in `chosen` and place, for the chosen places themselves and the places next to them at the same interval."""
    position, around = neighbour_pairs(shapes.hexes[chosen])
    row = np.concatenate((np.arange(len(chosen)), position))
    wanted = pl.DataFrame(
        {
            "row": row,
            "interval": shapes.interval[chosen][row],
            "hex": np.concatenate((shapes.hexes[chosen], around)),
        }
    )
    places = pl.DataFrame({"interval": shapes.interval, "hex": shapes.hexes}).with_row_index("place")
    found = wanted.join(places, on=["interval", "hex"])
    return found["row"].to_numpy(), found["place"].to_numpy().astype(np.int64)


def _together(found: list[Peaks], columns: int) -> Peaks:
    if not found:
        none, nothing = np.empty(0, dtype=np.int64), np.empty(0)
        empty = csr_array((0, columns))
        return Peaks(none, nothing, nothing, nothing, none, nothing, nothing, empty, empty, empty)
    return Peaks(
        shape=np.concatenate([peaks.shape for peaks in found]),
        people=np.concatenate([peaks.people for peaks in found]),
        people_sd=np.concatenate([peaks.people_sd for peaks in found]),
        score=np.concatenate([peaks.score for peaks in found]),
        passed=np.concatenate([peaks.passed for peaks in found]),
        lat=np.concatenate([peaks.lat for peaks in found]),
        lon=np.concatenate([peaks.lon for peaks in found]),
        added=csr_array(vstack([peaks.added for peaks in found])),
        by_column=csr_array(vstack([peaks.by_column for peaks in found])),
        weight=csr_array(vstack([peaks.weight for peaks in found])),
    )
