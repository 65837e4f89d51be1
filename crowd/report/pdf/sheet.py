"""What all pages of a report are made from, worked out once."""

from dataclasses import dataclass

import geopandas as gpd
import polars as pl

from crowd.mobility.gathering_figures import LEAST_CLEAR_COVERAGE
from crowd.mobility.model import Weekly
from crowd.report.pdf.facts import wide_facts
from crowd.report.pdf.pages import frames_by_page
from crowd.report.pdf.plan import Plan, plan_pages
from crowd.report.pdf.scale import Scale, make_scale
from crowd.report.pdf.sentences import Material
from crowd.report.pdf.told import told_facts
from crowd.report.pdf.whole import add_whole, kept_roots, whole_days, whole_facts
from crowd.report.whole_week import shown_hours
from crowd.report.words import Words

PART_SILENT = 0.5  # of a decrease, from which on it is marked where as many of the usual people's cells were silent


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Numbers, texts and colours of all areas.

    Attributes:
        material: numbers of the week.
        hours: `shown_hours` by area and of everything.
        told: `told_facts` of the week, of everything too.
        days: the same of every day, of the areas that pages are made of.
        fills: `area_code, panel, fill, status, is_silent` of every area in every panel of the maps.
        gatherings: by page.
        warnings: by page.
        outlines: of the areas; None where there are none.
        words: of the language.
    """

    material: Material
    hours: dict[str, pl.DataFrame]
    told: pl.DataFrame
    days: dict[str, pl.DataFrame]
    fills: pl.DataFrame
    gatherings: dict[str, pl.DataFrame]
    warnings: dict[str, pl.DataFrame]
    outlines: gpd.GeoDataFrame | None
    words: Words

    @property
    def plan(self) -> Plan:
        """Which pages there are."""
        return self.material.plan

    def place(self) -> str:
        """Name of everything that the report covers."""
        roots = self.plan.roots
        return str(roots["area_name"][0]) if roots.height == 1 else self.words.say("report.everywhere")


def make_sheet(weekly: Weekly, *, words: Words, outlines: gpd.GeoDataFrame | None) -> Sheet:
    """Work out what the pages have in common."""
    plan = plan_pages(weekly)
    facts, whole = whole_facts(weekly, plan)
    days = wide_facts(weekly, period="day")
    kept = kept_roots(facts, plan)
    hours = add_whole(shown_hours(weekly), kept=kept)
    on_maps = pl.col("area_code").is_in(plan.fine["area_code"].implode())
    scale = make_scale(facts.filter(on_maps), days.filter(on_maps))
    inside = plan.inside
    return Sheet(
        material=Material(
            weekly=weekly,
            plan=plan,
            facts=facts,
            whole=whole,
            kept=kept.len(),
            hours=hours.filter(pl.col("level") == plan.level),
            scale=scale,
        ),
        hours=_by_area(hours, plan),
        told=told_facts(pl.concat([facts, whole.select(facts.columns)]), words=words),
        days=_told_days(days, whole_days(days, hours, kept), plan, words=words),
        fills=_fills(plan.areas, facts, days, scale, weekly),
        gatherings=frames_by_page(weekly.gatherings, inside),
        warnings=frames_by_page(weekly.warnings, inside),
        outlines=outlines if outlines is not None and len(outlines) else None,
        words=words,
    )


def _by_area(hours: pl.DataFrame, plan: Plan) -> dict[str, pl.DataFrame]:
    """Hours of the areas that have a page, and of everything."""
    wanted = [*plan.pages["page"], ""]
    own = hours.filter(pl.col("area_code").is_in(wanted))
    return {str(code): part for (code,), part in own.partition_by("area_code", as_dict=True).items()}


def _told_days(days: pl.DataFrame, whole: pl.DataFrame, plan: Plan, *, words: Words) -> dict[str, pl.DataFrame]:
    own = days.filter(pl.col("area_code").is_in(plan.pages["page"].implode()))
    both = pl.concat([own, whole], how="diagonal").with_columns(pl.col("^.*_status$").fill_null("missing"))
    told = told_facts(both, words=words)
    return {str(code): part for (code,), part in told.partition_by("area_code", as_dict=True).items()}


def pages_without_numbers(sheet: Sheet) -> dict[str, str]:
    """Pages none of whose areas has a number of people in any hour, with the name of the phrase that says why."""
    inside = sheet.plan.inside.select("area_code", "page")
    status = pl.col("status")
    known = (
        sheet.material.weekly.hours.lazy()
        .join(inside.lazy(), on="area_code")
        .group_by("page")
        .agg(
            is_empty=~((status == "shown") & pl.col("people").is_not_null()).any(),
            is_missing=(status == "missing").all(),
            is_hidden=(status == "hidden").all(),
        )
        .filter("is_empty")
        .sort("page")
    )
    why = pl.when("is_missing").then(pl.lit("nothing_missing")).when("is_hidden").then(pl.lit("nothing_hidden"))
    return dict(known.select("page", why.otherwise(pl.lit("nothing"))).collect().iter_rows())


def _fills(areas: pl.DataFrame, facts: pl.DataFrame, days: pl.DataFrame, scale: Scale, weekly: Weekly) -> pl.DataFrame:
    """What no indicator tells of is missing."""
    panels = pl.DataFrame({"panel": range(8), "date": [None, *weekly.days()]}, schema_overrides={"panel": pl.Int32})
    every = areas.select("area_code").join(panels, how="cross")
    held = pl.concat([facts, days]).select(
        "area_code", "date", "coverage", scale.indicator, f"{scale.indicator}_status"
    )
    joined = every.join(held, on=["area_code", "date"], how="left", nulls_equal=True, maintain_order="left")
    status = pl.col(f"{scale.indicator}_status").fill_null("missing")
    known = pl.col(scale.indicator).is_not_null()
    return joined.with_columns(status.alias(f"{scale.indicator}_status")).select(
        "area_code",
        "panel",
        fill=scale.fill(),
        status=pl.when(~known).then(status),
        is_silent=(known & _is_silent(scale)).fill_null(value=False),
    )


def _is_silent(scale: Scale) -> pl.Expr:
    """Whether so many cells were silent that a difference may be the network.

    Either few reported, or a decrease that has a colour may be silent cells for a good part.
    """
    lost = 100 - pl.col("coverage")
    few = lost > 100 * (1 - LEAST_CLEAR_COVERAGE)
    if not scale.is_change:
        return few
    change = pl.col(scale.indicator)
    return few | ((change <= -scale.least_pct) & (lost >= -change * PART_SILENT))
