"""The weekly report as a PDF: the same bytes, the numbers of the week and nothing that is hidden."""

import re
from dataclasses import replace

import polars as pl
import pypdfium2
import pytest
import typst
from made_week import CROWDED, HIDDEN, made_outlines, made_week
from read_pdf import pages_of, texts

from crowd.report.options import ReportOptions
from crowd.report.pdf import write, write_pdf
from crowd.report.pdf.facts import wide_facts
from crowd.report.words import load_words
from crowd.report.words.scalars import number, percent
from lake.errors import RefusedInputError

LANGUAGES = ("id", "en")
OPTIONS = ReportOptions(publisher="Dinas Contoh", contact="data@contoh.example", licence="CC-BY-4.0")
COUNTED = ("hours", "warnings")  # units that do not rest on devices


def only(week, *levels, within="99"):
    """The week, of some levels and areas only."""
    kept = pl.col("area_code").str.starts_with(within)
    frames = {name: getattr(week, name).filter(kept) for name in ("areas", "hours", "indicators")}
    frames = {name: frame.filter(pl.col("level").is_in(levels)) for name, frame in frames.items()}
    outcomes = {name: getattr(week, name).filter(kept) for name in ("gatherings", "warnings")}
    return replace(week, **frames, **outcomes)


def all_hidden(week):
    numbers = ("people", "people_low", "people_high", "usual")
    hours = week.hours.with_columns(pl.lit(None, pl.Float64).alias(name) for name in numbers)
    counted = pl.col("unit").is_in(COUNTED)
    indicators = week.indicators.with_columns(
        pl.when(counted).then(pl.col("value", "low", "high")),
        status=pl.when(counted).then(pl.lit("shown")).otherwise(pl.lit("hidden")),
    )
    return replace(week, hours=hours.with_columns(status=pl.lit("hidden")), indicators=indicators)


def without_reference(week):
    compared = pl.col("indicator").is_in(["change_pct", "robust_z"])
    indicators = week.indicators.with_columns(
        pl.when(~compared).then(pl.col("value", "low", "high")),
        status=pl.when(compared & (pl.col("status") == "shown")).then(pl.lit("short")).otherwise("status"),
    )
    return replace(
        week,
        reference=(),
        hours=week.hours.with_columns(usual=pl.lit(None, pl.Float64)),
        indicators=indicators,
        gatherings=week.gatherings.clear(),
        warnings=week.warnings.clear(),
        is_test=False,
    )


def test_the_same_week_gives_the_same_bytes(tmp_path):
    files = [tmp_path / "once.pdf", tmp_path / "again.pdf"]
    for file in files:
        write_pdf(made_week(), language="id", outlines=made_outlines(), options=OPTIONS, output=file)
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shown_mean_and_change_of_a_district_stands_on_the_page_of_its_regency(
    week, outlines, tmp_path, language
):
    words = load_words(language)
    pages = pages_of(week, outlines, tmp_path, language)
    facts = wide_facts(week, period="week")
    districts = week.areas.filter(pl.col("level") == "district").join(facts, on="area_code")
    regencies = dict(week.areas.select("area_code", "area_name").iter_rows())
    for row in districts.drop_nulls("presence_mean").iter_rows(named=True):
        page = next(text for text in pages[1:] if regencies[row["parent_code"]] in text)
        told = f"{row['area_name']} {number(row['presence_mean'], words=words)} "
        assert told in page
        assert percent(row["change_pct"], words=words, sign="always") in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hidden_district_has_marks_where_others_have_numbers(week, outlines, tmp_path, language):
    page = pages_of(week, outlines, tmp_path, language)[2]
    hidden = week.areas.filter(pl.col("level") == "district")["area_name"][HIDDEN]
    assert re.search(rf"\d {hidden} × × × × × × 97%", page)


def test_a_number_beside_another_status_than_shown_is_not_printed(week, outlines, tmp_path):
    """A second lock: even if a hidden number were left in the frames."""
    hidden = pl.col("status") == "hidden"
    leaky = replace(
        week,
        hours=week.hours.with_columns(pl.when(hidden).then(777_777.0).otherwise("people").alias("people")),
        indicators=week.indicators.with_columns(pl.when(hidden).then(777_777.0).otherwise("value").alias("value")),
    )
    output = tmp_path / "leaky.pdf"
    write_pdf(leaky, language="en", outlines=outlines, options=OPTIONS, output=output)
    assert texts(output) == pages_of(week, outlines, tmp_path, options=OPTIONS)


@pytest.mark.parametrize(
    ("language", "thousands", "wrong"), [("id", r"\d\.\d{3}", r"\d,\d{3}\b"), ("en", r"\d,\d{3}", r"\d\.\d{3}\b")]
)
def test_thousands_are_apart_as_the_language_has_it(week, outlines, tmp_path, language, thousands, wrong):
    page = pages_of(week, outlines, tmp_path, language)[0]
    assert re.search(thousands, page)
    assert not re.search(wrong, page)


def test_changes_below_usual_have_a_true_minus(week, outlines, tmp_path):
    text = " ".join(pages_of(week, outlines, tmp_path))
    assert "\N{MINUS SIGN}6.9%" in text
    assert not re.search(r"(?<![\w\d])-\d", text)


@pytest.mark.parametrize(
    "change",
    [
        lambda week: week,
        all_hidden,
        without_reference,
        lambda week: only(week, "district"),
        lambda week: only(week, "regency", "district", within="99.02"),
        lambda week: only(week, "district", within="99.01.01"),
        lambda week: replace(only(week, "province", "regency"), level="regency"),
    ],
    ids=["whole", "hidden", "no-reference", "districts-only", "one-regency", "one-district", "regencies-only"],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_page_holds_the_three_answers_and_nothing_runs_over(week, outlines, tmp_path, change, language):
    words = load_words(language)
    pages = pages_of(change(week), outlines, tmp_path, language)
    leads = [words.say(f"sentences.{name}") for name in ("where", "sure", "done")]
    assert [lead in pages[0] for lead in leads] == [True] * 3
    assert words.say("table.area") in pages[1]
    assert "None" not in " ".join(pages)
    assert "null" not in " ".join(pages)


def test_typst_warns_of_nothing(week, outlines, tmp_path, monkeypatch):
    warned = []

    def compile_and_tell(root, _week):
        written, warnings = typst.Compiler(
            root / "report.typ", root=root, ignore_system_fonts=True
        ).compile_with_warnings(format="pdf", pdf_standards=list(write.STANDARDS))
        warned.extend(warnings)
        return written

    monkeypatch.setattr(write, "_compile", compile_and_tell)
    write_pdf(week, language="id", outlines=outlines, options=OPTIONS, output=tmp_path / "week.pdf")
    assert warned == []


def test_no_letter_stands_outside_the_paper(tmp_path):
    crowded = made_week(regencies=2, districts=32)
    output = tmp_path / "crowded.pdf"
    write_pdf(crowded, language="id", outlines=made_outlines(regencies=2, districts=32), options=OPTIONS, output=output)
    with pypdfium2.PdfDocument(output) as document:
        for page in document:
            width, height = page.get_size()
            text = page.get_textpage()
            boxes = [text.get_charbox(n) for n in range(text.count_chars())]
            assert min(box[0] for box in boxes) >= 50
            assert max(box[2] for box in boxes) <= width - 50
            assert max(box[3] for box in boxes) <= height - 25


def test_where_and_when_names_the_district_and_the_hour_of_the_largest_crowd(week, outlines, tmp_path):
    page = pages_of(only(week, "district", within="99.01.01"), outlines, tmp_path)[0]
    crowded = week.areas.filter(pl.col("level") == "district")["area_name"][CROWDED]
    assert f"was {crowded} on Friday 3 April at 15:00" in page


def test_a_week_without_earlier_weeks_says_so_and_tells_no_change(week, outlines, tmp_path):
    pages = pages_of(without_reference(week), outlines, tmp_path)
    assert "There are no earlier weeks to compare with" in pages[0]
    assert "No gathering passed a threshold" in pages[0]
    assert "against usual, mean of the week" not in pages[0]


def test_a_week_with_everything_hidden_says_so(week, outlines, tmp_path):
    page = pages_of(all_hidden(week), outlines, tmp_path)[0]
    assert "No number of this week rests on enough devices" in page


def test_nothing_above_usual_is_said_plainly(week, outlines, tmp_path):
    lower = week.indicators.with_columns(
        value=pl.when(pl.col("indicator") == "change_pct").then(-pl.col("value").abs() - 5).otherwise("value")
    )
    hours = week.hours.with_columns(usual=pl.max_horizontal("people", "usual"))
    page = pages_of(replace(week, indicators=lower, hours=hours), outlines, tmp_path)[0]
    assert "In none of the 24 districts with a number" in page
    assert "In no single hour were there clearly more people than usual" in page


def test_only_a_week_of_tests_is_marked_as_one(week, outlines, tmp_path):
    assert pages_of(week, outlines, tmp_path)[0].count("TEST") == 2
    assert "TEST" not in pages_of(replace(week, is_test=False), outlines, tmp_path)[0]


def test_the_budget_of_differential_privacy_is_told_as_it_was_given(week, outlines, tmp_path):
    noised = replace(week, privacy=replace(week.privacy, epsilon=0.05, epsilon_week=50.4))
    text = " ".join(pages_of(noised, outlines, tmp_path, "id"))
    assert "ε = 0,05 " in text
    assert "ε = 50,4 " in text


def test_a_week_with_noise_does_not_promise_the_privacy_of_one_without(week, outlines, tmp_path):
    noised = replace(week, privacy=replace(week.privacy, epsilon=0.05, epsilon_week=50.4))
    told = [" ".join(" ".join(pages_of(one, outlines, tmp_path)).split()) for one in (week, noised)]
    assert ["a second one is hidden too" in text for text in told] == [True, False]
    assert ["are told without noise" in text for text in told] == [False, True]


def test_without_outlines_there_is_no_map_but_a_report(week, tmp_path):
    assert "No outlines are loaded" in pages_of(week, None, tmp_path)[0]


def test_pages_can_be_found_by_their_bookmarks(week, outlines, tmp_path):
    output = tmp_path / "week.pdf"
    write_pdf(week, language="en", outlines=outlines, options=OPTIONS, output=output)
    with pypdfium2.PdfDocument(output) as document:
        titles = [mark.get_title() for mark in document.get_toc()]
        assert document.get_metadata_value("Title").startswith("Weekly mobility report · Provinsi Pusaka Raya")
    regencies = week.areas.filter(pl.col("level") == "regency")["area_name"]
    assert [title for title in titles if title in set(regencies)] == list(regencies)


def test_another_language_is_refused(week, tmp_path):
    with pytest.raises(RefusedInputError, match="no words in 'jv'"):
        write_pdf(week, language="jv", outlines=None, options=OPTIONS, output=tmp_path / "week.pdf")
