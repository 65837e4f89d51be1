import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from prefect.client.orchestration import get_client
from prefect.testing.utilities import prefect_test_harness

from lake.errors import RefusedInputError
from lake.home import Home
from lake.locks import hold_lock
from pipelines.hourly import hourly

pytestmark = pytest.mark.xdist_group("prefect")

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
HOUR = datetime(2020, 3, 31, 12, tzinfo=UTC)
NEXT = HOUR + timedelta(hours=1)
STAGES = ("counts", "density", "gatherings", "gathering_hexes", "targets")


@pytest.fixture(scope="module", autouse=True)
def prefect():
    with prefect_test_harness(server_startup_timeout=120):
        yield


def _files(options):
    return {p: p.read_bytes() for stage in STAGES for p in (options.home / "lake" / stage).rglob("*.parquet")}


@pytest.fixture
def arrived(drop):
    """The sample's last hour lies in the inbox."""
    return [drop(path) for path in sorted((SAMPLE / "inbox").iterdir())]


def test_an_hour_goes_from_the_inbox_to_target_cells(options, arrived):
    summary = hourly(options, HOUR, NEXT)
    told = {row["what"]: row["value"] for row in summary.rows()}
    assert told["files taken in"] == len(arrived)
    assert told["devices counted"] == told["devices placed"] > 0
    assert told["gatherings new"] > 0
    assert told["target cells"] > 0
    assert not any(path.exists() for path in arrived)


@pytest.mark.usefixtures("arrived")
def test_a_run_over_an_hour_already_done_replaces_it_with_the_same(options):
    hourly(options, HOUR, NEXT)
    before = _files(options)
    hourly(options, HOUR, NEXT)
    assert _files(options) == before


@pytest.mark.usefixtures("arrived")
def test_files_of_flows_are_taken_in_and_make_no_hour_anew(options, drop, tmp_path):
    told = {row["what"] for row in hourly(options, HOUR, NEXT).rows()}
    assert not any("flows" in what for what in told)
    flows = tmp_path / "flows.csv"
    flows.write_text("interval_start,from_area,to_area,devices\n2020-03-01T00:00+07:00,99.01.01,99.01.02,20\n")
    drop(flows)
    summary = hourly(options, HOUR, NEXT)
    assert summary.recomputed == [(HOUR, NEXT)]
    rows = {row["what"].strip(): row["value"] for row in summary.rows()}
    assert (rows["files refused"], rows["rows of flows taken in"]) == (1, 0)  # no areas are loaded here


def test_a_late_file_recomputes_the_hour_it_speaks_of(options, drop):
    drop(SAMPLE / "counts" / "alun_2020-03-31.csv.gz")
    hourly(options, HOUR, NEXT)
    early = options.home / "lake/density/date=2020-03-31/hour=05/part.parquet"
    people = pl.read_parquet(early)["people"].sum()
    drop(SAMPLE / "counts" / "nusa_2020-03-31.csv.gz")
    summary = hourly(options, HOUR, NEXT)
    assert summary.recomputed[0][0] < HOUR
    assert pl.read_parquet(early)["people"].sum() > people * 1.2


def test_a_backfill_is_one_flow_run(options, drop):
    drop(SAMPLE / "counts" / "alun_2020-03-30.csv.gz")
    start = datetime(2020, 3, 29, 17, tzinfo=UTC)
    with get_client(sync_client=True) as client:
        before = len(client.read_flow_runs())
        summary = hourly(options, start, start + timedelta(days=1))
        assert len(client.read_flow_runs()) == before + 1
    assert sum(d.intervals for d in summary.density) == 24


@pytest.mark.usefixtures("arrived")
def test_every_run_leaves_a_table_of_what_it_did(options):
    hourly(options, HOUR, NEXT)
    with get_client(sync_client=True) as client:
        artifacts = client.read_artifacts()
    latest = max((a for a in artifacts if a.key == "hourly-run"), key=lambda a: a.created)
    assert "devices placed" in latest.data
    assert latest.type == "table"


@pytest.mark.usefixtures("arrived")
def test_no_two_runs_work_on_the_same_day_at_once(options):
    """While another process holds the day, a run waits; it goes on when the day is free."""
    done = threading.Event()

    def run():
        hourly(options, HOUR, NEXT)
        done.set()

    with hold_lock(Home(options.home), "run-2020-03-31", wait_s=5):
        thread = threading.Thread(target=run)
        thread.start()
        assert not done.wait(8)
        assert not (options.home / "lake/density").exists()
    assert done.wait(60)
    thread.join()
    assert (options.home / "lake/density/date=2020-03-31/hour=12/part.parquet").exists()


def test_a_broken_policy_stops_the_run_before_a_file_is_moved(options, arrived):
    (options.home / "policy.toml").write_text("levels = 3")
    with pytest.raises(RefusedInputError, match=r"policy\.toml"):
        hourly(options, HOUR, NEXT)
    assert all(path.exists() for path in arrived)


def test_a_refusal_is_told_at_once_and_a_passing_fault_is_tried_again(options, monkeypatch):
    import shutil

    import pipelines.hourly as module

    tries = []

    def fail_once(*words, **named):
        tries.append(1)
        if len(tries) == 1:
            raise OSError("the disk is away for a moment")
        return found(*words, **named)

    found = module.find_gatherings
    monkeypatch.setattr(module, "find_gatherings", fail_once)
    monkeypatch.setattr(module.gatherings, "retry_delay_seconds", [0.1, 0.1, 0.1])
    hourly(options, HOUR, NEXT)
    assert len(tries) == 2
    shutil.rmtree(options.home / "lake" / "cells")
    before = datetime.now(UTC)
    with pytest.raises(RefusedInputError, match="no cell plan"):
        hourly(options, HOUR, NEXT)
    assert datetime.now(UTC) - before < timedelta(seconds=2)


def test_nothing_to_do_is_no_error(options):
    summary = hourly(options, HOUR, NEXT)
    assert {row["what"]: row["value"] for row in summary.rows()}["intervals with counts"] == 0
