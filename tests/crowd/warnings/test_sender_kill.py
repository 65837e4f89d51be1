"""Senders killed at any moment, many at once, against real gateways: nothing lost, nothing doubled.

A new sender needs about 0.06 s until a gateway has its first message, so moments of death are drawn from twice that.
"""

import contextlib
import threading
import time
from collections import Counter

import pytest
from made_officers import SECRETS
from real_kannel import running_kannel, wait_until
from reference_gateway import ReferenceGateway
from sender_driver import running_senders
from sender_site import SECRET, by_chance, clock, fast_options, kill_at_random, open_site, person, running_gateway
from sqlalchemy import create_engine, text

from crowd.warnings.kill_switch import pause, resume
from crowd.warnings.outgoing import Answer
from crowd.warnings.sending import wait_until_quiet
from crowd.warnings.settling import take_receipt
from portal.receipts import receipts_app
from portal.web_server import serving

pytestmark = pytest.mark.system
HTTP_KILLS, KANNEL_KILLS, KILLS_AT_ONCE, GATEWAY_KILLS = 200, 200, 25, 20
WORKING_S = 0.12
LEASE_S = 2.0
OPERATORS = ("alun", "bayu", "cipta", "dara", "embun")
SEED = 20260301
WARNINGS, MANY_WARNINGS, OFFICERS = 40, 70, 6


def to_gateway(url, **changes):
    """Settings by which every operator's lists go to one gateway."""
    of_each = {"channel": "http", "url": url, "secret_file": "operator.secret", "timeout_s": 0.3}
    return fast_options(operators=dict.fromkeys(OPERATORS, of_each), **changes)


def taken_by(gateway):
    return [line["key"] for line in gateway.accepted()]


@contextlib.contextmanager
def at_gateway(folder, ledger_url, *misbehaviour, warnings, **changes):
    """A ledger full of approved warnings, senders to kill and the gateway that they all talk to."""
    with running_gateway(folder, *misbehaviour) as gateway:
        options = to_gateway(gateway.url, **changes)
        with (
            open_site(ledger_url, folder, options, lease_s=LEASE_S) as site,
            running_senders(site.setup, folder) as senders,
        ):
            site.add_warnings(warnings, operators=OPERATORS)
            yield site, senders, gateway


def finish_well(site, senders, gateway):
    """Let a last sender do what can be done, at a gateway that is well again; a person sees to what failed."""
    assert not site.is_settled(), "the senders had nothing to do any more when they were killed: give them more"
    gateway.kill()
    gateway.start()
    senders.start()
    site.wait_settled()
    found = site.differences(taken_by(gateway))
    site.retry_failed()
    site.wait_settled()
    assert found == []
    assert site.differences(taken_by(gateway)) == []


def test_lists_are_taken_exactly_once_however_often_the_sender_is_killed(tmp_path):
    ledger_url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    misbehaviour = ("--seed", SEED, "--slow-s", 0.05)
    with at_gateway(tmp_path, ledger_url, *misbehaviour, warnings=MANY_WARNINGS) as (site, senders, gateway):
        kill_at_random(senders, by_chance(SEED), kills=HTTP_KILLS, working_s=WORKING_S)
        finish_well(site, senders, gateway)
        assert site.abandoned() > HTTP_KILLS / 10, "too few were killed in the middle of a message"
        assert site.states() == {"accepted": MANY_WARNINGS * len(OPERATORS)}
        assert set(site.warnings().values()) == {"sent"}


@pytest.mark.parametrize("at_once", [2, 4])
def test_senders_at_once_killed_or_stopped_for_longer_than_a_lease_keep_the_promise(tmp_path, ledger_url, at_once):
    misbehaviour = ("--seed", SEED + at_once, "--slow-s", 0.05)
    with at_gateway(tmp_path, ledger_url, *misbehaviour, warnings=WARNINGS) as (site, senders, gateway):
        kill_at_random(
            senders,
            by_chance(SEED + at_once),
            kills=KILLS_AT_ONCE,
            at_once=at_once,
            working_s=WORKING_S,
            stop_s=LEASE_S * 1.2,
        )
        finish_well(site, senders, gateway)
        assert site.abandoned() > 0, "none was killed in the middle of a message"
        assert site.states() == {"accepted": WARNINGS * len(OPERATORS)}


def test_senders_at_once_post_each_list_once(tmp_path, ledger_url):
    (tmp_path / "operator.secret").write_text(SECRET)
    (tmp_path / "operator.secret").chmod(0o600)
    with ReferenceGateway(secrets=[SECRET.encode()], journal=tmp_path / "journal.jsonl") as gateway:
        options = to_gateway(gateway.url)
        with (
            open_site(ledger_url, tmp_path, options, lease_s=30) as site,
            running_senders(site.setup, tmp_path) as senders,
        ):
            site.add_warnings(20, operators=OPERATORS)
            for _ in range(3):
                senders.start()
            site.wait_settled()
            assert site.differences(taken_by(gateway)) == []
    posts = Counter(behaviour for method, _, behaviour in gateway.requests if method == "POST")
    assert posts == {"ok": 20 * len(OPERATORS)}


def test_a_gateway_killed_again_and_again_takes_every_list_once(tmp_path):
    ledger_url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    misbehaviour = ("--seed", SEED, "--slow-s", 0.05)
    patient = {"warnings": WARNINGS, "max_attempts": 100}
    with at_gateway(tmp_path, ledger_url, *misbehaviour, **patient) as (site, senders, gateway):
        chance, is_over = by_chance(SEED), threading.Event()

        def kill_gateway():
            while not is_over.wait(chance.uniform(0.05, 0.6)):
                gateway.kill()
                gateway.start(*misbehaviour)

        thread = threading.Thread(target=kill_gateway)
        thread.start()
        try:
            kill_at_random(senders, by_chance(SEED), kills=GATEWAY_KILLS, at_once=2, working_s=WORKING_S)
        finally:
            is_over.set()
            thread.join()
        finish_well(site, senders, gateway)
        assert site.states() == {"accepted": WARNINGS * len(OPERATORS)}


def test_nothing_is_taken_after_the_kill_switch_and_everything_after_its_release(tmp_path, ledger_url):
    with at_gateway(tmp_path, ledger_url, warnings=WARNINGS) as (site, senders, gateway):
        chance = by_chance(SEED)
        for _ in range(2):
            working = [senders.start() for _ in range(3)]
            time.sleep(chance.uniform(0.2, 0.6))
            senders.kill(working.pop())
            with site.database.writing() as session:
                pause(session, act=person("stop all"))
            assert wait_until_quiet(site.database, clock=clock, patience_s=20) == 0
            quiet_at = time.time()
            time.sleep(0.5)
            late = [line for line in gateway.accepted() if line["at"] > quiet_at]
            assert late == []
            assert site.states()["waiting"] > 0, "nothing was left that could have gone out"
            with site.database.writing() as session:
                resume(session, act=person("go on"))
            for pid in working:
                senders.kill(pid)
        finish_well(site, senders, gateway)
        assert site.states() == {"accepted": WARNINGS * len(OPERATORS)}


def test_senders_outlive_lost_connections_to_the_ledger(tmp_path, new_postgres_url):
    ledger_url = new_postgres_url()
    with at_gateway(tmp_path, ledger_url, warnings=WARNINGS) as (site, senders, gateway):
        working = [senders.start() for _ in range(2)]
        chance, server = by_chance(SEED), create_engine(ledger_url.replace("postgresql:", "postgresql+psycopg:"))
        cut = text(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
        for _ in range(20):
            time.sleep(chance.uniform(0, 0.2))
            with server.connect() as connection:
                connection.execute(cut)
        server.dispose()
        site.database.engine.dispose()
        site.wait_settled()
        assert site.differences(taken_by(gateway)) == []
        assert site.states() == {"accepted": WARNINGS * len(OPERATORS)}
        for pid in working:
            senders.kill(pid)


class Duty:
    """A Kannel, its receipts in the ledger, and senders to it."""

    def __init__(self, kannel, site, senders, folder, held):
        self.kannel, self.site, self.senders, self.folder, self.held = kannel, site, senders, folder, held
        self.names = {}

    def add_warnings(self, count):
        first = len(self.names)
        added = self.site.add_warnings(count, first=first)
        self.names |= {f"TEST no {first + n}.": name for n, name in enumerate(added)}

    def taken(self):
        """Keys of what reached the SMS centre, once for each time."""
        sms = self.kannel.received()
        return [f"{self.names[each.text]}.1.kannel.officer-{int(each.receiver[-4:])}" for each in sms]

    def set_password(self, password):
        (self.folder / "kannel.password").write_text(password + "\n")

    def wait_receipts(self):
        wait_until(lambda: self.kannel.receipts_outstanding() == 0, "all receipts")
        known = {"delivered", "failed"}
        taken = set(self.taken())
        wait_until(lambda: all(m.state in known for m in self.site.messages() if m.key in taken), "receipts stored")

    def wait_states(self, **states):
        wait_until(lambda: self.site.states() == states, f"messages {states}")


@contextlib.contextmanager
def on_duty(folder, *, officers, warnings):
    with contextlib.ExitStack() as running:
        database, held = [], threading.Event()

        def take(receipt):
            if held.is_set():
                raise OSError("receipts are held back")
            with database[0].writing() as session:
                answer = Answer(outcome=receipt.outcome, said=receipt.said)
                take_receipt(session, receipt.key, answer, act=person("a receipt"))

        receipts = running.enter_context(serving(receipts_app(take=take, http_secrets={}, kannel_secrets=SECRETS)))
        kannel = running.enter_context(running_kannel(folder / "kannel"))
        (folder / "kannel.secret").write_bytes(SECRETS[0])
        options = fast_options(
            kannel={
                "url": kannel.url,
                "username": kannel.username,
                "password_file": "kannel.password",
                "sender": "Kerumun",
                "receipts_url": receipts,
                "secret_file": "kannel.secret",
                "timeout_s": 1,
            },
            max_attempts=100,
        )
        site = running.enter_context(
            open_site(f"sqlite:///{folder / 'ledger.sqlite'}", folder, options, officers=officers, lease_s=LEASE_S)
        )
        database.append(site.database)
        senders = running.enter_context(running_senders(site.setup, folder))
        duty = Duty(kannel, site, senders, folder, held)
        duty.set_password(kannel.password)
        for path in ("kannel.password", "kannel.secret"):
            (folder / path).chmod(0o600)
        duty.add_warnings(warnings)
        yield duty


def test_sms_arrive_exactly_once_or_are_unknown_however_often_the_sender_is_killed(tmp_path):
    with on_duty(tmp_path, officers=OFFICERS, warnings=WARNINGS) as duty:
        chance = by_chance(SEED)
        duty.held.set()  # so that some are unknown although the officer has them
        kill_at_random(duty.senders, chance, kills=KANNEL_KILLS // 2, working_s=WORKING_S)
        time.sleep(LEASE_S)
        last = duty.senders.start()
        wait_until(lambda: duty.site.states()["unknown"] > 0, "abandoned messages found")
        duty.senders.kill(last)
        duty.held.clear()
        duty.add_warnings(WARNINGS)
        kill_at_random(duty.senders, chance, kills=KANNEL_KILLS // 2, working_s=WORKING_S)
        assert not duty.site.is_settled()
        duty.senders.start()
        duty.site.wait_settled()
        duty.wait_receipts()
        assert duty.site.differences(duty.taken()) == []
        assert duty.site.moves("unknown", "delivered") + duty.site.moves("unknown", "accepted") > 0
        assert duty.site.resolve(set(duty.taken())) > 0
        duty.wait_states(delivered=2 * WARNINGS * OFFICERS)
        assert duty.site.differences(duty.taken()) == []
        assert set(duty.site.warnings().values()) == {"delivered"}


def test_an_approved_warning_goes_all_the_way_to_the_officers(tmp_path):
    with on_duty(tmp_path, officers=2, warnings=1) as duty:
        assert set(duty.site.warnings().values()) == {"approved"}
        duty.senders.start()
        duty.wait_states(delivered=2)
        assert sorted(duty.taken()) == sorted(message.key for message in duty.site.messages())
        assert set(duty.site.warnings().values()) == {"delivered"}
        assert duty.site.differences(duty.taken()) == []


def test_after_a_wrong_password_was_mended_a_retry_delivers(tmp_path):
    with on_duty(tmp_path, officers=1, warnings=1) as duty:
        duty.set_password("wrong")
        refused = duty.senders.start()
        duty.wait_states(failed=1)
        (message,) = duty.site.messages()
        assert "password_file" in message.what_to_do
        assert set(duty.site.warnings().values()) == {"failed"}
        duty.senders.kill(refused)
        duty.set_password(duty.kannel.password)
        duty.site.retry_failed()
        duty.senders.start()
        duty.wait_states(delivered=1)
        assert duty.taken() == [message.key]
        assert duty.site.differences(duty.taken()) == []


def test_what_cannot_be_sent_while_kannel_is_down_waits_and_goes_out_once(tmp_path):
    with on_duty(tmp_path, officers=2, warnings=2) as duty:
        duty.kannel.stop()
        duty.senders.start()
        wait_until(lambda: all(m.attempts > 3 for m in duty.site.messages()), "several tries")
        states = duty.site.states()
        assert states.keys() <= {"waiting", "sending"}
        duty.kannel.start()
        duty.wait_states(delivered=4)
        assert duty.site.differences(duty.taken()) == []
