"""Kannel for tests: bearerbox, smsbox and the SMS centre that comes with it, in a temporary folder."""

import contextlib
import os
import re
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import unquote_to_bytes

import httpx
import pytest

Box = Literal["bearerbox", "smsbox", "fakesmsc"]
PROGRAMS: dict[Box, str] = {
    "bearerbox": "/usr/sbin/bearerbox",
    "smsbox": "/usr/sbin/smsbox",
    "fakesmsc": "/usr/lib/kannel/test/fakesmsc",
}
USERNAME = "kerumun"
PASSWORD, ADMIN_PASSWORD = secrets.token_hex(8), secrets.token_hex(8)
PATIENCE_S = 20
ENDING_S = 3
DLR_TABLE = (
    "create table dlr (smsc text, ts text, destination text, source text, service text, url text,"
    " mask integer, status integer, boxc text)"
)
GOT = re.compile(rb"Got message \d+: <(\S+) (\S+) (text|ucs-2|data|udh) (.*)>$")

CONF = """\
group = core
admin-port = {admin_port}
admin-interface = 127.0.0.1
admin-password = {admin_password}
smsbox-port = {smsbox_port}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
log-file = "{folder}/bearerbox.log"
log-level = 0
store-type = spool
store-location = "{folder}/spool"
dlr-storage = sqlite3
sms-resend-freq = 1
{core}

group = sqlite3-connection
id = dlr
database = "{folder}/dlr.sqlite"
max-connections = 1

group = dlr-db
id = dlr
table = dlr
field-smsc = smsc
field-timestamp = ts
field-destination = destination
field-source = source
field-service = service
field-url = url
field-mask = mask
field-status = status
field-boxc-id = boxc

group = smsc
smsc = fake
smsc-id = centre
port = {centre_port}
connect-allow-ip = 127.0.0.1
{smsc}

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms_port}
sendsms-interface = 127.0.0.1
log-file = "{folder}/smsbox.log"
log-level = 0
http-request-retry = 20
http-queue-delay = 1

group = sendsms-user
username = {username}
password = {password}
max-messages = 10
concatenation = true
{user}

{more}
"""


@dataclass(frozen=True)
class Sms:
    """One SMS as the SMS centre got it; of a long text every part is one.

    Attributes:
        sender: as phones show it.
        receiver: the number.
        kind: how the SMS centre says that it is written; "udh" for a part of a long text, whatever its coding.
        body: UTF-8 (text), UTF-16 (ucs-2), or either (udh).
        header: of a part: which one of which long text it is.
    """

    sender: str
    receiver: str
    kind: str
    body: bytes
    header: bytes = b""

    @property
    def text(self) -> str:
        """What a short one says."""
        return self.body.decode("utf-16-be" if self.kind == "ucs-2" else "utf-8")


def joined_text(parts: list[Sms], charset: Literal["utf-8", "utf-16-be"]) -> str:
    """What the parts of a long one say together, in the order of their headers."""
    return b"".join(part.body for part in sorted(parts, key=lambda part: part.header)).decode(charset)


def require_kannel():
    """Skip the test where Kannel is not installed; on the build server that is a failure."""
    missing = [program for program in PROGRAMS.values() if not shutil.which(program)]
    if missing and os.environ.get("CI"):
        pytest.fail(f"{missing[0]} is missing: apt-get install kannel kannel-extras, or make system")
    if missing:
        pytest.skip(f"{missing[0]} is missing: apt-get install kannel kannel-extras, or make system")


def wait_until(is_so: Callable[[], object], what: str, *, patience_s: float = PATIENCE_S) -> None:
    """Wait until something holds, or fail saying what did not come."""
    end = time.monotonic() + patience_s
    while not is_so():
        if time.monotonic() > end:
            pytest.fail(f"{what}: not within {patience_s} s")
        time.sleep(0.05)


class RealKannel:
    """The three processes of one Kannel, each of which can be stopped, killed and started on its own.

    Args:
        folder: for its files; empty.
        core: more lines for the configuration's core group, such as `sms-outgoing-queue-limit = 1`.
        smsc: more lines for the connection, such as `throughput = 1`.
        user: more lines for the sendsms-user, such as `white-list-regex = ^999`.
        more: more groups, such as another connection.
    """

    username = USERNAME
    password = PASSWORD

    def __init__(self, folder: Path, *, core: str = "", smsc: str = "", user: str = "", more: str = "") -> None:
        self.folder = folder
        self._boxes: dict[Box, subprocess.Popen[bytes]] = {}
        admin, smsbox, centre, sendsms = _free_ports(4)
        self._ports = {"bearerbox": admin, "smsbox": sendsms}
        self._centre_port = centre
        (folder / "spool").mkdir(parents=True)
        with contextlib.closing(sqlite3.connect(folder / "dlr.sqlite")) as ledger:
            ledger.execute(DLR_TABLE)
        text = CONF.format(
            admin_port=admin, admin_password=ADMIN_PASSWORD, smsbox_port=smsbox, centre_port=centre,
            sendsms_port=sendsms, folder=folder, username=USERNAME, password=PASSWORD, core=core, smsc=smsc, user=user,
            more=more,
        )  # fmt: skip
        (folder / "kannel.conf").write_text(text)

    @property
    def url(self) -> str:
        """Address of sendsms."""
        return f"http://127.0.0.1:{self._ports['smsbox']}/cgi-bin/sendsms"

    def start(self) -> None:
        """Start what is not running, each after the one that it talks to, and wait until all are connected."""
        for box in PROGRAMS:
            self.start_box(box)
        self.wait_connected()

    def start_box(self, box: Box) -> None:
        """Start one process if it is not running, and wait until it listens."""
        if self.is_running(box):
            return
        port = self._ports.get(box)
        with (self.folder / f"{box}.out").open("ab") as out:
            self._boxes[box] = subprocess.Popen(
                self._command(box), stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=self.folder,
                start_new_session=True,
            )  # fmt: skip
        if port:
            wait_until(lambda: _listens(port) or not self.is_running(box), f"{box} listening")
        if not self.is_running(box):
            pytest.fail(f"{box} ended at once: see {self.folder / f'{box}.out'}")

    def wait_connected(self) -> None:
        """Wait until smsbox and the SMS centre are connected to bearerbox."""
        wait_until(lambda: re.search(r"centre\S*\s.*\(online", self.admin("status.txt")), "the SMS centre connected")
        wait_until(lambda: re.search(r"smsbox:\S*.*on-line", self.admin("status.txt")), "smsbox connected")

    def is_running(self, box: Box) -> bool:
        """Whether that process was started and has not ended."""
        return box in self._boxes and self._boxes[box].poll() is None

    def stop_box(self, box: Box) -> None:
        """Ask one process to end, and wait until it has."""
        self._end(box, signal.SIGINT)

    def kill_box(self, box: Box) -> None:
        """End one process as a power cut does; smsbox ends by itself when bearerbox is gone."""
        self._end(box, signal.SIGKILL)

    def stop(self) -> None:
        """End all of them, and whatever they left behind."""
        for box in ("fakesmsc", "smsbox", "bearerbox"):
            self.kill_box(box)
            self._wait_ended(box)

    def kill_and_restart(self) -> None:
        """Kill bearerbox with -9, wait for the others to end of it, start all again."""
        self.kill_box("bearerbox")
        for box in ("smsbox", "fakesmsc"):
            self._wait_ended(box)
        self.start()

    def admin(self, command: str, **parameters: str) -> str:
        """What the admin port answers, such as to `status.txt` or `stop-smsc` with smsc="centre"."""
        query = {"password": ADMIN_PASSWORD, **parameters}
        with contextlib.suppress(httpx.TransportError):
            url = f"http://127.0.0.1:{self._ports['bearerbox']}/{command}"
            return httpx.get(url, params=query, trust_env=False, timeout=5).text
        return ""

    def stop_smsc(self) -> None:
        """Cut Kannel off from the SMS centre."""
        self.admin("stop-smsc", smsc="centre")

    def start_smsc(self) -> None:
        """Let Kannel reach the SMS centre again."""
        self.admin("start-smsc", smsc="centre")
        self._wait_ended("fakesmsc")
        wait_until(lambda: _listens(self._centre_port), "the connection to the SMS centre")
        self.start()

    def received(self) -> list[Sms]:
        """Every SMS that reached the SMS centre so far, in order."""
        path = self.folder / "fakesmsc.out"
        found = (GOT.search(line) for line in path.read_bytes().split(b"\n")) if path.exists() else ()
        return [_sms(match) for match in found if match]

    def receipts_outstanding(self) -> int:
        """How many SMS Kannel still expects a receipt for."""
        with contextlib.closing(sqlite3.connect(self.folder / "dlr.sqlite")) as ledger:
            return int(ledger.execute("select count(*) from dlr").fetchone()[0])

    def _command(self, box: Box) -> list[str]:
        if box == "fakesmsc":
            return [PROGRAMS[box], "-H", "127.0.0.1", "-r", str(self._centre_port), "-m", "0", "0 0 text nothing"]
        return [PROGRAMS[box], str(self.folder / "kannel.conf")]

    def _end(self, box: Box, sign: signal.Signals) -> None:
        if self.is_running(box):
            self._boxes[box].send_signal(sign)
            self._wait_ended(box)

    def _wait_ended(self, box: Box) -> None:
        ending = self._boxes.pop(box, None)
        if ending is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            ending.wait(ENDING_S)
        # smsbox leaves a copy of itself behind that would come back ten seconds after bearerbox went
        with contextlib.suppress(ProcessLookupError):
            os.killpg(ending.pid, signal.SIGKILL)
        ending.wait()


@contextlib.contextmanager
def running_kannel(
    folder: Path, *, core: str = "", smsc: str = "", user: str = "", more: str = ""
) -> Iterator[RealKannel]:
    """A Kannel that runs as long as the block; the test is skipped where none is installed."""
    require_kannel()
    kannel = RealKannel(folder, core=core, smsc=smsc, user=user, more=more)
    try:
        kannel.start()
        yield kannel
    finally:
        kannel.stop()


def _sms(match: re.Match[bytes]) -> Sms:
    sender, receiver, kind, rest = match.groups()
    header, _, quoted = rest.rpartition(b" data ") if kind == b"udh" else (b"", b"", rest)
    body = rest if kind == b"text" else _unquoted(quoted)
    return Sms(sender.decode(), receiver.decode(), kind.decode(), body, _unquoted(header))


def _unquoted(quoted: bytes) -> bytes:
    return unquote_to_bytes(quoted.replace(b"+", b" "))


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]
