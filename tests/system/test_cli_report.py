"""`kerumun report weekly` as policy staff type it."""

import json
from pathlib import Path

import polars as pl
import pytest

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
HOUR = ("--at", "2020-03-31T19:00+07:00")
WEEK = ("--week", "2020-W14")


@pytest.fixture
def city(kerumun):
    """The command, in an installation with the sample's one hour."""
    kerumun("cells", "load", SAMPLE / "cells.csv")
    for level in ("regency", "district"):
        kerumun("areas", "load", SAMPLE / "areas.geojson", "--level", level)
    kerumun("counts", "load", *sorted((SAMPLE / "inbox").glob("*.csv")))
    kerumun("run", *HOUR)
    return kerumun


def test_a_report_is_written_in_every_format_and_told_in_numbers(city, tmp_path):
    for name in ("week.pdf", "week.xlsx", "week.parquet", "week.csv"):
        done = city("report", "weekly", *WEEK, "--output", tmp_path / name)
        assert (tmp_path / name).stat().st_size > 1000
    assert "Week 2020-W14, edition 1" in done.stdout
    assert "167 hours without data" in done.stdout
    assert "of the cells of all areas together reported" in done.stdout
    assert "2020-03-22" not in done.stdout  # a holiday, and a Sunday
    assert pl.read_csv(tmp_path / "week.csv").height == pl.read_parquet(tmp_path / "week.parquet").height
    assert (tmp_path / "week.dictionary.csv").exists()
    told = json.loads((tmp_path / "week.csv.metadata.json").read_text(encoding="utf-8"))
    assert told["dct:identifier"] == "2020-W14"


def test_settings_say_who_publishes_and_down_to_which_level(city, tmp_path):
    settings = '[report]\nlevel = "regency"\npublisher = "Dinas Contoh"\nlicence = "CC-BY-4.0"\n'
    (tmp_path / "home" / "kerumun.toml").write_text(settings, encoding="utf-8")
    done = json.loads(city("report", "weekly", *WEEK, "--output", tmp_path / "week.csv", "--json").stdout)
    assert done["level"] == "regency"
    assert (done["coarsest_level"], done["coarsest_areas"]) == ("regency", done["areas"]["regency"])
    assert done["gatherings_doubtful"] <= done["gatherings"]
    assert set(pl.read_csv(tmp_path / "week.csv")["level"]) == {"regency"}
    told = json.loads((tmp_path / "week.csv.metadata.json").read_text(encoding="utf-8"))
    assert told["dct:publisher"]["foaf:name"] == "Dinas Contoh"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--week", "2020-W54", "--output", "x.csv"), "write year and ISO week"),
        ((*WEEK, "--output", "x.doc"), "choose one of .pdf"),
        ((*WEEK, "--output", "none/x.csv"), "there is no folder none"),
        ((*WEEK, "--reference", "2020-W13..2020-W09", "--output", "x.csv"), "ends before it begins"),
        ((*WEEK, "--output", "x.csv"), "no areas"),
    ],
)
def test_what_cannot_be_written_is_refused_in_a_sentence(kerumun, words, said):
    done = kerumun("report", "weekly", *words, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("kerumun: ")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_setting_that_does_not_fit_is_named(kerumun, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "kerumun.toml").write_text("[report]\nlicense = 'CC-BY-4.0'\n", encoding="utf-8")
    done = kerumun("report", "weekly", *WEEK, "--output", "x.csv", check=False)
    assert done.returncode == 1
    assert "'report.license' is not a setting: is licence meant?" in done.stderr


def test_an_option_that_is_missing_is_told_with_code_two(kerumun):
    assert kerumun("report", "weekly", *WEEK, check=False).returncode == 2
