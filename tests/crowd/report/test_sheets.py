"""The week as a workbook, read by another program than the one that wrote it."""

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import openpyxl
import polars as pl
import pytest
from made_week import HIDDEN, made_week
from openpyxl.utils import get_column_letter

from crowd.mobility.definitions import unit_names
from crowd.report import sheets_tables
from crowd.report.holidays import weekday_holidays
from crowd.report.options import ReportOptions
from crowd.report.sheets import write_xlsx
from crowd.report.sheets_forms import FORMS, LETTER
from crowd.report.sheets_words import ENGLISH, INDONESIAN

ENGLISH_WORDS = re.compile(r"\b(the|of|and|over|where|which|with|sum|mean|hours?|weeks?|days?)\b")
SHEETS = ["About", "Week", "By day", "By hour", "Gatherings", "Warnings", "Definitions"]
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


def test_it_opens_on_what_it_is_about_and_a_drill_is_told_first(book):
    assert book.active.title == "About"
    assert book["About"]["B1"].value == ENGLISH.texts["test"]


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


@pytest.mark.parametrize("name", SHEETS[1:])
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


def flows_of_districts(weekly):
    """The week with a flow for its districts, in the manner of a file that was loaded for one level."""
    given = weekly.indicators.filter(period="week", indicator="presence_mean", level="district")
    flows = given.with_columns(
        indicator=pl.lit("flow_areas_reached"),
        unit=pl.lit("areas"),
        value=pl.lit(13.4285714),
        low=None,
        high=None,
        status=pl.lit("shown"),
    )
    return replace(weekly, indicators=pl.concat([weekly.indicators, flows.cast(weekly.indicators.schema)]))


def test_a_number_that_is_not_made_for_a_level_is_coloured_and_explained(weekly, tmp_path):
    write_xlsx(flows_of_districts(weekly), language="en", output=tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    province, *_, district = column(book["Week"], "Areas reached (areas)")
    key = next(row[0] for row in book["About"].iter_rows() if row[0].value == "not applicable")
    assert province.value is None
    assert province.fill.fgColor.rgb == key.fill.fgColor.rgb != district.fill.fgColor.rgb
    assert district.number_format == "0.0_)"


def test_a_row_without_people_does_not_say_that_it_has_no_data(weekly, tmp_path):
    nobody = pl.when(pl.col("indicator") == "presence_mean")
    missing = weekly.indicators.with_columns(
        value=nobody.then(None).otherwise("value"), status=nobody.then(pl.lit("missing")).otherwise("status")
    )
    write_xlsx(replace(weekly, indicators=missing), language="id", output=tmp_path / "x.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx")["Sepekan"]
    assert {cell.value for cell in column(sheet, "Keterangan")} == {"tidak ada hitungan orang"}


def test_no_cell_of_the_hours_is_empty_without_its_reason(book):
    for title in (ENGLISH.columns["usual"], ENGLISH.columns["coverage"]):
        empty = [cell for cell in column(book["By hour"], title) if cell.value is None]
        assert empty
        assert all(cell.fill.fill_type == "solid" for cell in empty)


def test_every_unit_has_its_form():
    assert set(FORMS) == set(unit_names())


def widths(sheet):
    """Of the columns by letter; the file names neighbours of the same width once."""
    held = sheet.column_dimensions.values()
    return {get_column_letter(n): one.width for one in held for n in range(one.min, one.max + 1)}


@pytest.mark.parametrize("name", SHEETS[1:])
def test_no_word_of_a_header_is_wider_than_its_column(book, name):
    letters = widths(book[name])
    words = [(word, cell.column_letter) for cell in book[name][1] for word in cell.value.split()]
    assert all(len(word) < letters[at] for word, at in words)


@pytest.mark.parametrize("title", ["Area", "Part of"])
def test_no_name_of_an_area_is_cut_off(book, title):
    letters = widths(book["Week"])
    names = [cell for cell in column(book["Week"], title) if cell.value]
    assert all(cell.alignment.wrap_text or len(cell.value) * LETTER < letters[cell.column_letter] for cell in names)


def test_a_drill_is_told_on_every_page_and_nothing_where_it_is_none(book, weekly, tmp_path):
    assert all(ENGLISH.texts["test"] in sheet.oddHeader.center.text for sheet in book)
    write_xlsx(replace(weekly, is_test=False), language="en", output=tmp_path / "x.xlsx")
    assert not any(sheet.oddHeader.center.text for sheet in openpyxl.load_workbook(tmp_path / "x.xlsx"))


def test_holidays_that_are_sundays_are_not_named(weekly):
    sunday, friday = date(2020, 3, 22), date(2020, 4, 3)
    assert weekday_holidays(replace(weekly, holidays=(sunday, friday))) == (friday,)


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
    titles = ("Code of gathering", ENGLISH.columns["doubtful"])
    cells = zip(*(column(book["Gatherings"], title) for title in titles), strict=True)
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


@pytest.mark.parametrize("name", SHEETS[1:])
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
