"""Pages that listen to a portal served for real, and what they were told when."""

import json
import socket
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import httpx


@dataclass
class Page:
    """One open page.

    Attributes:
        events: what it was told: when, name, data, id.
        status: of the answer.
    """

    events: list = field(default_factory=list)
    status: int | None = None
    is_over: threading.Event = field(default_factory=threading.Event)

    def wait_for(self, name, is_it=lambda _: True, *, patience_s=10.0):
        """The first event of a name that fits: when it came, and its data."""
        end = time.monotonic() + patience_s
        while time.monotonic() < end:
            for at, told, data, _ in list(self.events):
                if told == name and is_it(data):
                    return at, data
            time.sleep(0.005)
        raise AssertionError(f"no event {name} came; these did: {self.events}")


@contextmanager
def open_page(url, *, last_event_id=None):
    """A page that listens as long as the block."""
    page = Page()
    headers = (
        {}
        if last_event_id is None
        else {"Last-Event-ID": last_event_id if isinstance(last_event_id, bytes) else str(last_event_id)}
    )
    client = httpx.Client(trust_env=False, timeout=httpx.Timeout(10, read=None))
    begun, lines = threading.Event(), []

    def listen():
        try:
            with client.stream("GET", f"{url}/api/events", headers=headers) as answer:
                page.status = answer.status_code
                lines.append(answer.extensions["network_stream"].get_extra_info("socket"))
                begun.set()
                _read(answer, page)
        except (httpx.HTTPError, RuntimeError, OSError):
            pass
        finally:
            begun.set()
            page.is_over.set()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    begun.wait(10)
    try:
        yield page
    finally:
        for line in lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)  # closing alone does not wake the thread that reads
        page.is_over.wait(10)
        client.close()


def _read(answer, page):
    name, data, place = None, None, None
    for line in answer.iter_lines():
        key, _, value = line.partition(": ")
        if key == "event":
            name = value
        elif key == "data":
            data = json.loads(value)
        elif key == "id":
            place = int(value)
        elif not line and name is not None:
            page.events.append((time.monotonic(), name, data, place))
            name, data, place = None, None, None
