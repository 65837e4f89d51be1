"""What is asked of the ledger: lists of warnings, one with its whole story, what stands still, the trail."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crowd.warnings.drafts import look_up
from crowd.warnings.message import count_segments
from crowd.warnings.outgoing import LANGUAGES
from crowd.warnings.states import OUT, UNSENT
from crowd.warnings.tables import ApprovalRow, AuditRow, ControlRow, OutboxRow, WarningRow
from crowd.warnings.told import Happened, Letter, ListedWarning, Pause, Waiting, WholeWarning
from crowd.warnings.wording import lists_of, problems_of, revision_of, wording_of
from lake.errors import NotFoundError

STUCK = ("failed", "unknown")
TOLD_FOR = timedelta(days=7)
# A sender looks every few seconds: whatever has waited longer has none.
PATIENCE = timedelta(minutes=2)
OVER = "nothing: the time of its warning is over, and it is not sent any more"


def list_warnings(session: Session, *, states: Sequence[str], most: int | None = None) -> list[ListedWarning]:
    """Warnings in some states, the newest first; no more than `most`."""
    query = select(WarningRow).where(WarningRow.state.in_(states))
    rows = session.scalars(query.order_by(WarningRow.created_at.desc(), WarningRow.id).limit(most)).all()
    return [_listed(session, row) for row in rows]


def open_warnings(session: Session, *, now: datetime, most: int | None = None) -> list[ListedWarning]:
    """Warnings with which something can still be done, the newest first: those that may go out, or be taken back."""
    holds = WarningRow.state.in_(OUT) & (WarningRow.expires_at > now)
    query = select(WarningRow).where(WarningRow.state.in_(UNSENT) | holds)
    rows = session.scalars(query.order_by(WarningRow.created_at.desc(), WarningRow.id).limit(most)).all()
    return [_listed(session, row) for row in rows]


def show_warning(session: Session, name: str) -> WholeWarning:
    """One warning, by its name or by the code that its message carries.

    Raises:
        RefusedInputError: there is none.
    """
    row = look_up(session, name)
    revision = revision_of(session, warning_id=row.id, revision=row.revision)
    texts = _in_order(json.loads(revision.texts))
    return WholeWarning(
        listed=_listed(session, row),
        interval_start=row.interval_start,
        area_code=row.area_code,
        regency_code=row.regency_code,
        code=row.code,
        revision=row.revision,
        replaces=row.replaces,
        texts=texts,
        segments={language: count_segments(text) for language, text in texts.items()},
        officer_texts=_in_order(json.loads(revision.officer_texts)),
        problems=problems_of(revision),
        lists=lists_of(revision),
        letters=[_letter(each) for each in _outbox(session, row.id)],
        story=_story(session, row.id),
    )


def cells_of(session: Session, name: str) -> pl.DataFrame:
    """The cells of a warning's present revision: operator, cell_id, expected_recipients, reach, overreach.

    Raises:
        RefusedInputError: there is no such warning.
    """
    row = look_up(session, name)
    return wording_of(session, revision_of(session, warning_id=row.id, revision=row.revision)).cells


def stuck_letters(session: Session, *, now: datetime) -> list[Letter]:
    """Messages with which nothing goes on by itself, or that a person should know of; failed ones for a week."""
    query = select(OutboxRow, WarningRow.expires_at).join(WarningRow, WarningRow.id == OutboxRow.warning_id)
    query = query.where((OutboxRow.state.in_(STUCK)) | (OutboxRow.what_to_do.is_not(None)))
    query = query.where((OutboxRow.state == "unknown") | (WarningRow.expires_at > now - TOLD_FOR))
    found = []
    for row, expires_at in session.execute(query.order_by(OutboxRow.created_at, OutboxRow.key)):
        letter = _letter(row)
        is_over = letter.state == "failed" and expires_at <= now
        found.append(replace(letter, what_to_do=OVER) if is_over else letter)
    return found


def letters_waiting(session: Session, *, now: datetime) -> Waiting:
    """Messages that should be handed over by now, or soon, and since when the oldest of them has waited."""
    query = select(func.count(), func.min(OutboxRow.due_at)).where(OutboxRow.state == "waiting")
    count, oldest = session.execute(query.where(OutboxRow.due_at.is_not(None))).one()
    since = oldest if oldest is not None and oldest <= now else None
    return Waiting(count=count, since=since, is_overdue=since is not None and now - since > PATIENCE)


def letter_of(session: Session, key: str) -> Letter:
    """One message of the outbox.

    Raises:
        NotFoundError: there is none of that key.
    """
    row = session.get(OutboxRow, key)
    if row is None:
        raise NotFoundError(f"there is no message {key}")
    return _letter(row)


def outbox_counts(session: Session) -> dict[str, int]:
    """How many messages of warnings that still hold are in which state."""
    counted = select(OutboxRow.state, func.count()).group_by(OutboxRow.state).order_by(OutboxRow.state)
    return dict(session.execute(counted).tuples().all())


def next_look(session: Session) -> datetime | None:
    """When the next message falls due, to be sent or asked after."""
    return session.scalar(select(func.min(OutboxRow.due_at)))


def trail(session: Session, *, most: int) -> list[Happened]:
    """The latest entries of the audit trail, in order."""
    latest = session.scalars(select(AuditRow).order_by(AuditRow.seq.desc()).limit(most)).all()
    return [_happened(row, what=f"{row.action} {row.key or row.warning_id or ''}".strip()) for row in reversed(latest)]


def pause_of(session: Session) -> Pause:
    """How the kill switch stands."""
    row = session.execute(select(ControlRow)).scalar_one()
    return Pause(is_paused=row.is_paused, by=row.paused_by, at=row.paused_at, why=row.paused_why)


def _listed(session: Session, row: WarningRow) -> ListedWarning:
    counted = select(OutboxRow.state, func.count()).where(OutboxRow.warning_id == row.id).group_by(OutboxRow.state)
    approved = select(ApprovalRow.name).where(ApprovalRow.warning_id == row.id, ApprovalRow.revision == row.revision)
    return ListedWarning(
        id=row.id,
        mode=row.mode,
        kind=row.kind,
        state=row.state,
        level=row.level,
        area_name=row.area_name,
        timezone=row.timezone,
        gathering_id=row.gathering_id,
        created_at=row.created_at,
        expires_at=row.expires_at,
        approvals=session.scalars(approved.order_by(ApprovalRow.at)).all(),
        approvals_needed=row.approvals_needed,
        messages=dict(session.execute(counted).tuples().all()),
        version=row.version,
    )


def _outbox(session: Session, warning_id: str) -> Sequence[OutboxRow]:
    return session.scalars(select(OutboxRow).where(OutboxRow.warning_id == warning_id).order_by(OutboxRow.key)).all()


def _in_order(texts: dict[str, str]) -> dict[str, str]:
    return {language: texts[language] for language in LANGUAGES if language in texts}


def _letter(row: OutboxRow) -> Letter:
    return Letter(**{name: getattr(row, name) for name in Letter.__dataclass_fields__})


def _story(session: Session, warning_id: str) -> list[Happened]:
    rows = session.scalars(select(AuditRow).where(AuditRow.warning_id == warning_id).order_by(AuditRow.seq))
    return [_happened(row, what=_named(row)) for row in rows]


def _named(row: AuditRow) -> str:
    """What was done, without the name of the warning that it was done to."""
    if row.key is not None:
        return f"{row.action} {row.key.removeprefix(f'{row.warning_id}.')}"
    return f"revise to {json.loads(row.details)['revision']}" if row.action == "revise" else row.action


def _happened(row: AuditRow, *, what: str) -> Happened:
    details = json.loads(row.details)
    login = details.get("login")
    who = f"{row.who} (at {login})" if login and login != row.who else row.who
    said = details.get("said") or "" if row.key else ""
    return Happened(at=row.at, what=what, after=row.after, who=who, why=row.why or said)
