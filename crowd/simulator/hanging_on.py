"""Phones that hang on to a cell that is not their best: handover noise, other every hour."""

import numpy as np
from scipy.sparse import csr_array


def with_handover_noise(shares: csr_array, *, noise_share: float, noise: np.random.Generator) -> csr_array:
    """Spread a share of the phones of each hexagon at random over the cells they can hear.

    How they spread is drawn evenly from all ways to spread (a flat Dirichlet distribution).

    Args:
        shares: share of a hexagon's phones per cell, shape (hexagons, cells).
        noise_share: how many of them hang on to a random cell.
        noise: random numbers of the hour.
    """
    if noise_share == 0:
        return shares
    row = np.repeat(np.arange(shares.shape[0]), np.diff(shares.indptr))
    drawn = noise.standard_exponential(shares.nnz)
    drawn /= np.bincount(row, weights=drawn, minlength=shares.shape[0])[row]
    mixed = (1 - noise_share) * shares.data + noise_share * drawn
    return csr_array((mixed, shares.indices, shares.indptr), shape=shares.shape)
