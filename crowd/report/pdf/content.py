"""Everything that the templates put on paper: texts by place, and files of maps and curves."""

import geopandas as gpd
import polars as pl

from crowd.mobility.model import Weekly
from crowd.report.pdf.closing import closing_texts
from crowd.report.pdf.highlights import peaks
from crowd.report.pdf.numbers import Own, first_numbers, page_numbers
from crowd.report.pdf.pictures import FIRST_CURVE, PAGE_CURVE, SaveFile, Told, first_map, page_maps, told_curve
from crowd.report.pdf.plan import EVERYTHING
from crowd.report.pdf.sentences import make_sentences
from crowd.report.pdf.sheet import Sheet, make_sheet
from crowd.report.pdf.tables import MOST_GATHERINGS, area_rows, flow_rows, gathering_rows, warning_rows
from crowd.report.words import Words
from crowd.report.words.language import zone_name
from geo.areas import LEVELS


def make_content(weekly: Weekly, *, words: Words, outlines: gpd.GeoDataFrame | None, save: SaveFile) -> Told:
    """All that the templates need, as plain texts, numbers and lists."""
    sheet = make_sheet(weekly, words=words, outlines=outlines)
    return {
        "language": words.language,
        "words": {name: words.section(name) for name in ("report", "table", "map", "curve", "parts", "alert_short")},
        "report": _report(weekly, sheet),
        "legend": sheet.material.scale.legend(words) | {"statuses": _statuses(sheet)},
        "first": _first(sheet, save),
        "pages": _pages(sheet, save),
        "tables": _tables(sheet),
        "closing": closing_texts(weekly, words=words),
    }


def _statuses(sheet: Sheet) -> list[Told]:
    """Reasons for no number that occur on the maps, with their words."""
    levels = {sheet.plan.level, sheet.plan.first_level}
    codes = sheet.plan.areas.filter(pl.col("level").is_in(levels))["area_code"]
    seen = set(sheet.fills.filter(pl.col("area_code").is_in(codes.implode()))["status"].drop_nulls())
    return [
        {"name": name, "text": sheet.words.say(f"map.{name}")}
        for name in ("hidden", "missing", "short")
        if name in seen
    ]


def _report(weekly: Weekly, sheet: Sheet) -> Told:
    words, days = sheet.words, weekly.days()
    first = words.day(days[0]) if days[0].year == days[-1].year else words.whole_day(days[0])
    return {
        "title": words.say("report.title"),
        "subtitle": words.say("report.subtitle"),
        "span": words.say("report.span", first=first, last=words.whole_day(days[-1])),
        "week": words.say("report.week", label=weekly.week.label),
        "edition": words.say("report.edition", edition=weekly.edition),
        "times": words.say("report.times", zone=zone_name(weekly.week.timezone)),
        "test": words.say("report.test") if weekly.is_test else None,
        "test_mark": words.say("report.test_mark") if weekly.is_test else None,
        "author": words.say("report.author"),
        "keywords": words.say("report.keywords").split(", "),
        "place": sheet.place(),
        "page": words.phrases["report.page"],
        "reference": _reference(weekly, words),
        "days": [{"short": words.days_short[day.weekday()], "number": str(day.day)} for day in days],
    }


def _reference(weekly: Weekly, words: Words) -> str | None:
    """Which weeks the usual comes from."""
    if not weekly.reference:
        return None
    first, last = weekly.reference[0].days[0], weekly.reference[-1].days[-1]
    count = len(weekly.reference)
    return words.say("curve.reference", count=count, first=words.day_of_year(first), last=words.day_of_year(last))


def _first(sheet: Sheet, save: SaveFile) -> Told:
    gatherings, words = sheet.material.weekly.gatherings, sheet.words
    figures = {"place": sheet.place(), "gatherings": gatherings, "sheet": sheet, "height": FIRST_CURVE, "save": save}
    return {
        "numbers": first_numbers(sheet.material, words=words),
        "sentences": make_sentences(sheet.material, words=words),
        "map": first_map(sheet, save=save),
        "curve": told_curve(EVERYTHING, **figures),  # type: ignore[arg-type]
    }


def _pages(sheet: Sheet, save: SaveFile) -> list[Told]:
    plan, words, weekly = sheet.plan, sheet.words, sheet.material.weekly
    number = pl.int_range(1, pl.len() + 1).over("page").cast(pl.Int32)
    areas = plan.fine.with_columns(number=number)
    places = {row["page"]: row["area_name"] or _unnamed(sheet) for row in plan.pages.iter_rows(named=True)}
    maps = page_maps(sheet, areas, places=places, save=save)
    rows = area_rows(_with_finer(areas, sheet), sheet.told, weekly=weekly, words=words)
    flows = flow_rows(areas, sheet.material.facts, words=words)
    owns = _owns(sheet)
    return [
        _page(key, sheet, save=save, own=owns[key], place=place)
        | {
            "parent": parent,
            "map": maps.get(key),
            "rows": rows.get(key, []),
            "flows": flows.get(key, []),
        }
        for (key, place), parent in zip(places.items(), plan.pages["parent_name"], strict=True)
    ]


def _unnamed(sheet: Sheet) -> str:
    """Name of the page of areas that lie in none of the others."""
    return sheet.place() if sheet.plan.pages.height == 1 else sheet.words.say("parts.other_areas")


def _owns(sheet: Sheet) -> dict[str, Own]:
    pages = [str(page) for page in sheet.plan.pages["page"]]
    mine = pl.col("area_code").is_in(pages)
    facts = {row["area_code"]: row for row in sheet.told.filter(mine).to_dicts()}
    own_hours = [hours for code, hours in sheet.hours.items() if code in set(pages)]
    tops = {row["area_code"]: row for row in peaks(pl.concat(own_hours)).to_dicts()} if own_hours else {}
    weekly = sheet.material.weekly
    return {
        page: Own(
            facts=facts.get(page, {}),
            top=tops.get(page, {}),
            gatherings=sheet.gatherings.get(page, weekly.gatherings.clear()),
            warnings=sheet.warnings.get(page, weekly.warnings.clear()),
        )
        for page in pages
    }


def _page(key: str, sheet: Sheet, *, save: SaveFile, own: Own, place: str) -> Told:
    words, weekly = sheet.words, sheet.material.weekly
    # Areas that lie in no page's area are not everything together, so they have no numbers of their own.
    has_own = bool(key) or sheet.plan.pages.height == 1
    figures = {"place": place, "gatherings": own.gatherings, "sheet": sheet, "height": PAGE_CURVE, "save": save}
    shown = own.gatherings.head(MOST_GATHERINGS)
    return {
        "key": key or "other",
        "name": place,
        "level": words.say(f"levels.{sheet.plan.level}"),
        "numbers": page_numbers(own, material=sheet.material, words=words) if has_own else [],
        "days": _days(key, sheet) if has_own else [],
        "curve": told_curve(key, **figures) if has_own else None,  # type: ignore[arg-type]
        "gatherings": gathering_rows(shown, weekly=weekly, words=words) if shown.height else [],
        "warnings": warning_rows(own.warnings, words=words) if own.warnings.height else [],
    }


def _with_finer(areas: pl.DataFrame, sheet: Sheet) -> pl.DataFrame:
    """Areas of the pages, each followed by the finer ones in it."""
    below = sheet.plan.below()
    if below.height == 0:
        return areas
    inner = below.join(areas.select(parent_code="area_code", page="page"), on="parent_code", maintain_order="left")
    order = pl.coalesce(pl.when(pl.col("number").is_null()).then("parent_code"), "area_code")
    every = pl.concat([areas, inner], how="diagonal_relaxed")
    return every.sort(order, pl.col("number").is_not_null(), "area_code", descending=[False, True, False])


def _days(key: str, sheet: Sheet) -> list[str]:
    """Change (or people) of a page's own area by day, under its seven maps."""
    if key not in sheet.days:
        return []
    text = "change" if sheet.material.scale.is_change else "presence"
    held = dict(sheet.days[key].select("date", text).iter_rows())
    return [held.get(day, "\N{EN DASH}") for day in sheet.material.weekly.days()]


def _tables(sheet: Sheet) -> Told:
    material, words, plan = sheet.material, sheet.words, sheet.plan
    weekly = material.weekly
    finer = LEVELS[LEVELS.index(plan.level) :]
    coarse = plan.areas.filter(~pl.col("level").is_in(finer)).with_columns(number=pl.lit(None, pl.Int32))
    gatherings = weekly.gatherings
    more = {"count": MOST_GATHERINGS, "all": gatherings.height}
    return {
        "areas": area_rows(coarse.sort("area_code"), sheet.told, weekly=weekly, words=words).get("", []),
        "gatherings": gathering_rows(gatherings.head(MOST_GATHERINGS), weekly=weekly, words=words),
        "gatherings_more": words.say("table.more", **more) if gatherings.height > MOST_GATHERINGS else None,
        "warnings": warning_rows(weekly.warnings, words=words),
        "flows": flow_rows(coarse, material.facts, words=words).get("", []),
    }
