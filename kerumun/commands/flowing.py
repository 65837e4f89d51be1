"""`kerumun flows load`: taking in how many devices went from area to area."""

from pathlib import Path
from typing import Annotated

import typer

from crowd.flows import load_flows
from kerumun.commands.loading import tell_delivery
from kerumun.parameters import (
    DEFAULT_HOME,
    ColumnsOption,
    DelimiterOption,
    HomeOption,
    JsonOption,
    OperatorOption,
    ProfileOption,
    gather_profile,
    open_session,
)

flows = typer.Typer(no_args_is_help=True, help="Flows of devices from area to area, where operators send them.")


@flows.callback()
def _flows() -> None:
    """A group of its own, although it has one command yet."""


@flows.command("load")
def load_flows_command(
    files: Annotated[list[Path], typer.Argument(help="Files of one delivery.", show_default=False)],
    operator: OperatorOption = None,
    timezone: Annotated[str | None, typer.Option(help="Time zone of times without an offset.")] = None,
    time_format: Annotated[str | None, typer.Option(help="strptime format of times, or unix, unix_ms.")] = None,
    interval_minutes: Annotated[int | None, typer.Option(help="1440 or 60, where no column says.")] = None,
    columns: ColumnsOption = None,
    delimiter: DelimiterOption = None,
    profile: ProfileOption = None,
    again: Annotated[bool, typer.Option("--again", help="Read files anew that were taken in before.")] = False,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Take in flow files. Files given together are parts of one delivery; a later delivery corrects an earlier one."""
    session = open_session(home, as_json=json)
    reading = gather_profile(
        profile,
        columns=columns,
        operator=operator,
        timezone=timezone,
        time_format=time_format,
        interval_minutes=interval_minutes,
        delimiter=delimiter,
    )
    with session.printer.working(f"Taking in {len(files)} file(s)"):
        load = load_flows(files, intake=session.intake(), profile=reading, k=session.settings.k, again=again)
    tell_delivery(session, load, stage="flows")
