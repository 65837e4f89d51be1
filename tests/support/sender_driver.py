"""Senders that can be killed at any moment: a warm process that forks a new one in no time whenever it is asked.

In a test:

    with running_senders(setup) as senders:
        pid = senders.start()  # comes back when the sender is about to take its first message
        senders.kill(pid)

This process only forks: it must start no thread of its own and open no ledger, so both happen in children alone.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

from made_officers import make_officer
from sqlalchemy.orm import configure_mappers

from crowd.warnings.gateways import make_gateways
from crowd.warnings.options import WarningOptions
from crowd.warnings.sending import keep_sending
from lake.database import Database

# What the first message of a sender would import otherwise, in half of its time.
WARM = ("certifi", "encodings.idna", "httpcore", "psycopg", "sqlalchemy.dialects.sqlite.pysqlite", "sqlite3")
KILLED = -signal.SIGKILL


@dataclass(frozen=True, kw_only=True)
class Setup:
    """What a sender needs.

    Attributes:
        ledger_url: of the ledger.
        root: folder of secrets and passwords.
        options: of `WarningOptions`, as JSON.
        officers: how many there are, named officer-0 and so on.
        lease_s: of every channel; far below that of real senders, so that abandoned messages come back soon.
    """

    ledger_url: str
    root: str
    options: str
    officers: int = 0
    lease_s: float = 2.0


def make_officers(count):
    return [make_officer(id=f"officer-{n}", number=f"+9990000{n:04}") for n in range(count)]


def gateways_of(setup, *, clock):
    """The real gateways of the settings, with short leases."""
    options = WarningOptions.model_validate_json(setup.options)
    made = make_gateways(
        options,
        root=Path(setup.root),
        officer={each.id: each for each in make_officers(setup.officers)}.get,
        timezone="Asia/Jakarta",
        clock=clock,
        user_agent="kerumun-tests",
    )
    leases = dict.fromkeys(("http", "kannel", "folder", "cap"), timedelta(seconds=setup.lease_s))
    return replace(made, limits=lambda now: replace(made.limits(now), leases=leases))


class Senders:
    """Starts and ends senders, each a process of its own."""

    def __init__(self, server):
        self._server = server

    def start(self):
        """A new sender, about to take its first message; gives its process id."""
        said = self._tell("start")
        if said == "broken":
            raise AssertionError("a sender did not start: see senders.log")
        return int(said)

    def kill(self, pid):
        """End it as a power cut does."""
        os.kill(pid, signal.SIGKILL)
        ended = self.wait(pid)
        if ended != KILLED:
            raise AssertionError(f"a sender had ended by itself with {ended}: see senders.log")

    def wait(self, pid):
        """Wait until a sender has ended; gives how."""
        return int(self._tell(f"wait {pid}"))

    def _tell(self, command):
        self._server.stdin.write(command + "\n")
        self._server.stdin.flush()
        return self._server.stdout.readline().strip()


@contextmanager
def running_senders(setup, folder):
    """The warm process, for the length of a block; its senders end with it. They write to `senders.log`."""
    path = folder / "setup.json"
    path.write_text(json.dumps(asdict(setup)))
    with (folder / "senders.log").open("ab") as log:
        command = [sys.executable, __file__, str(path)]
        # Reading the certificates of the system takes longer than everything else at the start of a sender.
        environment = os.environ | {"SSL_CERT_FILE": os.devnull, "SSL_CERT_DIR": os.devnull}
        server = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
            env=environment,
        )
    try:
        yield Senders(server)
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.communicate()


def _send(setup, ready):
    def clock():
        return datetime.now(UTC)

    gateways = gateways_of(setup, clock=clock)
    database = Database(setup.ledger_url)
    os.write(ready, b".")
    keep_sending(database, gateways, stop=threading.Event())


def _start(setup):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _send(setup, writing)
            code = 0
        except BaseException:
            sys.excepthook(*sys.exc_info())
            raise
        finally:
            os._exit(code)
    os.close(writing)
    is_ready = os.read(reading, 1) == b"."
    os.close(reading)
    return str(child) if is_ready else "broken"


def _wait(pid):
    return str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def main():
    for name in WARM:
        import_module(name)
    configure_mappers()
    setup = Setup(**json.loads(Path(sys.argv[1]).read_text()))
    for line in sys.stdin:
        command, _, pid = line.strip().partition(" ")
        answer = _start(setup) if command == "start" else _wait(int(pid))
        sys.stdout.write(answer + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
