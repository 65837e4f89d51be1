"""Warnings as people look at them: one in a list, one with its whole story, its messages, the kill switch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crowd.warnings.message import Segments
from crowd.warnings.wording import CellList


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message of the outbox.

    Attributes:
        key: its idempotency key.
        channel: through which it goes.
        recipient: operator, officer's id or "public".
        state: waiting, sending, accepted, delivered, failed, unknown, skipped, expired or cancelled.
        attempts: how often it was handed over.
        recipients: people expected to read it.
        confirmed: people that the gateway says were reached.
        reference: the gateway's own name for it.
        said: what was said of it last.
        what_to_do: for a person, where nothing goes on by itself.
        sent_at: when it was handed over.
    """

    key: str
    channel: str
    recipient: str
    state: str
    attempts: int
    recipients: int
    confirmed: int | None
    reference: str | None
    said: str | None
    what_to_do: str | None
    sent_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Messages that wait for a sender.

    Attributes:
        count: how many.
        since: when the oldest was due; None where none is due yet.
        is_overdue: it has waited so long that no sender can be running.
    """

    count: int
    since: datetime | None
    is_overdue: bool


@dataclass(frozen=True, kw_only=True)
class ListedWarning:
    """A warning in a list.

    Attributes:
        id: its name.
        mode: test or live.
        kind: alert, update or cancel.
        state: where it stands.
        level: waspada, siaga or awas.
        area_name: where.
        timezone: local time there.
        gathering_id: what it is about.
        created_at: when it was drafted.
        expires_at: nothing of it is sent from then on.
        approvals: names of who approved its present revision.
        approvals_needed: how many it takes.
        messages: how many are in which state.
        version: changes with every step.
    """

    id: str
    mode: str
    kind: str
    state: str
    level: str
    area_name: str
    timezone: str
    gathering_id: str
    created_at: datetime
    expires_at: datetime
    approvals: Sequence[str]
    approvals_needed: int
    messages: dict[str, int]
    version: int


@dataclass(frozen=True, kw_only=True)
class Happened:
    """An entry of the audit trail.

    Attributes:
        at: when.
        what: the action, with the message it concerned.
        after: the state that came of it.
        who: did it.
        why: in words.
    """

    at: datetime
    what: str
    after: str | None
    who: str
    why: str


@dataclass(frozen=True, kw_only=True)
class ToldWarning:
    """What is told of a warning wherever it is looked at.

    Attributes:
        listed: as in a list.
        interval_start: the hour whose figures it rests on.
        area_code: of the area.
        code: by which people can check the message.
        revision: counts its wordings.
        replaces: the earlier warning.
        texts: messages to the public by language.
        segments: of each of them.
        officer_texts: messages to officers.
        problems: what keeps it from being approved.
        letters: messages of the outbox.
        story: what happened, in order.
    """

    listed: ListedWarning
    interval_start: datetime
    area_code: str | None
    code: str
    revision: int
    replaces: str | None
    texts: dict[str, str]
    segments: dict[str, Segments]
    officer_texts: dict[str, str]
    problems: Sequence[str]
    letters: Sequence[Letter]
    story: Sequence[Happened]


@dataclass(frozen=True, kw_only=True)
class WholeWarning(ToldWarning):
    """A warning with its whole story.

    Attributes:
        regency_code: of the regency.
        lists: cells by operator.
    """

    regency_code: str | None
    lists: Sequence[CellList]


@dataclass(frozen=True, kw_only=True)
class Pause:
    """The kill switch.

    Attributes:
        is_paused: nothing is handed to a gateway.
        by: who threw it.
        at: when.
        why: in words.
    """

    is_paused: bool
    by: str | None
    at: datetime | None
    why: str | None
