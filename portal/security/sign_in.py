"""Signing in: by password, by one-time link, or through a provider."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import HTTPException
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from crowd.warnings.audit import Act, lock_controls
from lake.errors import RefusedInputError
from portal.context import Portal
from portal.options import Role
from portal.security.accounts import LOGIN, add_account, change_account, find_account, has_admin, note, set_password
from portal.security.links import LinkHolder, holder_of, use_link
from portal.security.oidc import Identity
from portal.security.passwords import Passwords, check_password
from portal.security.rates import forget, give_back, key_of, take_turn
from portal.security.sessions import end_session, is_known_browser, know_browser, open_session
from portal.security.tables import AccountRow, OidcAnswerRow
from portal.security.tickets import digest

WRONG = "login or password is wrong"
ANSWERS_KEPT = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Came:
    """How somebody comes to the door.

    Attributes:
        address: from where.
        session: secret of the session that the browser had; it ends.
        browser: secret of a browser that somebody has signed in with before.
    """

    address: str
    session: str | None
    browser: str | None


@dataclass(frozen=True, kw_only=True)
class Entered:
    """What a browser is given that was let in.

    Attributes:
        session: secret of the new session.
        browser: secret by which the browser is known next time.
        login: of the account.
        name: of the person.
        role: of the account.
    """

    session: str
    browser: str
    login: str
    name: str
    role: Role


def sign_in(portal: Portal, passwords: Passwords, *, login: str, password: str, came: Came) -> Entered:
    """Let somebody in who knows the password of an account.

    Raises:
        HTTPException: 401 where login or password are wrong, 429 where too many were wrong lately.
    """
    login, now = login.strip().lower(), portal.clock()
    with portal.database.writing() as writing:
        keys = _keys(writing, login, came, now=now)
        take_turn(writing, keys, now=now)
        row = writing.get(AccountRow, login)
        stored = row.password_hash if row is not None and not row.is_disabled else None
    if not passwords.is_right(stored, password):
        raise HTTPException(401, WRONG)
    renewed = passwords.hash(password) if stored is not None and passwords.is_outdated(stored) else stored
    with portal.database.writing() as writing:
        # Meanwhile it may have been disabled, or its password changed.
        row = writing.scalar(select(AccountRow).where(AccountRow.login == login).with_for_update())
        if row is None or row.is_disabled or row.password_hash != stored:
            raise HTTPException(401, WRONG)
        row.password_hash = renewed
        _forgive(writing, keys)
        return enter(writing, row, portal=portal, came=came)


def set_up(
    portal: Portal, passwords: Passwords, *, token: str, login: str | None, name: str | None, password: str, came: Came
) -> Entered:
    """Let somebody in who has a one-time link: they choose a password, the first admin also login and name.

    Raises:
        RefusedInputError: the link does not hold, or what was chosen does not fit.
        HTTPException: 429 where too many links were wrong lately.
    """
    holder = look_at_link(portal, token, address=came.address)
    chosen, called = holder.login or (login or "").strip(), holder.name or (name or "").strip()
    check_password(password, login=chosen, name=called)
    hashed, now = passwords.hash(password), portal.clock()
    with portal.database.writing() as writing:
        row = use_link(writing, token, login=chosen, name=called, password_hash=hashed, now=now)
        forget(writing, [key_of("login", row.login)])
        return enter(writing, row, portal=portal, came=came)


def look_at_link(portal: Portal, token: str, *, address: str) -> LinkHolder:
    """Whom a one-time link is for, without using it.

    Raises:
        NotFoundError: it does not hold.
        HTTPException: 429 where too many were wrong lately.
    """
    keys, now = [key_of("address", address)], portal.clock()
    with portal.database.writing() as writing:
        take_turn(writing, keys, now=now)
    with portal.database.reading() as reading:
        holder = holder_of(reading, token, now=now)
    with portal.database.writing() as writing:
        give_back(writing, keys)
    return holder


def change_password(portal: Portal, passwords: Passwords, *, login: str, current: str, new: str, came: Came) -> Entered:
    """Give a signed-in person another password. All sessions of theirs end, and a new one begins.

    Raises:
        RefusedInputError: the present password is wrong or not there, or the new one is too easy to guess.
        HTTPException: 429 where too many were wrong lately.
    """
    now, keys = portal.clock(), [key_of("password", login)]
    with portal.database.writing() as writing:
        take_turn(writing, keys, now=now)
        row = find_account(writing, login)
        stored, name = row.password_hash, row.name
    if stored is None:
        raise RefusedInputError("this account has no password yet: ask an admin for a link to choose one")
    if not passwords.is_right(stored, current):
        raise RefusedInputError("the present password is wrong")
    check_password(new, login=login, name=name)
    hashed = passwords.hash(new)
    with portal.database.writing() as writing:
        row = change_account(writing, login)
        if row.is_disabled or row.password_hash != stored:
            raise HTTPException(401, "sign in again")
        set_password(
            writing, row, hashed, act=Act(by=row.name, at=now, login=login), said=f"{login} changed the password"
        )
        forget(writing, keys)
        return enter(writing, row, portal=portal, came=came)


def sign_in_by_provider(
    portal: Portal, identity: Identity, *, state: str, role: Role | None, came: Came
) -> Entered | str:
    """Let somebody in whom the provider knows; gives a word where that account is not theirs.

    Args:
        portal: this portal.
        identity: whom the provider told us of.
        state: of the question; its answer is taken once.
        role: of a new account; None: an admin makes accounts.
        came: how.
    """
    now = portal.clock()
    with portal.database.writing() as writing:
        lock_controls(writing)
        writing.execute(delete(OidcAnswerRow).where(OidcAnswerRow.at < now - ANSWERS_KEPT))
        if writing.get(OidcAnswerRow, digest(state)) is not None:
            return "oidc_failed"
        writing.add(OidcAnswerRow(state_sha256=digest(state), at=now))
        row = _account_of(writing, identity, role=role, now=now)
        return row if isinstance(row, str) else enter(writing, row, portal=portal, came=came)


def enter(writing: Session, row: AccountRow, *, portal: Portal, came: Came) -> Entered:
    """Begin a new session in place of the one that the browser had."""
    now = portal.clock()
    if came.session is not None:
        end_session(writing, came.session)
    return Entered(
        session=open_session(writing, row, options=portal.options, now=now),
        browser=know_browser(writing, row.login, came.browser, now=now),
        login=row.login,
        name=row.name,
        role=row.role,
    )


def _account_of(writing: Session, identity: Identity, *, role: Role | None, now: datetime) -> AccountRow | str:
    row = writing.scalar(select(AccountRow).where(AccountRow.oidc_subject == identity.subject))
    if row is not None:
        return "oidc_disabled" if row.is_disabled else row
    row = writing.get(AccountRow, identity.login) if LOGIN.fullmatch(identity.login) else None
    if row is None:
        return _new_account(writing, identity, role=role, now=now)
    if row.is_disabled:
        return "oidc_disabled"
    if row.oidc_subject is not None or (row.password_hash is not None and not row.may_use_oidc):
        return "oidc_not_linked"
    return _tie(writing, row, identity, now=now)


def _new_account(writing: Session, identity: Identity, *, role: Role | None, now: datetime) -> AccountRow | str:
    if role is None or not has_admin(writing):
        return "oidc_unknown"
    act = Act(by="kerumun:oidc", at=now, why="signed in through the provider for the first time")
    try:
        row = add_account(writing, identity.login, name=identity.login, role=role, act=act)
    except RefusedInputError:
        return "oidc_unknown"
    return _tie(writing, row, identity, now=now)


def _tie(writing: Session, row: AccountRow, identity: Identity, *, now: datetime) -> AccountRow:
    row.oidc_subject, row.may_use_oidc = identity.subject, True
    said = f"{row.login} is tied to a person of the provider"
    note(writing, "account oidc", row, act=Act(by=row.name, at=now, login=row.login), said=said)
    return row


def _keys(reading: Session, login: str, came: Came, *, now: datetime) -> list[str]:
    """What an attempt counts against. From a browser that a person is known by: that browser alone.

    So nobody who tries passwords of others, be it from many addresses, keeps a person out for good.
    """
    if came.browser is not None and is_known_browser(reading, login, came.browser, now=now):
        return [key_of("browser", came.browser)]
    return [key_of("login", login), key_of("address", came.address)]


def _forgive(writing: Session, keys: list[str]) -> None:
    forget(writing, [key for key in keys if not key.startswith("address:")])
    give_back(writing, [key for key in keys if key.startswith("address:")])
