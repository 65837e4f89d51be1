"""Kannel's delivery receipts: addresses that nobody else can make up, and what a call of one means."""

import hmac
import re
from collections.abc import Sequence
from datetime import datetime

from crowd.warnings.channels.receipt import BadReceiptError, Receipt
from crowd.warnings.outgoing import Outcome

PATH = "/receipts/kannel"
MASK = 1 | 2 | 4 | 8 | 16
_KEY = re.compile(r"[A-Za-z0-9._-]{1,200}")
_MEANS: dict[int, tuple[Outcome, str]] = {
    1: ("delivered", "delivered to the phone"),
    2: ("failed", "not delivered to the phone"),
    4: ("accepted", "the SMS centre keeps it until the phone can be reached"),
    8: ("accepted", "the SMS centre took it"),
    16: ("failed", "rejected by the SMS centre, or dropped by Kannel when it expired"),
    32: ("accepted", "the SMS centre is still at it"),
}
# of what an SMS centre writes only the parts that can hold no number
_STATE = re.compile(r"\bstat:([A-Z]{1,8})\b")
_ERROR = re.compile(r"\berr:([0-9A-Fa-f]{1,4})\b")
_NACK = re.compile(r"NACK/(0x[0-9a-fA-F]{1,8})?")


def is_key(key: str) -> bool:
    """Whether a key can stand in an address as it is."""
    return _KEY.fullmatch(key) is not None


def receipt_token(secret: bytes, key: str) -> str:
    """What proves that a receipt's address was made by who knows the secret: HMAC-SHA256 in hex."""
    return hmac.new(secret, b"kerumun kannel receipt\n" + key.encode(), "sha256").hexdigest()


def receipt_url(receipts_url: str, *, key: str, secret: bytes) -> str:
    """The dlr-url of one SMS; Kannel fills in %d, the kind of receipt, and %A, the SMS centre's words."""
    base = receipts_url.rstrip("/").replace("%", "%%")
    return f"{base}{PATH}/{key}/{receipt_token(secret, key)}?status=%d&reply=%A"


def read_kannel_receipt(
    secrets: Sequence[bytes], *, key: str, token: str, status: str, at: datetime, reply: str = ""
) -> Receipt:
    """What a call of a receipt's address says.

    Args:
        secrets: any of which the address may have been made with: the present one and, for a while, the last.
        key: from the address.
        token: from the address.
        status: Kannel's kind of receipt, one of 1, 2, 4, 8, 16.
        at: when the call came.
        reply: the SMS centre's words; only its codes are kept.

    Raises:
        BadReceiptError: the token does not belong to the key (403), or the kind of receipt is none (400).
    """
    if not is_key(key) or not _is_ours(secrets, key=key, token=token):
        raise BadReceiptError("the token does not belong to the key", 403)
    if not re.fullmatch(r"[0-9]{1,2}", status, re.ASCII) or int(status) not in _MEANS:
        raise BadReceiptError(f"status must be one of {', '.join(map(str, _MEANS))}", 400)
    outcome, said = _MEANS[int(status)]
    codes = _codes(reply)
    return Receipt(key=key, outcome=outcome, said=f"{said} ({codes})" if codes else said, at=at)


def _is_ours(secrets: Sequence[bytes], *, key: str, token: str) -> bool:
    given = token.encode(errors="replace")
    return any(hmac.compare_digest(receipt_token(secret, key).encode(), given) for secret in secrets)


def _codes(reply: str) -> str:
    return ", ".join(found[0] for pattern in (_STATE, _ERROR, _NACK) if (found := pattern.search(reply)))
