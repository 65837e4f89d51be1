"""Messages as they go out, read from the ledger and checked against what was approved."""

import json
from datetime import datetime

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from crowd.warnings.outgoing import Outgoing, Reference
from crowd.warnings.routes import PUBLIC
from crowd.warnings.tables import ApprovalRow, OutboxRow, RevisionRow, WarningRow
from crowd.warnings.wording import CELL_COLUMNS, hash_of_revision, lists_of, outline_of, read_cells, revision_of
from lake.errors import RefusedInputError


def outgoing_of(session: Session, key: str) -> Outgoing:
    """A message of the outbox with everything that its gateway needs.

    Raises:
        RefusedInputError: what would be sent is not what was approved.
    """
    message = session.get_one(OutboxRow, key)
    warning = session.get_one(WarningRow, message.warning_id)
    row = revision_of(session, warning_id=warning.id, revision=message.revision)
    _must_be_approved(session, row)
    return Outgoing(
        key=key,
        warning_id=warning.id,
        revision=message.revision,
        mode=warning.mode,
        kind=warning.kind,
        gathering_id=warning.gathering_id,
        level=warning.level,
        area_code=warning.area_code,
        area_name=warning.area_name,
        regency_code=warning.regency_code,
        timezone=warning.timezone,
        lat=warning.lat,
        lon=warning.lon,
        started_at=warning.started_at,
        approved_at=_issued(warning),
        expires_at=warning.expires_at,
        texts=json.loads(row.officer_texts if message.channel == "kannel" else row.texts),
        code=warning.code,
        references=references_of(session, warning),
        outline=outline_of(row),
        recipient=message.recipient,
        cells=_cells(session, message, row),
    )


def references_of(session: Session, warning: WarningRow) -> tuple[Reference, ...]:
    """The warnings before this one that it replaces or takes back, the oldest first."""
    found: list[Reference] = []
    earlier = None if warning.replaces is None else session.get_one(WarningRow, warning.replaces)
    while earlier is not None:
        if earlier.approved_at is not None:
            found.append(Reference(warning_id=earlier.id, revision=earlier.revision, sent_at=earlier.approved_at))
        earlier = None if earlier.replaces is None else session.get_one(WarningRow, earlier.replaces)
    return tuple(reversed(found))


def _must_be_approved(session: Session, row: RevisionRow) -> None:
    approved = select(ApprovalRow.said).where(
        ApprovalRow.warning_id == row.warning_id, ApprovalRow.revision == row.revision
    )
    if set(session.scalars(approved)) != {hash_of_revision(row)}:
        raise RefusedInputError(
            f"warning {row.warning_id} is not what was approved: see 'kerumun warnings verify'; nothing of it is sent"
        )


def _issued(warning: WarningRow) -> datetime:
    if warning.approved_at is None:
        raise RefusedInputError(f"warning {warning.id} was never approved")
    return warning.approved_at


def _cells(session: Session, message: OutboxRow, row: RevisionRow) -> pl.DataFrame:
    """The cells of an operator, all of them for the public, none for an officer."""
    nothing = pl.DataFrame(schema=CELL_COLUMNS)
    if message.cells_sha256 is not None:
        return read_cells(session, message.cells_sha256)
    if message.recipient != PUBLIC:
        return nothing
    return pl.concat([nothing, *(read_cells(session, each.sha256) for each in lists_of(row))])
