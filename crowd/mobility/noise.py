"""Differential privacy for published tables: noise from OpenDP (optional extra `dp`) on counts, before anything else.

Unit of privacy: one device, counted once at one cell in one hour. Nothing that is told of an hour depends on it by more
than a factor of exp(epsilon). See docs/method/disclosure.md.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import polars as pl

from crowd.mobility.noise_plan import STEPS_PER_DEVICE, NoisePlan, plan_noise
from crowd.mobility.public_factor import Factors, public_factors
from crowd.mobility.tree_order import KEYS, Arranged, Flags, Floats, Numbers, Tree, arrange
from lake.errors import RefusedInputError

BLOCK = 200_000  # counts that are drawn at a time
# Of normal noise so many standard deviations lie to either side in 90 of 100 cases, as in crowd/ranged_density.sql.
RANGE_DEVIATIONS = 1.645

Draw = Callable[[Numbers], Numbers]


def add_noise(hours: pl.DataFrame, tree: Tree, *, epsilon: float, factors: Factors | None = None) -> pl.DataFrame:
    """Noise on the devices of each hour, and people from these alone.

    Discrete Laplace noise falls on the counts of areas that have none within; every other area is the sum of the areas
    inside it (`crowd.mobility.noise_plan` says what becomes of ground in none of them). People are noised devices times
    one factor, people per device of the whole table in two figures. Coverage is the share of cells that reported, as
    the usual people are counts of devices too.

    Args:
        hours: the base table, with level, area_code, interval_start, people, people_low, people_high, devices, and
            cells and silent_cells where known.
        tree: all areas.
        epsilon: budget of each area and hour.
        factors: people per device; those of the table where not given.

    Returns:
        The rows in their order with new people, people_low, people_high (the range of the noise, times that of people
        per device of the whole table), devices, usual_people (null) and coverage. Rows without data stay without.

    Raises:
        RefusedInputError: epsilon is not positive, or OpenDP is not installed.
    """
    arranged = arrange(tree)
    plan = plan_noise(tree, arranged)
    draw = _laplace(epsilon, sensitivity=plan.sensitivity)
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
    is_drawn = is_known & plan.is_drawn[:, np.newaxis]
    noised, draws = _summed(_noised(_parts(devices, arranged, plan), is_drawn, draw), is_drawn, arranged)
    deviation = np.sqrt(2.0 * draws[place, hour]) * plan.sensitivity / STEPS_PER_DEVICE / epsilon
    told = pl.Series(noised[place, hour]), pl.Series(deviation)
    return _told(hours, has_data, *told, factors=factors or public_factors(hours, tree))


def _laplace(epsilon: float, *, sensitivity: int) -> Draw:
    """Adds noise to counts in steps that one device more or less moves by `sensitivity` together.

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
    mechanism: Any = dp.m.make_laplace(*space, scale=sensitivity / epsilon)

    def draw(steps: Numbers) -> Numbers:
        blocks = [steps[n : n + BLOCK] for n in range(0, len(steps), BLOCK)]
        # Exact draws take microseconds each, in which OpenDP leaves the interpreter free.
        with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
            drawn = [np.asarray(block, dtype=np.int64) for block in pool.map(mechanism, blocks)]
        return np.concatenate([steps[:0], *drawn])

    return draw


def _parts(devices: Floats, arranged: Arranged, plan: NoisePlan) -> Floats:
    """Devices that each draw is for: of an area without any inside, and of what an open one has in none of its own."""
    parts = np.where(plan.is_drawn[:, np.newaxis], devices, 0.0)
    for siblings in arranged.depths:
        inside = np.add.reduceat(devices[siblings.rows], siblings.starts, axis=0)
        parts[siblings.parents] -= np.where(plan.is_drawn[siblings.parents, np.newaxis], inside, 0.0)
    return np.maximum(parts, 0.0)


def _noised(parts: Floats, is_drawn: Flags, draw: Draw) -> Floats:
    noised = np.zeros_like(parts)
    steps = np.rint(parts[is_drawn] * STEPS_PER_DEVICE).astype(np.int64)
    noised[is_drawn] = draw(steps) / STEPS_PER_DEVICE
    return noised


def _summed(noised: Floats, is_drawn: Flags, arranged: Arranged) -> tuple[Floats, Floats]:
    """Sums from the finest areas upwards, and how many draws each of them holds."""
    draws = is_drawn.astype(float)
    for siblings in reversed(arranged.depths):
        for numbers in (noised, draws):
            numbers[siblings.parents] += np.add.reduceat(numbers[siblings.rows], siblings.starts, axis=0)
    return noised, draws


def _told(
    hours: pl.DataFrame, has_data: pl.Series, devices: pl.Series, deviation: pl.Series, *, factors: Factors
) -> pl.DataFrame:
    half = deviation * RANGE_DEVIATIONS
    told = {
        "people": devices.clip(0) * factors.people,
        "people_low": (devices - half).clip(0) * factors.low,
        "people_high": (devices + half).clip(0) * factors.high,
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
