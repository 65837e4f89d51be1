"""Where senders are killed: a ledger full of approved warnings, an operators' gateway in a process of its own."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import reference_gateway
from drafted_warnings import add_approved, made_wording
from sender_driver import Setup
from sqlalchemy import func, select

from crowd.warnings.audit import Act
from crowd.warnings.by_hand import resolve_not_sent, resolve_sent, retry
from crowd.warnings.options import WarningOptions
from crowd.warnings.tables import ApprovalRow, AuditRow, OutboxRow, WarningRow
from crowd.warnings.verify import verify
from lake.database import Database

SECRET = "s" * 40
ABANDONED = "its sender stopped in the middle"
OUT, NOT_OUT = {"accepted", "delivered"}, {"waiting", "failed", "expired", "cancelled", "skipped"}


def by_chance(seed):
    return random.Random(seed)  # noqa: S311 - no secret


def clock():
    return datetime.now(UTC)


def person(why="looked at the gateway"):
    return Act(by="Ayu", at=clock(), why=why)


class GatewayProcess:
    """The reference gateway as a process that can be killed and started again on its port."""

    def __init__(self, folder):
        self.folder = folder
        self.journal = folder / "journal.jsonl"
        self.port, self.url, self._process = 0, None, None
        self.secret_file = folder / "operator.secret"
        self.secret_file.write_text(SECRET)
        self.secret_file.chmod(0o600)

    def start(self, *more):
        command = [sys.executable, reference_gateway.__file__, "--port", str(self.port)]
        command += ["--secret-file", self.secret_file, "--journal", self.journal, *map(str, more)]
        root = Path(reference_gateway.__file__).parents[2]
        environment = os.environ | {"PYTHONPATH": str(root)}
        with (self.folder / "gateway.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
        self.url = self._process.stdout.readline().strip()
        self.port = int(self.url.split(":")[2].split("/")[0])

    def kill(self):
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate()

    def accepted(self):
        """Keys and times of what was taken, in order."""
        lines = self.journal.read_bytes().splitlines(keepends=True) if self.journal.exists() else []
        return [json.loads(line) for line in lines if line.endswith(b"\n")]


@contextmanager
def running_gateway(folder, *more):
    gateway = GatewayProcess(folder)
    gateway.start(*more)
    try:
        yield gateway
    finally:
        gateway.kill()


@dataclass(frozen=True, kw_only=True)
class Site:
    """A ledger with its settings."""

    database: Database
    setup: Setup
    options: WarningOptions

    def add_warnings(self, count, *, operators=(), first=0):
        """Approved warnings about different gatherings, numbered in their SMS, to each operator and officer."""
        names = []
        with self.database.writing() as session:
            for n in range(first, first + count):
                wording = made_wording(operators=operators or ("nobody",))
                told = replace(wording, officer_texts={"id": f"UJI COBA no {n}.", "en": f"TEST no {n}."})
                officers = [f"officer-{officer}" for officer in range(self.setup.officers)]
                fields = {"options": self.options, "officers": officers, "number": n, "wording": told, "at": clock()}
                names.append(add_approved(session, **fields))
        return names

    def messages(self):
        with self.database.reading() as session:
            rows = session.scalars(select(OutboxRow).order_by(OutboxRow.key)).all()
            session.expunge_all()
        return rows

    def states(self):
        return Counter(message.state for message in self.messages())

    def warnings(self):
        with self.database.reading() as session:
            return dict(session.execute(select(WarningRow.id, WarningRow.state)).tuples().all())

    def abandoned(self):
        """How often a sender was found to have stopped in the middle of a message."""
        with self.database.reading() as session:
            details = session.scalars(select(AuditRow.details).where(AuditRow.after == "unknown")).all()
        return sum(json.loads(each)["said"] == ABANDONED for each in details)

    def moves(self, before, after):
        """How often a message took that step."""
        with self.database.reading() as session:
            steps = select(func.count()).where(AuditRow.before == before, AuditRow.after == after)
            return session.execute(steps.where(AuditRow.key.is_not(None))).scalar_one()

    def is_settled(self):
        """Whether senders can do no more."""
        return not any(
            message.state in {"waiting", "sending"} or (message.state == "unknown" and message.due_at is not None)
            for message in self.messages()
        )

    def wait_settled(self, *, patience_s=40):
        end = time.monotonic() + patience_s
        while not self.is_settled():
            if time.monotonic() > end:
                raise AssertionError(f"not settled within {patience_s} s: {self.states()}")
            time.sleep(0.1)

    def retry_failed(self):
        with self.database.writing() as session:
            for key in [message.key for message in self.messages() if message.state == "failed"]:
                retry(session, key, act=person("mended"))

    def resolve(self, keys_sent):
        """As a person does who has looked at the gateway; gives how many there were to resolve."""
        unknown = [message for message in self.messages() if message.state == "unknown"]
        with self.database.writing() as session:
            for message in unknown:
                if f"kerumun warnings resolve {message.key}" not in message.what_to_do:
                    raise AssertionError(f"nothing tells how to resolve {message.key}: {message.what_to_do}")
                resolve = resolve_sent if message.key in keys_sent else resolve_not_sent
                resolve(session, message.key, act=person())
        return len(unknown)

    def differences(self, taken):
        """What the ledger says against what the gateway took (keys, one each time): sentences; none if all is well."""
        counts, found = Counter(taken), []
        with self.database.reading() as session:
            approved = set(session.scalars(select(ApprovalRow.warning_id)))
            found += verify(session).problems
        messages = {message.key: message for message in self.messages()}
        found += [f"{key} was taken {number} times" for key, number in counts.items() if number > 1]
        found += [f"{key} was taken and nobody knows it" for key in counts.keys() - messages.keys()]
        for key, message in messages.items():
            if key in counts and message.warning_id not in approved:
                found.append(f"{key} was taken and never approved")
            if (message.state in OUT and key not in counts) or (message.state in NOT_OUT and key in counts):
                found.append(f"{key} is {message.state} ({message.said}) and was taken {counts[key]} times")
        return [*found, *self._wrong_warnings(messages.values())]

    def _wrong_warnings(self, messages):
        warnings, by_warning = self.warnings(), {}
        for message in messages:
            by_warning.setdefault(message.warning_id, set()).add(message.state)
        for name, states in by_warning.items():
            if states == {"accepted"} and warnings[name] != "sent":
                yield f"all of {name} is accepted and it is {warnings[name]}"
            if states == {"delivered"} and warnings[name] != "delivered":
                yield f"all of {name} is delivered and it is {warnings[name]}"


def fast_options(**changes):
    """Settings under which nothing waits for long."""
    fields = {"cool_down_min": 0, "first_retry_s": 0.05, "longest_retry_s": 0.4, "default_channel": "none"}
    return WarningOptions(**(fields | changes))


@contextmanager
def open_site(ledger_url, folder, options, **setup):
    made = Setup(ledger_url=ledger_url, root=str(folder), options=options.model_dump_json(), **setup)
    database = Database(ledger_url)
    try:
        yield Site(database=database, setup=made, options=options)
    finally:
        database.close()


def kill_at_random(senders, chance: random.Random, *, kills, at_once=1, working_s=0.06, stop_s=None):
    """Let so many senders work at once and kill one after the other at random moments of its work.

    Where `stop_s` is given, now and then one is stopped for so long and goes on as if nothing had happened.
    """
    running, stopped = [], {}
    for _ in range(kills):
        while len(running) < at_once:
            running.append(senders.start())
        time.sleep(chance.uniform(0, working_s))
        if stop_s and chance.random() < 0.2 and len(stopped) < at_once - 1:
            pid = chance.choice([each for each in running if each not in stopped])
            os.kill(pid, signal.SIGSTOP)
            stopped[pid] = time.monotonic() + stop_s
        for pid in [each for each, until in stopped.items() if until < time.monotonic()]:
            os.kill(pid, signal.SIGCONT)
            del stopped[pid]
        victim = chance.choice([each for each in running if each not in stopped])
        running.remove(victim)
        senders.kill(victim)
    for pid, until in stopped.items():
        time.sleep(max(until - time.monotonic(), 0))
        os.kill(pid, signal.SIGCONT)
        time.sleep(chance.uniform(0, working_s))
    for pid in running:
        senders.kill(pid)
