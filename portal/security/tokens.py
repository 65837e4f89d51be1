"""Tokens: what machines show to read the map, the warnings or files. No machine decides."""

import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from crowd.warnings.audit import Act, Entry, lock_controls, record
from lake.database import Database
from lake.errors import NotFoundError, RefusedInputError
from portal.access import Scope
from portal.security.accounts import find_account
from portal.security.rates import key_of, must_wait, take_turn
from portal.security.tables import AccountRow, TokenRow
from portal.security.tickets import digest, new_secret

BEGINNING = "kmn_"  # so that scanners of code and logs know one when they see it
LONGEST_D = 365
USED_EVERY = timedelta(minutes=1)
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, kw_only=True)
class Machine:
    """Whose a token is.

    Attributes:
        name: of the token.
        scopes: what it may read.
    """

    name: str
    scopes: frozenset[Scope]


def list_tokens(session: Session) -> Sequence[TokenRow]:
    """All tokens by name, also those that have ended."""
    return session.scalars(select(TokenRow).order_by(TokenRow.name)).all()


def add_token(writing: Session, name: str, *, scopes: Collection[Scope], days: int, act: Act) -> tuple[TokenRow, str]:
    """Make a token; the secret is told this once.

    Raises:
        RefusedInputError: the name does not fit or is taken, it may nothing, or it would last too long.
    """
    lock_controls(writing)
    if not NAME.fullmatch(name):
        raise RefusedInputError(f"{name!a:.80} is no name of a token: write 1 to 64 of a-z, 0-9 and . _ -")
    if writing.scalar(select(TokenRow.id).where(TokenRow.name == name)) is not None:
        raise RefusedInputError(f"there is a token {name} already: remove it first, or choose another name")
    if not scopes or not 1 <= days <= LONGEST_D:
        raise RefusedInputError(f"a token may read something, for 1 to {LONGEST_D} days: choose scopes and days")
    find_account(writing, act.login)
    secret = BEGINNING + new_secret()
    row = TokenRow(
        id=digest(secret)[:12],
        sha256=digest(secret),
        name=name,
        scopes=" ".join(sorted(set(scopes))),
        created_by=act.login,
        created_at=act.at,
        expires_at=act.at + timedelta(days=days),
    )
    writing.add(row)
    writing.flush()
    _note(writing, "token add", row, act=act, said=f"token {name} may read {row.scopes} for {days} days")
    return row, secret


def remove_token(writing: Session, token_id: str, *, act: Act) -> None:
    """Take a token away.

    Raises:
        NotFoundError: there is none.
    """
    lock_controls(writing)
    row = writing.get(TokenRow, token_id)
    if row is None:
        raise NotFoundError("there is no such token: look at the list again")
    _note(writing, "token remove", row, act=act, said=f"token {row.name} does not hold any more")
    writing.delete(row)


def find_machine(database: Database, secret: str, *, address: str, now: datetime) -> Machine | None:
    """Whose token it is; None where it is none or has ended. Notes that it was used, at most once a minute.

    Raises:
        TooManyError: that address has shown too many wrong ones.
    """
    key = key_of("token", address)
    query = select(TokenRow.id, TokenRow.name, TokenRow.scopes, TokenRow.last_used_at)
    query = query.join(AccountRow, AccountRow.login == TokenRow.created_by)
    query = query.where(TokenRow.sha256 == digest(secret), TokenRow.expires_at > now, ~AccountRow.is_disabled)
    with database.reading() as reading:
        must_wait(reading, [key], now=now)
        found = reading.execute(query).one_or_none()
    if found is None:
        with database.writing() as writing:
            take_turn(writing, [key], now=now)
        return None
    if found.last_used_at is None or now - found.last_used_at >= USED_EVERY:
        with suppress(OperationalError), database.writing() as writing:
            writing.execute(update(TokenRow).where(TokenRow.id == found.id).values(last_used_at=now))
    return Machine(name=found.name, scopes=scopes_of(found.scopes))


def scopes_of(stored: str) -> frozenset[Scope]:
    """The scopes of a token as they are stored."""
    return cast("frozenset[Scope]", frozenset(stored.split()))


def _note(writing: Session, action: str, row: TokenRow, *, act: Act, said: str) -> None:
    details = {"token": row.id, "name": row.name, "scopes": row.scopes, "login": act.login}
    record(writing, Entry(action=action, details=details), act=Act(by=act.by, at=act.at, why=said, login=act.login))
