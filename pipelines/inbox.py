"""The inbox: count files dropped into a folder are taken in, then moved out with their verdict."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crowd.counts import CountsLoad, load_counts
from lake.errors import RefusedInputError
from lake.home import Home
from lake.intake import Intake
from lake.locks import hold_lock
from lake.profile import FileProfile, load_profile, make_profile
from lake.reports import FileReport

DONE, REFUSED = "done", "refused"
UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload")
DELIVERY = ".delivery"
WAIT_S = 600.0


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Files that belong together, and the profile they are read with."""

    paths: tuple[Path, ...]
    profile_name: str | None


def take_in_inbox(intake: Intake, *, max_devices: int, settle_s: float) -> list[CountsLoad]:
    """Take in every delivery of the inbox, oldest first, and move its files to `done/` or `refused/`.

    A file in `inbox/` is a delivery of its own and follows the contract; one in `inbox/NAME/` is read with
    `profiles/NAME.toml`. A folder whose name ends in `.delivery` is one delivery in several parts. A refused file gets
    its reason beside it in `<file>.reason.txt`.
    """
    home = intake.home
    loads = []
    with hold_lock(home, "inbox", wait_s=WAIT_S):
        for delivery in find_deliveries(home):
            _wait_until_settled(delivery, settle_s)
            loads.append(_take_in(delivery, intake, max_devices=max_devices))
    return loads


def find_deliveries(home: Home) -> list[Delivery]:
    """What lies in the inbox, oldest first."""
    home.inbox.mkdir(parents=True, exist_ok=True)
    found = list(_deliveries_in(home.inbox, None))
    for folder in sorted(p for p in home.inbox.iterdir() if p.is_dir()):
        if folder.name not in {DONE, REFUSED} and not folder.name.endswith(DELIVERY):
            found += _deliveries_in(folder, folder.name)
    return sorted(found, key=lambda d: (max(p.stat().st_mtime_ns for p in d.paths), d.paths))


def _deliveries_in(folder: Path, profile_name: str | None) -> Iterator[Delivery]:
    for path in sorted(folder.iterdir()):
        if path.is_file() and _is_finished(path):
            yield Delivery(paths=(path,), profile_name=profile_name)
        elif path.is_dir() and path.name.endswith(DELIVERY):
            parts = tuple(sorted(p for p in path.iterdir() if p.is_file() and _is_finished(p)))
            if parts:
                yield Delivery(paths=parts, profile_name=profile_name)


def _is_finished(path: Path) -> bool:
    return not path.name.startswith(".") and path.suffix not in UNFINISHED


def _wait_until_settled(delivery: Delivery, settle_s: float) -> None:
    """Wait while a file is younger than `settle_s`: somebody may still be writing it."""
    deadline = time.monotonic() + 10 * settle_s
    while time.monotonic() < deadline:
        age = time.time() - max(p.stat().st_mtime for p in delivery.paths)
        if not 0 <= age < settle_s:
            return
        time.sleep(min(settle_s - age, settle_s) + 0.01)


def _take_in(delivery: Delivery, intake: Intake, *, max_devices: int) -> CountsLoad:
    try:
        profile = _profile(intake.home, delivery.profile_name)
        load = load_counts(delivery.paths, intake=intake, profile=profile, max_devices=max_devices)
    except RefusedInputError as error:
        reports = tuple(FileReport(name=p.name, verdict="refused", reason=str(error)) for p in delivery.paths)
        load = CountsLoad(files=reports)
    for path, report in zip(delivery.paths, load.files, strict=True):
        _move(path, report, home=intake.home, now=intake.now)
    for folder in {p.parent for p in delivery.paths if p.parent.name.endswith(DELIVERY)}:
        if not any(folder.iterdir()):
            folder.rmdir()
    return load


def _profile(home: Home, name: str | None) -> FileProfile:
    if name is None:
        return FileProfile()
    path = home.profiles / f"{name}.toml"
    return make_profile(load_profile(path), source=str(path))


def _move(path: Path, report: FileReport, *, home: Home, now: datetime) -> None:
    folder = home.inbox / (REFUSED if report.verdict == "refused" else DONE) / f"{now:%Y-%m-%d}"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / path.name
    number = 1
    while target.exists():
        number += 1
        target = folder / f"{path.stem}-{number}{path.suffix}"
    if report.verdict == "refused":
        target.with_name(f"{target.name}.reason.txt").write_text(f"{report.reason}\n", encoding="utf-8")
        path.chmod(0o600)  # it may hold what nobody should read
    path.replace(target)
