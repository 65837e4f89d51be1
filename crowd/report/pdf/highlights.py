"""What stands out in a week: where and when more people were than usual."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from crowd.report.pdf.plan import Plan
from crowd.report.tidy_numbers import rounded_people

CLEAR_SCORE = 2.0  # robust standard deviations from which on an hour is not just as usual
CLEAR_SHARE = 0.05  # of the usual; where that hardly varies, even a little is unusual


@dataclass(frozen=True, kw_only=True)
class Moment:
    """An hour in an area.

    Attributes:
        area_code: where.
        area_name: its name.
        page_name: name of the area whose page it is on; None where that is everything.
        at: start of the hour, UTC.
        people: how many were there, rounded.
        usual: how many usually are; None where that is unknown.
    """

    area_code: str
    area_name: str
    page_name: str | None
    at: datetime
    people: float
    usual: float | None


def area_names(plan: Plan) -> pl.DataFrame:
    """`area_code, area_name, page_name` of the areas of the pages; the last is null where there is a single page."""
    pages = plan.pages.select("page", page_name="area_name")
    fine = plan.fine.select("area_code", "area_name", "page")
    named = fine.join(pages, on="page", how="left", maintain_order="left").drop("page")
    return named if plan.pages.height > 1 else named.with_columns(page_name=pl.lit(None, pl.String))


def furthest_above(hours: pl.DataFrame, plan: Plan) -> Moment | None:
    """The hour with most people above usual, where that is clearly more than chance; None where there is none."""
    above = pl.col("people") - pl.col("usual")
    is_unusual = (above >= CLEAR_SCORE * pl.col("spread")).fill_null(value=True)
    is_much = (above > 0) & (above >= CLEAR_SHARE * pl.col("usual"))
    return _moment(hours.filter(is_unusual & is_much), plan, by=above)


def most_people(hours: pl.DataFrame, plan: Plan) -> Moment | None:
    """The hour with most people in one area; None where no hour may be shown."""
    return _moment(hours.filter(pl.col("people").is_not_null()), plan, by=pl.col("people"))


def _moment(hours: pl.DataFrame, plan: Plan, *, by: pl.Expr) -> Moment | None:
    named = hours.join(area_names(plan), on="area_code", maintain_order="left").with_columns(by=by)
    if named.height == 0:
        return None
    low, high = pl.col("people_low"), pl.col("people_high")
    first = named.sort(["by", "area_code", "interval_start"], descending=[True, False, False]).head(1)
    row = first.with_columns(rounded_people(pl.col(name), low=low, high=high) for name in ("people", "usual")).row(
        0, named=True
    )
    return Moment(
        area_code=row["area_code"],
        area_name=row["area_name"],
        page_name=row["page_name"],
        at=row["interval_start"],
        people=row["people"],
        usual=row["usual"],
    )


def peaks(hours: pl.DataFrame) -> pl.DataFrame:
    """`area_code, at, most, low, high, change`: each area's hour with most people, rounded.

    `change` is against the usual of that hour in percent, of the numbers before they are rounded.
    """
    low, high = pl.col("people_low"), pl.col("people_high")
    shown = hours.filter(pl.col("people").is_not_null())
    told = shown.sort(["people", "interval_start"], descending=[True, False]).group_by("area_code", maintain_order=True)
    names = {"most": "people", "low": "people_low", "high": "people_high"}
    return told.first().select(
        "area_code",
        at="interval_start",
        change=((pl.col("people") / pl.col("usual") - 1) * 100).round(1) + 0.0,
        **{name: rounded_people(pl.col(held), low=low, high=high) for name, held in names.items()},
    )
