"""Receipts that an operator's gateway sends back by itself: signed POSTs."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from crowd.warnings.channels.gateway_words import MOST_BYTES, outcome_in, read_words, said_in
from crowd.warnings.channels.receipt import BadReceiptError, Receipt
from crowd.warnings.signing import SIGNATURE_HEADER, TIMESTAMP_HEADER, BadSignatureError, check_signature

MOST_RECIPIENTS = 1_000_000_000
LONGEST_KEY = 200


def read_receipt(
    secrets: Iterable[bytes], *, method: str, path: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> Receipt:
    """Check and read one callback, as `docs/schemas/receipt.schema.json` describes it.

    Args:
        secrets: of the gateway that the path belongs to.
        method: as it came.
        path: as it stands in the request line, with the query.
        headers: of the request, in any case.
        body: the bytes as they came.
        now: the time here; the receipt's own time where it gives none.

    Raises:
        BadReceiptError: if it is too large, not signed by one of the secrets, or not a receipt.
    """
    if len(body) > MOST_BYTES:
        raise BadReceiptError(f"a receipt has at most {MOST_BYTES} bytes", 413)
    lower = {name.lower(): value for name, value in headers.items()}
    try:
        check_signature(
            secrets,
            timestamp=lower.get(TIMESTAMP_HEADER.lower(), ""),
            signature=lower.get(SIGNATURE_HEADER.lower(), ""),
            method=method,
            path=path,
            body=body,
            now=now,
        )
    except BadSignatureError as error:
        raise BadReceiptError(str(error), 403) from None
    return _receipt(body, now)


def _receipt(body: bytes, now: datetime) -> Receipt:
    words = read_words(body)
    if words is None:
        raise BadReceiptError("the body is no JSON object", 400)
    key = words.get("idempotency_key")
    if not isinstance(key, str) or not 0 < len(key) <= LONGEST_KEY:
        raise BadReceiptError("idempotency_key is missing or no text", 400)
    outcome = outcome_in(words, key)
    if outcome is None or outcome == "absent":
        raise BadReceiptError("status must be accepted, delivered, rejected, failed or expired", 400)
    return Receipt(
        key=key, outcome=outcome, said=said_in(words, body), at=_at(words, now), recipients=_recipients(words)
    )


def _at(words: Mapping[str, Any], now: datetime) -> datetime:
    if words.get("at") is None:
        return now
    try:
        at = datetime.fromisoformat(words["at"])
        if at.tzinfo is None:
            raise BadReceiptError("at has no offset", 400)
        return at.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise BadReceiptError("at is no time in ISO 8601", 400) from None


def _recipients(words: Mapping[str, Any]) -> int | None:
    recipients = words.get("recipients")
    if recipients is None:
        return None
    if not isinstance(recipients, int) or isinstance(recipients, bool) or not 0 <= recipients <= MOST_RECIPIENTS:
        raise BadReceiptError("recipients is no whole number of people", 400)
    return recipients
