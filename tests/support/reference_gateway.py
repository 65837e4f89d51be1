"""An operator's gateway to test against: checks signature, schema and idempotency, and misbehaves on demand.

In the test's own process, in a thread:

    with ReferenceGateway(secrets=[SECRET], journal=path, plan=["drop", "ok"]) as gateway:
        ... gateway.url ... gateway.accepted() ...

or as a process of its own, which prints its URL in one line once it listens:

    python reference_gateway.py --port 0 --secret-file FILE --journal FILE [--plan drop,ok] [--seed 7]
        [--deliver-to URL]

What each POST meets comes from the plan; after its end from the seed, if there is one; else it is "ok". The journal is
written and synced before any answer leaves, one JSON object per line, and read again at start, so that a gateway that
was killed still knows what it took.
"""

import argparse
import contextlib
import hashlib
import json
import os
import random
import socket
import struct
import sys
import threading
import time
from collections import deque
from datetime import UTC, datetime
from email.utils import formatdate
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import jsonschema

from crowd.warnings.signing import (
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    BadSignatureError,
    check_signature,
    read_secret,
    sign,
)

BEHAVIOURS = (
    "ok",  # takes it and says so
    "timeout",  # takes it, never answers
    "slow",  # takes it, answers after `slow_s`
    "dribble",  # takes it, answers a byte every 0.1 s without end
    "error500",  # does not take it
    "error500_accepted",  # takes it and says 500 all the same
    "drop",  # takes it and closes the connection without an answer
    "reset",  # resets the connection before it has read anything
    "busy",  # 503 with Retry-After in seconds; does not take it
    "throttle",  # 429 with Retry-After as a date; does not take it
    "duplicate",  # gets it twice, as from a proxy that tries again, and answers the second
    "garbage",  # takes it and answers 200 with a page
    "rejected",  # does not take it: 200 with status rejected
)
PATH = "/lists"
MOST_BYTES = 64 * 1024 * 1024
SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"


class ReferenceGateway:
    """A real HTTP server on 127.0.0.1.

    Attributes:
        plan: what the next POSTs meet, first come first.
        answers: if set, `(status, headers, body)` that every request gets instead of anything else.
        deliver_to: if set, each list that is taken is delivered at once, and a signed callback about it goes there.
        requests: `(method, path, behaviour)` of each request, as it came; None as the behaviour of a GET.
        states: status of each list by key, for `GET /lists/KEY`; change it with `settle`.
    """

    def __init__(
        self,
        *,
        secrets,
        journal,
        port=0,
        plan=(),
        seed=None,
        slow_s=0.3,
        hold_s=60.0,
        schema=True,
        tls=None,
        deliver_to=None,
        clock=time.time,
    ):
        unknown = set(plan) - set(BEHAVIOURS)
        if unknown:
            raise ValueError(f"no such behaviour: {sorted(unknown)}")
        self.secrets, self.journal, self.clock = tuple(secrets), Path(journal), clock
        self.plan, self.random = deque(plan), random.Random(seed) if seed is not None else None  # noqa: S311 - no secret
        self.slow_s, self.hold_s, self.answers, self.deliver_to = slow_s, hold_s, None, deliver_to
        self.validator = _validator() if schema else None
        self.lock, self.closing, self.busy_keys = threading.Lock(), threading.Event(), set()
        self.requests, self.states, self.taken = [], {}, {}
        self._drop_torn_line()
        for line in self.accepted():
            self._remember(line)
        self.server = _Server(("127.0.0.1", port), _Handler)
        self.server.gateway = self
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.base = f"{'https' if tls else 'http'}://127.0.0.1:{self.server.server_port}"
        self.url = self.base + PATH

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()

    def accepted(self):
        """Every acceptance in the journal, in order: dicts of `key, sha256, at, reference`; no torn last line."""
        if not self.journal.exists():
            return []
        return [
            json.loads(line) for line in self.journal.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")
        ]

    def _drop_torn_line(self):
        if self.journal.exists():
            content = self.journal.read_bytes()
            os.truncate(self.journal, content.rfind(b"\n") + 1)

    def next_behaviour(self):
        with self.lock:
            if self.plan:
                return self.plan.popleft()
            return self.random.choice(BEHAVIOURS) if self.random else "ok"

    def take(self, key, body):
        """Take a list: `(status, answer)`. Taken again it gives the first answer; with another body it is refused."""
        digest = hashlib.sha256(body).hexdigest()
        with self.lock:
            if key in self.taken:
                if self.taken[key]["sha256"] != digest:
                    return 422, {"message": "this key came before with another body"}
                return 200, self.state_of(key) | {"replayed": True}
            line = {"key": key, "sha256": digest, "at": self.clock(), "reference": f"ref-{len(self.taken) + 1}"}
            with self.journal.open("ab") as file:
                file.write(json.dumps(line).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
            self._remember(line)
            if self.deliver_to:
                threading.Thread(target=self._deliver, args=[key], daemon=True).start()
            return 202, self.state_of(key)

    def _deliver(self, key):
        self.settle(key, "delivered", at=datetime.fromtimestamp(self.clock(), UTC).isoformat(timespec="seconds"))
        for pause in (0, 0.2, 1, 5):
            self.closing.wait(pause)
            with contextlib.suppress(OSError):
                if 200 <= self.call_back(self.deliver_to, key) < 300:
                    return

    def _remember(self, line):
        self.taken[line["key"]] = line
        self.states[line["key"]] = {"status": "accepted"}

    def state_of(self, key):
        return {"idempotency_key": key, "reference": self.taken[key]["reference"]} | self.states[key]

    def settle(self, key, status, **more):
        """Say what became of a list, as `GET` tells it from now on."""
        self.states[key] = {"status": status} | more

    def call_back(self, url, key, *, secret=None, headers=None, **changes):
        """POST a signed receipt to a URL; gives the status answered."""
        body = json.dumps(self.state_of(key) | changes).encode()
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        timestamp = int(self.clock())
        signed = sign(secret or self.secrets[0], timestamp=timestamp, method="POST", path=path, body=body)
        sent = {"Content-Type": "application/json", TIMESTAMP_HEADER: str(timestamp), SIGNATURE_HEADER: signed}
        connection = HTTPConnection(parts.hostname, parts.port, timeout=10)
        try:
            connection.request("POST", path, body=body, headers=sent | (headers or {}))
            return connection.getresponse().status
        finally:
            connection.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """Clients that are killed on purpose are no news."""


class _Handler(BaseHTTPRequestHandler):
    server_version, sys_version = "reference-gateway", ""

    @property
    def gateway(self):
        return self.server.gateway

    def log_message(self, *_):
        pass

    def do_GET(self):
        self._notice(None)
        if not self._told():
            self._state()

    def do_POST(self):
        behaviour = self.gateway.next_behaviour()
        self._notice(behaviour)
        if behaviour == "reset":
            self._reset()
            return
        body = self._body()
        if body is not None and not self._told() and not self._refusal(body):
            self._post(behaviour, body)

    def _told(self):
        if self.gateway.answers is None:
            return None
        status, headers, body = self.gateway.answers
        return self._answer(status, body, headers)

    def _body(self):
        length = int(self.headers.get("Content-Length") or 0)
        if length > MOST_BYTES:
            self._answer(413, {"message": "too large"})
            return None
        body = self.rfile.read(length)
        return body if len(body) == length else None

    def _is_signed(self, body):
        try:
            check_signature(
                self.gateway.secrets,
                timestamp=self.headers.get(TIMESTAMP_HEADER, ""),
                signature=self.headers.get(SIGNATURE_HEADER, ""),
                method=self.command,
                path=self.path,
                body=body,
                now=datetime.fromtimestamp(self.gateway.clock(), UTC),
            )
        except BadSignatureError as error:
            self._answer(401, {"message": str(error)})
            return False
        return True

    def _refusal(self, body):
        if not self._is_signed(body):
            return 401
        if self.path.split("?")[0] != PATH:
            return self._answer(404, {"message": "no such address"})
        try:
            content = json.loads(body)
            if self.gateway.validator:
                self.gateway.validator.validate(content)
        except (ValueError, jsonschema.ValidationError) as error:
            return self._answer(400, {"message": str(error).splitlines()[0]})
        if content.get("idempotency_key") != self.headers.get("Idempotency-Key"):
            return self._answer(400, {"message": "Idempotency-Key is not that of the body"})
        return None

    def _post(self, behaviour, body):
        key, gateway = self.headers["Idempotency-Key"], self.gateway
        refusals = {
            "error500": (500, {"message": "broken"}, {}),
            "busy": (503, {"message": "busy"}, {"Retry-After": "1"}),
            "throttle": (429, {"message": "too many"}, {"Retry-After": formatdate(gateway.clock() + 3, usegmt=True)}),
            "rejected": (200, {"idempotency_key": key, "status": "rejected", "message": "not today"}, {}),
        }
        if behaviour in refusals:
            return self._answer(*refusals[behaviour])
        with gateway.lock:
            if key in gateway.busy_keys:
                busy = True
            else:
                busy = False
                gateway.busy_keys.add(key)
        if busy:
            return self._answer(409, {"message": "this list is being taken"})
        try:
            status, answer = gateway.take(key, body)
            if behaviour == "duplicate":
                status, answer = gateway.take(key, body)
            if behaviour == "slow":
                gateway.closing.wait(gateway.slow_s)
        finally:
            with gateway.lock:
                gateway.busy_keys.discard(key)
        return self._answer_as(behaviour, status, answer)

    def _answer_as(self, behaviour, status, answer):
        if behaviour == "timeout":
            self.gateway.closing.wait(self.gateway.hold_s)
        elif behaviour == "dribble":
            self._dribble()
        elif behaviour == "error500_accepted":
            return self._answer(500, {"message": "broken after taking it"})
        elif behaviour == "garbage":
            return self._answer(200, b"<html>welcome</html>", {"Content-Type": "text/html"})
        elif behaviour != "drop":
            return self._answer(status, answer)
        self.close_connection = True
        return None

    def _state(self):
        if not self._is_signed(b""):
            return 401
        folder, _, key = self.path.split("?")[0].rpartition("/")
        if folder != PATH or not key:
            return self._answer(404, {"message": "no such address"})
        if key not in self.gateway.taken:
            return self._answer(404, {"idempotency_key": key, "status": "absent"})
        return self._answer(200, self.gateway.state_of(key))

    def _answer(self, status, body, headers=None):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in (
            {"Content-Type": "application/json", "Content-Length": str(len(raw))} | (headers or {})
        ).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)
        return status

    def _dribble(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        deadline = time.monotonic() + self.gateway.hold_s
        while time.monotonic() < deadline and not self.gateway.closing.wait(0.1):
            self.wfile.write(b"a")

    def _reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.rfile.close()
        self.wfile.close()
        self.connection.close()
        self.close_connection = True

    def finish(self):
        if not self.wfile.closed:
            super().finish()

    def _notice(self, behaviour):
        with self.gateway.lock:
            self.gateway.requests.append((self.command, self.path, behaviour))


def _validator():
    schema = json.loads((SCHEMAS / "target-list.schema.json").read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--secret-file", type=Path, required=True)
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--plan", default="", help="behaviours of the first POSTs, separated by commas")
    parser.add_argument("--seed", type=int, help="after the plan, behaviours by chance")
    parser.add_argument("--slow-s", type=float, default=0.3)
    parser.add_argument("--hold-s", type=float, default=60.0)
    parser.add_argument(
        "--no-schema", action="store_true", help="do not check bodies against the schema (slow when large)"
    )
    parser.add_argument("--deliver-to", metavar="URL", help="deliver each list at once, and send a callback there")
    given = parser.parse_args()
    gateway = ReferenceGateway(
        secrets=read_secret(given.secret_file),
        journal=given.journal,
        port=given.port,
        plan=[one for one in given.plan.split(",") if one],
        seed=given.seed,
        slow_s=given.slow_s,
        hold_s=given.hold_s,
        schema=not given.no_schema,
        deliver_to=given.deliver_to,
    )
    sys.stdout.write(gateway.url + "\n")
    sys.stdout.flush()
    gateway.server.serve_forever()


if __name__ == "__main__":
    main()
