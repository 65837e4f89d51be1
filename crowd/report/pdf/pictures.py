"""Maps and curves of a report, saved as files that the templates name."""

from collections.abc import Callable

import geopandas as gpd
import polars as pl

from crowd.mobility.ancestry import lineage
from crowd.report.pdf.curve import Curve, draw_curve
from crowd.report.pdf.locator import draw_locator
from crowd.report.pdf.maps import WEEK_PANEL, Drawn, draw_first, draw_pages
from crowd.report.pdf.plan import EVERYTHING
from crowd.report.pdf.sentences import told_moment
from crowd.report.pdf.sheet import Sheet

SaveFile = Callable[[str, str], str]
"""Keeps a file of a name and tells where the templates find it."""
Told = dict[str, object]
MOST_IN_BOX = 2  # names told of the box beside a map
FIRST_CURVE, PAGE_CURVE = 440.0, 680.0  # heights of curves, see crowd.report.pdf.curve.WIDTH


def first_map(sheet: Sheet, *, save: SaveFile) -> Told | None:
    """The map of the first page; None without outlines."""
    plan = sheet.plan
    areas = plan.areas.filter(pl.col("level") == plan.first_level)
    outlines = _outlines_of(sheet.outlines, areas["area_code"])
    if outlines is None:
        return None
    # Without numbers: the table of the first page's areas stands on others.
    names = areas.select("area_code", "area_name", number=pl.lit(None, pl.Int32)).join(
        _roots(sheet), on="area_code", how="left", maintain_order="left"
    )
    pages = plan.inside.select("area_code", "page")
    drawn = draw_first(outlines, sheet.fills, names, pages, named=_named(sheet, areas["area_code"]))
    fills = sheet.fills.filter(pl.col("panel") == WEEK_PANEL, pl.col("area_code").is_in(areas["area_code"].implode()))
    told = _told_map(drawn, "first", level=plan.first_level, place=sheet.place(), sheet=sheet, save=save)
    return told | {"statuses": _statuses(fills, sheet)}


def _roots(sheet: Sheet) -> pl.DataFrame:
    """`area_code, root, root_name` of all areas."""
    roots = sheet.plan.roots
    names = roots.select(root="area_code", root_name="area_name")
    return lineage(sheet.plan.areas).rename({"above": "root"}).join(names, on="root", maintain_order="left")


def _named(sheet: Sheet, drawn: pl.Series) -> list[str]:
    """Codes, among those drawn, of the areas that the text names: of the furthest hour and of the largest gathering."""
    moment = told_moment(sheet.material)
    told = [moment.area_code] if moment else []
    told += sheet.material.weekly.gatherings["area_code"].head(1).to_list()
    above = dict(lineage(sheet.plan.areas).filter(pl.col("above").is_in(drawn.implode())).iter_rows())
    return [above[code] for code in told if code in above]


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
    inner = areas.select("area_code", "page")
    on_pages = sheet.fills.join(inner, on="area_code", maintain_order="left").partition_by("page", as_dict=True)
    return {
        page: _told_map(drawn, f"page-{page}", level=level, place=places[page], sheet=sheet, save=save)
        | {"statuses": _statuses(on_pages[(page,)], sheet)}
        for page, drawn in draw_pages(known, sheet.fills, areas).items()
    }


def _statuses(fills: pl.DataFrame, sheet: Sheet) -> list[Told]:
    """Patterns that occur on a map, with their words: why there is no number, or why one is not to be trusted."""
    words = sheet.words
    seen = set(fills["status"].drop_nulls())
    told: list[Told] = [
        {"name": name, "text": words.say(f"map.{name}")} for name in ("hidden", "missing", "short") if name in seen
    ]
    if fills["is_silent"].any():
        told.append({"name": "silent", "text": words.say("map.silent")})
    return told


def locator(page: str, *, place: str, sheet: Sheet, save: SaveFile) -> Told | None:
    """Where the area of a page lies among those beside it; None without outlines."""
    plan, words = sheet.plan, sheet.words
    row = plan.areas.filter(pl.col("area_code") == page)
    beside = plan.areas.filter(
        pl.col("level").is_in(row["level"].implode()),
        pl.col("parent_code").eq_missing(row["parent_code"].first()),
    )
    if beside.height < 2 or _outlines_of(sheet.outlines, row["area_code"]) is None:  # noqa: PLR2004 - nothing beside it
        beside = row = plan.fine.filter(pl.col("page") == page)
    outlines = _outlines_of(sheet.outlines, beside["area_code"])
    if outlines is None:
        return None
    drawn = draw_locator(outlines, beside.select("area_code", "area_name"), own=row["area_code"].to_list())
    parent = plan.pages.filter(pl.col("page") == page)["parent_name"].first()
    figures = {"area": place, "around": parent or sheet.place()}
    name = f"where-{page or EVERYTHING}"
    return _on_page(drawn, name, save=save) | {
        "caption": words.say("map.where", **figures),
        "alt": words.say("map.alt_where", **figures),
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
        "has_above": curve.has_above,
        "has_below": curve.has_below,
        "has_gaps": curve.has_gaps,
        "has_silent": curve.has_silent,
        "levels": curve.levels,
        "has_doubtful": curve.has_doubtful,
        "axis": sheet.words.say("curve.not_from_nought", least=curve.least) if curve.least else None,
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
    return _on_page(drawn, name, save=save) | {
        "inset": _inset_note(drawn, sheet),
        "caption": words.say(f"map.{kind}", **figures),
        "days_caption": words.say(f"map.{kind}_days", **figures),
        "alt": words.say(f"map.alt_{kind}", **figures),
        "days_alt": words.say("map.alt_days", **figures),
    }


def _inset_note(drawn: Drawn, sheet: Sheet) -> str | None:
    """What the box beside a map holds: its areas, or the pages that lie in it altogether, if they are few."""
    if not drawn.inset_codes:
        return None
    plan, words = sheet.plan, sheet.words
    own = pl.col("area_code").is_in(list(drawn.inset_codes))
    areas = plan.areas.filter(own)
    pages = plan.inside.filter(pl.col("level") == areas["level"][0]).group_by("page").agg(own.all().alias("is_inside"))
    whole = plan.pages.filter(pl.col("page").is_in(pages.filter("is_inside")["page"].implode()))
    inside = plan.inside.filter(own)["page"].n_unique()
    names = whole["area_name"].drop_nulls().to_list() if whole.height == inside else areas["area_name"].to_list()
    if not 0 < len(names) <= MOST_IN_BOX:
        return words.say("map.inset")
    return words.say("map.inset_of", areas=words.list_of(names))


def _on_page(drawn: Drawn, name: str, *, save: SaveFile) -> Told:
    bar = int(drawn.bar_km) if drawn.bar_km >= 1 else drawn.bar_km
    return {
        "file": save(f"{name}.svg", drawn.svg),
        "days_file": save(f"{name}-days.svg", drawn.days) if drawn.days else None,
        "labels": drawn.labels,
        "bar": f"{bar} km",
        "bar_percent": drawn.bar_percent,
        "is_wide": drawn.is_wide,
    }
