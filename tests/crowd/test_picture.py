from datetime import UTC, datetime

import geopandas as gpd
import h3ronpy
import numpy as np
import polars as pl
import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from crowd.picture import PictureInput, draw_hour
from crowd.picture.classes import class_bounds, class_of, rounded_estimate
from crowd.picture.shapes import gathering_shape, hexagon_polygons
from crowd.picture.view import choose_view, scale_bar
from crowd.picture.words import short_ids, time_header
from geo.distances import distance_m
from geo.hexagons import hex_centres, hexes_at
from lake.errors import RefusedInputError

PANEL_PX = (1200, 840)
NOON = datetime(2020, 3, 31, 12, tzinfo=UTC)
NO_GATHERINGS = pl.DataFrame(
    schema={
        "gathering_id": pl.String,
        "level": pl.String,
        "state": pl.String,
        "people": pl.Float64,
        "excess": pl.Float64,
        "lat": pl.Float64,
        "lon": pl.Float64,
    }
)
NO_HEXES = pl.DataFrame(schema={"gathering_id": pl.String, "hex": pl.UInt64})
NO_TARGETS = pl.DataFrame(
    schema={
        "operator": pl.String,
        "cell_id": pl.String,
        "lat": pl.Float64,
        "lon": pl.Float64,
        "azimuth_deg": pl.Float64,
    }
)


def _disk(lat=-5.5, lon=109.0, k=8):
    middle = hexes_at(np.array([lat]), np.array([lon]), 9)
    return np.asarray(pa.array(h3ronpy.grid_disk(middle, k)).flatten())


def _density(hexes, people=50.0):
    return pl.DataFrame(
        {"hex": hexes, "people": people, "people_per_km2": people * 10}, schema_overrides={"hex": pl.UInt64}
    )


def _input(density, **parts):
    usual = {"gatherings": NO_GATHERINGS, "gathering_hexes": NO_HEXES, "targets": NO_TARGETS}
    return PictureInput(
        density=density, interval_start=NOON, interval_minutes=60, timezone="Asia/Jakarta", k=15, **{**usual, **parts}
    )


def _crowded():
    hexes = _disk()
    ids, levels = ["20200331T1200Z-a", "20200331T1200Z-b"], ["waspada", "awas"]
    gatherings = pl.DataFrame(
        {
            "gathering_id": ids,
            "level": levels,
            "state": "new",
            "people": [700.0, 5200.0],
            "excess": [None, 4000.0],
            "lat": [-5.5, -5.49],
            "lon": [109.0, 109.01],
        }
    )
    members = pl.DataFrame({"gathering_id": [ids[0]] * 3 + [ids[1]] * 3, "hex": hexes[[0, 1, 2, 60, 61, 62]]})
    targets = pl.DataFrame(
        {
            "operator": ["alun", "nusa", "nusa"],
            "cell_id": ["001-01-1", "001-02-1", "001-02-2"],
            "lat": [-5.5, -5.49, -5.51],
            "lon": [109.0, 109.01, 109.0],
            "azimuth_deg": [None, 120.0, 240.0],
        }
    )
    land = gpd.GeoDataFrame(
        {"code": ["99.01"], "name": ["Contoh $x$"], "level": ["regency"]},
        geometry=[shapely.box(108.9, -5.6, 109.1, -5.48)],
        crs=4326,
    )
    return _input(_density(hexes), gatherings=gatherings, gathering_hexes=members, targets=targets, areas=land)


def test_the_same_hour_gives_the_same_bytes(tmp_path):
    first, second = (draw_hour(tmp_path / name, _crowded()).read_bytes() for name in ("a.png", "b.png"))
    assert first == second
    assert first.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "density",
    [_density(_disk()[:0]), _density(_disk()[:1]), _density(_disk(), people=0.0), _density(_disk(lat=0.0, lon=180.0))],
    ids=["no density", "one hexagon", "nobody", "across 180 degrees"],
)
def test_odd_hours_are_drawn_too(tmp_path, density):
    assert draw_hour(tmp_path / "a.png", _input(density)).stat().st_size > 10_000


def test_what_is_drawn_changes_the_picture(tmp_path):
    plain = draw_hour(tmp_path / "a.png", _input(_density(_disk()))).read_bytes()
    assert draw_hour(tmp_path / "b.png", _crowded()).read_bytes() != plain


def test_a_missing_column_is_refused_and_named(tmp_path):
    with pytest.raises(RefusedInputError, match="people_per_km2"):
        draw_hour(tmp_path / "a.png", _input(_density(_disk()).drop("people_per_km2")))
    assert list(tmp_path.iterdir()) == []


def _view(hexes):
    lat, lon = hex_centres(hexes)
    nothing = np.empty((0, 2))
    return choose_view(lon, lat, people=np.ones(len(hexes)), must_see=nothing, size_px=PANEL_PX, least_km=4.0)


@pytest.mark.parametrize("lat", [0.0, -6.0, 55.0])
def test_the_scale_bar_is_true(lat):
    view = _view(_disk(lat=lat))
    bar = scale_bar(view, longest_px=220)
    middle_px = np.array(PANEL_PX) / 2
    ends_px = middle_px + np.array([[-bar.length_px / 2, 0.0], [bar.length_px / 2, 0.0]])
    (lon1, lat1), (lon2, lat2) = view.to_degrees(ends_px)
    length_m = distance_m(np.array([lat1]), np.array([lon1]), to_lat=np.array([lat2]), to_lon=np.array([lon2]))
    assert length_m[0] == pytest.approx(bar.length_km * 1000, rel=0.01)


def test_the_outline_of_a_gathering_is_the_union_of_its_hexagons():
    hexes = _disk(k=2)
    view = _view(_disk())
    union = shapely.union_all(hexagon_polygons(hexes, view=view))
    shape = gathering_shape(hexes, view=view)
    assert shapely.area(shapely.symmetric_difference(shape, union)) < 1e-3 * shapely.area(union)


@pytest.mark.parametrize(
    ("timezone", "told"),
    [
        ("Asia/Jakarta", "Tuesday 31 March 2020, 19:00–20:00 WIB"),
        ("Asia/Makassar", "Tuesday 31 March 2020, 20:00–21:00 WITA"),
        ("Asia/Jayapura", "Tuesday 31 March 2020, 21:00–22:00 WIT"),
        ("Asia/Seoul", "Tuesday 31 March 2020, 21:00–22:00 KST"),
    ],
)
def test_the_header_tells_local_time(timezone, told):
    assert time_header(NOON, interval_minutes=60, timezone=timezone) == told


@given(st.floats(1, 1e7))
def test_estimates_keep_two_digits(value):
    rounded = rounded_estimate(value)
    assert rounded == pytest.approx(value, rel=0.05, abs=0.5)
    assert len(f"{rounded:.0f}".rstrip("0")) <= 2


@given(st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=50))
def test_every_density_falls_into_a_class_and_more_people_never_into_a_lower_one(values):
    people_per_km2 = np.sort(np.array(values))
    bounds = class_bounds(people_per_km2)
    classes = class_of(people_per_km2, bounds=bounds)
    assert ((classes >= 0) & (classes < len(bounds) - 1)).all()
    assert (np.diff(classes) >= 0).all()


def test_short_ids_tell_gatherings_apart_without_the_filling_of_an_index():
    ids = ["20200331T1100Z-898ca4b4853ffff", "20200331T1100Z-898ca4b48b7ffff"]
    assert short_ids(ids) == ["…4853", "…48b7"]
