"""What tells all open pages that something changed: a decision of anybody, an hour of the lake.

One thread per process looks, as long as any page listens: at the head of the audit trail, which moves with every
decision of every process, and at the newest files of the lake.
"""

import asyncio
import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from crowd.review.hours import oldest_and_newest
from crowd.warnings.tables import AuditRow, ControlRow
from lake.database import Database
from lake.home import Home
from portal.lake_watch import LakeWatch

LEDGER_S = 0.5
LAKE_S = 2.0
ENDING_S = 5.0
MOST_STREAMS, MOST_OF_ONE = 500, 10
MOST_WAITING = 64  # events that a page may be behind
MOST_MISSED = 1000  # entries of the trail that a page may have missed and still be told one by one
ISO_UTC = "%Y-%m-%dT%H:%M:%SZ"
_log = logging.getLogger(__name__)


class TooManyStreamsError(Exception):
    """Nobody needs that many open pages."""


@dataclass(frozen=True)
class Event:
    """One event as it goes over the line.

    Attributes:
        name: ledger, hour or ping.
        data: what is told.
        id: place in the audit trail, of events of the ledger.
    """

    name: str
    data: dict[str, object]
    id: int | None = None

    def as_text(self) -> str:
        """As the standard of server-sent events writes it."""
        place = "" if self.id is None else f"id: {self.id}\n"
        return f"{place}event: {self.name}\ndata: {json.dumps(self.data)}\n\n"


PING = Event("ping", {})


class Listener:
    """One open page: what it has still to be told. Lives on the event loop that it was made on."""

    def __init__(self, login: str) -> None:
        """Begin to listen."""
        self.login = login
        self._loop = asyncio.get_running_loop()
        self._waiting: asyncio.Queue[str | None] = asyncio.Queue(MOST_WAITING)
        self._is_over = False

    async def next(self, *, patience_s: float) -> str | None:
        """What comes next, a ping where nothing does; None when it is over."""
        try:
            async with asyncio.timeout(patience_s):
                return await self._waiting.get()
        except TimeoutError:
            return PING.as_text()

    def tell(self, text: str | None) -> None:
        """Let it know, from any thread; None ends it."""
        try:
            self._loop.call_soon_threadsafe(self._put, text)
        except RuntimeError:
            self._is_over = True  # its loop has ended

    def _put(self, text: str | None) -> None:
        if self._is_over:
            return
        if text is None or self._waiting.full():
            # Too slow: a page that comes again is told how things stand.
            self._is_over, text = True, None
            while not self._waiting.empty():
                self._waiting.get_nowait()
        self._waiting.put_nowait(text)


class Changes:
    """Watches the ledger and the lake while somebody listens."""

    def __init__(self, database: Database, home: Home) -> None:
        """Watch nothing yet."""
        self._database, self._home = database, home
        self._lock = threading.Lock()
        self._listeners: set[Listener] = set()
        self._thread: threading.Thread | None = None
        self._wake = threading.Event()
        self._is_over = False

    def join(self, login: str) -> Listener:
        """A listener more; whoever calls it has to see to `leave`.

        Raises:
            TooManyStreamsError: this person, or everybody together, has too many open.
        """
        with self._lock:
            of_one = Counter(each.login for each in self._listeners)[login]
            if self._is_over or of_one >= MOST_OF_ONE or len(self._listeners) >= MOST_STREAMS:
                raise TooManyStreamsError
            listener = Listener(login)
            self._listeners.add(listener)
            return listener

    def leave(self, listener: Listener) -> None:
        """A listener less; nobody watches for nobody."""
        with self._lock:
            self._listeners.discard(listener)
            if not self._listeners:
                self._wake.set()

    def look(self) -> None:
        """Look now: something was decided in this process."""
        self._wake.set()

    def stop(self) -> None:
        """End all streams, and watch no more."""
        with self._lock:
            self._is_over, thread = True, self._thread
            for listener in self._listeners:
                listener.tell(None)
        self._wake.set()
        if thread is not None:
            thread.join(ENDING_S)

    def present(self, seen: int | None) -> Sequence[Event]:
        """How things stand, for a page that has joined; it is told of whatever happens after this.

        Args:
            seen: the entry of the trail up to which the page knows it.
        """
        lake, head = LakeWatch(self._home), _head(self._database)
        self._begin(head, lake)
        ends = oldest_and_newest(self._home)
        told = [] if ends is None else [_of_hour(ends[1])]
        return [*_told_since(self._database, seen), *told]

    def _begin(self, head: int, lake: LakeWatch) -> None:
        with self._lock:
            if self._thread is None and not self._is_over:
                self._thread = threading.Thread(target=self._watch, args=(head, lake), name="changes", daemon=True)
                self._thread.start()

    def _watch(self, head: int, lake: LakeWatch) -> None:
        looked_at = time.monotonic()
        while self._goes_on():
            self._wake.wait(LEDGER_S)
            self._wake.clear()
            is_time = time.monotonic() - looked_at >= LAKE_S
            looked_at = time.monotonic() if is_time else looked_at
            try:
                events = _told_since(self._database, head)
                self._tell(events)
                head = next((each.id for each in reversed(events) if each.id is not None), head)
                if is_time:
                    self._tell([_of_hour(hour) for hour in lake.look()])
            except (SQLAlchemyError, OSError) as error:
                _log.warning("what changes cannot be told at the moment (%s)", type(error).__name__)

    def _goes_on(self) -> bool:
        with self._lock:
            if self._listeners and not self._is_over:
                return True
            self._thread = None
            return False

    def _tell(self, events: Sequence[Event]) -> None:
        if events:
            text = "".join(event.as_text() for event in events)
            with self._lock:
                for listener in self._listeners:
                    listener.tell(text)


def changes_of(app: FastAPI) -> Changes:
    """What watches for an application, made when it is first needed."""
    changes: Changes | None = getattr(app.state, "changes", None)
    if changes is None:
        portal = app.state.portal
        changes = app.state.changes = Changes(portal.database, portal.home)
    return changes


def tell_changes(app: FastAPI) -> None:
    """Let all open pages know at once what was decided in this process."""
    changes: Changes | None = getattr(app.state, "changes", None)
    if changes is not None:
        changes.look()


@contextmanager
def streams_ended(app: FastAPI) -> Iterator[None]:
    """End all streams when the block ends: a server that is told to stop waits for what is still being answered."""
    try:
        yield
    finally:
        changes_of(app).stop()


def _of_hour(hour: datetime) -> Event:
    return Event("hour", {"at": f"{hour:{ISO_UTC}}"})


def _head(database: Database) -> int:
    with database.reading() as reading:
        return reading.execute(select(ControlRow.audit_seq)).scalar_one()


def _told_since(database: Database, seen: int | None) -> list[Event]:
    """What the trail tells since an entry, an event for each warning; one event for all where that is not known."""
    with database.reading() as reading:
        head = reading.execute(select(ControlRow.audit_seq)).scalar_one()
        if seen == head:
            return []
        if seen is None or not head - MOST_MISSED <= seen < head:
            return [Event("ledger", {"seq": head, "warning_id": None}, head)]
        latest = func.max(AuditRow.seq)
        query = select(AuditRow.warning_id, latest).where(AuditRow.seq > seen).group_by(AuditRow.warning_id)
        rows = reading.execute(query.order_by(latest)).tuples().all()
    return [Event("ledger", {"seq": seq, "warning_id": name}, seq) for name, seq in rows]
