"""Everything that a report covers, as one area: its only root, or the sum of those roots that have a number."""

import polars as pl

from crowd.mobility.model import Weekly
from crowd.report.pdf.facts import wide_facts
from crowd.report.pdf.plan import EVERYTHING, Plan
from crowd.report.tidy_numbers import rounded_people
from crowd.report.whole_week import change_of_means, mean_of_sums, shown_hours, summed_hours


def add_whole(hours: pl.DataFrame, *, kept: pl.Series) -> pl.DataFrame:
    """Hours of all areas, and of everything under the code EVERYTHING.

    A sum has a number where each of its parts has one, so nothing hidden is in it.

    Args:
        hours: `shown_hours` of a week.
        kept: codes of the areas that are summed.
    """
    whole = summed_hours(hours, kept=kept)
    told = whole.with_columns(area_code=pl.lit(EVERYTHING), level=pl.lit(""))
    return pl.concat([hours, told.select(hours.columns)])


def whole_facts(weekly: Weekly, plan: Plan) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Facts of the week by area and, as a second frame of one row, of everything.

    With a single root these are its own. Of several, people are added over those that have a number, and the change is
    that of their sum.
    """
    facts = wide_facts(weekly, period="week")
    roots = facts.filter(pl.col("area_code").is_in(plan.roots["area_code"].implode()))
    if plan.roots.height == 1:
        return facts, roots.with_columns(area_code=pl.lit(EVERYTHING))
    kept = kept_roots(facts, plan)
    hours = add_whole(shown_hours(weekly), kept=kept).filter(pl.col("area_code") == EVERYTHING)
    return facts, _summed(facts, hours, kept)


def whole_days(days: pl.DataFrame, hours: pl.DataFrame, kept: pl.Series) -> pl.DataFrame:
    """Presence and change of everything by day, as rows of `wide_facts`.

    Args:
        days: `wide_facts` by day.
        hours: of all areas and of everything, see `add_whole`.
        kept: see `kept_roots`.
    """
    if kept.len() == 1:
        return days.filter(pl.col("area_code") == kept[0]).with_columns(area_code=pl.lit(EVERYTHING))
    own = hours.filter(pl.col("area_code") == EVERYTHING)
    return own.group_by("date", maintain_order=True).agg(
        area_code=pl.lit(EVERYTHING), presence_mean=mean_of_sums()["people"], change_pct=change_of_means()
    )


def kept_roots(facts: pl.DataFrame, plan: Plan) -> pl.Series:
    """Codes of the roots that are summed: those whose mean of the week is shown."""
    if plan.roots.height == 1:
        return plan.roots["area_code"]
    shown = facts.filter(pl.col("presence_mean").is_not_null())["area_code"]
    return plan.roots.filter(pl.col("area_code").is_in(shown.implode()))["area_code"]


def _summed(facts: pl.DataFrame, hours: pl.DataFrame, kept: pl.Series) -> pl.DataFrame:
    means = mean_of_sums()
    low, high = pl.col("people_low").mean(), pl.col("people_high").mean()
    rounded = hours.select(
        presence_mean=means["people"],
        presence_mean_low=means["people_low"],
        presence_mean_high=means["people_high"],
        change_pct=change_of_means(),
        peak_people=rounded_people(pl.col("people").max(), low=low, high=high),
    )
    weight = pl.col("presence_mean")
    parts = facts.filter(pl.col("area_code").is_in(kept.implode()))
    coverage = (
        parts.select(((pl.col("coverage") * weight).sum() / weight.sum()).round(0)).item() if kept.len() else None
    )
    empty = facts.clear().with_columns(pl.col("^.*_status$").fill_null("missing"))
    told = rounded.with_columns(area_code=pl.lit(EVERYTHING), coverage=pl.lit(coverage, pl.Float64))
    whole_row = pl.concat([empty, told.cast({"area_code": pl.String})], how="diagonal")
    nothing = pl.lit("missing" if kept.len() == 0 else "short")
    return whole_row.with_columns(pl.col("^.*_status$").fill_null(nothing))
