"""The kill switch, which is read before every single message."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crowd.warnings.audit import Act, Entry, lock_controls, record
from crowd.warnings.people import must_be_person, must_say_why
from crowd.warnings.tables import OutboxRow
from lake.errors import RefusedInputError


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
