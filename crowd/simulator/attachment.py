"""Which cell a phone is attached to: the truth of the radio network, of which an estimator knows a part."""

import numpy as np
import polars as pl
import pyarrow as pa
from h3ronpy import change_resolution_paired
from scipy.sparse import csr_array

from crowd.simulator.city import RESOLUTION, City, Floats, centres_of
from crowd.simulator.signal import received_dbm

POINTS_PER_HEXAGON = 7  # the hexagons of the next finer resolution
STRONGEST_CELLS = 10
SOFTNESS_DB = 4.0  # a cell weaker by this gets 1/e of the phones
SHADOWING_DB = 4.0  # standard deviation; 6 in 3GPP TR 38.901 (UMa), less as it is the mean of a hexagon
HANDICAP_DB = {"LTE": 0.0, "UMTS": 1.0}  # phones prefer LTE


def attachment_shares(city: City, *, cells: pl.DataFrame, noise: np.random.Generator) -> csr_array:
    """Return the share of an operator's phones in each hexagon that are attached to each of its cells.

    The signal at seven points of a hexagon is shifted by a lognormal shadowing, fixed per site and hexagon, that
    stands in no cell plan. Phones choose by a softmax over it; a hexagon's ten strongest cells are kept.

    Args:
        city: the hexagons.
        cells: one operator's cells, as `cells_on_sites` returns them.
        noise: random numbers for the shadowing.

    Returns:
        Shape (hexagons, cells); every row adds up to one.
    """
    sites = cells["site"].to_numpy()
    shadowing_db = SHADOWING_DB * noise.standard_normal((sites.max() + 1, city.hexes.size))
    handicap_db = cells["radio"].replace_strict(HANDICAP_DB, return_dtype=pl.Float64).to_numpy()
    shift_db = shadowing_db.T[:, sites] - handicap_db
    lat, lon = _points(city)
    shares = np.zeros_like(shift_db)
    for point in range(POINTS_PER_HEXAGON):
        shares += _softmax(received_dbm(lat[:, point], lon[:, point], cells=cells) + shift_db)
    return csr_array(_strongest(shares))


def _points(city: City) -> tuple[Floats, Floats]:
    """Return latitude and longitude of the points of each hexagon, shape (hexagons, points)."""
    pairs = pa.record_batch(change_resolution_paired(city.hexes, RESOLUTION + 1))
    lat, lon = centres_of(pairs.column("cell_after").to_numpy())
    return lat.reshape(-1, POINTS_PER_HEXAGON), lon.reshape(-1, POINTS_PER_HEXAGON)


def _softmax(signal_dbm: Floats) -> Floats:
    weights: Floats = np.exp((signal_dbm - signal_dbm.max(axis=1, keepdims=True)) / SOFTNESS_DB)
    weights /= weights.sum(axis=1, keepdims=True)
    return weights


def _strongest(shares: Floats) -> Floats:
    """Keep the largest shares of each row and let them add up to one."""
    kept = min(STRONGEST_CELLS, shares.shape[1])
    least = np.partition(shares, -kept, axis=1)[:, -kept, None]
    strongest: Floats = np.where(shares >= least, shares, 0)
    strongest /= strongest.sum(axis=1, keepdims=True)
    return strongest
