"""From gatherings to drafts: what the hourly flow proposes, and what it takes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from crowd.policy.auto import Auto
from crowd.policy.levels import LEVELS
from crowd.warnings.audit import Act, lock_controls
from crowd.warnings.decisions import approve_by_policy, cancel, has_gone_out
from crowd.warnings.drafts import Draft, add_draft, find_warning
from crowd.warnings.message import MessageFields
from crowd.warnings.officers import Officer, officers_for
from crowd.warnings.options import WarningOptions
from crowd.warnings.outbox import expire_due
from crowd.warnings.outgoing import Kind, Mode
from crowd.warnings.routes import routes_of
from crowd.warnings.seen import Seen, people_in_words
from crowd.warnings.states import POLICY, UNSENT
from crowd.warnings.tables import WarningRow
from crowd.warnings.texts import Story, Writer, write_wording
from crowd.warnings.wording import lists_of, revision_of, wording_of
from geo.local_time import timezone_of
from lake.errors import RefusedInputError

DRAFTER = "kerumun:drafts"
LONGEST_PLACE = 40
SAME_PLACE = ("area_code", "area_name", "regency_code", "timezone", "lat", "lon")
THOUSANDS = {"id": ".", "en": ","}


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
        too_small: gatherings that rest on too few devices to be told of.
    """

    drafted: list[str] = field(default_factory=list)
    approved: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    problems: dict[str, Sequence[str]] = field(default_factory=dict)
    too_small: int = 0


def draft_warnings(
    session: Session, seen: Seen, *, desk: Desk, now: datetime, fresh_from: datetime, done: Drafting
) -> None:
    """Draft warnings of new and risen gatherings, and propose to take back those of dispersed ones.

    The same gatherings again change nothing. A gathering whose unsent warning expired while it goes on is drafted anew.

    Args:
        session: a writing transaction.
        seen: gatherings of some hours.
        desk: what drafts are made with.
        now: the instant.
        fresh_from: gatherings last seen before it are left alone.
        done: where what happens is noted.
    """
    # A draft whose time is over, and which no sender has put away yet, must not stand in the way of the next one.
    expire_due(session, now=now)
    least = LEVELS.index(desk.options.draft_from) + 1
    fresh = seen.gatherings.filter(pl.col("interval_start") >= fresh_from)
    for row in fresh.iter_rows(named=True):
        if row["state"] == "ended":
            _all_clear(session, row, desk=desk, done=done, now=now)
        elif row["rank"] is not None and row["rank"] >= least and row["people"] is not None:
            if (row["devices"] or 0) < desk.k:
                done.too_small += 1
            else:
                _draft(session, row, seen, desk=desk, done=done, now=now)


def take_back(session: Session, seen: Seen, *, now: datetime, done: Drafting) -> None:
    """Cancel what is not sent yet of gatherings that are over, or that corrected counts no longer show.

    Args:
        session: a writing transaction.
        seen: gatherings since the earliest hour that an open warning rests on.
        now: the instant.
        done: where what happens is noted.
    """
    lock_controls(session)  # before a warning is read that somebody may be deciding on
    rows = {row["gathering_id"]: row for row in seen.gatherings.iter_rows(named=True)}
    for warning in _open_warnings(session, now=now):
        _take_back(session, warning, rows.get(warning.gathering_id), done=done, now=now)


def earliest_open(session: Session, *, now: datetime) -> datetime:
    """The earliest hour that a warning that is not sent yet rests on; now where there is none."""
    return min([now, *(warning.interval_start for warning in _open_warnings(session, now=now))])


def _open_warnings(session: Session, *, now: datetime) -> Sequence[WarningRow]:
    """Warnings that may still go out; not those that were stopped and wait for somebody to say what became of them."""
    query = select(WarningRow).where(WarningRow.state.in_(UNSENT), WarningRow.kind != "cancel")
    query = query.where(WarningRow.stopped_at.is_(None), WarningRow.expires_at > now)
    return session.scalars(query.order_by(WarningRow.id)).all()


def _take_back(
    session: Session, warning: WarningRow, row: Mapping[str, Any] | None, *, done: Drafting, now: datetime
) -> None:
    """Cancel what is not sent yet of a gathering that is over."""
    if row is None:
        why = f"gathering {warning.gathering_id} is not in the counts as they are known now"
    elif row["state"] == "ended":
        why = f"gathering {warning.gathering_id} is over"
    else:
        return
    cancel(session, warning, act=Act(by=DRAFTER, at=now, why=why))
    done.cancelled.append(warning.id)


def _draft(session: Session, row: Mapping[str, Any], seen: Seen, *, desk: Desk, done: Drafting, now: datetime) -> None:
    earlier = _warnings_of(session, row["gathering_id"], mode=desk.mode)
    alive = [each for each in earlier if each.state != "expired"]
    if any(LEVELS.index(each.level) + 1 >= row["rank"] for each in alive):
        return
    sent = [each for each in alive if has_gone_out(session, each)]
    for each in alive:
        if each.state in UNSENT and each not in sent:
            why = f"gathering {row['gathering_id']} has risen to {row['level']}"
            cancel(session, each, act=Act(by=DRAFTER, at=now, why=why))
            done.cancelled.append(each.id)
    replaced = sent[-1] if sent else None
    kind: Kind = "update" if replaced else "alert"
    expired = sum(each.level == row["level"] for each in earlier if each.state == "expired")
    draft = _about(row, desk=desk, now=now, kind=kind, key=f"{row['level']}.{expired}", replaced=replaced)
    story = _story(row, seen, draft=draft, desk=desk, replaced=replaced)
    why = f"gathering {row['gathering_id']} is {row['level']}"
    _add(session, draft, story, desk=desk, done=done, act=Act(by=DRAFTER, at=now, why=why))


def _about(
    row: Mapping[str, Any], *, desk: Desk, now: datetime, kind: Kind, key: str, replaced: WarningRow | None
) -> Draft:
    options, regency = desk.options, row["regency_code"]
    expires = now.replace(microsecond=0) + timedelta(minutes=options.expires_after_min)
    return Draft(
        draft_key=f"{desk.mode}.{row['gathering_id']}.{key}",
        mode=desk.mode,
        kind=kind,
        gathering_id=row["gathering_id"],
        interval_start=row["interval_start"],
        level=row["level"],
        area_code=row["area_code"],
        area_name=_place(row),
        regency_code=regency,
        timezone=timezone_of(regency or row["area_code"], default=desk.timezone),
        lat=row["lat"],
        lon=row["lon"],
        started_at=row["started_at"],
        approvals_needed=getattr(options.approvals, row["level"]),
        replaces=replaced.id if replaced else None,
        expires_at=expires,
    )


def _place(row: Mapping[str, Any]) -> str:
    """The area with its regency, as long as that is short enough to be read at a glance."""
    name, regency = row["area_name"] or "", row["regency_name"]
    both = f"{name}, {regency}"
    return both if name and regency and regency != name and len(both) <= LONGEST_PLACE else name


def _story(row: Mapping[str, Any], seen: Seen, *, draft: Draft, desk: Desk, replaced: WarningRow | None) -> Story:
    return Story(
        kind=draft.kind,
        mode=desk.mode,
        fields=_fields(draft, replaced=replaced),
        people={language: people_in_words(dict(row), thousands=mark) for language, mark in THOUSANDS.items()},
        reason={"id": row["reason_id"] or "", "en": row["reason_en"] or ""},
        cells=seen.cells_of(row["gathering_id"]),
        outline=seen.outline_of(row["gathering_id"]),
    )


def _fields(draft: Draft, *, replaced: WarningRow | None) -> MessageFields:
    return MessageFields(
        level=draft.level,
        place=draft.area_name,
        since=draft.started_at,
        until=draft.expires_at,
        timezone=draft.timezone,
        regency_code=draft.regency_code,
        replaced=replaced.code if replaced else "",
    )


def _all_clear(session: Session, row: Mapping[str, Any], *, desk: Desk, done: Drafting, now: datetime) -> None:
    """Propose to take back a warning that went out and still holds, when its gathering has dispersed."""
    if row["end_cause"] != "gone":
        return  # merged, or out of sight: nobody knows that the people have left
    sent = [each for each in _warnings_of(session, row["gathering_id"], mode=desk.mode) if has_gone_out(session, each)]
    if not sent or sent[-1].kind == "cancel" or sent[-1].expires_at <= now:
        return
    _retract(session, sent[-1], desk=desk, done=done, now=now, why="the gathering has dispersed")


def retract(session: Session, warning: WarningRow, *, desk: Desk, now: datetime, why: str) -> Drafting:
    """Draft a message that takes a warning back; it needs approval as any other.

    Args:
        session: a writing transaction.
        warning: of which something has gone out.
        desk: what drafts are made with; its mode is the warning's.
        now: the instant.
        why: in words.

    Raises:
        RefusedInputError: nothing of it has gone out, or it is being taken back already.
    """
    if not has_gone_out(session, warning):
        raise RefusedInputError(f"nothing of warning {warning.id} has gone out: cancel it instead")
    done = Drafting()
    _retract(session, warning, desk=desk, done=done, now=now, why=why)
    if not done.drafted:
        raise RefusedInputError(f"there is a message already that takes warning {warning.id} back: see the list")
    return done


def _retract(session: Session, last: WarningRow, *, desk: Desk, done: Drafting, now: datetime, why: str) -> None:
    """The same cells are told that the warning holds no longer."""
    expires = now.replace(microsecond=0) + timedelta(minutes=desk.options.expires_after_min)
    same = (*SAME_PLACE, "mode", "gathering_id", "interval_start", "level", "started_at", "approvals_needed")
    about = Draft(
        draft_key=f"{last.mode}.{last.gathering_id}.cancel.{last.id}",
        kind="cancel",
        replaces=last.id,
        expires_at=expires,
        **{name: getattr(last, name) for name in same},
    )
    wording = wording_of(session, revision_of(session, warning_id=last.id, revision=last.revision))
    nothing = {"id": "", "en": ""}
    story = Story(
        kind="cancel",
        mode=about.mode,
        fields=_fields(about, replaced=last),
        people=nothing,
        reason=nothing,
        cells=wording.cells,
        outline=wording.outline,
    )
    _add(session, about, story, desk=desk, done=done, act=Act(by=DRAFTER, at=now, why=why))


def _add(session: Session, draft: Draft, story: Story, *, desk: Desk, done: Drafting, act: Act) -> None:
    name = add_draft(session, draft, lambda code: write_wording(story, code, writer=desk.writer), act=act)
    if name is None:
        return
    done.drafted.append(name)
    _approve_by_policy(session, name, desk=desk, done=done, now=act.at)
    row = revision_of(session, warning_id=name, revision=1)
    problems = wording_of(session, row).problems
    if problems:
        done.problems[name] = problems


def _approve_by_policy(session: Session, name: str, *, desk: Desk, done: Drafting, now: datetime) -> None:
    warning = find_warning(session, name)
    rule = next((a for a in desk.auto if a.covers(area_code=warning.area_code, level=warning.level)), None)
    if rule is None:
        return
    lists = lists_of(revision_of(session, warning_id=name, revision=warning.revision))
    officers = [officer.id for officer in officers_for(warning.area_code, desk.officers)]
    routes = routes_of(lists, options=desk.options, officers=officers)
    act = Act(by=f"{POLICY}{rule.name}", at=now, why=f"the policy says auto for {warning.level}")
    try:
        approve_by_policy(session, warning, rule=rule.name, routes=routes, act=act)
    except RefusedInputError:
        return  # it stays a draft, with its problems told
    done.approved.append(name)


def _warnings_of(session: Session, gathering_id: str, *, mode: Mode) -> list[WarningRow]:
    query = select(WarningRow).where(WarningRow.gathering_id == gathering_id, WarningRow.mode == mode)
    return list(session.scalars(query.order_by(WarningRow.created_at)))
