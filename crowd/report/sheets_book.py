"""A workbook in the manner of this house: typed columns, a header that stays, filters, and pages that print."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Kind = Literal["text", "name", "long", "number", "date", "time"]
TEXTS, NUMBERS = ("text", "name", "long"), ("number", "date", "time")
EMPTY = ("hidden", "missing", "short", "absent")
COLOURS = {"hidden": "#D0CECE", "missing": "#F8DCD2", "short": "#FFF2CC", "absent": "#DDEBF7"}
HEADER_COLOUR, PAPER_A4 = "#1F3B57", 9
# No clock: the same week gives the same bytes.
MADE_AT = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
EPOCH_DAYS = (date(1970, 1, 1) - date(1899, 12, 30)).days
DAY_US = 86_400 * 1_000_000
LETTERS_PER_PAGE, HEADER_HEIGHT, LINE_HEIGHT = 180.0, 78.0, 15.0


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a sheet.

    Attributes:
        name: of the frame.
        title: in the header, with the unit.
        kind: of its cells. Dates and times are such, not texts; long texts and names break into lines.
        form: of numbers, in the spreadsheet's manner.
        width: in letters.
        status: column of the frame that tells why a cell is empty; it is coloured accordingly.
    """

    name: str
    title: str
    kind: Kind = "text"
    form: str = "General"
    width: float = 12.0
    status: str | None = None


class Book:
    """A workbook that is being written, row by row, so that it never has to fit the memory."""

    def __init__(self, path: Path, *, title: str, footer: str, notice: str) -> None:
        """Begin it.

        Args:
            path: the file.
            title: of the document.
            footer: of its printed pages.
            notice: at the head of them; may be empty.
        """
        self._book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_urls": False})
        self._book.set_properties({"title": title, "created": MADE_AT})
        self._header = self._book.add_format(
            {
                "bold": True,
                "text_wrap": True,
                "valign": "vcenter",
                "font_color": "white",
                "bg_color": HEADER_COLOUR,
                "border": 1,
                "border_color": "#FFFFFF",
            }
        )
        self._footer, self._notice = footer.replace("&", "&&"), notice.replace("&", "&&")
        self._forms: dict[tuple[str, str | None], Format] = {}

    def close(self) -> None:
        """Write the file."""
        self._book.close()

    def add_table(
        self, name: str, columns: Sequence[Column], rows: pl.DataFrame, *, frozen: int, nothing: str = ""
    ) -> None:
        """Add a sheet with a header that stays in sight, and a filter.

        Args:
            name: on its tab.
            columns: what it shows.
            rows: with those columns.
            frozen: columns at the left that stay in sight as well.
            nothing: the only row where there are no others.
        """
        sheet = self._book.add_worksheet(name)
        for n, column in enumerate(columns):
            sheet.set_column(n, n, column.width)
        sheet.set_row(0, HEADER_HEIGHT)
        for n, column in enumerate(columns):
            sheet.write_string(0, n, column.title, self._header)
        self._write_rows(sheet, columns, _as_cells(columns, rows))
        if rows.is_empty() and nothing:
            sheet.write_string(1, 0, nothing, self._form("note", None))
        sheet.freeze_panes(1, frozen)
        last_row, last_column = max(rows.height, 1), len(columns) - 1
        sheet.autofilter(0, 0, last_row, last_column)
        sheet.print_area(0, 0, last_row, last_column)
        self._set_up_pages(sheet, columns, frozen=frozen)

    def add_notes(self, name: str, notes: Sequence[tuple[str, str, str | None]]) -> None:
        """Add a sheet of a heading and a text per row.

        Args:
            name: on its tab.
            notes: heading, text, and the reason of empty cells whose colour the heading shows.
        """
        sheet = self._book.add_worksheet(name)
        heading_width, text_width = 30, 110
        sheet.set_column(0, 0, heading_width)
        sheet.set_column(1, 1, text_width)
        for n, (heading, text, status) in enumerate(notes):
            sheet.set_row(n, _height([(text, text_width)]))
            sheet.write_string(n, 0, heading, self._form("heading", status))
            sheet.write_string(n, 1, text, self._form("long", None))
        sheet.hide_gridlines(2)
        self._set_up_pages(sheet, [], frozen=0)

    def _write_rows(self, sheet: Worksheet, columns: Sequence[Column], rows: pl.DataFrame) -> None:
        at = {name: n for n, name in enumerate(rows.columns)}
        plan = [
            (n, at[column.name], None if column.status is None else at[column.status], self._writer(sheet, column))
            for n, column in enumerate(columns)
        ]
        long = [(at[column.name], column.width) for column in columns if column.kind in {"long", "name"}]
        for number, row in enumerate(rows.iter_rows(), start=1):
            if long:
                sheet.set_row(number, _height([(row[value_at], width) for value_at, width in long]))
            for n, value_at, status_at, write in plan:
                write(number, n, row[value_at], None if status_at is None else row[status_at])

    def _writer(self, sheet: Worksheet, column: Column) -> Callable[[int, int, object, str | None], None]:
        """How a cell of a column is written; the innermost loop of large sheets."""
        forms = {status: self._form(column.kind, status, column.form) for status in (None, "shown", *EMPTY)}
        put = sheet.write_string if column.kind in TEXTS else sheet.write_number
        shown = forms[None]

        def write(row: int, column_at: int, value: object, status: str | None) -> None:
            if value is not None:
                put(row, column_at, value, shown)
            elif status in COLOURS:
                sheet.write_blank(row, column_at, None, forms[status])

        return write

    def _form(self, kind: str, status: str | None, form: str = "General") -> Format:
        key = (f"{kind} {form}", status if status in COLOURS else None)
        if key not in self._forms:
            self._forms[key] = self._book.add_format(_properties(kind, key[1], form))
        return self._forms[key]

    def _set_up_pages(self, sheet: Worksheet, columns: Sequence[Column], *, frozen: int) -> None:
        sheet.set_landscape()
        sheet.set_paper(PAPER_A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.6 if self._notice else 0.5, bottom=0.6)
        letters = sum(column.width for column in columns)
        is_text = all(column.kind == "long" for column in columns)
        sheet.fit_to_pages(1 if is_text else max(1, round(letters / LETTERS_PER_PAGE)), 0)
        sheet.set_footer(f"&L&8{self._footer}&C&8&A&R&8&P / &N")
        if self._notice:
            sheet.set_header(f"&C&8&B{self._notice}")
        if columns:
            sheet.repeat_rows(0)
        if frozen:
            sheet.repeat_columns(0, frozen - 1)


@contextmanager
def open_book(path: Path, *, title: str, footer: str, notice: str = "") -> Iterator[Book]:
    """A workbook that is written when the block ends, with these words at foot and head of its printed pages."""
    book = Book(path, title=title, footer=footer, notice=notice)
    yield book
    book.close()


def _properties(kind: str, status: str | None, form: str) -> dict[str, object]:
    told: dict[str, object] = {"valign": "top"}
    if kind in {"text", "name"}:
        told |= {"align": "left", "indent": 1}  # keeps it off the number to its left
    if kind == "heading":
        told |= {"bold": True}
    if kind in {"heading", "long", "name"}:
        told |= {"text_wrap": True}
    if kind in NUMBERS:
        told |= {"num_format": {"date": "yyyy-mm-dd", "time": "yyyy-mm-dd hh:mm"}.get(kind, _off_the_edge(form))}
    if status is not None:
        told |= {"bg_color": COLOURS[status]}
    return told


def _off_the_edge(form: str) -> str:
    """A form of numbers with the room of a bracket behind them: LibreOffice prints indents at the right unevenly."""
    return ";".join(f"{part}_)" for part in form.split(";"))


def _height(texts: Sequence[tuple[str | None, float]]) -> float:
    """Height of a row whose texts break into lines, so that all are seen: not every program fits rows by itself."""
    lines = (sum(-(-max(len(part), 1) // int(width)) for part in (text or "").split("\n")) for text, width in texts)
    return LINE_HEIGHT * max(lines, default=1) + 2


def _as_cells(columns: Sequence[Column], rows: pl.DataFrame) -> pl.DataFrame:
    """Dates and times as a spreadsheet keeps them: days since its epoch."""
    dates = [pl.col(each.name).cast(pl.Int32) + EPOCH_DAYS for each in columns if each.kind == "date"]
    times = [
        pl.col(each.name).dt.replace_time_zone(None).cast(pl.Datetime("us")).cast(pl.Int64) / DAY_US + EPOCH_DAYS
        for each in columns
        if each.kind == "time"
    ]
    return rows.with_columns(*dates, *times)
