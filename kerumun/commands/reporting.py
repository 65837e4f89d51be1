"""`kerumun report weekly`: what policy staff get."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from crowd.mobility.asked import parse_reference
from crowd.mobility.weeks import parse_week
from crowd.report.write import check_output, write_report
from geo.areas import LEVELS
from kerumun.commands.report_summary import summarise, told_lines
from kerumun.parameters import DEFAULT_HOME, HomeOption, JsonOption, Session, open_session
from pipelines.reports import AskedReport, make_report, outlines_of

report = typer.Typer(no_args_is_help=True, help="Reports of people per area.")


class ReportLanguage(StrEnum):
    """Languages of pages and sheets."""

    ID = "id"
    EN = "en"


@report.command("weekly")
def weekly_command(
    week: Annotated[str, typer.Option(help="Year and ISO week, such as 2020-W14.")],
    output: Annotated[Path, typer.Option(help="File to write: .pdf, .xlsx, .csv or .parquet.")],
    area: Annotated[
        str | None, typer.Option(help="Code of an area, such as 31.71: the report is of it and the areas in it.")
    ] = None,
    level: Annotated[
        str | None,
        typer.Option(help=f"Level of the smallest areas: {', '.join(LEVELS)}; that of the settings if not given."),
    ] = None,
    lang: Annotated[
        ReportLanguage | None,
        typer.Option(help="Language of pages and sheets; the first of the settings if not given."),
    ] = None,
    reference: Annotated[
        str | None,
        typer.Option(
            help="Weeks to compare with, such as 2020-W09..2020-W13; the five before that have data if not given."
        ),
    ] = None,
    epsilon: Annotated[
        float | None,
        typer.Option(
            min=0.001,
            max=10.0,
            help="Add noise (differential privacy): budget for each area and hour, such as 1; less is more private. "
            "That of the settings if not given.",
        ),
    ] = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Write the mobility report of a week: pages (pdf), sheets (xlsx) or one table (csv, parquet).

    Beside a table lie its data dictionary and its metadata.
    """
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
    done = summarise(weekly, files)
    for line in told_lines(done, timezone=asked.week.timezone):
        session.printer.say(line)
    session.printer.result(done)
