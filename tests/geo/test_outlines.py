import numpy as np
import pyproj
import pytest
import shapely

from geo.hexagons import hex_areas_km2, hex_centres, hex_polygons, hexes_at
from geo.outlines import areas_km2, ground_areas, map_outlines

GEOD = pyproj.Geod(ellps="WGS84")


@pytest.mark.parametrize("lat", [-8.0, 0.1, 35.0, 69.0])
def test_areas_are_those_of_the_ellipsoid(lat):
    outline = shapely.segmentize(shapely.box(109, lat, 109.3, lat + 0.2), 0.01)
    with_hole = shapely.difference(outline, shapely.box(109.1, lat + 0.05, 109.2, lat + 0.1))
    hole = GEOD.geometry_area_perimeter(shapely.Polygon(with_hole.interiors[0]))[0]
    expected = abs(GEOD.geometry_area_perimeter(outline)[0]) - abs(hole)
    assert areas_km2(np.array([with_hole]))[0] == pytest.approx(expected / 1e6, rel=1e-5)


SQUARE_DEGREE_KM2 = (6371.0072 * np.pi / 180) ** 2


@pytest.mark.parametrize("resolution", [5, 8, 11])
def test_ground_is_that_of_the_sphere_at_every_latitude(resolution):
    lat = np.array([-8.0, 0.1, 35.0, 69.0])
    hexes = hexes_at(lat, np.full(4, 109.0), resolution)
    ground = ground_areas(hex_polygons(hexes), near_lat=hex_centres(hexes)[0])
    assert ground * SQUARE_DEGREE_KM2 == pytest.approx(hex_areas_km2(hexes), rel=1e-5)


def test_ground_of_parts_is_the_ground_of_the_whole_however_they_meet():
    hexes = hexes_at(np.array([69.0]), np.array([20.0]), 5)
    (whole,) = hex_polygons(hexes)
    south = shapely.intersection(whole, shapely.box(0, 0, 90, whole.centroid.y))
    shapes = np.array([whole, south, shapely.difference(whole, south)])
    ground = ground_areas(shapes, near_lat=np.full(3, 69.0))
    assert ground[1] + ground[2] == pytest.approx(ground[0], rel=1e-12)


def test_a_hexagon_on_180_degrees_lies_at_both_edges_of_the_map_and_nowhere_between():
    hexes = hexes_at(np.array([-16.5]), np.array([180.0]), 7)
    (shape,) = map_outlines(hexes)
    assert shape.bounds[0] == -180
    assert shape.bounds[2] == 180
    assert not shape.intersects(shapely.box(-179, -90, 179, 90))
    ground = ground_areas(np.array([shape]), near_lat=np.array([-16.5]))
    assert ground * SQUARE_DEGREE_KM2 == pytest.approx(hex_areas_km2(hexes), rel=1e-5)
