"""The states of a warning and of its messages, and the only functions that change them."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crowd.warnings.audit import Act, Entry, record
from crowd.warnings.tables import ApprovalRow, OutboxRow, WarningRow
from lake.errors import RefusedInputError

POLICY = "policy:"
# From each state, where a warning may go.
WARNING_MOVES: Mapping[str, frozenset[str]] = {
    "draft": frozenset({"approved", "expired", "cancelled"}),
    "approved": frozenset({"queued", "expired", "cancelled"}),
    "queued": frozenset({"sent", "failed", "expired", "cancelled"}),
    "sent": frozenset({"delivered", "failed"}),
    "delivered": frozenset(),
    "failed": frozenset({"queued", "sent"}),
    "expired": frozenset(),
    "cancelled": frozenset(),
}
# The same for one message of the outbox. "unknown": it may or may not have been taken.
MESSAGE_MOVES: Mapping[str, frozenset[str]] = {
    "waiting": frozenset({"sending", "skipped", "expired", "cancelled", "delivered", "accepted", "failed"}),
    "sending": frozenset({"waiting", "accepted", "delivered", "failed", "unknown"}),
    "unknown": frozenset({"waiting", "accepted", "delivered", "failed", "expired", "cancelled"}),
    "accepted": frozenset({"delivered", "failed"}),
    "failed": frozenset({"waiting", "accepted", "delivered"}),
    "delivered": frozenset(),
    "skipped": frozenset(),
    "expired": frozenset(),
    "cancelled": frozenset(),
}
UNSENT = ("draft", "approved", "queued")
OUT = ("sent", "delivered", "failed")
GONE_OUT = ("accepted", "delivered")
MAY_HAVE_GONE_OUT = ("sending", "unknown", *GONE_OUT)


def move(
    session: Session,
    warning: WarningRow,
    to: str,
    *,
    act: Act,
    action: str,
    details: Mapping[str, object] | None = None,
) -> None:
    """Bring a warning into another state and write it down: who, when, why.

    Raises:
        RefusedInputError: no such step leads there, or approvals are missing.
    """
    if to not in WARNING_MOVES[warning.state]:
        raise RefusedInputError(f"warning {warning.id} is {warning.state}: it cannot become {to}")
    if to in {"approved", "queued"} and not has_approvals(session, warning):
        raise RefusedInputError(
            f"warning {warning.id} needs {warning.approvals_needed} approvals of revision {warning.revision}"
        )
    entry = Entry(action=action, warning_id=warning.id, before=warning.state, after=to, details=details or {})
    warning.state = to
    warning.version += 1
    record(session, entry, act=act)


def move_message(
    session: Session, message: OutboxRow, to: str, *, act: Act, details: Mapping[str, object] | None = None
) -> None:
    """Bring a message of the outbox into another state and write it down.

    Raises:
        ValueError: no such step leads there.
    """
    if to not in MESSAGE_MOVES[message.state]:
        raise ValueError(f"message {message.key} is {message.state}: it cannot become {to}")
    entry = Entry(
        action="message",
        warning_id=message.warning_id,
        key=message.key,
        before=message.state,
        after=to,
        details={"attempt": message.attempts, **(details or {})},
    )
    message.state = to
    record(session, entry, act=act)


def has_approvals(session: Session, warning: WarningRow) -> bool:
    """Whether enough different people, or a policy, said yes to the present revision."""
    approvers = select(ApprovalRow.approver).where(
        ApprovalRow.warning_id == warning.id, ApprovalRow.revision == warning.revision
    )
    named = session.scalars(approvers).all()
    return len(named) >= warning.approvals_needed or any(name.startswith(POLICY) for name in named)


def follow_messages(session: Session, warning: WarningRow, *, act: Act) -> None:
    """Bring a warning to the state that its messages have come to."""
    counted = select(OutboxRow.state, func.count()).where(OutboxRow.warning_id == warning.id).group_by(OutboxRow.state)
    counts = {state: number for state, number in session.execute(counted)}  # noqa: C416 - rows are no pairs to mypy
    to = _state_of(warning.state, counts)
    if to == warning.state:
        return
    if to == "delivered" and warning.state != "sent":
        move(session, warning, "sent", act=act, action="sent", details={"messages": counts})
    move(session, warning, to, act=act, action=to, details={"messages": counts})


def _state_of(state: str, counts: Mapping[str, int]) -> str:
    """The state that messages make: sent once nothing waits and one was taken, delivered once all of them were."""
    if state not in {"approved", "queued", "sent", "failed"} or counts.keys() & {"waiting", "sending"}:
        return state
    if counts.keys() & set(GONE_OUT):
        return "delivered" if counts.keys() <= {"delivered", "skipped"} else "sent"
    if "unknown" in counts:
        return state
    # What a gateway had once and lost has failed, also where a second try expired or was stopped.
    if state == "sent":
        return "failed"
    return next((last for last in ("failed", "expired") if last in counts), "cancelled")
