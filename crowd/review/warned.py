"""Warnings about gatherings, as a list of gatherings tells them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from crowd.warnings.outgoing import Mode
from crowd.warnings.tables import ApprovalRow, WarningRow

AT_ONCE = 500  # ids in one query
COLUMNS = ("gathering_id", "id", "state", "level", "mode", "approvals_needed")


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
        select(*(getattr(WarningRow, name) for name in COLUMNS), func.count(ApprovalRow.approver).label("approvals"))
        .join(ApprovalRow, approved, isouter=True)
        .group_by(WarningRow.id)
        .order_by(WarningRow.created_at, WarningRow.id)
    )
    ids = set(gathering_ids)
    # a list longer than that takes longer to send than all warnings to read
    wanted = counted if len(ids) > AT_ONCE else counted.where(WarningRow.gathering_id.in_(sorted(ids)))
    found: defaultdict[str, list[WarningInShort]] = defaultdict(list)
    for row in session.execute(wanted):
        if row.gathering_id in ids:
            told = {name: getattr(row, name) for name in WarningInShort.__dataclass_fields__}
            found[row.gathering_id].append(WarningInShort(**told))
    return found
