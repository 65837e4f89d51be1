"""Cells as the portal answers them."""

import pytest
from review_lake import BOX, ENGINE, HOUR, NOON, iso, visiting

from geo.footprint import build_footprints, choose_footprints
from geo.footprint_options import FootprintOptions
from lake.engine import connect


@pytest.fixture(scope="module")
def home(make_desk):
    home = make_desk().home
    choose_footprints(home, FootprintOptions(method="voronoi"))
    with connect(ENGINE) as connection:
        build_footprints(connection, home=home, start=NOON, end=NOON + HOUR)
    return home


def test_cells_of_a_box_come_by_place_without_figures(home):
    with visiting(home, role="viewer", scopes={"map"}) as client:
        answer = client.get("/api/cells", params={"box": BOX, "at": iso(NOON)}).json()
    assert (len(answer["cells"]), answer["more"]) == (12, False)
    first = answer["cells"][0]
    assert (first["cell_id"], first["lat"], first["lon"]) == ("001-01-1", -5.999, 106.8)
    assert {first[name] for name in ("expected_recipients", "reach", "overreach")} == {None}


def test_a_footprint_comes_with_the_place_of_its_cell(home):
    with visiting(home, role="viewer") as client:
        answer = client.get("/api/cells/alun/001-01-3/footprint", params={"at": iso(NOON)}).json()
    assert (answer["cell_id"], answer["radio"], answer["lat"]) == ("001-01-3", "LTE", -5.997)
    assert len(answer["hexes"]) == len(answer["weights"]) > 0


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("", {"box": BOX}, 422),
        ("", {"box": BOX, "at": "noon"}, 422),
        ("", {"box": "106,-91,107,5", "at": iso(NOON)}, 400),
        ("/alun/001-01-99/footprint", {"at": iso(NOON)}, 404),
        ("/nobody/001-01-1/footprint", {"at": iso(NOON)}, 404),
        ("/alun/%27%20or%201=1/footprint", {"at": iso(NOON)}, 404),
        ("/alun/001-01-1/footprint", {}, 422),
        (f"/{'a' * 65}/001-01-1/footprint", {"at": iso(NOON)}, 422),
    ],
)
def test_what_makes_no_sense_is_refused(home, path, query, status):
    with visiting(home, role="viewer") as client:
        assert client.get(f"/api/cells{path}", params=query).status_code == status
