"""How far the indicators of a weekly report are from the same indicators of the truth of synthetic cities."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from report import Report, rounded
from weekly_city import HOLIDAY, REFERENCE_WEEKS, SETTINGS, WeeklyCity, make_weekly_city, report_week
from weekly_events import EVENT_UNITS, told_gatherings, true_events
from weekly_place import PLACES, people_beside_truth
from weekly_truth import (
    Districts,
    indicators_of,
    naive_flows,
    people_at_masts,
    people_by_voronoi,
    true_flows,
    true_km2,
    true_people,
)

from crowd.mobility.model import Weekly

PRODUCT, VORONOI, MASTS, SENT = "Kerumun", "Voronoi", "masts", "as sent"
KEYS = ("period", "area_code", "date", "hour", "indicator")
PERCENT, HOURS_OF_DAY = 100, 24
# Errors that are not relative to the truth itself, and what they are told in.
CHANGE, PEAK, NET, SHARE = "change_pct", "peak_hour", "net_change", "flow_inside_share"
UNITS = {CHANGE: "points", PEAK: "hours", NET: "% of people", SHARE: "points", "flow_net": "% of flow", **EVENT_UNITS}
# How many people truly are there at the hour that is told as the peak, beside the most who are.
THEN = "people at peak_hour"
# People where all together are known, over more cities: whether ranges hold what is not known of place.
PLACE, PLACE_SEEDS = "presence, all people together known", range(1, 5)
# What a net figure is small beside.
BESIDE = {NET: "presence_mean", "flow_net": "flow_in"}
ABOUT = f"""\
Every indicator of people of a week's report, by district, beside the same indicator of the simulator's truth: its
hexagons belong to the district that their centre lies in, and means, medians and maxima are taken as they are defined,
nothing else. The week has a holiday ({HOLIDAY:%A}) and an outage of a third of the largest operator's cells for six
hours; the usual is that of {REFERENCE_WEEKS} weeks before. Networks differ from their plans, movers are counted twice,
small counts and flows are withheld, and nobody knows it: all methods are given the factor of the scenario's market
shares. *Error*: median and 90th percentile, relative to the truth; percentage points and hours where it says so; a net
change relative to the people who are there, a net flow to the inflow. *Truth*: the same of its own size. *In range*:
share of truths within low and high, where a range is told, and how wide it is (median, percent of the value; points of
a change). *Rank*: Spearman's correlation with the truth. *Shown*: share of the figures that are told.
*{THEN.capitalize()}*: how many truly are there at the hour that is told as the peak, beside the most who are. How far a
factor may be off is not told in the scenario, so ranges are those of the product's default, 0.7 to 1.4.
*{PLACE.capitalize()}*: a Monday of {len(PLACE_SEEDS)} seeds, people and ranges brought to as many as
there are in each hour, so that ranges are those of place and chance alone; nine truths of ten should lie within.
*Voronoi*: devices spread evenly over the ground nearest to the mast; *masts*: devices counted where the mast stands; a
withheld count is nothing, silent cells too, and every figure is told. Flows are phones of a day, beside those to be
expected; *as sent*: sums of what operators sent, a withheld flow is nothing. *gathering_hours*: of all levels together,
by the shipped policy, beside the hours of the gatherings that were not there in the weeks before; *silent_cell_hours*:
beside those of the outage. Both are mostly nothing, so that the error is told in hours and the rank is that of a few
districts; warnings have no truth."""


def measure_weekly_accuracy(folder: Path, names: Sequence[str], *, seeds: Sequence[int]) -> Report:
    """Every indicator in every city.

    Args:
        folder: to make the cities in.
        names: of `SETTINGS`.
        seeds: of the cities of each kind.
    """
    pairs = []
    for name in names:
        for seed in seeds:
            city = make_weekly_city(folder / f"{name}-{seed}", name, seed=seed)
            found = compare(city, report_week(city))
            pairs.append(found.with_columns(setting=pl.lit(SETTINGS[name]), seed=pl.lit(seed)))
    places = [_of_place(folder, name).select(pairs[0].columns) for name in PLACES]
    return report_of(pl.concat([*pairs, *places]), seeds)


def _of_place(folder: Path, name: str) -> pl.DataFrame:
    found = people_beside_truth(folder / "place", name, seeds=PLACE_SEEDS)
    named = {"period": "hour", "indicator": PLACE, "method": PRODUCT, "setting": PLACES[name]}
    literals = {column: pl.lit(text) for column, text in named.items()}
    return _judged(found.with_columns(size=pl.col("truth") / PERCENT, **literals))


def compare(city: WeeklyCity, weekly: Weekly) -> pl.DataFrame:
    """Truths beside what each method tells: KEYS, method, truth, value, low, high, error, is_inside."""
    districts = Districts(city)
    km2 = true_km2(city, districts)
    people = {VORONOI: people_by_voronoi(city, districts), MASTS: people_at_masts(city, districts)}
    told = {name: indicators_of(frame, km2, city) for name, frame in people.items()} | {SENT: naive_flows(city)}
    events = true_events(city, districts)
    truth = pl.concat([indicators_of(true_people(city, districts), km2, city), true_flows(city), events])
    truth = _with_size(truth.rename({"value": "truth"}))
    methods = {PRODUCT: _of_product(weekly)} | {name: frame.with_columns(_unknown()) for name, frame in told.items()}
    most = truth.filter(period="day", indicator="peak_people").with_columns(indicator=pl.lit(THEN))
    truth, hourly = pl.concat([truth, most]), truth.filter(period="hour", indicator="presence")
    methods = {name: pl.concat([frame, _people_then(frame, hourly)]) for name, frame in methods.items()}
    rows = [
        truth.join(frame, on=KEYS, how="left", nulls_equal=True)
        .filter(pl.col("indicator").is_in(frame["indicator"].unique().implode()))
        .with_columns(method=pl.lit(name))
        for name, frame in methods.items()
    ]
    return _judged(pl.concat(rows))


def _of_product(weekly: Weekly) -> pl.DataFrame:
    district = weekly.indicators.filter(pl.col("level") == "district")
    # Flows are compared by the day: a week's are means of these.
    is_told = ~(pl.col("indicator").str.starts_with("flow") & (pl.col("period") == "week"))
    told = district.filter(is_told).select(*KEYS, "value", "low", "high")
    return pl.concat([told, told_gatherings(weekly).with_columns(_unknown())])


def _people_then(told: pl.DataFrame, hourly: pl.DataFrame) -> pl.DataFrame:
    """True people of each day at the hour that is told as its peak."""
    peaks = told.filter(period="day", indicator=PEAK).with_columns(hour=pl.col("value").cast(pl.Int8))
    then = peaks.join(hourly.select("area_code", "date", "hour", "truth"), on=["area_code", "date", "hour"], how="left")
    return then.select(
        *("period", "area_code", "date"),
        pl.lit(None, pl.Int8).alias("hour"),
        pl.lit(THEN).alias("indicator"),
        pl.col("truth").alias("value"),
        *_unknown(),
    )


def _unknown() -> list[pl.Expr]:
    return [pl.lit(None, pl.Float64).alias(name) for name in ("low", "high")]


def _with_size(truth: pl.DataFrame) -> pl.DataFrame:
    """With `size`, what an error is relative to; 1 where it is told as it is."""
    beside = pl.col("indicator").replace(BESIDE)
    sizes = truth.select("period", "area_code", "date", "hour", pl.col("indicator").alias("beside"), size="truth")
    keys = ["period", "area_code", "date", "hour", "beside"]
    both = truth.with_columns(beside=beside).join(sizes, on=keys, how="left", nulls_equal=True).drop("beside")
    is_plain = pl.col("indicator").is_in([CHANGE, PEAK, SHARE, *EVENT_UNITS])
    return both.with_columns(size=pl.when(is_plain).then(1.0).otherwise(pl.col("size") / PERCENT))


def _judged(rows: pl.DataFrame) -> pl.DataFrame:
    off = (pl.col("value") - pl.col("truth")).abs()
    around = pl.min_horizontal(off, HOURS_OF_DAY - off)
    error = pl.when(pl.col("indicator") == PEAK).then(around).otherwise(off) / pl.col("size")
    return rows.with_columns(error=error, is_inside=pl.col("truth").is_between("low", "high"))


def report_of(pairs: pl.DataFrame, seeds: Sequence[int]) -> Report:
    """Figures of all pairs of truth and value."""
    figures = _figures(pairs)
    by_key: dict[tuple[str, ...], dict[str, dict[str, Any]]] = {}
    for figure in figures:
        key = (figure["setting"], figure["period"], figure["indicator"])
        by_key.setdefault(key, {})[figure["method"]] = figure
    return Report(
        name="weekly_accuracy",
        title=f"Weekly report: indicators beside the truth of synthetic cities, {_seeds(len(seeds))}",
        about=ABOUT,
        columns=(
            "city: indicator",
            "figures",
            "shown",
            "error",
            "truth",
            "in range",
            "rank",
            "Voronoi",
            "masts",
            "as sent",
        ),
        rows=[_row(key, methods) for key, methods in by_key.items()],
        record={"seeds": list(seeds), "figures": figures},
    )


def _figures(pairs: pl.DataFrame) -> list[dict[str, Any]]:
    groups = pairs.group_by("setting", "period", "indicator", "method", maintain_order=True)
    both = pl.col("truth").is_not_null() & pl.col("value").is_not_null()
    frame = groups.agg(
        figures=pl.len(),
        shown=pl.col("value").is_not_null().mean(),
        median_error=pl.col("error").median(),
        p90_error=pl.col("error").quantile(0.9),
        # Signed, of the same size: what all districts have in common.
        median_offset=((pl.col("value") - pl.col("truth")) / pl.col("size")).median(),
        in_range=pl.col("is_inside").mean(),
        rank=pl.corr(pl.col("truth").filter(both), pl.col("value").filter(both), method="spearman"),
        median_truth=pl.col("truth").abs().median(),
        p90_truth=pl.col("truth").abs().quantile(0.9),
        below=_beside(pl.col("low")).median(),
        above=_beside(pl.col("high")).median(),
        unit=pl.col("indicator").first().replace_strict(UNITS, default="%"),
    )
    number = pl.when(pl.selectors.float().is_finite()).then(pl.selectors.float())
    return frame.with_columns(number.name.keep()).to_dicts()


def _beside(end: pl.Expr) -> pl.Expr:
    """An end of a range from the value: points where the value is in percent, else percent of it."""
    off = end - pl.col("value")
    return pl.when(pl.col("indicator") == CHANGE).then(off).otherwise(off / pl.col("value") * PERCENT)


def _row(key: tuple[str, ...], methods: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    setting, period, indicator = key
    ours = methods[PRODUCT]
    in_range, rank = ours["in_range"], ours["rank"]
    around = "" if in_range is None else f"{in_range:.2f} ({ours['below']:+.0f}, {ours['above']:+.0f})"
    return (
        f"{setting}: {indicator}, {period}",
        f"{ours['figures']:,}",
        f"{ours['shown']:.2f}",
        _error(ours),
        f"{rounded(ours['median_truth'])}, {rounded(ours['p90_truth'])}",
        around,
        "" if rank is None else f"{rank:.2f}",
        *(_error(methods[name]) if name in methods else "" for name in (VORONOI, MASTS, SENT)),
    )


def _error(figure: Mapping[str, Any]) -> str:
    median, p90 = figure["median_error"], figure["p90_error"]
    if median is None or np.isnan(median):
        return "none"
    unit = figure["unit"]
    return f"**{median:.1f}**, {p90:.1f}{'%' if unit.startswith('%') else f' {unit}'}"


def _seeds(count: int) -> str:
    return "1 seed" if count == 1 else f"{count} seeds"
