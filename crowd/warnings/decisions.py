"""What people decide: approve, reject, cancel, pause."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from unicodedata import normalize

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crowd.warnings.audit import Act, Entry, lock_controls, record
from crowd.warnings.routes import Route, slug_of
from crowd.warnings.states import (
    GONE_OUT,
    MAY_HAVE_GONE_OUT,
    POLICY,
    follow_messages,
    has_approvals,
    move,
    move_message,
)
from crowd.warnings.tables import ApprovalRow, OutboxRow, WarningRow
from crowd.warnings.wording import hash_of_revision, revision_of
from lake.errors import RefusedInputError

NOT_YET_KNOWN = ("waiting", "sending", "unknown")
RESERVED = (POLICY, "kerumun:")
LONGEST_NAME = 128


def approve(session: Session, warning: WarningRow, *, routes: Sequence[Route], act: Act) -> bool:
    """Say yes to the present revision; with enough approvals its messages stand in the outbox in the same transaction.

    Args:
        session: a writing transaction.
        warning: a draft, as `find_warning` gives it.
        routes: where it will go.
        act: who, when, why.

    Returns:
        Whether it is approved now, or waits for another person.

    Raises:
        RefusedInputError: it is no draft, its time is over, something in it keeps it from being approved, or the same
            person said yes before.
    """
    must_be_person(act)
    return _approve(session, warning, routes=routes, act=act)


def approve_by_policy(session: Session, warning: WarningRow, *, rule: str, routes: Sequence[Route], act: Act) -> None:
    """Say yes to a draft in the name of a rule of the policy, which takes no other approval.

    Raises:
        RefusedInputError: as `approve` does.
    """
    _approve(session, warning, routes=routes, act=replace(act, by=f"{POLICY}{rule}"))


def _approve(session: Session, warning: WarningRow, *, routes: Sequence[Route], act: Act) -> bool:
    _must_be_approvable(session, warning, routes=routes, act=act)
    approver = person_key(act.by)
    if session.get(ApprovalRow, (warning.id, warning.revision, approver)) is not None:
        raise RefusedInputError(f"{act.by} has approved warning {warning.id} already: it takes another person")
    if warning.mode == "live" and act.login and act.login in _logins(session, warning):
        message = f"warning {warning.id} was approved from the account {act.login} before"
        raise RefusedInputError(f"{message}: a live warning takes another person at an account of their own")
    said = hash_of_revision(revision_of(session, warning_id=warning.id, revision=warning.revision))
    yes = {"warning_id": warning.id, "revision": warning.revision, "approver": approver, "said": said}
    session.add(ApprovalRow(name=act.by, login=act.login, at=act.at, why=act.why, **yes))
    session.flush()
    details = {"revision": warning.revision, "approver": approver, "login": act.login, "said": said}
    record(session, Entry(action="approve", warning_id=warning.id, before="draft", details=details), act=act)
    warning.version += 1
    if not has_approvals(session, warning):
        return False
    warning.approved_at = act.at.replace(microsecond=0)
    move(session, warning, "approved", act=act, action="approved", details=details)
    _fill_outbox(session, warning, routes=routes, act=act)
    return True


def reject(session: Session, warning: WarningRow, *, act: Act) -> None:
    """Say no to a draft, for good.

    Raises:
        RefusedInputError: it is no draft, or no reason is given.
    """
    if warning.state != "draft":
        otherwise = "" if warning.state in {"expired", "cancelled"} else "; 'kerumun warnings cancel' stops it"
        raise RefusedInputError(f"warning {warning.id} is {warning.state}: only a draft can be rejected{otherwise}")
    must_say_why(act, f"warning {warning.id} is rejected")
    must_be_person(act)
    move(session, warning, "cancelled", act=act, action="reject")


def cancel(session: Session, warning: WarningRow, *, act: Act) -> bool:
    """Stop what has not gone out. What went out is not undone: it takes a warning of kind cancel.

    Returns:
        Whether something of it has gone out, or may have.

    Raises:
        RefusedInputError: it is over already, or no reason is given.
    """
    if warning.state in {"expired", "cancelled"}:
        raise RefusedInputError(f"warning {warning.id} is {warning.state}: there is nothing to cancel")
    must_say_why(act, f"warning {warning.id} is cancelled")
    messages = _messages(session, warning)
    if warning.state in {"sent", "delivered"} and not any(m.state in NOT_YET_KNOWN for m in messages):
        raise RefusedInputError(
            f"warning {warning.id} has gone out: nothing is left to stop; 'kerumun warnings retract' takes it back"
        )
    for message in messages:
        if message.state == "waiting":
            message.due_at = None
            move_message(session, message, "cancelled", act=act)
    warning.stopped_at = act.at
    is_out = any(message.state in MAY_HAVE_GONE_OUT for message in messages)
    if is_out or warning.state in {"sent", "delivered", "failed"}:
        record(session, Entry(action="stop", warning_id=warning.id, before=warning.state), act=act)
        warning.version += 1
        follow_messages(session, warning, act=act)
    else:
        move(session, warning, "cancelled", act=act, action="cancel")
    return is_out


def has_gone_out(session: Session, warning: WarningRow) -> bool:
    """Whether a gateway took any of it."""
    return any(message.state in GONE_OUT for message in _messages(session, warning))


def may_have_gone_out(session: Session, warning: WarningRow) -> bool:
    """Whether a gateway took any of it, or nobody knows yet."""
    return any(message.state in MAY_HAVE_GONE_OUT for message in _messages(session, warning))


def pause(session: Session, *, act: Act) -> None:
    """Throw the kill switch: from the end of this transaction on nothing more is handed to a gateway.

    Raises:
        RefusedInputError: it is thrown already, or no person says why.
    """
    must_be_person(act)
    must_say_why(act, "sending is paused")
    controls = lock_controls(session)
    if controls.is_paused:
        raise RefusedInputError(f"sending is paused already, by {controls.paused_by} ({controls.paused_why})")
    controls.is_paused, controls.paused_by, controls.paused_at, controls.paused_why = True, act.by, act.at, act.why
    record(session, Entry(action="pause"), act=act)


def resume(session: Session, *, act: Act) -> None:
    """Take the kill switch back.

    Raises:
        RefusedInputError: it is not thrown.
    """
    must_be_person(act)
    controls = lock_controls(session)
    if not controls.is_paused:
        raise RefusedInputError("sending is not paused: there is nothing to resume")
    controls.is_paused, controls.paused_by, controls.paused_at, controls.paused_why = False, None, None, None
    record(session, Entry(action="resume"), act=act)


def in_flight(session: Session, *, now: datetime) -> int:
    """Messages that a sender has in hand at this moment."""
    query = select(func.count()).where(OutboxRow.state == "sending", OutboxRow.lease_until > now)
    return session.execute(query).scalar_one()


def person_key(name: str) -> str:
    """A name such that two spellings of one person are the same."""
    return " ".join(normalize("NFKC", normalize("NFKC", name).casefold()).split())


def must_say_why(act: Act, what: str) -> None:
    """Refuse an act without a reason.

    Raises:
        RefusedInputError: `why` is empty.
    """
    if not act.why.strip():
        raise RefusedInputError(f"say why {what}, with --why: the next reader will want to know")


def must_be_person(act: Act) -> None:
    """Refuse what no person is called.

    Raises:
        RefusedInputError: the name is empty, too long, that of a part of Kerumun, or holds what nobody can see.
    """
    key = person_key(act.by)
    if not key or key.startswith(RESERVED):
        raise RefusedInputError(f"'{act.by}' is no person: say who decides, with --by NAME or KERUMUN_USER")
    if not key.isprintable() or max(len(key), len(act.by)) > LONGEST_NAME:
        raise RefusedInputError(f"{act.by!a:.150} is no name to sign with: it is too long, or part of it is invisible")


def _must_be_approvable(session: Session, warning: WarningRow, *, routes: Sequence[Route], act: Act) -> None:
    if warning.state != "draft":
        raise RefusedInputError(f"warning {warning.id} is {warning.state}: only a draft can be approved")
    if act.at >= warning.expires_at:
        raise RefusedInputError(f"warning {warning.id} has expired: the figures it rests on are too old to warn by")
    problems = json.loads(revision_of(session, warning_id=warning.id, revision=warning.revision).problems)
    if problems:
        raise RefusedInputError(f"warning {warning.id} cannot be approved: {'; '.join(problems)}")
    if not routes:
        raise RefusedInputError(f"warning {warning.id} has nowhere to go: set a channel under [warnings.operators]")


def _fill_outbox(session: Session, warning: WarningRow, *, routes: Sequence[Route], act: Act) -> None:
    for route in routes:
        key = f"{warning.id}.{warning.revision}.{route.channel}.{slug_of(route.recipient)}"
        message = OutboxRow(
            key=key,
            warning_id=warning.id,
            revision=warning.revision,
            state="waiting",
            attempts=0,
            asked=0,
            due_at=act.at,
            created_at=act.at,
            **vars(route),
        )
        session.add(message)
        entry = Entry(action="message", warning_id=warning.id, key=key, after="waiting", details=vars(route))
        record(session, entry, act=act)


def _logins(session: Session, warning: WarningRow) -> Sequence[str]:
    query = select(ApprovalRow.login).where(
        ApprovalRow.warning_id == warning.id, ApprovalRow.revision == warning.revision
    )
    return session.scalars(query).all()


def _messages(session: Session, warning: WarningRow) -> Sequence[OutboxRow]:
    query = select(OutboxRow).where(OutboxRow.warning_id == warning.id).order_by(OutboxRow.key)
    return session.scalars(query).all()
