"""Routes of the portal: warnings, and what people decide about them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Literal, get_args

import polars as pl
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from crowd.review.decidable import Decision
from crowd.review.warning_detail import Preview, ReviewedWarning, preview_of
from crowd.warnings.decisions import approve, cancel, reject
from crowd.warnings.editing import edit, plan_edit
from crowd.warnings.listing import list_warnings, open_warnings
from crowd.warnings.outgoing import Language
from crowd.warnings.retracting import retract
from crowd.warnings.tables import WarningRow
from crowd.warnings.told import ListedWarning
from lake.engine import connect
from pipelines.adding import UNKNOWN_REACH, cells_to_add
from pipelines.warn import make_desk, officers_of
from portal.access import Visitor, act_for, needs
from portal.changes import tell_changes
from portal.context import Portal, PortalHere
from portal.reviewing import may_of, must_be_decidable, review, routes_of_warning, seek, seek_to_decide
from portal.security.standing import must_still_stand
from portal.words import MOST_CELLS, CellId, MessageText, WarningName, Why, Words

router = APIRouter(tags=["warnings"])

State = Literal["draft", "approved", "queued", "sent", "delivered", "failed", "expired", "cancelled"]
LATEST = 2**31 - 1

Looker = Annotated[Visitor, Depends(needs("viewer", scope="warnings"))]
Analyst = Annotated[Visitor, Depends(needs("analyst"))]
Approver = Annotated[Visitor, Depends(needs("approver"))]
Texts = Annotated[dict[Language, MessageText], Field(default_factory=dict)]
CellIds = Annotated[list[CellId], Field(default_factory=list, max_length=MOST_CELLS)]


class Body(BaseModel):
    """What is sent: unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Change(Body):
    """An edit of a draft: cells by their ids, new messages by language."""

    take_off: CellIds
    add: CellIds
    texts: Texts


class Seen(Body):
    """What somebody looked at when deciding."""

    version: Annotated[int, Field(ge=1, le=LATEST)]


class Yes(Seen):
    """A decision that may go without a reason."""

    why: Words = ""


class Reasoned(Seen):
    """A decision with its reason."""

    why: Why


class Edit(Change, Reasoned):
    """An edit with its reason."""


class Listed(BaseModel):
    """Warnings, the newest first."""

    warnings: Sequence[ListedWarning]


class Drafted(BaseModel):
    """A new draft."""

    id: str


@router.get("/warnings")
def list_them(
    portal: PortalHere,
    _: Looker,
    state: Literal["open", "all", State] = "open",
    most: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Listed:
    """Warnings in a state, the newest first; "open": those that may still go out, and those out that still hold."""
    with portal.database.reading() as reading:
        if state == "open":
            return Listed(warnings=open_warnings(reading, now=portal.clock(), most=most))
        states = get_args(State) if state == "all" else (state,)
        return Listed(warnings=list_warnings(reading, states=states, most=most))


@router.get("/warnings/{name}")
def show_it(portal: PortalHere, visitor: Looker, name: WarningName) -> ReviewedWarning:
    """One warning with its cells, messages and story, and what the visitor may decide."""
    return review(portal, name, visitor=visitor)


@router.post("/warnings/{name}/preview")
def preview_it(portal: PortalHere, _: Analyst, name: WarningName, change: Change) -> Preview:
    """What an edit would come to; nothing is stored."""
    writer = make_desk(portal.run, mode="test").writer
    added = _added(portal, name, change)
    with portal.database.reading() as reading:
        warning = seek(reading, name)
        hour = warning.interval_start
        planned = plan_edit(reading, warning, writer=writer, texts=_texts(change), take_off=change.take_off, add=added)
    unknown = added.filter(pl.col("reach").is_null())["cell_id"].to_list()
    notes = [f"{UNKNOWN_REACH}: {', '.join(unknown)}"] if unknown else []
    with connect(portal.run.engine()) as connection:
        return preview_of(connection, planned, home=portal.home, hour=hour, k=portal.run.k, notes=notes)


@router.post("/warnings/{name}/edit")
def edit_it(request: Request, portal: PortalHere, visitor: Analyst, name: WarningName, body: Edit) -> ReviewedWarning:
    """Give a draft other words or other cells; approvals given before no longer count."""
    writer = make_desk(portal.run, mode="test").writer
    added = _added(portal, name, body)

    def change(session: Session, warning: WarningRow) -> None:
        act = act_for(visitor, portal, why=body.why)
        edit(session, warning, writer=writer, texts=_texts(body), take_off=body.take_off, add=added, act=act)

    return _decide("edit", change, request=request, visitor=visitor, name=name, seen=body)


@router.post("/warnings/{name}/approve")
def approve_it(
    request: Request, portal: PortalHere, visitor: Approver, name: WarningName, body: Yes
) -> ReviewedWarning:
    """Approve a draft. With as many approvals as its level needs it goes out at the next sending."""
    officers = officers_of(portal.run)

    def say_yes(session: Session, warning: WarningRow) -> None:
        routes = routes_of_warning(session, warning, portal=portal, officers=officers)
        approve(session, warning, routes=routes, act=act_for(visitor, portal, why=body.why))

    return _decide("approve", say_yes, request=request, visitor=visitor, name=name, seen=body)


@router.post("/warnings/{name}/reject")
def reject_it(
    request: Request, portal: PortalHere, visitor: Approver, name: WarningName, body: Reasoned
) -> ReviewedWarning:
    """Reject a draft, for good."""

    def say_no(session: Session, warning: WarningRow) -> None:
        reject(session, warning, act=act_for(visitor, portal, why=body.why))

    return _decide("reject", say_no, request=request, visitor=visitor, name=name, seen=body)


@router.post("/warnings/{name}/cancel")
def cancel_it(
    request: Request, portal: PortalHere, visitor: Approver, name: WarningName, body: Reasoned
) -> ReviewedWarning:
    """Stop whatever of a warning has not gone out."""

    def stop(session: Session, warning: WarningRow) -> None:
        cancel(session, warning, act=act_for(visitor, portal, why=body.why))

    return _decide("cancel", stop, request=request, visitor=visitor, name=name, seen=body)


@router.post("/warnings/{name}/retract")
def retract_it(request: Request, portal: PortalHere, visitor: Approver, name: WarningName, body: Reasoned) -> Drafted:
    """Draft a message that takes back what has gone out; it needs approval as any other."""
    with _deciding("retract", request=request, visitor=visitor, name=name, seen=body) as (session, warning):
        desk = make_desk(portal.run, mode=warning.mode)
        done = retract(session, warning, desk=desk, act=act_for(visitor, portal, why=body.why))
    tell_changes(request.app)
    return Drafted(id=done.drafted[0])


def _decide(
    decision: Decision,
    take: Callable[[Session, WarningRow], None],
    *,
    request: Request,
    visitor: Visitor,
    name: str,
    seen: Seen,
) -> ReviewedWarning:
    """Take a decision on a warning as it was seen; gives what it is afterwards."""
    with _deciding(decision, request=request, visitor=visitor, name=name, seen=seen) as (session, warning):
        take(session, warning)
    tell_changes(request.app)
    return review(request.app.state.portal, name, visitor=visitor)


@contextmanager
def _deciding(
    decision: Decision, *, request: Request, visitor: Visitor, name: str, seen: Seen
) -> Iterator[tuple[Session, WarningRow]]:
    """A transaction in which one warning is decided on, by somebody who may, as it was seen."""
    portal: Portal = request.app.state.portal
    officers = officers_of(portal.run)
    with portal.database.writing() as session:
        warning = seek_to_decide(session, name, version=seen.version)
        must_still_stand(session, request)
        may = may_of(session, warning, portal=portal, visitor=visitor, officers=officers)
        must_be_decidable(may, decision)
        yield session, warning


def _added(portal: Portal, name: str, change: Change) -> pl.DataFrame:
    """The cells that a change adds, with their figures."""
    with portal.database.reading() as reading:
        about = seek(reading, name)
        gathering_id, hour = about.gathering_id, about.interval_start
    return cells_to_add(portal.run, change.add, gathering_id=gathering_id, hour=hour)


def _texts(change: Change) -> dict[str, str]:
    return {str(language): text for language, text in change.texts.items()}
