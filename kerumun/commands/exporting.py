"""`kerumun density|gatherings|targets export`: what people get from the lake."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from crowd.exports import FORMATS, TABLES, Export, export_table
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

density = typer.Typer(no_args_is_help=True, help="People per hexagon.")
gatherings = typer.Typer(no_args_is_help=True, help="Gatherings.")
targets = typer.Typer(no_args_is_help=True, help="Cells to warn.")

OutputOption = Annotated[Path, typer.Option("--output", help="File to write.")]
FormatOption = Annotated[
    str | None,
    typer.Option("--format", help=f"{', '.join(FORMATS)}; for density also png. From the name if not given."),
]


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
        session.printer.say(f"{written.rows:,} rows written to {written.path}")
        if written.withheld:
            what = "numbers" if table == "targets" else "rows"
            session.printer.say(
                f"{written.withheld:,} {what} withheld: they rest on fewer than {session.settings.k} devices"
            )
        session.printer.result(written)

    export.__doc__ = f"Write {table} of a range of time to a file."
    app.command("export")(export)


for _app, _table in zip((density, gatherings, targets), TABLES, strict=True):
    _add(_app, _table)


def export_range(
    session: Session, table: str, *, start: datetime, end: datetime, file_format: str | None, output: Path
) -> Export:
    """Write one table, or the picture of one interval.

    Raises:
        RefusedInputError: the format is unknown or does not fit the range.
    """
    chosen = (file_format or output.suffix.removeprefix(".")).casefold()
    if not chosen:
        raise RefusedInputError(f"{output} has no ending that says a format: add --format, one of {', '.join(FORMATS)}")
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
