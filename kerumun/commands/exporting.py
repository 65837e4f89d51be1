"""`kerumun density|gatherings|targets export`: what people get from the lake."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from crowd.exports import FORMATS, Export, export_table
from crowd.exports_by_area import AreaExport, export_areas
from crowd.gathering_list import list_gatherings
from geo.areas import LEVELS
from kerumun.parameters import (
    DEFAULT_HOME,
    AtOption,
    FromOption,
    HomeOption,
    JsonOption,
    Session,
    ToOption,
    open_session,
    parse_range,
)
from lake.engine import connect
from lake.errors import RefusedInputError

density = typer.Typer(no_args_is_help=True, help="People per hexagon or area.")
gatherings = typer.Typer(no_args_is_help=True, help="Gatherings.")
targets = typer.Typer(no_args_is_help=True, help="Cells to warn.")

OutputOption = Annotated[Path, typer.Option("--output", help="File to write.")]
FormatOption = Annotated[
    str | None,
    typer.Option("--format", help=f"{', '.join(FORMATS)}; for density also png. From the name if not given."),
]


class Unit(StrEnum):
    """What density is summed over."""

    HEXAGON = "hexagon"
    AREA = "area"


@density.command("export")
def export_density_command(
    output: OutputOption,
    file_format: FormatOption = None,
    by: Annotated[Unit, typer.Option(help="A row per hexagon, or per administrative area.")] = Unit.HEXAGON,
    level: Annotated[
        str | None, typer.Option(help=f"With --by area: one of {', '.join(LEVELS)}; the finest loaded if not given.")
    ] = None,
    at: AtOption = None,
    start: FromOption = None,
    end: ToOption = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Write density of a range of time to a file, per hexagon or per area."""
    session = open_session(home, as_json=json)
    first, last = parse_range(start, end, at, timezone=session.settings.timezone)
    if by is Unit.AREA:
        _tell_areas(session, _export_areas(session, first, last, level=level, file_format=file_format, output=output))
    elif level is not None:
        raise RefusedInputError("--level chooses the areas of --by area: add --by area, or leave --level out")
    else:
        _tell(session, export_range(session, "density", start=first, end=last, file_format=file_format, output=output))


def _add(app: typer.Typer, table: str) -> None:
    def export(
        output: OutputOption,
        file_format: FormatOption = None,
        at: AtOption = None,
        start: FromOption = None,
        end: ToOption = None,
        home: HomeOption = DEFAULT_HOME,
        json: JsonOption = False,
    ) -> None:
        session = open_session(home, as_json=json)
        first, last = parse_range(start, end, at, timezone=session.settings.timezone)
        written = export_range(session, table, start=first, end=last, file_format=file_format, output=output)
        _tell(session, written, what="numbers" if table == "targets" else "rows")

    export.__doc__ = f"Write {table} of a range of time to a file."
    app.command("export")(export)


_add(gatherings, "gatherings")
_add(targets, "targets")


class ReasonLanguage(StrEnum):
    """Languages of the reasons."""

    ID = "id"
    EN = "en"


@gatherings.command("list")
def list_gatherings_command(
    lang: Annotated[ReasonLanguage, typer.Option(help="Language of the reasons.")] = ReasonLanguage.EN,
    at: AtOption = None,
    start: FromOption = None,
    end: ToOption = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Tell the gatherings of a range of time, and why each is one."""
    session = open_session(home, as_json=json)
    first, last = parse_range(start, end, at, timezone=session.settings.timezone)
    tell_gatherings(session, first, last, lang=lang)


def tell_gatherings(session: Session, start: datetime, end: datetime, *, lang: ReasonLanguage) -> None:
    """Print gatherings with their reasons."""
    with connect(session.engine) as connection:
        found = list_gatherings(
            connection, home=session.home, start=start, end=end, language=lang.value, k=session.settings.k
        )
    zone = ZoneInfo(session.settings.timezone)
    for each in found.gatherings:
        when = each.interval_start.astimezone(zone)
        session.printer.say(f"{each.gathering_id}  {when:%Y-%m-%d %H:%M}  {each.level}, {each.state}")
        session.printer.say(f"  {each.reason}")
    if not found.gatherings:
        session.printer.say("no gathering in that range")
    if found.withheld:
        session.printer.say(f"{found.withheld:,} withheld: they rest on fewer than {session.settings.k} devices")
    session.printer.result(found)


def _tell(session: Session, written: Export, *, what: str = "rows") -> None:
    session.printer.say(f"{written.rows:,} rows written to {written.path}")
    if written.withheld:
        session.printer.say(
            f"{written.withheld:,} {what} withheld: they rest on fewer than {session.settings.k} devices"
        )
    session.printer.result(written)


def _tell_areas(session: Session, written: AreaExport) -> None:
    _tell(session, written)
    if written.people_outside is None:
        session.printer.say(
            "people on hexagons outside every area of this level are not in it; "
            f"they rest on fewer than {session.settings.k} devices"
        )
    elif written.people_outside:
        many = f"{written.people_outside:,.0f} people" + (" on average" if written.intervals > 1 else "")
        session.printer.say(f"{many} on hexagons outside every area of this level are not in it")


def _export_areas(
    session: Session, start: datetime, end: datetime, *, level: str | None, file_format: str | None, output: Path
) -> AreaExport:
    chosen = _format(file_format, output)
    with session.printer.working(f"Writing {output.name}"), connect(session.engine) as connection:
        return export_areas(
            connection,
            home=session.home,
            start=start,
            end=end,
            level=level,
            file_format=chosen,
            output=output,
            k=session.settings.k,
        )


def _format(file_format: str | None, output: Path) -> str:
    chosen = (file_format or output.suffix.removeprefix(".")).casefold()
    if not chosen:
        raise RefusedInputError(f"{output} has no ending that says a format: add --format, one of {', '.join(FORMATS)}")
    return chosen


def export_range(
    session: Session, table: str, *, start: datetime, end: datetime, file_format: str | None, output: Path
) -> Export:
    """Write one table, or the picture of one interval.

    Raises:
        RefusedInputError: the format is unknown or does not fit the range.
    """
    chosen = _format(file_format, output)
    with session.printer.working(f"Writing {output.name}"), connect(session.engine) as connection:
        if chosen == "png" and table == "density":
            from crowd.picture.export import export_picture  # noqa: PLC0415 - Matplotlib takes a second to import

            return export_picture(
                connection,
                home=session.home,
                start=start,
                end=end,
                timezone=session.settings.timezone,
                k=session.settings.k,
                output=output,
            )
        return export_table(
            connection,
            table,
            home=session.home,
            start=start,
            end=end,
            file_format=chosen,
            output=output,
            k=session.settings.k,
        )
