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
        is_allowed = ROLES.index(visitor.role) >= ROLES.index(role)
        if visitor.scopes is not None:
            is_allowed = scope is not None and scope in visitor.scopes
        if not is_allowed:
            raise HTTPException(403, f"this takes the role {role}: ask an admin")
        return visitor

    return visitor_of


def act_for(visitor: Visitor, portal: Portal, *, why: str = "") -> Act:
    """What a person does here, as the audit trail of the ledger wants it."""
    return Act(by=visitor.name, at=portal.clock(), why=why, login=visitor.login)
