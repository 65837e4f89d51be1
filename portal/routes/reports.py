"""Routes of the portal: weekly reports."""

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException, Query
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from crowd.mobility.weeks import Week, parse_week
from crowd.report.options import FileFormat, Language
from crowd.report.write import file_name, write_format
from lake.errors import RefusedInputError
from pipelines.kept_reports import is_kept, kept_file, report_name
from pipelines.reports import AskedReport, make_report, outlines_of, whole_weeks
from portal.access import needs
from portal.context import Portal, PortalHere
from portal.inputs import FIRST_YEAR, LAST_YEAR

router = APIRouter(prefix="/reports", tags=["reports"], dependencies=[Depends(needs("viewer", scope="downloads"))])
COME_AGAIN_S = 30
MEDIA_TYPES: dict[FileFormat, str] = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}


@dataclass(frozen=True, kw_only=True)
class ListedWeek:
    """A week that a report can be had of; one that `is_kept` was written ahead."""

    week: str
    first_day: str
    last_day: str
    is_kept: bool


@dataclass(frozen=True, kw_only=True)
class Reports:
    """Weeks that are over and have data, the newest first, and what can be asked for."""

    weeks: Sequence[ListedWeek]
    languages: Sequence[Literal["id", "en"]]
    formats: Sequence[Literal["pdf", "xlsx", "csv", "parquet"]]


@router.get("")
def get_reports(portal: PortalHere) -> Reports:
    """The weeks that reports can be had of."""
    return Reports(
        weeks=[_listed(portal, week) for week in whole_weeks(portal.run, now=portal.clock())],
        languages=("id", "en"),
        formats=tuple(MEDIA_TYPES),
    )


@router.get("/weekly", response_class=FileResponse)
def get_weekly(
    portal: PortalHere,
    week: Annotated[str, Query(pattern="^[0-9]{4}-W[0-9]{2}$", examples=["2020-W14"])],
    file_format: Annotated[Literal["pdf", "xlsx", "csv", "parquet"], Query(alias="format")],
    language: Literal["id", "en"] = "id",
    area: Annotated[str | None, Query(max_length=32)] = None,
) -> FileResponse:
    """The report of a week that is over, of everything or of one area and those in it; by the installation's settings.

    A report that was written ahead comes at once. Others are made one at a time: whoever asks meanwhile is told to come
    again (503).
    """
    wanted = _whole_week(portal, week)
    if not area:
        kept = kept_file(portal.run, wanted, file_format, language=language)
        if kept is not None:
            return _sent(portal, kept.name, file_format, lambda file: _copy(kept, file))
    name = file_name(report_name(wanted, area=area or None), file_format, language=language)
    with _alone(portal):
        return _sent(
            portal, name, file_format, lambda file: _write(portal, wanted, area or None, file, language=language)
        )


def _listed(portal: Portal, week: Week) -> ListedWeek:
    days = week.days
    return ListedWeek(
        week=week.label,
        first_day=days[0].isoformat(),
        last_day=days[-1].isoformat(),
        is_kept=is_kept(portal.home, week),
    )


def _whole_week(portal: Portal, label: str) -> Week:
    """The week that is asked for. One that still runs would be published anew with every hour that comes.

    Raises:
        RefusedInputError: there is no such week, or it is not over.
    """
    if not FIRST_YEAR < int(label[:4]) <= LAST_YEAR:
        raise RefusedInputError(f"the year of a week must be {FIRST_YEAR + 1} to {LAST_YEAR}")
    week = parse_week(label, timezone=portal.run.timezone)
    if week.end > portal.clock():
        raise RefusedInputError(f"week {label} is not over: its report can be had from the Monday after it")
    return week


@contextmanager
def _alone(portal: Portal) -> Iterator[None]:
    """Be the only one for whom this portal makes a report: each takes memory and minutes."""
    if not portal.making_report.acquire(blocking=False):
        said = "another report is being made at this moment: ask again in a minute"
        raise HTTPException(503, said, headers={"Retry-After": str(COME_AGAIN_S)})
    try:
        yield
    finally:
        portal.making_report.release()


def _write(portal: Portal, week: Week, area: str | None, output: Path, *, language: Language) -> None:
    weekly = make_report(portal.run, AskedReport(week=week, area=area), now=portal.clock())
    file_format = next(known for known in MEDIA_TYPES if output.suffix == f".{known}")
    write_format(
        weekly,
        file_format,
        language=language,
        outlines=outlines_of(portal.home, weekly),
        options=portal.run.report,
        output=output,
    )


def _copy(kept: Path, output: Path) -> None:
    """A file of its own, since the weekly flow may take the kept one away while it is sent."""
    try:
        output.hardlink_to(kept)
    except OSError:
        shutil.copyfile(kept, output)


def _sent(portal: Portal, name: str, file_format: FileFormat, write: Callable[[Path], None]) -> FileResponse:
    """A file that is gone once it has been sent."""
    plain = re.sub(r"[^A-Za-z0-9.+-]", "_", name)
    portal.home.temporary.mkdir(parents=True, exist_ok=True)
    folder = Path(mkdtemp(dir=portal.home.temporary, prefix="download-"))
    try:
        write(folder / plain)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return FileResponse(
        folder / plain,
        media_type=MEDIA_TYPES[file_format],
        filename=plain,
        background=BackgroundTask(shutil.rmtree, folder, ignore_errors=True),
    )
