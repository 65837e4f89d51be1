import os
import stat
from datetime import UTC, datetime

import polars as pl
import pytest

from lake.home import Home
from lake.intake import Intake
from pipelines.inbox import Limits, find_deliveries, take_in_inbox

HEADER = "interval_start,cell_id,devices\n"
ROW = "2020-03-31T12:00Z,001-01-100-1,{devices}\n"


@pytest.fixture
def take_in(options):
    def run():
        home = Home(options.home)
        now = datetime(2020, 4, 1, 8, tzinfo=UTC)
        intake = Intake(home=home, engine=options.engine(), ledger_url=home.ledger_url, now=now, taken_by="tester")
        taken = take_in_inbox(intake, limits=Limits(max_devices=50_000, k=15), settle_s=0.0)
        return [report for load in taken.loads for report in load.files]

    return run


@pytest.fixture
def write(options):
    def _write(name, content, *, age_s=60):
        path = options.home / "inbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        seen = datetime.now(UTC).timestamp() - age_s
        os.utime(path, (seen, seen))
        return path

    return _write


def _counts(options):
    files = sorted((options.home / "lake" / "counts").rglob("part.parquet"))
    return pl.concat(pl.read_parquet(f) for f in files)


def test_a_good_file_is_taken_in_and_moved_to_done(options, take_in, write):
    write("a.csv", HEADER + ROW.format(devices=7))
    (report,) = take_in()
    assert report.verdict == "accepted"
    assert (options.home / "inbox/done/2020-04-01/a.csv").exists()
    assert _counts(options)["devices"].to_list() == [7]


def test_a_refused_file_is_moved_with_its_reason_beside_it_for_nobody_else_to_read(options, take_in, write):
    write("a.csv", "msisdn,devices\nx,1\n")
    take_in()
    refused = options.home / "inbox/refused/2020-04-01/a.csv"
    assert "msisdn" in (refused.parent / "a.csv.reason.txt").read_text()
    assert stat.S_IMODE(refused.stat().st_mode) == 0o600


def test_a_later_file_corrects_an_earlier_one(options, take_in, write):
    write("b_first.csv", HEADER + ROW.format(devices=7), age_s=60)
    write("a_correction.csv", HEADER + ROW.format(devices=9), age_s=30)
    take_in()
    assert _counts(options)["devices"].to_list() == [9]


def test_a_delivery_folder_is_one_delivery_in_parts(options, take_in, write):
    write("hour.delivery/1.csv", HEADER + ROW.format(devices=7))
    write("hour.delivery/2.csv", HEADER + "2020-03-31T12:00Z,001-01-100-131,9\n")
    take_in()
    assert sorted(_counts(options)["devices"].to_list()) == [7, 9]
    assert not (options.home / "inbox/hour.delivery").exists()


def test_a_folder_with_a_profile_holds_foreign_files(options, take_in, write):
    (options.home / "profiles").mkdir()
    (options.home / "profiles/alun.toml").write_text(
        'timezone = "Asia/Jakarta"\noperator = "alun"\n'
        '[columns]\ninterval_start = "ts"\ncell_id = "id"\ndevices = "n"\n'
    )
    write("alun/a.csv", "ts,id,n\n2020-03-31 19:00,001-01-100-1,7\n")
    take_in()
    assert _counts(options)["devices"].to_list() == [7]


def test_a_folder_without_a_profile_is_refused_with_the_path_to_make(take_in, write):
    write("stranger/a.csv", HEADER + ROW.format(devices=7))
    (report,) = take_in()
    assert report.verdict == "refused"
    assert "profiles/stranger.toml" in report.reason


@pytest.mark.parametrize("name", [".a.csv", "a.csv.part", "a.csv.tmp", "a.csv.filepart"])
def test_files_still_being_written_are_left_alone(options, write, name):
    write(name, HEADER)
    assert find_deliveries(Home(options.home)) == []


def test_a_name_that_was_there_before_is_not_overwritten(options, take_in, write):
    for devices in (7, 9):
        write("a.csv", HEADER + ROW.format(devices=devices))
        take_in()
    assert {p.name for p in (options.home / "inbox/done/2020-04-01").iterdir()} == {"a.csv", "a-2.csv"}
