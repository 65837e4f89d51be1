"""What stands on the sheets of numbers: one row per area, or per area and day or hour; one column per indicator."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from crowd.mobility.definitions import Definition, unit_names
from crowd.mobility.model import Weekly
from crowd.reason_words import ZONE_NAMES
from crowd.report.options import Language
from crowd.report.sheets_book import Column, Kind
from crowd.report.sheets_forms import FORMS, has_to_break, number_width, text_width
from crowd.report.sheets_said import SheetWords
from crowd.report.sheets_words import SHEET_WORDS
from crowd.report.tidy_numbers import rounded_people

Period = Literal["week", "day", "hour"]
ROWS_PER_AREA: dict[Period, int] = {"week": 1, "day": 7, "hour": 168}
KEYS: dict[Period, list[str]] = {
    "week": ["area_code"],
    "day": ["area_code", "date"],
    "hour": ["area_code", "date", "hour"],
}
# A sheet could hold 1,048,576 rows, but nobody reads them, and opening them takes minutes.
MOST_ROWS = 200_000
MAIN = {"week": "presence_mean", "day": "presence_mean", "hour": "presence"}
DATE_WIDTH, FROZEN = 14.0, 3


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A sheet of numbers.

    Attributes:
        name: what it is, as `SheetWords.sheets` calls it.
        columns: what it shows.
        rows: with those columns.
        left_out: levels that would have too many rows.
    """

    name: str
    columns: Sequence[Column]
    rows: pl.DataFrame
    left_out: Sequence[str] = ()


def zone_name(weekly: Weekly) -> str:
    """Time zone of the week as headers show it: WIB, or the name of the tz database."""
    return ZONE_NAMES.get(weekly.week.timezone, weekly.week.timezone)


def period_sheet(weekly: Weekly, period: Period, *, terms: Sequence[Definition], language: Language) -> Sheet:
    """Areas with the indicators of a period side by side.

    Args:
        weekly: the week.
        period: of the rows.
        terms: indicators of the week, in the order of the columns.
        language: of headers and words.
    """
    words = SHEET_WORDS[language]
    levels = weekly.areas["level"].unique(maintain_order=True).to_list()
    kept = _fitting(weekly, levels, ROWS_PER_AREA[period])
    given = weekly.indicators.filter(pl.col("period") == period, pl.col("level").is_in(kept))
    wide = _wide(given, KEYS[period])
    rows = _areas(weekly, kept, words).join(wide, on="area_code", how="inner", maintain_order="left_right")
    if period == "hour":
        rows = _with_usual(rows, weekly)
    # a row is of people, and may have other numbers where nobody counted these
    said = {**words.statuses, "missing": words.no_people}
    status = f"status {MAIN[period]}"
    rows = _with_clock(rows, words).with_columns(
        status=pl.col(status).replace_strict(said, default=None) if status in rows.columns else pl.lit(None, pl.String)
    )
    columns = [
        *_place_columns(rows, words),
        *_time_columns(period, words, zone_name(weekly)),
        *(
            [Column(name="area_km2", title=words.columns["area_km2"], kind="number", form="#,##0.0")]
            * (period == "week")
        ),
        text_column(rows, "status", title=words.columns["status"]),
        *(each for term in terms if f"value {term.name}" in wide.columns for each in _of_term(term, rows, language)),
        *(_usual_columns(words) if period == "hour" else ()),
    ]
    left_out = [level for level in levels if level not in kept]
    return Sheet(name=period, columns=columns, rows=rows, left_out=left_out)


def text_column(rows: pl.DataFrame, name: str, *, title: str) -> Column:
    """A column of names, as wide as they have to be."""
    texts = rows[name].unique().to_list()
    kind: Kind = "name" if has_to_break(texts) else "text"
    return Column(name=name, title=title, kind=kind, width=text_width(texts, title=title))


def _fitting(weekly: Weekly, levels: Sequence[str], rows_per_area: int) -> list[str]:
    """Levels whose rows fit a sheet together, from the coarsest on; that one always."""
    counts = dict(weekly.areas["level"].value_counts().iter_rows())
    kept, rows = list(levels[:1]), counts.get(levels[0], 0) * rows_per_area if levels else 0
    for level in levels[1:]:
        rows += counts[level] * rows_per_area
        if rows > MOST_ROWS:
            break
        kept.append(level)
    return kept


def _wide(indicators: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Columns `value NAME`, `low NAME`, `high NAME`, `status NAME` of every indicator.

    The status of an indicator that is not made for such an area is `absent`.
    """
    parts = ("value", "low", "high", "status")
    names = indicators["indicator"].unique(maintain_order=True).sort().to_list()
    is_named = [(name, pl.col("indicator") == name) for name in names]
    told = [pl.col(part).filter(is_it).first().alias(f"{part} {name}") for name, is_it in is_named for part in parts]
    wide = indicators.group_by(keys, maintain_order=True).agg(told).sort(keys)
    return wide.with_columns(pl.col("^status .*$").fill_null("absent"))


def _areas(weekly: Weekly, levels: Sequence[str], words: SheetWords) -> pl.DataFrame:
    """Areas of some levels in the order of the report, with the name of what they lie in."""
    parents = weekly.areas.select(parent_code="area_code", parent_name="area_name")
    return (
        weekly.areas.filter(pl.col("level").is_in(levels))
        .join(parents, on="parent_code", how="left", maintain_order="left")
        .with_columns(pl.col("level").replace_strict(words.levels, default=pl.col("level")))
    )


def _with_clock(rows: pl.DataFrame, words: SheetWords) -> pl.DataFrame:
    if "date" not in rows.columns:
        return rows
    days = dict(enumerate(words.days, start=1))
    return rows.with_columns(weekday=pl.col("date").dt.weekday().replace_strict(days, return_dtype=pl.String))


def _with_usual(rows: pl.DataFrame, weekly: Weekly) -> pl.DataFrame:
    """Add what is usual and how much reported, and why there is none: there is no history where people are shown."""
    low, high = pl.col("people_low"), pl.col("people_high")
    usual = weekly.hours.select(
        "area_code",
        "date",
        "hour",
        usual=rounded_people(pl.col("usual"), low=low, high=high),
        coverage=(pl.col("coverage") * 100).round(1),
        why=pl.col("status").replace("shown", "short"),
    )
    return rows.join(usual, on=KEYS["hour"], how="left", maintain_order="left")


def _place_columns(rows: pl.DataFrame, words: SheetWords) -> list[Column]:
    names = ("level", "area_code", "area_name", "parent_name")
    return [text_column(rows, name, title=words.columns[name]) for name in names]


def _time_columns(period: Period, words: SheetWords, zone: str) -> list[Column]:
    date = Column(name="date", title=words.columns["date"], kind="date", width=DATE_WIDTH)
    weekday = Column(name="weekday", title=words.columns["weekday"], width=text_width(words.days, title=""))
    hour = Column(
        name="hour", title=words.columns["hour"].format(zone=zone), kind="number", form=FORMS["hour"], width=9
    )
    return {"week": [], "day": [date, weekday], "hour": [date, weekday, hour]}[period]


def _usual_columns(words: SheetWords) -> list[Column]:
    units = {"usual": "people", "coverage": "percent"}
    return [
        Column(
            name=name,
            title=words.columns[name],
            kind="number",
            form=FORMS[unit],
            width=number_width(words.columns[name]),
            status="why",
        )
        for name, unit in units.items()
    ]


def _of_term(term: Definition, rows: pl.DataFrame, language: Language) -> list[Column]:
    """A column of values, and two of their range where there is any."""
    words = SHEET_WORDS[language]
    title, unit = term.title[language], unit_names()[term.unit][language]
    said = {"value": title, "low": words.low.format(title=title), "high": words.high.format(title=title)}
    parts = ["value", *(part for part in ("low", "high") if rows[f"{part} {term.name}"].is_not_null().any())]
    titles = {part: f"{said[part]} ({unit})" for part in parts}
    return [
        Column(
            name=f"{part} {term.name}",
            title=titles[part],
            kind="number",
            form=FORMS[term.unit],
            width=number_width(titles[part]),
            status=f"status {term.name}",
        )
        for part in parts
    ]
