"""Who may ask for what: people by their role, machines by the scopes of their token."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from fastapi import HTTPException, Request

from crowd.warnings.audit import Act
from portal.context import Portal
from portal.options import ROLES, Role

Scope = Literal["map", "warnings", "downloads"]


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Who asks.

    Attributes:
        login: name of the account or token, unique.
        name: of the person, as the audit trail shows it.
        role: of a person; a token has that of a viewer.
        scopes: of a token; None for a person.
    """

    login: str
    name: str
    role: Role
    scopes: frozenset[Scope] | None = None


def needs(role: Role, *, scope: Scope | None = None) -> Callable[[Request], Awaitable[Visitor]]:
    """A dependency that gives the visitor, or refuses: 401 who is not signed in, 403 who may not.

    Args:
        role: the least role of a person.
        scope: which a token needs; None where no machine may ask.
    """

    async def visitor_of(request: Request) -> Visitor:
        visitor: Visitor | None = getattr(request.state, "visitor", None)
        if visitor is None:
            raise HTTPException(401, "sign in first")
        refusal = _why_no_person(visitor, role) if visitor.scopes is None else _why_no_machine(visitor.scopes, scope)
        if refusal is not None:
            raise HTTPException(403, refusal)
        return visitor

    return visitor_of


def _why_no_person(visitor: Visitor, role: Role) -> str | None:
    is_allowed = ROLES.index(visitor.role) >= ROLES.index(role)
    return None if is_allowed else f"this takes the role {role}: ask an admin"


def _why_no_machine(scopes: frozenset[Scope], scope: Scope | None) -> str | None:
    if scope is None:
        return "only people who are signed in may ask this, no token"
    return None if scope in scopes else f"this takes a token with the scope {scope}: it has {', '.join(sorted(scopes))}"


def act_for(visitor: Visitor, portal: Portal, *, why: str = "") -> Act:
    """What a person does here, as the audit trail of the ledger wants it."""
    return Act(by=visitor.name, at=portal.clock(), why=why, login=visitor.login)
