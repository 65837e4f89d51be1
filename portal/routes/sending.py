"""Routes of the portal: the kill switch, messages that stand still, the audit trail."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from crowd.warnings.by_hand import resolve_not_sent, resolve_sent, retry
from crowd.warnings.kill_switch import in_flight, pause, resume
from crowd.warnings.listing import letter_of, letters_waiting, pause_of, stuck_letters, trail
from crowd.warnings.told import Happened, Letter, Waiting
from portal.access import Visitor, act_for, needs
from portal.changes import tell_changes
from portal.context import Portal, PortalHere
from portal.security.standing import must_still_stand
from portal.words import MessageKey, Why, Words

router = APIRouter(tags=["sending"])

Looker = Annotated[Visitor, Depends(needs("viewer", scope="warnings"))]
Approver = Annotated[Visitor, Depends(needs("approver"))]


class Body(BaseModel):
    """What is sent: unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Reasoned(Body):
    """Something done, with its reason."""

    why: Why


class Done(Body):
    """Something done that may go without a reason."""

    why: Words = ""


class Verdict(Reasoned):
    """What a person found out about a message of which nobody knew."""

    sent: bool


class Sending(BaseModel):
    """How the kill switch stands.

    Attributes:
        is_paused: nothing is handed to a gateway.
        by: who threw it.
        at: when.
        why: in words.
        in_flight: messages that a sender has in its hands at this moment; after a pause they may still go out.
    """

    is_paused: bool
    by: str | None
    at: datetime | None
    why: str | None
    in_flight: int


class Outbox(BaseModel):
    """Messages with which nothing goes on by itself, or that a person should know of; and those that wait."""

    letters: Sequence[Letter]
    waiting: Waiting


class Trail(BaseModel):
    """The latest entries of the audit trail, in order."""

    entries: Sequence[Happened]


@contextmanager
def _acting(request: Request) -> Iterator[Session]:
    """A transaction of somebody who may still act; all open pages are told of what was done in it."""
    portal: Portal = request.app.state.portal
    with portal.database.writing() as writing:
        must_still_stand(writing, request)
        yield writing
    tell_changes(request.app)


@router.post("/sending/pause")
def pause_it(request: Request, portal: PortalHere, visitor: Approver, body: Reasoned) -> Sending:
    """Throw the kill switch: nothing more is handed to a gateway; what is in flight may still go out."""
    with _acting(request) as writing:
        pause(writing, act=act_for(visitor, portal, why=body.why))
    return _sending(portal)


@router.post("/sending/resume")
def resume_it(request: Request, portal: PortalHere, visitor: Approver, body: Done) -> Sending:
    """Take the kill switch back."""
    with _acting(request) as writing:
        resume(writing, act=act_for(visitor, portal, why=body.why))
    return _sending(portal)


@router.get("/sending")
def show_it(portal: PortalHere, _: Looker) -> Sending:
    """How the kill switch stands, and how many messages are in flight."""
    return _sending(portal)


@router.get("/outbox")
def stuck(portal: PortalHere, _: Looker) -> Outbox:
    """Messages that a person has to see to; failed ones for a week."""
    with portal.database.reading() as reading:
        now = portal.clock()
        return Outbox(letters=stuck_letters(reading, now=now), waiting=letters_waiting(reading, now=now))


@router.post("/outbox/{key}/retry")
def retry_it(request: Request, portal: PortalHere, visitor: Approver, key: MessageKey, body: Done) -> Letter:
    """Send a failed message again, after what it failed for was mended."""
    with _acting(request) as writing:
        letter_of(writing, key)  # which says in the words of a page that there is none
        retry(writing, key, act=act_for(visitor, portal, why=body.why))
        return letter_of(writing, key)


@router.post("/outbox/{key}/resolve")
def resolve_it(request: Request, portal: PortalHere, visitor: Approver, key: MessageKey, body: Verdict) -> Letter:
    """Say whether a message of which nobody knows went out; one that did not is sent again while its time lasts."""
    with _acting(request) as writing:
        letter_of(writing, key)  # which says in the words of a page that there is none
        resolve = resolve_sent if body.sent else resolve_not_sent
        resolve(writing, key, act=act_for(visitor, portal, why=body.why))
        return letter_of(writing, key)


@router.get("/trail")
def trail_of_all(portal: PortalHere, _: Looker, most: Annotated[int, Query(ge=1, le=1000)] = 100) -> Trail:
    """The latest entries of the audit trail, in order."""
    with portal.database.reading() as reading:
        return Trail(entries=trail(reading, most=most))


def _sending(portal: Portal) -> Sending:
    with portal.database.reading() as reading:
        return Sending(**vars(pause_of(reading)), in_flight=in_flight(reading, now=portal.clock()))
