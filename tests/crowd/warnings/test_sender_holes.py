"""What happens to a sender between its claim and the answer: long stops, clock jumps, a ledger that is away."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from drafted_warnings import NOW, OPTIONS, add_approved, by
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from crowd.warnings import sending
from crowd.warnings.by_hand import resolve_not_sent
from crowd.warnings.decisions import cancel
from crowd.warnings.drafts import find_warning
from crowd.warnings.kill_switch import pause
from crowd.warnings.outbox import claim_next
from crowd.warnings.outbox_rules import Limits
from crowd.warnings.outgoing import Answer
from crowd.warnings.sending import Gateways, send_due
from crowd.warnings.settling import take_receipt
from crowd.warnings.tables import OutboxRow, WarningRow
from crowd.warnings.verify import verify
from lake.database import Database

LEASE = timedelta(seconds=60)
TAKEN = Answer(outcome="accepted", said="taken")
ABSENT = Answer(outcome="absent", said="never came")
REFUSED = Answer(outcome="failed", said="not today")
LIMITS = Limits(
    mode="test",
    cool_down=timedelta(0),
    daily_caps={},
    day_start=NOW - timedelta(hours=12),
    leases=dict.fromkeys(("http", "kannel", "folder"), LEASE),
    max_attempts=3,
    first_retry=timedelta(seconds=5),
    longest_retry=timedelta(minutes=5),
    ask_for=timedelta(hours=1),
)


@dataclass
class Gateway:
    """Takes whatever comes, unless it is told what to answer; something may happen while it is at it."""

    name: str
    answers: list = field(default_factory=list)
    sent: list = field(default_factory=list)
    meanwhile: object = None

    def send(self, outgoing):
        self.sent.append(outgoing.key)
        answer = self.answers.pop(0) if self.answers else TAKEN
        happens, self.meanwhile = self.meanwhile, None
        if happens:
            happens()
        return answer

    def ask(self, outgoing):
        return TAKEN if outgoing.key in self.sent[1:] else ABSENT


class Channels(dict):
    """Something may happen when a sender looks for the channel, which is between its claim and its last look."""

    meanwhile = None

    def get(self, key, default=None):
        happens, self.meanwhile = self.meanwhile, None
        if happens:
            happens()
        return super().get(key, default)


class Desk:
    """A ledger with one approved message, and senders whose time is set by hand."""

    def __init__(self, ledger_url, channel):
        self.database, self.now = Database(ledger_url), NOW
        self.gateway = Gateway(channel)
        recipient = "alun" if channel == "http" else "officer-1"
        self.channels = Channels({(channel, recipient): self.gateway})
        self.gateways = Gateways(channels=self.channels, limits=lambda _: LIMITS, clock=lambda: self.now)
        options = OPTIONS.model_copy(update={"default_channel": "none"})
        if channel == "http":
            operators = {"alun": {"channel": "http", "url": "https://gateway.example", "secret_file": "s"}}
            options = type(OPTIONS)(**options.model_dump(exclude={"operators"}), operators=operators)
        else:
            kannel = {"url": "https://kannel.example", "username": "u", "password_file": "p", "sender": "K"}
            kannel |= {"receipts_url": "https://here.example", "secret_file": "s"}
            options = type(OPTIONS)(**options.model_dump(exclude={"kannel"}), kannel=kannel)
        with self.database.writing() as session:
            self.warning_id = add_approved(session, options=options, officers=("officer-1",))
            self.key = session.scalars(select(OutboxRow.key)).one()

    def send(self):
        return send_due(self.database, self.gateways)

    def write(self, change, *more, **acts):
        with self.database.writing() as session:
            return change(session, *more, act=by("Ayu", at=self.now), **acts)

    def cancel(self):
        self.write(lambda session, act: cancel(session, find_warning(session, self.warning_id), act=act))

    def message(self):
        with self.database.reading() as session:
            return session.get_one(OutboxRow, self.key)

    def warning_state(self):
        with self.database.reading() as session:
            return session.get_one(WarningRow, self.warning_id).state

    def problems(self):
        with self.database.reading() as session:
            return verify(session).problems


@pytest.fixture
def desk_of(ledger_url, monkeypatch):
    # A second worker would see the time jump as well, and take the message before the one that the test is about.
    monkeypatch.setattr(sending, "WORKERS", 1)
    made = []

    def make(channel):
        made.append(Desk(ledger_url, channel))
        return made[-1]

    yield make
    for each in made:
        each.database.close()


def test_who_was_stopped_for_longer_than_the_lease_does_not_send_what_another_sent(desk_of):
    desk = desk_of("http")

    def stop():
        desk.now += 2 * LEASE
        desk.send()

    desk.channels.meanwhile = stop
    desk.send()
    assert desk.gateway.sent == [desk.key]
    assert desk.message().state == "accepted"
    assert desk.problems() == []


def test_who_was_stopped_does_not_send_under_the_claim_of_another_though_the_clock_went_back(desk_of):
    desk = desk_of("http")

    def stop():
        desk.now += 2 * LEASE
        for _ in range(2):
            with desk.database.writing() as session:
                found = claim_next(session, limits=LIMITS, now=desk.now)
            if found.claim.doing == "ask":
                with desk.database.writing() as session:
                    resolve_not_sent(session, desk.key, act=by("Ayu", at=desk.now))
        desk.now = NOW

    desk.channels.meanwhile = stop
    desk.send()
    assert desk.gateway.sent == []
    assert desk.message().state == "sending"


def test_what_was_abandoned_but_never_handed_over_is_put_back_by_the_one_who_knows(desk_of):
    desk = desk_of("kannel")

    def stop():
        desk.now += 2 * LEASE
        desk.send()
        assert desk.message().state == "unknown"

    desk.channels.meanwhile = stop
    desk.send()
    assert desk.gateway.sent == [desk.key]
    assert (desk.message().state, desk.message().what_to_do) == ("accepted", None)
    assert desk.problems() == []


def test_handing_over_never_begins_in_the_second_half_of_a_lease(desk_of):
    desk = desk_of("http")
    left = []
    desk.gateway.meanwhile = lambda: left.append(desk.message().lease_until - desk.now)

    def dawdle():
        desk.now += LEASE * 0.6

    desk.channels.meanwhile = dawdle
    desk.send()
    assert desk.gateway.sent == [desk.key]
    assert left == [LEASE]


def test_what_expires_between_claim_and_sending_is_not_sent(desk_of):
    desk = desk_of("http")
    desk.now = NOW + timedelta(hours=2) - LEASE / 10

    def dawdle():
        desk.now += LEASE / 5

    desk.channels.meanwhile = dawdle
    desk.send()
    assert desk.gateway.sent == []
    assert (desk.message().state, desk.warning_state()) == ("expired", "expired")


def test_what_is_cancelled_between_claim_and_sending_is_not_sent(desk_of):
    desk = desk_of("http")
    desk.channels.meanwhile = desk.cancel
    desk.send()
    assert desk.gateway.sent == []
    assert (desk.message().state, desk.warning_state()) == ("cancelled", "cancelled")


def test_what_is_paused_between_claim_and_sending_waits(desk_of):
    desk = desk_of("http")
    desk.channels.meanwhile = lambda: desk.write(pause)
    desk.send()
    assert desk.gateway.sent == []
    assert desk.message().state == "waiting"


def test_a_channel_that_breaks_off_leaves_its_message_unknown_and_the_sender_alive(desk_of, caplog):
    desk = desk_of("kannel")

    def break_off():
        raise ValueError("+99900000001")

    desk.gateway.meanwhile = break_off
    assert desk.send().outcomes == {"unknown": 1}
    assert desk.message().state == "unknown"
    assert "99900000001" not in caplog.text + desk.message().said
    assert desk.problems() == []


def test_a_late_acceptance_stands_though_another_try_failed(desk_of):
    desk = desk_of("http")
    desk.gateway.answers = [TAKEN, REFUSED]

    def outlast_the_lease():
        desk.now += 2 * LEASE
        desk.send()
        assert desk.message().state == "failed"

    desk.gateway.meanwhile = outlast_the_lease
    desk.send()
    assert (desk.message().state, desk.warning_state()) == ("accepted", "sent")
    assert desk.problems() == []


def test_a_late_acceptance_stands_though_a_person_thought_otherwise(desk_of):
    desk = desk_of("kannel")

    def outlast_the_lease():
        desk.now += 2 * LEASE
        desk.send()
        desk.write(resolve_not_sent, desk.key)

    desk.gateway.meanwhile = outlast_the_lease
    desk.send()
    desk.send()
    assert desk.gateway.sent == [desk.key]
    assert desk.message().state == "accepted"


def test_a_receipt_stands_though_a_person_thought_otherwise(desk_of):
    desk = desk_of("kannel")
    desk.gateway.answers = [Answer(outcome="unknown", said="no answer in time")]
    desk.send()
    desk.write(resolve_not_sent, desk.key)
    assert desk.write(take_receipt, desk.key, TAKEN)
    desk.send()
    assert desk.gateway.sent == [desk.key]
    assert desk.message().state == "accepted"


def test_a_late_acceptance_of_something_cancelled_is_told(desk_of):
    desk = desk_of("http")

    def outlast_the_lease():
        desk.now += 2 * LEASE
        desk.write(pause)
        desk.send()
        desk.cancel()
        assert desk.message().state == "cancelled"

    desk.gateway.meanwhile = outlast_the_lease
    desk.send()
    message = desk.message()
    assert message.state == "cancelled"
    assert "went out all the same" in message.said
    assert "takes it back" in message.what_to_do
    assert desk.problems() == []


def test_receipts_that_come_again_after_delivery_change_nothing(desk_of):
    desk = desk_of("kannel")
    desk.send()
    for outcome in ("delivered", "accepted", "delivered"):
        assert desk.write(take_receipt, desk.key, Answer(outcome=outcome, said="a receipt"))
    assert (desk.message().state, desk.warning_state()) == ("delivered", "delivered")


def test_an_answer_outlives_a_ledger_that_is_away_for_a_while(desk_of, monkeypatch):
    desk = desk_of("kannel")
    writing, failures = desk.database.writing, []

    def away():
        if len(failures) < 3:
            failures.append(1)
            raise OperationalError("select 1", {}, Exception("the connection is lost"))
        return writing()

    desk.gateway.meanwhile = lambda: monkeypatch.setattr(desk.database, "writing", away)
    desk.send()
    assert len(failures) == 3
    assert desk.gateway.sent == [desk.key]
    assert desk.message().state == "accepted"


def test_postgresql_frees_the_locks_of_who_vanished_in_a_transaction(new_postgres_url):
    database = Database(new_postgres_url())
    with database.reading() as session:
        assert session.execute(text("show idle_in_transaction_session_timeout")).scalar_one() == "2min"
    database.close()
