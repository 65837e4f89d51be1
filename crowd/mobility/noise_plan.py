"""Which counts get noise, and how far one device can move them all together."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from crowd.mobility.tree_order import KEYS, Arranged, Flags, Tree
from crowd.mobility.tree_shares import ground_inside

# A cell's devices are spread over areas in fractions. Whole steps this fine carry them almost exactly.
STEPS_PER_DEVICE = 2**24
# The base table rounds devices to 0.000001, and steps round again: one device may move each count so much further.
STEPS_OF_ROUNDING = 18


@dataclass(frozen=True, kw_only=True)
class NoisePlan:
    """Where noise falls.

    Attributes:
        is_drawn: by place of an arranged tree: areas without any inside, and open ones.
        sensitivity: the most that one device in an hour moves all drawn counts together, in steps.
    """

    is_drawn: Flags
    sensitivity: int


def plan_noise(tree: Tree, arranged: Arranged) -> NoisePlan:
    """Noise on the areas that have none inside; all others are their sums.

    Open areas, of whose ground more than a twentieth lies in none of their children, also have noise on what they have
    there. Both is decided by the ground, never by counts, so it tells nothing of them.

    The ground is divided once (`crowd.mobility.tree_shares`): what a device is in the areas without any inside and in
    what open ones keep sums to one at most, so it moves all drawn counts together by one, and by their rounding.
    """
    found = ground_inside(tree.rows).join(arranged.places, on=KEYS)
    drawn = found.filter(pl.col("children").is_null() | pl.col("is_open"))
    counts = drawn.height + int(drawn["children"].sum())
    is_drawn = np.zeros(arranged.count, dtype=bool)
    is_drawn[drawn["place"].to_numpy()] = True
    return NoisePlan(is_drawn=is_drawn, sensitivity=STEPS_PER_DEVICE + counts * STEPS_OF_ROUNDING)
