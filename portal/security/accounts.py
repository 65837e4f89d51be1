"""Accounts: who is there, and what an admin changes about them. Every change is an entry of the audit trail."""

import re
from collections.abc import Mapping, Sequence

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from crowd.warnings.audit import Act, Entry, lock_controls, record
from crowd.warnings.people import LONGEST_NAME, RESERVED, person_key
from lake.errors import NotFoundError, RefusedInputError
from portal.options import Role
from portal.security.tables import AccountRow, BrowserRow, LinkRow, SessionRow

LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")
# Characters that count as printed and show nothing: two names would look the same.
UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]")
SIGNS_IN = or_(AccountRow.password_hash.is_not(None), AccountRow.oidc_subject.is_not(None))


def has_admin(session: Session) -> bool:
    """Whether anybody can make accounts; until then the portal prints a set-up link when it starts."""
    admins = select(func.count()).select_from(AccountRow).where(AccountRow.role == "admin", ~AccountRow.is_disabled)
    return session.execute(admins).scalar_one() > 0


def list_accounts(session: Session) -> Sequence[AccountRow]:
    """All accounts by login, disabled ones included."""
    return session.scalars(select(AccountRow).order_by(AccountRow.login)).all()


def find_account(session: Session, login: str) -> AccountRow:
    """One account, to be read.

    Raises:
        NotFoundError: there is none.
    """
    row = session.get(AccountRow, login)
    if row is None:
        raise NotFoundError(f"there is no account {login!a:.80}: see 'kerumun accounts list'")
    return row


def change_account(writing: Session, login: str) -> AccountRow:
    """One account, to be changed: nobody else changes any until the transaction ends.

    Raises:
        NotFoundError: there is none.
    """
    lock_controls(writing)
    return find_account(writing, login)


def add_account(writing: Session, login: str, *, name: str, role: Role, act: Act) -> AccountRow:
    """Make an account, as yet without a way to sign in.

    Raises:
        RefusedInputError: login or name do not fit or are taken.
    """
    lock_controls(writing)
    check_login(login)
    if writing.get(AccountRow, login) is not None:
        raise RefusedInputError(f"there is an account {login} already: choose another login")
    row = AccountRow(
        login=login,
        name=name,
        name_key=_free_key(writing, name),
        role=role,
        is_disabled=False,
        may_use_oidc=False,
        created_at=act.at,
    )
    writing.add(row)
    writing.flush()
    note(writing, "account add", row, act=act, said=f"{login} ({name}) gets an account", after=role)
    return row


def rename(writing: Session, row: AccountRow, name: str, *, act: Act) -> None:
    """Give an account another name to sign with.

    Raises:
        RefusedInputError: the name does not fit or is another person's.
    """
    if name == row.name:
        return
    said = f"{row.login} is called {name}, not {row.name} any more"
    row.name, row.name_key = name, _free_key(writing, name, but=row.login)
    note(writing, "account rename", row, act=act, said=said)


def set_role(writing: Session, row: AccountRow, role: Role, *, act: Act) -> None:
    """Give an account another role; it has to sign in again.

    Raises:
        RefusedInputError: it is the last admin's.
    """
    if role == row.role:
        return
    if role != "admin":
        _must_leave_admin(writing, row, "give another account that role first")
    before, row.role = row.role, role
    end_sessions(writing, row.login)
    note(writing, "account role", row, act=act, said=f"{row.login} was {before}, is {role}", before=before, after=role)


def disable(writing: Session, row: AccountRow, *, act: Act) -> None:
    """Shut an account out, with its sessions, links, browsers and the tokens it made.

    Raises:
        RefusedInputError: it is the last admin's.
    """
    if row.is_disabled:
        return
    _must_leave_admin(writing, row, "make another account admin first")
    row.is_disabled = True
    end_sessions(writing, row.login)
    forget_browsers(writing, row.login)
    writing.execute(delete(LinkRow).where(LinkRow.login == row.login))
    note(writing, "account disable", row, act=act, said=f"{row.login} is shut out")


def enable(writing: Session, row: AccountRow, *, act: Act) -> None:
    """Let a disabled account in again."""
    if not row.is_disabled:
        return
    row.is_disabled = False
    note(writing, "account enable", row, act=act, said=f"{row.login} is let in again")


def set_password(writing: Session, row: AccountRow, password_hash: str, *, act: Act, said: str) -> None:
    """Store a new password; whoever is signed in with the old one is not any more."""
    row.password_hash = password_hash
    end_sessions(writing, row.login)
    forget_browsers(writing, row.login)
    note(writing, "account password", row, act=act, said=said)


def allow_oidc(writing: Session, row: AccountRow, *, act: Act) -> None:
    """Link an account with the provider: the next person whom the provider gives this login is taken for its owner."""
    row.may_use_oidc, row.oidc_subject = True, None
    note(writing, "account oidc", row, act=act, said=f"{row.login} may sign in through the provider")


def forbid_oidc(writing: Session, row: AccountRow, *, act: Act) -> None:
    """Take the link with the provider away; who is signed in has to sign in again.

    Raises:
        RefusedInputError: the last admin could not sign in any more.
    """
    if row.password_hash is None:
        _must_leave_admin(writing, row, "choose a password for it first")
    row.may_use_oidc, row.oidc_subject = False, None
    end_sessions(writing, row.login)
    note(writing, "account oidc", row, act=act, said=f"{row.login} may not sign in through the provider any more")


def end_sessions(writing: Session, login: str) -> None:
    """Sign an account out everywhere."""
    writing.execute(delete(SessionRow).where(SessionRow.login == login))


def forget_browsers(writing: Session, login: str) -> None:
    """No browser of an account is known any more."""
    writing.execute(delete(BrowserRow).where(BrowserRow.login == login))


def note(
    writing: Session,
    action: str,
    row: AccountRow,
    *,
    act: Act,
    said: str,
    before: str | None = None,
    after: str | None = None,
    details: Mapping[str, object] | None = None,
) -> None:
    """Write into the audit trail what was done to an account.

    Args:
        writing: the transaction in which it is done.
        action: the verb.
        row: the account.
        act: by whom.
        said: the same in words; a reason that was given follows.
        before: role before.
        after: role after.
        details: more to be kept.
    """
    kept = {"account": row.login, "name": row.name, "login": act.login, **(details or {})}
    why = f"{said}: {act.why}" if act.why else said
    entry = Entry(action=action, before=before, after=after, details=kept)
    record(writing, entry, act=Act(by=act.by, at=act.at, why=why, login=act.login))


def check_login(login: str) -> None:
    """Refuse a login that could be mistaken for another.

    Raises:
        RefusedInputError: it is not lower case, or holds other characters than these.
    """
    if not LOGIN.fullmatch(login):
        raise RefusedInputError(
            f"{login!a:.80} is no login: write 1 to 64 of a-z, 0-9 and . _ @ + -, beginning with a letter or digit"
        )


def _free_key(session: Session, name: str, *, but: str | None = None) -> str:
    key = person_key(name)
    is_seen = key.isprintable() and not UNSEEN.search(name)
    if not key or name != name.strip() or not is_seen or max(len(key), len(name)) > LONGEST_NAME:
        raise RefusedInputError(
            f"{name!a:.80} is no name to sign with: it is empty, too long, or part of it is invisible"
        )
    if key.startswith(RESERVED):
        raise RefusedInputError(f"{name!a:.80} is no name to sign with: parts of Kerumun sign like that")
    owner = session.scalar(select(AccountRow.login).where(AccountRow.name_key == key))
    if owner not in {None, but}:
        raise RefusedInputError(f"{owner} signs with that name already: add something that tells the two apart")
    return key


def _must_leave_admin(session: Session, row: AccountRow, what_to_do: str) -> None:
    if row.role != "admin" or row.is_disabled:
        return
    others = select(func.count()).select_from(AccountRow)
    others = others.where(AccountRow.role == "admin", ~AccountRow.is_disabled, AccountRow.login != row.login, SIGNS_IN)
    if session.execute(others).scalar_one() == 0:
        raise RefusedInputError(f"{row.login} is the last admin who can sign in: {what_to_do}")
