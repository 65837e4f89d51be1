"""What a sender keeps to: cells that were warned just now, and how many people a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import polars as pl
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from crowd.warnings.audit import Act, Entry, record
from crowd.warnings.outbox_steps import put_away, put_off
from crowd.warnings.outgoing import Mode
from crowd.warnings.states import MAY_HAVE_GONE_OUT
from crowd.warnings.tables import OutboxRow, WarningRow
from crowd.warnings.wording import read_cells, store_cells
from lake.errors import RefusedInputError

Row = TypeVar("Row", bound=tuple[object, ...])


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a sender keeps to.

    Attributes:
        mode: while it is "test", live warnings wait.
        cool_down: a cell is not warned again within it, except about the same gathering.
        daily_caps: most expected recipients of a local day, by operator.
        day_start: when the local day began.
        leases: twice as long as a channel may take for one message; then its sender counts as dead.
        max_attempts: tries before a message is given up.
        first_retry: pause after the first try.
        longest_retry: the pause never grows beyond it.
        ask_for: how long a gateway is asked.
    """

    mode: Mode
    cool_down: timedelta
    daily_caps: Mapping[str, int]
    day_start: datetime
    leases: Mapping[str, timedelta]
    max_attempts: int
    first_retry: timedelta
    longest_retry: timedelta
    ask_for: timedelta


def keep_cool(session: Session, message: OutboxRow, warning: WarningRow, *, limits: Limits, act: Act) -> bool:
    """Leave out the cells that were warned about something else just now; the list then stays as it is for good."""
    others = (
        _went_to(message, warning, select(OutboxRow.cells_sha256))
        .where(OutboxRow.sent_at > act.at - limits.cool_down, OutboxRow.cells_sha256.is_not(None))
        .where(WarningRow.gathering_id != warning.gathering_id)
    )
    names = session.scalars(others.distinct()).all() if limits.cool_down else []
    if not names or message.cells_sha256 is None:
        return True
    try:
        warned = pl.concat([read_cells(session, name) for name in names if name is not None]).select("cell_id").unique()
        cells = read_cells(session, message.cells_sha256)
    except RefusedInputError as error:
        # One list that somebody changed must not keep every sender from every message.
        message.what_to_do = "find out who changed the ledger"
        return put_off(message, until=act.at + limits.longest_retry, said=str(error))
    left = cells.join(warned, on="cell_id", how="anti", maintain_order="left")
    if left.is_empty():
        said = f"all its {cells.height:,} cells were warned within {limits.cool_down}"
        return put_away(session, message, "skipped", said=said, act=act)
    if left.height < cells.height:
        kept = store_cells(session, left)
        message.cells_sha256, message.recipients = kept.sha256, kept.recipients
        message.said = f"{cells.height - left.height:,} of {cells.height:,} cells left out: warned a short while ago"
        details = {"cells": kept.sha256, "said": message.said}
        entry = Entry(action="leave_out", warning_id=warning.id, key=message.key, details=details)
        record(session, entry, act=act)
    return True


def stay_under_cap(session: Session, message: OutboxRow, warning: WarningRow, *, limits: Limits, act: Act) -> bool:
    """Whether a message leaves its operator's daily number of recipients unbroken; what does not is put off."""
    cap = limits.daily_caps.get(message.recipient)
    if cap is None:
        return True
    sent = _went_to(message, warning, select(func.coalesce(func.sum(OutboxRow.recipients), 0)))
    sent = sent.where(OutboxRow.channel == message.channel, OutboxRow.sent_at >= limits.day_start)
    today = session.execute(sent).scalar_one()
    if today + message.recipients <= cap:
        return True
    said = f"daily cap of {cap:,} recipients: {today:,} today, {message.recipients:,} more wanted"
    message.what_to_do = f"raise daily_cap of {message.recipient} under [warnings.operators], or let it expire"
    return put_off(message, until=act.at + limits.longest_retry, said=said)


def _went_to(message: OutboxRow, warning: WarningRow, query: "Select[Row]") -> "Select[Row]":
    """Narrow a query to what went to the same recipient in the same mode, without what took something back."""
    return (
        query.join(WarningRow, WarningRow.id == OutboxRow.warning_id)
        .where(OutboxRow.recipient == message.recipient, OutboxRow.state.in_(MAY_HAVE_GONE_OUT))
        .where(WarningRow.mode == warning.mode, WarningRow.kind != "cancel")
    )
