"""An SMS centre that speaks SMPP 3.4, for what Kannel's own stand-in cannot show: septets and bad news."""

import contextlib
import itertools
import socketserver
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

BIND_TRANSCEIVER, UNBIND, SUBMIT, DELIVER, ENQUIRE = 0x9, 0x6, 0x4, 0x5, 0x15
RESPONSE = 0x80000000
NO_SUCH_NUMBER, THROTTLED = 0x0B, 0x58
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = dict(zip(b"\x0a\x14\x28\x29\x2f\x3c\x3d\x3e\x40\x65", "\f^{}\\[~]|€", strict=True))


@dataclass(frozen=True)
class Submitted:
    """One short message as it went over the wire.

    Attributes:
        coding: 0 for the default alphabet, 8 for UTF-16.
        content: the text's bytes.
        header: of a part of a long text: which one of which it is.
    """

    coding: int
    content: bytes
    header: bytes

    @property
    def text(self) -> str:
        """What a phone shows: of coding 0 by 3GPP TS 23.038, of coding 8 by UTF-16."""
        return gsm_text(self.content) if self.coding == 0 else self.content.decode("utf-16-be")


def gsm_text(septets: bytes) -> str:
    """The text of septets, one to a byte."""
    rest = iter(septets)
    return "".join(EXTENSION[next(rest)] if septet == 0x1B else BASIC[septet] for septet in rest)


@dataclass
class SmppCentre:
    """What happens to messages, and which came.

    Attributes:
        port: where it listens.
        state: what receipts say: DELIVRD, UNDELIV, EXPIRED, REJECTD …
        status: what submissions are answered: 0 taken, or an SMPP error.
        submitted: every message that was taken.
        held: receipts that wait for `release`; None where they are sent at once.
    """

    port: int = 0
    state: str = "DELIVRD"
    status: int = 0
    submitted: list[Submitted] = field(default_factory=list)
    held: list[bytes] | None = None
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    line: socketserver.StreamRequestHandler | None = None

    def release(self) -> None:
        """Send the receipts that were held, on whichever line Kannel has now."""
        held, self.held = self.held or [], None
        for receipt in held:
            self.report(receipt)

    def report(self, receipt: bytes) -> None:
        """Send one receipt, or hold it."""
        if self.held is not None:
            self.held.append(receipt)
        elif self.line:
            self.line.wfile.write(_pdu(DELIVER, 1_000_000 + next(self.numbers), receipt))

    def lines_of_kannel(self) -> str:
        """The group of Kannel's configuration that leads here."""
        return (
            "group = smsc\nsmsc = smpp\nsmsc-id = smpp\nallowed-smsc-id = smpp\nhost = 127.0.0.1\n"
            f"port = {self.port}\ntransceiver-mode = true\nsmsc-username = test\nsmsc-password = test\n"
            "system-type = test\nreconnect-delay = 1\n"
        )


@contextlib.contextmanager
def running_centre() -> Iterator[SmppCentre]:
    """A centre that listens as long as the block."""
    centre = SmppCentre()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError, struct.error):
                while _answer_one(self, centre):
                    pass

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        centre.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield centre
        finally:
            server.shutdown()


def _answer_one(line: socketserver.StreamRequestHandler, centre: SmppCentre) -> bool:
    length, command, _, sequence = struct.unpack(">IIII", line.rfile.read(16))
    body = line.rfile.read(length - 16)
    if command == SUBMIT:
        _take(line, centre, sequence, body)
    elif command in (BIND_TRANSCEIVER, ENQUIRE, UNBIND):
        centre.line = line
        line.wfile.write(_pdu(command | RESPONSE, sequence, b"centre\0" if command == BIND_TRANSCEIVER else b""))
    return command != UNBIND


def _take(line: socketserver.StreamRequestHandler, centre: SmppCentre, sequence: int, body: bytes) -> None:
    if centre.status:
        line.wfile.write(_pdu(SUBMIT | RESPONSE, sequence, b"\0", status=centre.status))
        return
    message_id = str(next(centre.numbers))
    source, destination, submitted = _parts(body)
    centre.submitted.append(submitted)
    line.wfile.write(_pdu(SUBMIT | RESPONSE, sequence, message_id.encode() + b"\0"))
    words = (
        f"id:{message_id} sub:001 dlvrd:001 submit date:2603011215 done date:2603011216 "
        f"stat:{centre.state} err:000 text:to {destination.decode()}"
    ).encode()
    receipt = b"\0" + b"\1\1" + destination + b"\0" + b"\1\1" + source + b"\0" + b"\4\0\0\0\0\0\0\0\0"
    centre.report(receipt + bytes([len(words)]) + words)


def _parts(body: bytes) -> tuple[bytes, bytes, Submitted]:
    """Source, destination and message of a submission."""
    _, body = body.split(b"\0", 1)
    source, body = body[2:].split(b"\0", 1)
    destination, body = body[2:].split(b"\0", 1)
    has_header = body[0] & 0x40
    _, body = body[3:].split(b"\0", 1)
    _, body = body.split(b"\0", 1)
    coding, length = body[2], body[4]
    content = body[5 : 5 + length]
    start = content[0] + 1 if has_header else 0
    return source, destination, Submitted(coding, content[start:], content[:start])


def _pdu(command: int, sequence: int, body: bytes, *, status: int = 0) -> bytes:
    return struct.pack(">IIII", 16 + len(body), command, status, sequence) + body
