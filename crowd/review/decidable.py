"""What a person may decide about a warning at this moment: the rules of the decisions themselves, asked beforehand.

`crowd.warnings` refuses whatever these say no to; a page shows why before anybody tries.
"""

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from crowd.warnings.audit import Act
from crowd.warnings.decisions import NOT_YET_KNOWN, may_have_gone_out
from crowd.warnings.people import person_key
from crowd.warnings.routes import Route
from crowd.warnings.tables import ApprovalRow, OutboxRow, WarningRow
from crowd.warnings.wording import problems_of, revision_of

Decision = Literal["approve", "reject", "edit", "cancel", "retract"]
Maybe = Literal[True] | str
OVER = ("expired", "cancelled")


def may_decide(session: Session, warning: WarningRow, *, routes: Sequence[Route], act: Act) -> dict[Decision, Maybe]:
    """For each decision, whether it would be taken now; where not, one sentence why.

    Args:
        session: a transaction; reading is enough.
        warning: as it stands.
        routes: where it would go.
        act: who would decide, and when.
    """
    return {
        "approve": _may_approve(session, warning, routes=routes, act=act),
        "reject": _may_reject(warning),
        "edit": True if warning.state == "draft" else f"It is {warning.state}: only a draft can be changed.",
        "cancel": _may_cancel(session, warning),
        "retract": _may_retract(session, warning),
    }


def _may_approve(session: Session, warning: WarningRow, *, routes: Sequence[Route], act: Act) -> Maybe:
    problems = problems_of(revision_of(session, warning_id=warning.id, revision=warning.revision))
    if warning.state != "draft":
        return f"It is {warning.state}: only a draft can be approved."
    if act.at >= warning.expires_at:
        return "It has expired: the figures it rests on are too old to warn by."
    if problems:
        return f"It cannot be approved as it is: {'; '.join(problems)}."
    if not routes:
        return "It has nowhere to go: no operator has a channel, set one under [warnings.operators]."
    return _may_say_yes(session, warning, act=act)


def _may_say_yes(session: Session, warning: WarningRow, *, act: Act) -> Maybe:
    given = select(ApprovalRow.approver, ApprovalRow.login).where(
        ApprovalRow.warning_id == warning.id, ApprovalRow.revision == warning.revision
    )
    approvals = session.execute(given).tuples().all()
    if person_key(act.by) in {approver for approver, _ in approvals}:
        return "You have approved it already: it takes another person."
    if warning.mode == "live" and act.login and act.login in {login for _, login in approvals}:
        return f"It was approved from the account {act.login} before: a live warning takes another person."
    return True


def _may_reject(warning: WarningRow) -> Maybe:
    if warning.state == "draft":
        return True
    otherwise = "." if warning.state in OVER else ": cancel it instead."
    return f"It is {warning.state}, and only a draft can be rejected{otherwise}"


def _may_cancel(session: Session, warning: WarningRow) -> Maybe:
    if warning.state in OVER:
        return f"It is {warning.state}: there is nothing to cancel."
    if warning.state in {"sent", "delivered"}:
        states = select(OutboxRow.state).where(OutboxRow.warning_id == warning.id)
        if not set(session.scalars(states)) & set(NOT_YET_KNOWN):
            return "It has gone out, nothing is left to stop: take it back instead."
    return True


def _may_retract(session: Session, warning: WarningRow) -> Maybe:
    if not may_have_gone_out(session, warning):
        return "Nothing of it has gone out" + ("." if warning.state in OVER else ": cancel it instead.")
    taken_back = select(WarningRow.id).where(WarningRow.kind == "cancel", WarningRow.replaces == warning.id)
    known = session.scalars(taken_back.limit(1)).first()
    return True if known is None else f"{known} takes it back already."
