"""Which counts get noise, and how far one device can move them all together."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from crowd.mobility.tree_order import KEYS, Arranged, Flags, Tree

# A cell's devices are spread over areas in fractions. Whole steps this fine carry them almost exactly.
STEPS_PER_DEVICE = 2**24
# The base table rounds devices to 0.000001, and steps round again: one device may move each count so much further.
STEPS_OF_ROUNDING = 18
# Levels are often drawn apart, and their coasts differ. An area whose children leave more of its ground than this has
# not all of them loaded, and who is there would be missing from it.
COVERED = 0.95


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

    A device's shares in the areas of one level sum to one at most, but outlines of two levels need not agree. So
    levels with drawn counts add up, and those with open areas count twice: for what a device is in them, and for what
    is taken off it.
    """
    areas = tree.rows.select(*KEYS, "area_km2").join(arranged.places, on=KEYS)
    inside = areas.group_by(place="family").agg(inside_km2=pl.col("area_km2").sum(), children=pl.len())
    found = areas.join(inside, on="place", how="left").with_columns(
        is_finest=pl.col("children").is_null(),
        is_open=(pl.col("inside_km2") < COVERED * pl.col("area_km2")).fill_null(value=False),
    )
    drawn = found.filter(pl.col("is_finest") | pl.col("is_open"))
    layers = drawn["level"].n_unique() + drawn.filter("is_open")["level"].n_unique()
    counts = drawn.height + int(drawn["children"].sum())
    is_drawn = np.zeros(arranged.count, dtype=bool)
    is_drawn[drawn["place"].to_numpy()] = True
    return NoisePlan(is_drawn=is_drawn, sensitivity=layers * STEPS_PER_DEVICE + counts * STEPS_OF_ROUNDING)
