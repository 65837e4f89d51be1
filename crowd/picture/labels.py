"""Where labels go on a map, so that none covers another and few cover what the map shows."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RINGS_PX = (14.0, 40.0, 80.0, 140.0)
DIRECTIONS = np.array([(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)], dtype=np.float64)
GAP_PX = 5.0
COST_PER_MARK = 60.0
COST_PER_SHARE = 400.0


def boxes_around(anchor: Floats, *, size_px: Sequence[float]) -> Floats:
    """Boxes (n, 4: left, bottom, right, top) of one label beside its anchor box, the nearest first."""
    half = np.asarray(size_px, dtype=np.float64) / 2
    reach = (anchor[2:] - anchor[:2]) / 2
    rings = [DIRECTIONS * (reach + half + ring) for ring in RINGS_PX]
    middles = (anchor[:2] + anchor[2:]) / 2 + np.concatenate(rings)
    return np.hstack([middles - half, middles + half])


def boxes_on(points: Floats, *, size_px: Sequence[float]) -> Floats:
    """Boxes (n, 4) of one label centred on each point (n, 2)."""
    half = np.asarray(size_px, dtype=np.float64) / 2
    return np.hstack([points - half, points + half])


def best_box(
    candidates: Floats, *, panel_px: tuple[int, int], taken: Floats, avoided: Floats, marks: Floats
) -> Floats | None:
    """Choose the candidate that covers least; earlier ones win ties.

    Args:
        candidates: Boxes (n, 4), in order of liking.
        panel_px: Width and height a label must stay within.
        taken: Boxes (m, 4) that may not be touched, such as other labels.
        avoided: Boxes (m, 4) better left free, such as other gatherings.
        marks: Points (m, 2) better left free, such as target cells.

    Returns:
        A box, or None if none is free.
    """
    inside = np.all(candidates[:, :2] >= GAP_PX, axis=1)
    inside &= np.all(candidates[:, 2:] <= np.array(panel_px) - GAP_PX, axis=1)
    free = candidates[inside & (_overlap_px2(candidates, taken, gap_px=GAP_PX).sum(axis=1) == 0)]
    if len(free) == 0:
        return None
    area_px2 = np.prod(free[0, 2:] - free[0, :2])
    cost = np.arange(len(free), dtype=np.float64)
    cost += COST_PER_MARK * _marks_inside(free, marks)
    cost += COST_PER_SHARE * _overlap_px2(free, avoided, gap_px=0.0).sum(axis=1) / area_px2
    return np.asarray(free[np.argmin(cost)])


def _overlap_px2(boxes: Floats, others: Floats, *, gap_px: float) -> Floats:
    """Area (n, m) each box shares with each other box, when boxes are made larger by a gap."""
    low = np.maximum(boxes[:, None, :2] - gap_px, others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:] + gap_px, others[None, :, 2:])
    return np.asarray(np.prod(np.maximum(high - low, 0), axis=2))


def _marks_inside(boxes: Floats, marks: Floats) -> NDArray[np.intp]:
    """How many points lie in each box."""
    right_of = np.all(marks[None] >= boxes[:, None, :2] - GAP_PX, axis=2)
    left_of = np.all(marks[None] <= boxes[:, None, 2:] + GAP_PX, axis=2)
    return np.asarray(np.count_nonzero(right_of & left_of, axis=1))
