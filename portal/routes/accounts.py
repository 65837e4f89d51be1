"""Routes of the portal: accounts of people and tokens of machines. Admins only."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field

from portal.access import Scope, Visitor, act_for, needs
from portal.context import PortalHere
from portal.options import Role
from portal.security.accounts import (
    add_account,
    allow_oidc,
    change_account,
    disable,
    enable,
    find_account,
    forbid_oidc,
    list_accounts,
    rename,
    set_role,
)
from portal.security.links import make_link
from portal.security.tables import AccountRow, TokenRow
from portal.security.tokens import LONGEST_D, add_token, list_tokens, remove_token, scopes_of

router = APIRouter(tags=["accounts"])
Admin = Annotated[Visitor, Depends(needs("admin"))]
Login = Annotated[str, Path(max_length=64)]
LoginText = Annotated[str, Field(max_length=64)]
NameText = Annotated[str, Field(max_length=128)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True)


class AccountLine(_Model):
    """One account, as an admin sees it."""

    login: str
    name: str
    role: Role
    is_disabled: bool
    has_password: bool
    may_use_oidc: bool
    last_seen_at: datetime | None

    @classmethod
    def of(cls, row: AccountRow) -> Self:
        """From its row."""
        return cls(
            login=row.login,
            name=row.name,
            role=row.role,
            is_disabled=row.is_disabled,
            has_password=row.password_hash is not None,
            may_use_oidc=row.may_use_oidc,
            last_seen_at=row.seen_at,
        )


class LinkMade(_Model):
    """A one-time link: what follows the portal's address. It holds for a day."""

    link: str


class AccountMade(AccountLine):
    """A new account, with the link by which its person chooses a password."""

    link: str


class NewAccount(_Model):
    """An account to be made."""

    login: LoginText
    name: NameText
    role: Role


class AccountChange(_Model):
    """What changes about an account; what is not named stays."""

    name: NameText | None = None
    role: Role | None = None
    is_disabled: bool | None = None
    may_use_oidc: bool | None = None


class TokenLine(_Model):
    """One token, without what it opens."""

    id: str
    name: str
    scopes: list[Scope]
    created_by: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None

    @classmethod
    def of(cls, row: TokenRow) -> Self:
        """From its row."""
        return cls(
            id=row.id,
            name=row.name,
            scopes=sorted(scopes_of(row.scopes)),
            created_by=row.created_by,
            created_at=row.created_at,
            expires_at=row.expires_at,
            last_used_at=row.last_used_at,
        )


class TokenMade(_Model):
    """A new token. Its text is told this once."""

    id: str
    name: str
    scopes: list[Scope]
    expires_at: datetime
    token: str


class NewToken(_Model):
    """A token to be made."""

    name: LoginText
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=3)]
    days: Annotated[int, Field(ge=1, le=LONGEST_D)]


@router.get("/accounts")
def read_accounts(_: Admin, portal: PortalHere) -> list[AccountLine]:
    """All accounts."""
    with portal.database.reading() as reading:
        return [AccountLine.of(row) for row in list_accounts(reading)]


@router.post("/accounts", status_code=201)
def make_account(given: NewAccount, visitor: Admin, portal: PortalHere) -> AccountMade:
    """Make an account, and the link with which its person chooses a password."""
    act = act_for(visitor, portal)
    with portal.database.writing() as writing:
        row = add_account(writing, given.login, name=given.name, role=given.role, act=act)
        link = make_link(writing, row.login, act=act)
        return AccountMade(**AccountLine.of(row).model_dump(), link=link)


@router.patch("/accounts/{login}")
def patch_account(login: Login, given: AccountChange, visitor: Admin, portal: PortalHere) -> AccountLine:
    """Change an account."""
    act = act_for(visitor, portal)
    with portal.database.writing() as writing:
        row = change_account(writing, login)
        if given.name is not None:
            rename(writing, row, given.name, act=act)
        if given.role is not None:
            set_role(writing, row, given.role, act=act)
        if given.is_disabled is not None:
            (disable if given.is_disabled else enable)(writing, row, act=act)
        if given.may_use_oidc is not None:
            (allow_oidc if given.may_use_oidc else forbid_oidc)(writing, row, act=act)
    with portal.database.reading() as reading:
        return AccountLine.of(find_account(reading, login))


@router.post("/accounts/{login}/link", status_code=201)
def make_account_link(login: Login, visitor: Admin, portal: PortalHere) -> LinkMade:
    """Make a link for who forgot the password; an earlier one does not hold any more."""
    with portal.database.writing() as writing:
        return LinkMade(link=make_link(writing, login, act=act_for(visitor, portal)))


@router.get("/tokens")
def read_tokens(_: Admin, portal: PortalHere) -> list[TokenLine]:
    """All tokens."""
    with portal.database.reading() as reading:
        return [TokenLine.of(row) for row in list_tokens(reading)]


@router.post("/tokens", status_code=201)
def make_token(given: NewToken, visitor: Admin, portal: PortalHere) -> TokenMade:
    """Make a token for a machine."""
    with portal.database.writing() as writing:
        row, secret = add_token(writing, given.name, scopes=given.scopes, days=given.days, act=act_for(visitor, portal))
        told = TokenLine.of(row)
    return TokenMade(id=told.id, name=told.name, scopes=told.scopes, expires_at=told.expires_at, token=secret)


@router.delete("/tokens/{token_id}", status_code=204)
def delete_token(token_id: Annotated[str, Path(max_length=16)], visitor: Admin, portal: PortalHere) -> None:
    """Take a token away."""
    with portal.database.writing() as writing:
        remove_token(writing, token_id, act=act_for(visitor, portal))
