"""One HTTP request that ends in time, whatever the other side does, and that tells whether anything was sent."""

import logging
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from crowd.warnings.channels.gateway_words import MOST_BYTES
from lake.errors import RefusedInputError

logging.getLogger("httpx").setLevel(logging.WARNING)  # below that it logs every address with its query


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came back: the beginning of the body, and whether that is all of it."""

    status: int
    headers: httpx.Headers
    content: bytes
    is_whole: bool


class NoReplyError(Exception):
    """Nothing came back that could be understood.

    Attributes:
        was_sending: the first byte of the request had been written, or may have been.
        is_untrusted: the other side could not prove who it is.
    """

    def __init__(self, reason: str, *, was_sending: bool, is_untrusted: bool) -> None:
        super().__init__(reason)
        self.was_sending = was_sending
        self.is_untrusted = is_untrusted


def trusted_tls(ca_file: Path | None) -> ssl.SSLContext:
    """Make the check of the other side's certificate: against a file of certificates, or the system's.

    Raises:
        RefusedInputError: if the file is missing or holds no certificate.
    """
    try:
        return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except OSError as error:
        reason = error.strerror or "no certificate in it"
        raise RefusedInputError(f"ca_file {ca_file}: {reason}; give it the PEM certificates to trust") from None


class _Line:
    """Watches one request from its first connection on, and cuts it off at the deadline.

    httpx bounds each read, not all of them, so a gateway that sends a byte now and then could hold a request for ever.
    """

    def __init__(self) -> None:
        self.was_sending = False
        self.was_cut = False
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        if event == "connection.connect_tcp.complete":
            with self._lock:
                self._sockets.append(info["return_value"].get_extra_info("socket").dup())
                if self.was_cut:
                    self._shut()
        self.was_sending |= event.endswith("send_request_headers.started")

    def cut(self) -> None:
        with self._lock:
            self.was_cut = True
            self._shut()

    def _shut(self) -> None:
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with self._lock:
            for each in self._sockets:
                each.close()
            self._sockets.clear()


def request(  # noqa: D417 - the others are httpx's
    method: str, url: str, *, headers: Mapping[str, str], body: bytes, tls: ssl.SSLContext, timeout_s: float
) -> Reply:
    """Make one request on a connection of its own: no proxy, no redirect, no second try, at most 64 KiB of answer.

    Args:
        timeout_s: for all of it together, from connecting to the last byte of the answer. Finding the address of a
            name has the bounds of the system's resolver.

    Raises:
        NoReplyError: if no status came.
    """
    line = _Line()
    with ExitStack() as stack:
        stack.callback(line.close)
        timer = threading.Timer(timeout_s, line.cut)
        timer.daemon = True
        stack.callback(timer.cancel)
        client = stack.enter_context(
            httpx.Client(verify=tls, timeout=timeout_s, trust_env=False, follow_redirects=False, http2=False)
        )
        timer.start()
        try:
            extensions = {"trace": line.trace}
            answer = stack.enter_context(
                client.stream(method, url, headers=dict(headers), content=body, extensions=extensions)
            )
        except (httpx.HTTPError, OSError) as error:
            raise _no_reply(error, line) from None
        return _reply(answer)


def _reply(answer: httpx.Response) -> Reply:
    content, is_whole = b"", True
    try:
        for piece in answer.iter_raw():
            content += piece
            if len(content) > MOST_BYTES:
                is_whole = False
                break
    except (httpx.HTTPError, OSError):
        is_whole = False
    return Reply(status=answer.status_code, headers=answer.headers, content=content[:MOST_BYTES], is_whole=is_whole)


def _no_reply(error: BaseException, line: _Line) -> NoReplyError:
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    untrusted = [one for one in causes if isinstance(one, ssl.SSLCertVerificationError)]
    if untrusted:
        reason = f"its certificate is not trusted: {untrusted[0].verify_message}"
    elif line.was_cut or isinstance(error, httpx.TimeoutException):
        reason = "no answer in time" if line.was_sending else "no connection in time"
    else:
        reason = str(error) or type(error).__name__
    return NoReplyError(reason, was_sending=line.was_sending, is_untrusted=bool(untrusted))
