"""Which pairs and margins of a matrix of flows stay uncertain by k devices, whatever is published of the margins.

A pair can be larger by k than it is where k devices can be shifted along a cycle of other pairs so that every
published margin stays: the pair (i, j) gains k, another pair of column j loses k, another pair of that row gains k, and
so on until a pair of row i loses k. Pairs that lose must hold at least k. A margin that is not published may change, so
a cycle may end in one hidden margin and start again in another. That is reachability in a directed graph: the nodes are
rows and columns; a row leads to the columns of all its pairs, for these may gain; a column leads to the rows of those
of its pairs that hold k.

Where the number of areas reached is published for a row, no pair of the row may pass k by the shift: there only pairs
of at least 2k lose, and only pairs that are counted gain.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from crowd.flows.matrix import DayMatrix, Hidden, Mask


@dataclass(frozen=True, kw_only=True)
class Certificates:
    """What is sure to be uncertain by k devices.

    Attributes:
        pairs: shape (n, n).
        flow_out: of the hidden margins of rows, shape (n,); true for those that are published.
        flow_in: likewise of columns.
    """

    pairs: Mask
    flow_out: Mask
    flow_in: Mask


def certify(flows: DayMatrix, hidden: Hidden, *, counted: Mask, k: int) -> Certificates:
    """Find a shift for every pair of areas and for every hidden margin.

    Args:
        flows: the matrix.
        hidden: margins that are not published.
        counted: rows whose number of areas reached is published, shape (n,).
        k: devices.
    """
    count = len(flows.codes)
    edges = _edges(flows, counted=counted, k=k)
    reach = _reachable(edges)
    is_hidden = np.concatenate([hidden.flow_out, hidden.flow_in])
    to_hidden: Mask = np.any(reach & is_hidden, axis=1)
    from_hidden: Mask = np.any(reach & is_hidden[:, None], axis=0)
    # from column j to row i; a hidden margin on the way takes up what another one gives
    pairs = reach[count:, :count] | (to_hidden[count:, None] & from_hidden[None, :count])
    others = is_hidden[None, :] & ~np.eye(2 * count, dtype=bool)
    flow_out: Mask = np.any(reach & others, axis=1)[:count]
    flow_in: Mask = np.any(reach & others.T, axis=0)[count:]
    return Certificates(
        pairs=pairs.T,
        flow_out=flow_out | ~hidden.flow_out,
        flow_in=flow_in | ~hidden.flow_in,
    )


def _edges(flows: DayMatrix, *, counted: Mask, k: int) -> Mask:
    """Where a shift may go next, shape (2n, 2n): rows first, then columns."""
    count = len(flows.codes)
    is_other = ~np.eye(count, dtype=bool)
    may_gain = is_other & (~counted[:, None] | ~flows.is_small)
    may_lose = is_other & (flows.values >= np.where(counted, 2 * k, k)[:, None])
    edges = np.zeros((2 * count, 2 * count), dtype=bool)
    edges[:count, count:] = may_gain
    edges[count:, :count] = may_lose.T
    return edges


def _reachable(edges: Mask) -> Mask:
    """Which nodes can be reached from which, each from itself: over strongly connected parts, which are few."""
    parts, part = connected_components(coo_array(edges), directed=True, connection="strong")
    between = np.zeros((parts, parts), dtype=np.float32)
    start, end = np.nonzero(edges)
    between[part[start], part[end]] = 1
    np.fill_diagonal(between, 1)
    known = 0
    while known < (found := int(np.count_nonzero(between))):
        known = found
        between = np.minimum(between @ between, 1)
    return np.asarray(between[np.ix_(part, part)] > 0)
