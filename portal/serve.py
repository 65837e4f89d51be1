"""The portal, running: beside other work, or by itself until it is stopped."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from crowd.review.warming import keep_warm
from lake.database import open_database
from pipelines.options import RunOptions
from portal.app import make_app
from portal.changes import streams_ended
from portal.context import Portal
from portal.options import PortalOptions
from portal.security.links import make_setup_link
from portal.web_server import serving

MOST_AT_ONCE = 1000  # open pages keep a connection each
ENDING_S = 10
LOOK_EVERY_S = 0.2


@contextmanager
def portal_running(run: RunOptions, options: PortalOptions, *, say: Callable[[str], None]) -> Iterator[str]:
    """Serve the portal as long as the block; gives the address to open, with a set-up link where nobody has an account.

    Args:
        run: the settings that flows and the command line work with.
        options: those of the portal itself.
        say: tells the person at the terminal.

    Raises:
        RefusedInputError: the port cannot be listened on, or the ledger cannot be opened.
    """
    with open_database(run.ledger_url) as database:
        app = make_app(run, options, database=database)
        server = serving(app, options.host, options.port, most_at_once=MOST_AT_ONCE)
        with _kept_warm(app.state.portal), server as listening, streams_ended(app):
            address = options.base_url or listening
            link = make_setup_link(database, now=app.state.portal.clock())
            say(f"The review map is at {address}")
            if link is not None:
                say(f"Nobody has an account yet. Make the first one, an admin's, within a day: {address}/{link}")
            yield f"{address}/{link or ''}"


@contextmanager
def _kept_warm(portal: Portal) -> Iterator[None]:
    """Roll hours up before anybody asks for them, as long as the block."""
    stop = threading.Event()
    settings = {"k": portal.run.k, "stop": stop}
    thread = threading.Thread(target=keep_warm, args=(portal.memory, portal.home), kwargs=settings, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        portal.memory.close()
        thread.join(ENDING_S)


def wait_until_stopped() -> None:
    """Wait for Ctrl-C, or for a service manager's SIGTERM."""
    told: list[int] = []

    def end(number: int, _frame: FrameType | None) -> None:
        told.append(number)

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        # Nothing that waits until it is told: a signal that comes as it begins to wait would be lost, or lock it up.
        while not told:
            time.sleep(LOOK_EVERY_S)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
