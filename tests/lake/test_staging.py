"""Files of the lake change all together or not at all, whenever the process dies."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager

import pytest

from lake import staging as staging_module
from lake.staging import recover, staged

OLD = {"counts/a": b"old a", "counts/b": b"old b", "counts/deep/c": b"old c"}
NEW = {"counts/a": b"new a", "counts/d": b"new d", "counts/deep/c": b"old c"}


class _PulledPlugError(BaseException):
    """Stands for the death of the process: nothing in the code catches it."""


@pytest.fixture
def lake(home):
    for relative, content in OLD.items():
        path = home.lake / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return home.lake


def _change(home):
    """Replace a, remove b, keep c, add d."""
    with staged(home) as staging:
        staging.path("counts/a").write_bytes(b"new a")
        staging.path("counts/d").write_bytes(b"new d")
        staging.remove("counts/b")


@contextmanager
def _pulled_plug(home, monkeypatch, *, on, after):
    """Let the process die at the n-th call of a function that the moves use."""
    function, calls = getattr(os, on, None) or getattr(staging_module.Path, on), []

    def dying(*arguments, **options):
        calls.append(arguments)
        if len(calls) > after:
            raise _PulledPlugError
        return function(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(os if hasattr(os, on) else staging_module.Path, on, dying)
        # A dead process tidies nothing up.
        patch.setattr(staging_module.shutil, "rmtree", lambda *_, **__: None)
        with pytest.raises(_PulledPlugError):
            yield
    assert len(calls) == after + 1
    assert any((home.lake / ".staging").iterdir())


def test_new_files_come_and_removed_ones_go_together(home, lake, read_all):
    _change(home)
    assert read_all(lake) == NEW


def test_nothing_changes_inside_the_block(home, lake):
    with staged(home) as staging:
        staging.path("counts/a").write_bytes(b"new a")
        staging.remove("counts/b")
        assert {path: (lake / path).read_bytes() for path in OLD} == OLD


def test_a_file_both_removed_and_written_anew_stays(home, lake):
    with staged(home) as staging:
        staging.remove("counts/a")
        staging.path("counts/a").write_bytes(b"new a")
    assert (lake / "counts/a").read_bytes() == b"new a"


def test_removing_what_is_not_there_is_no_error(home, lake, read_all):
    with staged(home) as staging:
        staging.remove("counts/never")
    assert read_all(lake) == OLD


def test_an_exception_leaves_the_lake_as_it_was_and_no_rubbish(home, lake, read_all):
    def fail():
        with staged(home) as staging:
            staging.path("counts/a").write_bytes(b"new a")
            staging.remove("counts/b")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    assert read_all(lake) == OLD
    assert list((lake / ".staging").iterdir()) == []


def test_a_death_before_the_manifest_leaves_the_lake_as_it_was(home, lake, read_all, monkeypatch):
    with _pulled_plug(home, monkeypatch, on="rename", after=0):
        _change(home)
    recover(home)
    assert read_all(lake) == OLD
    assert list((lake / ".staging").iterdir()) == []


@pytest.mark.parametrize("moved", [0, 1])
def test_a_death_between_manifest_and_moves_is_finished_by_the_next_one(home, lake, read_all, monkeypatch, moved):
    with _pulled_plug(home, monkeypatch, on="replace", after=moved):
        _change(home)
    recover(home)
    assert read_all(lake) == NEW
    assert list((lake / ".staging").iterdir()) == []


@pytest.mark.parametrize("moved", [0, 1])
def test_a_death_of_who_finishes_is_finished_by_the_one_after(home, lake, read_all, monkeypatch, moved):
    with _pulled_plug(home, monkeypatch, on="replace", after=0):
        _change(home)
    with _pulled_plug(home, monkeypatch, on="replace", after=moved):
        recover(home)
    recover(home)
    assert read_all(lake) == NEW


def test_finishing_old_work_does_not_undo_what_came_after(home, lake, monkeypatch):
    with _pulled_plug(home, monkeypatch, on="replace", after=2), staged(home) as staging:
        for name in ("a", "d", "e"):
            staging.path(f"counts/{name}").write_bytes(b"first")
    recover(home)
    with staged(home) as staging:
        staging.path("counts/a").write_bytes(b"second")
    recover(home)
    assert (lake / "counts/a").read_bytes() == b"second"
    assert (lake / "counts/e").read_bytes() == b"first"


def test_a_folder_without_manifest_is_rubbish(home, lake, read_all):
    new = lake / ".staging" / "dead" / "new" / "counts"
    new.mkdir(parents=True)
    (new / "a").write_bytes(b"half")
    (lake / ".staging" / "dead" / "manifest.json.draft").write_text(json.dumps({"put": ["counts/a"], "remove": []}))
    recover(home)
    assert read_all(lake) == OLD


def test_recovering_a_home_without_a_lake_is_no_error(home):
    recover(home)
    recover(home)


OTHER = """
import sys
from pathlib import Path
from lake.home import Home
from lake.staging import staged
home, name, rounds = Home(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
for n in range(rounds):
    with staged(home) as staging:
        staging.path(f"counts/{name}-{n}").write_text(name)
        if rounds == 1:
            print("inside", flush=True)
            sys.stdin.read()
"""


def _another_process(home, name, *, rounds):
    command = [sys.executable, "-c", OTHER, str(home.root), name, str(rounds)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_the_staging_of_a_living_process_is_left_alone(home, lake):
    with _another_process(home, "other", rounds=1) as other:
        assert other.stdout.readline() == "inside\n"
        recover(home)
        _change(home)
        other.stdin.close()
        assert other.wait(30) == 0
    assert (lake / "counts/other-0").read_text() == "other"


def test_the_staging_of_a_killed_process_is_forgotten(home, lake, read_all):
    with _another_process(home, "other", rounds=1) as other:
        assert other.stdout.readline() == "inside\n"
        other.kill()
    recover(home)
    assert read_all(lake) == OLD


def test_two_processes_at_once_lose_nothing(home, lake):
    others = [_another_process(home, name, rounds=25) for name in ("one", "two")]
    for _ in range(50):
        recover(home)
    assert [other.wait(60) for other in others] == [0, 0]
    for other in others:
        other.stdin.close()
        other.stdout.close()
    names = {path.name for path in (lake / "counts").iterdir()}
    assert names >= {f"{name}-{n}" for name in ("one", "two") for n in range(25)}
    assert list((lake / ".staging").iterdir()) == []
