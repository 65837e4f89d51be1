import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
import reference_gateway
from made_warnings import make_outgoing
from reference_gateway import BEHAVIOURS, ReferenceGateway

from crowd.warnings.channels.http import HttpChannel
from crowd.warnings.channels.http_receipts import read_receipt

SECRET = b"s" * 40
PROGRAM = Path(reference_gateway.__file__)
pytestmark = pytest.mark.system


@pytest.fixture
def secret_file(tmp_path):
    path = tmp_path / "secret"
    path.write_bytes(SECRET)
    path.chmod(0o600)
    return path


@pytest.fixture
def start(tmp_path, secret_file):
    """Starts the gateway as a process of its own; gives it and its URL."""
    started = []

    def start_it(*options):
        command = [sys.executable, PROGRAM, "--secret-file", secret_file, "--journal", tmp_path / "journal", *options]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        started.append(process)
        return process, process.stdout.readline().strip()

    yield start_it
    for process in started:
        process.kill()
        process.communicate()


def test_killed_and_started_again_it_knows_what_it_took(start, secret_file):
    process, url = start("--plan", "drop")
    assert HttpChannel(url=url, secret_file=secret_file).send(make_outgoing()).outcome == "unknown"
    process.send_signal(signal.SIGKILL)
    process.wait()
    _, url = start("--port", url.rpartition(":")[2].partition("/")[0])
    answer = HttpChannel(url=url, secret_file=secret_file).ask(make_outgoing())
    assert (answer.outcome, answer.reference) == ("accepted", "ref-1")


def test_the_same_seed_misbehaves_in_the_same_way(tmp_path):
    def behaviours(name):
        gateway = ReferenceGateway(secrets=[SECRET], journal=tmp_path / name, seed=7)
        gateway.server.server_close()
        return [gateway.next_behaviour() for _ in range(300)]

    first = behaviours("a")
    assert first == behaviours("b")
    assert set(Counter(first)) == set(BEHAVIOURS)


def test_what_it_delivers_comes_back_as_a_signed_receipt(start, secret_file):
    came = []

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            parts = {"method": "POST", "path": self.path, "headers": dict(self.headers), "body": body}
            came.append(read_receipt([SECRET], **parts, now=datetime.now(UTC)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Desk) as desk:
        waiting = Thread(target=desk.handle_request)
        waiting.start()
        _, url = start("--deliver-to", f"http://127.0.0.1:{desk.server_port}/receipts/alun?x=1")
        channel = HttpChannel(url=url, secret_file=secret_file)
        channel.send(make_outgoing())
        waiting.join(10)
        assert [(receipt.key, receipt.outcome) for receipt in came] == [(make_outgoing().key, "delivered")]
        assert channel.ask(make_outgoing()).outcome == "delivered"
