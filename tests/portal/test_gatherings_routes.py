"""Gatherings as the portal answers them."""

import pytest
from review_lake import (
    HOUR,
    NOON,
    K,
    event_of,
    hexes_of,
    hour_of,
    iso,
    load_town,
    name_of,
    open_ledger_of,
    target_of,
    visiting,
    write_gatherings,
)

from lake.home import Home
from portal.read_marks import is_unread, mark_read

NAME, HIDDEN = name_of(NOON - HOUR), name_of(NOON, 7)
SPAN = {"start": iso(NOON - 3 * HOUR), "end": iso(NOON + HOUR)}


def write(home, *, level="siaga"):
    begun = NOON - HOUR
    hours = [
        hour_of(NAME, begun, level="waspada", state="new", people=float("nan")),
        hour_of(NAME, NOON, level=level, begun=begun),
        hour_of(HIDDEN, NOON, devices=K - 1),
    ]
    write_gatherings(
        home,
        hours,
        hexes=hexes_of(NAME, NOON) + hexes_of(HIDDEN, NOON),
        events=[event_of(NAME, begun), event_of(NAME, NOON, "level", other_id=HIDDEN)],
        targets=[target_of(NAME, NOON), target_of(HIDDEN, NOON)],
    )


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path / "home")
    load_town(home)
    write(home)
    return home


def test_a_list_tells_what_may_be_shown_and_how_much_may_not(home):
    with visiting(home, role="viewer") as client:
        answer = client.get("/api/gatherings", params=SPAN | {"area": "99", "level": "siaga,awas"}).json()
    (only,) = answer["gatherings"]
    assert answer["withheld"] == 1
    assert (only["gathering_id"], only["level"], only["highest_level"]) == (NAME, "siaga", "siaga")
    assert only["started_at"] == iso(NOON - HOUR)
    assert [place["code"] for place in only["places"]] == ["99.01.01", "99.01", "99"]


def test_the_detail_has_all_that_its_page_shows(home):
    with visiting(home, role="viewer") as client:
        detail = client.get(f"/api/gatherings/{NAME}").json()
    assert detail["reason"]["en"] == "" or NAME in detail["reason"]["en"]
    assert [hour["people"] for hour in detail["course"]] == [None, 1500.0]
    assert [event["other_id"] for event in detail["events"]] == [None, None]
    assert (detail["outline"]["type"], len(detail["hexes"])) == ("Polygon", 7)
    assert detail["figures"]["by_operator"][0]["operator"] == "alun"
    assert detail["targets"][0]["lat"] is None  # no plan is loaded


def test_outlines_are_those_of_the_hour_that_may_be_shown(home):
    with visiting(home, role="viewer") as client:
        features = client.get("/api/gatherings/outlines", params={"at": iso(NOON)}).json()["features"]
        before = client.get("/api/gatherings/outlines", params={"at": iso(NOON - 9 * HOUR)}).json()["features"]
    assert [feature["properties"]["gathering_id"] for feature in features] == [NAME]
    assert before == []


def test_a_gathering_is_unread_until_it_was_read_and_again_when_its_level_has_risen(home):
    def unread(client):
        (only,) = client.get("/api/gatherings", params=SPAN).json()["gatherings"]
        assert client.get(f"/api/gatherings/{NAME}").json()["is_unread"] == only["is_unread"]
        return only["is_unread"]

    with visiting(home, role="viewer") as client:
        assert unread(client)
        assert client.post(f"/api/gatherings/{NAME}/read").status_code == 204
        assert client.post(f"/api/gatherings/{NAME}/read").status_code == 204
        assert not unread(client)
        write(home, level="awas")
        assert unread(client)
    with visiting(home, role="viewer", login="budi") as client:
        assert unread(client)


def test_a_machine_reads_but_never_marks(home):
    with visiting(home, role="viewer", scopes={"map"}) as client:
        assert client.get("/api/gatherings", params=SPAN).json()["gatherings"][0]["is_unread"]
        assert client.post(f"/api/gatherings/{NAME}/read").status_code == 403
    with visiting(home, role="viewer", scopes={"warnings", "downloads"}) as client:
        assert client.get("/api/gatherings", params=SPAN).status_code == 403


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("", {"start": "yesterday", "end": iso(NOON)}, 422),
        ("", {"start": iso(NOON)}, 422),
        ("", {"start": iso(NOON), "end": "2020-03-31T12:00:00"}, 422),
        ("", {"start": "0001-01-01T00:00:00Z", "end": "9999-12-31T23:59:59Z"}, 422),
        ("", {"start": iso(NOON), "end": iso(NOON)}, 400),
        ("", {"start": iso(NOON), "end": iso(NOON + 33 * 24 * HOUR)}, 400),
        ("", SPAN | {"level": "normal"}, 422),
        ("", SPAN | {"area": "9" * 33}, 422),
        ("/outlines", {}, 422),
        (f"/{HIDDEN}", {}, 404),
        (f"/{NAME}", {"at": iso(NOON - 9 * HOUR)}, 404),
        ("/99991231T2300Z-1", {}, 404),
        ("/g-1", {}, 404),
        ("/" + "x" * 65, {}, 422),
    ],
)
def test_what_makes_no_sense_is_refused(home, path, query, status):
    with visiting(home, role="viewer") as client:
        answer = client.get(f"/api/gatherings{path}", params=query)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "kind"}


def test_a_gathering_that_may_not_be_shown_cannot_be_marked(home):
    with visiting(home, role="viewer") as client:
        assert client.post(f"/api/gatherings/{HIDDEN}/read").status_code == 404


def test_a_mark_holds_for_its_own_gathering_and_the_highest_level_then(home):
    with open_ledger_of(home) as database, database.writing() as ledger:
        mark_read(ledger, "rara", gathering_id=NAME, level="siaga", at=NOON)
    marks = {NAME: "siaga"}
    assert not is_unread(marks, gathering_id=NAME, highest_level="waspada")
    assert not is_unread(marks, gathering_id=NAME, highest_level="siaga")
    assert is_unread(marks, gathering_id=NAME, highest_level="awas")
    assert is_unread(marks, gathering_id=HIDDEN, highest_level="waspada")
