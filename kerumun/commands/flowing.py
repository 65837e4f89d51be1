"""`kerumun flows load`: taking in how many devices went from area to area."""

from typing import Annotated

import typer

from crowd.flows import load_flows
from kerumun.commands.loading import tell_delivery
from kerumun.parameters import (
    DEFAULT_HOME,
    AgainOption,
    ColumnsOption,
    DelimiterOption,
    DeliveryArgument,
    HomeOption,
    JsonOption,
    OperatorOption,
    ProfileOption,
    TimeFormatOption,
    TimezoneOption,
    gather_profile,
    open_session,
)

flows = typer.Typer(no_args_is_help=True, help="Flows of devices from area to area, where operators send them.")


@flows.callback()
def _flows() -> None:
    """A group of its own, although it has one command yet."""


@flows.command("load")
def load_flows_command(
    files: DeliveryArgument,
    operator: OperatorOption = None,
    timezone: TimezoneOption = None,
    time_format: TimeFormatOption = None,
    interval_minutes: Annotated[int | None, typer.Option(help="1440 or 60, where no column says.")] = None,
    columns: ColumnsOption = None,
    delimiter: DelimiterOption = None,
    profile: ProfileOption = None,
    again: AgainOption = False,
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
