"""The sender: takes messages from the outbox, hands them to their gateways and writes down the answers.

It may be killed at any instruction and run many times at once. Each message is claimed in one transaction, handed over
outside of any, and settled in another. A sender that dies in between leaves a claim whose lease runs out; then nobody
knows whether the gateway has the message, so it becomes "unknown" and is asked after, never sent again unseen.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from crowd.warnings.audit import Act, lock_controls
from crowd.warnings.kill_switch import in_flight
from crowd.warnings.loading import outgoing_of
from crowd.warnings.outbox import SENDER, Claim, Found, claim_next, expire_due, release, turn_of
from crowd.warnings.outbox_rules import Limits
from crowd.warnings.outgoing import Answer, Channel, Outgoing
from crowd.warnings.settling import settle
from crowd.warnings.tables import ControlRow, OutboxRow, WarningRow
from lake.database import Database
from lake.errors import RefusedInputError

WORKERS = 4
LONGEST_REST = timedelta(seconds=2)
LOOK_AGAIN_S = 0.05
_log = logging.getLogger(__name__)
PUT_BACK = Answer(outcome="later", said="it was not handed over")


@dataclass(frozen=True, kw_only=True)
class Gateways:
    """Where messages go, and what a sender keeps to.

    Attributes:
        channels: by name of the channel and recipient; a channel for all its recipients stands under "".
        limits: at an instant.
        clock: the time now.
    """

    channels: Mapping[tuple[str, str], Channel]
    limits: Callable[[datetime], Limits]
    clock: Callable[[], datetime]


@dataclass(kw_only=True)
class Deliveries:
    """What a sender has done.

    Attributes:
        outcomes: how many messages came to which answer.
        expired: messages and drafts whose time was over.
        is_paused: the kill switch is thrown.
        next_at: when the next message falls due.
    """

    outcomes: dict[str, int] = field(default_factory=dict)
    expired: int = 0
    is_paused: bool = False
    next_at: datetime | None = None


def send_due(
    database: Database, gateways: Gateways, *, only: str | None = None, chance: random.Random | None = None
) -> Deliveries:
    """Send every message that is due, several gateways at a time; gives up nothing and waits for nobody.

    Args:
        database: the ledger.
        gateways: where to.
        only: messages of this warning alone.
        chance: draws the jitter of retries.
    """
    done = Deliveries()
    with database.writing() as session:
        done.expired = expire_due(session, now=gateways.clock())
    lock = threading.Lock()

    def work() -> None:
        while (found := _claim(database, gateways, only=only)).claim is not None:
            answer = _handle(database, gateways, found.claim, chance=chance)
            with lock:
                done.outcomes[answer.outcome] = done.outcomes.get(answer.outcome, 0) + 1
        with lock:
            done.is_paused, done.next_at = found.is_paused, found.next_at

    with ThreadPoolExecutor(WORKERS) as pool:
        for worker in [pool.submit(work) for _ in range(WORKERS)]:
            worker.result()
    return done


def keep_sending(
    database: Database,
    gateways: Gateways,
    *,
    stop: threading.Event,
    tell: Callable[[Deliveries], None] = lambda _: None,
    until: datetime | None = None,
    only: str | None = None,
) -> None:
    """Send whatever falls due, of one warning only if asked, until told to stop or nothing falls due before `until`."""
    while not stop.is_set():
        try:
            done = send_due(database, gateways, only=only)
        except DBAPIError as error:
            if until is not None and gateways.clock() >= until:
                raise
            _log.warning("the ledger does not answer (%s): trying again", type(error.orig).__name__)
            stop.wait(LONGEST_REST.total_seconds())
            continue
        if done.outcomes or done.expired:
            tell(done)
        now = gateways.clock()
        if until is not None and (done.is_paused or done.next_at is None or done.next_at > until or now >= until):
            return
        due = LONGEST_REST if done.is_paused or done.next_at is None else done.next_at - now
        stop.wait(max(min(due, LONGEST_REST).total_seconds(), 0.01))


def wait_until_quiet(database: Database, *, clock: Callable[[], datetime], patience_s: float) -> int:
    """Wait, after a pause, until no sender has a message in its hands; gives how many still are when patience ends.

    Args:
        database: the ledger.
        clock: the time now; a message whose lease is over counts as dropped.
        patience_s: how long to wait at most.
    """
    end = clock() + timedelta(seconds=patience_s)
    while True:
        with database.reading() as session:
            left = in_flight(session, now=clock())
        if left == 0 or clock() >= end:
            return left
        time.sleep(LOOK_AGAIN_S)


def _claim(database: Database, gateways: Gateways, *, only: str | None) -> Found:
    with database.writing() as session:
        # Read before the lock, the time would be as old as the lock was waited for.
        lock_controls(session)
        now = gateways.clock()
        return claim_next(session, limits=gateways.limits(now), now=now, only=only)


def _handle(database: Database, gateways: Gateways, claim: Claim, *, chance: random.Random | None) -> Answer:
    answer = _hand_over(database, gateways, claim)
    while True:
        now = gateways.clock()
        try:
            _write_down(database, gateways, claim, answer, now=now, chance=chance)
        except DBAPIError:
            # Nobody else knows the answer: it is worth waiting for a database that is away.
            if now >= claim.lease_until:
                raise
            time.sleep(LOOK_AGAIN_S)
        else:
            return answer


def _write_down(
    database: Database, gateways: Gateways, claim: Claim, answer: Answer, *, now: datetime, chance: random.Random | None
) -> None:
    act = Act(by=SENDER, at=now)
    with database.writing() as session:
        if answer is PUT_BACK:
            release(session, claim, act=act)
        else:
            settle(session, claim, answer, limits=gateways.limits(now), act=act, chance=chance)


def _hand_over(database: Database, gateways: Gateways, claim: Claim) -> Answer:
    try:
        with database.reading() as session:
            outgoing = outgoing_of(session, claim.key)
    except RefusedInputError as error:
        return Answer(outcome="failed", said=str(error), what_to_do="find out who changed the ledger")
    channel = gateways.channels.get((claim.channel, outgoing.recipient)) or gateways.channels.get((claim.channel, ""))
    if channel is None:
        said = f"{outgoing.recipient} has no channel {claim.channel} any more"
        return Answer(outcome="later", said=said, what_to_do="set it again under [warnings]")
    if claim.doing == "ask":
        return _answer_of(channel.ask, outgoing)
    return _answer_of(channel.send, outgoing) if _may_still_go(database, gateways, claim) else PUT_BACK


def _answer_of(step: Callable[[Outgoing], Answer], outgoing: Outgoing) -> Answer:
    try:
        return step(outgoing)
    except Exception as error:  # noqa: BLE001 - a fault of one channel must not end the sender of all the others
        # Its words may hold a number or a password: the kind of fault is all that is told.
        _log.error("message %s: its channel broke off (%s)", outgoing.key, type(error).__name__)
        return Answer(outcome="unknown", said=f"its channel broke off ({type(error).__name__})")


def _may_still_go(database: Database, gateways: Gateways, claim: Claim) -> bool:
    """The last look before anything leaves: it may be paused, stopped or over by now, or the claim too old."""
    with database.reading() as session:
        is_paused = session.execute(select(ControlRow.is_paused)).scalar_one()
        message = session.get_one(OutboxRow, claim.key)
        warning = session.get_one(WarningRow, message.warning_id)
        is_ours = message.state == "sending" and turn_of(message) == claim.turn
        is_wanted = not is_paused and warning.stopped_at is None
    return is_ours and is_wanted and gateways.clock() < min(claim.begin_by, warning.expires_at)
