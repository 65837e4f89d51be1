import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.land import LandMask, subdivide


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), vertices=st.integers(3, 2000))
def test_cutting_into_pieces_keeps_the_ground(seed, vertices):
    rng = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    radius = 1 + 0.3 * rng.random(vertices)
    polygon = shapely.polygons(np.column_stack((radius * np.cos(angle), radius * np.sin(angle))))
    pieces = subdivide(np.array([polygon]), max_vertices=64)
    assert shapely.area(pieces).sum() == pytest.approx(shapely.area(polygon), rel=1e-9)
    assert shapely.get_num_coordinates(pieces).max() <= 64


def test_a_coastal_shape_loses_its_sea_and_an_inland_one_nothing():
    land = LandMask("x", lambda: np.array([shapely.box(0, 0, 10, 10)]))
    inland, coastal, at_sea = shapely.box(4, 4, 5, 5), shapely.box(9, 4, 11, 5), shapely.box(20, 4, 21, 5)
    position, parts = land.clip(np.array([inland, coastal, at_sea]))
    areas = np.bincount(position, weights=shapely.area(parts))
    assert areas == pytest.approx([1, 1, 1])


def test_borders_between_areas_are_no_coast():
    west, east = shapely.box(0, 0, 5, 10), shapely.box(5.0001, 0, 10, 10)
    land = LandMask("x", lambda: np.array([west, east]))
    position, parts = land.clip(np.array([shapely.box(4, 4, 6, 6)]))
    assert len(position) == 1
    assert shapely.area(parts)[0] == pytest.approx(4)
