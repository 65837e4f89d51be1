"""`kerumun accounts list|add|link|disable|enable|role`: who may use the review map, for whoever holds the machine."""

from enum import StrEnum
from typing import Annotated

import typer

from kerumun.commands.signing import ByOption, WhyOption, act_of, deciding, looking
from kerumun.commands.telling import local_time
from kerumun.parameters import DEFAULT_HOME, HomeOption, JsonOption, Session, open_session
from portal.security.accounts import (
    add_account,
    allow_oidc,
    change_account,
    disable,
    enable,
    forbid_oidc,
    list_accounts,
    set_role,
)
from portal.security.links import make_link
from portal.security.tables import AccountRow

accounts = typer.Typer(no_args_is_help=True, help="Accounts of the review map.")
LoginArgument = Annotated[str, typer.Argument(help="Login of the account.")]


class Role(StrEnum):
    """What a person may: each all that the ones before may."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    APPROVER = "approver"
    ADMIN = "admin"


class Tie(StrEnum):
    """Whether an account may be used through the OpenID Connect provider."""

    ALLOW = "allow"
    FORBID = "forbid"


@accounts.command("list")
def list_command(home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> None:
    """List all accounts."""
    session = open_session(home, as_json=json)
    with looking(session) as reading:
        people = list_accounts(reading)
        found = [_told(row) for row in people]
        seen = [local_time(row.seen_at, session.settings.timezone) if row.seen_at else "never" for row in people]
    columns = ("login", "name", "role", "state", "last seen")
    rows = [(each["login"], each["name"], each["role"], _state(each), at) for each, at in zip(found, seen, strict=True)]
    session.printer.table("Accounts", columns, rows)
    session.printer.result(found)


@accounts.command("add")
def add_command(
    login: LoginArgument,
    name: Annotated[str, typer.Option(help="The person's name, with which decisions are signed.")],
    role: Annotated[Role, typer.Option(help="What the person may.")],
    by: ByOption = None,
    why: WhyOption = "",
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Make an account, and a link by which its person chooses a password."""
    session = open_session(home, as_json=json)
    act = act_of(session, by, why)
    with deciding(session) as writing:
        told = _told(add_account(writing, login, name=name, role=role.value, act=act))
        link = make_link(writing, login, act=act)
    _tell_link(session, login, link)
    session.printer.result({**told, "link": _address(session, link)})


@accounts.command("link")
def link_command(
    login: LoginArgument,
    oidc: Annotated[
        Tie | None, typer.Option(help="Allow or forbid sign-in through the provider, instead of making a link.")
    ] = None,
    by: ByOption = None,
    why: WhyOption = "",
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Make a link for who forgot the password, or link an account with the OpenID Connect provider."""
    session = open_session(home, as_json=json)
    act = act_of(session, by, why)
    with deciding(session) as writing:
        if oidc is None:
            link = make_link(writing, login, act=act)
        else:
            (allow_oidc if oidc is Tie.ALLOW else forbid_oidc)(writing, change_account(writing, login), act=act)
    if oidc is None:
        _tell_link(session, login, link)
        session.printer.result({"login": login, "link": _address(session, link)})
    else:
        may = "may" if oidc is Tie.ALLOW else "may not"
        session.printer.say(f"{login} {may} sign in through the provider")
        session.printer.result({"login": login, "may_use_oidc": oidc is Tie.ALLOW})


@accounts.command("disable")
def disable_command(
    login: LoginArgument,
    by: ByOption = None,
    why: WhyOption = "",
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Shut an account out, at once."""
    session = open_session(home, as_json=json)
    with deciding(session) as writing:
        row = change_account(writing, login)
        disable(writing, row, act=act_of(session, by, why))
        told = _told(row)
    session.printer.say(f"{login} is shut out, and signed out everywhere")
    session.printer.result(told)


@accounts.command("enable")
def enable_command(
    login: LoginArgument,
    by: ByOption = None,
    why: WhyOption = "",
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Let a disabled account in again."""
    session = open_session(home, as_json=json)
    with deciding(session) as writing:
        row = change_account(writing, login)
        enable(writing, row, act=act_of(session, by, why))
        told = _told(row)
    session.printer.say(f"{login} may sign in again")
    session.printer.result(told)


@accounts.command("role")
def role_command(
    login: LoginArgument,
    role: Annotated[Role, typer.Argument(help="What the person may from now on.")],
    by: ByOption = None,
    why: WhyOption = "",
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Give an account another role; it has to sign in again."""
    session = open_session(home, as_json=json)
    with deciding(session) as writing:
        row = change_account(writing, login)
        set_role(writing, row, role.value, act=act_of(session, by, why))
        told = _told(row)
    session.printer.say(f"{login} is {role.value}")
    session.printer.result(told)


def _told(row: AccountRow) -> dict[str, object]:
    return {
        "login": row.login,
        "name": row.name,
        "role": row.role,
        "is_disabled": row.is_disabled,
        "has_password": row.password_hash is not None,
        "may_use_oidc": row.may_use_oidc,
        "last_seen_at": row.seen_at,
    }


def _state(told: dict[str, object]) -> str:
    if told["is_disabled"]:
        return "disabled"
    return "" if told["has_password"] or told["may_use_oidc"] else "no password yet"


def _tell_link(session: Session, login: str, link: str) -> None:
    session.printer.say(f"Give {login} this address, in confidence; it holds for a day and works once:")
    session.printer.say(_address(session, link))


def _address(session: Session, link: str) -> str:
    options = session.settings.portal
    return f"{options.base_url or f'http://{options.host}:{options.port}'}/{link}"
