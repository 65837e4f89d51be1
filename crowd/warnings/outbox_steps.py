"""The steps that a message of the outbox takes, each with all that changes beside its state."""

from datetime import datetime

from sqlalchemy.orm import Session

from crowd.warnings.audit import Act
from crowd.warnings.outgoing import Answer
from crowd.warnings.states import move_message
from crowd.warnings.tables import OutboxRow
from crowd.warnings.wording import WITHHELD_AS

ASKABLE = frozenset({"http", "folder", "cap"})
RESOLVE = (
    "if it went out: 'kerumun warnings resolve {key} --as sent --why \"…\"'; if not, to send it again: --as not-sent"
)
RETRY = "mend what it says, then 'kerumun warnings retry {key}'"


def accept(session: Session, message: OutboxRow, answer: Answer, *, due_at: datetime | None, act: Act) -> None:
    """A gateway has it; it is asked for a receipt at `due_at`, or never."""
    _note(message, answer)
    message.due_at, message.lease_until = due_at, None
    move_message(session, message, "accepted", act=act, details={"said": answer.said})


def finish(session: Session, message: OutboxRow, answer: Answer, *, act: Act) -> None:
    """It was delivered, or failed: nothing more happens to it by itself."""
    _note(message, answer)
    message.due_at, message.lease_until, message.final_at = None, None, act.at
    if answer.outcome == "failed":
        message.what_to_do = answer.what_to_do or RETRY.format(key=message.key)
    move_message(session, message, answer.outcome, act=act, details={"said": answer.said})


def leave_unknown(session: Session, message: OutboxRow, *, due_at: datetime, act: Act) -> None:
    """It may or may not have been taken: its gateway is asked, and where that cannot be, a person."""
    message.lease_until = None
    message.due_at = due_at if message.channel in ASKABLE else None
    message.what_to_do = RESOLVE.format(key=message.key)
    move_message(session, message, "unknown", act=act, details={"said": message.said})


def wait(session: Session, message: OutboxRow, *, until: datetime, act: Act, said: str) -> None:
    """It was certainly not taken: it goes on waiting."""
    message.due_at, message.lease_until, message.sent_at, message.said = until, None, None, said
    move_message(session, message, "waiting", act=act, details={"said": said})


def put_off(message: OutboxRow, *, until: datetime, said: str) -> bool:
    """It may not be sent yet; gives False, for whoever asked whether it may."""
    message.due_at, message.said = until, said
    return False


def put_away(session: Session, message: OutboxRow, state: str, *, said: str, act: Act) -> bool:
    """It is not sent at all; gives False, for whoever asked whether it may be."""
    message.due_at, message.said, message.final_at, message.what_to_do = None, said, act.at, None
    move_message(session, message, state, act=act, details={"said": said})
    return False


def _note(message: OutboxRow, answer: Answer) -> None:
    message.said, message.reference = answer.said, answer.reference or message.reference
    message.what_to_do = answer.what_to_do
    if answer.recipients is not None and answer.recipients >= WITHHELD_AS:
        message.confirmed = answer.recipients
