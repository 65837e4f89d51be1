import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from crowd.own_country import _circles, cells_at_home
from geo.distances import distance_m

WEST, EAST = shapely.box(108, -6, 109, -5), shapely.box(109, -6, 110, -5)
METRE_DEG = 1 / 111_195


def _at_home(home, lat, lon):
    cells = pl.DataFrame({"cell_id": ["001-01-1"], "lat": [float(lat)], "lon": [float(lon)]})
    return cells_at_home(cells, home=home).to_list() == [True]


@pytest.mark.parametrize(
    ("lat", "lon", "expected"),
    [
        (-5.5, 108.5, True),
        (-5.5, 109, True),
        (-5.5, 110 + 450 * METRE_DEG, True),
        (-5.5, 110 + 550 * METRE_DEG, False),
        (-5 + 450 * METRE_DEG, 108.5, True),
        (-5 + 550 * METRE_DEG, 108.5, False),
        (-5.5, 112, False),
    ],
)
def test_a_cell_within_or_near_any_area_is_at_home(town, lat, lon, expected):
    town.areas({"99": WEST, "98": EAST}, level="province")
    assert _at_home(town.home, lat, lon) is expected


def test_the_coarsest_level_is_the_country(town):
    town.areas({"99.01": WEST})
    town.areas({"99": EAST}, level="province")
    assert (_at_home(town.home, -5.5, 108.5), _at_home(town.home, -5.5, 109.5)) == (False, True)


def test_flags_come_in_the_order_of_the_cells_even_on_one_mast(town):
    town.areas({"99": WEST})
    lon = [108.5, 120.0, 108.5, 108.1]
    cells = pl.DataFrame({"cell_id": [f"001-01-{n}" for n in range(4)], "lat": [-5.5] * 4, "lon": lon})
    assert cells_at_home(cells, home=town.home).to_list() == [True, False, True, True]


def test_without_areas_the_country_of_most_planned_cells_is_home(town):
    town.plan()
    cells = pl.DataFrame({"cell_id": ["999-01-1", "999-01-2", "001-01-1"], "lat": [0.0] * 3, "lon": [0.0] * 3})
    assert cells_at_home(cells, home=town.home).to_list() == [False, False, True]


def test_without_areas_and_plans_the_country_of_most_cells_is_home(town):
    cells = pl.DataFrame({"cell_id": ["999-01-1", "001-01-1", "001-01-2"], "lat": [0.0] * 3, "lon": [0.0] * 3})
    assert cells_at_home(cells, home=town.home).to_list() == [False, True, True]


@pytest.mark.parametrize("outlines", [{}, {"99": WEST}])
def test_no_cells_give_no_flags(town, outlines):
    if outlines:
        town.areas(outlines)
    nothing = pl.DataFrame(schema={"cell_id": pl.String, "lat": pl.Float64, "lon": pl.Float64})
    assert cells_at_home(nothing, home=town.home).to_list() == []


@settings(deadline=None)
@given(lat=st.floats(-60, 60), lon=st.floats(-179, 179))
def test_circles_are_as_wide_as_they_say(lat, lon):
    (circle,) = _circles(np.array([lat]), np.array([lon]), radius_m=500)
    rim = shapely.get_coordinates(circle)
    assert distance_m(np.array(lat), np.array(lon), to_lat=rim[:, 1], to_lon=rim[:, 0]) == pytest.approx(500, rel=1e-3)
