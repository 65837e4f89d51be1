"""What the page knows before anything else."""

from datetime import timedelta

import pytest
from map_lakes import GROUND, HOUR, SIBLINGS, make_lake, run_options
from portal_visits import as_visitor
from starlette.testclient import TestClient

from geo.hexagons import hex_centres, parents_of
from lake.database import open_database
from portal.app import make_app
from portal.options import PortalOptions


@pytest.fixture
def ask(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "city.pmtiles").write_bytes(b"PMTiles\3")
    home = make_lake(tmp_path / "home", {0: {SIBLINGS[0]: {}, SIBLINGS[1]: {"devices": 3}, 0: {}}, 30: {0: {}}})

    def asked(path, *, later=timedelta(hours=1), **options):
        with open_database(home.ledger_url) as database:
            app = make_app(run_options(home), PortalOptions(**options), database=database, clock=lambda: HOUR + later)
            return TestClient(as_visitor(app, role="viewer")).get(f"/api{path}").json()

    return asked


def test_it_tells_what_the_lake_has(ask):
    status = ask("/status")
    assert (status["oldest_hour"], status["newest_hour"]) == ("2020-03-30T06:00:00Z", "2020-03-31T12:00:00Z")
    assert status["finest_resolution"] == 9
    west, south, east, north = status["box"]
    lat, lon = hex_centres(parents_of(GROUND[[SIBLINGS[0], 0]], 7))
    assert (west, south) == pytest.approx((lon.min() - 0.05, lat.min() - 0.05))
    assert (east, north) == pytest.approx((lon.max() + 0.05, lat.max() + 0.05))
    assert (status["mode"], status["k"], status["sending"]["is_paused"]) == ("test", 15, False)


@pytest.mark.parametrize(("hours", "is_stale"), [(1, False), (3, False), (3.1, True)])
def test_data_are_stale_once_the_newest_hour_began_too_long_ago(ask, hours, is_stale):
    assert ask("/status", later=timedelta(hours=hours))["is_stale"] is is_stale


@pytest.mark.parametrize(
    ("basemap", "told"),
    [
        (None, {"kind": "builtin", "url": None}),
        ("city.pmtiles", {"kind": "pmtiles", "url": "/basemap.pmtiles"}),
        ("https://maps.example/style.json", {"kind": "style", "url": "https://maps.example/style.json"}),
    ],
)
def test_the_basemap_is_the_one_that_was_set(ask, basemap, told):
    assert ask("/status", basemap=basemap)["basemap"] == told


def test_hours_are_listed_with_what_may_be_shown(ask):
    listed = ask("/hours?start=2020-03-31T00:00:00Z&end=2020-04-01T00:00:00Z")["hours"]
    assert [(hour["at"], hour["hexagons"], hour["withheld"]) for hour in listed] == [("2020-03-31T12:00:00Z", 2, 1)]


def test_an_installation_without_data_has_a_status(tmp_path):
    home = make_lake(tmp_path, {})
    with open_database(home.ledger_url) as database:
        app = make_app(run_options(home), PortalOptions(), database=database, clock=lambda: HOUR)
        status = TestClient(as_visitor(app)).get("/api/status").json()
    assert (status["newest_hour"], status["box"], status["is_stale"]) == (None, None, False)
