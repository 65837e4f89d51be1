"""The hourly flow with warnings: gatherings of the hour that has just ended, drafted, approved by hand, sent."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prefect.testing.utilities import prefect_test_harness

from crowd.gatherings import GATHERINGS
from crowd.targets import TARGETS
from crowd.warnings.audit import Act
from crowd.warnings.decisions import approve
from crowd.warnings.drafts import find_warning
from crowd.warnings.kill_switch import pause
from crowd.warnings.listing import list_warnings, show_warning
from crowd.warnings.options import WarningOptions
from crowd.warnings.routes import routes_of
from crowd.warnings.verify import verify
from crowd.warnings.wording import lists_of, revision_of
from geo.areas import load_areas
from lake.database import open_database
from lake.errors import RefusedInputError
from lake.intake import Intake
from pipelines.hourly import hourly
from pipelines.ranges import hour_before
from pipelines.warn import draft_of

pytestmark = pytest.mark.xdist_group("prefect")

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
ALL = ("draft", "approved", "queued", "sent", "delivered", "failed", "expired", "cancelled")


@pytest.fixture(scope="module", autouse=True)
def prefect():
    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.fixture
def city(options, ledger_url):
    """The sample's city with its areas, its ledger in each database."""
    warnings = WarningOptions(official_page="info.example.id", draft_from="waspada")
    city = options.model_copy(update={"ledger_url": ledger_url, "warnings": warnings})
    intake = Intake(
        home=city.as_home(), engine=city.engine(), ledger_url=ledger_url, now=datetime.now(UTC), taken_by="tester"
    )
    for level in ("regency", "district"):
        load_areas(SAMPLE / "areas.geojson", level=level, intake=intake, columns={})
    return city


@pytest.fixture
def last_hour(city):
    """The hour that has just ended, its counts in the inbox: those of the sample's last hour, with today's date."""
    start, end = hour_before(datetime.now(UTC))
    folder = city.home / "inbox"
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted((SAMPLE / "inbox").iterdir()):
        text = re.sub(r"^2020[^,]*", f"{start:%Y-%m-%dT%H:%M}+00:00", path.read_text(), flags=re.MULTILINE)
        (folder / path.name).write_text(text)
    return start, end


def warnings_of(city):
    with open_database(city.ledger_url) as database, database.reading() as reading:
        return list_warnings(reading, states=ALL)


def approve_all(city):
    with open_database(city.ledger_url) as database, database.writing() as writing:
        for each in list_warnings(writing, states=("draft",)):
            for name in ("Budi", "Sri")[: each.approvals_needed]:
                warning = find_warning(writing, each.id)
                lists = lists_of(revision_of(writing, warning_id=each.id, revision=1))
                routes = routes_of(lists, options=city.warnings, officers=())
                approve(writing, warning, routes=routes, act=Act(by=name, at=datetime.now(UTC)))


def told(summary):
    return {row["what"]: row["value"] for row in summary.rows()}


def test_the_hour_that_has_just_ended_is_drafted_and_nothing_goes_out_before_a_person_says_so(city, last_hour):
    summary = hourly(city, *last_hour)
    drafted = warnings_of(city)
    assert len(drafted) == told(summary)["warnings drafted, waiting for approval"] > 0
    assert {each.state for each in drafted} == {"draft"}
    assert not (city.home / "outgoing").exists()

    approve_all(city)
    sent = hourly(city, *last_hour)
    assert told(sent)["warnings drafted, waiting for approval"] == 0
    assert {each.state for each in warnings_of(city)} == {"sent"}
    lists = [json.loads(path.read_text()) for path in (city.home / "outgoing").glob("*/*.json")]
    assert {each["mode"] for each in lists} == {"test"}
    assert {each["operator"] for each in lists} == {"alun", "nusa"}
    with open_database(city.ledger_url) as database, database.reading() as reading:
        assert verify(reading).problems == []


@pytest.mark.usefixtures("last_hour")
def test_while_sending_is_paused_a_run_sends_nothing_and_says_so(city, last_hour):
    hourly(city, *last_hour)
    approve_all(city)
    with open_database(city.ledger_url) as database, database.writing() as writing:
        pause(writing, act=Act(by="Sri", at=datetime.now(UTC), why="a mistake in the cell plan"))
    summary = hourly(city, *last_hour)
    assert told(summary)["sending is paused"] == "kerumun warnings resume"
    assert {each.state for each in warnings_of(city)} == {"approved"}
    assert not (city.home / "outgoing").exists()


def test_a_backfill_of_the_past_drafts_nothing(city, drop):
    for path in sorted((SAMPLE / "inbox").iterdir()):
        drop(path)
    start = datetime(2020, 3, 31, 12, tzinfo=UTC)
    assert told(hourly(city, start, start + timedelta(hours=1)))["gatherings new"] > 0
    assert warnings_of(city) == []


def test_an_hour_of_the_past_is_drafted_by_hand_as_a_test_even_where_warnings_are_live(city, drop):
    for path in sorted((SAMPLE / "inbox").iterdir()):
        drop(path)
    start = datetime(2020, 3, 31, 12, tzinfo=UTC)
    hourly(city, start, start + timedelta(hours=1))
    live = city.model_copy(update={"warnings": city.warnings.model_copy(update={"mode": "live"})})
    done = draft_of(live, start=start, end=start + timedelta(hours=1), now=datetime.now(UTC))
    assert done.drafted
    with open_database(city.ledger_url) as database, database.reading() as reading:
        shown = [show_warning(reading, name) for name in done.drafted]
    assert {each.listed.mode for each in shown} == {"test"}
    assert all(each.texts["id"].startswith("UJI COBA: ") for each in shown)


def test_a_table_that_does_not_fit_fails_the_run_after_the_hour_itself_is_done(city, last_hour):
    (city.home / "emergency_numbers.csv").write_text("regency_code,numbers\n99.01,112\n")
    with pytest.raises(RefusedInputError, match="emergency_numbers"):
        hourly(city, *last_hour)
    assert GATHERINGS.paths(city.as_home())
    assert TARGETS.paths(city.as_home())
