"""Drafts: a warning as it begins, and its later wordings."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from crowd.warnings.audit import Act, Entry, canonical, lock_controls, record
from crowd.warnings.message.codes import ALPHABET, new_code, normalise_code
from crowd.warnings.outgoing import Kind, Mode
from crowd.warnings.tables import WarningRow
from crowd.warnings.wording import Wording, add_revision
from lake.errors import ChangedMeanwhileError, NotFoundError, RefusedInputError

ID_LETTERS = 5
CHANGING = frozenset({"state", "version", "revision", "approved_at", "stopped_at"})
SUBJECT = frozenset(WarningRow.__table__.columns.keys()) - CHANGING


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a new warning is about.

    Attributes:
        draft_key: two drafts of one key are one.
        mode: test or live.
        kind: alert, update or cancel.
        gathering_id: of the gathering.
        interval_start: the hour whose figures it rests on.
        level: waspada, siaga or awas.
        area_code: of the finest area that it lies in.
        area_name: of that area; where there is none, the place in degrees.
        regency_code: of the regency around it.
        timezone: local time there.
        lat: latitude of its centre, degrees.
        lon: longitude.
        started_at: since when the gathering lasts.
        approvals_needed: by how many people.
        replaces: the warning that this one updates or cancels.
        expires_at: nothing of it is sent from then on.
    """

    draft_key: str
    mode: Mode
    kind: Kind
    gathering_id: str
    interval_start: datetime
    level: str
    area_code: str | None
    area_name: str
    regency_code: str | None
    timezone: str
    lat: float
    lon: float
    started_at: datetime
    approvals_needed: int
    replaces: str | None
    expires_at: datetime


def add_draft(session: Session, draft: Draft, wording: Callable[[str], Wording], *, act: Act) -> str | None:
    """Write a draft into the ledger; gives its name, or None where its key is known.

    Args:
        session: a writing transaction.
        draft: what it is about.
        wording: makes the message, given the code by which people can check it.
        act: who drafts, when, why.
    """
    lock_controls(session)
    if session.scalar(select(WarningRow.id).where(WarningRow.draft_key == draft.draft_key)) is not None:
        return None
    code = _unused(session, WarningRow.code, new_code)
    name = _unused(session, WarningRow.id, lambda: _new_id(draft))
    warning = WarningRow(id=name, state="draft", version=1, revision=1, code=code, created_at=act.at, **vars(draft))
    session.add(warning)
    session.flush()
    said = add_revision(session, wording(code), warning_id=name, revision=1, act=act)
    details = {"revision": 1, "said": said, "mode": draft.mode, "kind": draft.kind, "level": draft.level}
    details |= {"approvals_needed": draft.approvals_needed, "replaces": draft.replaces, "code": code}
    details["subject"] = hash_of_subject(warning)
    record(session, Entry(action="draft", warning_id=name, after="draft", details=details), act=act)
    return name


def hash_of_subject(warning: WarningRow) -> str:
    """SHA-256 of all that never changes in a warning."""
    told = {name: getattr(warning, name) for name in sorted(SUBJECT)}
    instants = {name: at.astimezone(UTC).isoformat() for name, at in told.items() if isinstance(at, datetime)}
    return sha256(canonical(told | instants).encode()).hexdigest()


def revise(session: Session, warning: WarningRow, wording: Wording, *, act: Act) -> int:
    """Give a draft another wording; approvals of the one before no longer count. Gives the new revision.

    Raises:
        RefusedInputError: it is no draft any more.
    """
    if warning.state != "draft":
        raise RefusedInputError(f"warning {warning.id} is {warning.state}: only a draft can be changed")
    lock_controls(session)
    warning.revision += 1
    warning.version += 1
    said = add_revision(session, wording, warning_id=warning.id, revision=warning.revision, act=act)
    details = {"revision": warning.revision, "said": said}
    entry = Entry(action="revise", warning_id=warning.id, before="draft", after="draft", details=details)
    record(session, entry, act=act)
    return warning.revision


def find_warning(session: Session, name: str, *, version: int | None = None) -> WarningRow:
    """A warning by its name or code, to be decided on: nobody else decides until the transaction ends.

    Raises:
        NotFoundError: there is none.
        ChangedMeanwhileError: somebody changed it since `version` was seen.
    """
    lock_controls(session)
    row = look_up(session, name)
    if version is not None and row.version != version:
        raise ChangedMeanwhileError(f"warning {name} was changed meanwhile: look at it again before you decide")
    return row


def look_up(session: Session, name: str) -> WarningRow:
    """A warning by its name, or by the code that its message carries, to be read.

    Raises:
        NotFoundError: there is none.
    """
    is_it = or_(WarningRow.id == name, WarningRow.code == normalise_code(name))
    row = session.scalar(select(WarningRow).where(is_it).execution_options(populate_existing=True))
    if row is None:
        raise NotFoundError(f"there is no warning {name}: see 'kerumun warnings list'")
    return row


def _new_id(draft: Draft) -> str:
    local = draft.interval_start.astimezone(ZoneInfo(draft.timezone))
    return f"W{local:%y%m%d}-" + "".join(secrets.choice(ALPHABET) for _ in range(ID_LETTERS))


def _unused(session: Session, column: object, make: Callable[[], str]) -> str:
    while True:
        made = make()
        if session.scalar(select(WarningRow.id).where(column == made)) is None:  # type: ignore[arg-type]
            return made
