"""Outlines of areas for a map."""

import json
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from review_lake import load_level, load_town, new_memory

from crowd.review.area_files import drawn_areas
from crowd.review.areas import areas_in_box, show_area
from crowd.review.ground import Box
from lake.errors import NotFoundError
from lake.home import Home

EVERYWHERE = Box(west=-180, south=-90, east=180, north=90)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("town"))
    load_town(home)
    return home


@pytest.fixture(scope="module")
def coast(tmp_path_factory):
    """Six strips with ragged borders that neighbours share, and an island too small to be seen."""
    home = Home(tmp_path_factory.mktemp("coast"))
    lat = np.linspace(-7, -6, 400)
    rng = np.random.default_rng(7)
    borders = [np.column_stack((106 + n * 0.2 + rng.normal(0, 0.002, 400), lat)) for n in range(7)]
    strips = [shapely.Polygon(np.vstack((west, east[::-1]))) for west, east in pairwise(borders)]
    island = shapely.box(108, -6.5, 108.0001, -6.4999)
    strips[0] = shapely.union(strips[0], shapely.box(105, -6.5, 105.0001, -6.4999))
    areas = [(f"99.0{n}", f"Pesisir {n}", None, strip) for n, strip in enumerate([*strips, island])]
    home.root.mkdir(exist_ok=True)
    load_level(home, "regency", areas)
    return home


def told(home, **wanted):
    asked = {"level": "district", "box": EVERYWHERE, "zoom": 9.0} | wanted
    return json.loads(areas_in_box(new_memory(), home, **asked))


def codes(collection):
    return [each["properties"]["code"] for each in collection["features"]]


def shapes(home, **wanted):
    return [shapely.geometry.shape(each["geometry"]) for each in told(home, **wanted)["features"]]


BOXES = st.tuples(st.floats(106, 107), st.floats(106, 107), st.floats(-7, -5), st.floats(-7, -5))


@settings(max_examples=40, deadline=None)
@given(sides=BOXES)
def test_areas_are_found_where_their_box_meets_the_box(town, sides):
    (west, east), (south, north) = sorted(sides[:2]), sorted(sides[2:])
    middle = {"99.01.01": (106.7, -6.1), "99.01.02": (106.7, -6), "99.02.01": (106.8, -6.1), "99.02.02": (106.8, -6)}
    slowly = [
        code
        for code, (lon, lat) in middle.items()
        if lon <= east and lon + 0.1 >= west and lat <= north and lat + 0.1 >= south
    ]
    near = codes(told(town, box=Box(west=west, south=south, east=east, north=north)))
    assert set(near) ^ set(slowly) <= touched(middle, west, south, east, north)


def touched(middle, west, south, east, north):
    """Areas whose side lies on a side of the box to the last digits, where rounding decides."""
    close = 1e-9
    return {
        code
        for code, (lon, lat) in middle.items()
        if min(abs(lon - east), abs(lon + 0.1 - west), abs(lat - north), abs(lat + 0.1 - south)) < close
    }


def test_of_too_many_areas_the_smallest_are_left_out_and_that_is_said(coast):
    every, some = told(coast, level="regency"), told(coast, level="regency", most=6)
    assert (len(codes(every)), every["more"]) == (7, False)
    assert (len(codes(some)), some["more"]) == (6, True)
    assert set(codes(every)) - set(codes(some)) == {"99.06"}


@pytest.mark.parametrize("zoom", [0, 4, 7.5, 10, 12])
def test_neighbours_keep_their_common_border_at_every_zoom(coast, zoom):
    strips = shapes(coast, level="regency", zoom=zoom)[:6]
    apart = [one.distance(other) for one, other in pairwise(strips)]
    overlap = [one.intersection(other).area for one, other in pairwise(strips)]
    assert max(apart) == 0
    assert max(overlap) == pytest.approx(0, abs=1e-9)


def test_outlines_are_simpler_the_smaller_the_zoom(coast):
    points = [sum(shapely.get_num_coordinates(shapes(coast, level="regency", zoom=zoom))) for zoom in (4, 8, 14)]
    assert points[0] < points[1] < points[2]


def test_no_area_vanishes_however_small(coast):
    assert all(not each.is_empty for each in shapes(coast, level="regency", zoom=0))


def test_names_stand_inside_their_areas(coast):
    for each in told(coast, level="regency", zoom=14)["features"]:
        point = shapely.Point(each["properties"]["lon"], each["properties"]["lat"])
        assert shapely.geometry.shape(each["geometry"]).distance(point) < 1e-4


def test_a_level_that_is_not_loaded_has_no_areas(town):
    assert told(town, level="village") == {"type": "FeatureCollection", "more": False, "features": []}


def test_areas_that_are_loaded_again_take_the_place_of_those_before(tmp_path):
    home, memory = Home(tmp_path / "home"), new_memory()
    home.root.mkdir()
    for name in ("Lama", "Baru"):
        load_level(home, "district", [("99.01.01", name, None, (106, -7, 107, -6))])
        (only,) = json.loads(areas_in_box(memory, home, level="district", box=EVERYWHERE, zoom=9))["features"]
        assert only["properties"]["name"] == name
    assert len(list((home.root / "cache" / "areas").iterdir())) == 1


def test_what_was_drawn_once_is_found_again_by_another_process(town):
    first = drawn_areas(new_memory(), town, "district", zoom=9)
    assert first.equals(drawn_areas(new_memory(), town, "district", zoom=9))


def test_one_area_comes_with_its_box_and_what_it_lies_in(town):
    area = json.loads(show_area(new_memory(), town, "99.02.02"))
    assert area["properties"] == {
        "code": "99.02.02",
        "name": "Timur Raya",
        "level": "district",
        "box": pytest.approx([106.8, -6.0, 106.9, -5.9]),
        "places": [
            {"code": "99.01", "name": "Kota Contoh", "level": "regency"},
            {"code": "99", "name": "Laut Contoh", "level": "province"},
        ],
    }
    assert shapely.geometry.shape(area["geometry"]).area == pytest.approx(0.01, rel=1e-3)


def test_an_area_that_is_not_loaded_is_not_found(town):
    with pytest.raises(NotFoundError):
        show_area(new_memory(), town, "99.77")
