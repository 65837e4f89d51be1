"""A load may be killed at any moment: no hour is ever half, and loading again gives what one clean load gives."""

import gzip
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

DRIVER = Path(__file__).with_name("kill_driver.py")
BASE = [(f"2020-03-31T{hour:02}:00:00Z", f"001-0{op}-{n}", n) for hour in range(5) for op in (1, 2) for n in (1, 2, 3)]
PART = [(f"2020-03-31T{hour:02}:00:00Z", f"001-01-{n}", 10 * n) for hour in (3, 4, 5, 6) for n in (1, 2)]
OTHER = [(f"2020-03-31T{hour:02}:00:00Z", "001-02-3", "<5") for hour in (4, 5)]
BAD = [("2020-03-31T04:00:00Z", "001-01-99", 1), ("never", "001-01-1", 1), PART[0]]


@pytest.fixture
def old(make_desk):
    desk = make_desk()
    desk.plan("nusa", network="001-02", cells=range(1, 4))
    desk.load_one(BASE)
    return desk


@pytest.fixture
def files(old):
    lines = old.write([*PART, *BAD], name="lines.csv").read_bytes()
    return [old.write(gzip.compress(lines, mtime=0), name="part.csv.gz"), old.write([*OTHER, BAD[0]], name="other.csv")]


@pytest.fixture
def new(make_desk, old, files):
    desk = make_desk(old)
    desk.load(*files)
    return desk


def test_a_killed_load_is_all_or_nothing_and_loading_again_mends_it(old, new, files, tmp_path):
    command = [
        sys.executable,
        str(DRIVER),
        str(old.home.root),
        str(new.home.root),
        str(tmp_path),
        "1",
        *map(str, files),
    ]
    run = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    verdicts = json.loads(run.stdout)
    killed = [verdict for verdict in verdicts if verdict["code"] == -signal.SIGKILL]
    assert len(killed) >= 60, f"only {len(killed)} kill points"
    assert {verdict["code"] for verdict in verdicts} <= {0, -signal.SIGKILL}
    assert [v for v in verdicts if v["broken"]] == [], f"of {len(killed)} kill points"
    assert [v for v in verdicts if v["unmended"]] == [], f"of {len(killed)} kill points"
    assert {v["lake"] for v in killed} == {"old", "new"}, f"of {len(killed)} kill points"


def test_the_change_that_is_killed_touches_old_hours_and_new_ones(old, new, read_all):
    before, after = read_all(old.home.lake), read_all(new.home.lake)
    counts = [path for path in after if path.startswith("counts")]
    assert len([path for path in counts if path in before and before[path] != after[path]]) == 3
    assert len([path for path in counts if path not in before]) == 3
    assert len(new.stage()) == len(BASE) - 3 * 3 + len(PART) + len(OTHER)
