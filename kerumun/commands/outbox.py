"""`kerumun warnings send|pause|resume|…`: what leaves the house, and what stands still."""

import threading
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import typer

from crowd.warnings.by_hand import resolve_not_sent, resolve_sent, retry
from crowd.warnings.drafts import look_up
from crowd.warnings.kill_switch import pause, resume
from crowd.warnings.listing import list_warnings, next_look, outbox_counts, pause_of, stuck_letters
from crowd.warnings.sending import Deliveries, wait_until_quiet
from kerumun.commands.signing import ByOption, WhyOption, act_of, deciding, ledger_of, looking
from kerumun.commands.telling import gateways_in_words, tell_letters, tell_mode, tell_outbox, tell_pause
from kerumun.parameters import DEFAULT_HOME, HomeOption, JsonOption, Session, open_session
from pipelines.receipts import http_secrets, kannel_secrets, receipt_taker
from pipelines.warn import send_until

PAUSE_PATIENCE_S = 120.0

outbox = typer.Typer(help="What leaves the house.")

KeyArgument = Annotated[str, typer.Argument(help="Key of the message, as `warnings show` tells it.")]


class Verdict(StrEnum):
    """What a person found out about a message of which nobody knew."""

    SENT = "sent"
    NOT_SENT = "not-sent"


@outbox.command("resolve")
def resolve_command(
    key: KeyArgument,
    verdict: Annotated[Verdict, typer.Option("--as", help="What you found out at the gateway.")],
    why: WhyOption,
    by: ByOption = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Say whether a message of which nobody knows went out; one that did not is sent again while its time lasts."""
    session = open_session(home, as_json=json)
    act = act_of(session, by, why)
    with deciding(session) as writing:
        (resolve_sent if verdict is Verdict.SENT else resolve_not_sent)(writing, key, act=act)
    session.printer.say(f"{key}: noted")
    session.printer.result({"key": key, "as": verdict.value})


@outbox.command("retry")
def retry_command(
    key: KeyArgument,
    by: ByOption = None,
    why: WhyOption = "",
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Send a failed message again, after what it failed for was mended."""
    session = open_session(home, as_json=json)
    with deciding(session) as writing:
        retry(writing, key, act=act_of(session, by, why))
    session.printer.say(f"{key} waits for 'warnings send' again")
    session.printer.result({"key": key})


@outbox.command("dead-letters")
def dead_letters_command(home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> None:
    """List messages that do not go on by themselves, and what to do about each."""
    session = open_session(home, as_json=json)
    with looking(session) as reading:
        tell_pause(session, pause_of(reading))
        found = stuck_letters(reading, now=datetime.now(UTC))
        tell_letters(session, found)
        tell_outbox(session, outbox_counts(reading), next_at=next_look(reading))
    session.printer.result(found)


@outbox.command("send")
def send_command(
    name: Annotated[str | None, typer.Argument(help="One warning alone, by its name or code.")] = None,
    wait_s: Annotated[
        float, typer.Option("--wait", min=0, help="Go on for so many seconds while messages fall due again.")
    ] = 0,
    watch: Annotated[bool, typer.Option("--watch", help="Go on until stopped with Ctrl-C.")] = False,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Send what is approved, and ask gateways for receipts that are due."""
    session = open_session(home, as_json=json)
    only = None
    with looking(session) as reading:
        if name is not None:
            only = look_up(reading, name).id
    tell_mode(session)
    session.printer.say(f"Gateways: {gateways_in_words(session.settings.warnings)}")
    total = Deliveries()

    def tell(done: Deliveries) -> None:
        for outcome, count in done.outcomes.items():
            total.outcomes[outcome] = total.outcomes.get(outcome, 0) + count
        total.expired += done.expired
        total.is_paused, total.next_at = done.is_paused, done.next_at
        _tell_deliveries(session, done)

    until = None if watch else datetime.now(UTC) + timedelta(seconds=wait_s)
    try:
        send_until(session.options, stop=threading.Event(), tell=tell, until=until, only=only)
    except KeyboardInterrupt:
        session.printer.say("stopped")
    _tell_rest(session)
    session.printer.result(total)


@outbox.command("pause")
def pause_command(
    why: WhyOption,
    by: ByOption = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Throw the kill switch. When this has returned, nothing more is handed to a gateway."""
    session = open_session(home, as_json=json)
    with ledger_of(session) as database:
        with database.writing() as writing:
            pause(writing, act=act_of(session, by, why))
        left = wait_until_quiet(database, clock=lambda: datetime.now(UTC), patience_s=PAUSE_PATIENCE_S)
        with database.reading() as reading:
            found = pause_of(reading)
    tell_pause(session, found)
    if left:
        session.printer.say(f"{left} messages were in a sender's hands already and may still go out")
    session.printer.result(found)


@outbox.command("resume")
def resume_command(
    by: ByOption = None,
    why: WhyOption = "",
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Take the kill switch back."""
    session = open_session(home, as_json=json)
    with deciding(session) as writing:
        resume(writing, act=act_of(session, by, why))
        found = pause_of(writing)
    session.printer.say("sending goes on with the next 'kerumun warnings send' or hourly run")
    session.printer.result(found)


@outbox.command("receive")
def receive_command(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8077,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Take the receipts that gateways send of their own accord, until stopped with Ctrl-C."""
    session = open_session(home, as_json=False)
    options = session.options
    from portal.receipts import receipts_app  # noqa: PLC0415 - a web server takes half a second to import
    from portal.web_server import serve  # noqa: PLC0415

    secrets = http_secrets(options)
    with ledger_of(session) as database:
        app = receipts_app(
            take=receipt_taker(database),
            http_secrets=secrets,
            kannel_secrets=kannel_secrets(options),
        )
        for operator in secrets:
            session.printer.say(f"Receipts of {operator} are taken at http://{host}:{port}/receipts/http/{operator}")
        session.printer.say(f"Receipts of Kannel are taken at http://{host}:{port}; stop with Ctrl-C")
        serve(app, host, port)


def _tell_deliveries(session: Session, done: Deliveries) -> None:
    told = [f"{count} {outcome}" for outcome, count in sorted(done.outcomes.items())]
    told += [f"{done.expired} expired"] if done.expired else []
    session.printer.say(", ".join(told))


def _tell_rest(session: Session) -> None:
    """What has not gone out, and why."""
    with looking(session) as reading:
        tell_pause(session, pause_of(reading))
        tell_letters(session, stuck_letters(reading, now=datetime.now(UTC)))
        tell_outbox(session, outbox_counts(reading), next_at=next_look(reading))
        drafts = len(list_warnings(reading, states=("draft",)))
    if drafts:
        session.printer.say(f"{drafts} {'drafts wait' if drafts > 1 else 'draft waits'} for approval")
