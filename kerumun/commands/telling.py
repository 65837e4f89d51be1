"""How warnings are told in the terminal. Times are those of the place."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl

from crowd.reason_words import ZONE_NAMES
from crowd.warnings.options import WarningOptions
from crowd.warnings.told import Happened, Letter, ListedWarning, Pause, WholeWarning
from kerumun.parameters import Session

OPEN_STATES = {"waiting": "wait to be sent", "sending": "are being sent", "accepted": "await a receipt"}


def local_time(instant: datetime, timezone: str) -> str:
    """An instant as the people of a place read it."""
    local = instant.astimezone(ZoneInfo(timezone))
    return f"{local:%Y-%m-%d %H:%M} {ZONE_NAMES.get(timezone) or local.tzname()}"


def tell_mode(session: Session) -> None:
    """Whether warnings are real."""
    if session.settings.warnings.mode == "live":
        session.printer.say("LIVE: what is approved and sent warns people")
    else:
        session.printer.say("TEST MODE: everything is marked as a test; see mode under [warnings] in kerumun.toml")


def tell_pause(session: Session, pause: Pause) -> None:
    """How the kill switch stands, where it is thrown."""
    if pause.is_paused and pause.at is not None:
        when = local_time(pause.at, session.settings.timezone)
        said = f"PAUSED by {pause.by} at {when} ({pause.why})"
        session.printer.say(f"{said}: nothing is sent until 'kerumun warnings resume'")


def tell_warnings(session: Session, found: Sequence[ListedWarning], *, pause: Pause) -> None:
    """A list of warnings."""
    tell_mode(session)
    tell_pause(session, pause)
    rows = [
        (
            each.id,
            each.mode.upper(),
            each.level,
            each.kind,
            each.state,
            f"{len(each.approvals)} of {each.approvals_needed}",
            _counted(each.messages),
            each.area_name,
            local_time(each.expires_at, each.timezone),
        )
        for each in found
    ]
    columns = ("warning", "mode", "level", "kind", "state", "approvals", "messages", "area", "expires")
    if rows:
        session.printer.table("Warnings", columns, rows)
    else:
        session.printer.say("no warning")


def tell_warning(session: Session, found: WholeWarning) -> None:
    """One warning with its whole story."""
    say, listed = session.printer.say, found.listed
    say(f"{listed.id}  {listed.mode.upper()}  {listed.level}, {listed.kind}, {listed.state}")
    say(f"  {listed.area_name or 'no area known'} ({found.area_code or '-'}), gathering {listed.gathering_id}")
    say(f"  expires {local_time(listed.expires_at, listed.timezone)}, check code {found.code}")
    if found.replaces:
        say(f"  refers to {found.replaces}")
    names = f" ({', '.join(listed.approvals)})" if listed.approvals else ""
    say(f"  approvals: {len(listed.approvals)} of {listed.approvals_needed}{names}")
    for problem in found.problems:
        say(f"  cannot be approved: {problem}")
    for language, text in found.texts.items():
        count = found.segments[language]
        say(f"\nMessage ({language}, {count.segments} SMS, {count.encoding})\n  {text}")
    for language, text in found.officer_texts.items():
        say(f"\nTo officers ({language})\n  {text}")
    lists = [(each.operator, each.cells, each.recipients) for each in found.lists]
    session.printer.table("\nCells to warn (each with --cells)", ("operator", "cells", "expected recipients"), lists)
    if found.letters:
        _tell_outbox(session, found)
    _tell_happened(session, found.story, title="\nWhat happened", timezone=listed.timezone)


def tell_cells(session: Session, cells: pl.DataFrame) -> None:
    """The cells of a warning, one by one."""
    columns = ("operator", "cell_id", "expected_recipients", "reach", "overreach")
    rows = list(cells.select(columns).iter_rows())
    session.printer.table("Cells to warn", ("operator", "cell", "expected recipients", "reach", "overreach"), rows)


def tell_trail(session: Session, happened: Sequence[Happened]) -> None:
    """Entries of the audit trail."""
    _tell_happened(session, happened, title="Audit trail", timezone=session.settings.timezone)


def tell_outbox(session: Session, counts: Mapping[str, int], *, next_at: datetime | None) -> None:
    """How many messages stand where, and when a gateway is next tried or asked."""
    told = [f"{counts[state]} {words}" for state, words in OPEN_STATES.items() if counts.get(state)]
    if told:
        when = "" if next_at is None else f"; next look at {local_time(next_at, session.settings.timezone)}"
        session.printer.say(", ".join(told) + when)


def _tell_happened(session: Session, story: Sequence[Happened], *, title: str, timezone: str) -> None:
    rows = [(local_time(h.at, timezone), h.what, h.after or "", h.who, h.why) for h in story]
    session.printer.table(title, ("when", "what", "state", "who", "why"), rows)


def tell_letters(session: Session, letters: Sequence[Letter]) -> None:
    """Messages that a person has to see to."""
    for letter in letters:
        session.printer.say(f"{letter.key}  {letter.state}: {letter.said or 'nothing is known of it'}")
        if letter.what_to_do:
            session.printer.say(f"  {letter.what_to_do}")
    if not letters:
        session.printer.say("no message needs anybody")


def gateways_in_words(options: WarningOptions) -> str:
    """Where warnings go, in one line."""
    named = [f"{name} by {each.channel}" for name, each in options.operators.items()]
    others = [] if options.default_channel == "none" else ["other operators by folder"]
    extra = [name for name in ("kannel", "cap") if getattr(options, name) is not None]
    return ", ".join([*named, *others, *extra])


def _tell_outbox(session: Session, found: WholeWarning) -> None:
    rows = [
        (
            each.key,
            each.state,
            each.attempts,
            each.recipients or "",
            "" if each.confirmed is None else each.confirmed,
            each.reference or "",
            each.said or "",
        )
        for each in found.letters
    ]
    columns = ("message", "state", "tries", "expected recipients", "confirmed", "reference", "said")
    session.printer.table("\nMessages", columns, rows)
    for each in found.letters:
        if each.what_to_do:
            session.printer.say(f"  {each.key}: {each.what_to_do}")


def _counted(messages: dict[str, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(messages.items()))
