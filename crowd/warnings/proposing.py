"""Proposals: a draft with its messages, written into the ledger, and approved where the policy itself says so."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from crowd.policy.auto import Auto
from crowd.warnings.audit import Act
from crowd.warnings.decisions import approve_by_policy
from crowd.warnings.drafts import Draft, add_draft, find_warning
from crowd.warnings.message import MessageFields
from crowd.warnings.officers import Officer
from crowd.warnings.options import WarningOptions
from crowd.warnings.outgoing import Mode
from crowd.warnings.routes import routes_for
from crowd.warnings.tables import WarningRow
from crowd.warnings.texts import Story, Writer, write_wording
from crowd.warnings.wording import lists_of, problems_of, revision_of
from lake.errors import RefusedInputError

DRAFTER = "kerumun:drafts"


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What drafts are made with.

    Attributes:
        writer: of messages.
        officers: on duty.
        auto: approvals that the policy itself gives.
        timezone: where an area's own is not known.
        k: fewest devices that a gathering may rest on to be warned of.
        mode: of the drafts.
    """

    writer: Writer
    officers: Sequence[Officer]
    auto: Sequence[Auto]
    timezone: str
    k: int
    mode: Mode

    @property
    def options(self) -> WarningOptions:
        """Settings of warnings."""
        return self.writer.options


@dataclass(kw_only=True)
class Drafting:
    """What was drafted and what was taken back.

    Attributes:
        drafted: names of new drafts.
        approved: of these, by a policy.
        cancelled: warnings that are not sent any more because their gathering is over or has risen.
        problems: what keeps drafts from being approved, by name.
        rewritten: drafts whose problems are mended, so that they can be approved now.
        known: warnings that there were already of gatherings that need one.
        gatherings: how many were looked at.
        too_low: of these, under the level that is drafted.
        too_small: gatherings that rest on too few devices to be told of.
    """

    drafted: list[str] = field(default_factory=list)
    approved: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    problems: dict[str, Sequence[str]] = field(default_factory=dict)
    rewritten: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    gatherings: int = 0
    too_low: int = 0
    too_small: int = 0


def propose(session: Session, draft: Draft, story: Story, *, desk: Desk, done: Drafting, act: Act) -> None:
    """Write a draft into the ledger, unless it is there, and let the policy approve it where it says so."""
    name = add_draft(session, draft, lambda code: write_wording(story, code, writer=desk.writer), act=act)
    if name is None:
        return
    done.drafted.append(name)
    _approve_by_policy(session, name, desk=desk, done=done, now=act.at)
    problems = problems_of(revision_of(session, warning_id=name, revision=1))
    if problems:
        done.problems[name] = problems


def _approve_by_policy(session: Session, name: str, *, desk: Desk, done: Drafting, now: datetime) -> None:
    warning = find_warning(session, name)
    rule = next((a for a in desk.auto if a.covers(area_code=warning.area_code, level=warning.level)), None)
    if rule is None:
        return
    lists = lists_of(revision_of(session, warning_id=name, revision=warning.revision))
    routes = routes_for(warning, lists, options=desk.options, officers=desk.officers)
    act = Act(by=DRAFTER, at=now, why=f"the policy says auto for {warning.level}")
    try:
        approve_by_policy(session, warning, rule=rule.name, routes=routes, act=act)
    except RefusedInputError:
        return  # it stays a draft, with its problems told
    done.approved.append(name)


def fields_of(draft: Draft | WarningRow, *, replaced: WarningRow | None) -> MessageFields:
    """What every message of a draft tells, but for the code."""
    return MessageFields(
        level=draft.level,
        place=draft.area_name,
        since=draft.started_at,
        until=draft.expires_at,
        timezone=draft.timezone,
        regency_code=draft.regency_code,
        replaced=replaced.code if replaced else "",
    )


def warnings_of(session: Session, gathering_id: str, *, mode: Mode) -> list[WarningRow]:
    """All warnings about a gathering, the oldest first."""
    query = select(WarningRow).where(WarningRow.gathering_id == gathering_id, WarningRow.mode == mode)
    return list(session.scalars(query.order_by(WarningRow.created_at)))
