"""Warnings as a visitor meets them: everything about one, and what the visitor may decide."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from crowd.review.decidable import Decision, Maybe, may_decide
from crowd.review.warning_detail import ReviewedWarning, read_told, review_warning
from crowd.warnings.drafts import find_warning, look_up
from crowd.warnings.officers import Officer
from crowd.warnings.routes import Route, routes_for
from crowd.warnings.tables import WarningRow
from crowd.warnings.wording import lists_of, revision_of
from lake.engine import connect
from lake.errors import NotFoundError, RefusedInputError
from pipelines.warn import officers_of
from portal.access import Visitor, act_for
from portal.context import Portal
from portal.options import ROLES, Role

NEEDED: Mapping[Decision, Role] = {
    "approve": "approver",
    "reject": "approver",
    "edit": "analyst",
    "cancel": "approver",
    "retract": "approver",
}


def review(portal: Portal, name: str, *, visitor: Visitor) -> ReviewedWarning:
    """A warning with all that is known of it, for one visitor.

    Raises:
        NotFoundError: there is none.
    """
    officers = officers_of(portal.run)
    with portal.database.reading() as reading:
        warning = seek(reading, name)
        told = read_told(reading, warning.id)
        may = may_of(reading, warning, portal=portal, visitor=visitor, officers=officers)
    with connect(portal.run.engine()) as connection:
        return review_warning(connection, told, home=portal.home, k=portal.run.k, may=may)


def may_of(
    session: Session, warning: WarningRow, *, portal: Portal, visitor: Visitor, officers: Sequence[Officer]
) -> dict[Decision, Maybe]:
    """For each decision whether a visitor may take it now; where not, one sentence why."""
    routes = routes_of_warning(session, warning, portal=portal, officers=officers)
    by_rules = may_decide(session, warning, routes=routes, act=act_for(visitor, portal))
    return {decision: _by_role(decision, visitor) or maybe for decision, maybe in by_rules.items()}


def routes_of_warning(
    session: Session, warning: WarningRow, *, portal: Portal, officers: Sequence[Officer]
) -> Sequence[Route]:
    """Where the present revision of a warning goes."""
    lists = lists_of(revision_of(session, warning_id=warning.id, revision=warning.revision))
    return routes_for(warning, lists, options=portal.run.warnings, officers=officers)


def seek(session: Session, name: str) -> WarningRow:
    """A warning to be read, as `look_up` gives it.

    Raises:
        NotFoundError: there is none.
    """
    try:
        return look_up(session, name)
    except NotFoundError:
        raise NotFoundError(f"there is no warning {name}") from None


def seek_to_decide(session: Session, name: str, *, version: int) -> WarningRow:
    """A warning to be decided on as the visitor saw it; nobody else decides until the transaction ends.

    Raises:
        NotFoundError: there is none.
        ChangedMeanwhileError: somebody changed it since.
    """
    try:
        return find_warning(session, name, version=version)
    except NotFoundError:
        raise NotFoundError(f"there is no warning {name}") from None


def must_be_decidable(may: Mapping[Decision, Maybe], decision: Decision) -> None:
    """Refuse a decision in the words of the page.

    Raises:
        RefusedInputError: it may not be taken now.
    """
    answer = may[decision]
    if answer is not True:
        raise RefusedInputError(answer)


def _by_role(decision: Decision, visitor: Visitor) -> str | None:
    """Why this visitor may never take a decision; None where it may."""
    if visitor.scopes is not None:
        return "A machine decides nothing: a person has to."
    needed = NEEDED[decision]
    return None if ROLES.index(visitor.role) >= ROLES.index(needed) else f"This takes the role {needed}: ask an admin."
