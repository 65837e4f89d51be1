import h3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.hexagons import (
    children_of,
    disks_around,
    hex_areas_km2,
    hex_centres,
    hex_polygons,
    hex_texts,
    hexes_at,
    hexes_touching,
    neighbour_pairs,
    touching_pairs,
)

LATITUDES = st.floats(-85, 85, allow_nan=False)
LONGITUDES = st.floats(-180, 180, allow_nan=False)
RESOLUTIONS = st.integers(5, 11)


@given(lat=LATITUDES, lon=LONGITUDES, resolution=RESOLUTIONS)
def test_hexagons_are_those_of_the_reference_library(lat, lon, resolution):
    (found,) = hexes_at(np.array([lat]), np.array([lon]), resolution)
    assert hex_texts(np.array([found]))[0] == h3.latlng_to_cell(lat, lon, resolution)


@pytest.mark.parametrize(
    ("place", "lat", "lon"),
    [("Sabang", 5.89, 95.32), ("Jakarta", -6.2, 106.8), ("Makassar", -5.1, 119.4), ("Jayapura", -2.5, 140.7)],
)
def test_latitude_and_longitude_are_never_swapped(place, lat, lon):
    centre_lat, centre_lon = hex_centres(hexes_at(np.array([lat]), np.array([lon]), 9))
    assert abs(centre_lat[0] - lat) < 0.01, place
    assert abs(centre_lon[0] - lon) < 0.01, place


def test_areas_differ_over_the_globe_as_the_reference_library_says():
    hexes = hexes_at(np.array([0.0, -6.2, 60.0]), np.array([109.0, 106.8, 10.0]), 9)
    expected = [h3.cell_area(text, unit="km^2") for text in hex_texts(hexes)]
    assert hex_areas_km2(hexes) == pytest.approx(expected, rel=1e-3)


def test_neighbours_are_the_ring_around_a_hexagon():
    hexes = hexes_at(np.array([-6.2]), np.array([106.8]), 9)
    _, around = neighbour_pairs(hexes)
    assert set(hex_texts(around)) == set(h3.grid_ring(hex_texts(hexes)[0], 1))


def test_a_pentagon_has_five_neighbours():
    pentagon = np.array([h3.str_to_int(h3.get_pentagons(9)[0])], dtype=np.uint64)
    assert len(neighbour_pairs(pentagon)[1]) == 5


@settings(max_examples=25)
@given(lat=st.floats(-60, 60), lon=st.floats(-179, 179))
def test_hexagons_touching_an_outline_cover_it(lat, lon):
    import shapely

    outline = shapely.buffer(shapely.points([lon], [lat]), 0.01)
    position, hexes = hexes_touching(outline, 9)
    assert (position == 0).all()
    uncovered = shapely.difference(outline[0], shapely.union_all(hex_polygons(hexes)))
    assert shapely.area(uncovered) < 1e-9


def test_hexagons_of_different_size_touch_where_their_ground_does():
    (middle,) = hexes_at(np.array([-5.5]), np.array([109.0]), 7)
    disk = disks_around(np.array([middle], dtype=np.uint64), 1)
    coarse = disk[disk != middle]
    fine = children_of(np.array([middle], dtype=np.uint64), 9)
    hexes = np.concatenate((coarse, fine))
    position, others = touching_pairs(hexes)
    found = {(hexes[p], o) for p, o in zip(position, others, strict=True) if o in set(coarse) and hexes[p] in set(fine)}
    assert {other for _, other in found} == set(coarse)
    # Only the fine hexagons at the rim touch a coarse one: of 49, 24 lie on it.
    assert len({one for one, _ in found}) == 24
