"""The week as one table, and the dictionary that tells how to read it."""

import polars as pl
import pytest
from made_week import made_week
from polars.testing import assert_frame_equal

from crowd.mobility.definitions import load_definitions
from crowd.mobility.model import INDICATORS
from crowd.report.dictionary import dictionary_of, write_dictionary
from crowd.report.tidy import write_tidy
from crowd.report.words import load_words

READ_AS = {"string": pl.String, "date": pl.Date, "integer": pl.Int8, "double": pl.Float64}


@pytest.fixture(scope="module")
def weekly():
    return made_week()


@pytest.fixture(scope="module")
def files(weekly, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tidy")
    for file_format in ("csv", "parquet"):
        write_tidy(weekly, file_format=file_format, output=folder / f"week.{file_format}")
    write_dictionary(weekly, output=folder / "week.dictionary.csv")
    return folder


def test_csv_read_back_by_the_dictionary_equals_the_parquet(files):
    columns = pl.read_csv(files / "week.dictionary.csv").filter(kind="column")
    schema = {name: READ_AS[kind] for name, kind in columns.select("name", "datatype").iter_rows()}
    assert_frame_equal(pl.read_csv(files / "week.csv", schema=schema), pl.read_parquet(files / "week.parquet"))


def test_the_table_holds_every_indicator_of_the_week_unchanged(files, weekly):
    assert_frame_equal(pl.read_parquet(files / "week.parquet"), weekly.indicators)
    assert dict(weekly.indicators.schema) == INDICATORS


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_the_same_week_twice_gives_the_same_bytes(files, tmp_path, file_format):
    write_tidy(made_week(), file_format=file_format, output=tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == (files / f"week.{file_format}").read_bytes()


def test_no_number_stands_beside_a_status_other_than_shown(files):
    rows = pl.read_parquet(files / "week.parquet").filter(pl.col("status") != "shown")
    assert rows.height > 0
    assert rows.select(pl.col("value", "low", "high").is_not_null().any()).row(0) == (False, False, False)


def test_the_dictionary_explains_every_column_indicator_and_code_in_both_languages(weekly):
    told = dictionary_of(weekly)
    named = {kind: set(rows["name"]) for (kind,), rows in told.group_by("kind")}
    rows = weekly.indicators
    assert named["column"] == set(INDICATORS)
    assert named["indicator"] == set(rows["indicator"])
    for column in ("period", "level", "status", "unit"):
        assert set(rows[column]) <= named[f"{column} code"]
    assert told.select(pl.col("title_id", "title_en").is_null().any()).row(0) == (False, False)


def test_the_dictionary_gives_the_units_of_the_data(weekly):
    told = dictionary_of(weekly).filter(kind="indicator")
    assert dict(told.select("name", "unit").iter_rows()) == {
        name: load_definitions()[name].unit for name in weekly.indicators["indicator"].unique()
    }


def test_the_dictionary_calls_a_status_as_the_pages_and_sheets_do(weekly):
    told = dictionary_of(weekly).filter(kind="status code")
    for language in ("id", "en"):
        named = dict(told.select("name", pl.col(f"title_{language}").str.to_lowercase()).iter_rows())
        assert named == load_words(language).section("status_short")
