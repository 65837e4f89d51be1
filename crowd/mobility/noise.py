"""Differential privacy for published tables: noise from OpenDP (optional extra `dp`) on counts, before anything else.

Unit of privacy: one device, counted once at one cell in one hour. Nothing that is told of an hour depends on it by more
than a factor of exp(epsilon). See docs/method/disclosure.md.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from crowd.mobility.tree_order import KEYS, Arranged, Floats, Numbers, Tree, arrange
from lake.errors import RefusedInputError

# A cell's devices are spread over areas in fractions. Whole steps this fine carry them almost exactly: rounding moves
# each area by one step at most, which the sensitivity counts in.
STEPS_PER_DEVICE = 2**20
BLOCK = 200_000  # counts that are drawn at a time
FACTOR_FIGURES = 2
# Of normal noise so many standard deviations lie to either side in 90 of 100 cases, as in crowd/ranged_density.sql.
RANGE_DEVIATIONS = 1.645

Draw = Callable[[Numbers], Numbers]


def add_noise(hours: pl.DataFrame, tree: Tree, *, epsilon: float) -> pl.DataFrame:
    """Noise on the devices of each hour, and people from these alone.

    Discrete Laplace noise of scale 1 / epsilon falls on the counts of areas that have none within, and on what a parent
    has in none of its children; every other area is the sum of what lies below it. People are noised devices times one
    factor, people per device of the whole table in two figures. Coverage is the share of cells that reported, as the
    usual people are counts of devices too.

    Args:
        hours: the base table, with level, area_code, interval_start, people, devices, and cells and silent_cells where
            known.
        tree: all areas.
        epsilon: budget of each area and hour.

    Returns:
        The rows in their order with new people, people_low, people_high (the range of the noise alone), devices,
        usual_people (null) and coverage. Rows without data stay without.

    Raises:
        RefusedInputError: epsilon is not positive, or OpenDP is not installed.
    """
    arranged = arrange(tree)
    draw = _laplace(epsilon, areas=arranged.count)
    rows = hours.select(*KEYS, "interval_start", "people", "devices").join(
        arranged.places, on=KEYS, how="left", maintain_order="left"
    )
    has_data = rows["people"].is_not_null() & rows["place"].is_not_null()
    place = rows["place"].fill_null(0).to_numpy()
    hour = (rows["interval_start"].rank("dense") - 1).cast(pl.Int64).to_numpy()
    shape = (arranged.count, int(hour.max(initial=-1)) + 1)
    devices, is_known = np.zeros(shape), np.zeros(shape, dtype=bool)
    devices[place, hour] = rows["devices"].fill_null(0.0).to_numpy()
    is_known[place, hour] = has_data.to_numpy()
    noised, draws = _summed(_noised(_parts(devices, arranged), is_known, draw), is_known, arranged)
    deviation = np.sqrt(2.0 * draws[place, hour]) / epsilon
    return _told(hours, has_data, pl.Series(noised[place, hour]), pl.Series(deviation), factor=_factor(hours, tree))


def spent(*, epsilon: float, hours: int, reference_weeks: int) -> float:
    """The most that one device can have spent in a report: it may be counted in each hour of each week.

    Args:
        epsilon: budget of each area and hour.
        hours: of the week.
        reference_weeks: weeks that the usual is taken from.
    """
    return epsilon * hours * (1 + reference_weeks)


def _laplace(epsilon: float, *, areas: int) -> Draw:
    """Adds noise to counts in steps, scaled to one device more or less in an hour.

    Raises:
        RefusedInputError: epsilon is not positive, or OpenDP is not installed.
    """
    if not (epsilon > 0 and np.isfinite(epsilon)):
        raise RefusedInputError(f"epsilon is {epsilon:g}: give a number over 0, such as 0.5, or leave it out")
    try:
        import opendp.prelude as dp  # noqa: PLC0415 - an optional extra
    except ImportError:
        raise RefusedInputError(
            "noise needs OpenDP, which is not installed: run 'pip install kerumun[dp]', or leave epsilon out"
        ) from None
    dp.enable_features("contrib")
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l1_distance(T="i64")
    sensitivity = STEPS_PER_DEVICE + areas
    mechanism: Any = dp.m.make_laplace(*space, scale=sensitivity / epsilon)

    def draw(steps: Numbers) -> Numbers:
        blocks = [mechanism(steps[n : n + BLOCK].tolist()) for n in range(0, len(steps), BLOCK)]
        return np.concatenate([np.asarray(block, dtype=np.int64) for block in blocks]) if blocks else steps

    return draw


def _parts(devices: Floats, arranged: Arranged) -> Floats:
    """Devices of each area that lie in none of its children: together, every device once."""
    parts = devices.copy()
    for siblings in arranged.depths:
        inside = np.add.reduceat(devices[siblings.rows], siblings.starts, axis=0)
        parts[siblings.parents] -= inside
    return np.maximum(parts, 0.0)


def _noised(parts: Floats, is_known: np.ndarray[Any, np.dtype[np.bool_]], draw: Draw) -> Floats:
    noised = np.zeros_like(parts)
    steps = np.rint(parts[is_known] * STEPS_PER_DEVICE).astype(np.int64)
    noised[is_known] = draw(steps) / STEPS_PER_DEVICE
    return noised


def _summed(noised: Floats, is_known: np.ndarray[Any, np.dtype[np.bool_]], arranged: Arranged) -> tuple[Floats, Floats]:
    """Sums from the finest areas upwards, and how many draws each of them holds."""
    draws = is_known.astype(float)
    for siblings in reversed(arranged.depths):
        for numbers in (noised, draws):
            numbers[siblings.parents] += np.add.reduceat(numbers[siblings.rows], siblings.starts, axis=0)
    return noised, draws


def _factor(hours: pl.DataFrame, tree: Tree) -> float:
    """People per device of the coarsest areas, in two figures: coarse enough to be told."""
    coarsest = hours.filter(pl.col("level") == tree.levels[0], pl.col("people").is_not_null()) if tree.levels else hours
    people, devices = float(coarsest["people"].sum()), float(coarsest["devices"].sum())
    return float(f"{people / devices:.{FACTOR_FIGURES}g}") if devices > 0 else 1.0


def _told(
    hours: pl.DataFrame, has_data: pl.Series, devices: pl.Series, deviation: pl.Series, *, factor: float
) -> pl.DataFrame:
    half = deviation * RANGE_DEVIATIONS
    told = {
        "people": devices.clip(0) * factor,
        "people_low": (devices - half).clip(0) * factor,
        "people_high": (devices + half).clip(0) * factor,
        "devices": devices,
    }
    nothing = pl.lit(None, dtype=pl.Float64)
    known = [pl.when(has_data).then(values).otherwise(None).alias(name) for name, values in told.items()]
    return hours.with_columns(*known, usual_people=nothing, coverage=_share_of_cells(hours))


def _share_of_cells(hours: pl.DataFrame) -> pl.Expr:
    if not {"cells", "silent_cells"} <= set(hours.columns):
        return pl.lit(None, dtype=pl.Float64)
    share = 1 - pl.col("silent_cells") / pl.col("cells")
    return pl.when(pl.col("cells") > 0).then(share.clip(0, 1)).otherwise(None)
