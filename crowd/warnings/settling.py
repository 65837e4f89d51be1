"""What an answer or a receipt of a gateway makes of a message."""

import random
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from crowd.warnings.audit import Act, Entry, lock_controls, record
from crowd.warnings.outbox import NEVER_HAD, Claim, turn_of
from crowd.warnings.outbox_rules import Limits
from crowd.warnings.outbox_steps import accept, finish, leave_unknown, wait
from crowd.warnings.outgoing import Answer
from crowd.warnings.states import GONE_OUT, follow_messages
from crowd.warnings.tables import OutboxRow, WarningRow

TAKE_BACK = "a warning of kind cancel takes it back, if need be"
POLLED = frozenset({"http", "folder"})
LOST = "ask the gateway's engineer whether it went out: nobody asks the gateway again"
RECEIPT_POLL = timedelta(minutes=1)
# States in which a report is news. One that comes before the answer to the sending, or instead of it, counts as well.
CAN_REPORT = {
    "delivered": ("waiting", "sending", "unknown", "accepted", "failed"),
    "failed": ("sending", "unknown", "accepted"),
    "accepted": ("waiting", "sending", "unknown"),
}


def settle(
    session: Session, claim: Claim, answer: Answer, *, limits: Limits, act: Act, chance: random.Random | None = None
) -> None:
    """Write down what came of a claim. If somebody else has settled it meanwhile, theirs stands."""
    lock_controls(session)
    message = session.get_one(OutboxRow, claim.key, populate_existing=True)
    is_ours = turn_of(message) == claim.turn
    pause = _backoff(message, limits=limits, answer=answer, chance=chance or random.Random())  # noqa: S311 - no secret
    if is_ours and claim.doing == "send" and message.state == "sending":
        _settle_sent(session, message, answer, limits=limits, pause=pause, act=act)
    elif is_ours and message.state in {"unknown", "accepted"} and (claim.doing == "ask" or _is_news(message, answer)):
        _settle_asked(session, message, answer, limits=limits, pause=pause, act=act)
    elif claim.doing == "send" and answer.outcome in GONE_OUT:
        # To its own try a failure is the later news: a receipt that came before the answer.
        news = ("waiting",) if is_ours else ("waiting", "sending", "unknown", "failed")
        _settle_late(session, message, answer, news=news, act=act)
    follow_messages(session, session.get_one(WarningRow, message.warning_id), act=act)


def take_receipt(session: Session, key: str, answer: Answer, *, act: Act) -> bool:
    """Note what a gateway reports of its own accord; gives whether the key is known. The same report twice is one."""
    lock_controls(session)
    message = session.get(OutboxRow, key, populate_existing=True)
    if message is None:
        return False
    if turn_of(message) != NEVER_HAD and message.state in CAN_REPORT.get(answer.outcome, ()):
        if answer.outcome == "accepted":
            accept(session, message, answer, due_at=_first_poll(message, act), act=act)
        else:
            finish(session, message, answer, act=act)
    follow_messages(session, session.get_one(WarningRow, message.warning_id), act=act)
    return True


def _settle_sent(
    session: Session, message: OutboxRow, answer: Answer, *, limits: Limits, pause: timedelta, act: Act
) -> None:
    if answer.outcome == "accepted":
        accept(session, message, answer, due_at=_first_poll(message, act), act=act)
    elif answer.outcome in {"delivered", "failed"}:
        finish(session, message, answer, act=act)
    elif answer.outcome == "unknown":
        message.said, message.reference = answer.said, answer.reference or message.reference
        leave_unknown(session, message, due_at=act.at + pause, act=act)
        if answer.what_to_do is not None:
            message.what_to_do = f"{answer.what_to_do}; {message.what_to_do}"
    elif message.attempts >= limits.max_attempts:
        said = f"given up after {message.attempts} tries: {answer.said}"
        finish(session, message, Answer(outcome="failed", said=said, what_to_do=answer.what_to_do), act=act)
    else:
        message.what_to_do = answer.what_to_do
        wait(session, message, until=act.at + pause, act=act, said=answer.said)


def _settle_asked(
    session: Session, message: OutboxRow, answer: Answer, *, limits: Limits, pause: timedelta, act: Act
) -> None:
    if answer.outcome in {"delivered", "failed"}:
        finish(session, message, answer, act=act)
    elif answer.outcome == "absent" and message.state == "unknown":
        message.what_to_do = None
        wait(session, message, until=act.at, act=act, said="the gateway never got it")
    elif answer.outcome == "accepted" and message.state == "unknown":
        accept(session, message, answer, due_at=_first_poll(message, act), act=act)
    elif answer.outcome == "absent":
        message.due_at, message.said, message.what_to_do = None, "its gateway took it and no longer knows it", LOST
    elif act.at >= (message.sent_at or message.created_at) + limits.ask_for:
        message.due_at = None
    else:
        # Gateways are asked less and less often.
        message.due_at = act.at + max(pause, RECEIPT_POLL if message.state == "accepted" else pause)


def _settle_late(session: Session, message: OutboxRow, answer: Answer, *, news: Collection[str], act: Act) -> None:
    """It went out through a claim that was given up meanwhile: that stands, whatever was made of the message since."""
    if message.state in news and answer.outcome == "accepted":
        accept(session, message, answer, due_at=_first_poll(message, act), act=act)
    elif message.state in news:
        finish(session, message, answer, act=act)
    elif message.state in {"expired", "cancelled", "skipped"}:
        message.said, message.what_to_do = f"it went out all the same: {answer.said}", TAKE_BACK
        details = {"said": answer.said}
        entry = Entry(
            action="late", warning_id=message.warning_id, key=message.key, before=message.state, details=details
        )
        record(session, entry, act=act)


def _is_news(message: OutboxRow, answer: Answer) -> bool:
    """Whether an answer to a sending that was given up meanwhile tells what became of it."""
    return message.state == "unknown" and answer.outcome in {"accepted", "delivered", "failed"}


def _first_poll(message: OutboxRow, act: Act) -> datetime | None:
    return act.at + RECEIPT_POLL if message.channel in POLLED else None


def _backoff(message: OutboxRow, *, limits: Limits, answer: Answer, chance: random.Random) -> timedelta:
    """Twice as long from try to try, and never the same for two of them, so that they do not come in one crowd."""
    tries = max(message.attempts if message.state == "sending" else message.asked, 1)
    longest = min(limits.first_retry * 2 ** min(tries - 1, 30), limits.longest_retry)
    wanted = timedelta(seconds=answer.retry_after_s or 0)
    jittered: timedelta = longest * chance.uniform(0.5, 1.0)
    return max(jittered, wanted)
