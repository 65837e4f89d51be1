"""Tables of warnings in the ledger. Changed by `crowd.warnings.states`, `audit` and `outbox` alone."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crowd.warnings.outgoing import Kind, Mode
from lake.database import Base, Instant


class WarningRow(Base):
    """A warning: what it is about and where it stands."""

    __tablename__ = "warnings"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    draft_key: Mapped[str] = mapped_column(String(160), unique=True)
    mode: Mapped[Mode] = mapped_column(String(8))
    kind: Mapped[Kind] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(16), index=True)
    version: Mapped[int]
    revision: Mapped[int]
    gathering_id: Mapped[str] = mapped_column(String(64), index=True)
    interval_start: Mapped[datetime] = mapped_column(Instant)
    level: Mapped[str] = mapped_column(String(16))
    area_code: Mapped[str | None] = mapped_column(String(32))
    area_name: Mapped[str] = mapped_column(Text)
    regency_code: Mapped[str | None] = mapped_column(String(32))
    timezone: Mapped[str] = mapped_column(String(64))
    lat: Mapped[float]
    lon: Mapped[float]
    started_at: Mapped[datetime] = mapped_column(Instant)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    approvals_needed: Mapped[int]
    replaces: Mapped[str | None] = mapped_column(String(32), ForeignKey("warnings.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    approved_at: Mapped[datetime | None] = mapped_column(Instant)
    stopped_at: Mapped[datetime | None] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)


class RevisionRow(Base):
    """One wording of a warning with its cells. Never changed: an edit makes the next one."""

    __tablename__ = "warning_revisions"

    warning_id: Mapped[str] = mapped_column(String(32), ForeignKey("warnings.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    texts: Mapped[str] = mapped_column(Text)
    officer_texts: Mapped[str] = mapped_column(Text)
    lists: Mapped[str] = mapped_column(Text)
    outline: Mapped[str] = mapped_column(Text)
    problems: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(String(128))
    why: Mapped[str] = mapped_column(Text)


class CellListRow(Base):
    """Target cells of one operator, as Parquet, named by their hash."""

    __tablename__ = "cell_lists"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class ApprovalRow(Base):
    """A person's (or a policy's) yes to one revision."""

    __tablename__ = "approvals"

    warning_id: Mapped[str] = mapped_column(String(32), ForeignKey("warnings.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    approver: Mapped[str] = mapped_column(String(128), primary_key=True)
    name: Mapped[str] = mapped_column(String(128))
    login: Mapped[str] = mapped_column(String(128))
    said: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)
    why: Mapped[str] = mapped_column(Text)


class OutboxRow(Base):
    """One message to one operator, officer or the public."""

    __tablename__ = "outbox"
    __table_args__ = (UniqueConstraint("warning_id", "revision", "channel", "recipient"),)

    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    warning_id: Mapped[str] = mapped_column(String(32), ForeignKey("warnings.id"), index=True)
    revision: Mapped[int]
    channel: Mapped[str] = mapped_column(String(16))
    recipient: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), index=True)
    attempts: Mapped[int]
    asked: Mapped[int]
    due_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    cells_sha256: Mapped[str | None] = mapped_column(String(64))
    recipients: Mapped[int]
    confirmed: Mapped[int | None]
    reference: Mapped[str | None] = mapped_column(Text)
    said: Mapped[str | None] = mapped_column(Text)
    what_to_do: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    final_at: Mapped[datetime | None] = mapped_column(Instant)


class AuditRow(Base):
    """One thing that happened. The database refuses to change or remove any."""

    __tablename__ = "audit"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    warning_id: Mapped[str | None] = mapped_column(String(32), index=True)
    key: Mapped[str | None] = mapped_column(String(160))
    action: Mapped[str] = mapped_column(String(32))
    before: Mapped[str | None] = mapped_column(String(16))
    after: Mapped[str | None] = mapped_column(String(16))
    who: Mapped[str] = mapped_column(String(128))
    why: Mapped[str] = mapped_column(Text)
    details: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class ControlRow(Base):
    """The one row that every writer locks first: the kill switch and the head of the audit chain."""

    __tablename__ = "warning_controls"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    is_paused: Mapped[bool]
    paused_by: Mapped[str | None] = mapped_column(String(128))
    paused_at: Mapped[datetime | None] = mapped_column(Instant)
    paused_why: Mapped[str | None] = mapped_column(Text)
    audit_seq: Mapped[int]
    audit_hash: Mapped[str] = mapped_column(String(64))
