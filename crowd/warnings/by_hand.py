"""What a person does about a message that stands still: say whether it went out, or have it tried again."""

from sqlalchemy.orm import Session

from crowd.warnings.audit import Act, lock_controls
from crowd.warnings.people import must_be_person, must_say_why
from crowd.warnings.states import follow_messages, move, move_message
from crowd.warnings.tables import OutboxRow, WarningRow
from lake.errors import RefusedInputError


def resolve_sent(session: Session, key: str, *, act: Act) -> None:
    """Say that a message of which nobody knew did go out.

    Raises:
        RefusedInputError: there is no such message, or it is not unknown.
    """
    must_be_person(act)
    must_say_why(act, f"message {key} is resolved")
    message = _unknown(session, key)
    message.due_at, message.what_to_do, message.said = None, None, f"{act.by}: it went out"
    move_message(session, message, "accepted", act=act)
    follow_messages(session, session.get_one(WarningRow, message.warning_id), act=act)


def resolve_not_sent(session: Session, key: str, *, act: Act) -> None:
    """Say that a message of which nobody knew did not go out: it is sent again while its time lasts.

    Raises:
        RefusedInputError: there is no such message, or it is not unknown.
    """
    must_be_person(act)
    must_say_why(act, f"message {key} is resolved")
    message = _unknown(session, key)
    _send_again(session, message, act=act, said=f"{act.by}: it did not go out")


def retry(session: Session, key: str, *, act: Act) -> None:
    """Try a failed message again, after what it failed for was mended.

    Raises:
        RefusedInputError: there is no such message, it has not failed, or its time is over.
    """
    must_be_person(act)
    message = find_message(session, key)
    warning = session.get_one(WarningRow, message.warning_id)
    if message.state != "failed":
        raise RefusedInputError(f"message {key} is {message.state}: only a failed one can be tried again")
    if act.at >= warning.expires_at or warning.stopped_at is not None:
        raise RefusedInputError(f"the time of warning {warning.id} is over: its messages are not sent any more")
    # Asked once more, so that no claim from before is taken for one from now on.
    message.attempts, message.asked = 0, message.asked + 1
    _send_again(session, message, act=act, said=f"{act.by}: once more")
    if warning.state == "failed":
        move(session, warning, "queued", act=act, action="retry")


def find_message(session: Session, key: str) -> OutboxRow:
    """A message of the outbox.

    Raises:
        RefusedInputError: there is none of that key.
    """
    lock_controls(session)
    message = session.get(OutboxRow, key, populate_existing=True)
    if message is None:
        raise RefusedInputError(f"there is no message {key}: see 'kerumun warnings show WARNING'")
    return message


def _unknown(session: Session, key: str) -> OutboxRow:
    message = find_message(session, key)
    if message.state != "unknown":
        raise RefusedInputError(f"message {key} is {message.state}, not unknown: there is nothing to resolve")
    return message


def _send_again(session: Session, message: OutboxRow, *, act: Act, said: str) -> None:
    message.due_at, message.sent_at, message.final_at, message.what_to_do = act.at, None, None, None
    message.said = said
    move_message(session, message, "waiting", act=act, details={"said": said})
