"""Reports that were written ahead, one folder per week: `reports/2020-W14/` in the home."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from crowd.flows.stage import FLOWS
from crowd.gathering_stages import GATHERING_HEXES, GATHERINGS
from crowd.mobility.area_sources import READ, area_keys
from crowd.mobility.warning_figures import read_warnings
from crowd.mobility.weeks import Week
from crowd.report.options import SPOKEN, FileFormat, Language
from crowd.report.write import Written, file_name, write_week
from lake.database import open_database
from lake.home import Home
from lake.locks import hold_lock
from pipelines.options import RunOptions
from pipelines.reports import AskedReport, make_report, outlines_of, usual_weeks

FOLDER = "reports"
MADE_FROM = ".made_from"
WAIT_S = 1800.0


def report_name(week: Week, *, area: str | None = None) -> str:
    """What the names of a week's files begin with."""
    return f"kerumun-mobility-{week.label}{f'-{area}' if area else ''}"


def write_kept(options: RunOptions, week: Week, *, now: datetime) -> list[Written]:
    """Write every file that the settings ask for of a week; all appear together or none does.

    Raises:
        RefusedInputError: see `make_report`.
    """
    home = options.as_home()
    target = folder_of(home, week)
    with hold_lock(home, f"report-{week.label}", wait_s=WAIT_S):
        made_from = key_of(options, week)
        weekly = make_report(options, AskedReport(week=week), now=now)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{week.label}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        try:
            files = write_week(
                weekly,
                name=report_name(week),
                outlines=outlines_of(home, weekly),
                options=options.report,
                folder=draft,
            )
            (draft / MADE_FROM).write_text(made_from, encoding="utf-8")
            _swap(draft, target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return [Written(path=target / file.path.name, size=file.size, rows=file.rows) for file in files]


def kept_file(options: RunOptions, week: Week, file_format: FileFormat, *, language: Language) -> Path | None:
    """A file that was written ahead, if nothing that it rests on has changed since; else None."""
    named = language if file_format in SPOKEN else None
    file = folder_of(options.as_home(), week) / file_name(report_name(week), file_format, language=named)
    return file if file.is_file() and is_fresh(options, week) else None


def is_fresh(options: RunOptions, week: Week) -> bool:
    """Whether the kept report of a week is what would be made now."""
    try:
        made_from = (folder_of(options.as_home(), week) / MADE_FROM).read_text(encoding="utf-8")
    except OSError:
        return False
    return made_from == key_of(options, week)


def is_kept(home: Home, week: Week) -> bool:
    """Whether a report of a week was written ahead, fresh or not."""
    return (folder_of(home, week) / MADE_FROM).is_file()


def folder_of(home: Home, week: Week) -> Path:
    """Where the report of a week is kept."""
    return home.root / FOLDER / week.label


def key_of(options: RunOptions, week: Week) -> str:
    """Changes with whatever the report of a week rests on: data, areas, warnings, settings, version."""
    home = options.as_home()
    with open_database(options.ledger_url) as database, database.reading() as session:
        warnings = read_warnings(session, week=week).write_json()
    weeks = [*usual_weeks(options, week, epsilon=options.report.epsilon), week]
    holidays = sorted(options.calendar(weeks[0].start, week.end).holidays)
    settings = f"{options.k} {options.timezone} {options.report.model_dump_json()}"
    told = [
        _version(),
        settings,
        area_keys(home),
        warnings,
        str(holidays),
        *(line for one in weeks for line in _files(home, one)),
    ]
    return sha256("\n".join(told).encode()).hexdigest()


def _files(home: Home, week: Week) -> Iterator[str]:
    for stage in (*READ, GATHERINGS, GATHERING_HEXES, FLOWS):
        for path in stage.paths(home, start=week.start, end=week.end):
            try:
                stat = path.stat()
            except FileNotFoundError:
                continue  # replaced between listing and looking; its new self is newer
            yield f"{path.relative_to(home.lake)} {stat.st_size} {stat.st_mtime_ns}"


def _swap(draft: Path, target: Path) -> None:
    """Put a folder in the place of another. Between two renames there is none, and a reader has the report made."""
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    draft.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _version() -> str:
    try:
        return version("kerumun")
    except PackageNotFoundError:
        return "unknown"
