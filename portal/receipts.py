"""Where gateways report what became of warnings: a small web application."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from crowd.warnings.channels.http_receipts import read_receipt
from crowd.warnings.channels.kannel_receipts import read_kannel_receipt
from crowd.warnings.channels.receipt import BadReceiptError, Receipt

MOST_BYTES = 64 * 1024
BODY_S = 10
_log = logging.getLogger(__name__)


def receipts_app(
    *,
    take: Callable[[Receipt], None],
    http_secrets: Mapping[str, tuple[bytes, ...]],
    kannel_secrets: Sequence[bytes],
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Starlette:
    """The application that takes receipts.

    A receipt is stored before it is answered. Answers: 200 or 204 stored (Kannel knows only 200 as success and would
    repeat a 204), 400 malformed, 403 not signed by its gateway, 404 no such operator, 408 too slow, 413 too large,
    503 not stored: come again.

    Args:
        take: stores a receipt and returns after the commit; whatever it raises means that nothing was stored. May be
            called by several threads at once, and more than once for the same report.
        http_secrets: of each operator's gateway; any of an operator's may have signed. It speaks of its own keys alone.
        kannel_secrets: any of which a receipt's address may have been made with.
        clock: the time now.
    """

    async def from_kannel(request: Request) -> Response:
        await _body(request)
        receipt = read_kannel_receipt(
            kannel_secrets,
            key=request.path_params["key"],
            token=request.path_params["token"],
            status=request.query_params.get("status", ""),
            reply=request.query_params.get("reply", ""),
            at=clock(),
        )
        await _store(take, receipt)
        return Response(status_code=200)

    async def from_operator(request: Request) -> Response:
        body = await _body(request)
        operator = request.path_params["operator"]
        secrets = http_secrets.get(operator)
        if secrets is None:
            raise BadReceiptError("no gateway of that name reports here", 404)
        path = _path_as_sent(request)
        receipt = read_receipt(
            secrets, method=request.method, path=path, headers=request.headers, body=body, now=clock()
        )
        if not receipt.key.endswith(f".http.{operator}"):
            raise BadReceiptError("that key belongs to another gateway", 403)
        await _store(take, receipt)
        return Response(status_code=204)

    return Starlette(
        routes=[
            Route("/receipts/kannel/{key}/{token}", _refusing(from_kannel), methods=["GET", "POST"]),
            Route("/receipts/http/{operator}", _refusing(from_operator), methods=["POST"]),
            Route("/health", _health),
        ]
    )


def _refusing(answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def safely(request: Request) -> Response:
        try:
            return await answer(request)
        except BadReceiptError as error:
            _log.warning("a receipt was refused: %s", error.reason)
            # the rest of a body that was not read to its end is not wanted either
            return PlainTextResponse(error.reason + "\n", error.status, headers={"Connection": "close"})
        except _NotStoredError:
            return PlainTextResponse("not stored, come again\n", 503, headers={"Retry-After": "5"})
        except ClientDisconnect:
            return Response(status_code=400)

    return safely


class _NotStoredError(Exception):
    """The receipt is good but was not stored."""


async def _store(take: Callable[[Receipt], None], receipt: Receipt) -> None:
    try:
        await run_in_threadpool(take, receipt)
    except BadReceiptError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, nothing was stored and the gateway must come again
        # a database's error may repeat what it was given
        _log.error("a receipt for %s was not stored: %s", receipt.key, type(error).__name__)
        raise _NotStoredError from None


async def _body(request: Request) -> bytes:
    """The body, read no further and no longer than its bounds."""
    body = b""
    try:
        async with asyncio.timeout(BODY_S):
            async for piece in request.stream():
                body += piece
                if len(body) > MOST_BYTES:
                    raise BadReceiptError(f"a receipt has at most {MOST_BYTES} bytes", 413)
    except TimeoutError:
        raise BadReceiptError(f"the body did not come within {BODY_S} s", 408) from None
    return body


def _path_as_sent(request: Request) -> str:
    path: bytes = request.scope.get("raw_path") or request.url.path.encode()
    query: bytes = request.scope.get("query_string", b"")
    return (path + b"?" + query if query else path).decode("latin-1")


async def _health(_: Request) -> Response:
    return PlainTextResponse("ok\n")
