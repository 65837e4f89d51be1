"""The data dictionary of the tidy files: what each column, indicator and code in them means, as a table."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from crowd.mobility.definitions import Definition, load_definitions, unit_names
from crowd.mobility.model import INDICATORS, Weekly
from crowd.report.dictionary_words import CODES, COLUMNS
from crowd.report.options import Language
from crowd.report.sheets_words import SHEET_WORDS

# As the CSVW recommendation of the W3C names them.
DATATYPES = {pl.String: "string", pl.Date: "date", pl.Int8: "integer", pl.Float64: "double"}
FIELDS = (
    "kind",
    "name",
    "datatype",
    "unit",
    "title_id",
    "title_en",
    "definition_id",
    "definition_en",
    "formula_id",
    "formula_en",
    "says_id",
    "says_en",
    "cannot_id",
    "cannot_en",
)
LANGUAGES: tuple[Language, ...] = ("id", "en")


def defined_in(weekly: Weekly) -> tuple[Definition, ...]:
    """The indicators that a week has, in the order of reports."""
    present = set(weekly.indicators["indicator"].unique())
    return tuple(one for name, one in load_definitions().items() if name in present)


def dictionary_of(weekly: Weekly) -> pl.DataFrame:
    """A row per column of the tidy files (kind column), per indicator in them, and per code of a column."""
    rows = [*_columns(), *(_indicator(term) for term in defined_in(weekly)), *_codes(weekly)]
    return pl.DataFrame(rows, schema=dict.fromkeys(FIELDS, pl.String))


def write_dictionary(weekly: Weekly, *, output: Path) -> int:
    """Write the data dictionary as CSV; gives its rows."""
    table = dictionary_of(weekly)
    table.write_csv(output)
    return table.height


def column_types() -> dict[str, str]:
    """Data type of each column of the tidy files."""
    return {name: DATATYPES[dtype] for name, dtype in INDICATORS.items()}


def _columns() -> Iterator[dict[str, str | None]]:
    for name, datatype in column_types().items():
        told = COLUMNS[name]
        yield {
            "kind": "column",
            "name": name,
            "datatype": datatype,
            **{f"{part}_{language}": told[language][n] for language in LANGUAGES for n, part in PARTS},
        }


PARTS = ((0, "title"), (1, "definition"))


def _indicator(one: Definition) -> dict[str, str | None]:
    row: dict[str, str | None] = {"kind": "indicator", "name": one.name, "datatype": "double", "unit": one.unit}
    for language in LANGUAGES:
        row[f"title_{language}"] = one.title[language]
        row[f"definition_{language}"] = one.definition[language]
        row[f"formula_{language}"] = one.formula[language]
        row[f"says_{language}"] = one.says[language]
        row[f"cannot_{language}"] = one.says_not[language]
    return row


def _codes(weekly: Weekly) -> Iterator[dict[str, str | None]]:
    """Codes that stand in columns: periods, levels, statuses, units."""
    for column, codes in CODES.items():
        for code, told in codes.items():
            yield {
                "kind": f"{column} code",
                "name": code,
                **{f"{part}_{language}": told[language][n] for language in LANGUAGES for n, part in PARTS},
            }
    for level in weekly.areas["level"].unique(maintain_order=True):
        named = {f"title_{language}": SHEET_WORDS[language].levels.get(level, level) for language in LANGUAGES}
        yield {"kind": "level code", "name": level, **named}
    for unit in sorted({one.unit for one in defined_in(weekly)}):
        yield {
            "kind": "unit code",
            "name": unit,
            **{f"title_{name}": said for name, said in unit_names()[unit].items()},
        }
