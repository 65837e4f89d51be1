"""Which cell a phone is attached to: the truth of the radio network, of which an estimator knows a part."""

import numpy as np
import polars as pl
import pyarrow as pa
from h3ronpy import change_resolution_paired
from scipy.sparse import csr_array, vstack

from crowd.simulator.candidates import candidate_cells
from crowd.simulator.city import RESOLUTION, City, Floats, centres_of
from crowd.simulator.options import Radio
from crowd.simulator.shadowing import Positions, Shadowing, shadowing_of
from crowd.simulator.signal import Antennas, antennas_of, received_dbm

POINTS_PER_HEXAGON = 7  # the hexagons of the next finer resolution
STRONGEST_CELLS = 10
HANDICAP_DB = {"NR": 0.0, "LTE": 0.0, "UMTS": 1.0, "GSM": 6.0}  # phones prefer the later technology
MOST_AT_ONCE = 500_000  # hexagons x cells whose signal is worked out together


def attachment_shares(city: City, *, cells: pl.DataFrame, radio: Radio, noise: np.random.Generator) -> csr_array:
    """Return the share of an operator's phones in each hexagon that are attached to each of its cells.

    The signal at seven points of a hexagon is shifted by a lognormal shadowing, fixed per site and place, that
    stands in no cell plan. Phones choose by a softmax over it; a hexagon's ten strongest cells are kept.

    Args:
        city: the hexagons.
        cells: one operator's cells as they truly stand, with their `site`.
        radio: standard deviation and reach of the shadowing, and how sharply phones choose.
        noise: random numbers for the shadowing.

    Returns:
        Shape (hexagons, cells); every row adds up to one.
    """
    sites = cells["site"].to_numpy().astype(np.int64)
    shadowing = shadowing_of(city, sites=int(sites.max()) + 1, correlation_m=radio.correlation_m, noise=noise)
    reception = _Reception(city, cells=cells, sites=sites, radio=radio, shadowing=shadowing)
    candidates = candidate_cells(city, cells=cells)
    parts = -(-candidates.size // MOST_AT_ONCE)
    chunks = np.array_split(np.arange(city.hexes.size), parts)
    return csr_array(vstack([_of_chunk(chunk, candidates[chunk], reception=reception) for chunk in chunks]))


class _Reception:
    """How the phones of hexagons choose among candidate cells."""

    def __init__(
        self, city: City, *, cells: pl.DataFrame, sites: Positions, radio: Radio, shadowing: Shadowing
    ) -> None:
        self.cells = cells.height
        self._points = _points(city)
        self._antennas: Antennas = antennas_of(cells)
        self._handicap_db = cells["radio"].replace_strict(HANDICAP_DB, return_dtype=pl.Float64).to_numpy()
        self._sites, self._radio, self._shadowing = sites, radio, shadowing

    def weights(self, hexagons: Positions, candidates: Positions) -> Floats:
        """Return the sum over a hexagon's points of the share of phones that choose each candidate."""
        lat, lon = (points[hexagons] for points in self._points)
        antennas, sites = self._antennas.chosen(candidates), self._sites[candidates]
        weights = np.zeros(candidates.shape)
        for point in range(POINTS_PER_HEXAGON):
            there_lat, there_lon = lat[:, point], lon[:, point]
            shadow = self._shadowing.at(hexagons, lat=there_lat, lon=there_lon, sites=sites)
            shift_db = self._radio.shadowing_db * shadow - self._handicap_db[candidates]
            signal_dbm = received_dbm(there_lat[:, None], there_lon[:, None], antennas=antennas)
            weights += _softmax(signal_dbm + shift_db, softness_db=self._radio.handover_softness_db)
        return weights


def _of_chunk(hexagons: Positions, candidates: Positions, *, reception: _Reception) -> csr_array:
    shares = _strongest(reception.weights(hexagons, candidates))
    row, slot = np.nonzero(shares)
    return csr_array((shares[row, slot], (row, candidates[row, slot])), shape=(hexagons.size, reception.cells))


def _points(city: City) -> tuple[Floats, Floats]:
    """Return latitude and longitude of the points of each hexagon, shape (hexagons, points)."""
    pairs = pa.record_batch(change_resolution_paired(city.hexes, RESOLUTION + 1))
    lat, lon = centres_of(pairs.column("cell_after").to_numpy())
    return lat.reshape(-1, POINTS_PER_HEXAGON), lon.reshape(-1, POINTS_PER_HEXAGON)


def _softmax(signal_dbm: Floats, *, softness_db: float) -> Floats:
    weights: Floats = np.exp((signal_dbm - signal_dbm.max(axis=1, keepdims=True)) / softness_db)
    weights /= weights.sum(axis=1, keepdims=True)
    return weights


def _strongest(shares: Floats) -> Floats:
    """Keep the largest shares of each row and let them add up to one."""
    kept = min(STRONGEST_CELLS, shares.shape[1])
    least = np.partition(shares, -kept, axis=1)[:, -kept, None]
    strongest: Floats = np.where(shares >= least, shares, 0)
    strongest /= strongest.sum(axis=1, keepdims=True)
    return strongest
