"""Figures of the whole week, from its days.

A week's mean is the mean of the days that are shown, at least five of them, and none may be hidden: otherwise the mean
over the others, told beside them, would be all that can be said without the hidden one.
"""

import polars as pl

from crowd.mobility.daily import BOUNDS, PARTS

LEAST_DAYS = 5
LEVELS = ("matched", "matched_usual")


def week_figures(days: pl.DataFrame) -> pl.DataFrame:
    """The figures of `day_figures` over the week: a row for each area, in order of areas.

    Means are means of the days' means, the peak is the fullest hour of the week, `matched` and its like are sums over
    the days that can be compared; silent cells and hours of coverage add up.
    """
    statuses = [_status(f"{part}_status") for part in (*PARTS, "level")]
    means = [pl.col(f"{part}{end}").mean() for part in PARTS for end in BOUNDS]
    top = pl.col("peak").arg_max()
    peak = [pl.col(name).get(top, null_on_oob=True) for name in ("peak", "peak_low", "peak_high", "peak_hour")]
    sums = [pl.col(name).sum() for name in LEVELS]
    data = [
        *(pl.col(name).sum() for name in ("covered", "covered_hours", "silent_cells")),
        *(pl.col(name).any() for name in ("coverage_known", "has_data")),
    ]
    frame = days.lazy().sort("area", "date").group_by("area", maintain_order=True)
    return _told(frame.agg(*means, *peak, *sums, *data, *statuses)).collect()


def week_levels(past: pl.DataFrame) -> pl.DataFrame:
    """How each reference week stood to the usual, from its days.

    Args:
        past: as `crowd.mobility.daily.past_levels` gives them.

    Returns:
        week, area, matched, matched_usual (null where fewer than five days are known or one is hidden), is_hidden.
    """
    frame = past.lazy().group_by("week", "area")
    sums = [pl.col(name).sum() for name in ("matched", "matched_usual")]
    whole = frame.agg(*sums, days=pl.col("matched").count(), is_hidden=pl.col("is_hidden").any())
    usable = ~pl.col("is_hidden") & (pl.col("days") >= LEAST_DAYS)
    told = [pl.when(usable).then(name).alias(name) for name in ("matched", "matched_usual")]
    return whole.with_columns(*told).drop("days").collect()


def _status(name: str) -> pl.Expr:
    status = pl.col(name)
    hidden = pl.when((status == "hidden").any()).then(pl.lit("hidden"))
    shown = hidden.when((status == "shown").sum() >= LEAST_DAYS).then(pl.lit("shown"))
    return shown.when((status == "missing").all()).then(pl.lit("missing")).otherwise(pl.lit("short")).alias(name)


def _told(frame: pl.LazyFrame) -> pl.LazyFrame:
    numbers = {f"{part}{end}": f"{part}_status" for part in PARTS for end in BOUNDS}
    numbers |= dict.fromkeys(("peak", "peak_low", "peak_high", "peak_hour"), "mean_status")
    numbers |= dict.fromkeys(LEVELS, "level_status")
    return frame.with_columns(
        pl.when(pl.col(status) == "shown").then(name).alias(name) for name, status in numbers.items()
    )
