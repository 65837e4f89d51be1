"""A web server for an application: until it is stopped, or beside other work."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from lake.errors import RefusedInputError

ENDING_S = 10


def serve(app: ASGIApp, host: str, port: int, *, most_at_once: int = 200) -> None:
    """Serve until interrupted.

    Args:
        app: the application.
        host: address to listen on.
        port: port to listen on.
        most_at_once: connections beyond these are refused.

    Raises:
        RefusedInputError: the port cannot be listened on.
    """
    with _listening(host, port) as line:
        uvicorn.Server(_config(app, most_at_once)).run(sockets=[line])


@contextmanager
def serving(app: ASGIApp, host: str = "127.0.0.1", port: int = 0, *, most_at_once: int = 200) -> Iterator[str]:
    """Serve in a thread as long as the block; gives the address, with the port that was free where 0 is asked for.

    Raises:
        RefusedInputError: the port cannot be listened on.
    """
    with _listening(host, port) as line:
        server = uvicorn.Server(_config(app, most_at_once))
        thread = threading.Thread(target=server.run, args=([line],), name="web server", daemon=True)
        thread.start()
        try:
            # whoever connects before it has started waits in the queue of the socket
            yield address_of(host, line.getsockname()[1])
        finally:
            _wait_started(server, thread)
            server.should_exit = True
            thread.join(ENDING_S)


def address_of(host: str, port: int) -> str:
    """What to type into a browser."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _wait_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    """A server told to stop before it has started would not see it."""
    end = time.monotonic() + ENDING_S
    while not server.started and thread.is_alive() and time.monotonic() < end:
        time.sleep(0.01)


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except socket.gaierror:
        raise RefusedInputError(
            f"cannot listen on {host}: this machine has no such address; 127.0.0.1 is its own"
        ) from None
    except (OSError, OverflowError) as error:
        # of a refused address Python tells the reason twice
        reason = (getattr(error, "strerror", None) or "no such port").split(" (")[0]
        raise RefusedInputError(f"cannot listen on {host}:{port} ({reason}): choose another port or stop it") from None


def _config(app: ASGIApp, most_at_once: int) -> uvicorn.Config:
    # the addresses of Kannel's receipts and of one-time links are secrets, so none may be logged
    return uvicorn.Config(
        app,
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=5,
        limit_concurrency=most_at_once,
    )
