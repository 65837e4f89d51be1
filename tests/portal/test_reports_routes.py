"""Weekly reports as the portal gives them."""

import io
import json
import threading
import zipfile
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from fastapi.testclient import TestClient
from made_week import made_week
from portal_visits import as_visitor
from review_lake import run_options

from crowd.counts import load_counts
from crowd.density import compute_density
from crowd.mobility.weeks import parse_week
from crowd.report.options import ReportOptions
from crowd.report.write import write_week
from geo.areas import load_areas
from geo.cells import load_cells
from geo.cells.load import PlanOptions
from geo.footprint import build_footprints
from lake.database import open_database
from lake.engine import connect
from lake.home import Home
from lake.intake import Intake
from lake.profile import FileProfile
from pipelines.reports import AskedReport, make_report
from portal.app import make_app
from portal.options import PortalOptions
from portal.routes import reports

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
HOUR = datetime(2020, 3, 31, 12, tzinfo=UTC)  # of 2020-W14
NOW = datetime(2020, 4, 8, tzinfo=UTC)  # in 2020-W15


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The sample city with its one hour."""
    home = Home(tmp_path_factory.mktemp("city") / "home")
    home.root.mkdir()
    run = run_options(home)
    intake = Intake(home=home, engine=run.engine(), ledger_url=run.ledger_url, now=NOW, taken_by="tester")
    load_cells(SAMPLE / "cells.csv", intake=intake, options=PlanOptions(profile=FileProfile(), timezone="UTC"))
    for level in ("regency", "district"):
        load_areas(SAMPLE / "areas.geojson", level=level, intake=intake, columns={})
    files = sorted((SAMPLE / "inbox").glob("*.csv"))
    load_counts(files, intake=intake, profile=FileProfile(), max_devices=run.max_devices_per_cell)
    end = HOUR + timedelta(hours=1)
    with connect(run.engine()) as connection:
        footprints = build_footprints(connection, home=home, start=HOUR, end=end)
        compute_density(
            connection,
            home=home,
            start=HOUR,
            end=end,
            footprints=footprints,
            factors=run.factors(),
            calendar=run.calendar(HOUR, end),
        )
    return home


@contextmanager
def visiting(home, **visitor):
    run = run_options(home)
    with open_database(run.ledger_url) as database:
        app = make_app(run, PortalOptions(), database=database, clock=lambda: NOW)
        with TestClient(as_visitor(app, **visitor), raise_server_exceptions=False) as client:
            yield client


@pytest.fixture
def client(home):
    with visiting(home, role="viewer") as client:
        yield client


def ask(client, **query):
    return client.get("/api/reports/weekly", params={"week": "2020-W14", "format": "csv", **query})


def test_weeks_that_are_over_and_have_data_are_listed(client):
    told = client.get("/api/reports").json()
    assert told["weeks"] == [
        {"week": "2020-W14", "first_day": "2020-03-30", "last_day": "2020-04-05", "is_kept": False}
    ]
    assert told["formats"] == ["pdf", "xlsx", "csv.zip", "parquet.zip", "csv", "parquet"]


def test_a_report_is_made_when_it_is_asked_for_and_nothing_is_left_behind(home, client):
    answer = ask(client)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].split('"')[1] == "kerumun-mobility-2020-W14.csv"
    assert set(pl.read_csv(answer.content)["period"]) == {"hour", "day", "week"}
    assert list(home.temporary.glob("download-*")) == []


@pytest.mark.parametrize("table", ["csv", "parquet"])
def test_a_table_comes_with_its_dictionary_and_metadata_where_that_is_asked_for(client, table):
    answer = ask(client, format=f"{table}.zip")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].split('"')[1] == f"kerumun-mobility-2020-W14.{table}.zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as bundle:
        held = {name.removeprefix("kerumun-mobility-2020-W14."): bundle.read(name) for name in bundle.namelist()}
    assert list(held) == [table, "dictionary.csv", f"{table}.metadata.json"]
    assert held[table] == ask(client, format=table).content
    (described,) = json.loads(held[f"{table}.metadata.json"])["dcat:distribution"]
    assert described["spdx:checksum"]["spdx:checksumValue"]["@value"] == sha256(held[table]).hexdigest()
    assert ask(client, format=f"{table}.zip").content == answer.content


def test_a_table_that_was_written_ahead_is_packed_as_one_that_made_now(home, client, monkeypatch, tmp_path):
    made = ask(client, format="csv.zip").content
    run, name = run_options(home), "kerumun-mobility-2020-W14"
    weekly = make_report(run, AskedReport(week=parse_week("2020-W14", timezone=run.timezone)), now=NOW)
    options = ReportOptions(formats=("xlsx", "csv", "parquet"))
    write_week(weekly, name=name, outlines=None, options=options, folder=tmp_path)
    monkeypatch.setattr(reports, "kept_file", lambda *_, **__: tmp_path / f"{name}.csv")
    monkeypatch.setattr(reports, "make_report", None)
    assert ask(client, format="csv.zip").content == made
    (tmp_path / f"{name}.csv").write_text("of another edition")
    again = ask(client, format="csv.zip")
    assert again.status_code == 503
    assert int(again.headers["Retry-After"]) > 0


def test_asking_again_makes_no_other_edition(home, client):
    first = ask(client).content
    editions = sorted((home.lake / "mobility_editions").rglob("*.parquet"))
    assert ask(client).content == first
    assert sorted((home.lake / "mobility_editions").rglob("*.parquet")) == editions


def test_sheets_come_in_the_language_that_is_asked_for(client):
    titles = [
        openpyxl.load_workbook(io.BytesIO(ask(client, format="xlsx", language=each).content)).sheetnames[0]
        for each in ("id", "en")
    ]
    assert titles == ["Tentang", "About"]


def test_a_report_of_one_area_holds_it_and_those_in_it(client):
    codes = set(pl.read_csv(ask(client, area="99.01").content, schema_overrides={"area_code": pl.String})["area_code"])
    assert "99.01" in codes
    assert all(code.startswith("99.01") for code in codes)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"week": "2020-W15"}, 400),  # not over
        ({"week": "2020-W02"}, 400),  # without data
        ({"week": "2020-W60"}, 400),
        ({"week": "0000-W01"}, 400),
        ({"week": "last"}, 422),
        ({"format": "doc"}, 422),
        ({"language": "fr"}, 422),
        ({"area": "99.77"}, 400),
    ],
)
def test_what_cannot_be_had_is_refused(client, query, status):
    answer = ask(client, **query)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_while_a_report_is_made_others_are_told_to_come_again(client, monkeypatch):
    begun, go_on = threading.Event(), threading.Event()

    def slow(*_, **__):
        begun.set()
        assert go_on.wait(60)
        return made_week()

    monkeypatch.setattr(reports, "make_report", slow)
    answers = []
    first = threading.Thread(target=lambda: answers.append(ask(client)))
    first.start()
    try:
        assert begun.wait(60)
        second = ask(client)
    finally:
        go_on.set()
        first.join(60)
    assert second.status_code == 503
    assert "ask again" in second.json()["error"]
    assert int(second.headers["Retry-After"]) > 0
    assert answers[0].status_code == 200
    assert ask(client).status_code == 200


def test_a_report_that_was_written_ahead_comes_as_it_lies_there(client, monkeypatch, tmp_path):
    kept = tmp_path / "kerumun-mobility-2020-W14.csv"
    kept.write_text("written ahead")
    monkeypatch.setattr(reports, "kept_file", lambda *_, **__: kept)
    monkeypatch.setattr(reports, "make_report", None)
    assert ask(client).text == "written ahead"
    assert kept.exists()


def test_a_token_without_the_scope_gets_no_report(home):
    with visiting(home, role="viewer", scopes={"map", "warnings"}) as client:
        assert ask(client).status_code == 403
