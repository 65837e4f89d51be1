"""`kerumun warnings`: look at warnings, decide, send, stop."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from crowd.warnings.audit import Act
from crowd.warnings.decisions import approve, cancel, reject
from crowd.warnings.drafting import retract
from crowd.warnings.drafts import find_warning, look_up
from crowd.warnings.editing import edit, find_cells
from crowd.warnings.listing import OPEN, list_warnings, pause_of, show_warning
from crowd.warnings.officers import officers_for
from crowd.warnings.routes import routes_of, without_channel
from crowd.warnings.verify import verify
from crowd.warnings.wording import lists_of, revision_of
from kerumun.commands.telling import tell_warning, tell_warnings
from kerumun.parameters import DEFAULT_HOME, HomeOption, JsonOption, Session, open_session, parse_range
from lake.database import open_database
from lake.engine import connect
from lake.errors import RefusedInputError
from pipelines.warn import draft_of, make_desk, officers_of

warnings = typer.Typer(no_args_is_help=True, help="Warnings: review, approve, send, stop.")

NameArgument = Annotated[str, typer.Argument(help="Name of the warning, or the code that its message carries.")]
KeyArgument = Annotated[str, typer.Argument(help="Key of the message, as `warnings show` tells it.")]
ByOption = Annotated[str | None, typer.Option("--by", help="Who decides; your login name if not given.")]
WhyOption = Annotated[str, typer.Option("--why", help="The reason, for whoever reads the audit trail.")]


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
    state: Annotated[Shown, typer.Option(help="'open': draft, approved and queued.")] = Shown.OPEN,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """List warnings, the newest first."""
    session = open_session(home, as_json=json)
    states = {Shown.OPEN: OPEN, Shown.ALL: tuple(s for s in Shown if s not in {Shown.OPEN, Shown.ALL})}
    with open_database(session.options.ledger_url) as database, database.reading() as reading:
        found = list_warnings(reading, states=states.get(state, (state.value,)))
        tell_warnings(session, found, pause=pause_of(reading))
    session.printer.result(found)


@warnings.command("show")
def show_command(name: NameArgument, home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> None:
    """Show one warning: its messages, cells, approvals, where it went and everything that happened to it."""
    session = open_session(home, as_json=json)
    with open_database(session.options.ledger_url) as database, database.reading() as reading:
        found = show_warning(reading, name)
    tell_warning(session, found)
    session.printer.result(found)


@warnings.command("draft")
def draft_command(
    at: Annotated[str, typer.Option("--at", help="The hour, ISO 8601; local time without an offset.")],
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Draft warnings of the gatherings of one hour: as tests where that hour is long past, for drills."""
    session = open_session(home, as_json=json)
    start, end = parse_range(None, None, at, timezone=session.settings.timezone)
    done = draft_of(session.options, start=start, end=end, now=datetime.now(UTC))
    for name in done.drafted:
        session.printer.say(f"drafted {name}" + (", approved by the policy" if name in done.approved else ""))
        for problem in done.problems.get(name, ()):
            session.printer.say(f"  cannot be approved: {problem}")
    if not done.drafted:
        session.printer.say("nothing drafted: no gathering of that hour needs a warning that there is not already")
    if done.too_small:
        session.printer.say(f"{done.too_small:,} left out: they rest on fewer than {session.settings.k} devices")
    session.printer.result(done)


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
    with open_database(session.options.ledger_url) as database, database.writing() as writing:
        warning = find_warning(writing, name)
        lists = lists_of(revision_of(writing, warning_id=warning.id, revision=warning.revision))
        officers = [each.id for each in officers_for(warning.area_code, officers_of(session.options))]
        routes = routes_of(lists, options=options, officers=officers)
        is_approved = approve(writing, warning, routes=routes, act=act_of(session, by, why))
        found = show_warning(writing, warning.id)
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
    with open_database(session.options.ledger_url) as database, database.writing() as writing:
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
    with open_database(session.options.ledger_url) as database, database.writing() as writing:
        is_out = cancel(writing, find_warning(writing, name), act=act_of(session, by, why))
        found = show_warning(writing, name)
    session.printer.say(f"{found.listed.id} is stopped: nothing more of it goes out")
    if is_out:
        session.printer.say("part of it has gone out, or may have; to take that back: 'kerumun warnings retract'")
    session.printer.result(found.listed)


@warnings.command("retract")
def retract_command(
    name: NameArgument,
    why: WhyOption,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Draft a message to the same cells that takes back a warning that went out; it needs approval as any other."""
    session = open_session(home, as_json=json)
    with open_database(session.options.ledger_url) as database, database.writing() as writing:
        warning = find_warning(writing, name)
        desk = make_desk(session.options, mode="live" if warning.mode == "live" else "test")
        done = retract(writing, warning, desk=desk, now=datetime.now(UTC), why=f"{session.settings.user}: {why}")
    session.printer.say(f"drafted {done.drafted[0]}, which takes {name} back: approve it")
    session.printer.result(done)


@warnings.command("edit")
def edit_command(
    name: NameArgument,
    why: WhyOption,
    text_id: Annotated[str | None, typer.Option(help="Message in Indonesian.")] = None,
    text_en: Annotated[str | None, typer.Option(help="Message in English.")] = None,
    take_off: Annotated[list[str] | None, typer.Option(help="Id of a cell not to warn; may be given often.")] = None,
    add: Annotated[list[str] | None, typer.Option(help="Id of a cell to warn as well; may be given often.")] = None,
    by: ByOption = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Change the words or the cells of a draft. Approvals given before no longer count."""
    session = open_session(home, as_json=json)
    texts = {language: text for language, text in (("id", text_id), ("en", text_en)) if text is not None}
    writer = make_desk(session.options, mode="test").writer
    with open_database(session.options.ledger_url) as database, connect(session.engine) as connection:
        with database.reading() as reading:
            hour = look_up(reading, name).interval_start
        cells = find_cells(connection, add or (), home=session.home, hour=hour, k=session.settings.k)
        with database.writing() as writing:
            warning = find_warning(writing, name)
            act = act_of(session, by, why)
            edit(writing, warning, writer=writer, texts=texts, take_off=take_off or (), add=cells, act=act)
            found = show_warning(writing, warning.id)
    tell_warning(session, found)
    session.printer.result(found)


@warnings.command("verify")
def verify_command(
    head: Annotated[str | None, typer.Option(help="Hash that an earlier verify told; must still be there.")] = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Check that nobody changed the audit trail, nor anything behind its back."""
    session = open_session(home, as_json=json)
    with open_database(session.options.ledger_url) as database, database.reading() as reading:
        found = verify(reading, head=head)
    for problem in found.problems:
        session.printer.say(problem)
    if not found.problems:
        session.printer.say(f"{found.entries:,} entries, all as they were written")
        session.printer.say(f"note this down elsewhere, to check against later: --head {found.head}")
        session.printer.result(found)
    else:
        raise RefusedInputError(
            f"the audit trail does not hold ({len(found.problems)} findings, first: {found.problems[0]}): "
            "keep a copy of the ledger and find out who could write to it"
        )


def act_of(session: Session, by: str | None, why: str) -> Act:
    """Who decides, now."""
    return Act(by=by or session.settings.user, at=datetime.now(UTC), why=why)
