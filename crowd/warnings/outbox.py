"""The outbox: which message a sender takes next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session

from crowd.warnings.audit import Act, lock_controls
from crowd.warnings.outbox_rules import Limits, keep_cool, stay_under_cap
from crowd.warnings.outbox_steps import leave_unknown, put_away, put_off, wait
from crowd.warnings.states import UNSENT, follow_messages, has_approvals, move, move_message
from crowd.warnings.tables import OutboxRow, WarningRow

SENDER = "kerumun:sender"
# The turn of a message that no gateway has been given yet.
NEVER_HAD = (0, 0)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A message that one sender has taken in hand.

    Attributes:
        key: of the message.
        channel: through which it goes.
        doing: send it, or ask what became of it.
        turn: tells this claim from any other of the same message.
        begin_by: it is not handed over from then on, so that handing over ends before the lease does.
        lease_until: from then on others take it for abandoned.
    """

    key: str
    channel: str
    doing: Literal["send", "ask"]
    turn: tuple[int, int]
    begin_by: datetime
    lease_until: datetime


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a look into the outbox gave.

    Attributes:
        claim: a message in hand; None where none is due.
        is_paused: the kill switch is thrown.
        next_at: when the next message falls due.
    """

    claim: Claim | None = None
    is_paused: bool = False
    next_at: datetime | None = None


def claim_next(session: Session, *, limits: Limits, now: datetime, only: str | None = None) -> Found:
    """Take the most urgent message that is due: nobody else gets it until its lease is over.

    Whatever may not be sent any more (expired, cancelled, all its cells warned just now) is put away on the way.

    Args:
        session: a writing transaction.
        limits: what to keep to.
        now: the instant.
        only: messages of this warning alone.
    """
    act = Act(by=SENDER, at=now)
    is_paused = lock_controls(session).is_paused
    _give_up_abandoned(session, act=act)
    # What may not go is put away or put off, so each is looked at once.
    while (message := _next_due(session, now=now, only=only, is_paused=is_paused)) is not None:
        claim = _take(session, message, limits=limits, act=act)
        if claim is not None:
            return Found(claim=claim, is_paused=is_paused)
    return Found(is_paused=is_paused, next_at=_next_at(session, only=only))


def release(session: Session, claim: Claim, *, act: Act) -> None:
    """Put a message back that was not handed over after all, also if others have taken it for abandoned meanwhile."""
    lock_controls(session)
    message = session.get_one(OutboxRow, claim.key, populate_existing=True)
    if message.state in {"sending", "unknown"} and claim.turn == turn_of(message):
        message.attempts -= 1
        message.what_to_do = None
        wait(session, message, until=act.at, act=act, said="put back: it was not handed over")


def expire_due(session: Session, *, now: datetime) -> int:
    """Let warnings whose time is over expire; gives how many messages and drafts did."""
    lock_controls(session)
    act = Act(by="kerumun:clock", at=now, why="its time was over before it was sent")
    late = select(WarningRow).where(WarningRow.expires_at <= now, WarningRow.state.in_(UNSENT))
    number = 0
    for warning in session.scalars(late.order_by(WarningRow.id)).all():
        for message in session.scalars(_of(warning).where(OutboxRow.state == "waiting")).all():
            put_away(session, message, "expired", said=act.why, act=act)
            number += 1
        follow_messages(session, warning, act=act)
        if warning.state == "draft":
            move(session, warning, "expired", act=act, action="expire")
            number += 1
    return number


def _next_due(session: Session, *, now: datetime, only: str | None, is_paused: bool) -> OutboxRow | None:
    """A message to send, the most severe first, else one to ask after. Asking goes on while sending is paused."""
    states = ("unknown", "accepted") if is_paused else ("waiting", "unknown", "accepted")
    is_to_send, urgency = OutboxRow.state == "waiting", case({"awas": 0, "siaga": 1}, value=WarningRow.level, else_=2)
    query = select(OutboxRow).join(WarningRow, WarningRow.id == OutboxRow.warning_id)
    query = query.where(OutboxRow.state.in_(states), OutboxRow.due_at <= now)
    if only is not None:
        query = query.where(OutboxRow.warning_id == only)
    in_order = (is_to_send.desc(), urgency, OutboxRow.created_at, OutboxRow.key)
    return session.scalars(query.order_by(*in_order).limit(1)).first()


def _next_at(session: Session, *, only: str | None) -> datetime | None:
    query = select(func.min(func.coalesce(OutboxRow.due_at, OutboxRow.lease_until))).where(
        or_(OutboxRow.state == "sending", OutboxRow.due_at.is_not(None))
    )
    if only is not None:
        query = query.where(OutboxRow.warning_id == only)
    return session.scalar(query)


def _give_up_abandoned(session: Session, *, act: Act) -> None:
    """A sender that never came back may have handed its message over: nobody knows before somebody asks."""
    query = select(OutboxRow).where(OutboxRow.state == "sending", OutboxRow.lease_until <= act.at)
    for message in session.scalars(query).all():
        message.said = "its sender stopped in the middle"
        leave_unknown(session, message, due_at=act.at, act=act)
        follow_messages(session, session.get_one(WarningRow, message.warning_id), act=act)


def _take(session: Session, message: OutboxRow, *, limits: Limits, act: Act) -> Claim | None:
    if message.state != "waiting":
        message.asked += 1
        message.due_at = act.at + limits.leases[message.channel]
        return _claim(message, "ask", limits=limits, act=act)
    warning = session.get_one(WarningRow, message.warning_id)
    if not _may_go(session, message, warning, limits=limits, act=act):
        follow_messages(session, warning, act=act)
        return None
    if warning.state in {"approved", "failed"}:
        move(session, warning, "queued", act=act, action="queue")
    message.attempts += 1
    message.sent_at, message.lease_until, message.due_at = act.at, act.at + limits.leases[message.channel], None
    move_message(session, message, "sending", act=act, details={"cells": message.cells_sha256})
    return _claim(message, "send", limits=limits, act=act)


def _may_go(session: Session, message: OutboxRow, warning: WarningRow, *, limits: Limits, act: Act) -> bool:
    """Whether a message may be sent now; what may not is put away or put off, with the reason."""
    if warning.state == "cancelled" or warning.stopped_at is not None:
        return put_away(session, message, "cancelled", said="the warning was cancelled", act=act)
    if act.at >= warning.expires_at:
        return put_away(session, message, "expired", said="its time was over before it was sent", act=act)
    if (held := _held(session, warning, limits=limits)) is not None:
        said, message.what_to_do = held
        return put_off(message, until=act.at + limits.longest_retry, said=said)
    if warning.kind == "cancel" or message.cells_sha256 is None:
        return True
    if turn_of(message) == NEVER_HAD and not keep_cool(session, message, warning, limits=limits, act=act):
        return False
    return stay_under_cap(session, message, warning, limits=limits, act=act)


def _held(session: Session, warning: WarningRow, *, limits: Limits) -> tuple[str, str] | None:
    """Why a warning may not go out as things stand, and what to do; None where it may."""
    if warning.mode == "live" and limits.mode != "live":
        return "it is live, and the settings say test", 'set mode = "live" under [warnings], or let it expire'
    if not has_approvals(session, warning):
        return "approvals are missing", "somebody changed the ledger: see 'kerumun warnings verify'"
    return None


def _claim(message: OutboxRow, doing: Literal["send", "ask"], *, limits: Limits, act: Act) -> Claim:
    lease = limits.leases[message.channel]
    return Claim(
        key=message.key,
        channel=message.channel,
        doing=doing,
        turn=turn_of(message),
        begin_by=act.at + lease / 2,
        lease_until=act.at + lease,
    )


def turn_of(message: OutboxRow) -> tuple[int, int]:
    """How often a message was tried and asked after: whose claim it is."""
    return message.attempts, message.asked


def _of(warning: WarningRow) -> Select[tuple[OutboxRow]]:
    return select(OutboxRow).where(OutboxRow.warning_id == warning.id).order_by(OutboxRow.key)
