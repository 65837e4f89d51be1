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
from crowd.report.bundle import ReplacedError, bundle_kept, pack, take
from crowd.report.options import FileFormat, Language
from crowd.report.write import file_name, write_format, write_report
from lake.errors import RefusedInputError
from pipelines.kept_reports import is_kept, kept_file, report_name
from pipelines.reports import AskedReport, make_report, outlines_of, whole_weeks
from portal.access import needs
from portal.context import Portal, PortalHere
from portal.inputs import FIRST_YEAR, LAST_YEAR

router = APIRouter(prefix="/reports", tags=["reports"], dependencies=[Depends(needs("viewer", scope="downloads"))])
COME_AGAIN_S = 30
# A table comes alone, or as a ZIP with its data dictionary and its metadata.
GivenFormat = Literal["pdf", "xlsx", "csv", "parquet", "csv.zip", "parquet.zip"]
WRITTEN_AS: dict[GivenFormat, FileFormat] = {
    "pdf": "pdf",
    "xlsx": "xlsx",
    "csv": "csv",
    "parquet": "parquet",
    "csv.zip": "csv",
    "parquet.zip": "parquet",
}
MEDIA_TYPES: dict[GivenFormat, str] = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv.zip": "application/zip",
    "parquet.zip": "application/zip",
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
    formats: Sequence[GivenFormat]


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
    file_format: Annotated[GivenFormat, Query(alias="format")],
    language: Literal["id", "en"] = "id",
    area: Annotated[str | None, Query(max_length=32)] = None,
) -> FileResponse:
    """The report of a week that is over, of everything or of one area and those in it; by the installation's settings.

    A report that was written ahead comes at once. Others are made one at a time: whoever asks meanwhile is told to come
    again (503).
    """
    wanted = _whole_week(portal, week)
    if not area:
        kept = _kept(portal, wanted, file_format, language=language)
        if kept is not None:
            return kept
    asked = AskedReport(week=wanted, area=area or None)
    plain = WRITTEN_AS[file_format]
    packed = file_format.removeprefix(plain)
    name = f"{file_name(report_name(wanted, area=area or None), plain, language=language)}{packed}"
    with _alone(portal):
        return _sent(
            portal, name, file_format, lambda file: _write(portal, asked, file_format, file, language=language)
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


def _kept(portal: Portal, week: Week, file_format: GivenFormat, *, language: Language) -> FileResponse | None:
    """A file that was written ahead, if nothing that it rests on has changed since."""
    plain = WRITTEN_AS[file_format]
    kept = kept_file(portal.run, week, plain, language=language)
    if kept is None:
        return None
    name = kept.with_name(report_name(week))
    dictionary, metadata = (name.with_name(f"{name.name}.{end}") for end in ("dictionary.csv", "metadata.json"))
    try:
        if file_format == plain:
            return _sent(portal, kept.name, file_format, lambda file: take(kept, file))
        return _sent(
            portal,
            f"{name.name}.{file_format}",
            file_format,
            lambda file: bundle_kept(kept, dictionary=dictionary, metadata=metadata, output=file),
        )
    except (FileNotFoundError, ReplacedError):
        said = "the report was written anew at this moment: ask again"
        raise HTTPException(503, said, headers={"Retry-After": str(COME_AGAIN_S)}) from None


def _write(portal: Portal, asked: AskedReport, file_format: GivenFormat, output: Path, *, language: Language) -> None:
    """Make a report and write it, whether as it is or packed."""
    weekly, plain = make_report(portal.run, asked, now=portal.clock()), WRITTEN_AS[file_format]
    outlines, options = outlines_of(portal.home, weekly), portal.run.report
    if file_format == plain:
        write_format(weekly, plain, language=language, outlines=outlines, options=options, output=output)
        return
    table = output.with_suffix("")
    files = write_report(weekly, language=language, outlines=outlines, options=options, output=table)
    pack([file.path for file in files], output=output)


def _sent(portal: Portal, name: str, file_format: GivenFormat, write: Callable[[Path], object]) -> FileResponse:
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
