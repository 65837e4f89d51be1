"""Counting false alarms: those near each other in space and time are one."""

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree

# Alarms so near to each other are one false alarm; one that stays on is another one each day, from 04:00.
NEAR_M, NEAR_H = 1000.0, 2
MORNING_H = 4

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]


def episodes(hour: Positions, xy: Floats) -> Positions:
    """How many false alarms the first n alarms are, for every n: those near each other count once.

    Alarms are put to spots of at most `NEAR_M` around the best of them, so that no chain of alarms spans the city. The
    number of their connected pieces is that of alarms less that of the edges of a spanning tree that takes the earliest
    edges first.

    Args:
        hour: of each alarm, since a local midnight; alarms in order of score, the highest first.
        xy: where, in metres, shape (alarms, 2).
    """
    if not len(hour):
        return np.empty(0, dtype=np.int64)
    spot, day = _spots(xy), (hour - MORNING_H) // 24
    order = np.lexsort((hour, spot))
    left, right = _near_in_time(hour[order], np.unique(np.stack([spot, day]), axis=1, return_inverse=True)[1][order])
    left, right = order[left], order[right]
    # An edge is there from the later of its two alarms on; a weight of zero would be no edge.
    joined = coo_array((np.maximum(left, right) + 1.0, (left, right)), shape=(len(hour), len(hour)))
    tree = minimum_spanning_tree(joined.tocsr())
    merged = np.bincount(tree.data.astype(np.int64) - 1, minlength=len(hour))
    return np.cumsum(1 - merged)


def _near_in_time(hour: Positions, group: Positions) -> tuple[Positions, Positions]:
    """All pairs of alarms of one group at most `NEAR_H` apart; alarms come in order of group, then time."""
    last = np.searchsorted(group * 1e6 + hour, group * 1e6 + hour + NEAR_H, side="right")
    count = last - np.arange(len(hour)) - 1
    left = np.repeat(np.arange(len(hour)), count)
    right = left + 1 + np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return left, right


def _spots(xy: Floats) -> Positions:
    """A spot for each alarm, from the best alarm on: it takes all that lie near it and have none yet."""
    spot = np.full(len(xy), -1, dtype=np.int64)
    left = np.arange(len(xy))
    number = 0
    while left.size:
        is_near = np.hypot(*(xy[left] - xy[left[0]]).T) <= NEAR_M
        spot[left[is_near]] = number
        left, number = left[~is_near], number + 1
    return spot
