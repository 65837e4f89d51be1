"""Whether the audit trail is whole, and whether the ledger still says what the trail says."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from crowd.warnings.audit import hash_of
from crowd.warnings.drafts import hash_of_subject
from crowd.warnings.tables import (
    ApprovalRow,
    AuditRow,
    CellListRow,
    ControlRow,
    OutboxRow,
    RevisionRow,
    WarningRow,
)
from crowd.warnings.wording import hash_of_cells, hash_of_revision, lists_of

BEGINNING = "0" * 64
PAGE = 1000
ALL_WARNINGS = select(WarningRow)


@dataclass(kw_only=True)
class Told:
    """What the trail says that the tables must say, gathered entry by entry."""

    warnings: dict[str, dict[str, object]] = field(default_factory=dict)
    messages: dict[str, dict[str, object]] = field(default_factory=dict)
    revisions: dict[tuple[str, int], str] = field(default_factory=dict)
    approvals: set[tuple[str, int, str, str, str]] = field(default_factory=set)
    is_paused: bool = False


@dataclass(frozen=True, kw_only=True)
class Verification:
    """The outcome.

    Attributes:
        entries: in the trail.
        head: hash of the last one. Noted elsewhere, it shows later that nothing before it was changed.
        problems: a sentence each; none where all is well.
    """

    entries: int
    head: str
    problems: Sequence[str]


def verify(session: Session, *, head: str | None = None) -> Verification:
    """Recompute the chain and compare the ledger with it.

    Args:
        session: a reading transaction.
        head: hash that was noted earlier; must still be in the trail.
    """
    problems, told = [], Told()
    previous, seq, has_head = BEGINNING, 0, head in {None, BEGINNING}
    for row in session.scalars(select(AuditRow).order_by(AuditRow.seq).execution_options(yield_per=PAGE)):
        problems += _problems_of(row, seq=seq, previous=previous)
        previous, seq = row.hash, row.seq
        has_head = has_head or row.hash == head
        problems += _tell(told, row)
    controls = session.execute(select(ControlRow)).scalar_one()
    if (controls.audit_seq, controls.audit_hash) != (seq, previous):
        problems.append(f"the trail ends at entry {seq}, the ledger knows {controls.audit_seq}: entries are missing")
    if not has_head:
        problems.append(f"the noted hash {head} is not in the trail: it was rewritten")
    if controls.is_paused != told.is_paused:
        problems.append("the kill switch stands otherwise than the trail says")
    problems += [*_compare(session, told)]
    return Verification(entries=seq, head=previous, problems=problems)


def _problems_of(row: AuditRow, *, seq: int, previous: str) -> list[str]:
    found = []
    if row.seq != seq + 1:
        found.append(f"entry {row.seq} follows entry {seq}: entries are missing or out of order")
    if row.previous != previous:
        found.append(f"entry {row.seq} does not continue the one before it")
    if row.hash != hash_of(row):
        found.append(f"entry {row.seq} was changed")
    return found


def _tell(told: Told, row: AuditRow) -> list[str]:
    try:
        details = json.loads(row.details)
        if row.action in {"pause", "resume"}:
            told.is_paused = row.action == "pause"
        elif row.key is not None:
            _tell_message(told.messages.setdefault(row.key, {}), row, details)
        elif row.warning_id is not None:
            _tell_warning(told.warnings.setdefault(row.warning_id, {}), row, details)
            _tell_decision(told, row.warning_id, row, details)
    except (ValueError, KeyError, TypeError):
        return [f"entry {row.seq} cannot be read"]
    return []


def _tell_message(message: dict[str, object], row: AuditRow, details: Mapping[str, object]) -> None:
    if row.before is None and row.after is not None:
        message |= {name: details[name] for name in ("channel", "recipient", "cells_sha256")}
    if "cells" in details:
        message["cells_sha256"] = details["cells"]
    message["state"] = row.after or message["state"]


def _tell_warning(warning: dict[str, object], row: AuditRow, details: Mapping[str, object]) -> None:
    if row.action == "draft":
        warning |= {"subject": details["subject"], "approved_at": None, "stopped_at": None}
    if row.action in {"draft", "revise"}:
        warning["revision"] = details["revision"]
    if row.action == "approved":
        warning["approved_at"] = row.at.replace(microsecond=0)
    if row.action in {"cancel", "stop"}:
        warning["stopped_at"] = row.at
    warning["state"] = row.after or warning["state"]


def _tell_decision(told: Told, name: str, row: AuditRow, details: Mapping[str, Any]) -> None:
    if row.action in {"draft", "revise"}:
        told.revisions[name, details["revision"]] = details["said"]
    if row.action == "approve":
        told.approvals.add((name, details["revision"], details["approver"], row.who, details["said"]))


def _compare(session: Session, told: Told) -> Iterator[str]:
    yield from _differences("warning", told.warnings, {row.id: _standing(row) for row in session.scalars(ALL_WARNINGS)})
    messages = select(OutboxRow.key, OutboxRow.state, OutboxRow.channel, OutboxRow.recipient, OutboxRow.cells_sha256)
    found = {row.key: dict(row._mapping) for row in session.execute(messages)}  # noqa: SLF001 - its public name
    yield from _differences("message", told.messages, found)
    revisions: dict[tuple[str, int], str] = {}
    lists = {str(each["cells_sha256"]) for each in found.values() if each["cells_sha256"] is not None}
    for row in session.scalars(select(RevisionRow).execution_options(yield_per=PAGE)):
        revisions[row.warning_id, row.revision] = hash_of_revision(row)
        lists |= {each.sha256 for each in lists_of(row)}
    for name, revision in sorted(told.revisions.keys() | revisions.keys()):
        if told.revisions.get((name, revision)) != revisions.get((name, revision)):
            yield f"revision {revision} of warning {name} was changed"
    named = select(
        ApprovalRow.warning_id, ApprovalRow.revision, ApprovalRow.approver, ApprovalRow.name, ApprovalRow.said
    )
    for name, revision, approver, *_ in sorted(set(session.execute(named).tuples()) ^ told.approvals):
        yield f"the approval of warning {name}, revision {revision} by {approver} is not as the trail says"
    yield from _lists_changed(session, lists)


def _lists_changed(session: Session, named: set[str]) -> Iterator[str]:
    missing = set(named)
    for row in session.scalars(select(CellListRow).execution_options(yield_per=10)):
        missing.discard(row.sha256)
        if hash_of_cells(row.body) != row.sha256:
            yield f"the list of cells {row.sha256[:12]} was changed"
    yield from (f"the list of cells {name[:12]} is gone" for name in sorted(missing))


def _standing(row: WarningRow) -> dict[str, object]:
    standing = {name: getattr(row, name) for name in ("state", "revision", "approved_at", "stopped_at")}
    return {**standing, "subject": hash_of_subject(row)}


def _differences(
    what: str, told: Mapping[str, Mapping[str, object]], found: Mapping[str, Mapping[str, object]]
) -> Iterator[str]:
    for name in sorted(told.keys() | found.keys()):
        said, stands = told.get(name, {}), found.get(name, {})
        if said.get("state") != stands.get("state"):
            yield f"{what} {name} is {stands.get('state', 'gone')}, the trail says {said.get('state', 'nothing of it')}"
        elif changed := [column for column in sorted(said) if said[column] != stands[column]]:
            yield f"{what} {name} was changed ({', '.join(changed)}), the trail says otherwise"
