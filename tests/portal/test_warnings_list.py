import pytest
from decision_desk import NOW, decision_desk


@pytest.fixture
def desk(ledger_url, tmp_path):
    with decision_desk(ledger_url, tmp_path / "home") as desk:
        yield desk


def names(desk, query=""):
    return [each["id"] for each in desk.visitor(role="viewer").get(f"/api/warnings{query}").json()["warnings"]]


def test_open_warnings_are_listed_and_others_when_asked_for(desk):
    draft, approved, rejected = (desk.draft(number=number) for number in range(3))
    desk.approve(approved, "Budi")
    body = {"version": 1, "why": "an election rally"}
    desk.visitor().post(f"/api/warnings/{rejected}/reject", json=body)
    assert sorted(names(desk)) == sorted([draft, approved])
    assert sorted(names(desk, "?state=all")) == sorted([draft, approved, rejected])
    assert names(desk, "?state=cancelled") == [rejected]
    assert len(names(desk, "?state=all&most=2")) == 2


def test_a_warning_is_found_by_its_code_as_by_its_name(desk):
    name = desk.draft()
    whole = desk.visitor().get(f"/api/warnings/{name}").json()
    assert desk.visitor().get(f"/api/warnings/{whole['code']}").json() == whole


def test_a_warning_is_told_whole(desk):
    whole = desk.visitor().get(f"/api/warnings/{desk.draft()}").json()
    assert whole["interval_start"] == "2026-03-01T11:00:00Z"
    assert whole["outline"]["type"] == "Polygon"
    assert whole["segments"]["id"]["segments"] == 1
    assert whole["figures"]["cells"] == len(whole["cells"]) == 3
    assert [each["what"] for each in whole["story"]] == ["draft"]
    assert whole["may"] == {
        "approve": True,
        "reject": True,
        "edit": True,
        "cancel": True,
        "retract": "Nothing of it has gone out: cancel it instead.",
    }


@pytest.mark.parametrize(
    ("who", "approve", "edit"),
    [
        (
            {"role": "viewer"},
            "This takes the role approver: ask an admin.",
            "This takes the role analyst: ask an admin.",
        ),
        ({"role": "analyst"}, "This takes the role approver: ask an admin.", True),
        ({"role": "admin"}, True, True),
        ({"scopes": ["warnings"]}, *["A machine decides nothing: a person has to."] * 2),
    ],
)
def test_a_visitor_is_told_what_its_role_lets_it_do(desk, who, approve, edit):
    may = desk.visitor(**who).get(f"/api/warnings/{desk.draft()}").json()["may"]
    assert (may["approve"], may["edit"]) == (approve, edit)


def test_what_keeps_a_draft_from_being_approved_is_told_in_a_sentence(desk):
    name = desk.draft(expires_at=NOW)
    assert desk.visitor().get(f"/api/warnings/{name}").json()["may"]["approve"] == (
        "It has expired: the figures it rests on are too old to warn by."
    )


def test_a_name_of_no_warning_is_refused(desk):
    desk.draft()
    for name in ("W260301-AAAAA", "nothing", "%00", "%ff", "a b", "x" * 40, "'"):
        assert 400 <= desk.visitor().get(f"/api/warnings/{name}").status_code < 500


def test_a_list_of_no_state_is_refused(desk):
    for query in ("?state=lost", "?most=0", "?most=5000", "?state=%00"):
        assert desk.visitor().get(f"/api/warnings{query}").status_code in {400, 422}


def test_a_machine_needs_the_scope(desk):
    assert desk.visitor(scopes=["map", "downloads"]).get("/api/warnings").status_code == 403
    assert desk.visitor(scopes=["warnings"]).get("/api/warnings").status_code == 200
