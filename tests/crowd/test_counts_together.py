"""Several processes take in counts at the same time, and nothing is lost."""

import subprocess
import sys

LOADER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from crowd.counts import load_counts
from lake.engine import Engine
from lake.home import Home
from lake.intake import Intake
from lake.profile import FileProfile
home = Home(Path(sys.argv[1]))
now = datetime(2020, 4, 1, tzinfo=UTC)
intake = Intake(home=home, engine=Engine(threads=1), ledger_url=home.ledger_url, now=now, taken_by="loader")
print("ready", flush=True)
sys.stdin.readline()
for path in sys.argv[2:]:
    loaded = load_counts([Path(path)], intake=intake, profile=FileProfile(interval_minutes=15), max_devices=99)
    assert loaded.files[0].verdict == "accepted", loaded
"""


def test_two_processes_at_once_lose_neither_hours_nor_quarters_of_the_same_hour(desk):
    quarters = {
        (hour, minute): f"2020-03-31T{hour:02}:{minute:02}:00Z" for hour in (6, 7) for minute in (0, 15, 30, 45)
    }
    paths = {
        key: str(desk.write([(start, "001-01-1", key[1])], name=f"{key[0]}-{key[1]}.csv"))
        for key, start in quarters.items()
    }
    shares = [[paths[key] for key in paths if key[1] % 30 == odd] for odd in (0, 15)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    loaders = [
        subprocess.Popen([sys.executable, "-c", LOADER, str(desk.home.root), *share], **pipes) for share in shares
    ]
    assert [loader.stdout.readline() for loader in loaders] == ["ready\n"] * 2
    for loader in loaders:
        loader.stdin.write("\n")
        loader.stdin.flush()
    for loader in loaders:
        loader.communicate(timeout=60)
    assert [loader.returncode for loader in loaders] == [0, 0]
    assert desk.devices() == {(f"31 {hour:02}:{minute:02}", "001-01-1"): minute for hour, minute in quarters}
    assert len(desk.ledger()) == 8
    assert list((desk.home.lake / ".staging").iterdir()) == []
