"""How warnings are told in the terminal. Times are those of the place."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from crowd.reason_words import ZONE_NAMES
from crowd.warnings.listing import Letter, ListedWarning, Pause, WholeWarning
from crowd.warnings.options import WarningOptions
from kerumun.parameters import Session


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
        session.printer.say(f"PAUSED by {pause.by} at {when}: nothing is sent until 'kerumun warnings resume'")


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
    session.printer.table("\nCells to warn", ("operator", "cells", "recipients"), lists)
    if found.letters:
        _tell_outbox(session, found)
    happened = [(local_time(h.at, listed.timezone), h.what, h.after or "", h.who, h.why) for h in found.story]
    session.printer.table("\nWhat happened", ("when", "what", "state", "who", "why"), happened)


def tell_letters(session: Session, letters: Sequence[Letter]) -> None:
    """Messages that a person has to see to."""
    for letter in letters:
        session.printer.say(f"{letter.key}  {letter.state}: {letter.said or 'nothing is known of it'}")
        if letter.what_to_do:
            session.printer.say(f"  {letter.what_to_do}")
    if not letters:
        session.printer.say("no message stands still")


def gateways_in_words(options: WarningOptions) -> str:
    """Where warnings go, in one line."""
    named = [f"{name} by {each.channel}" for name, each in options.operators.items()]
    others = [] if options.default_channel == "none" else ["other operators by folder"]
    extra = [name for name in ("kannel", "cap") if getattr(options, name) is not None]
    return ", ".join([*named, *others, *extra])


def _tell_outbox(session: Session, found: WholeWarning) -> None:
    rows = [
        (each.key.removeprefix(f"{found.listed.id}."), each.state, each.attempts, each.recipients, each.said or "")
        for each in found.letters
    ]
    session.printer.table("\nMessages", ("message", "state", "tries", "recipients", "said"), rows)
    for each in found.letters:
        if each.what_to_do:
            session.printer.say(f"  {each.key}: {each.what_to_do}")


def _counted(messages: dict[str, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(messages.items()))
