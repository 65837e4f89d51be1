"""Hexagons and their history, as the page and strangers ask for them."""

import pyarrow as pa
import pytest
from map_lakes import GROUND, HOUR, K, make_lake, run_options
from portal_visits import as_visitor
from starlette.testclient import TestClient

from geo.hexagons import hex_texts
from lake.database import open_database
from portal.app import make_app
from portal.options import PortalOptions

AT = {"at": "2020-03-31T12:00:00Z"}
TOWN = {"box": "108.7,-5.8,109.3,-5.2"}
DAY = {"start": "2020-03-31T00:00:00Z", "end": "2020-04-01T00:00:00Z"}
COLUMNS = ["hex", "people", "people_per_km2", "baseline", "excess", "coverage"]


@pytest.fixture
def app(tmp_path):
    home = make_lake(tmp_path / "home", {0: {n: {} for n in range(len(GROUND))}})
    with open_database(home.ledger_url) as database:
        yield make_app(run_options(home), PortalOptions(), database=database, clock=lambda: HOUR)


@pytest.fixture
def client(app):
    return TestClient(as_visitor(app, role="viewer"), raise_server_exceptions=False)


def test_hexagons_are_an_arrow_stream_that_says_what_it_is(client):
    answer = client.get("/api/hexagons", params={**AT, **TOWN, "resolution": 7})
    table = pa.ipc.open_stream(answer.content).read_all()
    assert answer.headers["content-type"] == "application/vnd.apache.arrow.stream"
    assert table.schema.names == COLUMNS
    assert [str(kind) for kind in table.schema.types] == ["uint64", *["float"] * 5]
    assert table.schema.metadata == {
        b"at": b"2020-03-31T12:00:00Z",
        b"resolution": b"7",
        b"k": str(K).encode(),
        b"hexagons": str(table.num_rows).encode(),
    }


def test_what_the_visitor_has_is_not_sent_again(client):
    query = {**AT, **TOWN, "resolution": 7}
    first = client.get("/api/hexagons", params=query)
    assert first.headers["cache-control"] == "private, no-cache"
    again = client.get("/api/hexagons", params=query, headers={"If-None-Match": first.headers["etag"]})
    other = client.get(
        "/api/hexagons", params=query | {"resolution": 6}, headers={"If-None-Match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"box": "109.3,-5.8,108.7,-5.2"}, 400),
        ({"box": "170,0,-170,1"}, 400),
        ({"box": "0,0,1"}, 422),
        ({"box": "a,b,c,d"}, 422),
        ({"box": "nan,0,1,1"}, 422),
        ({"resolution": 16}, 422),
        ({"resolution": -1}, 422),
        ({"at": "2020-03-31T12:00:00"}, 422),
        ({"at": "9999-12-31T23:59:59-23:00"}, 422),
    ],
)
def test_a_question_of_no_sense_is_refused(client, changed, status):
    answer = client.get("/api/hexagons", params={**AT, **TOWN, "resolution": 7} | changed)
    assert answer.status_code == status
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "hexes",
    [
        "8928308280ffff0",  # no such number
        "1928308280fffff",  # an edge's mode
        "115283473ffffff",
        "000000000000000",
        "fffffffffffffff",
        "8009fffffffffff",  # a pentagon, far too large
        "801ffffffffffff",
    ],
)
def test_a_hexagon_of_no_sense_is_refused(client, hexes):
    answer = client.get("/api/hexagons/history", params={"hexes": hexes, **DAY})
    assert answer.status_code == 400
    assert answer.json()["kind"] == "refused"


def test_a_small_pentagon_is_followed_like_a_hexagon(client):
    answer = client.get("/api/hexagons/history", params={"hexes": "89080000003ffff", **DAY})
    assert answer.status_code == 200


def test_the_history_of_a_rolled_up_hexagon_is_that_of_its_parts(client):
    town = hex_texts(GROUND[:1])[0]
    answer = client.get("/api/hexagons/history", params={"hexes": town, **DAY}).json()
    (hour,) = answer["hours"]
    assert answer["hexes"] == [town]
    assert (hour["at"], hour["people"], hour["usual"], hour["excess"]) == (AT["at"], 100.0, 90.0, 10.0)
    assert (hour["people_low"], hour["people_high"], hour["usual_low"]) == (60.0, 150.0, None)


def test_a_range_of_more_than_a_month_is_refused(client):
    answer = client.get(
        "/api/hexagons/history", params={"hexes": hex_texts(GROUND[:1])[0], **DAY, "end": "2020-06-01T00:00:00Z"}
    )
    assert answer.status_code == 400


def test_machines_need_the_scope_of_the_map(app):
    for scopes, status in (((), 403), (("downloads",), 403), (("map",), 200)):
        visitor = TestClient(as_visitor(app, role="viewer", scopes=scopes))
        assert visitor.get("/api/hexagons", params={**AT, **TOWN, "resolution": 7}).status_code == status


def test_strangers_are_sent_to_sign_in(app):
    stranger = TestClient(app, base_url="http://127.0.0.1:8078")
    assert stranger.get("/api/hexagons", params={**AT, **TOWN, "resolution": 7}).status_code == 401
