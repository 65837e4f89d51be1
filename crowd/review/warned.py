"""Warnings about gatherings, as a list of gatherings tells them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from crowd.warnings.outgoing import Mode
from crowd.warnings.tables import ApprovalRow, WarningRow

AT_ONCE = 500  # ids in one query


@dataclass(frozen=True, kw_only=True)
class WarningInShort:
    """A warning about a gathering.

    Attributes:
        id: its name.
        state: where it stands.
        level: waspada, siaga or awas.
        mode: test or live.
        approvals: how many approved its present revision.
        approvals_needed: how many it takes.
    """

    id: str
    state: str
    level: str
    mode: Mode
    approvals: int
    approvals_needed: int


def warnings_about(session: Session, gathering_ids: Collection[str]) -> Mapping[str, Sequence[WarningInShort]]:
    """Warnings about each of some gatherings, the oldest first."""
    approved = and_(ApprovalRow.warning_id == WarningRow.id, ApprovalRow.revision == WarningRow.revision)
    counted = (
        select(WarningRow, func.count(ApprovalRow.approver))
        .join(ApprovalRow, approved, isouter=True)
        .group_by(WarningRow.id)
        .order_by(WarningRow.created_at, WarningRow.id)
    )
    ids = sorted(gathering_ids)
    found: defaultdict[str, list[WarningInShort]] = defaultdict(list)
    for first in range(0, len(ids), AT_ONCE):
        wanted = counted.where(WarningRow.gathering_id.in_(ids[first : first + AT_ONCE]))
        for row, approvals in session.execute(wanted).tuples():
            found[row.gathering_id].append(_short(row, approvals))
    return found


def _short(row: WarningRow, approvals: int) -> WarningInShort:
    return WarningInShort(
        id=row.id,
        state=row.state,
        level=row.level,
        mode=row.mode,
        approvals=approvals,
        approvals_needed=row.approvals_needed,
    )
