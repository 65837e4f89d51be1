"""Kills a load of counts at many points, looks at what is left, loads again and looks once more; prints JSON.

Usage: kill_driver.py OLD NEW SCRATCH SEED FILE...

OLD is a home before the files are loaded, NEW one after a clean load of them. This process only forks: it must start no
thread of its own, so DuckDB is touched in children alone.
"""

import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from crowd.counts import load_counts
from lake.engine import Engine
from lake.home import Home
from lake.intake import Intake
from lake.profile import FileProfile
from lake.staging import recover

CHANGES = {"os.rename", "os.remove", "os.rmdir", "shutil.rmtree", "sqlite3.connect"}
PRODUCT = ("/lake/", "/crowd/counts/")
EVERY_RETURN = 60
CLOCK_KILLS = 6


class Fuse:
    """Burns down at every change of a file and at some returns of our own functions; kills the process at its end."""

    def __init__(self, length: int) -> None:
        self.left = length
        self.returns = 0

    def burn(self, *_: object) -> None:
        """Come one step nearer to the end."""
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def audit(self, event: str, arguments: tuple[object, ...]) -> None:
        """Burn before a file or folder is made, moved or removed."""
        is_new = event == "os.mkdir" and not os.path.exists(str(arguments[0]))  # noqa: PTH110 - os.path audits nothing
        is_write = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if event in CHANGES or is_new or is_write:
            self.burn()

    def profile(self, frame: FrameType, event: str, function: object) -> None:
        """Burn once a file is open and still empty, and at returns between which DuckDB writes what nobody audits."""
        if event == "c_return" and getattr(function, "__name__", "") == "open":
            self.burn()
        if event == "return" and any(folder in frame.f_code.co_filename for folder in PRODUCT):
            self.returns += 1
            if self.returns % EVERY_RETURN == 0:
                self.burn()

    def light(self) -> None:
        """Start."""
        sys.addaudithook(self.audit)
        sys.setprofile(self.profile)


def load(home: Home, paths: list[Path]) -> bool:
    """Load the files; whether all of them are taken in now."""
    now = datetime(2020, 4, 1, tzinfo=UTC)
    engine = Engine(memory_limit="512MB", threads=1)
    intake = Intake(home=home, engine=engine, ledger_url=home.ledger_url, now=now, taken_by="driver")
    loaded = load_counts(paths, intake=intake, profile=FileProfile(), max_devices=50_000)
    return all(file.verdict in {"accepted", "unchanged"} for file in loaded.files)


def fork(work: Callable[[], object]) -> int:
    """Do some work in a child process, which fails where the work gives False or raises; gives its process id."""
    child = os.fork()
    if child == 0:
        code = 3
        try:
            code = 4 if work() is False else 0
        finally:
            os._exit(code)
    return child


def ended(child: int) -> int:
    """Exit code of a child, negative for the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def contents(folder: Path) -> dict[str, bytes]:
    """Bytes of every file below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


class Scene:
    """What the lake held before and must hold afterwards."""

    def __init__(self, old: Path, new: Path, scratch: Path, files: list[Path]) -> None:
        self.model = old
        self.old, self.new = contents(old / "lake"), contents(new / "lake")
        self.quarantine = contents(new / "quarantine")
        self.scratch = scratch
        self.files = files

    def load(self, home: Home, fuse: Fuse | None = None) -> int:
        """Load the files in a child process; gives its process id."""

        def work() -> bool:
            if fuse:
                fuse.light()
            return load(home, self.files)

        return fork(work)

    def home(self) -> Home:
        """A fresh copy of the home before the load."""
        home = Home(self.scratch / "home")
        shutil.rmtree(home.root, ignore_errors=True)
        shutil.copytree(self.model, home.root)
        return home

    def broken(self, home: Home) -> list[str]:
        """Files of the lake that are neither wholly old nor wholly new."""
        found = {path: data for path, data in contents(home.lake).items() if not path.startswith(".staging")}
        wrong = [path for path, data in found.items() if data not in (self.old.get(path), self.new.get(path))]
        return wrong + [path for path in self.old if path not in found and path in self.new]

    def recovered(self, home: Home) -> str:
        """Which lake there is once somebody has tidied up: the old one, the new one or a mixture."""
        code = ended(fork(lambda: recover(home)))
        lakes = {"old": self.old, "new": self.new}
        found = contents(home.lake)
        return next((name for name, lake in lakes.items() if code == 0 and found == lake), "mixture")

    def unmended(self, home: Home) -> list[str]:
        """What differs from a clean run after the files are loaded again."""
        if ended(self.load(home)) != 0:
            return ["the second load failed"]
        found, aside = contents(home.lake), contents(home.quarantine)
        wrong = [path for path in {*found, *self.new} if found.get(path) != self.new.get(path)]
        wrong += [path for path in {*aside, *self.quarantine} if aside.get(path) != self.quarantine.get(path)]
        rubbish = home.lake / ".staging"
        return wrong + ([str(path) for path in rubbish.iterdir()] if rubbish.exists() else [])

    def verdict(self, point: str, home: Home, code: int) -> dict[str, object]:
        """What a kill left behind."""
        broken, recovered = self.broken(home), self.recovered(home)
        return {"point": point, "code": code, "broken": broken, "lake": recovered, "unmended": self.unmended(home)}


def kills_at_events(scene: Scene) -> Iterator[dict[str, object]]:
    """Kill at every event in turn, until one load comes to its end."""
    code, n = -signal.SIGKILL, 0
    while code != 0:
        n += 1
        home = scene.home()
        code = ended(scene.load(home, Fuse(n)))
        yield scene.verdict(f"event {n}", home, code)


def kills_by_the_clock(scene: Scene, chance: random.Random) -> Iterator[dict[str, object]]:
    """Kill at random moments of the time that a load takes."""
    home = scene.home()
    started = time.monotonic()
    ended(scene.load(home))
    duration = time.monotonic() - started
    for _ in range(CLOCK_KILLS):
        home, after = scene.home(), chance.random() * duration
        child = scene.load(home)
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
        yield scene.verdict(f"{after:.3f} s", home, ended(child))


def main() -> None:
    """Run all kills."""
    old, new, scratch, seed, *files = sys.argv[1:]
    scene = Scene(Path(old), Path(new), Path(scratch), [Path(file) for file in files])
    verdicts = [*kills_at_events(scene), *kills_by_the_clock(scene, random.Random(seed))]  # noqa: S311 - no secret
    sys.stdout.write(json.dumps(verdicts))


if __name__ == "__main__":
    main()
