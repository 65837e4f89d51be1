"""What stands on the sheets of gatherings and of warnings."""

import polars as pl

from crowd.mobility.model import Weekly
from crowd.report.gathering_order import clear_first
from crowd.report.options import Language
from crowd.report.sheets_book import Column
from crowd.report.sheets_forms import FORMS, number_width
from crowd.report.sheets_said import SheetWords
from crowd.report.sheets_tables import Sheet, text_column, zone_name
from crowd.report.sheets_words import SHEET_WORDS
from crowd.report.tidy_numbers import rounded_people

Cells = dict[str, object]  # fields of a Column
TIME_WIDTH = 20.0


def gatherings_sheet(weekly: Weekly, *, language: Language) -> Sheet:
    """Gatherings of the week, the largest first and doubtful ones last, with times on the clock of the place."""
    words, zone = SHEET_WORDS[language], zone_name(weekly)
    peak = ("peak_people", "peak_low", "peak_high")
    low, high = pl.col("peak_low"), pl.col("peak_high")
    rows = clear_first(weekly.gatherings).with_columns(
        pl.col("started_at", "peak_at").dt.convert_time_zone(weekly.week.timezone),
        pl.col("highest_level").replace_strict(words.gathering_levels, default=pl.col("highest_level")),
        *(rounded_people(pl.col(each), low=low, high=high) for each in (*peak, "usual")),
        doubtful=pl.when("is_doubtful").then(pl.lit(words.doubtful["yes"])).otherwise(pl.lit(words.doubtful["no"])),
        of_them_sent="sent",
        why=pl.when(pl.col("peak_people").is_null()).then(pl.lit("hidden")),
    )
    hidden: Cells = {"kind": "number", "form": FORMS["people"], "status": "why"}
    told: dict[str, Cells] = {
        **{name: {} for name in ("area_code", "area_name", "place", "highest_level", "gathering_id")},
        "started_at": {"kind": "time", "width": TIME_WIDTH},
        "hours": {"kind": "number"},
        "peak_at": {"kind": "time", "width": TIME_WIDTH},
        **dict.fromkeys((*peak, "usual"), hidden),
        "doubtful": {},
        "warnings": {"kind": "number"},
        "of_them_sent": {"kind": "number"},
    }
    return Sheet(name="gatherings", columns=_columns(told, rows, words, zone), rows=rows)


def warnings_sheet(weekly: Weekly, *, language: Language) -> Sheet:
    """Warnings of the week by area."""
    words = SHEET_WORDS[language]
    number: Cells = {"kind": "number"}
    told: dict[str, Cells] = {"area_code": {}, "area_name": {}}
    for count in ("drafted", "approved", "rejected", "sent", "delivered"):
        told[count] = number
    rows = weekly.warnings
    return Sheet(name="warnings", columns=_columns(told, rows, words, zone_name(weekly)), rows=rows)


def _columns(told: dict[str, Cells], rows: pl.DataFrame, words: SheetWords, zone: str) -> list[Column]:
    """Columns of texts where nothing else is said, as wide as they have to be."""
    titles = {name: words.columns[name].format(zone=zone) for name in told}
    return [
        Column(name=name, title=titles[name], **{"width": number_width(titles[name]), **more})  # type: ignore[arg-type]
        if more
        else text_column(rows, name, title=titles[name])
        for name, more in told.items()
    ]
