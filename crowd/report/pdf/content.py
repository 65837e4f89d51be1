"""Everything that the templates put on paper: texts by place, and files of maps and curves."""

from collections.abc import Container
from dataclasses import replace
from datetime import date

import geopandas as gpd
import polars as pl

from crowd.mobility.model import Weekly
from crowd.report.gathering_order import clear_first
from crowd.report.options import ReportOptions
from crowd.report.pdf.closing import closing_texts
from crowd.report.pdf.edition import edition_text, publisher_line
from crowd.report.pdf.highlights import peaks
from crowd.report.pdf.holidays import holiday_notes
from crowd.report.pdf.maps import WEEK_PANEL
from crowd.report.pdf.numbers import Own, first_numbers, page_numbers
from crowd.report.pdf.pictures import FIRST_CURVE, PAGE_CURVE, SaveFile, Told, first_map, locator, page_maps, told_curve
from crowd.report.pdf.plan import EVERYTHING
from crowd.report.pdf.sentences import make_sentences
from crowd.report.pdf.sheet import Sheet, make_sheet, pages_without_numbers
from crowd.report.pdf.tables import MOST_GATHERINGS, area_rows, flow_rows, flows_note, gathering_rows, warning_rows
from crowd.report.words import Words
from crowd.report.words.language import zone_name
from geo.areas import LEVELS

SILENT = "*"  # behind a day's number under a map with lines


def make_content(
    weekly: Weekly, *, words: Words, outlines: gpd.GeoDataFrame | None, options: ReportOptions, save: SaveFile
) -> Told:
    """All that the templates need, as plain texts, numbers and lists."""
    weekly = replace(weekly, gatherings=clear_first(weekly.gatherings))
    sheet = make_sheet(weekly, words=words, outlines=outlines)
    return {
        "language": words.language,
        "words": {name: words.section(name) for name in ("report", "table", "map", "curve", "parts", "alert_short")},
        "report": _report(weekly, sheet, options),
        "legend": sheet.material.scale.legend(words),
        "first": _first(sheet, save),
        "pages": _pages(sheet, save),
        "tables": _tables(sheet),
        "closing": closing_texts(weekly, options=options, words=words),
    }


def _report(weekly: Weekly, sheet: Sheet, options: ReportOptions) -> Told:
    words, days = sheet.words, weekly.days()
    first = words.day(days[0]) if days[0].year == days[-1].year else words.whole_day(days[0])
    return {
        "title": words.say("report.title"),
        "subtitle": words.say("report.subtitle"),
        "span": words.say("report.span", first=first, last=words.whole_day(days[-1])),
        "week": words.say("report.week", label=weekly.week.label),
        "edition": edition_text(weekly, words=words),
        "publisher": publisher_line(options),
        "times": words.say("report.times", zone=zone_name(weekly.week.timezone)),
        "test": words.say("report.test") if weekly.is_test else None,
        "test_mark": words.say("report.test_mark") if weekly.is_test else None,
        "author": options.publisher or words.say("report.author"),
        "keywords": words.say("report.keywords").split(", "),
        "place": sheet.place(),
        "page": words.phrases["report.page"],
        "continued": words.phrases["report.continued"],
        "reference": _reference(weekly, words),
        "days": [_day(day, weekly, words) for day in days],
    }


def _day(day: date, weekly: Weekly, words: Words) -> Told:
    note = words.say("report.holiday") if day in weekly.holidays else None
    return {"short": words.days_short[day.weekday()], "number": str(day.day), "note": note}


def _reference(weekly: Weekly, words: Words) -> str | None:
    """Which weeks the usual comes from, and what holidays do to it."""
    if not weekly.reference:
        return None
    first, last = weekly.reference[0].days[0], weekly.reference[-1].days[-1]
    count = len(weekly.reference)
    told = words.say("curve.reference", count=count, first=words.day_of_year(first), last=words.day_of_year(last))
    return " ".join([told, *holiday_notes(weekly, words=words)])


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
    areas = plan.fine.with_columns(number=pl.int_range(1, pl.len() + 1).over("page").cast(pl.Int32))
    places = {row["page"]: row["area_name"] or _unnamed(sheet) for row in plan.pages.iter_rows(named=True)}
    empty = pages_without_numbers(sheet)
    maps = page_maps(sheet, areas, places={page: name for page, name in places.items() if page not in empty}, save=save)
    rows = area_rows(_with_finer(areas, sheet), sheet.told, weekly=weekly, words=words)
    flows = flow_rows(areas, sheet.material.facts, words=words)
    owns = _owns(sheet)
    return [
        (
            _empty_page(key, empty[key], sheet, save=save, own=owns[key], place=place)
            if key in empty
            else _page(key, sheet, save=save, own=owns[key], place=place)
            | {"map": maps.get(key), "rows": rows.get(key, [])}
        )
        | {"parent": parent, "flows": flows.get(key, [])}
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
    words, silent = sheet.words, _silent_days(key, sheet)
    # Areas that lie in no page's area are not everything together, so they have no numbers of their own.
    has_own = bool(key) or sheet.plan.pages.height == 1
    figures = {"place": place, "gatherings": own.gatherings, "sheet": sheet, "height": PAGE_CURVE, "save": save}
    return _outcomes(own, sheet) | {
        "key": key or "other",
        "name": place,
        "nothing": None,
        "level": words.say(f"levels.{sheet.plan.level}"),
        "numbers": page_numbers(own, material=sheet.material, words=words) if has_own else [],
        "days": _days(key, sheet, silent) if has_own else [],
        "days_note": words.say("map.silent_days") if has_own and silent else None,
        "curve": told_curve(key, **figures) if has_own else None,  # type: ignore[arg-type]
    }


def _outcomes(own: Own, sheet: Sheet) -> Told:
    """Rows of the gatherings and warnings of a page."""
    words, shown = sheet.words, own.gatherings.head(MOST_GATHERINGS)
    told = gathering_rows(shown, weekly=sheet.material.weekly, words=words) if shown.height else []
    return {"gatherings": told, "warnings": warning_rows(own.warnings, words=words) if own.warnings.height else []}


def _empty_page(key: str, why: str, sheet: Sheet, *, save: SaveFile, own: Own, place: str) -> Told:
    """A page that can only say why there is no number, and where the area lies."""
    return _outcomes(own, sheet) | {
        "key": key or "other",
        "name": place,
        "nothing": sheet.words.say(f"curve.{why}"),
        "map": locator(key, place=place, sheet=sheet, save=save),
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


def _silent_days(key: str, sheet: Sheet) -> set[int]:
    """Panels of a page's small maps on which an area has the lines of silent cells."""
    own = sheet.plan.fine.filter(pl.col("page") == key)["area_code"].implode()
    held = sheet.fills.filter("is_silent", pl.col("area_code").is_in(own), pl.col("panel") > WEEK_PANEL)
    return set(held["panel"])


def _days(key: str, sheet: Sheet, silent: Container[int]) -> list[str]:
    """Change (or people) of a page's own area by day, under its seven maps; marked where these have lines."""
    if key not in sheet.days:
        return []
    text = "change" if sheet.material.scale.is_change else "presence"
    held = dict(sheet.days[key].select("date", text).iter_rows())
    return [
        held.get(day, "\N{EN DASH}") + (SILENT if panel in silent else "")
        for panel, day in enumerate(sheet.material.weekly.days(), start=1)
    ]


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
        "flows_note": flows_note(words, form=""),
        "flows_note_short": flows_note(words, form="_short"),
    }
