"""The audit trail: every decision and every sending, each chained to the one before by its hash."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from crowd.warnings.tables import AuditRow, ControlRow


@dataclass(frozen=True, kw_only=True)
class Act:
    """Who does something, when, and why.

    Attributes:
        by: name of a person, of a policy ("policy:NAME") or of a part of Kerumun ("kerumun:PART").
        at: when.
        why: in words; may be empty where the action says it all.
        login: the account it is done from, where a person may sign with any name.
    """

    by: str
    at: datetime
    why: str = ""
    login: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What happened.

    Attributes:
        action: verb.
        warning_id: to which warning; None for the whole installation.
        key: to which message of its outbox; None for the warning itself.
        before: state before.
        after: state after.
        details: whatever else must not be changed afterwards.
    """

    action: str
    warning_id: str | None = None
    key: str | None = None
    before: str | None = None
    after: str | None = None
    details: Mapping[str, object] = field(default_factory=dict)


def lock_controls(session: Session) -> ControlRow:
    """The row of the kill switch and the head of the chain, locked until the transaction ends."""
    return session.execute(select(ControlRow).where(ControlRow.id == 1).with_for_update()).scalar_one()


def record(session: Session, entry: Entry, *, act: Act) -> None:
    """Add an entry to the trail."""
    controls = lock_controls(session)
    row = AuditRow(
        seq=controls.audit_seq + 1,
        at=act.at.astimezone(UTC),
        warning_id=entry.warning_id,
        key=entry.key,
        action=entry.action,
        before=entry.before,
        after=entry.after,
        who=act.by,
        why=act.why,
        details=canonical(entry.details),
        previous=controls.audit_hash,
    )
    row.hash = hash_of(row)
    session.add(row)
    controls.audit_seq, controls.audit_hash = row.seq, row.hash
    session.flush()


def hash_of(row: AuditRow) -> str:
    """SHA-256 of everything that an entry says, the hash of the one before included."""
    told = [row.seq, row.at.astimezone(UTC).isoformat(timespec="microseconds"), row.warning_id, row.key, row.action]
    told += [row.before, row.after, row.who, row.why, row.details, row.previous]
    return sha256(canonical(told).encode()).hexdigest()


def canonical(value: object) -> str:
    """JSON that is the same whenever the value is."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
