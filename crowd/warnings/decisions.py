"""What people decide: approve, reject, cancel."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from crowd.warnings.audit import Act, Entry, record
from crowd.warnings.people import must_be_person, must_say_why, person_key
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
from crowd.warnings.wording import hash_of_revision, problems_of, revision_of
from lake.errors import RefusedInputError

NOT_YET_KNOWN = ("waiting", "sending", "unknown")


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


def _must_be_approvable(session: Session, warning: WarningRow, *, routes: Sequence[Route], act: Act) -> None:
    if warning.state != "draft":
        raise RefusedInputError(f"warning {warning.id} is {warning.state}: only a draft can be approved")
    if act.at >= warning.expires_at:
        raise RefusedInputError(f"warning {warning.id} has expired: the figures it rests on are too old to warn by")
    problems = problems_of(revision_of(session, warning_id=warning.id, revision=warning.revision))
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
