"""What requests may carry: not too much, JSON where routes read JSON, and no characters that a ledger cannot hold."""

import asyncio
import json
import re
from itertools import accumulate

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.errors import answer_error
from portal.security.csrf import SAFE

MOST_BYTES = 1_000_000
DEEPEST = 32
LONGEST_S = 30
# A text goes to its closing quote, or to the end: it always matches, so nothing is looked at twice.
TEXT = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
BRACKETS = b"[]{}"
OTHERS = bytes(set(range(256)) - set(BRACKETS))
STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
UNREADABLE = "the request holds characters that are none: take them out"


class _RefusedError(Exception):
    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status, self.said = status, said


class Bodies:
    """Refuses requests that no page of ours sends, before any route reads them."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            _check_address(scope)
            async with asyncio.timeout(LONGEST_S):
                body = await _body(scope, receive)
            if scope["method"] not in SAFE and body:
                _check_type(Headers(scope=scope))
                _check_json(body)
        except (_RefusedError, TimeoutError) as error:
            refused = error if isinstance(error, _RefusedError) else _RefusedError(408, "the request came too slowly")
            await answer_error(refused.status, refused.said, {"Connection": "close"})(scope, receive, send)
            return
        if body is not None:
            await self._app(scope, _Replay(body, receive), send)


class _Replay:
    """Gives a body that was read already, and then whatever comes after it."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


async def _body(scope: Scope, receive: Receive) -> bytes | None:
    """The body; None where whoever asked has gone."""
    told = Headers(scope=scope).get("content-length", "0")
    if told.isdecimal() and int(told[:20]) > MOST_BYTES:
        raise _RefusedError(413, f"a request has at most {MOST_BYTES:,} bytes")
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            raise _RefusedError(413, f"a request has at most {MOST_BYTES:,} bytes")
        if not message.get("more_body", False):
            return bytes(body)


def _check_address(scope: Scope) -> None:
    raw = scope.get("raw_path") or b""
    query = scope.get("query_string") or b""
    if "\0" in scope["path"] or b"%00" in raw or b"%00" in query or b"\0" in query:
        raise _RefusedError(400, UNREADABLE)


def _check_type(headers: Headers) -> None:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise _RefusedError(415, "the portal reads JSON: send Content-Type: application/json")


def _check_json(body: bytes) -> None:
    """Refuse what nests too deep or holds characters that are none; what is no JSON is refused by its route."""
    brackets = TEXT.sub(b"", body).translate(None, OTHERS)
    if max(accumulate(STEPS[each] for each in brackets), default=0) > DEEPEST:
        raise _RefusedError(400, f"JSON may nest {DEEPEST} deep")
    try:
        text = json.dumps(json.loads(body), ensure_ascii=False)
    except (ValueError, RecursionError):
        return
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _RefusedError(400, UNREADABLE) from None
    if "\\u0000" in text:
        raise _RefusedError(400, UNREADABLE)
