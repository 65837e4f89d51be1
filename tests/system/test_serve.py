"""`kerumun serve` as a service manager runs it: one service over one home, which the last test stops."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import polars as pl
import pypdfium2 as pdfium
import pytest
from drafted_warnings import add_approved
from openpyxl import load_workbook

from crowd.counts import load_counts
from crowd.density import compute_density
from crowd.factors import settle_factors
from crowd.holidays import Calendar
from crowd.mobility.weeks import week_of
from crowd.warnings.listing import show_warning
from geo.areas import load_areas
from geo.cells import load_cells
from geo.cells.load import PlanOptions
from geo.footprint import build_footprints
from lake.database import open_database
from lake.engine import Engine, connect
from lake.home import Home
from lake.intake import Intake
from lake.profile import FileProfile

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("prefect")]
PATIENCE_S = 400
TIMEZONE = "Asia/Jakarta"
SAMPLE = Path(__file__).parents[2] / "data" / "sample"
SAMPLE_HOUR = datetime(2020, 3, 31, 12, tzinfo=UTC)
WEEKLY = "weekly-report/weekly-report"


@pytest.fixture(scope="module")
def week():
    """The last whole week; the service cannot be told another time than it is."""
    return week_of(datetime.now(UTC), timezone=TIMEZONE).earlier(1)


@pytest.fixture(scope="module")
def home(week, tmp_path_factory):
    """A home that knows one hour of the week, of the sample's city, with an old report of it."""
    root = tmp_path_factory.mktemp("served")
    home = Home(root / "home")
    home.root.mkdir()
    (home.root / "kerumun.toml").write_text('[report]\nlanguages = ["id"]\n', encoding="utf-8")
    now = datetime.now(UTC)
    intake = Intake(home=home, engine=Engine(), ledger_url=home.ledger_url, now=now, taken_by="tester")
    load_cells(SAMPLE / "cells.csv", intake=intake, options=PlanOptions(profile=FileProfile(), timezone=TIMEZONE))
    for level in ("regency", "district"):
        load_areas(SAMPLE / "areas.geojson", level=level, intake=intake, columns={})
    hour = week.start + timedelta(days=1, hours=19)
    load_counts(_moved(root, hour), intake=intake, profile=FileProfile(), max_devices=50_000)
    span = {"home": home, "start": hour, "end": hour + timedelta(hours=1)}
    with connect(Engine()) as connection:
        footprints = build_footprints(connection, **span)
        factors = settle_factors([], operators=("alun", "nusa"), settings={"alun": 1.4, "nusa": 1.4})
        calendar = Calendar(TIMEZONE, [])
        compute_density(connection, **span, footprints=footprints, factors=factors, calendar=calendar)
    old = home.root / "reports" / week.label / ".made_from"
    old.parent.mkdir(parents=True)
    old.write_text("what was known then", encoding="utf-8")
    return home


def _moved(root, hour):
    """The sample's last hour as counts of another hour."""
    paths = []
    for source in sorted((SAMPLE / "inbox").glob("*.csv")):
        rows = pl.read_csv(source).with_columns(interval_start=pl.lit(hour.isoformat()))
        paths.append(root / source.name)
        rows.write_csv(paths[-1])
    return paths


@pytest.fixture(scope="module")
def service(home):
    """The service, started, with the address of its Prefect; ended at the end if it is not over."""
    port = free_port()
    environment = {**os.environ, "HOME": str(home.root.parent), "KERUMUN_PORTAL__PORT": str(free_port())}
    environment.pop("PREFECT_API_URL", None)
    words = ["serve", "--port", str(port), "--home", str(home.root)]
    with (home.root.parent / "said.txt").open("w") as said:
        running = subprocess.Popen(
            [sys.executable, "-m", "kerumun", *words],
            cwd=home.root.parent,
            env=environment,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        running.url = f"http://127.0.0.1:{port}/api"
        yield running
        if running.poll() is None:
            running.terminate()  # killed, it would leave its Prefect server behind
            running.wait(120)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def said(home):
    return (home.root.parent / "said.txt").read_text()


def ask(service, path, body=None):
    """What Prefect's interface answers, which is to be asked again while its database is busy."""

    def answer():
        answered = httpx.request("GET" if body is None else "POST", service.url + path, json=body, timeout=30)
        return None if answered.status_code == httpx.codes.SERVICE_UNAVAILABLE else answered

    return wait_for(answer).raise_for_status().json()


def wait_for(what):
    end = time.monotonic() + PATIENCE_S
    while not (found := what()):
        assert time.monotonic() < end
        time.sleep(0.2)
    return found


def test_it_sends_a_warning_soon_after_its_approval(home, service):
    with open_database(home.ledger_url) as database:
        with database.writing() as writing:
            name = add_approved(writing, at=datetime.now(UTC))
        laid = home.root / "outgoing" / "alun" / f"{name}.1.folder.alun.sha256"
        wait_for(laid.exists)

        def is_sent():
            with database.reading() as reading:
                return show_warning(reading, name).listed.state == "sent"

        wait_for(is_sent)
    assert service.poll() is None


def test_a_run_of_the_weekly_report_by_hand_writes_all_its_files_anew(home, service, week):
    folder = home.root / "reports" / week.label
    wait_for(lambda: "Stop with Ctrl-C" in said(home))
    assert run_by_hand(service) == "Completed"
    assert (folder / ".made_from").read_text() != "what was known then"
    assert_readable(folder, week)
    assert "leaked" not in said(home)


def assert_readable(folder, week):
    name = f"kerumun-mobility-{week.label}"
    rows = pl.read_csv(folder / f"{name}.csv", infer_schema=False)
    assert rows.height == pl.read_parquet(folder / f"{name}.parquet").height > 0
    assert len(load_workbook(folder / f"{name}-id.xlsx").sheetnames) > 1
    assert len(pdfium.PdfDocument(folder / f"{name}-id.pdf")) > 1
    told = json.loads((folder / f"{name}.metadata.json").read_text(encoding="utf-8"))
    assert told["dct:identifier"] == week.label


def run_by_hand(service):
    """Run the deployment as an officer does, and wait for its end."""
    deployment = ask(service, f"/deployments/name/{WEEKLY}")["id"]
    run = ask(service, f"/deployments/{deployment}/create_flow_run", {})["id"]

    def ended():
        state = ask(service, f"/flow_runs/{run}")["state"]
        return state["name"] if state["type"] in {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"} else None

    return wait_for(ended)


def test_the_report_is_due_on_monday_at_six_on_the_clock_of_the_place(service, home):
    wait_for(lambda: "Stop with Ctrl-C" in said(home))
    (due,) = ask(service, f"/deployments/name/{WEEKLY}")["schedules"]
    assert due["active"]
    assert (due["schedule"]["cron"], due["schedule"]["timezone"]) == ("0 6 * * 1", "Asia/Jakarta")


def test_it_stops_in_order(home, service):
    wait_for(lambda: "Stop with Ctrl-C" in said(home))
    service.send_signal(signal.SIGTERM)
    assert service.wait(PATIENCE_S) == 0, said(home)
    assert "Traceback" not in said(home)
