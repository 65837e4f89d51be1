"""How often somebody may be wrong: a wait that grows with every wrong password, link or token, kept in the ledger.

An attempt counts before it is looked at, so that many at once are no way round. While the wait lasts everything is
refused, also what is right, and what is refused then does not make the wait longer.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from math import ceil

from fastapi import HTTPException
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from starlette.types import Scope

from portal.security.tables import AttemptRow
from portal.security.tickets import digest

LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)
# Wrong attempts that cost nothing, by kind of key.
FREE = {"login": 5, "browser": 5, "password": 5, "address": 20, "token": 20}
NETWORK = 64  # bits of an IPv6 address that belong to one customer


class TooManyError(HTTPException):
    """Too many attempts: come again later."""

    def __init__(self, wait_s: float) -> None:
        """Say when.

        Args:
            wait_s: seconds until the next attempt is looked at.
        """
        seconds = max(ceil(wait_s), 1)
        said = f"too many attempts: try again in {seconds} seconds"
        super().__init__(429, said, headers={"Retry-After": str(seconds)})


def key_of(kind: str, value: str) -> str:
    """Name of a counter. What was typed is hashed: now and then it is a password in the wrong field."""
    return f"{kind}:{digest(value)}"


def address_of(scope: Scope) -> str:
    """Where a request comes from: an IPv4 address, or the network of an IPv6 address."""
    client = scope.get("client")
    try:
        address = ip_address(client[0]) if client else None
    except ValueError:
        address = None
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(IPv6Address(int(address) >> (128 - NETWORK) << (128 - NETWORK)))
    return str(address) if address else "unknown"


def take_turn(writing: Session, keys: Sequence[str], *, now: datetime) -> None:
    """Count an attempt against all keys, before it is looked at.

    Raises:
        TooManyError: one of them has to wait. Nothing is counted then.
    """
    rows = [_row(writing, key, now=now) for key in sorted(keys)]
    wait = max(row.wait_until - now for row in rows)
    if wait > timedelta(0):
        raise TooManyError(wait.total_seconds())
    for row in rows:
        if now - row.failed_at > FORGOTTEN_AFTER:
            row.failures = 0
        row.failures += 1
        row.failed_at, row.wait_until = now, now + wait_after(row.failures, kind=row.key.partition(":")[0])


def give_back(writing: Session, keys: Sequence[str]) -> None:
    """The attempt was right: it does not count."""
    for row in writing.scalars(select(AttemptRow).where(AttemptRow.key.in_(keys)).with_for_update()):
        row.failures = max(row.failures - 1, 0)
        row.wait_until = row.failed_at


def forget(writing: Session, keys: Sequence[str]) -> None:
    """Begin anew: the person has proven to be who they say."""
    writing.execute(delete(AttemptRow).where(AttemptRow.key.in_(keys)))


def must_wait(reading: Session, keys: Sequence[str], *, now: datetime) -> None:
    """Refuse while the wait of a key lasts, without counting.

    Raises:
        TooManyError: it does.
    """
    until = [row.wait_until for row in reading.scalars(select(AttemptRow).where(AttemptRow.key.in_(keys)))]
    if until and max(until) > now:
        raise TooManyError((max(until) - now).total_seconds())


def wait_after(failures: int, *, kind: str) -> timedelta:
    """How long to wait after so many wrong attempts: a second, then twice as long each time, to 15 minutes."""
    beyond = failures - FREE[kind]
    return min(timedelta(seconds=2 ** min(beyond, 30)), LONGEST_WAIT) if beyond >= 0 else timedelta(0)


def _row(writing: Session, key: str, *, now: datetime) -> AttemptRow:
    found = select(AttemptRow).where(AttemptRow.key == key).with_for_update()
    row = writing.scalar(found)
    if row is None:
        old = select(AttemptRow.key).where(AttemptRow.failed_at < now - FORGOTTEN_AFTER)
        writing.execute(delete(AttemptRow).where(AttemptRow.key.in_(old.with_for_update(skip_locked=True))))
        insert = postgresql.insert if writing.get_bind().dialect.name == "postgresql" else sqlite.insert
        new = insert(AttemptRow).values(key=key, failures=0, failed_at=now, wait_until=now)
        writing.execute(new.on_conflict_do_nothing())
        row = writing.scalars(found).one()
    return row
