"""Taking back: a message to those who were warned that the warning holds no longer."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from crowd.warnings.audit import Act
from crowd.warnings.decisions import has_gone_out, may_have_gone_out
from crowd.warnings.drafts import Draft
from crowd.warnings.people import must_be_person, must_say_why
from crowd.warnings.proposing import DRAFTER, Desk, Drafting, fields_of, propose, warnings_of
from crowd.warnings.states import MAY_HAVE_GONE_OUT
from crowd.warnings.tables import OutboxRow, WarningRow
from crowd.warnings.texts import Story
from crowd.warnings.wording import outline_of, read_cells, revision_of, wording_of
from lake.errors import RefusedInputError

SAME_PLACE = ("area_code", "area_name", "regency_code", "timezone", "lat", "lon")
SAME = (*SAME_PLACE, "mode", "gathering_id", "interval_start", "level", "started_at", "approvals_needed")


def retract(session: Session, warning: WarningRow, *, desk: Desk, act: Act) -> Drafting:
    """Draft a message that takes a warning back; it needs approval as any other.

    Args:
        session: a writing transaction.
        warning: of which something has gone out, or may have.
        desk: what drafts are made with; its mode is the warning's.
        act: who, when, why.

    Raises:
        RefusedInputError: nothing of it has gone out, it is being taken back already, or nobody says why.
    """
    must_be_person(act)
    must_say_why(act, f"warning {warning.id} is taken back")
    if not may_have_gone_out(session, warning):
        raise RefusedInputError(f"nothing of warning {warning.id} has gone out: cancel it instead")
    done = Drafting()
    _retract(session, warning, desk=desk, done=done, act=act)
    if not done.drafted:
        raise RefusedInputError(f"there is a message already that takes warning {warning.id} back: see the list")
    return done


def all_clear(session: Session, row: Mapping[str, Any], *, desk: Desk, done: Drafting, now: datetime) -> None:
    """Propose to take back a warning that went out and still holds, when its gathering has dispersed."""
    if row["end_cause"] != "gone":
        return  # merged, or out of sight: nobody knows that the people have left
    sent = [each for each in warnings_of(session, row["gathering_id"], mode=desk.mode) if has_gone_out(session, each)]
    if not sent or sent[-1].kind == "cancel" or sent[-1].expires_at <= now:
        return
    _retract(session, sent[-1], desk=desk, done=done, act=Act(by=DRAFTER, at=now, why="the gathering has dispersed"))


def story_of_retraction(session: Session, about: Draft | WarningRow, *, last: WarningRow) -> Story:
    """The cells that were warned are told that the warning holds no longer."""
    nothing = {"id": "", "en": ""}
    return Story(
        kind="cancel",
        mode=about.mode,
        fields=fields_of(about, replaced=last),
        people=nothing,
        reason=nothing,
        cells=_warned_cells(session, last),
        outline=outline_of(revision_of(session, warning_id=last.id, revision=last.revision)),
    )


def _retract(session: Session, last: WarningRow, *, desk: Desk, done: Drafting, act: Act) -> None:
    about = Draft(
        draft_key=f"{last.mode}.{last.gathering_id}.cancel.{last.id}",
        kind="cancel",
        replaces=last.id,
        expires_at=act.at.replace(microsecond=0) + timedelta(minutes=desk.options.expires_after_min),
        **{name: getattr(last, name) for name in SAME},
    )
    propose(session, about, story_of_retraction(session, about, last=last), desk=desk, done=done, act=act)


def _warned_cells(session: Session, last: WarningRow) -> pl.DataFrame:
    """Cells whose list went out, or may have; where none did (alerts and officers alone), those of the warning."""
    went = (
        select(OutboxRow.cells_sha256)
        .where(OutboxRow.warning_id == last.id, OutboxRow.state.in_(MAY_HAVE_GONE_OUT))
        .where(OutboxRow.cells_sha256.is_not(None))
    )
    lists = [read_cells(session, name) for name in session.scalars(went.order_by(OutboxRow.key)) if name is not None]
    if lists:
        return pl.concat(lists)
    return wording_of(session, revision_of(session, warning_id=last.id, revision=last.revision)).cells
