"""From gatherings to drafts: what the hourly flow proposes, and what it takes back."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from crowd.policy.levels import LEVELS
from crowd.warnings.audit import Act, lock_controls
from crowd.warnings.decisions import cancel, has_gone_out
from crowd.warnings.drafts import Draft, revise
from crowd.warnings.outbox import expire_due
from crowd.warnings.outgoing import Kind
from crowd.warnings.people import must_be_person, must_say_why
from crowd.warnings.proposing import DRAFTER, Desk, Drafting, fields_of, propose, warnings_of
from crowd.warnings.retracting import all_clear, story_of_retraction
from crowd.warnings.seen import Seen, people_in_words
from crowd.warnings.states import UNSENT
from crowd.warnings.tables import AuditRow, WarningRow
from crowd.warnings.texts import Story, write_wording
from crowd.warnings.wording import problems_of, revision_of
from geo.local_time import timezone_of
from lake.errors import RefusedInputError

LONGEST_PLACE = 40
THOUSANDS = {"id": ".", "en": ","}


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
    done.gatherings += fresh.height
    for row in fresh.iter_rows(named=True):
        if row["state"] == "ended":
            all_clear(session, row, desk=desk, done=done, now=now)
        elif row["rank"] is None or row["rank"] < least or row["people"] is None:
            done.too_low += 1
        elif (row["devices"] or 0) < desk.k:
            done.too_small += 1
        else:
            _draft(session, row, seen, desk=desk, done=done, now=now)


def rewrite(session: Session, warning: WarningRow, seen: Seen, *, desk: Desk, act: Act) -> int:
    """Write the messages of a draft anew, from the templates and tables as they are now; gives the new revision.

    Args:
        session: a writing transaction.
        warning: a draft.
        seen: gatherings of the hour that it rests on.
        desk: what drafts are made with.
        act: who, when, why.

    Raises:
        RefusedInputError: it is no draft, its gathering is not in the counts any more, or nobody says why.
    """
    must_be_person(act)
    must_say_why(act, f"warning {warning.id} is written anew")
    row = seen.gatherings.filter(pl.col("gathering_id") == warning.gathering_id)
    if warning.kind != "cancel" and row.is_empty():
        raise RefusedInputError(f"gathering {warning.gathering_id} is not in the counts any more: reject the warning")
    story = _story_again(session, warning, row.to_dicts(), seen)
    return revise(session, warning, write_wording(story, warning.code, writer=desk.writer), act=act)


def take_back(session: Session, seen: Seen, *, since: datetime, now: datetime, done: Drafting) -> None:
    """Cancel what is not sent yet of gatherings that are over, or that corrected counts no longer show.

    Args:
        session: a writing transaction.
        seen: gatherings since the earliest hour that an open warning rests on.
        since: warnings about hours before it are drills, and left alone.
        now: the instant.
        done: where what happens is noted.
    """
    lock_controls(session)  # before a warning is read that somebody may be deciding on
    rows = {row["gathering_id"]: row for row in seen.gatherings.iter_rows(named=True)}
    for warning in _open_warnings(session, now=now, since=since):
        _take_back(session, warning, rows.get(warning.gathering_id), done=done, now=now)


def earliest_open(session: Session, *, since: datetime, now: datetime) -> datetime:
    """The earliest hour after `since` that a warning that is not sent yet rests on; now where there is none."""
    return min([now, *(warning.interval_start for warning in _open_warnings(session, now=now, since=since))])


def _open_warnings(session: Session, *, now: datetime, since: datetime) -> Sequence[WarningRow]:
    """Warnings that may still go out; not those that were stopped and wait for somebody to say what became of them."""
    query = select(WarningRow).where(WarningRow.state.in_(UNSENT), WarningRow.kind != "cancel")
    query = query.where(WarningRow.stopped_at.is_(None), WarningRow.expires_at > now)
    query = query.where(WarningRow.interval_start >= since)
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
    earlier = warnings_of(session, row["gathering_id"], mode=desk.mode)
    standing = [each for each in earlier if _stands(session, each)]
    enough = [each for each in standing if LEVELS.index(each.level) + 1 >= row["rank"]]
    if enough:
        done.known += [each.id for each in enough]
        _mend(session, enough[-1], row, seen, desk=desk, done=done, now=now)
        return
    act = Act(by=DRAFTER, at=now, why=f"gathering {row['gathering_id']} has risen to {row['level']}")
    sent = [each for each in standing if has_gone_out(session, each)]
    for each in standing:
        if each.state in UNSENT and each not in sent:
            cancel(session, each, act=act)
            done.cancelled.append(each.id)
    replaced = sent[-1] if sent else None
    kind: Kind = "update" if replaced else "alert"
    count = sum(each.level == row["level"] for each in earlier)
    draft = _about(row, desk=desk, now=now, kind=kind, key=f"{row['level']}.{count}", replaced=replaced)
    story = _story(row, seen, about=draft, replaced=replaced)
    act = Act(by=DRAFTER, at=now, why=f"gathering {row['gathering_id']} is {row['level']}")
    propose(session, draft, story, desk=desk, done=done, act=act)


def _stands(session: Session, warning: WarningRow) -> bool:
    """Whether a warning counts: not where its time ran out, nor where it was taken back for want of a gathering."""
    if warning.state != "cancelled":
        return warning.state != "expired"
    last = select(AuditRow.who).where(AuditRow.warning_id == warning.id, AuditRow.after == "cancelled")
    return session.scalar(last.where(AuditRow.key.is_(None)).order_by(AuditRow.seq.desc()).limit(1)) != DRAFTER


def _mend(
    session: Session,
    warning: WarningRow,
    row: Mapping[str, Any],
    seen: Seen,
    *,
    desk: Desk,
    done: Drafting,
    now: datetime,
) -> None:
    """Write a draft anew that could not be approved, once what kept it from that is mended."""
    revision = revision_of(session, warning_id=warning.id, revision=warning.revision)
    if warning.state != "draft" or warning.kind == "cancel" or revision.created_by != DRAFTER:
        return
    if not problems_of(revision):
        return
    story = _story_again(session, warning, [row], seen)
    wording = write_wording(story, warning.code, writer=desk.writer)
    if not wording.problems:
        act = Act(by=DRAFTER, at=now, why="what kept it from being approved is mended")
        revise(session, warning, wording, act=act)
        done.rewritten.append(warning.id)


def _story_again(session: Session, warning: WarningRow, rows: Sequence[Mapping[str, Any]], seen: Seen) -> Story:
    replaced = None if warning.replaces is None else session.get_one(WarningRow, warning.replaces)
    if warning.kind == "cancel" and replaced is not None:
        return story_of_retraction(session, warning, last=replaced)
    return _story(rows[0], seen, about=warning, replaced=replaced)


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


def _story(row: Mapping[str, Any], seen: Seen, *, about: Draft | WarningRow, replaced: WarningRow | None) -> Story:
    return Story(
        kind=about.kind,
        mode=about.mode,
        fields=fields_of(about, replaced=replaced),
        people={language: people_in_words(dict(row), thousands=mark) for language, mark in THOUSANDS.items()},
        reason={"id": row["reason_id"] or "", "en": row["reason_en"] or ""},
        cells=seen.cells_of(row["gathering_id"]),
        outline=seen.outline_of(row["gathering_id"]),
    )
