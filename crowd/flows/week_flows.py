"""A week's flow figures by area: of its days, of what is usual on them, and of the whole."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl

from crowd.flows.day_figures import DAY_FIGURES
from crowd.mobility.reference import compare_weeks
from crowd.mobility.week_means import LEAST_DAYS
from crowd.mobility.weeks import DAYS, Week

COMPARED = ("flow_in", "flow_out", "flow_net", "flow_inside_share")
TOLD = (*COMPARED, "flow_areas_reached")
IN_PERCENT = ("flow_in", "flow_out")


def flow_days(told: Mapping[date, pl.DataFrame], week: Week, *, areas: pl.DataFrame) -> pl.DataFrame:
    """A row for each day of a week and area: `area` (row of the areas), date, weekday, figures and their statuses.

    Args:
        told: figures of days as published, columns of `DAY_FIGURES`; absent where there are no flows.
        week: whose days.
        areas: columns of AREAS, of one level.
    """
    place = areas.select("area_code").with_row_index("area")
    parts = []
    for weekday, day in enumerate(week.days):
        found = told.get(day)
        figures = pl.DataFrame(schema=DAY_FIGURES) if found is None else found
        marked = figures.with_columns(has_data=pl.lit(True))
        of_day = place.join(marked, on="area_code", how="left", maintain_order="left")
        parts.append(of_day.with_columns(date=pl.lit(day), weekday=pl.lit(weekday, pl.UInt32)))
    days = pl.concat(parts).with_columns(flow_net=pl.col("flow_in") - pl.col("flow_out"))
    return days.with_columns(_day_status(name).alias(f"{name}_status") for name in TOLD)


def with_usual(days: pl.DataFrame, past: Sequence[pl.DataFrame], *, areas: int) -> pl.DataFrame:
    """The same with what is usual on the same weekday, and how far each figure is from it.

    Args:
        days: what `flow_days` gives of the week.
        past: what it gives of each reference week.
        areas: how many areas there are.

    Returns:
        Besides, for each of COMPARED: `_usual` and `_change` (percent of flows, else the difference) with their status.
    """
    nothing = days.clear().with_columns(week=pl.lit(0, pl.UInt32))
    numbered = [each.with_columns(week=pl.lit(number, pl.UInt32)) for number, each in enumerate(past)]
    earlier = pl.concat([nothing, *numbered])
    spot = pl.col("area") * DAYS + pl.col("weekday")
    places = earlier.select(spot).to_series().to_numpy().astype(np.uint32)
    here = days.select(spot).to_series()
    for name in COMPARED:
        rows = earlier.select("week", people=name, is_hidden=pl.col(f"{name}_status") == "hidden")
        usual = compare_weeks(rows, places=places, shape=(len(past), areas * DAYS))
        days = days.with_columns(
            usual["usual"].gather(here).alias(f"{name}_usual"),
            usual["usual_status"].gather(here).alias("usual_status"),
        ).with_columns(_changed(name), _change_status(name))
    return days.drop("usual_status")


def flow_week(days: pl.DataFrame) -> pl.DataFrame:
    """The week's figures of each area: means of the days that are shown, at least five of them, and none hidden.

    Changes of flows in percent are of the sums over the days that can be compared, other changes the mean of the days'.
    """
    frame = days.lazy().sort("area", "date").group_by("area", maintain_order=True)
    means = [pl.col(name).mean() for name in TOLD]
    changes = [_changed_sums(name) if name in IN_PERCENT else pl.col(f"{name}_change").mean() for name in COMPARED]
    statuses = [_week_status(f"{name}_status") for name in TOLD]
    change_statuses = [_week_status(f"{name}_change_status") for name in COMPARED]
    return frame.agg(*means, *changes, *statuses, *change_statuses).collect()


def _day_status(name: str) -> pl.Expr:
    shown = pl.when(pl.col(name).is_not_null()).then(pl.lit("shown"))
    return shown.when(pl.col("has_data").fill_null(value=False)).then(pl.lit("hidden")).otherwise(pl.lit("missing"))


def _changed(name: str) -> pl.Expr:
    value, usual = pl.col(name), pl.col(f"{name}_usual")
    change = 100 * (value / usual - 1) if name in IN_PERCENT else value - usual
    return change.alias(f"{name}_change")


def _change_status(name: str) -> pl.Expr:
    is_known = pl.col(f"{name}_status") == "shown"
    return pl.when(is_known).then("usual_status").otherwise(f"{name}_status").alias(f"{name}_change_status")


def _changed_sums(name: str) -> pl.Expr:
    is_compared = pl.col(f"{name}_change_status") == "shown"
    value, usual = (pl.col(each).filter(is_compared).sum() for each in (name, f"{name}_usual"))
    return (100 * (value / usual - 1)).alias(f"{name}_change")


def _week_status(name: str) -> pl.Expr:
    status = pl.col(name)
    hidden = pl.when((status == "hidden").any()).then(pl.lit("hidden"))
    shown = hidden.when((status == "shown").sum() >= LEAST_DAYS).then(pl.lit("shown"))
    return shown.when((status == "missing").all()).then(pl.lit("missing")).otherwise(pl.lit("short")).alias(name)
