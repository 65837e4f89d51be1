"""Maps and curves of a report, saved as files that the templates name."""

from collections.abc import Callable

import geopandas as gpd
import polars as pl

from crowd.report.pdf.curve import Curve, draw_curve
from crowd.report.pdf.maps import Drawn, draw_first, draw_pages
from crowd.report.pdf.sheet import Sheet

SaveFile = Callable[[str, str], str]
"""Keeps a file of a name and tells where the templates find it."""
Told = dict[str, object]
FIRST_CURVE, PAGE_CURVE = 440.0, 800.0  # heights of curves, see crowd.report.pdf.curve.WIDTH


def first_map(sheet: Sheet, *, save: SaveFile) -> Told | None:
    """The map of the first page; None without outlines."""
    plan = sheet.plan
    areas = plan.areas.filter(pl.col("level") == plan.first_level)
    outlines = _outlines_of(sheet.outlines, areas["area_code"])
    if outlines is None:
        return None
    # Without numbers: the table of the first page's areas stands on others.
    names = areas.select("area_code", "area_name", number=pl.lit(None, pl.Int32))
    drawn = draw_first(outlines, sheet.fills, names, plan.inside.select("area_code", "page"))
    return _told_map(drawn, "first", level=plan.first_level, place=sheet.place(), sheet=sheet, save=save)


def page_maps(sheet: Sheet, areas: pl.DataFrame, *, places: dict[str, str], save: SaveFile) -> dict[str, Told]:
    """The maps of all pages that have any.

    Args:
        sheet: of the report.
        areas: AREAS with `page` and `number`.
        places: names of the pages.
        save: keeps files.
    """
    held = {page: _outlines_of(sheet.outlines, areas.filter(pl.col("page") == page)["area_code"]) for page in places}
    known = {page: outlines for page, outlines in held.items() if outlines is not None}
    if not known:
        return {}
    level = sheet.plan.level
    return {
        page: _told_map(drawn, f"page-{page}", level=level, place=places[page], sheet=sheet, save=save)
        for page, drawn in draw_pages(known, sheet.fills, areas).items()
    }


def told_curve(
    key: str, *, place: str, gatherings: pl.DataFrame, sheet: Sheet, height: float, save: SaveFile
) -> Told | None:
    """The curve of an area; None where none of its hours may be shown."""
    weekly = sheet.material.weekly
    hours = pl.DataFrame({"interval_start": weekly.week.hours}, schema={"interval_start": pl.Datetime("us", "UTC")})
    if key not in sheet.hours:
        return None
    held = hours.join(sheet.hours[key], on="interval_start", how="left", maintain_order="left")
    curve = draw_curve(held, gatherings, week=weekly.week, words=sheet.words, height=height)
    return (
        None
        if curve is None
        else _told(curve, place=place, sheet=sheet, file=save(f"curve-{key}-{height:g}.svg", curve.svg))
    )


def _told(curve: Curve, *, place: str, sheet: Sheet, file: str) -> Told:
    return {
        "file": file,
        "ticks": curve.ticks,
        "has_usual": curve.has_usual,
        "has_band": curve.has_band,
        "has_gaps": curve.has_gaps,
        "has_silent": curve.has_silent,
        "levels": curve.levels,
        "alt": sheet.words.say("curve.alt", area=place),
    }


def _outlines_of(outlines: gpd.GeoDataFrame | None, codes: pl.Series) -> gpd.GeoDataFrame | None:
    if outlines is None:
        return None
    held = outlines[outlines["code"].isin(set(codes))]
    held = held[~(held.geometry.is_empty | held.geometry.isna())]
    return held if len(held) else None


def _told_map(drawn: Drawn, name: str, *, level: str, place: str, sheet: Sheet, save: SaveFile) -> Told:
    words = sheet.words
    kind = "change" if sheet.material.scale.is_change else "presence"
    figures = {"level": words.say(f"levels.{level}"), "area": place}
    bar = int(drawn.bar_km) if drawn.bar_km >= 1 else drawn.bar_km
    return {
        "file": save(f"{name}.svg", drawn.svg),
        "days_file": save(f"{name}-days.svg", drawn.days) if drawn.days else None,
        "labels": drawn.labels,
        "caption": words.say(f"map.{kind}", **figures),
        "days_caption": words.say(f"map.{kind}_days", **figures),
        "alt": words.say(f"map.alt_{kind}", **figures),
        "days_alt": words.say("map.alt_days", **figures),
        "bar": f"{bar} km",
        "bar_percent": drawn.bar_percent,
        "is_wide": drawn.is_wide,
        "has_inset": drawn.has_inset,
    }
