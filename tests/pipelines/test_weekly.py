"""The report of a week, written ahead by the weekly flow."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from made_week import made_outlines, made_week
from prefect.testing.utilities import prefect_test_harness

from crowd.mobility.weeks import parse_week
from crowd.report.options import ReportOptions
from geo.areas import load_areas
from lake.errors import RefusedInputError
from lake.intake import Intake
from pipelines import kept_reports
from pipelines.hourly import hourly
from pipelines.kept_reports import folder_of, is_fresh, kept_file, write_kept
from pipelines.reports import last_whole_week, usual_weeks, whole_weeks
from pipelines.weekly import weekly_report

pytestmark = pytest.mark.xdist_group("prefect")

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
HOUR = datetime(2020, 3, 31, 12, tzinfo=UTC)
NOW = datetime(2020, 4, 20, tzinfo=UTC)
WEEK = parse_week("2020-W14", timezone="Asia/Jakarta")
NAMES = [
    ".made_from",
    "kerumun-mobility-2020-W14-en.xlsx",
    "kerumun-mobility-2020-W14-id.xlsx",
    "kerumun-mobility-2020-W14.csv",
    "kerumun-mobility-2020-W14.dictionary.csv",
    "kerumun-mobility-2020-W14.metadata.json",
]


@pytest.fixture(scope="module", autouse=True)
def prefect():
    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.fixture
def city(options, drop):
    """An installation with areas and one computed hour."""
    home = options.as_home()
    intake = Intake(home=home, engine=options.engine(), ledger_url=options.ledger_url, now=NOW, taken_by="tester")
    for level in ("regency", "district"):
        load_areas(SAMPLE / "areas.geojson", level=level, intake=intake, columns={})
    for path in sorted((SAMPLE / "inbox").iterdir()):
        drop(path)
    hourly(options, HOUR, HOUR + timedelta(hours=1))
    return options.model_copy(update={"report": ReportOptions(formats=("xlsx", "csv"))})


@pytest.fixture
def quick(options, monkeypatch):
    """An installation whose report is always the made-up week, without a lake."""
    monkeypatch.setattr(kept_reports, "make_report", lambda *_, **__: made_week())
    monkeypatch.setattr(kept_reports, "outlines_of", lambda *_: made_outlines)
    return options.model_copy(update={"report": ReportOptions(formats=("xlsx", "csv"))})


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_flow_writes_every_file_of_a_week_and_does_not_write_it_again(city):
    folder = folder_of(city.as_home(), WEEK)
    told = weekly_report(city, "2020-W14")
    assert names(folder) == NAMES
    assert all(name in told for name in NAMES[1:])
    written = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert "nothing that it rests on has changed" in weekly_report(city, "2020-W14")
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == written


def test_the_same_week_written_anew_has_the_same_bytes(city):
    folder = folder_of(city.as_home(), WEEK)
    weekly_report(city, "2020-W14")
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    shutil.rmtree(folder)
    weekly_report(city, "2020-W14")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first


@pytest.mark.parametrize(("week", "why"), [("2020-W10", "nothing was computed of it"), ("2099-W01", "is not over")])
def test_a_week_without_data_or_not_over_makes_no_report_and_no_fault(city, week, why):
    told = weekly_report(city, week)
    assert why in told
    assert len(told.splitlines()) == 1
    assert not (city.home / "reports").exists()


def test_an_installation_without_areas_makes_no_report_and_no_fault(city):
    shutil.rmtree(city.home / "lake" / "areas")
    assert "no areas are loaded ('kerumun areas load')" in weekly_report(city, "2020-W14")
    assert not (city.home / "reports").exists()


def test_a_refused_report_fails_with_its_one_sentence(city):
    other = city.model_copy(update={"k": 40})
    weekly_report(city, "2020-W14")
    with pytest.raises(RefusedInputError, match="was published with k = 15"):
        weekly_report(other, "2020-W14")
    state = weekly_report(other, "2020-W14", return_state=True)
    assert state.is_failed()
    assert state.message.startswith("2020-W14 was published with k = 15")
    assert len(state.message.splitlines()) == 1


def test_a_kept_file_is_fresh_until_an_hour_of_its_week_is_written_again(city):
    write_kept(city, WEEK, now=NOW)
    assert kept_file(city, WEEK, "xlsx", language="id").name == NAMES[2]
    assert kept_file(city, WEEK, "pdf", language="id") is None
    hourly(city, HOUR, HOUR + timedelta(hours=1))
    assert kept_file(city, WEEK, "xlsx", language="id") is None


def test_other_settings_make_a_kept_file_old(quick):
    write_kept(quick, WEEK, now=NOW)
    assert is_fresh(quick, WEEK)
    other = quick.model_copy(update={"report": quick.report.model_copy(update={"publisher": "Dinas Lain"})})
    assert not is_fresh(other, WEEK)


def test_a_report_that_fails_half_way_leaves_the_old_one_whole(quick, monkeypatch):
    write_kept(quick, WEEK, now=NOW)
    folder = folder_of(quick.as_home(), WEEK)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def fail(_weekly, *, folder, **_):
        (folder / "half.csv").write_text("half")
        raise RefusedInputError("the disk is full")

    monkeypatch.setattr(kept_reports, "write_week", fail)
    with pytest.raises(RefusedInputError, match="disk"):
        write_kept(quick, WEEK, now=NOW)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert names(folder.parent) == ["2020-W14"]


def test_the_week_of_a_monday_morning_is_the_one_that_ended_in_the_night(options):
    monday = datetime(2020, 4, 5, 23, tzinfo=UTC)  # 06:00 in Jakarta
    assert last_whole_week(options, now=monday).label == "2020-W14"


def test_only_weeks_that_are_over_and_have_data_are_whole(city):
    assert [week.label for week in whole_weeks(city, now=NOW)] == ["2020-W14"]
    assert whole_weeks(city, now=WEEK.end - timedelta(seconds=1)) == []
    assert usual_weeks(city, WEEK, epsilon=None) == ()
    assert usual_weeks(city, WEEK.earlier(-1), epsilon=None) == (WEEK,)
