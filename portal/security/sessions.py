"""Sessions: a browser that a person is signed in with. In the ledger, so that every process and start knows them."""

import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, event, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from lake.database import Database
from portal.options import PortalOptions, Role
from portal.security.tables import AccountRow, BrowserRow, SessionRow
from portal.security.tickets import digest, new_secret

KNOWN_FOR = timedelta(seconds=2)
MOST_KNOWN = 1000
WRITTEN = "kerumun has written"
SEEN_EVERY = timedelta(minutes=1)  # oftener, every read would be a write
BROWSER_KNOWN_FOR = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """Whose a session is.

    Attributes:
        login: of the account.
        name: of the person.
        role: now.
        seen_at: when the ledger was last told that it is used.
    """

    login: str
    name: str
    role: Role
    seen_at: datetime


class KnownSessions:
    """Whose the sessions are that were asked for in the last two seconds, so that a moving slider asks the ledger once.

    Whatever this process writes into the ledger makes it forget them all: who signs out here, gets another role or
    another password, or is shut out is unknown from that moment on. What other processes write (the command line) is
    noticed after two seconds at most.
    """

    def __init__(self, database: Database, *, options: PortalOptions) -> None:
        """Know nobody yet.

        Args:
            database: the ledger that this process reads and writes.
            options: how long sessions last.
        """
        self._database, self._options = database, options
        self._guard = threading.Lock()
        self._known: dict[str, tuple[datetime, SignedIn]] = {}
        self._writings = 0
        event.listen(database.engine, "commit", _mark_written)
        event.listen(database.engine, "checkin", self._forget_if_written)

    def at_hand(self, secret: str, *, now: datetime) -> SignedIn | None:
        """Whose session it was a moment ago; None where the ledger has to be asked."""
        with self._guard:
            known = self._known.get(digest(secret))
        if known is None:
            return None
        asked_at, found = known
        is_new = timedelta(0) <= now - asked_at < KNOWN_FOR and now - found.seen_at < SEEN_EVERY
        return found if is_new else None

    def find(self, secret: str, *, now: datetime) -> SignedIn | None:
        """Whose session it is by the ledger (`find_session`)."""
        with self._guard:
            writings = self._writings
        found = find_session(self._database, secret, options=self._options, now=now)
        if found is not None:
            self._keep(secret, found, now=now, writings=writings)
        return found

    def _keep(self, secret: str, found: SignedIn, *, now: datetime, writings: int) -> None:
        with self._guard:
            if writings != self._writings:
                return  # what was read may be what has just been changed
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[digest(secret)] = now, found

    def _forget_if_written(self, _connection: object, record: ConnectionPoolEntry) -> None:
        """A connection comes back after its transaction: not before what it wrote can be read by all."""
        if record.info.pop(WRITTEN, False):
            with self._guard:
                self._writings += 1
                self._known.clear()


def open_session(writing: Session, account: AccountRow, *, options: PortalOptions, now: datetime) -> str:
    """Begin a session; gives the secret that the browser keeps. Ones that are over are swept away."""
    writing.execute(delete(SessionRow).where(_is_over(options, now=now)))
    secret = new_secret()
    writing.add(SessionRow(sha256=digest(secret), login=account.login, created_at=now, seen_at=now))
    account.seen_at = now
    return secret


def find_session(database: Database, secret: str, *, options: PortalOptions, now: datetime) -> SignedIn | None:
    """Whose session it is; None where it is over or never was. Notes that it was used, at most once a minute."""
    sha256 = digest(secret)
    query = select(SessionRow.seen_at, AccountRow.login, AccountRow.name, AccountRow.role)
    query = query.join(AccountRow, AccountRow.login == SessionRow.login)
    query = query.where(SessionRow.sha256 == sha256, ~AccountRow.is_disabled, ~_is_over(options, now=now))
    with database.reading() as reading:
        found = reading.execute(query).one_or_none()
    if found is None:
        return None
    seen_at = found.seen_at
    if now - seen_at >= SEEN_EVERY:
        seen_at = now
        # Who reads goes on reading also where the ledger is busy for long.
        with suppress(OperationalError), database.writing() as writing:
            writing.execute(update(SessionRow).where(SessionRow.sha256 == sha256).values(seen_at=now))
            writing.execute(update(AccountRow).where(AccountRow.login == found.login).values(seen_at=now))
    return SignedIn(login=found.login, name=found.name, role=found.role, seen_at=seen_at)


def is_session(database: Database, secret: str, *, options: PortalOptions, now: datetime) -> bool:
    """Whether a session still lasts, without using it."""
    query = select(SessionRow.login).join(AccountRow, AccountRow.login == SessionRow.login)
    query = query.where(SessionRow.sha256 == digest(secret), ~AccountRow.is_disabled, ~_is_over(options, now=now))
    with database.reading() as reading:
        return reading.execute(query).one_or_none() is not None


def end_session(writing: Session, secret: str) -> None:
    """Sign out: whoever has the secret is nobody any more."""
    writing.execute(delete(SessionRow).where(SessionRow.sha256 == digest(secret)))


def know_browser(writing: Session, login: str, secret: str | None, *, now: datetime) -> str:
    """Remember that a person has signed in with a browser; gives the secret that it keeps."""
    writing.execute(delete(BrowserRow).where(BrowserRow.seen_at < now - BROWSER_KNOWN_FOR))
    if secret is not None:
        writing.execute(delete(BrowserRow).where(BrowserRow.sha256 == digest(secret)))
    new = new_secret()
    writing.add(BrowserRow(sha256=digest(new), login=login, seen_at=now))
    return new


def is_known_browser(reading: Session, login: str, secret: str | None, *, now: datetime) -> bool:
    """Whether this person has signed in with this browser lately."""
    row = reading.get(BrowserRow, digest(secret)) if secret else None
    return row is not None and row.login == login and row.seen_at >= now - BROWSER_KNOWN_FOR


def _mark_written(connection: Connection) -> None:
    connection.info[WRITTEN] = True


def _is_over(options: PortalOptions, *, now: datetime) -> ColumnElement[bool]:
    return or_(
        SessionRow.created_at <= now - timedelta(hours=options.session_h),
        SessionRow.seen_at <= now - timedelta(minutes=options.idle_min),
    )
