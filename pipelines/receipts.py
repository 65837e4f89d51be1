"""What the receipts application needs of an installation: secrets, and where receipts go."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from crowd.warnings.audit import Act
from crowd.warnings.channels.receipt import BadReceiptError, Receipt
from crowd.warnings.options import HttpOptions
from crowd.warnings.outgoing import Answer
from crowd.warnings.routes import slug_of
from crowd.warnings.settling import take_receipt
from crowd.warnings.signing import read_secret
from lake.database import Database
from pipelines.options import RunOptions

GATEWAY = "kerumun:receipts"


def receipt_taker(database: Database) -> Callable[[Receipt], None]:
    """A function that stores a receipt, and returns once it is stored."""

    def take(receipt: Receipt) -> None:
        answer = Answer(outcome=receipt.outcome, said=receipt.said, recipients=receipt.recipients)
        with database.writing() as session:
            is_known = take_receipt(session, receipt.key, answer, act=Act(by=GATEWAY, at=datetime.now(UTC)))
        if not is_known:
            raise BadReceiptError("no message of that key was ever sent from here", 404)

    return take


def http_secrets(options: RunOptions) -> Mapping[str, tuple[bytes, ...]]:
    """Secrets of the operators' gateways, by the name that stands in the address they report to."""
    chosen = {name: each for name, each in options.warnings.operators.items() if isinstance(each, HttpOptions)}
    return {slug_of(name): read_secret(options.home / each.secret_file) for name, each in chosen.items()}


def kannel_secrets(options: RunOptions) -> tuple[bytes, ...]:
    """Secrets that addresses of Kannel's receipts were made with; none where there is no Kannel."""
    kannel = options.warnings.kannel
    return () if kannel is None else read_secret(options.home / kannel.secret_file)
