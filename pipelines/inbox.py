"""The inbox: files of counts and of flows dropped into a folder are taken in, then moved out with their verdict."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from crowd.counts import load_counts
from crowd.flows import are_flows, load_flows
from lake.deliveries import DeliveryLoad
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


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What the rows of files are tested against.

    Attributes:
        max_devices: a higher count is implausible.
        k: fewest devices that a flow may be told of.
    """

    max_devices: int
    k: int


@dataclass(frozen=True, kw_only=True)
class TakenIn:
    """What became of the deliveries of the inbox, oldest first.

    Attributes:
        counts: of the files of counts, and of those that nobody could read.
        flows: of the files of flows.
    """

    counts: list[DeliveryLoad] = field(default_factory=list)
    flows: list[DeliveryLoad] = field(default_factory=list)

    @property
    def loads(self) -> list[DeliveryLoad]:
        """Of all files."""
        return [*self.counts, *self.flows]


def take_in_inbox(intake: Intake, *, limits: Limits, settle_s: float) -> TakenIn:
    """Take in every delivery of the inbox, oldest first, and move its files to `done/` or `refused/`.

    A file in `inbox/` is a delivery of its own and follows the contract; one in `inbox/NAME/` is read with
    `profiles/NAME.toml`. A folder whose name ends in `.delivery` is one delivery in several parts. A file that names
    two areas and no cell tells of flows, every other one of counts. A refused file gets its reason beside it in
    `<file>.reason.txt`.
    """
    home = intake.home
    taken = TakenIn()
    with hold_lock(home, "inbox", wait_s=WAIT_S):
        for delivery in find_deliveries(home):
            _wait_until_settled(delivery, settle_s)
            _take_in(delivery, intake, limits=limits, taken=taken)
    return taken


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


def _take_in(delivery: Delivery, intake: Intake, *, limits: Limits, taken: TakenIn) -> None:
    try:
        profile = _profile(intake.home, delivery.profile_name)
    except RefusedInputError as error:
        taken.counts.append(_refused(delivery.paths, error))
        _move_out(delivery.paths, taken.counts[-1], intake=intake)
        return
    flows = [path for path in delivery.paths if are_flows(path, profile=profile)]
    counts = [path for path in delivery.paths if path not in flows]
    take_in_counts = partial(load_counts, intake=intake, profile=profile, max_devices=limits.max_devices)
    take_in_flows = partial(load_flows, intake=intake, profile=profile, k=limits.k)
    for paths, take_in, told in ((counts, take_in_counts, taken.counts), (flows, take_in_flows, taken.flows)):
        if paths:
            told.append(_load(paths, take_in))
            _move_out(paths, told[-1], intake=intake)


def _load(paths: Sequence[Path], take_in: Callable[[Sequence[Path]], DeliveryLoad]) -> DeliveryLoad:
    try:
        return take_in(paths)
    except RefusedInputError as error:
        return _refused(paths, error)


def _refused(paths: Sequence[Path], error: RefusedInputError) -> DeliveryLoad:
    return DeliveryLoad(files=tuple(FileReport(name=p.name, verdict="refused", reason=str(error)) for p in paths))


def _move_out(paths: Sequence[Path], load: DeliveryLoad, *, intake: Intake) -> None:
    for path, report in zip(paths, load.files, strict=True):
        _move(path, report, home=intake.home, now=intake.now)
    for folder in {path.parent for path in paths if path.parent.name.endswith(DELIVERY)}:
        if not any(folder.iterdir()):
            folder.rmdir()


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
