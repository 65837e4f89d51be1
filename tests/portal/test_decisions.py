import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import polars as pl
import pytest
from decision_desk import NOW, decision_desk
from drafted_warnings import made_wording
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from crowd.warnings.decisions import approve, cancel, reject
from crowd.warnings.drafts import find_warning
from crowd.warnings.editing import edit
from crowd.warnings.retracting import retract
from crowd.warnings.states import MESSAGE_MOVES, WARNING_MOVES
from crowd.warnings.tables import ApprovalRow, AuditRow, OutboxRow, WarningRow
from crowd.warnings.verify import verify
from crowd.warnings.wording import CELL_COLUMNS
from lake.errors import RefusedInputError
from pipelines.warn import make_desk
from portal.access import Visitor, act_for
from portal.reviewing import may_of, routes_of_warning

WHY = {"why": "seen on the map"}
DECISIONS = {"approve", "reject", "cancel", "edit", "retract"}


@pytest.fixture
def desk(ledger_url, tmp_path):
    with decision_desk(ledger_url, tmp_path / "home") as desk:
        yield desk


def decide(visitor, name, decision, *, version=None, **body):
    version = version or visitor.get(f"/api/warnings/{name}").json()["listed"]["version"]
    return visitor.post(f"/api/warnings/{name}/{decision}", json={"version": version, **WHY, **body})


def state_of(desk, name):
    with desk.database.reading() as reading:
        return reading.scalar(select(WarningRow.state).where(WarningRow.id == name))


def test_an_approval_bears_the_name_and_the_login_of_who_gave_it(desk):
    name = desk.draft()
    answer = decide(desk.visitor(name="Rara Widi", login="rara"), name, "approve")
    assert answer.status_code == 200
    assert answer.json()["listed"]["approvals"] == ["Rara Widi"]
    assert desk.story(name)[1] == ("Rara Widi (at rara)", "approve", "seen on the map")
    with desk.database.reading() as reading:
        (row,) = reading.scalars(select(ApprovalRow))
    assert (row.name, row.login, row.at, row.why) == ("Rara Widi", "rara", NOW, "seen on the map")


def test_with_its_last_approval_a_warning_stands_in_the_outbox(desk):
    name = desk.draft(approvals_needed=2)
    first = decide(desk.visitor(name="Rara"), name, "approve").json()
    assert (first["listed"]["state"], first["letters"]) == ("draft", [])
    second = decide(desk.visitor(name="Budi"), name, "approve").json()
    assert second["listed"]["state"] == "approved"
    assert [letter["state"] for letter in second["letters"]] == ["waiting"]


def test_of_two_decisions_on_the_same_state_one_is_taken_and_one_refused(desk):
    name = desk.draft(approvals_needed=2)
    visitors = [desk.visitor(name=each) for each in ("Rara", "Budi")]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda visitor: decide(visitor, name, "approve", version=1), visitors))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["kind"] == "changed"
    assert "changed meanwhile" in refused.json()["error"]
    assert len(desk.story(name)) == 2


def test_nobody_decides_on_what_somebody_else_has_changed(desk):
    name = desk.draft(approvals_needed=2)
    decide(desk.visitor(name="Rara"), name, "approve", version=1)
    before, visitor = desk.rows(), desk.visitor(name="Budi")
    for second in DECISIONS:
        body = {"take_off": ["001-01-100-1"]} if second == "edit" else {}
        assert decide(visitor, name, second, version=1, **body).status_code == 409
    assert desk.rows() == before


def test_one_person_does_not_approve_twice(desk):
    name = desk.draft(approvals_needed=2)
    decide(desk.visitor(name="Rara"), name, "approve")
    again = decide(desk.visitor(name="rara ", login="other"), name, "approve")
    assert (again.status_code, again.json()["error"]) == (400, "You have approved it already: it takes another person.")


@pytest.mark.parametrize(
    ("who", "allowed"),
    [({"role": "viewer"}, set()), ({"role": "analyst"}, {"edit", "preview"}), ({"scopes": ["warnings"]}, set())],
)
def test_who_has_not_the_role_decides_nothing(desk, who, allowed):
    name = desk.draft()
    bodies = {"preview": {}, "edit": {"version": 1, **WHY, "take_off": ["001-01-100-1"]}}
    before, visitor = desk.rows(), desk.visitor(**who)
    for decision in {*DECISIONS, "preview"} - allowed:
        body = bodies.get(decision, {"version": 1, **WHY})
        assert visitor.post(f"/api/warnings/{name}/{decision}", json=body).status_code == 403
    assert desk.rows() == before
    for decision in allowed:
        assert visitor.post(f"/api/warnings/{name}/{decision}", json=bodies[decision]).status_code == 200


def test_a_decision_without_a_reason_that_can_be_read_is_refused_in_words_of_a_page(desk):
    name, headers = desk.draft(), {"Content-Type": "application/json"}
    for decision in DECISIONS - {"approve"}:
        for why in ["", "  ", "\x00", "a\x07b", "\ud800", "x" * 501, None]:
            content = json.dumps({"version": 1, "why": why})
            answer = desk.visitor().post(f"/api/warnings/{name}/{decision}", content=content, headers=headers)
            assert 400 <= answer.status_code < 500
            assert "--why" not in answer.json()["error"]
    assert state_of(desk, name) == "draft"


def test_a_rejected_draft_is_over_and_says_why(desk):
    name = desk.draft()
    answer = decide(desk.visitor(), name, "reject", why="an election rally")
    assert answer.json()["listed"]["state"] == "cancelled"
    assert answer.json()["story"][-1]["why"] == "an election rally"


def test_what_waits_is_cancelled(desk):
    name = desk.draft()
    decide(desk.visitor(), name, "approve")
    assert decide(desk.visitor(), name, "cancel").json()["letters"][0]["state"] == "cancelled"


def test_what_went_out_is_taken_back_by_a_new_draft(desk):
    name = desk.draft()
    desk.approve(name, "Budi")
    _send(desk, name)
    answer = decide(desk.visitor(), name, "retract")
    assert answer.status_code == 200
    drafted = desk.visitor().get(f"/api/warnings/{answer.json()['id']}").json()
    assert (drafted["listed"]["kind"], drafted["replaces"], drafted["listed"]["state"]) == ("cancel", name, "draft")
    again = decide(desk.visitor(), name, "retract")
    assert again.json()["error"] == f"{answer.json()['id']} takes it back already."


def test_an_edit_changes_the_draft_and_its_approvals_no_longer_count(desk):
    name = desk.draft(approvals_needed=2)
    decide(desk.visitor(name="Rara"), name, "approve")
    changed = decide(desk.visitor(name="Budi", role="analyst"), name, "edit", take_off=["001-01-100-2"]).json()
    assert [cell["cell_id"] for cell in changed["cells"]] == ["001-01-100-1", "001-01-100-3"]
    assert (changed["revision"], changed["listed"]["approvals"]) == (2, [])
    assert desk.story(name)[-1] == ("Budi", "revise to 2", "seen on the map (1 cell taken off)")


def test_an_edit_that_cannot_go_out_is_refused_and_changes_nothing(desk):
    name = desk.draft()
    before = desk.rows()
    answer = decide(desk.visitor(), name, "edit", texts={"id": "Banyak orang"})
    assert answer.status_code == 400
    assert "lacks the emergency number 112" in answer.json()["error"]
    assert desk.rows() == before


def test_a_warning_that_is_not_there_is_not_found(desk):
    for decision in {*DECISIONS, "preview"}:
        body = {} if decision == "preview" else {"version": 1, **WHY}
        answer = desk.visitor().post(f"/api/warnings/W260301-AAAAA/{decision}", json=body)
        assert (answer.status_code, answer.json()["error"]) == (404, "there is no warning W260301-AAAAA")


def _send(desk, name, *, state="accepted"):
    """Let its messages be where a sender leaves them."""
    with desk.database.writing() as writing:
        writing.execute(update(OutboxRow).where(OutboxRow.warning_id == name).values(state=state))
        writing.execute(update(WarningRow).where(WarningRow.id == name).values(state="sent"))


def _really(desk, name, decision, visitor):
    """Whether a decision is taken, by trying it and taking it back."""
    act = act_for(visitor, desk.app.state.portal, why="tried")
    with Session(desk.database.engine) as session, session.begin() as begun:
        warning = find_warning(session, name)
        take = {
            "approve": lambda: approve(session, warning, routes=_routes(desk, session, warning), act=act),
            "reject": lambda: reject(session, warning, act=act),
            "cancel": lambda: cancel(session, warning, act=act),
            "edit": lambda: edit(session, warning, **_edit_of_one_cell(desk), act=act),
            "retract": lambda: retract(session, warning, desk=make_desk(desk.options, mode=warning.mode), act=act),
        }[decision]
        try:
            take()
        except RefusedInputError:
            return False
        finally:
            begun.rollback()
        return True


def _routes(desk, session, warning):
    return routes_of_warning(session, warning, portal=desk.app.state.portal, officers=())


def _edit_of_one_cell(desk):
    writer = make_desk(desk.options, mode="test").writer
    return {"writer": writer, "texts": {}, "take_off": ["001-01-100-1"], "add": pl.DataFrame(schema=CELL_COLUMNS)}


def _agree(desk, name, visitor):
    with desk.database.reading() as reading:
        warning = reading.get_one(WarningRow, name)
        may = may_of(reading, warning, portal=desk.app.state.portal, visitor=visitor, officers=())
    told = {decision: answer is True for decision, answer in may.items()}
    assert told == {decision: _really(desk, name, decision, visitor) for decision in may}


RARA = Visitor(login="rara", name="Rara", role="approver")


# A warning is queued before any message of it goes, and failed only while one of them is.
NEVER = {
    "draft": MESSAGE_MOVES.keys(),
    "approved": {"accepted", "delivered"},
    "failed": MESSAGE_MOVES.keys() - {"failed"},
}


def test_the_page_says_yes_exactly_where_the_decision_is_taken(tmp_path):
    """Whatever the states of the warning and of its message."""
    with decision_desk(f"sqlite:///{tmp_path / 'ledger.sqlite'}", tmp_path / "home") as desk:
        name = desk.draft()
        desk.approve(name, "Budi")
        for warning in WARNING_MOVES:
            for message in MESSAGE_MOVES.keys() - NEVER.get(warning, set()):
                with desk.database.writing() as writing:
                    writing.execute(update(OutboxRow).values(state=message))
                    writing.execute(update(WarningRow).values(state=warning))
                _agree(desk, name, RARA)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"expires_at": NOW},
        {"expires_at": NOW + timedelta(seconds=1)},
        {"wording": made_wording(problems=("no official page",))},
        {"approved_by": "Rara"},
        {"approved_by": "Budi"},
        {"approved_by": "rara", "mode": "live"},
        {"default_channel": "none"},
    ],
)
def test_the_page_says_yes_to_a_draft_exactly_where_the_decision_is_taken(ledger_url, tmp_path, changes):
    by, channel = changes.pop("approved_by", None), changes.pop("default_channel", "folder")
    with decision_desk(ledger_url, tmp_path / "home", default_channel=channel) as desk:
        name = desk.draft(approvals_needed=2, **changes)
        if by:
            desk.approve(name, by)
        _agree(desk, name, Visitor(login="rara", name="Rara Widi" if by == "rara" else "Rara", role="approver"))


def test_nothing_of_the_trail_is_ever_missing_after_decisions_of_many(desk):
    """Each decision leaves as many entries as the command line's would, in one chain."""
    name = desk.draft(approvals_needed=2)
    for person in ("Rara", "Budi"):
        decide(desk.visitor(name=person), name, "approve")
    decide(desk.visitor(name="Sri"), name, "cancel")
    with desk.database.reading() as reading:
        assert not verify(reading).problems
        assert [row.action for row in reading.scalars(select(AuditRow).order_by(AuditRow.seq))] == [
            "draft",
            "approve",
            "approve",
            "approved",
            "message",
            "message",
            "cancel",
        ]
