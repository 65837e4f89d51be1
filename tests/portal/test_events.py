import asyncio
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta

import httpx
import polars as pl
import pytest
from decision_desk import NOW, decision_desk
from event_pages import open_page
from portal_visits import as_visitor

from crowd.density import DENSITY
from crowd.review.hours import oldest_and_newest
from lake.home import Home
from lake.stages import write_partitions
from lake.staging import staged
from portal.changes import MOST_OF_ONE, MOST_WAITING, Changes, Listener, changes_of, streams_ended
from portal.lake_watch import LakeWatch
from portal.routes import events as event_routes
from portal.web_server import serving

HOUR = datetime(2026, 3, 1, 11, tzinfo=UTC)
AT_ONCE_S = 0.5


@pytest.fixture
def desk(ledger_url, tmp_path):
    with decision_desk(ledger_url, tmp_path / "home") as desk:
        yield desk


@contextmanager
def served(desk, *, name="Rara"):
    """The portal as somebody who is signed in meets it."""
    visited = as_visitor(desk.app, role="approver", name=name, login=name.casefold())
    desk.app.state.changes = None  # what watched for an earlier server has ended with it
    with serving(visited, most_at_once=500) as url, streams_ended(desk.app):
        yield url


def approve(url, name):
    body = {"version": 1, "why": "seen on the map"}
    assert httpx.post(f"{url}/api/warnings/{name}/approve", json=body, trust_env=False).status_code == 200


def write_hour(home, hour, *, people=1.0):
    """Let the lake hold density of an hour, as a run leaves it."""
    from lake.engine import Engine, connect

    with connect(Engine(threads=1)) as connection, staged(home) as staging:
        frame = pl.DataFrame({"interval_start": [hour], "people": [people]})
        connection.register("written", frame.to_arrow())
        columns = ", ".join(f"null::{kind} as {name}" for name, kind in DENSITY.columns.items() if name not in frame)
        write_partitions(connection, f"select *, {columns} from written", stage=DENSITY, staging=staging)


def test_a_decision_in_this_process_is_told_at_once(desk):
    name = desk.draft()
    with served(desk) as url, open_page(url) as page, open_page(url) as other:
        for each in (page, other):
            each.wait_for("ledger", lambda data: data["warning_id"] is None)
        begun = time.monotonic()
        approve(url, name)
        for each in (page, other):
            at, data = each.wait_for("ledger", lambda data: data["warning_id"] == name)
            assert at - begun < AT_ONCE_S
        assert data["seq"] == desk.entries()


DECIDE = """
import sys
from datetime import datetime
from crowd.warnings.audit import Act
from crowd.warnings.decisions import reject
from crowd.warnings.drafts import find_warning
from lake.database import open_database
url, name, at = sys.argv[1:]
with open_database(url) as database, database.writing() as writing:
    act = Act(by="Budi", at=datetime.fromisoformat(at), why="at the command line")
    reject(writing, find_warning(writing, name), act=act)
"""


def test_a_decision_of_another_process_is_told(desk):
    name = desk.draft()
    with served(desk) as url, open_page(url) as page:
        page.wait_for("ledger")
        url_of_ledger = desk.database.engine.url.render_as_string(hide_password=False)
        subprocess.run([sys.executable, "-c", DECIDE, url_of_ledger, name, NOW.isoformat()], check=True, timeout=60)
        page.wait_for("ledger", lambda data: data["warning_id"] == name, patience_s=3)


def test_a_page_is_told_first_how_things_stand(desk):
    name = desk.draft()
    write_hour(desk.options.as_home(), HOUR)
    with served(desk) as url, open_page(url) as page:
        assert page.wait_for("ledger")[1] == {"seq": desk.entries(), "warning_id": None}
        assert page.wait_for("hour")[1] == {"at": "2026-03-01T11:00:00Z"}
    approved_after = desk.entries()
    desk.approve(name, "Budi")
    with served(desk) as url, open_page(url, last_event_id=approved_after) as page:
        assert page.wait_for("ledger")[1]["warning_id"] == name
    with served(desk) as url, open_page(url, last_event_id=desk.entries()) as page:
        page.wait_for("hour")
        assert [event for event in page.events if event[1] == "ledger"] == []


@pytest.mark.parametrize("place", ["-1", "x", "9" * 40, "999999", "\u00b2"])
def test_a_page_with_a_strange_place_in_the_trail_is_told_how_things_stand(desk, place):
    desk.draft()
    with served(desk) as url, open_page(url, last_event_id=place.encode("latin-1")) as page:
        assert page.wait_for("ledger")[1] == {"seq": 1, "warning_id": None}


def test_an_hour_that_is_new_or_written_anew_is_told(desk, monkeypatch):
    monkeypatch.setattr("portal.changes.LAKE_S", 0.0)
    home = desk.options.as_home()
    write_hour(home, HOUR - timedelta(hours=1))
    with served(desk) as url, open_page(url) as page:
        page.wait_for("hour", lambda data: data["at"] == "2026-03-01T10:00:00Z")
        write_hour(home, HOUR)
        page.wait_for("hour", lambda data: data["at"] == "2026-03-01T11:00:00Z")
        told = len(page.events)
        write_hour(home, HOUR, people=2.0)
        end = time.monotonic() + 5
        while len(page.events) == told and time.monotonic() < end:
            time.sleep(0.02)
        assert page.events[-1][1:3] == ("hour", {"at": "2026-03-01T11:00:00Z"})


def test_a_quiet_page_is_pinged(desk, monkeypatch):
    monkeypatch.setattr(event_routes, "PING_S", 0.1)
    with served(desk) as url, open_page(url) as page:
        page.wait_for("ping")


def test_a_server_that_is_told_to_stop_does_not_wait_for_open_pages(desk):
    with ExitStack() as stack:
        with served(desk) as url:
            pages = [stack.enter_context(open_page(url)) for _ in range(3)]
            pages[0].wait_for("ledger")
            begun = time.monotonic()
        assert time.monotonic() - begun < 2
        assert all(page.is_over.wait(2) for page in pages)


def test_nobody_watches_for_nobody(desk):
    with served(desk) as url:
        with open_page(url) as page:
            page.wait_for("ledger")
            changes = changes_of(desk.app)
            assert changes._thread is not None
        end = time.monotonic() + 10
        while changes._thread is not None and time.monotonic() < end:
            time.sleep(0.02)
        assert changes._thread is None


def test_one_person_has_no_more_than_so_many_pages(desk):
    with served(desk) as url, ExitStack() as stack:
        pages = [stack.enter_context(open_page(url)) for _ in range(MOST_OF_ONE)]
        pages[-1].wait_for("ledger")
        answer = httpx.get(f"{url}/api/events", trust_env=False)
        assert (answer.status_code, answer.json()["kind"]) == (429, "too_many")
        assert int(answer.headers["Retry-After"]) > 0


def test_two_hundred_pages_are_told_within_half_a_second(ledger_url, tmp_path, monkeypatch):
    monkeypatch.setattr("portal.changes.MOST_OF_ONE", 1000)
    with decision_desk(ledger_url, tmp_path / "home") as desk:
        name = desk.draft()
        told = asyncio.run(_many(desk, name))
    assert len(told) == 200
    assert max(told) < AT_ONCE_S


async def _many(desk, name):
    """Seconds after a decision at which each of 200 listeners is told of it."""
    changes = changes_of(desk.app)
    listeners = [changes.join("rara") for _ in range(200)]
    await asyncio.to_thread(changes.present, None)

    async def hear(listener):
        while name not in (await listener.next(patience_s=10) or name):
            pass
        return time.monotonic()

    hearing = [asyncio.create_task(hear(listener)) for listener in listeners]
    await asyncio.sleep(0)
    await asyncio.to_thread(desk.approve, name, "Budi")
    begun = time.monotonic()
    changes.look()
    told = [at - begun for at in await asyncio.gather(*hearing)]
    await asyncio.to_thread(changes.stop)
    return told


def test_a_page_that_does_not_read_is_dropped_and_the_others_are_not():
    async def run():
        slow, quick = Listener("slow"), Listener("quick")
        for number in range(MOST_WAITING + 1):
            for each in (slow, quick):
                each.tell(f"{number}")
            await asyncio.sleep(0)
            assert await quick.next(patience_s=1) == f"{number}"
        return await slow.next(patience_s=1)

    assert asyncio.run(run()) is None


def test_pages_go_on_while_the_ledger_is_away_for_a_moment(desk, monkeypatch):
    from sqlalchemy.exc import OperationalError

    import portal.changes

    name = desk.draft()
    told_since, failures = portal.changes._told_since, iter(range(2))

    def sometimes(database, seen):
        if seen is not None and next(failures, None) is not None:
            raise OperationalError("select", {}, Exception("away"))
        return told_since(database, seen)

    monkeypatch.setattr(portal.changes, "_told_since", sometimes)
    with served(desk) as url, open_page(url) as page:
        page.wait_for("ledger")
        approve(url, name)
        page.wait_for("ledger", lambda data: data["warning_id"] == name)


def test_a_machine_does_not_listen(desk):
    assert desk.visitor(scopes=["map", "warnings", "downloads"]).get("/api/events").status_code == 403


# The watch of the lake by itself.


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home")


def touch(home, *hours, text="one"):
    """Files of density, however little is in them."""
    for hour in hours:
        path = home.lake / "density" / f"date={hour:%Y-%m-%d}" / f"hour={hour:%H}" / "part.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name("draft")
        draft.write_text(text)
        draft.replace(path)


def looks(watch, times):
    return [hour for _ in range(times) for hour in watch.look()]


def test_an_hour_of_long_ago_that_is_written_anew_is_noticed_in_its_turn(home):
    days = [HOUR - timedelta(days=n) for n in range(40)]
    touch(home, *days)
    watch = LakeWatch(home)
    assert looks(watch, 10) == []
    touch(home, days[30], text="two")
    assert looks(watch, 10) == [days[30]]
    touch(home, days[0], text="two")
    assert watch.look() == [days[0]]


def test_an_hour_of_long_ago_is_noticed_also_before_its_first_turn(home):
    days = [HOUR - timedelta(days=n) for n in range(40)]
    touch(home, *days)
    watch = LakeWatch(home)
    touch(home, days[20], text="two")
    assert looks(watch, 10) == [days[20]]


def test_an_hour_that_is_gone_is_noticed(home):
    touch(home, HOUR, HOUR - timedelta(hours=1))
    watch = LakeWatch(home)
    (home.lake / "density" / "date=2026-03-01" / "hour=11" / "part.parquet").unlink()
    assert watch.look() == [HOUR]
    assert oldest_and_newest(home)[1] == HOUR - timedelta(hours=1)


def test_no_lake_has_no_hours(home):
    assert (oldest_and_newest(home), LakeWatch(home).look()) == (None, [])


def test_a_look_at_two_years_of_hours_costs_little(home):
    touch(home, *(HOUR - timedelta(hours=n) for n in range(0, 24 * 730, 3)))
    watch = LakeWatch(home)
    begun = time.process_time()
    looks(watch, 5)
    assert (time.process_time() - begun) / 5 < 0.1


def test_changes_begin_anew_after_everybody_has_left(desk):
    async def run():
        changes = Changes(desk.database, desk.options.as_home())
        for _ in range(3):
            listener = changes.join("rara")
            await asyncio.to_thread(changes.present, None)
            await asyncio.to_thread(desk.draft, number=desk.entries() + 1)
            changes.look()
            assert "ledger" in (await listener.next(patience_s=5))
            changes.leave(listener)
        await asyncio.to_thread(changes.stop)

    asyncio.run(run())
