import errno
import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import jsonschema
import polars as pl
import pytest
from made_warnings import make_cells, make_outgoing

from crowd.warnings.channels.folder import FolderChannel
from crowd.warnings.channels.payload import target_list

OUTGOING = make_outgoing(key="w-0002.1.folder.alun")
KEY = OUTGOING.key
SCHEMA = Path(__file__).parents[3] / "docs" / "schemas" / "receipt.schema.json"
SUPPORT = Path(__file__).parents[2] / "support"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "alun"


@pytest.fixture
def channel(folder):
    return FolderChannel(folder)


def visible(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def acknowledge(folder, content, suffix="ack"):
    (folder / f"{KEY}.{suffix}").write_bytes(content)


def test_what_lies_there_is_complete_and_checks(channel, folder):
    assert channel.send(OUTGOING).outcome == "accepted"
    assert visible(folder) == [f"{KEY}.csv", f"{KEY}.json", f"{KEY}.sha256"]
    assert (folder / f"{KEY}.json").read_bytes() == target_list(OUTGOING)
    told = OUTGOING.cells.select("cell_id", "expected_recipients", mode=pl.lit("test"))
    assert pl.read_csv(folder / f"{KEY}.csv").equals(told)
    checked = subprocess.run(["sha256sum", "--check", "--strict", f"{KEY}.sha256"], cwd=folder, check=True)
    assert checked.returncode == 0


def test_the_staging_folder_is_nobody_elses(channel, folder):
    channel.send(OUTGOING)
    assert (folder / ".outgoing").stat().st_mode & 0o077 == 0


def test_before_sending_it_is_absent(channel, folder):
    assert channel.ask(OUTGOING).outcome == "absent"
    assert not folder.exists()


def test_fetched_and_removed_it_stays_accepted_and_does_not_come_back(channel, folder):
    channel.send(OUTGOING)
    for name in visible(folder):
        (folder / name).unlink()
    assert channel.ask(OUTGOING).outcome == "accepted"
    assert channel.send(OUTGOING).outcome == "accepted"
    assert visible(folder) == []


def test_an_acknowledgement_is_enough_where_the_staging_folder_was_lost(channel, folder):
    folder.mkdir()
    acknowledge(folder, json.dumps({"idempotency_key": KEY, "status": "delivered"}).encode())
    assert channel.send(OUTGOING).outcome == "accepted"
    assert channel.ask(OUTGOING).outcome == "delivered"
    assert visible(folder) == [f"{KEY}.ack"]


def test_a_half_staged_list_without_its_ready_mark_is_written_anew(channel, folder):
    staging = folder / ".outgoing"
    staging.mkdir(parents=True)
    for part in ("csv", "json", "sha256"):
        (staging / f"{KEY}.{part}").write_bytes(b"half")
    assert channel.ask(OUTGOING).outcome == "absent"
    channel.send(OUTGOING)
    assert (folder / f"{KEY}.json").read_bytes() == target_list(OUTGOING)


def test_a_ready_list_that_lost_a_file_is_written_anew(channel, folder):
    staging = folder / ".outgoing"
    staging.mkdir(parents=True)
    for part in ("csv", "sha256", "ready"):
        (staging / f"{KEY}.{part}").write_bytes(b"old")
    assert channel.ask(OUTGOING).outcome == "absent"
    channel.send(OUTGOING)
    digest = hashlib.sha256((folder / f"{KEY}.csv").read_bytes()).hexdigest()
    assert digest in (folder / f"{KEY}.sha256").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("delivered", "delivered"), ("accepted", "accepted"), ("failed", "failed"), ("expired", "failed")],
)
def test_a_receipt_that_comes_back_is_read(channel, folder, status, outcome):
    receipt = {"idempotency_key": KEY, "status": status, "message": "noted", "recipients": 7, "reference": "r-1"}
    jsonschema.validate(receipt, json.loads(SCHEMA.read_text(encoding="utf-8")))
    channel.send(OUTGOING)
    acknowledge(folder, json.dumps(receipt).encode())
    answer = channel.ask(OUTGOING)
    assert (answer.outcome, answer.said, answer.reference) == (outcome, "noted", "r-1")


def test_an_empty_acknowledgement_counts_once_it_is_surely_whole(channel, folder):
    channel.send(OUTGOING)
    acknowledge(folder, b"\n")
    written = (folder / f"{KEY}.ack").stat().st_ctime
    assert FolderChannel(folder, clock=lambda: written + 1).ask(OUTGOING).outcome == "accepted"
    assert FolderChannel(folder, clock=lambda: written + 3).ask(OUTGOING).outcome == "delivered"


@pytest.mark.parametrize(
    "content", [b'{"status": "deli', b"ok", b'{"status": "delivered", "idempotency_key": "another"}']
)
def test_an_acknowledgement_that_cannot_be_read_delivers_nothing(channel, folder, content):
    channel.send(OUTGOING)
    acknowledge(folder, content)
    answer = channel.ask(OUTGOING)
    assert answer.outcome == "accepted"
    assert f"{KEY}.ack" in answer.what_to_do


def test_a_refusal_fails_with_its_reason_and_no_number(channel, folder):
    channel.send(OUTGOING)
    acknowledge(folder, b"not for +99900000001\n", "nack")
    answer = channel.ask(OUTGOING)
    assert (answer.outcome, answer.said) == ("failed", "not for ***")


def test_an_acknowledgement_is_not_followed_elsewhere(channel, folder, tmp_path):
    channel.send(OUTGOING)
    (tmp_path / "private").write_text("private", encoding="utf-8")
    (folder / f"{KEY}.nack").symlink_to(tmp_path / "private")
    answer = channel.ask(OUTGOING)
    assert answer.outcome == "unknown"
    assert "private" not in answer.said


def test_a_pipe_in_place_of_an_acknowledgement_holds_nobody(channel, folder):
    channel.send(OUTGOING)
    os.mkfifo(folder / f"{KEY}.ack")
    assert channel.ask(OUTGOING).outcome == "unknown"


@pytest.mark.parametrize(("code", "to_do"), [(errno.ENOSPC, "make room"), (errno.EACCES, "let this user write")])
@pytest.mark.parametrize("failing", ["fsync", "rename"])
def test_a_disk_that_refuses_is_tried_later_and_then_goes_on(channel, folder, monkeypatch, code, to_do, failing):
    def refuse(*_):
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(*((os, "fsync") if failing == "fsync" else (Path, "rename")), refuse)
        answer = channel.send(OUTGOING)
    assert answer.outcome == "later"
    assert to_do in answer.what_to_do
    assert channel.ask(OUTGOING).outcome == "absent"
    assert channel.send(OUTGOING).outcome == "accepted"
    assert f"{KEY}.sha256" in visible(folder)


def test_an_error_after_the_list_is_out_does_not_take_it_back(channel, folder, monkeypatch):
    def refuse(handle, sync=os.fsync):
        if (folder / f"{KEY}.sha256").exists():
            raise OSError(errno.EIO, "broken")
        sync(handle)

    monkeypatch.setattr(os, "fsync", refuse)
    assert channel.send(OUTGOING).outcome == "accepted"


def test_a_file_in_place_of_the_folder_is_told_to_a_person(tmp_path):
    (tmp_path / "file").touch()
    answer = FolderChannel(tmp_path / "file").send(OUTGOING)
    assert answer.outcome == "later"
    assert "must be a folder" in answer.what_to_do


def test_other_lists_are_independent(channel, folder):
    channel.send(OUTGOING)
    assert channel.ask(replace(OUTGOING, key="w-0003.1.folder.alun")).outcome == "absent"
    assert channel.send(replace(OUTGOING, key="w-0003.1.folder.alun", cells=make_cells(count=5))).outcome == "accepted"
    assert len(visible(folder)) == 6


@pytest.fixture(scope="module")
def driven(tmp_path_factory):
    """What `folder_kills.py` saw."""
    command = [sys.executable, Path(__file__).with_name("folder_kills.py"), tmp_path_factory.mktemp("kills")]
    paths = os.pathsep.join([str(SUPPORT), *sys.path])
    done = subprocess.run(command, check=True, capture_output=True, timeout=300, env=os.environ | {"PYTHONPATH": paths})
    return json.loads(done.stdout)


def test_killed_at_any_change_the_list_is_out_exactly_once_and_whole(driven):
    kills = driven["kills"]
    assert len(kills) > 50
    for kill in kills:
        assert sorted(kill["picks"]) == [[0, 0], [0, 0], [1, 0]], kill
        assert kill["picks"][2] == [0, 0], kill
        assert kill["asked"][1] == "accepted", kill
        assert kill["left"] == [], kill


def test_asked_after_a_kill_it_says_whether_the_list_is_out(driven):
    asked = [(kill["asked"][0], kill["picks"][0]) for kill in driven["kills"]]
    assert all(outcome == ("accepted" if picked == [1, 0] else "absent") for outcome, picked in asked)
    assert {outcome for outcome, _ in asked} == {"accepted", "absent"}


def test_several_senders_at_once_lay_it_out_once(driven):
    for together in driven["together"]:
        assert (together["whole"], together["broken"]) == (1, 0), together
        assert set(together["ends"]) == {"accepted"}, together
