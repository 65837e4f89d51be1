"""Everything that stands between a request and its route."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, FastAPI, Request

from portal.context import Portal
from portal.security.bodies import Bodies
from portal.security.headers import Headers
from portal.security.hosts import Hosts
from portal.security.oidc import Provider
from portal.security.passwords import Passwords
from portal.security.visits import Visits


@dataclass(frozen=True, kw_only=True)
class Door:
    """What signing in works with.

    Attributes:
        passwords: hashes them.
        provider: of OpenID Connect; None where there is none.
    """

    passwords: Passwords
    provider: Provider | None


def guard(app: FastAPI, portal: Portal) -> None:
    """Put the door before an application. The last that is added is asked first.

    Raises:
        RefusedInputError: the secret for the provider cannot be used.
    """
    app.state.door = Door(passwords=Passwords(), provider=_provider(portal))
    app.add_middleware(Visits, portal=portal)
    app.add_middleware(Bodies)
    app.add_middleware(Hosts, options=portal.options)
    app.add_middleware(Headers, options=portal.options)


def door_of(request: Request) -> Door:
    """The door that a request came through."""
    return cast("Door", request.app.state.door)


DoorHere = Annotated[Door, Depends(door_of)]


def _provider(portal: Portal) -> Provider | None:
    options = portal.options.oidc
    if options is None:
        return None
    return Provider(options, secret_file=portal.home.root / options.secret_file, clock=portal.clock)
