"""One-time links: the first admin's, a new account's, and that of who forgot the password."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from crowd.warnings.audit import Act, lock_controls
from lake.database import Database
from lake.errors import NotFoundError, RefusedInputError
from portal.security.accounts import add_account, change_account, has_admin, note, set_password
from portal.security.tables import AccountRow, LinkRow
from portal.security.tickets import digest, new_secret

VALID_FOR = timedelta(hours=24)
GONE = "this link does not hold: it was used, is older than a day, or a newer one was made. Ask for a new one"


@dataclass(frozen=True, kw_only=True)
class LinkHolder:
    """Whom a link is for.

    Attributes:
        login: of the account; None: the first admin chooses one.
        name: of the account; None: the first admin chooses one.
    """

    login: str | None
    name: str | None


def make_setup_link(database: Database, *, now: datetime) -> str | None:
    """A link with which the first admin makes an account; one made earlier does not hold any more.

    Args:
        database: the ledger.
        now: the time now; the link holds for a day.

    Returns:
        What follows the portal's address (`#setup=…`: after a # it reaches no server and no log); None where there is
        an admin.
    """
    with database.writing() as writing:
        if has_admin(writing):
            return None
        return _new_link(writing, None, now=now)


def make_link(writing: Session, login: str, *, act: Act) -> str:
    """A link with which the person of an account chooses a password; an earlier one does not hold any more.

    Returns:
        What follows the portal's address.

    Raises:
        NotFoundError: there is no such account.
        RefusedInputError: it is disabled.
    """
    row = change_account(writing, login)
    if row.is_disabled:
        raise RefusedInputError(f"{login} is disabled: let it in again before it gets a link")
    note(writing, "account link", row, act=act, said=f"{login} gets a link to choose a password")
    return _new_link(writing, login, now=act.at)


def holder_of(session: Session, token: str, *, now: datetime) -> LinkHolder:
    """Whom a link is for, without using it.

    Raises:
        NotFoundError: it does not hold.
    """
    row = session.get(LinkRow, digest(token))
    if row is None or row.expires_at <= now or (row.login is None and has_admin(session)):
        raise NotFoundError(GONE)
    if row.login is None:
        return LinkHolder(login=None, name=None)
    account = session.get_one(AccountRow, row.login)
    return LinkHolder(login=account.login, name=account.name)


def use_link(writing: Session, token: str, *, login: str, name: str, password_hash: str, now: datetime) -> AccountRow:
    """Use a link up: its account gets the password, or the first admin is made.

    Args:
        writing: a transaction.
        token: what the link carries.
        login: that the first admin chose; of others the account's is taken.
        name: that the first admin chose.
        password_hash: of a password that was checked.
        now: the time now.

    Raises:
        NotFoundError: the link does not hold.
        RefusedInputError: login or name do not fit.
    """
    lock_controls(writing)
    holder = holder_of(writing, token, now=now)
    used = writing.execute(delete(LinkRow).where(LinkRow.sha256 == digest(token)).returning(LinkRow.sha256)).all()
    if not used:
        raise NotFoundError(GONE)
    if holder.login is None:
        row = add_account(writing, login, name=name, role="admin", act=Act(by=name, at=now, login=login))
    else:
        row = change_account(writing, holder.login)
    act = Act(by=row.name, at=now, login=row.login)
    set_password(writing, row, password_hash, act=act, said=f"{row.login} chose a password by a one-time link")
    return row


def _new_link(writing: Session, login: str | None, *, now: datetime) -> str:
    is_its = LinkRow.login.is_(None) if login is None else LinkRow.login == login
    writing.execute(delete(LinkRow).where(is_its | (LinkRow.expires_at <= now)))
    token = new_secret()
    writing.add(LinkRow(sha256=digest(token), login=login, created_at=now, expires_at=now + VALID_FOR))
    return f"#setup={token}"
