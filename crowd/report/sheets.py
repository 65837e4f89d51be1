"""The report as a workbook for spreadsheets (XLSX)."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from crowd.mobility.definitions import Definition, unit_names
from crowd.mobility.gathering_figures import LEAST_CLEAR_COVERAGE
from crowd.mobility.model import Weekly
from crowd.report.dictionary import defined_in
from crowd.report.options import Language, ReportOptions
from crowd.report.sheets_about import about_notes, footer, test_notice
from crowd.report.sheets_book import Column, open_book
from crowd.report.sheets_events import gatherings_sheet, warnings_sheet
from crowd.report.sheets_tables import FROZEN, period_sheet
from crowd.report.sheets_words import SHEET_WORDS

UNSIGNED = ReportOptions()
UNIT_WIDTH, NAME_WIDTH, TEXT_WIDTH = 15.0, 25.0, 42.0


def write_xlsx(
    weekly: Weekly, *, language: Language, output: Path, options: ReportOptions = UNSIGNED
) -> dict[str, int]:
    """Write a workbook: what it is of, its week, days and hours by indicator, gatherings, warnings, definitions.

    A number that is not shown is an empty cell, coloured by the reason; the column of the status can be filtered.
    Levels with too many rows for a sheet are left out there, and the first sheet says so.

    Args:
        weekly: the week.
        language: of headers and texts.
        output: the file.
        options: who publishes it, under which licence.

    Returns:
        Rows of each sheet of numbers, by its name.
    """
    words, terms = SHEET_WORDS[language], defined_in(weekly)
    sheets = [
        *(period_sheet(weekly, period, terms=terms, language=language) for period in ("week", "day", "hour")),
        gatherings_sheet(weekly, language=language),
        warnings_sheet(weekly, language=language),
    ]
    with open_book(
        output,
        title=f"{words.title} {weekly.week.label}",
        footer=footer(weekly, language=language),
        notice=test_notice(weekly, language=language),
    ) as book:
        # a workbook opens on its first sheet
        book.add_notes(words.sheets["about"], about_notes(weekly, sheets, language=language, options=options))
        for sheet in sheets:
            frozen = FROZEN if sheet.name in {"week", "day", "hour"} else 2
            book.add_table(
                words.sheets[sheet.name],
                sheet.columns,
                sheet.rows,
                frozen=frozen,
                nothing=words.nothing.get(sheet.name, ""),
            )
        book.add_table(words.sheets["definitions"], _columns(language), _defined(terms, language), frozen=1)
    return {words.sheets[sheet.name]: sheet.rows.height for sheet in sheets}


def _columns(language: Language) -> list[Column]:
    titles = SHEET_WORDS[language].definitions
    widths = {"title": NAME_WIDTH, "name": NAME_WIDTH, "unit": UNIT_WIDTH}
    names = ("title", "name", "unit", "definition", "formula", "says", "cannot")
    return [Column(name=name, title=titles[name], kind="long", width=widths.get(name, TEXT_WIDTH)) for name in names]


def _defined(terms: Sequence[Definition], language: Language) -> pl.DataFrame:
    rows: list[dict[str, str | None]] = [
        {
            "title": term.title[language],
            "name": term.name,
            "unit": unit_names()[term.unit][language],
            "definition": term.definition[language],
            "formula": term.formula[language],
            "says": term.says[language],
            "cannot": term.says_not[language],
        }
        for term in terms
    ]
    rows.append(_doubtful(language))
    return pl.DataFrame(rows, schema=dict.fromkeys((each.name for each in _columns(language)), pl.String))


def _doubtful(language: Language) -> dict[str, str | None]:
    """What the column of the gatherings means that is no indicator."""
    words = SHEET_WORDS[language]
    told = {part: words.doubtful[part] for part in ("definition", "says", "cannot")}
    told["definition"] = told["definition"].format(least=round(100 * LEAST_CLEAR_COVERAGE))
    return {**told, "title": f"{words.columns['doubtful']} ({words.sheets['gatherings']})"}
