"""`kerumun report weekly`: what policy staff get."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from crowd.mobility.asked import parse_reference
from crowd.mobility.model import Weekly
from crowd.mobility.weeks import parse_week
from crowd.report.write import Written, check_output, write_report
from geo.areas import LEVELS
from kerumun.parameters import DEFAULT_HOME, HomeOption, JsonOption, Session, open_session
from pipelines.reports import AskedReport, make_report, outlines_of

report = typer.Typer(no_args_is_help=True, help="Reports of people per area.")
PLURALS = {"province": "provinces", "regency": "regencies", "district": "districts", "village": "villages"}


class ReportLanguage(StrEnum):
    """Languages of pages and sheets."""

    ID = "id"
    EN = "en"


@dataclass(frozen=True, kw_only=True)
class WrittenReport:
    """What was written, and the few numbers that tell whether it is what was wanted.

    Attributes:
        week: its label.
        edition: 1 for the first report of the week.
        area: code that it is restricted to; None for everything.
        level: the finest level of its areas.
        areas: how many there are of each level.
        reference: labels of the weeks that it is compared with.
        people: present on average over the week in all of it; None where that is not shown.
        people_low: lowest plausible number.
        people_high: highest.
        change_pct: against the usual; None where that is not shown.
        gatherings: in the week.
        warnings_drafted: for them.
        hours_missing: hours of the week without any data.
        hours_partial: hours in which many cells did not report.
        hidden: share of the area-hours of the finest level that are hidden.
        k: fewest devices that a number rests on.
        files: the report first.
    """

    week: str
    edition: int
    area: str | None
    level: str
    areas: dict[str, int]
    reference: Sequence[str]
    people: float | None
    people_low: float | None
    people_high: float | None
    change_pct: float | None
    gatherings: int
    warnings_drafted: int
    hours_missing: int
    hours_partial: int
    hidden: float
    k: int
    files: Sequence[Written]


@report.command("weekly")
def weekly_command(
    week: Annotated[str, typer.Option(help="Year and ISO week, such as 2020-W14.")],
    output: Annotated[Path, typer.Option(help="File to write: .pdf, .xlsx, .csv or .parquet.")],
    area: Annotated[str | None, typer.Option(help="Code of an area: the report is of it and the areas in it.")] = None,
    level: Annotated[
        str | None, typer.Option(help=f"Finest areas: one of {', '.join(LEVELS)}; that of the settings if not given.")
    ] = None,
    lang: Annotated[
        ReportLanguage | None, typer.Option(help="Language of pages and sheets; the settings' first if not given.")
    ] = None,
    reference: Annotated[
        str | None,
        typer.Option(help="Weeks that are usual, such as 2020-W09..2020-W13; those before the week if not given."),
    ] = None,
    epsilon: Annotated[
        float | None, typer.Option(min=0.000001, help="Add noise: budget of differential privacy of an area-hour.")
    ] = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Write the mobility report of a week: pages (pdf), sheets (xlsx) or one table (csv, parquet)."""
    session = open_session(home, as_json=json)
    check_output(output)
    timezone = session.settings.timezone
    asked = AskedReport(
        week=parse_week(week, timezone=timezone),
        area=area,
        level=level,
        reference=None if reference is None else parse_reference(reference, timezone=timezone),
        epsilon=epsilon,
    )
    write_weekly(session, asked, language=lang, output=output)


def write_weekly(session: Session, asked: AskedReport, *, language: ReportLanguage | None, output: Path) -> None:
    """Make a report, write it, and print what it holds."""
    settings = session.settings.report
    with session.printer.working(f"Making the report of {asked.week.label}"):
        weekly = make_report(session.options, asked, now=datetime.now(UTC))
    with session.printer.working(f"Writing {output.name}"):
        files = write_report(
            weekly,
            language=settings.languages[0] if language is None else language.value,
            outlines=outlines_of(session.home, weekly),
            options=settings,
            output=output,
        )
    _tell(session, _summary(weekly, files))


def _summary(weekly: Weekly, files: Sequence[Written]) -> WrittenReport:
    people, low, high = _whole(weekly, "presence_mean")
    levels = weekly.areas["level"].unique(maintain_order=True)
    return WrittenReport(
        week=weekly.week.label,
        edition=weekly.edition,
        area=weekly.chosen,
        level=weekly.level,
        areas={level: weekly.areas.filter(level=level).height for level in levels},
        reference=[each.label for each in weekly.reference],
        people=people,
        people_low=low,
        people_high=high,
        change_pct=_whole(weekly, "change_pct")[0],
        gatherings=weekly.gatherings.height,
        warnings_drafted=int(weekly.warnings["drafted"].sum()),
        hours_missing=weekly.hours_missing,
        hours_partial=weekly.hours_partial,
        hidden=weekly.privacy.hidden,
        k=weekly.privacy.k,
        files=files,
    )


def _whole(weekly: Weekly, indicator: str) -> tuple[float | None, float | None, float | None]:
    """Value and range of the week, where one area holds all of the report."""
    coarsest = weekly.areas.filter(pl.col("level") == weekly.areas["level"].first())
    if coarsest.height != 1:
        return None, None, None
    found = weekly.indicators.filter(
        period="week", area_code=coarsest["area_code"][0], level=coarsest["level"][0], indicator=indicator
    )
    return found.select("value", "low", "high").row(0) if found.height else (None, None, None)


def _tell(session: Session, done: WrittenReport) -> None:
    say = session.printer.say
    for file in done.files:
        rows = "" if file.rows is None else f", {file.rows:,} rows"
        say(f"{file.path}  ({file.size / 1000:,.0f} kB{rows})")
    areas = ", ".join(f"{count:,} {level if count == 1 else PLURALS[level]}" for level, count in done.areas.items())
    say(f"Week {done.week}, edition {done.edition}: {areas}")
    if done.people is not None:
        spread = "" if done.people_low is None else f" ({done.people_low:,.0f} to {done.people_high:,.0f})"
        say(f"{done.people:,.0f} people{spread} present on average{_change(done)}")
    say(f"{done.gatherings:,} gatherings, {done.warnings_drafted:,} warnings drafted")
    say(f"{done.hours_missing} hours without data, {done.hours_partial} with many silent cells")
    say(f"{done.hidden:.1%} of the area-hours hidden: they rest on fewer than {done.k} devices, or would tell of some")
    if not done.reference:
        say("No earlier week has data: no change against the usual can be told")
    session.printer.result(done)


def _change(done: WrittenReport) -> str:
    if done.change_pct is None:
        return ""
    return f", {done.change_pct:+.1f}% against the usual of {len(done.reference)} weeks"
