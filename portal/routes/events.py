"""Routes of the portal: events that are pushed to open pages."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from portal.access import Visitor, needs
from portal.changes import Changes, Event, Listener, TooManyStreamsError, changes_of

router = APIRouter(tags=["events"])

PING_S = 15.0
SLOW_S = 30.0  # a page that takes nothing for so long is gone
COME_AGAIN_S = 30
RETRY = "retry: 2000\n\n"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # the second for nginx, which would hold events back

Looker = Annotated[Visitor, Depends(needs("viewer"))]


class EventStream(StreamingResponse):
    """An answer that goes on until the page, its session or the server is gone."""

    media_type = "text/event-stream"

    def __init__(self, changes: Changes, listener: Listener, *, present: Sequence[Event]) -> None:
        """Tell how things stand, then what changes."""
        super().__init__(_texts(listener, present=present), headers=HEADERS)
        self._changes, self._listener = changes, listener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and listen no longer however it ends."""

        async def in_time(message: Message) -> None:
            async with asyncio.timeout(SLOW_S):
                await send(message)

        try:
            await super().__call__(scope, receive, in_time)
        finally:
            self._changes.leave(self._listener)


@router.get("/events", status_code=200, response_class=EventStream)
async def events(request: Request, visitor: Looker) -> EventStream:
    """Server-sent events: `ledger` when something was decided, `hour` when an hour of the lake is new, `ping`.

    A page that comes is told first how things stand; one that comes again, with the header Last-Event-ID, what it
    missed.
    """
    changes = changes_of(request.app)
    try:
        listener = changes.join(visitor.login)
    except TooManyStreamsError:
        said = "too many pages are open: close one, or wait a little"
        raise HTTPException(429, said, {"Retry-After": str(COME_AGAIN_S)}) from None
    try:
        present = await asyncio.to_thread(changes.present, _seen(request))
    except BaseException:
        changes.leave(listener)
        raise
    return EventStream(changes, listener, present=present)


def _seen(request: Request) -> int | None:
    """The entry of the trail that a page has seen; None where it does not say."""
    given = request.headers.get("last-event-id", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) <= len(str(2**31)) else None


async def _texts(listener: Listener, *, present: Sequence[Event]) -> AsyncIterator[str]:
    yield RETRY + "".join(event.as_text() for event in present)
    while (text := await listener.next(patience_s=PING_S)) is not None:
        yield text
