"""The hours that the lake has, and what there is of each, without reading an hour twice."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from crowd.counts import COUNTS
from crowd.coverage import SILENT_CELLS
from crowd.density import DENSITY
from crowd.gathering_stages import GATHERINGS
from crowd.review.memory import Memory, cache_folder, identity_of
from crowd.review.retrying import read_again, read_each
from crowd.review.shown import UNREADABLE
from lake.engine import fetch_frame, quoted, read_sql
from lake.home import Home
from lake.stages import PART, hour_of_path, select_rows

# An hour of which less than this share of the usual devices has reported is partial.
WHOLE = 0.95
FOLDER = "hours"
VIEWS = {"density_in": DENSITY, "counts_in": COUNTS, "silent_in": SILENT_CELLS, "gatherings_in": GATHERINGS}

Files = Mapping[str, Sequence[Path]]
Figures = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Hour:
    """One hour of the lake.

    Attributes:
        at: its instant.
        hexagons: rows of density that may be shown.
        withheld: rows that rest on fewer than k devices.
        coverage: devices that reported by those and the usual ones of silent cells together, of cells with at least k;
            None where nobody knows yet who usually reports.
        missing_operators: that usually report and sent nothing at all.
        waspada: gatherings of this level, those under k devices left out.
        siaga: likewise.
        awas: likewise.
    """

    at: datetime
    hexagons: int
    withheld: int
    coverage: float | None
    missing_operators: tuple[str, ...]
    waspada: int
    siaga: int
    awas: int

    @property
    def is_partial(self) -> bool:
        """Whether a part of what usually reports is missing."""
        return bool(self.missing_operators) or (self.coverage is not None and self.coverage < WHOLE)


def hours_between(memory: Memory, home: Home, *, start: datetime, end: datetime, k: int) -> list[Hour]:
    """The hours of start <= at < end that the lake has density of, in order.

    Args:
        memory: of the process.
        home: whose lake.
        start: first instant.
        end: first instant after it.
        k: fewest devices that anything counted may rest on.
    """
    first, last = start.astimezone(UTC), end.astimezone(UTC)
    days = max((last.date() - first.date()).days + 1, 0)
    found = [hour for n in range(days) for hour in _hours_of(memory, home, first.date() + timedelta(days=n), k=k)]
    return [hour for hour in found if start <= hour.at < end]


def oldest_and_newest(home: Home) -> tuple[datetime, datetime] | None:
    """The first and the last hour that the lake has density of; None where it has none. Reads no file."""
    dates = sorted((home.lake / DENSITY.name).glob("date=*"))
    oldest = next((hours[0] for day in dates if (hours := _hours_in(day))), None)
    newest = next((hours[-1] for day in reversed(dates) if (hours := _hours_in(day))), None)
    return (oldest, newest) if oldest and newest else None


def _hours_in(day: Path) -> list[datetime]:
    return sorted(hour_of_path(path) for path in day.glob("hour=*/" + PART))


def _hours_of(memory: Memory, home: Home, day: date, *, k: int) -> Sequence[Hour]:
    try:
        return read_again(lambda: _find_hours(memory, home, day, k=k))
    except UNREADABLE:
        return ()


def _find_hours(memory: Memory, home: Home, day: date, *, k: int) -> Sequence[Hour]:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    files = _files_of(home, start=start)
    identities = {hour: _identity(paths) for hour, paths in files.items()}
    key = ("hours", str(home.root), day, k, tuple(sorted(identities.items())))
    return memory.once(key, lambda: _read_hours(memory, files, identities, kept=_kept(home, day, k=k), k=k))


def _files_of(home: Home, *, start: datetime) -> dict[datetime, Files]:
    """Files by hour and view, of the hours that have density."""
    by_hour: dict[datetime, dict[str, list[Path]]] = defaultdict(lambda: defaultdict(list))
    for view, stage in VIEWS.items():
        for path in stage.paths(home, start=start, end=start + timedelta(days=1)):
            hour = hour_of_path(path)
            if stage is DENSITY or hour in by_hour:
                by_hour[hour][view].append(path)
    return {hour: dict(paths) for hour, paths in by_hour.items()}


def _identity(files: Files) -> str:
    told = [f"{path.parent}{identity_of(path)}" for paths in files.values() for path in paths]
    return sha256("\n".join(told).encode()).hexdigest()[:20]


def _read_hours(
    memory: Memory, files: Mapping[datetime, Files], identities: Mapping[datetime, str], *, kept: Path, k: int
) -> Sequence[Hour]:
    """Figures that were kept for these very files; those of the other hours are found anew, and kept."""
    known = _load(kept)
    new = {hour: files[hour] for hour, identity in identities.items() if identity not in known}
    if new:
        found = read_each(
            list(new),
            lambda hours: _count(memory, [new[hour] for hour in hours], k=k),
            name=lambda hour: f"a file of {hour}",
        )
        counted = {hour: figures for each in found for hour, figures in each.items()}
        # an hour's file may hold nothing of its whole hour
        known |= {identities[hour]: counted.get(hour) for hour in new}
        with suppress(OSError):
            _save(kept, {identity: known[identity] for identity in identities.values()})
    return tuple(
        Hour(at=hour, missing_operators=_missing(files[hour]), **figures)
        for hour, identity in sorted(identities.items())
        if (figures := known[identity]) is not None
    )


def _count(memory: Memory, files: Sequence[Files], *, k: int) -> dict[datetime, Figures]:
    """Figures by hour, of several hours at once."""
    with memory.cursor() as connection:
        for view, stage in VIEWS.items():
            paths = [path for hour in files for path in hour.get(view, ())]
            connection.execute(f"create or replace temp view {quoted(view)} as {select_rows(stage, paths)}")
        frame = fetch_frame(connection, read_sql("crowd.review", "hour_figures"), {"k": k})
    return {figures.pop("interval_start"): figures for figures in frame.to_dicts()}


def _missing(files: Files) -> tuple[str, ...]:
    """Operators of which cells are missed and of which there is no count at all."""
    silent, counted = (
        {path.parent.name.removeprefix("operator=") for path in files.get(view, ())}
        for view in ("silent_in", "counts_in")
    )
    return tuple(sorted(silent - counted))


def _kept(home: Home, day: date, *, k: int) -> Path:
    return cache_folder(home) / FOLDER / f"{day}-k{k}.json"


def _load(kept: Path) -> dict[str, Figures | None]:
    try:
        known = json.loads(kept.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _save(kept: Path, figures: Mapping[str, Figures | None]) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    draft = kept.with_name(f".{kept.name}.{uuid4().hex}.draft")
    draft.write_text(json.dumps(figures), encoding="utf-8")
    draft.replace(kept)
