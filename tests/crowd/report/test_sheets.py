"""The week as a workbook, read by another program than the one that wrote it."""

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import openpyxl
import polars as pl
import pytest
from made_week import HIDDEN, made_week
from openpyxl.utils import get_column_letter

from crowd.report import sheets_tables
from crowd.report.options import ReportOptions
from crowd.report.sheets import write_xlsx
from crowd.report.sheets_words import ENGLISH, INDONESIAN

ENGLISH_WORDS = re.compile(r"\b(the|of|and|over|where|which|with|sum|mean|hours?|weeks?|days?)\b")
SHEETS = ["Week", "By day", "By hour", "Gatherings", "Warnings", "Definitions", "About"]
SIGNED = ReportOptions(publisher="Dinas Contoh", licence="CC-BY-4.0", contact="data@contoh.example")


@pytest.fixture(scope="module")
def weekly():
    return made_week()


@pytest.fixture(scope="module")
def path(weekly, tmp_path_factory):
    path = tmp_path_factory.mktemp("sheets") / "week.xlsx"
    write_xlsx(weekly, language="en", output=path, options=SIGNED)
    return path


@pytest.fixture(scope="module")
def book(path):
    return openpyxl.load_workbook(path)


def column(sheet, title):
    """Cells below a header."""
    at = next(n for n, cell in enumerate(sheet[1]) if cell.value == title)
    return [row[at] for row in sheet.iter_rows(min_row=2)]


def week_of_area(weekly, code, indicator):
    found = weekly.indicators.filter(period="week", area_code=code, indicator=indicator)
    return found.row(0, named=True)


def test_it_has_the_sheets_in_their_order(book):
    assert book.sheetnames == SHEETS


def test_a_row_of_the_week_is_an_area_of_any_level_in_the_order_of_the_report(book, weekly):
    assert [cell.value for cell in column(book["Week"], "Area code")] == weekly.areas["area_code"].to_list()


def test_numbers_are_numbers_and_those_of_the_data(book, weekly):
    codes = [cell.value for cell in column(book["Week"], "Area code")]
    cells = column(book["Week"], "People present on average (people)")
    told = {code: cell.value for code, cell in zip(codes, cells, strict=True) if cell.value is not None}
    assert told == pytest.approx({code: week_of_area(weekly, code, "presence_mean")["value"] for code in told})
    assert len(told) > 1


def test_days_are_dates_and_times_are_on_the_clock_that_the_header_names(book, weekly):
    dates = [cell.value for cell in column(book["By day"], "Date")]
    assert {value.date() for value in dates} == set(weekly.days())
    began = column(book["Gatherings"], "From (WIB)")[0].value
    local = weekly.gatherings["started_at"][0].astimezone(ZoneInfo("Asia/Jakarta")).replace(tzinfo=None)
    assert abs(began - local) < timedelta(seconds=1)


def test_a_hidden_number_is_an_empty_coloured_cell_and_its_row_says_so(book, weekly):
    district = weekly.areas.filter(level="district")["area_code"][HIDDEN]
    codes = [cell.value for cell in column(book["Week"], "Area code")]
    at = codes.index(district)
    cell = column(book["Week"], "People present on average (people)")[at]
    assert cell.value is None
    assert cell.fill.fgColor.rgb == "FFD0CECE"
    assert column(book["Week"], "Status")[at].value == "hidden"


def test_no_cell_has_a_number_that_the_data_hide(book, weekly):
    shown = weekly.indicators.filter(period="week", indicator="presence_mean", status="shown").height
    cells = column(book["Week"], "People present on average (people)")
    assert sum(cell.value is not None for cell in cells) == shown < len(cells)


@pytest.mark.parametrize("name", SHEETS[:-1])
def test_headers_stay_in_sight_and_can_be_filtered(book, name):
    sheet = book[name]
    assert sheet.freeze_panes is not None
    assert sheet.freeze_panes.endswith("2")
    assert sheet.auto_filter.ref.startswith("A1:")
    assert sheet.print_title_rows == "$1:$1"


def test_every_column_of_numbers_names_its_unit(book):
    plain = {ENGLISH.columns[key] for key in ("level", "area_code", "area_name", "parent_name", "status")}
    headers = {cell.value for cell in book["Week"][1]} - plain
    assert all(header.endswith(")") for header in headers)


def test_every_indicator_of_the_week_is_defined(book, weekly):
    names = {cell.value for cell in column(book["Definitions"], "Name in the data files")}
    assert names - {None} == set(weekly.indicators["indicator"])


def test_it_says_how_empty_cells_are_read_and_who_publishes_it(book):
    told = {row[0].value: row[1].value for row in book["About"].iter_rows()}
    assert set(told) >= {"hidden", "no data", "too little data"}
    assert told["Publisher"] == "Dinas Contoh"
    assert "creativecommons.org" in told["Licence"]
    assert "Left out" not in told


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_same_week_twice_gives_the_same_bytes(tmp_path, language):
    for name in ("one", "two"):
        write_xlsx(made_week(), language=language, output=tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_levels_with_too_many_rows_are_left_out_and_that_is_said(weekly, tmp_path, monkeypatch):
    monkeypatch.setattr(sheets_tables, "MOST_ROWS", 168 * 6)
    write_xlsx(weekly, language="en", output=tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert {cell.value for cell in column(book["By hour"], "Level of area")} == {"Province", "Regency"}
    assert {cell.value for cell in column(book["By day"], "Level of area")} >= {"District"}
    told = [row[1].value for row in book["About"].iter_rows() if row[0].value == "Left out"]
    assert len(told) == 1
    assert "By hour: district" in told[0]


def test_a_week_without_gatherings_and_warnings_says_so(weekly, tmp_path):
    quiet = replace(weekly, gatherings=weekly.gatherings.clear(), warnings=weekly.warnings.clear())
    rows = write_xlsx(quiet, language="id", output=tmp_path / "x.xlsx")
    assert rows["Kerumunan"] == rows["Peringatan"] == 0
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    said = [[row[0].value for row in book[name].iter_rows(min_row=2)] for name in ("Kerumunan", "Peringatan")]
    assert said == [["Tidak ada kerumunan pekan ini"], ["Tidak ada peringatan pekan ini"]]


def test_doubtful_gatherings_come_last_and_are_explained(weekly, tmp_path):
    first, second = weekly.gatherings["gathering_id"]
    doubtful = weekly.gatherings.with_columns(is_doubtful=pl.col("gathering_id") == first)
    write_xlsx(replace(weekly, gatherings=doubtful), language="en", output=tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    cells = zip(*(column(book["Gatherings"], title) for title in ("Number", ENGLISH.columns["doubtful"])), strict=True)
    told = [tuple(cell.value for cell in row) for row in cells]
    assert told == [(second, "no"), (first, "yes, many cells silent")]
    defined = {row[0].value: row[3].value for row in book["Definitions"].iter_rows()}
    assert "90 percent" in defined["May be the network (Gatherings)"]


def test_it_tells_until_when_decisions_are_in_it_and_which_days_were_holidays(book, weekly, tmp_path):
    told = {row[0].value: row[1].value for row in book["About"].iter_rows()}
    assert "2020-04-06 01:20 WIB" in told["Decisions"]
    assert "Friday 2020-04-03" in told["Holidays"].split("Weeks")[0]
    assert "Wednesday 2020-03-25" in told["Holidays"].split("Weeks")[1]
    write_xlsx(replace(weekly, decided_until=None, holidays=()), language="en", output=tmp_path / "x.xlsx")
    quiet = openpyxl.load_workbook(tmp_path / "x.xlsx")
    without = {row[0].value: row[1].value for row in quiet["About"].iter_rows()}
    assert without["Decisions"].startswith("There was no warning")
    assert without["Holidays"].startswith("None")


@pytest.mark.parametrize("name", SHEETS[:-1])
def test_what_is_printed_is_the_table_with_its_heading_on_every_page(book, name):
    sheet = book[name]
    assert sheet.print_area.split("!")[1] == f"$A$1:${get_column_letter(sheet.max_column)}${sheet.max_row}"
    assert sheet.page_setup.orientation == "landscape"


def test_hours_fit_the_width_of_a_page(book):
    assert book["By hour"].sheet_properties.pageSetUpPr.fitToPage
    assert book["By hour"].page_setup.fitToWidth in {None, 1}  # one is what nothing said means
    assert book["By hour"].page_setup.fitToHeight == 0


@pytest.mark.parametrize(("language", "other"), [("id", "en"), ("en", "id")])
def test_no_text_is_that_of_the_other_language(weekly, tmp_path, language, other):
    texts = {}
    for each in (language, other):
        write_xlsx(weekly, language=each, output=tmp_path / "x.xlsx", options=SIGNED)
        texts[each] = {
            cell.value
            for sheet in openpyxl.load_workbook(tmp_path / "x.xlsx")
            for row in sheet.iter_rows()
            for cell in row
            if isinstance(cell.value, str)
        }
    names = {text for frame in (weekly.areas, weekly.gatherings) for each in frame.iter_rows() for text in each}
    data = {
        *names,
        *weekly.indicators["indicator"],
        SIGNED.publisher,
        SIGNED.contact,
        f"{SIGNED.licence} ({SIGNED.licence_url})",
    }
    assert texts[language] & texts[other] <= data
    assert not {text for text in texts["id"] - data if ENGLISH_WORDS.search(text)}


def test_a_name_that_looks_like_a_formula_stays_a_text(weekly, tmp_path):
    strange = weekly.areas.with_columns(area_name=pl.lit("=1+1"))
    write_xlsx(replace(weekly, areas=strange), language="en", output=tmp_path / "x.xlsx")
    cell = column(openpyxl.load_workbook(tmp_path / "x.xlsx")["Week"], "Area")[0]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_both_languages_have_words_for_the_same_things():
    for part in (
        "sheets",
        "columns",
        "levels",
        "gathering_levels",
        "statuses",
        "reads",
        "nothing",
        "doubtful",
        "about",
        "texts",
        "definitions",
    ):
        assert set(getattr(INDONESIAN, part)) == set(getattr(ENGLISH, part))
    assert len(INDONESIAN.days) == len(ENGLISH.days) == 7


@pytest.mark.system
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed: make system")
def test_libreoffice_reads_it_as_it_was_written(path, weekly, tmp_path):
    words = [shutil.which("soffice"), "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"]
    words += ["--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"]
    done = subprocess.run(
        [*words, "--outdir", str(tmp_path), str(path)], capture_output=True, text=True, timeout=240, check=True
    )
    # Without Java it says so once; Calc needs none.
    said = [line for line in (done.stdout + done.stderr).splitlines() if "javaldx" not in line]
    assert all(line.startswith(("convert ", "Writing sheet ")) for line in said), said
    week = pl.read_csv(tmp_path / "week-Week.csv", infer_schema=False)
    assert week["Area code"].to_list() == weekly.areas["area_code"].to_list()
    days = pl.read_csv(tmp_path / "week-By day.csv", infer_schema=False)
    assert set(days["Date"]) == {day.isoformat() for day in weekly.days()}
    assert days.height == weekly.areas.height * 7
