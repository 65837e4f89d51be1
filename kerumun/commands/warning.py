"""`kerumun warnings list|show|approve|reject|cancel`: look at warnings and decide."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from crowd.warnings.decisions import approve, cancel, reject
from crowd.warnings.drafts import find_warning
from crowd.warnings.listing import cells_of, list_warnings, open_warnings, pause_of, show_warning
from crowd.warnings.routes import routes_for, without_channel
from crowd.warnings.wording import lists_of, revision_of
from kerumun.commands.signing import ByOption, NameArgument, WhyOption, act_of, deciding, looking
from kerumun.commands.telling import tell_cells, tell_mode, tell_warning, tell_warnings
from kerumun.parameters import DEFAULT_HOME, HomeOption, JsonOption, open_session
from pipelines.warn import officers_of

warnings = typer.Typer(no_args_is_help=True, help="Warnings: review, approve, send, stop.")


class Shown(StrEnum):
    """Which warnings a list shows."""

    OPEN = "open"
    ALL = "all"
    DRAFT = "draft"
    APPROVED = "approved"
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@warnings.command("list")
def list_command(
    state: Annotated[Shown, typer.Option(help="'open': what may still go out, or is out and holds.")] = Shown.OPEN,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """List warnings, the newest first."""
    session = open_session(home, as_json=json)
    all_states = tuple(each.value for each in Shown if each not in {Shown.OPEN, Shown.ALL})
    with looking(session) as reading:
        if state is Shown.OPEN:
            found = open_warnings(reading, now=datetime.now(UTC))
        else:
            found = list_warnings(reading, states=all_states if state is Shown.ALL else (state.value,))
        tell_warnings(session, found, pause=pause_of(reading))
    session.printer.result(found)


@warnings.command("show")
def show_command(
    name: NameArgument,
    cells: Annotated[bool, typer.Option("--cells", help="With the id of every cell.")] = False,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Show one warning: its messages, cells, approvals, where it went and everything that happened to it."""
    session = open_session(home, as_json=json)
    with looking(session) as reading:
        found = show_warning(reading, name)
        listed = cells_of(reading, name) if cells else None
    if listed is None:
        tell_warning(session, found)
        session.printer.result(found)
    else:
        tell_cells(session, listed)
        session.printer.result({"id": found.listed.id, "cells": listed.to_dicts()})


@warnings.command("approve")
def approve_command(
    name: NameArgument,
    by: ByOption = None,
    why: WhyOption = "",
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Approve a warning. With as many approvals as its level needs it goes out at the next sending."""
    session = open_session(home, as_json=json)
    options = session.options.warnings
    with deciding(session) as writing:
        warning = find_warning(writing, name)
        lists = lists_of(revision_of(writing, warning_id=warning.id, revision=warning.revision))
        routes = routes_for(warning, lists, options=options, officers=officers_of(session.options))
        is_approved = approve(writing, warning, routes=routes, act=act_of(session, by, why))
        found = show_warning(writing, warning.id)
    tell_mode(session)
    for operator in without_channel(lists, options=options):
        session.printer.say(f"{operator} has no channel: nobody on its cells is warned; see [warnings.operators]")
    if is_approved:
        session.printer.say(f"{found.listed.id} is approved: {len(found.letters)} messages wait for 'warnings send'")
    else:
        missing = found.listed.approvals_needed - len(found.listed.approvals)
        session.printer.say(f"{found.listed.id}: noted; {missing} more approval needed, by another person")
    session.printer.result(found.listed)


@warnings.command("reject")
def reject_command(
    name: NameArgument,
    why: WhyOption,
    by: ByOption = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Reject a draft, for good."""
    session = open_session(home, as_json=json)
    with deciding(session) as writing:
        reject(writing, find_warning(writing, name), act=act_of(session, by, why))
        found = show_warning(writing, name)
    session.printer.say(f"{found.listed.id} is rejected")
    session.printer.result(found.listed)


@warnings.command("cancel")
def cancel_command(
    name: NameArgument,
    why: WhyOption,
    by: ByOption = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Stop whatever of a warning has not gone out."""
    session = open_session(home, as_json=json)
    with deciding(session) as writing:
        is_out = cancel(writing, find_warning(writing, name), act=act_of(session, by, why))
        found = show_warning(writing, name)
    session.printer.say(f"{found.listed.id} is stopped: nothing more of it goes out")
    if is_out:
        session.printer.say("part of it has gone out, or may have; to take that back: 'kerumun warnings retract'")
    session.printer.result(found.listed)
