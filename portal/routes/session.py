"""Routes of the portal: signing in and out."""

import hmac
import logging
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from lake.errors import NotFoundError
from portal.access import Visitor, needs
from portal.context import Portal, PortalHere
from portal.options import Role
from portal.security.accounts import has_admin
from portal.security.cookies import drop_cookie, read_cookie, set_cookie
from portal.security.csrf import csrf_token_of, is_from_own_page
from portal.security.door import DoorHere
from portal.security.oidc import Provider, ProviderError, Question, question_of
from portal.security.rates import address_of, give_back, key_of, take_turn
from portal.security.sessions import end_session
from portal.security.sign_in import (
    Came,
    Entered,
    change_password,
    look_at_link,
    set_up,
    sign_in,
    sign_in_by_provider,
)
from portal.security.tickets import new_secret
from portal.security.visits import NOT_OURS

router = APIRouter(tags=["session"])
LongText = Annotated[str, Field(max_length=4096)]
ShortText = Annotated[str, Field(max_length=128)]
CALLBACK = "/api/oidc/callback"
_log = logging.getLogger(__name__)


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True)


class AccountTold(_Model):
    """Who is signed in."""

    login: str
    name: str
    role: Role


class OidcTold(_Model):
    """The button that leads to the provider."""

    name: str


class SessionTold(_Model):
    """How a browser stands."""

    signed_in: bool
    account: AccountTold | None
    csrf: str | None
    needs_setup: bool
    oidc: OidcTold | None


class Credentials(_Model):
    """What a person signs in with."""

    login: ShortText
    password: LongText


class Setup(_Model):
    """What a person chooses who has a one-time link; login and name by the first admin alone."""

    token: ShortText
    login: ShortText | None = None
    name: ShortText | None = None
    password: LongText


class LinkTold(_Model):
    """Whom a one-time link is for."""

    login: str | None
    name: str | None
    is_first: bool


class NewPassword(_Model):
    """The password until now, and from now on."""

    current: LongText
    new: LongText


@router.get("/session")
def read_session(request: Request, portal: PortalHere) -> SessionTold:
    """Who is signed in here, if anybody."""
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    if visitor is None or visitor.scopes is not None:
        return _told(portal, None)
    secret: str | None = getattr(request.state, "session_secret", None)
    account = AccountTold(login=visitor.login, name=visitor.name, role=visitor.role)
    return _told(portal, account, csrf=None if secret is None else csrf_token_of(secret))


@router.post("/session")
def begin_session(
    given: Credentials, request: Request, *, answer: Response, portal: PortalHere, door: DoorHere
) -> SessionTold:
    """Sign in."""
    came = _came(request, portal)
    entered = sign_in(portal, door.passwords, login=given.login, password=given.password, came=came)
    return _let_in(answer, portal, entered)


@router.delete("/session")
def leave(request: Request, answer: Response, portal: PortalHere) -> SessionTold:
    """Sign out, here and on the server."""
    secret: str | None = getattr(request.state, "session_secret", None)
    if secret is not None:
        with portal.database.writing() as writing:
            end_session(writing, secret)
    drop_cookie(answer, "session", portal.options)
    answer.headers["Clear-Site-Data"] = (
        '"cache"'  # hours of the map, which browsers keep to ask whether they still hold
    )
    return _told(portal, None)


@router.get("/setup")
def read_setup(token: Annotated[str, Query(max_length=128)], request: Request, portal: PortalHere) -> LinkTold:
    """Whom a one-time link is for."""
    if not is_from_own_page(request.headers, portal.options):
        # an image on any page could use up the attempts of whoever looks at it
        raise HTTPException(403, NOT_OURS)
    holder = look_at_link(portal, token, address=address_of(request.scope))
    return LinkTold(login=holder.login, name=holder.name, is_first=holder.login is None)


@router.post("/setup")
def use_setup(given: Setup, request: Request, *, answer: Response, portal: PortalHere, door: DoorHere) -> SessionTold:
    """Choose a password with a one-time link, and be signed in."""
    entered = set_up(
        portal,
        door.passwords,
        token=given.token,
        login=given.login,
        name=given.name,
        password=given.password,
        came=_came(request, portal),
    )
    return _let_in(answer, portal, entered)


@router.post("/password")
def replace_password(
    given: NewPassword,
    request: Request,
    *,
    answer: Response,
    portal: PortalHere,
    door: DoorHere,
    visitor: Annotated[Visitor, Depends(needs("viewer"))],
) -> SessionTold:
    """Choose another password; all other sessions of the account end."""
    entered = change_password(
        portal,
        door.passwords,
        login=visitor.login,
        current=given.current,
        new=given.new,
        came=_came(request, portal),
    )
    return _let_in(answer, portal, entered)


@router.get("/oidc/start", status_code=303, response_class=RedirectResponse)
def start_oidc(request: Request, portal: PortalHere, door: DoorHere) -> RedirectResponse:
    """Go to the provider to sign in."""
    provider, secret = _must_have(door.provider), new_secret()
    try:
        address = provider.address(question_of(secret), back_to=_back_to(request, portal))
    except ProviderError as error:
        _log.warning("no sign-in through the provider: %s", error)
        return _back("oidc_failed")
    answer = RedirectResponse(address, 303)
    set_cookie(answer, "oidc", secret, portal.options)
    return answer


@router.get("/oidc/callback", status_code=303, response_class=RedirectResponse)
def finish_oidc(
    request: Request,
    portal: PortalHere,
    door: DoorHere,
    state: Annotated[str, Query(max_length=256)] = "",
    code: Annotated[str, Query(max_length=4096)] = "",
) -> RedirectResponse:
    """Come back from the provider. What went wrong is a word behind a # that the page puts into a sentence."""
    provider, secret = _must_have(door.provider), read_cookie(request.scope, "oidc", portal.options)
    if secret is None or not code or not hmac.compare_digest(question_of(secret).state.encode(), state.encode()):
        # Nobody is asked, so it does not count: any page can send a browser here.
        return _back("oidc_failed")
    keys = [key_of("address", address_of(request.scope))]
    with portal.database.writing() as writing:
        take_turn(writing, keys, now=portal.clock())
    entered = _entered(provider, portal, request, question=question_of(secret), code=code)
    if isinstance(entered, str):
        answer = _back(entered)
    else:
        with portal.database.writing() as writing:
            give_back(writing, keys)
        answer = RedirectResponse("/", 303)
        _let_in(answer, portal, entered)
    drop_cookie(answer, "oidc", portal.options)
    return answer


def _entered(provider: Provider, portal: Portal, request: Request, *, question: Question, code: str) -> Entered | str:
    try:
        identity = provider.identify(code, question, back_to=_back_to(request, portal))
    except ProviderError as error:
        _log.warning("no sign-in through the provider: %s", error)
        return "oidc_failed"
    role = portal.options.oidc.role if portal.options.oidc else None
    return sign_in_by_provider(portal, identity, state=question.state, role=role, came=_came(request, portal))


def _back(word: str) -> RedirectResponse:
    return RedirectResponse(f"/#refused={word}", 303)


def _must_have(provider: Provider | None) -> Provider:
    if provider is None:
        raise NotFoundError("this portal knows no provider: see [portal.oidc]")
    return provider


def _back_to(request: Request, portal: Portal) -> str:
    own = portal.options.base_url or f"{request.url.scheme}://{request.headers.get('host', '')}"
    return own + CALLBACK


def _came(request: Request, portal: Portal) -> Came:
    return Came(
        address=address_of(request.scope),
        session=read_cookie(request.scope, "session", portal.options),
        browser=read_cookie(request.scope, "browser", portal.options),
    )


def _let_in(answer: Response, portal: Portal, entered: Entered) -> SessionTold:
    set_cookie(answer, "session", entered.session, portal.options)
    set_cookie(answer, "browser", entered.browser, portal.options)
    account = AccountTold(login=entered.login, name=entered.name, role=entered.role)
    return _told(portal, account, csrf=csrf_token_of(entered.session))


def _told(portal: Portal, account: AccountTold | None, *, csrf: str | None = None) -> SessionTold:
    needs_setup = False
    if account is None:
        with portal.database.reading() as reading:
            needs_setup = not has_admin(reading)
    oidc = portal.options.oidc
    return SessionTold(
        signed_in=account is not None,
        account=account,
        csrf=csrf,
        needs_setup=needs_setup,
        oidc=None if oidc is None else OidcTold(name=oidc.name),
    )
