"""Warnings of an installation: its desk for drafts, its gateways, and one round of drafting and sending."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

from crowd.warnings.audit import Act
from crowd.warnings.cap.feed import rebuild_feed
from crowd.warnings.drafting import draft_warnings, earliest_open, rewrite, take_back
from crowd.warnings.drafts import find_warning, look_up
from crowd.warnings.gateways import make_gateways
from crowd.warnings.message import check_templates, load_emergency_numbers
from crowd.warnings.officers import Officer, load_officers
from crowd.warnings.outgoing import Mode
from crowd.warnings.proposing import Desk, Drafting
from crowd.warnings.seen import look_at_gatherings
from crowd.warnings.sending import Deliveries, Gateways, keep_sending, send_due
from crowd.warnings.texts import Writer
from geo.cells import planned_operators
from lake.database import open_database
from lake.engine import connect
from lake.errors import RefusedInputError
from pipelines.options import RunOptions

OFFICERS = "duty_officers.csv"
EMERGENCY_NUMBERS = "emergency_numbers.csv"
TEMPLATES = "messages"


def draft_now(options: RunOptions, *, now: datetime) -> Drafting:
    """Draft warnings of the gatherings of the last hours, and take back what has become pointless."""
    done = Drafting()
    fresh_from = now - timedelta(hours=options.warnings.fresh_h)
    desk = make_desk(options, mode=options.warnings.mode)
    with open_database(options.ledger_url) as database:
        since = fresh_from - timedelta(minutes=options.warnings.expires_after_min)
        with database.reading() as session:
            start = min(fresh_from, earliest_open(session, since=since, now=now))
        with connect(options.engine()) as connection:
            seen = look_at_gatherings(connection, home=options.as_home(), start=start, end=now, k=options.k)
        with database.writing() as session:
            take_back(session, seen, since=since, now=now, done=done)
            draft_warnings(session, seen, desk=desk, now=now, fresh_from=fresh_from, done=done)
    return done


def rewrite_draft(options: RunOptions, name: str, *, act: Act) -> None:
    """Write the messages of a draft anew, from the templates and tables as they are now.

    Raises:
        RefusedInputError: see `crowd.warnings.drafting.rewrite`.
    """
    with open_database(options.ledger_url) as database:
        with database.reading() as session:
            hour = look_up(session, name).interval_start
        with connect(options.engine()) as connection:
            seen = look_at_gatherings(
                connection, home=options.as_home(), start=hour, end=hour + timedelta(hours=1), k=options.k
            )
        with database.writing() as session:
            warning = find_warning(session, name)
            desk = make_desk(options, mode=warning.mode)
            rewrite(session, warning, seen, desk=desk, act=act)


def draft_of(options: RunOptions, *, start: datetime, end: datetime, now: datetime) -> Drafting:
    """Draft warnings of the gatherings of some hours, whatever their age; of old ones as tests, whatever is set."""
    done = Drafting()
    is_fresh = start >= now - timedelta(hours=options.warnings.fresh_h)
    desk = make_desk(options, mode=options.warnings.mode if is_fresh else "test")
    with connect(options.engine()) as connection:
        seen = look_at_gatherings(connection, home=options.as_home(), start=start, end=end, k=options.k)
    with open_database(options.ledger_url) as database, database.writing() as session:
        draft_warnings(session, seen, desk=desk, now=now, fresh_from=start, done=done)
    return done


def send_now(options: RunOptions) -> Deliveries:
    """Send what is approved and due, once over."""
    gateways = gateways_of(options)
    with open_database(options.ledger_url) as database:
        done = send_due(database, gateways)
    # The messages have gone out: a folder that cannot be written must not make a flow send once more.
    with suppress(OSError):
        renew_feed(options, now=gateways.clock())
    return done


def send_until(
    options: RunOptions,
    *,
    stop: threading.Event,
    tell: Callable[[Deliveries], None],
    until: datetime | None,
    only: str | None = None,
) -> None:
    """Go on sending whatever falls due (`only`: of one warning), until told to stop or nothing falls due by `until`."""
    with open_database(options.ledger_url) as database:
        keep_sending(database, gateways_of(options), stop=stop, tell=tell, until=until, only=only)


def make_desk(options: RunOptions, *, mode: Mode) -> Desk:
    """What drafts are made with.

    Raises:
        RefusedInputError: a table or a template that a person edits does not fit.
    """
    check_templates(options.home / TEMPLATES)
    own = options.home / EMERGENCY_NUMBERS
    emergency = load_emergency_numbers(own if own.exists() else None)
    return Desk(
        writer=Writer(options=options.warnings, emergency=emergency, templates_folder=options.home / TEMPLATES),
        officers=officers_of(options),
        auto=options.policy().auto,
        timezone=options.timezone,
        k=options.k,
        mode=mode,
    )


def gateways_of(options: RunOptions) -> Gateways:
    """Every channel, ready to send. A sender may run for weeks, so officers are looked up when their SMS is sent.

    Raises:
        RefusedInputError: a secret does not fit.
    """
    return make_gateways(
        options.warnings,
        root=options.home,
        officer=lambda name: next((each for each in officers_of(options) if each.id == name), None),
        timezone=options.timezone,
        clock=lambda: datetime.now(UTC),
        user_agent=f"kerumun/{version('kerumun')}",
    )


def officers_of(options: RunOptions) -> Sequence[Officer]:
    """Duty officers, where there is a Kannel to reach them by."""
    return load_officers(options.home / OFFICERS) if options.warnings.kannel is not None else ()


def check_warnings(options: RunOptions) -> None:
    """Read everything that drafting and sending will need, before anything is started.

    Raises:
        RefusedInputError: something does not fit; says where and why.
    """
    make_desk(options, mode=options.warnings.mode)
    gateways_of(options)
    planned = planned_operators(options.as_home())
    strange = sorted(set(options.warnings.operators) - set(planned)) if planned else []
    if strange:
        known = ", ".join(sorted(planned))
        raise RefusedInputError(
            f"[warnings.operators.{strange[0]}]: no loaded cell plan is of that operator, only of {known}"
        )


def renew_feed(options: RunOptions, *, now: datetime) -> None:
    """Take alerts that hold no longer out of the public feed."""
    cap = options.warnings.cap
    if cap is not None and (options.home / cap.folder).is_dir():
        rebuild_feed(options.home / cap.folder, options=cap, now=now)
