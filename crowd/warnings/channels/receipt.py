"""What a gateway reports about something handed over to it earlier, whichever way the report came."""

from dataclasses import dataclass
from datetime import datetime

from crowd.warnings.outgoing import Outcome


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """One report of a gateway, already proven to be from it.

    Attributes:
        key: idempotency key of what it is about.
        outcome: what became of it.
        said: what the gateway said, in one line, without any number, password or address of a person.
        at: when the report came, or when it says that it happened.
        recipients: how many phones it went to; None where the gateway does not say.
    """

    key: str
    outcome: Outcome
    said: str
    at: datetime
    recipients: int | None = None


class BadReceiptError(Exception):
    """A report that is not taken.

    Attributes:
        reason: why, in one line that gives no secret away.
        status: HTTP status to answer with: 400 malformed, 403 not from who it should be from.
    """

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
