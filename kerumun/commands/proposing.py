"""`kerumun warnings draft|edit|retract`: what is proposed by hand, for others to approve."""

from datetime import UTC, datetime
from typing import Annotated

import polars as pl
import typer

from crowd.warnings.drafts import find_warning, look_up
from crowd.warnings.editing import edit
from crowd.warnings.listing import show_warning
from crowd.warnings.proposing import Drafting
from crowd.warnings.retracting import retract
from crowd.warnings.told import WholeWarning
from kerumun.commands.signing import ByOption, NameArgument, WhyOption, act_of, deciding, looking, must_have_ledger
from kerumun.commands.telling import tell_warning
from kerumun.parameters import DEFAULT_HOME, HomeOption, JsonOption, Session, open_session, parse_range
from lake.errors import RefusedInputError
from pipelines.adding import UNKNOWN_REACH, cells_to_add
from pipelines.warn import draft_of, make_desk, rewrite_draft

proposing = typer.Typer(help="What is proposed by hand.")


@proposing.command("draft")
def draft_command(
    at: Annotated[str, typer.Option("--at", help="The hour, ISO 8601; local time without an offset.")],
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Draft warnings of the gatherings of one hour: as tests where that hour is long past, for drills."""
    session = open_session(home, as_json=json)
    start, end = parse_range(None, None, at, timezone=session.settings.timezone)
    done = draft_of(session.options, start=start, end=end, now=datetime.now(UTC))
    _tell_drafting(session, done)
    session.printer.result(done)


@proposing.command("edit")
def edit_command(
    name: NameArgument,
    why: WhyOption,
    text_id: Annotated[str | None, typer.Option(help="Message in Indonesian.")] = None,
    text_en: Annotated[str | None, typer.Option(help="Message in English.")] = None,
    take_off: Annotated[list[str] | None, typer.Option(help="Id of a cell not to warn; may be given often.")] = None,
    add: Annotated[list[str] | None, typer.Option(help="Id of a cell to warn as well; may be given often.")] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Write all messages anew, from the templates and tables as they are now.")
    ] = False,
    by: ByOption = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Change the words or the cells of a draft. Approvals given before no longer count."""
    session = open_session(home, as_json=json)
    texts = {language: text for language, text in (("id", text_id), ("en", text_en)) if text is not None}
    if again and (texts or take_off or add):
        raise RefusedInputError("--again takes words and cells as they come: give it alone, then edit once more")
    if again:
        must_have_ledger(session)
        rewrite_draft(session.options, name, act=act_of(session, by, why))
        with looking(session) as reading:
            found = show_warning(reading, name)
    else:
        found = _edit(session, name, texts=texts, take_off=take_off or [], add=add or [], by=by, why=why)
    tell_warning(session, found)
    session.printer.result(found)


@proposing.command("retract")
def retract_command(
    name: NameArgument,
    why: WhyOption,
    by: ByOption = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Draft a message to the same cells that takes back a warning that went out; it needs approval as any other."""
    session = open_session(home, as_json=json)
    with deciding(session) as writing:
        warning = find_warning(writing, name)
        desk = make_desk(session.options, mode=warning.mode)
        done = retract(writing, warning, desk=desk, act=act_of(session, by, why))
    session.printer.say(f"drafted {done.drafted[0]}, which takes {name} back: approve it")
    session.printer.result(done)


def _edit(
    session: Session, name: str, *, texts: dict[str, str], take_off: list[str], add: list[str], by: str | None, why: str
) -> WholeWarning:
    writer = make_desk(session.options, mode="test").writer
    with looking(session) as reading:
        about = look_up(reading, name)
        gathering_id, hour = about.gathering_id, about.interval_start
    cells = cells_to_add(session.options, add, gathering_id=gathering_id, hour=hour)
    with deciding(session) as writing:
        warning = find_warning(writing, name)
        act = act_of(session, by, why)
        edit(writing, warning, writer=writer, texts=texts, take_off=take_off, add=cells, act=act)
        found = show_warning(writing, warning.id)
    unknown = cells.filter(pl.col("reach").is_null())["cell_id"].to_list()
    if unknown:
        session.printer.say(f"{UNKNOWN_REACH}: {', '.join(unknown)}")
    return found


def _tell_drafting(session: Session, done: Drafting) -> None:
    say = session.printer.say
    for name in done.drafted:
        say(f"drafted {name}" + (", approved by the policy" if name in done.approved else ""))
        for problem in done.problems.get(name, ()):
            say(f"  cannot be approved: {problem}")
    for name in done.known:
        say(f"{name} is there already: 'kerumun warnings show {name}'" + _rewritten(done, name))
    if not done.gatherings:
        say("no gathering is known of that hour: compute it with 'kerumun run --at …' if there are counts")
    if done.too_low:
        say(f"{done.too_low:,} gatherings need no warning: over, or below the level that is drafted (draft_from)")
    if done.too_small:
        say(f"{done.too_small:,} left out: they rest on fewer than {session.settings.k} devices")


def _rewritten(done: Drafting, name: str) -> str:
    return ", written anew: it can be approved now" if name in done.rewritten else ""
