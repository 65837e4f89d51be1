"""A plain model of warnings beside the ledger: whatever happens in whatever order, both say the same."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from drafted_warnings import add_warning, made_wording
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from outbox_by_hand import LIMITS, Post
from sqlalchemy import select

from crowd.warnings.audit import Act
from crowd.warnings.by_hand import resolve_not_sent, resolve_sent, retry
from crowd.warnings.decisions import approve, approve_by_policy, cancel, reject
from crowd.warnings.drafts import find_warning, revise
from crowd.warnings.kill_switch import pause, resume
from crowd.warnings.outbox import Claim, expire_due, release
from crowd.warnings.routes import Route
from crowd.warnings.states import MESSAGE_MOVES, WARNING_MOVES
from crowd.warnings.tables import AuditRow, WarningRow
from crowd.warnings.wording import lists_of, revision_of
from lake.database import Database
from lake.errors import RefusedInputError

MAX_ATTEMPTS = 2
MOST_WARNINGS = 3
PEOPLE = {
    "Ani": "ani",
    " ANI  ": "ani",
    "Ａｎｉ": "ani",
    "Budi Dua": "budi",
    "budi\u00a0 dua": "budi",
    "Citra": "citra",
}
NOBODY = ["", "  ", "policy:auto", "POLICY:auto", " ｐolicy:auto", "Kerumun:sender", "ani\u200b", "ani\x00", "a" * 129]
OUTCOMES = ["accepted", "delivered", "failed", "failed", "later", "unknown", "unknown", "absent"]
REPORTS = {
    "delivered": {"waiting", "sending", "unknown", "accepted", "failed"},
    "failed": {"sending", "unknown", "accepted"},
    "accepted": {"waiting", "sending", "unknown"},
}
NEWS_SENT = {("unknown", outcome): outcome for outcome in ("accepted", "delivered", "failed")}
NEWS_ASKED = {**NEWS_SENT, ("accepted", "delivered"): "delivered", ("accepted", "failed"): "failed"}
NEWS_SENT |= {("waiting", outcome): outcome for outcome in ("accepted", "delivered")}
STILL_MOVING = {"waiting", "sending", "unknown"}
OUT = {"accepted", "delivered"}
WHO = st.sampled_from(sorted(PEOPLE))
WHY = st.sampled_from(["", "  ", "seen on the map", "seen on the map"])
PICK = st.integers(0, 5)
LEVEL = st.sampled_from(["waspada", "siaga", "awas"])


@dataclass
class Letter:
    """A message as the model sees it.

    Attributes:
        warning: whose.
        state: where it stands.
        turn: the claim whose answer counts.
        tries: since it was last begun.
        handed: times that a gateway may have got it.
        may_go: it was never given to a gateway, or is known not to be there.
    """

    warning: str
    state: str = "waiting"
    turn: Claim | None = None
    tries: int = 0
    handed: int = 0
    may_go: bool = True


@dataclass
class Model:
    """A warning as the model sees it."""

    needed: int
    expires_at: datetime
    revision: int = 1
    said_yes: set[str] = field(default_factory=set)
    by_policy: bool = False
    is_draft: bool = True
    is_stopped: bool = False

    @property
    def is_approved(self):
        return self.by_policy or len(self.said_yes) >= self.needed


class WarningLife(RuleBasedStateMachine):
    def __init__(self, make_database):
        super().__init__()
        self.post = Post(make_database(), limits=LIMITS)
        self.post.keep_to(max_attempts=MAX_ATTEMPTS, cool_down=timedelta(0))
        self.warnings, self.letters, self.claims = {}, {}, []
        self.is_paused, self.seen_entries, self.last = False, 0, {}

    def teardown(self):
        self.post.database.close()

    @initialize(needed=st.integers(1, 2), level=LEVEL)
    def begin(self, needed, level):
        """One warning that waits for its sender, one that waits for approval."""
        self.draft(needed, 120, level)
        for who in ("Ani", "Citra")[:needed]:
            self.approve(0, who)
        self.draft(3 - needed, 20, "siaga")

    # All in one rule: Hypothesis leaves out some rules altogether, and a life needs most of them.
    @rule(move=st.deferred(lambda: MOVES))
    def happen(self, move):
        name, *given = move
        if NEEDS.get(name) is None or getattr(self, NEEDS[name]):
            getattr(self, name)(*given)

    # What people do.

    def draft(self, needed, minutes, level):
        if len(self.warnings) == MOST_WARNINGS:
            return
        expires_at, number = self.post.now + timedelta(minutes=minutes), len(self.warnings) + 1
        changes = {"approvals_needed": needed, "expires_at": expires_at, "level": level}
        name = self.post.do(add_warning, number=number, at=self.post.now, **changes)
        self.warnings[name] = Model(needed=needed, expires_at=expires_at)

    def revise(self, pick):
        name, model = self.any_warning(pick)
        act, wording = self.act("Citra"), made_wording(cells=2 + model.revision)
        if self.attempt(lambda s: revise(s, find_warning(s, name), wording, act=act), may=model.is_draft):
            model.revision, model.said_yes = model.revision + 1, set()

    def approve(self, pick, who):
        name, model = self.any_warning(pick)
        may = model.is_draft and self.is_fresh(model) and PEOPLE[who] not in model.said_yes
        if self.attempt(
            lambda s: approve(s, find_warning(s, name), routes=routes(s, name), act=self.act(who)), may=may
        ):
            model.said_yes.add(PEOPLE[who])
            self.now_approved(name)

    def approve_as_nobody(self, pick, who):
        name, _ = self.any_warning(pick)
        act = self.act(who)
        self.attempt(lambda s: approve(s, find_warning(s, name), routes=routes(s, name), act=act), may=False)

    def approve_by_policy(self, pick):
        name, model = self.any_warning(pick)
        may, act = model.is_draft and self.is_fresh(model), self.act("")

        def step(session):
            approve_by_policy(session, find_warning(session, name), rule="auto", routes=routes(session, name), act=act)

        if self.attempt(step, may=may):
            model.by_policy = True
            self.now_approved(name)

    def reject(self, pick, why):
        name, model = self.any_warning(pick)
        may, act = model.is_draft and bool(why.strip()), self.act("Budi Dua", why)
        if self.attempt(lambda s: reject(s, find_warning(s, name), act=act), may=may):
            model.is_draft, model.is_stopped = False, True

    def cancel(self, pick, why):
        name, model = self.any_warning(pick)
        state, left = self.post.warning(name).state, {letter.state for letter in self.letters_of(name)}
        is_all_out = state in {"sent", "delivered"} and not left & {"waiting", "sending", "unknown"}
        may = state not in {"expired", "cancelled"} and not is_all_out and bool(why.strip())
        act = self.act("Budi Dua", why)
        if self.attempt(lambda s: cancel(s, find_warning(s, name), act=act), may=may):
            model.is_draft, model.is_stopped = False, True
            for letter in self.letters_of(name):
                if letter.state == "waiting":
                    letter.state = "cancelled"

    def switch(self, is_paused):
        step, act = pause if is_paused else resume, self.act("Citra", "a drill")
        if self.attempt(lambda s: step(s, act=act), may=is_paused != self.is_paused):
            self.is_paused = is_paused

    def resolve(self, pick, was_sent, who):
        key, letter = self.any_letter(pick)
        may, step = letter.state == "unknown" and who == "Ani", resolve_sent if was_sent else resolve_not_sent
        if self.attempt(lambda s: step(s, key, act=self.act(who)), may=may):
            letter.state, letter.may_go = ("accepted", False) if was_sent else ("waiting", True)

    def retry(self, pick):
        key, letter = self.any_letter(pick)
        model = self.warnings[letter.warning]
        may = letter.state == "failed" and self.is_fresh(model) and not model.is_stopped
        if self.attempt(lambda s: retry(s, key, act=self.act("Ani")), may=may):
            letter.state, letter.tries, letter.may_go, letter.turn = "waiting", 0, True, None

    # What senders, gateways and the clock do.

    def claim(self):
        self.lapse()
        claim = self.post.claim()
        self.put_away()
        if claim is None:
            due = [row.key for row in self.post.messages().values() if row.due_at and row.due_at <= self.post.now]
            assert all(self.letters[key].state == "waiting" and self.is_paused for key in due)
            return
        self.claims.append(claim)
        letter = self.letters[claim.key]
        letter.turn = claim
        if claim.doing == "ask":
            assert letter.state in {"unknown", "accepted"}
            return
        self.must_be_allowed(letter)
        letter.state, letter.may_go = "sending", False
        letter.tries, letter.handed = letter.tries + 1, letter.handed + 1

    def settle(self, pick, outcome, times):
        """Also long after, and twice, as where the connection broke while the first was committed."""
        claim = self.claims.pop(-1 - pick % len(self.claims))
        letter = self.letters[claim.key]
        for _ in range(times):
            self.post.settle(claim, outcome)
        before, letter.state = letter.state, self.settled(letter, claim, outcome)
        letter.may_go = letter.state == "waiting" and (letter.may_go or before in {"sending", "unknown"})

    def put_back(self, pick):
        claim = self.claims.pop(-1 - pick % len(self.claims))
        letter = self.letters[claim.key]
        if claim.doing == "ask":
            return
        self.post.do(release, claim, act=self.act("kerumun:sender"))
        if letter.state in {"sending", "unknown"} and letter.turn == claim:
            letter.state, letter.may_go, letter.turn = "waiting", True, None
            letter.tries, letter.handed = letter.tries - 1, letter.handed - 1

    def report(self, pick, outcome, times):
        key, letter = self.any_letter(pick)
        for _ in range(times):
            assert self.post.receipt(key, outcome)
        if letter.handed and letter.state in REPORTS[outcome]:
            letter.state, letter.may_go = outcome, False

    def report_of_nothing(self, outcome):
        assert not self.post.receipt("W000000-XXXXX.1.http.alun", outcome)

    def time_passes(self, seconds):
        self.post.later(seconds=seconds)

    def expire(self):
        self.post.do(expire_due, now=self.post.now)
        for name, model in self.warnings.items():
            if model.is_draft and not self.is_fresh(model):
                model.is_draft = False
                assert self.post.warning(name).state == "expired"
        self.put_away()

    # What always holds.

    @invariant()
    def every_message_stands_in_one_row_as_the_model_says(self):
        rows = self.post.messages()
        assert {key: row.state for key, row in rows.items()} == {k: each.state for k, each in self.letters.items()}
        routes_taken = {(row.warning_id, row.revision, row.channel, row.recipient) for row in rows.values()}
        assert len(routes_taken) == len(rows)

    @invariant()
    def warnings_agree_with_their_messages(self):
        for warning in self.post.rows(select(WarningRow)):
            model = self.warnings[warning.id]
            states = [letter.state for letter in self.letters_of(warning.id)]
            assert warning.revision == model.revision
            assert (warning.state == "draft") == model.is_draft
            assert AGREES[warning.state](states), (warning.state, states)
            if states:
                assert model.is_approved

    @invariant()
    def the_trail_is_whole_and_follows_the_tables(self):
        assert self.post.problems() == []
        for row in self.post.rows(select(AuditRow).where(AuditRow.seq > self.seen_entries).order_by(AuditRow.seq)):
            self.seen_entries = row.seq
            if row.after is None:
                continue
            of = row.key or row.warning_id
            assert row.before == self.last.get(of)
            moves = MESSAGE_MOVES if row.key else WARNING_MOVES
            assert row.before is None or row.action == "revise" or row.after in moves[row.before]
            self.last[of] = row.after

    # How the model reckons.

    def attempt(self, step, *, may):
        """Take a step that is refused unless it may be taken; gives whether it was."""
        if may:
            self.post.do(step)
            return True
        with pytest.raises(RefusedInputError):
            self.post.do(step)
        return False

    def now_approved(self, name):
        model = self.warnings[name]
        if model.is_approved:
            model.is_draft = False
            for channel, recipient in (("http", "alun"), ("kannel", "officer-1")):
                self.letters[f"{name}.{model.revision}.{channel}.{recipient}"] = Letter(name)

    def must_be_allowed(self, letter):
        model = self.warnings[letter.warning]
        assert letter.state == "waiting"
        assert letter.may_go
        assert model.is_approved
        assert self.is_fresh(model)
        assert not model.is_stopped
        assert not self.is_paused

    def lapse(self):
        for key, row in self.post.messages().items():
            if row.state == "sending" and row.lease_until <= self.post.now:
                self.letters[key].state = "unknown"

    def put_away(self):
        """Adopt what was put away, if it was right to."""
        for key, row in self.post.messages().items():
            letter, model = self.letters[key], self.warnings[row.warning_id]
            if letter.state == "waiting" and row.state in {"expired", "cancelled"}:
                assert model.is_stopped if row.state == "cancelled" else not self.is_fresh(model)
                letter.state = row.state

    def settled(self, letter, claim, outcome):
        is_ours = letter.turn == claim
        if is_ours and claim.doing == "send" and letter.state == "sending":
            is_last = letter.tries >= MAX_ATTEMPTS
            return {"later": "failed" if is_last else "waiting"}.get(outcome.replace("absent", "later"), outcome)
        if is_ours and (claim.doing == "ask" or outcome in OUT | {"failed"}):
            news = {**NEWS_ASKED, ("unknown", "absent"): "waiting"} if claim.doing == "ask" else NEWS_SENT
            return news.get((letter.state, outcome), letter.state)
        takes = {"waiting", "sending", "unknown", "failed"}
        is_late = claim.doing == "send" and not is_ours and outcome in OUT
        return outcome if is_late and letter.state in takes else letter.state

    def is_fresh(self, model):
        return self.post.now < model.expires_at

    def act(self, who, why="seen on the map"):
        return Act(by=who, at=self.post.now, why=why)

    def any_warning(self, pick):
        return list(self.warnings.items())[pick % len(self.warnings)]

    def any_letter(self, pick):
        return list(self.letters.items())[pick % len(self.letters)]

    def letters_of(self, name):
        return [letter for letter in self.letters.values() if letter.warning == name]


def _moves(name, *given, weight=1):
    return [st.tuples(st.just(name), *given)] * weight


MOVES = st.one_of(
    *_moves("draft", st.integers(1, 2), st.integers(5, 90), LEVEL),
    *_moves("revise", PICK),
    *_moves("approve", PICK, WHO, weight=2),
    *_moves("approve_as_nobody", PICK, st.sampled_from(NOBODY)),
    *_moves("approve_by_policy", PICK),
    *_moves("reject", PICK, WHY),
    *_moves("cancel", PICK, WHY),
    *_moves("switch", st.sampled_from([True, False, False])),
    *_moves("resolve", PICK, st.booleans(), st.sampled_from(["Ani", "Ani", "kerumun:sender"]), weight=2),
    *_moves("retry", PICK, weight=3),
    *_moves("claim", weight=10),
    *_moves("settle", PICK, st.sampled_from(OUTCOMES), st.integers(1, 2), weight=6),
    *_moves("put_back", PICK),
    *_moves("report", PICK, st.sampled_from(sorted(REPORTS)), st.integers(1, 2), weight=2),
    *_moves("report_of_nothing", st.sampled_from(sorted(REPORTS))),
    *_moves("time_passes", st.sampled_from([10, 61, 120, 120, 120, 600]), weight=5),
    *_moves("expire"),
)
NEEDS = {
    **dict.fromkeys(("revise", "approve", "approve_as_nobody", "approve_by_policy", "reject", "cancel"), "warnings"),
    **dict.fromkeys(("resolve", "retry", "report"), "letters"),
    **dict.fromkeys(("settle", "put_back"), "claims"),
}
AGREES = {
    "draft": lambda states: not states,
    "approved": lambda states: "waiting" in states and set(states) <= {"waiting", "expired", "cancelled"},
    "queued": lambda states: (
        STILL_MOVING & set(states) and (not OUT & set(states) or {"waiting", "sending"} & set(states))
    ),
    "sent": lambda states: (OUT | STILL_MOVING) & set(states) and set(states) != {"delivered"},
    "delivered": lambda states: set(states) == {"delivered"},
    "failed": lambda states: not (OUT | STILL_MOVING) & set(states),
    "expired": lambda states: set(states) <= {"expired", "cancelled"},
    # What had failed before somebody cancelled the rest may still turn out to have gone out.
    "cancelled": lambda states: not STILL_MOVING & set(states),
}


def routes(session, name):
    warning = find_warning(session, name)
    row = revision_of(session, warning_id=name, revision=warning.revision)
    operators = [
        Route(channel="http", recipient=each.operator, recipients=each.recipients, cells_sha256=each.sha256)
        for each in lists_of(row)
    ]
    return [*operators, Route(channel="kannel", recipient="officer-1", recipients=1)]


def run(make_database, *, examples, steps=60):
    run_state_machine_as_test(
        lambda: WarningLife(make_database),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            # Making a failing life shorter takes minutes: add Phase.shrink by hand where one is hard to read.
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )


def test_whatever_happens_to_warnings_on_sqlite_they_stay_within_their_rules():
    run(lambda: Database("sqlite://"), examples=25)


def test_whatever_happens_to_warnings_on_postgresql_they_stay_within_their_rules(new_postgres_url):
    run(lambda: Database(new_postgres_url()), examples=6)
