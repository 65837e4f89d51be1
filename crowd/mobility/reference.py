"""What is usual: the median of the same weekday and local hour over the reference weeks, and how far they scatter."""

from collections.abc import Collection, Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt
import polars as pl

from crowd.mobility.weeks import Week
from lake.errors import RefusedInputError

DEFAULT_WEEKS = 5
LEAST_WEEKS = 3
# Makes the median of absolute deviations (MAD) of normal noise equal its standard deviation.
MAD_SCALE = 1.4826
# Weeks that differ by less than this share of their median are equal but for the last bits of sums.
EQUAL_SHARE = 1e-9
# Of a median of three to five weeks nobody can know better than this how much weeks vary: the MAD of so few is often
# far too small by chance, and scores beyond all sense would follow.
LEAST_SCATTER = 0.02
HOURS_OF_DAY, HOURS_OF_WEEK = 24, 168

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def choose_reference(
    week: Week, *, named: Sequence[Week] | None, with_data: Collection[Week], now: datetime
) -> tuple[Week, ...]:
    """The weeks that are usual, oldest first: those that are named, or of the five whole weeks before those with data.

    Args:
        week: whose usual is wanted.
        named: weeks that the user named; None for the five before.
        with_data: weeks that have any data.
        now: a week that is not over by then is no reference.

    Raises:
        RefusedInputError: a named week is the week itself or not over yet, or no named week has data.
    """
    if named is None:
        before = [week.earlier(n) for n in range(DEFAULT_WEEKS, 0, -1)]
        return tuple(one for one in before if one in with_data)
    if not named:
        raise RefusedInputError("no reference week is named: write weeks such as 2020-W09, or leave the reference out")
    for one in named:
        if one == week:
            raise RefusedInputError(f"{one.label} cannot be its own reference: name other weeks")
        if one.end > now:
            raise RefusedInputError(f"reference week {one.label} is not over yet: name weeks that are")
    chosen = tuple(sorted({one for one in named if one in with_data}))
    if not chosen:
        known = ", ".join(one.label for one in sorted(with_data)) or "none"
        raise RefusedInputError(f"none of the reference weeks has data: weeks with data are {known}")
    return chosen


def usual_hours(past: pl.DataFrame, *, areas: int, weeks: int) -> pl.DataFrame:
    """What is usual of each area at each hour of the week.

    Args:
        past: hours of the reference weeks with data, columns of PLACED, `week` counting them from 0.
        areas: how many areas there are.
        weeks: how many reference weeks.

    Returns:
        One row per slot (`slot_of`), in order of slots: usual (median of the weeks that are shown), scatter (1.4826
        MAD, at least a fiftieth of the usual; null where nobody usually is there), usual_status: "shown" from three
        weeks on; "hidden" where hidden ones would make three; else "short". `usual` and `scatter` are null unless
        shown.
    """
    slots = past.select(slot_of())["slot"].to_numpy()
    return compare_weeks(past, places=slots, shape=(weeks, areas * HOURS_OF_WEEK))


def slot_of() -> pl.Expr:
    """Number of an area's hour of the week among those of all areas."""
    hour = pl.col("weekday").cast(pl.UInt32) * HOURS_OF_DAY + pl.col("hour").cast(pl.UInt32)
    return (pl.col("area") * HOURS_OF_WEEK + hour).alias("slot")


def compare_weeks(rows: pl.DataFrame, *, places: npt.NDArray[np.uint32], shape: tuple[int, int]) -> pl.DataFrame:
    """Median and scatter over weeks of whatever has a value in each.

    Where a clock shows an hour twice, the later one counts.

    Args:
        rows: week, people (any number; null where it is not shown), is_hidden.
        places: what each row is about, shape (rows,), under shape[1].
        shape: how many weeks and places there are.

    Returns:
        usual, scatter and usual_status by place, as in `usual_hours`.
    """
    values = np.full(shape, np.nan)
    is_hidden = np.zeros(shape, dtype=bool)
    where = (rows["week"].to_numpy(), places)
    values[where] = rows["people"].to_numpy()
    is_hidden[where] = rows["is_hidden"].to_numpy()
    return _judged(values, is_hidden)


def robust_z(value: pl.Expr, *, usual: pl.Expr, scatter: pl.Expr) -> pl.Expr:
    """How many times the usual scatter a value is off its usual: (value - median) / scatter, see `usual_hours`."""
    return (value - usual) / scatter


def _judged(values: Floats, is_hidden: Flags) -> pl.DataFrame:
    known = np.isfinite(values).sum(axis=0)
    hidden = is_hidden.sum(axis=0)
    usual = _median(values, known)
    scatter = np.maximum(_median(np.abs(values - usual), known) * MAD_SCALE, LEAST_SCATTER * np.abs(usual))
    is_enough = known >= LEAST_WEEKS
    would_be = (hidden > 0) & (known + hidden >= LEAST_WEEKS)
    scatters = is_enough & (scatter > 0)
    frame = pl.DataFrame({"usual": usual, "scatter": scatter, "enough": is_enough, "would": would_be, "has": scatters})
    status = pl.when("enough").then(pl.lit("shown")).when("would").then(pl.lit("hidden")).otherwise(pl.lit("short"))
    return frame.select(
        usual=pl.when("enough").then("usual"), scatter=pl.when("has").then("scatter"), usual_status=status
    )


def _median(values: Floats, known: npt.NDArray[np.int_]) -> Floats:
    """Median of each column of the numbers that are known; not a number where none is."""
    if values.shape[0] == 0:
        return np.full(values.shape[1], np.nan)
    ordered = np.sort(values, axis=0)  # not-a-numbers come last
    column = np.arange(values.shape[1])
    low, high = np.maximum(known - 1, 0) // 2, np.minimum(known // 2, len(ordered) - 1)
    return np.asarray((ordered[low, column] + ordered[high, column]) / 2)
