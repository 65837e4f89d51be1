from datetime import timedelta

import pytest
from decision_desk import NOW, decision_desk
from sqlalchemy import update

from crowd.warnings.tables import OutboxRow, WarningRow

WHY = {"why": "a drill went wrong"}


@pytest.fixture
def desk(ledger_url, tmp_path):
    with decision_desk(ledger_url, tmp_path / "home") as desk:
        yield desk


def standing(desk, state, *, warning="queued", what_to_do="ask the operator", **columns):
    """A message that stands still; gives its key."""
    name = desk.draft()
    desk.approve(name, "Budi")
    with desk.database.writing() as writing:
        writing.execute(update(OutboxRow).values(state=state, what_to_do=what_to_do, due_at=None, **columns))
        writing.execute(update(WarningRow).values(state=warning))
    return f"{name}.1.folder.alun"


def last(desk):
    return desk.visitor(role="viewer").get("/api/trail").json()["entries"][-1]


def test_a_pause_bears_the_name_of_who_threw_it_and_why(desk):
    told = desk.visitor(name="Rara Widi", login="rara").post("/api/sending/pause", json=WHY).json()
    assert told == {"is_paused": True, "by": "Rara Widi", "at": "2026-03-01T12:00:00Z", **WHY, "in_flight": 0}
    assert desk.visitor(role="viewer").get("/api/sending").json() == told
    assert (last(desk)["what"], last(desk)["why"]) == ("pause", WHY["why"])


def test_a_pause_tells_how_many_messages_are_in_flight(desk):
    standing(desk, "sending", lease_until=NOW + timedelta(seconds=30))
    assert desk.visitor().post("/api/sending/pause", json=WHY).json()["in_flight"] == 1
    desk.now = NOW + timedelta(seconds=31)
    assert desk.visitor().get("/api/sending").json()["in_flight"] == 0


def test_a_pause_is_thrown_once_and_taken_back_once(desk):
    desk.visitor(name="Rara").post("/api/sending/pause", json=WHY)
    again = desk.visitor(name="Budi").post("/api/sending/pause", json=WHY)
    assert (again.status_code, again.json()["error"]) == (
        400,
        "sending is paused already, by Rara (a drill went wrong)",
    )
    told = desk.visitor(name="Budi").post("/api/sending/resume", json={"why": ""}).json()
    assert told == {"is_paused": False, "by": None, "at": None, "why": None, "in_flight": 0}
    assert desk.visitor().post("/api/sending/resume", json={}).status_code == 400


def test_a_stuck_message_is_listed_with_what_to_do(desk):
    key = standing(desk, "unknown")
    (letter,) = desk.visitor(role="viewer").get("/api/outbox").json()["letters"]
    assert (letter["key"], letter["state"], letter["what_to_do"]) == (key, "unknown", "ask the operator")


@pytest.mark.parametrize(("later_s", "is_overdue"), [(30, False), (150, True)])
def test_what_waits_for_a_sender_is_told_and_whether_none_seems_to_run(desk, later_s, is_overdue):
    desk.approve(desk.draft(), "Budi")
    desk.now = NOW + timedelta(seconds=later_s)
    waiting = desk.visitor(role="viewer").get("/api/outbox").json()["waiting"]
    assert waiting == {"count": 1, "since": "2026-03-01T12:00:00Z", "is_overdue": is_overdue}


@pytest.mark.parametrize(("sent", "state"), [(True, "accepted"), (False, "waiting")])
def test_a_person_says_what_became_of_a_message(desk, sent, state):
    key = standing(desk, "unknown")
    answer = desk.visitor(name="Rara").post(f"/api/outbox/{key}/resolve", json={"sent": sent, **WHY})
    assert (answer.status_code, answer.json()["state"]) == (200, state)
    assert desk.visitor().get("/api/outbox").json()["letters"] == []
    entries = desk.visitor().get("/api/trail").json()["entries"]
    assert ("Rara", f"message {key}", WHY["why"]) in [(each["who"], each["what"], each["why"]) for each in entries]


def test_a_failed_message_is_tried_again(desk):
    key = standing(desk, "failed", warning="failed")
    assert desk.visitor().post(f"/api/outbox/{key}/retry", json={}).json()["state"] == "waiting"
    assert desk.visitor().post(f"/api/outbox/{key}/retry", json={}).status_code == 400


@pytest.mark.parametrize("who", [{"role": "viewer"}, {"role": "analyst"}, {"scopes": ["warnings"]}])
def test_who_is_no_approver_moves_nothing(desk, who):
    key = standing(desk, "unknown")
    before = desk.rows()
    for path in (f"outbox/{key}/retry", f"outbox/{key}/resolve", "sending/pause", "sending/resume"):
        body = {"sent": True, **WHY} if "resolve" in path else WHY
        assert desk.visitor(**who).post(f"/api/{path}", json=body).status_code == 403
    assert desk.rows() == before


@pytest.mark.parametrize(("key", "statuses"), [("w-1.1.folder.alun", {404}), ("%00", {400, 422}), ("x" * 161, {422})])
def test_a_message_that_is_not_there_is_not_found(desk, key, statuses):
    for path, body in (("resolve", {"sent": True, **WHY}), ("retry", {})):
        answer = desk.visitor().post(f"/api/outbox/{key}/{path}", json=body)
        assert answer.status_code in statuses
        assert "kerumun warnings" not in answer.text


@pytest.mark.parametrize("who", [{"role": "viewer"}, {"scopes": ["warnings"]}])
def test_whoever_may_look_sees_trail_outbox_and_switch(desk, who):
    desk.draft()
    visitor = desk.visitor(**who)
    assert [visitor.get(f"/api/{path}").status_code for path in ("trail?most=1", "outbox", "sending")] == [200] * 3
    other = desk.visitor(scopes=["map"])
    assert [other.get(f"/api/{path}").status_code for path in ("trail", "outbox", "sending")] == [403] * 3


def test_a_trail_has_no_more_than_a_thousand_entries(desk):
    for most in ("0", "1001", "x", "-1", "9" * 30):
        assert desk.visitor().get(f"/api/trail?most={most}").status_code == 422
