"""Who makes a request: read from its cookie or token before any route is asked."""

from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

from fastapi import HTTPException
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.access import Visitor
from portal.context import Portal
from portal.errors import answer_error
from portal.security.cookies import read_cookie
from portal.security.csrf import SAFE, has_csrf_token, is_from_own_page
from portal.security.rates import address_of
from portal.security.sessions import KnownSessions, is_session
from portal.security.shares import Shares
from portal.security.tokens import find_machine

LOOKED_AFTER = timedelta(minutes=1)
NOT_OURS = "this did not come from the portal's own page: load it again"


class Visits:
    """Sets `visitor` and, of a signed-in person, `session_secret` in the state of a request.

    A visitor whom a wrapper has set already is left alone.
    """

    def __init__(self, app: ASGIApp, *, portal: Portal) -> None:
        """Stand before an application."""
        self._app, self._portal = app, portal
        self._sessions = KnownSessions(portal.database, options=portal.options)
        self._shares = Shares()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through with its visitor, or answer it."""
        state: dict[str, Any] = scope.setdefault("state", {})
        if scope["type"] != "http" or "visitor" in state or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        try:
            await self._recognise(scope, state)
            with ExitStack() as share:
                if "visitor" in state:
                    share.enter_context(self._shares.taken(state["visitor"].login, scope["path"]))
                await self._visit(scope, receive, send)
        except HTTPException as error:
            await answer_error(error.status_code, error.detail, dict(error.headers or {}))(scope, receive, send)

    async def _visit(self, scope: Scope, receive: Receive, send: Send) -> None:
        if "session_secret" in scope["state"]:
            await _Watched(self._app, portal=self._portal)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _recognise(self, scope: Scope, state: dict[str, Any]) -> None:
        headers = Headers(scope=scope)
        secret = read_cookie(scope, "session", self._portal.options)
        given = headers.get("authorization")
        if given is not None:
            if secret is not None:
                raise HTTPException(400, "a token and a session at once: send one of them")
            state["visitor"] = await self._machine(scope, given)
            return
        if scope["method"] not in SAFE and not is_from_own_page(headers, self._portal.options):
            raise HTTPException(403, NOT_OURS)
        if secret is None:
            return
        now = self._portal.clock()
        found = self._sessions.at_hand(secret, now=now) or await run_in_threadpool(self._sessions.find, secret, now=now)
        if found is None:
            return
        if scope["method"] not in SAFE and not has_csrf_token(headers, secret):
            raise HTTPException(403, NOT_OURS)
        state["visitor"] = Visitor(login=found.login, name=found.name, role=found.role)
        state["session_secret"] = secret

    async def _machine(self, scope: Scope, given: str) -> Visitor:
        kind, _, secret = given.partition(" ")
        if kind.lower() != "bearer":
            raise HTTPException(401, "the portal knows Bearer tokens only", {"WWW-Authenticate": "Bearer"})
        if scope["method"] != "GET":
            raise HTTPException(403, "a token reads: no machine decides or changes anything")
        now, address = self._portal.clock(), address_of(scope)
        found = await run_in_threadpool(find_machine, self._portal.database, secret.strip(), address=address, now=now)
        if found is None:
            raise HTTPException(401, "this token does not hold: ask an admin", {"WWW-Authenticate": "Bearer"})
        return Visitor(login=f"token:{found.name}", name=found.name, role="viewer", scopes=found.scopes)


class _Watched:
    """Ends an answer that goes on and on (events) when its session is over."""

    def __init__(self, app: ASGIApp, *, portal: Portal) -> None:
        self._app, self._portal = app, portal
        self._looked_at: datetime = portal.clock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        secret, is_over = scope["state"]["session_secret"], False

        async def sending(message: Message) -> None:
            nonlocal is_over
            goes_on = message["type"] == "http.response.body" and message.get("more_body", False)
            if goes_on and not await self._still(secret):
                is_over = True
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                raise OSError("the session is over")  # what a closed connection looks like to whoever still sends
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception:
            if not is_over:
                raise

    async def _still(self, secret: str) -> bool:
        now = self._portal.clock()
        if now - self._looked_at < LOOKED_AFTER:
            return True
        self._looked_at = now
        options = self._portal.options
        return await run_in_threadpool(is_session, self._portal.database, secret, options=options, now=now)
