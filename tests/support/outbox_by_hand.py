"""The steps of a sender, one at a time, in a ledger that tells what it holds."""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from drafted_warnings import NOW
from sqlalchemy import select

from crowd.warnings.audit import Act
from crowd.warnings.outbox import SENDER, claim_next
from crowd.warnings.outbox_rules import Limits
from crowd.warnings.outgoing import Answer
from crowd.warnings.settling import settle, take_receipt
from crowd.warnings.tables import AuditRow, OutboxRow, WarningRow
from crowd.warnings.verify import verify
from lake.database import Database

LEASE = timedelta(minutes=2)
LIMITS = Limits(
    mode="test",
    cool_down=timedelta(hours=6),
    daily_caps={},
    day_start=NOW.replace(hour=0),
    leases=dict.fromkeys(("http", "folder", "cap", "kannel"), LEASE),
    max_attempts=3,
    first_retry=timedelta(seconds=5),
    longest_retry=timedelta(minutes=5),
    ask_for=timedelta(hours=24),
)


@dataclass
class Post:
    """A ledger with a sender's hands on it.

    Attributes:
        database: the ledger.
        limits: what the sender keeps to.
        now: its clock, which only `later` moves.
    """

    database: Database
    limits: Limits = LIMITS
    now: datetime = NOW

    def later(self, **span):
        """Let time pass."""
        self.now += timedelta(**span)

    def keep_to(self, **changes):
        """Change what the sender keeps to."""
        self.limits = replace(self.limits, **changes)

    def do(self, step, *given, **named):
        """One step in a transaction of its own."""
        with self.database.writing() as session:
            return step(session, *given, **named)

    def look(self, *, only=None):
        """What a sender finds that asks for work."""
        return self.do(claim_next, limits=self.limits, now=self.now, only=only)

    def claim(self, *, only=None):
        """The message it takes in hand."""
        return self.look(only=only).claim

    def settle(self, claim, outcome, *, chance=None, **told):
        """Write down an answer."""
        answer = Answer(outcome=outcome, said=told.pop("said", "so it says"), **told)
        self.do(settle, claim, answer, limits=self.limits, act=self.act(), chance=chance or random.Random(1))  # noqa: S311 - no secret

    def send(self, outcome, *, only=None, **told):
        """Take a message and settle it; gives its key."""
        claim = self.claim(only=only)
        self.settle(claim, outcome, **told)
        return claim.key

    def receipt(self, key, outcome, said="a receipt"):
        """A gateway reports; gives whether the key is known."""
        return self.do(
            take_receipt, key, Answer(outcome=outcome, said=said), act=Act(by="kerumun:receipts", at=self.now)
        )

    def act(self, by=SENDER, why=""):
        """An act at this moment."""
        return Act(by=by, at=self.now, why=why)

    def message(self, key):
        """A row of the outbox."""
        return self._one(OutboxRow, key)

    def warning(self, name):
        """A warning's row."""
        return self._one(WarningRow, name)

    def messages(self):
        """The whole outbox, by key."""
        return {row.key: row for row in self.rows(select(OutboxRow).order_by(OutboxRow.key))}

    def trail(self):
        """The audit trail."""
        return self.rows(select(AuditRow).order_by(AuditRow.seq))

    def rows(self, query):
        """What a query finds."""
        with self.database.reading() as session:
            return session.scalars(query).all()

    def problems(self, *, head=None):
        """What `verify` finds."""
        with self.database.reading() as session:
            return list(verify(session, head=head).problems)

    def _one(self, table, name):
        with self.database.reading() as session:
            return session.get_one(table, name)
