"""Days and weeks of density: hours side by side, beside other ways to the same sums."""

from collections.abc import Mapping
from pathlib import Path

from measuring import median_ratio, run_apart, spread
from report import Report, rounded, shown

DAY = 24
OURS = "hours side by side"
WAYS = {
    OURS: "day_ways.side_by_side",
    "a join for each hour": "day_ways.one_by_one",
    "one long join": "day_ways.long_join",
    "SciPy, people alone": "day_ways.scipy_product",
    "whole density": "day_ways.whole_density",
}
ABOUT = """\
*Hours side by side*: the product's batches, whose intervals stand side by side as columns of one join and group-by.
Beside it the product's statements for one hour after the other, and the long join of every weight with every hour. All
three from the counts' files to people, variance and devices, without looking for silent cells. *Whole density*: all
that the product computes of these hours, with silent cells and ranges. SciPy keeps its matrix in memory. Rows are
weights times hours; counts of the hours are those of one, shaken by up to a half."""


def measure_days(
    country: tuple[Path, Mapping[str, int]], tenth: tuple[Path, Mapping[str, int]], *, long_hours: int, rounds: int
) -> Report:
    """A day of the country by batches; a day and more of a tenth by every way that finishes."""
    cases = [
        (*tenth, DAY, tuple(WAYS)),
        (*tenth, long_hours, tuple(way for way in WAYS if way != "one long join")),
        (*country, DAY, (OURS, "SciPy, people alone", "whole density")),
    ]
    rows, figures = [], []
    for root, sizes, hours, ways in cases:
        seconds, peaks = _measure(root, hours, ways, rounds=rounds)
        for way in ways:
            median_s, peak = spread(seconds[way])["median"], spread(peaks[way])
            per_second, ratio = sizes["weights"] * hours / median_s, median_ratio(seconds[way], seconds[OURS])
            name = f"{sizes['cells']:,} cells, {hours} hours: {way}"
            rows.append(
                (name, shown(seconds[way]), rounded(per_second), rounded(peak["median"]), f"{rounded(ratio)} x")
            )
            figures.append(
                {
                    "cells": sizes["cells"],
                    "hours": hours,
                    "way": way,
                    "seconds": spread(seconds[way]),
                    "rows_per_s": per_second,
                    "peak_mb": peak,
                    "this_to_side_by_side": ratio,
                }
            )
    return Report(
        name="days",
        title="A day and a week of density",
        about=ABOUT,
        columns=("size: way", "seconds", "rows/s", "peak MB", "beside hours side by side"),
        rows=rows,
        record={"figures": figures},
    )


def _measure(
    root: Path, hours: int, ways: tuple[str, ...], *, rounds: int
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    peaks: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way in ways:
            apart = run_apart(WAYS[way], root=root, hours=hours)
            seconds[way].append(apart.value)
            peaks[way].append(apart.peak_mb)
    return seconds, peaks
