"""What is usual for a cell: median and spread of its counts at the same local hour of days alike."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from crowd.count_history import CountHistory, Flags, Numbers
from crowd.usual_instants import HOUR_OF_WEEK, MAX_DAYS

Floats = npt.NDArray[np.float64]
Tiers = npt.NDArray[np.uint8]

# Steps of the fallback, from the surest; 0 where nothing is known.
NOTHING, BY_HOUR_OF_WEEK, BY_HOUR_OF_DAY, BY_NEIGHBOURS = range(4)
TIER_NAMES = {
    NOTHING: "none",
    BY_HOUR_OF_WEEK: "hour_of_week",
    BY_HOUR_OF_DAY: "hour_of_day",
    BY_NEIGHBOURS: "neighbours",
}
MIN_WEEKS, MIN_DAYS = 4, 3
# More days than these change the median little and cost as much reading.
MOST_DAYS = 10


@dataclass(frozen=True)
class Usual:
    """What is usual, one number per interval and cell, all of shape (width,).

    Attributes:
        devices: median; NaN where nothing is known.
        variance: of single counts around it; NaN where nothing is known.
        samples: how many counts it rests on.
        tier: which step of the fallback.
    """

    devices: Floats
    variance: Floats
    samples: npt.NDArray[np.int64]
    tier: Tiers


def find_usual(history: CountHistory, instants: pl.DataFrame, *, told: Flags) -> Usual:
    """Medians over the same hour of the week; where a cell has too few weeks, over the same hour of like days.

    Hours of past gatherings are left out as long as half of the hours remain: what comes every week is usual.

    Args:
        history: earlier counts, with the table `wanted_cells`.
        instants: interval_no, interval_start, tier, age_days, as `usual_instants` gives them.
        told: who counts now, shape (width,); only for them days are looked at where weeks are lacking.
    """
    width = told.size
    weeks, crowded = history.samples(_numbered(instants, HOUR_OF_WEEK), wanted="wanted_cells", width=width)
    usual = _median(_calm(weeks, crowded))
    is_short = usual.samples < MIN_WEEKS
    tier = np.where(is_short, NOTHING, BY_HOUR_OF_WEEK).astype(np.uint8)
    if not (is_short & told).any():
        return _known(usual, tier)
    return _by_days(history, instants, usual, tier)


def nothing_usual(width: int) -> Usual:
    """Nothing is known of any."""
    unknown = np.full(width, np.nan)
    nothing = np.zeros(width, dtype=np.int64)
    return Usual(unknown, unknown.copy(), nothing, np.zeros(width, dtype=np.uint8))


def _by_days(history: CountHistory, instants: pl.DataFrame, weekly: Usual, tier: Tiers) -> Usual:
    is_recent = pl.col("row_no") < MOST_DAYS
    recent = _numbered(instants.filter(pl.col("age_days") <= MAX_DAYS), None).filter(is_recent)
    lacking = pl.DataFrame({"place": np.flatnonzero(tier == NOTHING)})
    history.restrict(lacking)
    days, crowded = history.samples(recent, wanted="lacking_cells", width=tier.size)
    daily = _median(_calm(days, crowded))
    is_daily = (tier == NOTHING) & (daily.samples >= MIN_DAYS)
    # What single weeks have shown may come every week: the larger of both is taken for usual.
    devices = np.fmax(daily.devices, np.where(weekly.samples > 0, weekly.devices, np.nan))
    return _known(
        Usual(
            devices=np.where(is_daily, devices, weekly.devices),
            variance=np.where(is_daily, daily.variance, weekly.variance),
            samples=np.where(is_daily, daily.samples, weekly.samples),
            tier=tier,
        ),
        np.where(is_daily, BY_HOUR_OF_DAY, tier).astype(np.uint8),
    )


def _known(usual: Usual, tier: Tiers) -> Usual:
    is_known = tier != NOTHING
    return Usual(
        devices=np.where(is_known, usual.devices, np.nan),
        variance=np.where(is_known, usual.variance, np.nan),
        samples=np.where(is_known, usual.samples, 0),
        tier=tier,
    )


def _numbered(instants: pl.DataFrame, tier: str | None) -> pl.DataFrame:
    """Instants of a tier, or of all, with their number among those of their interval, the most recent first."""
    chosen = instants if tier is None else instants.filter(tier=tier)
    number = pl.int_range(pl.len()).over("interval_no")
    return chosen.sort("interval_no", "age_days").select("interval_no", "interval_start", row_no=number)


def _calm(devices: Numbers, crowded: Flags) -> Numbers:
    told = np.isfinite(devices)
    calm = (told & ~crowded).sum(axis=0)
    is_left_out = crowded & (2 * calm >= told.sum(axis=0))
    return np.where(is_left_out, np.float32(np.nan), devices)


def _median(devices: Numbers) -> Usual:
    """Median of each column, and the mean square of what its numbers differ from it."""
    ordered = np.sort(devices, axis=0)  # not-a-numbers come last
    samples = np.isfinite(ordered).sum(axis=0)
    column = np.arange(devices.shape[1])
    if devices.shape[0] == 0:
        nothing = np.full(devices.shape[1], np.nan)
        return Usual(nothing, nothing.copy(), samples, np.zeros(devices.shape[1], dtype=np.uint8))
    low, high = np.maximum(samples - 1, 0) // 2, samples // 2
    median = (ordered[low, column].astype(np.float64) + ordered[np.minimum(high, len(ordered) - 1), column]) / 2
    squares = np.nansum((ordered - median) ** 2, axis=0, dtype=np.float64)
    variance = squares / np.maximum(samples - 1, 1)
    return Usual(np.where(samples > 0, median, np.nan), variance, samples, np.zeros(len(column), dtype=np.uint8))
