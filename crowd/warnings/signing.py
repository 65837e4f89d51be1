"""Signatures of what passes between us and a gateway: HMAC-SHA256 over time, method, path and body."""

import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from lake.errors import RefusedInputError

TIMESTAMP_HEADER = "Kerumun-Timestamp"
SIGNATURE_HEADER = "Kerumun-Signature"
TOLERANCE_S = 300
SHORTEST_SECRET = 32
SCHEME = "v1="
OPEN_TO_OTHERS = 0o077


class BadSignatureError(Exception):
    """A signature is missing, wrong, or of another time: says which, and nothing of the secret."""


def sign(secret: bytes, *, timestamp: int, method: str, path: str, body: bytes) -> str:
    """Sign a request or a callback; gives the value of the signature's header.

    Args:
        secret: what both sides know.
        timestamp: Unix time, whole seconds; goes into a header of its own.
        method: such as POST.
        path: as it stands in the request line: percent-encoded, with the query.
        body: exactly the bytes that are sent; empty for a GET.
    """
    message = f"{timestamp}.{method.upper()}.{path}.".encode() + body
    return SCHEME + hmac.new(secret, message, hashlib.sha256).hexdigest()


def check_signature(
    secrets: Iterable[bytes], *, timestamp: str, signature: str, method: str, path: str, body: bytes, now: datetime
) -> None:
    """Check the two headers of a request or callback against what arrived.

    A path with a brace is refused: since bodies begin with one, nobody can move a piece of a signed body into the path.

    Args:
        secrets: each of them may have signed.
        timestamp: value of the header, as it came.
        signature: value of the header, as it came; several, separated by commas, where the other side changes secrets.
        method: as it came.
        path: as it stands in the request line.
        body: the bytes as they came.
        now: the time here.

    Raises:
        BadSignatureError: if it was not signed by one of the secrets within five minutes of now.
    """
    if not re.fullmatch(r"[0-9]{1,12}", timestamp):
        raise BadSignatureError(f"{TIMESTAMP_HEADER} is missing or is not a Unix time in whole seconds")
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE_S:
        raise BadSignatureError(f"{TIMESTAMP_HEADER} is more than {TOLERANCE_S} s from the time here: check the clocks")
    given = [part.strip().encode() for part in signature.split(",")]
    expected = [
        sign(secret, timestamp=int(timestamp), method=method, path=path, body=body).encode() for secret in secrets
    ]
    matches = [hmac.compare_digest(mine, theirs) for mine in expected for theirs in given]
    if "{" in path or not any(matches):
        raise BadSignatureError(f"{SIGNATURE_HEADER} does not fit: check the secret and that it covers the raw body")


def read_secret(path: Path) -> tuple[bytes, ...]:
    """Read the secrets that are shared with one gateway: the first line signs, every line checks.

    Raises:
        RefusedInputError: if the file is missing, empty, has a line under 32 characters or more than two lines, or can
            be read by others.
    """
    try:
        mode, content = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise RefusedInputError(
            f"Secret file {path}: {reason}; write a secret of 32 characters or more to it"
        ) from None
    if mode & OPEN_TO_OTHERS:
        raise RefusedInputError(f"Secret file {path} is open to others: chmod 600 {path}")
    secrets = tuple(line.strip() for line in content.splitlines() if line.strip())
    if not secrets or min(map(len, secrets)) < SHORTEST_SECRET:
        raise RefusedInputError(
            f"Secret file {path} has no secret of {SHORTEST_SECRET} characters or more on each of its lines: "
            f"make one with openssl rand -hex 32"
        )
    if len(secrets) > 2:  # noqa: PLR2004 - the one that signs, and the one before or after it
        raise RefusedInputError(f"Secret file {path} has more than two lines: keep the one that signs and one more")
    return secrets
