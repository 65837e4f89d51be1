"""Areas as the portal answers them."""

import pytest
from review_lake import BOX, load_town, visiting

from lake.home import Home


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("town"))
    load_town(home)
    return home


def test_areas_of_a_box_come_as_geojson(home):
    with visiting(home, role="viewer", scopes={"map"}) as client:
        answer = client.get("/api/areas", params={"level": "regency", "box": BOX, "zoom": 9.5})
    assert answer.headers["content-type"] == "application/json"
    found = answer.json()
    assert (found["type"], found["more"]) == ("FeatureCollection", False)
    assert [each["properties"]["code"] for each in found["features"]] == ["99.01", "99.02"]
    assert all(each["geometry"]["type"] == "MultiPolygon" for each in found["features"])


def test_areas_are_found_by_name_and_shown_by_code(home):
    with visiting(home, role="viewer") as client:
        (found,) = client.get("/api/areas/search", params={"q": "barat alun"}).json()["areas"]
        area = client.get(f"/api/areas/{found['code']}").json()
    assert (area["type"], area["properties"]["name"]) == ("Feature", "Alun Barat")
    assert area["properties"]["box"] == found["box"]
    assert area["properties"]["places"] == found["places"]


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("", {"level": "planet", "box": BOX, "zoom": 3}, 422),
        ("", {"level": "regency", "box": BOX}, 422),
        ("", {"level": "regency", "box": BOX, "zoom": "nan"}, 422),
        ("", {"level": "regency", "box": BOX, "zoom": -1}, 422),
        ("", {"level": "regency", "box": "1,2,3", "zoom": 3}, 422),
        ("", {"level": "regency", "box": "2,2,1,3", "zoom": 3}, 400),
        ("", {"level": "regency", "box": "1,2,inf,3", "zoom": 3}, 422),
        ("/search", {}, 422),
        ("/search", {"q": "x" * 101}, 422),
        ("/99.77", {}, 404),
        ("/%2e%2e", {}, 404),
        ("/" + "9" * 33, {}, 422),
    ],
)
def test_what_makes_no_sense_is_refused(home, path, query, status):
    with visiting(home, role="viewer") as client:
        assert client.get(f"/api/areas{path}", params=query).status_code == status
