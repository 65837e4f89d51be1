from datetime import timedelta

import pytest
from drafted_warnings import NOW, add_approved, by, made_wording
from outbox_by_hand import LEASE, Post
from sqlalchemy.exc import IntegrityError

from crowd.warnings.by_hand import resolve_not_sent, resolve_sent, retry
from crowd.warnings.decisions import cancel
from crowd.warnings.drafts import find_warning
from crowd.warnings.gateways import limits_at
from crowd.warnings.kill_switch import pause, resume
from crowd.warnings.listing import stuck_letters
from crowd.warnings.options import CapOptions, WarningOptions
from crowd.warnings.outbox import release
from crowd.warnings.outbox_steps import ASKABLE
from crowd.warnings.tables import ApprovalRow, CellListRow, OutboxRow
from crowd.warnings.wording import read_cells
from lake.database import open_database
from lake.errors import RefusedInputError

BOTH = made_wording(operators=("alun", "banyu"))
WITH_CAP = WarningOptions(
    official_page="info.example.id", cap=CapOptions(url="https://x.example.id", sender="x.example.id", sender_name="X")
)


@pytest.fixture
def post(ledger_url):
    with open_database(ledger_url) as database:
        yield Post(database)


class Middle:
    """Chance that is always in the middle."""

    @staticmethod
    def uniform(least, most):
        return (least + most) / 2


def through(post, key, channel):
    """Let a message go through another channel."""
    with post.database.writing() as session:
        session.get_one(OutboxRow, key).channel = channel


def cells_of(post, key):
    with post.database.reading() as session:
        return read_cells(session, session.get_one(OutboxRow, key).cells_sha256)["cell_id"].to_list()


def test_the_most_severe_goes_first_and_of_the_same_the_oldest(post):
    post.keep_to(cool_down=timedelta(0))
    levels = ["waspada", "siaga", "awas", "siaga"]
    names = [
        post.do(add_approved, number=n, level=level, at=NOW + timedelta(seconds=n)) for n, level in enumerate(levels)
    ]
    post.later(seconds=10)
    order = [post.claim().key.split(".")[0] for _ in names]
    assert order == [names[2], names[1], names[3], names[0]]
    assert post.claim() is None


def test_sending_comes_before_asking(post):
    post.keep_to(cool_down=timedelta(0))
    asked = post.do(add_approved, number=1, level="awas")
    post.send("unknown")
    post.do(add_approved, number=2, level="waspada")
    post.later(minutes=10)
    assert [post.claim().doing for _ in range(2)] == ["send", "ask"]
    assert post.warning(asked).state == "queued"


def test_one_warning_alone_can_be_sent(post):
    post.keep_to(cool_down=timedelta(0))
    post.do(add_approved, number=1, level="awas")
    name = post.do(add_approved, number=2)
    assert post.claim(only=name).key.startswith(name)
    assert post.claim(only=name) is None


def test_a_message_is_claimed_once(post):
    post.do(add_approved)
    assert post.claim() is not None
    found = post.look()
    assert (found.claim, found.next_at) == (None, NOW + LEASE)


@pytest.mark.parametrize("changes", [{}, {"key": "another"}], ids=["same key", "same route"])
def test_no_two_messages_have_one_key_or_one_route(post, changes):
    post.do(add_approved)
    (row,) = post.messages().values()
    same = {column: getattr(row, column) for column in OutboxRow.__table__.columns.keys()}  # noqa: SIM118 - no dict
    with pytest.raises(IntegrityError):
        post.do(lambda session: session.add(OutboxRow(**(same | changes))))


def test_a_cell_that_was_warned_just_now_of_something_else_is_left_out(post):
    post.do(add_approved, number=1, wording=made_wording(cells=2))
    post.send("accepted")
    post.do(add_approved, number=2, wording=made_wording(cells=5))
    key = post.send("accepted")
    assert cells_of(post, key) == ["001-01-100-3", "001-01-100-4", "001-01-100-5"]
    assert post.message(key).recipients == 43 + 44 + 45
    assert "leave_out" in {row.action for row in post.trail()}
    assert post.problems() == []


def test_a_list_of_cells_that_somebody_changed_holds_up_no_other_operators_message(post):
    post.do(add_approved, number=1, wording=made_wording(cells=2))
    first = post.message(post.send("accepted"))
    with post.database.writing() as session:
        session.get_one(CellListRow, first.cells_sha256).body = b"changed"
    post.do(add_approved, number=2, wording=BOTH)
    assert post.claim().key.endswith(".banyu")
    assert post.claim() is None
    (held,) = [row for row in post.messages().values() if row.state == "waiting"]
    assert "was changed in the ledger" in held.said


def test_a_message_none_of_whose_cells_are_left_is_skipped(post):
    post.do(add_approved, number=1)
    post.send("unknown")
    name = post.do(add_approved, number=2)
    assert post.claim() is None
    (message,) = [row for row in post.messages().values() if row.warning_id == name]
    assert (message.state, message.said) == ("skipped", "all its 3 cells were warned within 6:00:00")
    assert post.warning(name).state == "cancelled"


def test_cells_have_cooled_down_after_a_while(post):
    post.do(add_approved, number=1)
    post.send("accepted")
    post.later(hours=6)
    post.do(add_approved, number=2, at=post.now)
    assert len(cells_of(post, post.claim().key)) == 3


@pytest.mark.parametrize(
    "second",
    [{"gathering_id": "g-1"}, {"kind": "cancel"}, {"mode": "live"}],
    ids=["same gathering", "taken back", "live after a test"],
)
def test_some_messages_do_not_wait_for_cells_to_cool_down(post, second):
    post.keep_to(mode="live")
    post.do(add_approved, number=1)
    post.send("accepted")
    post.do(add_approved, number=2, **second)
    assert len(cells_of(post, post.claim().key)) == 3


@pytest.mark.parametrize("outcome", ["failed", "later"])
def test_what_did_not_go_out_warms_no_cell(post, outcome):
    first = post.do(add_approved, number=1)
    post.send(outcome)
    second = post.do(add_approved, number=2)
    assert cells_of(post, post.claim(only=second).key) == ["001-01-100-1", "001-01-100-2", "001-01-100-3"]
    assert first != second


def test_a_second_try_carries_what_the_first_did(post):
    post.do(add_approved, number=1, wording=made_wording(cells=5))
    key = post.send("failed")
    post.do(add_approved, number=2, wording=made_wording(cells=2))
    post.send("accepted")
    post.do(retry, key, act=by("Ani"))
    assert post.claim().key == key
    assert len(cells_of(post, key)) == 5


def test_a_daily_cap_puts_off_what_is_too_much_and_says_what_to_do(post):
    post.keep_to(cool_down=timedelta(0), daily_caps={"alun": 252})
    for number in range(3):
        post.do(add_approved, number=number)
    assert [post.claim() is not None for _ in range(3)] == [True, True, False]
    (waiting,) = [row for row in post.messages().values() if row.state == "waiting"]
    assert waiting.said == "daily cap of 252 recipients: 252 today, 126 more wanted"
    assert "daily_cap of alun" in waiting.what_to_do
    assert waiting.due_at == NOW + timedelta(minutes=5)


def test_a_daily_cap_begins_anew_with_the_local_day(post):
    options = WarningOptions(operators={"alun": {"channel": "folder", "daily_cap": 130}}, cool_down_min=0)
    post.now = NOW.replace(hour=16, minute=50)  # 23:50 in Jakarta
    for number in range(2):
        post.do(add_approved, number=number, at=post.now)
    post.limits = limits_at(post.now, options=options, timezone="Asia/Jakarta")
    assert [post.claim() is not None for _ in range(2)] == [True, False]
    post.later(minutes=11)
    post.limits = limits_at(post.now, options=options, timezone="Asia/Jakarta")
    assert post.claim(only=max(post.messages().values(), key=lambda row: row.state).warning_id) is not None


@pytest.mark.parametrize("second", [{"kind": "cancel"}, {"mode": "live"}], ids=["taken back", "live after a test"])
def test_some_messages_are_under_no_daily_cap_of_others(post, second):
    post.keep_to(mode="live", daily_caps={"alun": 130})
    post.do(add_approved, number=1)
    post.send("accepted")
    post.do(add_approved, number=2, **second)
    assert post.claim() is not None


def test_pauses_double_with_jitter_up_to_the_longest(post):
    post.keep_to(max_attempts=100)
    post.do(add_approved)
    pauses = []
    for _ in range(8):
        key = post.send("later", chance=Middle)
        pauses.append((post.message(key).due_at - post.now).total_seconds())
        post.now = post.message(key).due_at
    assert pauses == [0.75 * each for each in (5, 10, 20, 40, 80, 160, 300, 300)]


def test_a_gateway_is_left_alone_as_long_as_it_wants(post):
    post.do(add_approved)
    key = post.send("later", retry_after_s=900)
    assert post.message(key).due_at == NOW + timedelta(minutes=15)
    post.later(minutes=14, seconds=59)
    assert post.claim() is None


def test_a_message_is_given_up_after_its_last_try_and_says_what_to_do(post):
    name = post.do(add_approved)
    for _ in range(3):
        key = post.send("later", said="503 busy")
        post.later(minutes=5)
    message = post.message(key)
    assert (message.state, message.said) == ("failed", "given up after 3 tries: 503 busy")
    assert f"kerumun warnings retry {key}" in message.what_to_do
    assert post.warning(name).state == "failed"


def test_what_is_too_old_expires_when_it_would_be_sent(post):
    name = post.do(add_approved)
    post.now = post.warning(name).expires_at
    assert post.claim() is None
    assert [row.state for row in post.messages().values()] == ["expired"]
    assert post.warning(name).state == "expired"


def test_a_live_warning_waits_while_the_settings_say_test(post):
    post.do(add_approved, mode="live")
    assert post.claim() is None
    (message,) = post.messages().values()
    assert (message.state, message.said) == ("waiting", "it is live, and the settings say test")
    assert [letter.key for letter in post.do(stuck_letters, now=post.now)] == [message.key]
    post.later(minutes=5)
    post.keep_to(mode="live")
    assert post.claim() is not None


def test_nothing_is_claimed_while_paused_but_gateways_are_asked(post):
    post.keep_to(cool_down=timedelta(0))
    post.do(add_approved, number=1)
    post.send("unknown")
    post.do(add_approved, number=2)
    post.do(pause, act=by("Ani"))
    post.later(minutes=1)
    assert (post.claim().doing, post.claim()) == ("ask", None)
    post.do(resume, act=by("Ani"))
    assert post.claim().doing == "send"


def test_a_message_whose_approval_vanished_waits_and_holds_up_nobody_else(post):
    post.keep_to(cool_down=timedelta(0))
    name = post.do(add_approved, number=1, level="awas")
    other = post.do(add_approved, number=2)
    with post.database.writing() as session:
        session.delete(session.get_one(ApprovalRow, (name, 1, "person 0")))
    assert post.claim().key.startswith(other)
    assert post.claim() is None
    assert "approvals are missing" in next(row.said for row in post.messages().values() if row.warning_id == name)


def test_a_claim_whose_sender_died_is_asked_after_and_not_sent_again(post):
    post.do(add_approved)
    key = post.claim().key
    post.later(seconds=LEASE.total_seconds() - 1)
    assert post.claim() is None
    post.later(seconds=1)
    assert (post.claim().doing, post.message(key).state) == ("ask", "unknown")


def test_where_nobody_can_be_asked_a_person_must_say(post):
    post.do(add_approved)
    (key,) = post.messages()
    through(post, key, "kannel")
    post.claim()
    post.later(hours=1)
    assert post.claim() is None
    message = post.message(key)
    assert (message.state, message.due_at) == ("unknown", None)
    assert f"resolve {key} --as sent" in message.what_to_do
    assert "kannel" not in ASKABLE


def test_what_a_channel_advises_about_an_unknown_message_is_told_with_the_way_to_resolve_it(post):
    post.do(add_approved)
    key = post.send("unknown", what_to_do="ask officer regency-1")
    assert post.message(key).what_to_do.startswith("ask officer regency-1; if it went out: ")


def test_what_the_gateway_never_got_is_sent_again(post):
    post.do(add_approved)
    post.send("unknown")
    post.later(minutes=1)
    post.settle(post.claim(), "absent")
    assert post.claim().doing == "send"


def test_a_gateway_is_not_asked_for_ever(post):
    post.do(add_approved)
    key = post.send("unknown")
    post.later(hours=24)
    post.settle(post.claim(), "unknown")
    assert (post.message(key).state, post.message(key).due_at) == ("unknown", None)
    assert "resolve" in post.message(key).what_to_do


@pytest.mark.parametrize("outcome", ["accepted", "delivered", "failed"])
def test_a_late_answer_after_the_lease_still_tells(post, outcome):
    post.do(add_approved)
    claim = post.claim()
    post.later(minutes=2)
    post.look(only="another")
    assert post.message(claim.key).state == "unknown"
    post.settle(claim, outcome)
    assert post.message(claim.key).state == outcome


@pytest.mark.parametrize("outcome", ["later", "unknown"])
def test_a_late_answer_that_tells_nothing_sends_nothing_again(post, outcome):
    post.do(add_approved)
    claim = post.claim()
    post.later(minutes=2)
    post.look(only="another")
    post.settle(claim, outcome)
    assert (post.message(claim.key).state, post.claim().doing) == ("unknown", "ask")


def test_a_failure_of_a_sender_from_before_a_retry_does_not_touch_the_try_of_now(post):
    post.do(add_approved)
    old = post.claim()
    post.receipt(old.key, "failed")
    post.do(retry, old.key, act=by("Ani"))
    new = post.claim()
    assert old.turn != new.turn
    post.settle(old, "later")
    assert post.message(old.key).state == "sending"
    assert post.claim() is None


def test_a_message_put_back_does_not_count_as_tried(post):
    post.do(add_approved)
    claim = post.claim()
    post.do(release, claim, act=post.act())
    message = post.message(claim.key)
    assert (message.state, message.attempts, message.sent_at) == ("waiting", 0, None)
    post.receipt(claim.key, "delivered")
    assert post.message(claim.key).state == "waiting"


@pytest.mark.parametrize("outcome", ["accepted", "delivered", "failed"])
def test_a_receipt_that_comes_before_the_answer_stands(post, outcome):
    post.do(add_approved)
    claim = post.claim()
    assert post.receipt(claim.key, outcome)
    post.settle(claim, "unknown")
    assert post.message(claim.key).state == outcome


def test_the_same_receipt_twice_is_one(post):
    post.do(add_approved)
    key = post.send("accepted")
    post.receipt(key, "delivered")
    entries = len(post.trail())
    assert post.receipt(key, "delivered")
    assert len(post.trail()) == entries


def test_a_receipt_about_nothing_we_sent_is_told_apart(post):
    post.do(add_approved)
    (key,) = post.messages()
    assert not post.receipt("W000000-XXXXX.1.http.alun", "delivered")
    assert post.receipt(key, "delivered")
    assert post.message(key).state == "waiting"


def test_what_was_delivered_does_not_fail_afterwards(post):
    name = post.do(add_approved)
    key = post.send("accepted")
    post.receipt(key, "delivered")
    post.receipt(key, "failed")
    assert (post.message(key).state, post.warning(name).state) == ("delivered", "delivered")


def test_what_failed_may_turn_out_to_be_delivered(post):
    name = post.do(add_approved)
    key = post.send("failed")
    post.receipt(key, "delivered")
    assert (post.message(key).state, post.warning(name).state) == ("delivered", "delivered")


def test_a_delivery_told_between_retry_and_try_is_not_sent_again(post):
    post.do(add_approved)
    key = post.send("failed")
    post.do(retry, key, act=by("Ani"))
    post.receipt(key, "delivered")
    assert (post.message(key).state, post.claim()) == ("delivered", None)


def test_a_gateway_that_reported_taking_it_is_still_asked_for_a_receipt(post):
    post.do(add_approved)
    (key,) = post.messages()
    through(post, key, "http")
    post.receipt(post.claim().key, "accepted")
    post.later(minutes=1)
    assert post.claim().doing == "ask"


def test_a_warning_that_failed_with_one_operator_is_sent_with_the_other(post):
    name = post.do(add_approved, wording=BOTH)
    post.send("failed")
    assert post.warning(name).state == "queued"
    post.send("accepted")
    assert post.warning(name).state == "sent"


@pytest.mark.parametrize("end", ["expired", "cancelled"])
def test_a_second_try_that_never_came_to_be_leaves_a_sent_warning_failed(post, end):
    name = post.do(add_approved, wording=BOTH)
    first, second = post.send("accepted"), post.send("unknown")
    post.receipt(first, "failed")
    post.do(retry, first, act=by("Ani"))
    post.do(resolve_not_sent, second, act=by("Ani"))
    if end == "expired":
        post.later(hours=3)
    else:
        post.do(lambda s: cancel(s, find_warning(s, name), act=by("Ani")))
    assert post.claim() is None
    assert {row.state for row in post.messages().values()} == {end}
    assert (post.warning(name).state, post.problems()) == ("failed", [])


def test_a_failed_message_tried_again_begins_anew(post):
    name = post.do(add_approved)
    key = post.send("failed")
    post.do(retry, key, act=by("Ani"))
    assert (post.message(key).state, post.message(key).attempts) == ("waiting", 0)
    assert post.warning(name).state == "queued"
    assert post.send("delivered") == key
    assert post.warning(name).state == "delivered"


@pytest.mark.parametrize("over", ["expired", "cancelled"])
def test_a_failed_message_whose_time_is_over_is_not_tried_again(post, over):
    name = post.do(add_approved)
    key = post.send("failed")
    if over == "cancelled":
        post.do(lambda s: cancel(s, find_warning(s, name), act=by("Ani")))
    at = post.warning(name).expires_at if over == "expired" else NOW
    with pytest.raises(RefusedInputError, match="time of warning"):
        post.do(retry, key, act=by("Ani", at=at))


def test_only_a_failed_message_is_tried_again(post):
    post.do(add_approved)
    key = post.send("unknown")
    with pytest.raises(RefusedInputError, match="only a failed one"):
        post.do(retry, key, act=by("Ani"))


def test_a_person_says_that_an_unknown_message_went_out(post):
    name = post.do(add_approved)
    key = post.send("unknown")
    post.do(resolve_sent, key, act=by("Ani"))
    assert (post.message(key).state, post.message(key).said) == ("accepted", "Ani: it went out")
    assert (post.warning(name).state, post.claim()) == ("sent", None)


def test_a_person_says_that_an_unknown_message_did_not_go_out(post):
    post.do(add_approved)
    key = post.send("unknown")
    post.do(resolve_not_sent, key, act=by("Ani"))
    assert (post.claim().doing, post.message(key).state) == ("send", "sending")


@pytest.mark.parametrize("step", [resolve_sent, resolve_not_sent])
def test_only_an_unknown_message_is_resolved(post, step):
    post.do(add_approved)
    key = post.send("accepted")
    with pytest.raises(RefusedInputError, match="not unknown"):
        post.do(step, key, act=by("Ani"))
    with pytest.raises(RefusedInputError, match="there is no message"):
        post.do(step, "nothing", act=by("Ani"))


def test_a_cancelled_warning_keeps_what_is_out_and_stops_the_rest(post):
    name = post.do(add_approved, wording=BOTH)
    out = post.send("accepted")
    assert post.do(lambda s: cancel(s, find_warning(s, name), act=by("Ani")))
    assert sorted(row.state for row in post.messages().values()) == ["accepted", "cancelled"]
    assert (post.message(out).state, post.warning(name).state, post.claim()) == ("accepted", "sent", None)


def test_an_unknown_message_of_a_cancelled_warning_is_not_sent_again(post):
    name = post.do(add_approved)
    key = post.send("unknown")
    post.do(lambda s: cancel(s, find_warning(s, name), act=by("Ani")))
    post.later(minutes=1)
    post.settle(post.claim(), "absent")
    assert (post.claim(), post.message(key).state, post.warning(name).state) == (None, "cancelled", "cancelled")


def test_public_messages_know_neither_cap_nor_cool_down(post):
    post.keep_to(daily_caps={"alun": 130, "public": 0})
    post.do(add_approved, number=1, options=WITH_CAP)
    post.do(add_approved, number=2, options=WITH_CAP)
    taken = [claim.channel for _ in range(4) if (claim := post.claim()) is not None]
    assert sorted(taken) == ["cap", "cap", "folder"]
