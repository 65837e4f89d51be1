import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.footprint_options import FootprintOptions
from geo.grid import lay_grid
from geo.hexagons import hex_areas_km2, hexes_at, parents_of, resolutions_of

masts = st.lists(st.tuples(st.floats(-0.3, 0.3), st.floats(-0.3, 0.3)), min_size=1, max_size=30)


def _grid(places, *, reach_m=5_000.0, lat=-6.2, lon=106.8, **options):
    lats, lons = np.array(places).T + np.array([[lat], [lon]])
    return lay_grid(lats, lons, reach_m=np.full(len(places), reach_m), options=FootprintOptions(**options)), lats, lons


@settings(max_examples=30, deadline=None)
@given(masts)
def test_no_two_hexagons_of_a_grid_overlap(places):
    grid, *_ = _grid(places)
    finest = np.concatenate([parents_of(np.array([h]), 9) for h in grid.hexes])
    assert len(np.unique(finest)) == len(finest)


@settings(max_examples=30, deadline=None)
@given(masts)
def test_every_mast_stands_on_a_hexagon_of_the_grid(places):
    grid, lat, lon = _grid(places)
    assert np.isin(grid.hexes_under(lat, lon), grid.hexes).all()


def test_everything_within_reach_is_on_the_grid():
    grid, lat, lon = _grid([(0, 0)], reach_m=20_000)
    angle = np.linspace(0, 2 * np.pi, 720)
    rim_lat, rim_lon = lat + 0.179 * np.cos(angle), lon + 0.179 * np.sin(angle)
    assert np.isin(grid.hexes_under(rim_lat, rim_lon), grid.hexes).all()


def test_dense_masts_are_drawn_fine_and_lonely_ones_coarse():
    town = [(0.001 * n, 0.0) for n in range(12)]
    grid, lat, lon = _grid([*town, (0.8, 0.8)])
    assert set(resolutions_of(grid.hexes_under(lat[:12], lon[:12]))) == {9}
    assert set(resolutions_of(grid.hexes_under(lat[12:], lon[12:]))) == {8}
    assert resolutions_of(grid.hexes).min() == 7


def test_one_resolution_everywhere_where_the_coarsest_is_the_finest():
    grid, *_ = _grid([(0, 0), (0.2, 0.2)], coarsest_resolution=9)
    assert set(resolutions_of(grid.hexes)) == {9}


@pytest.mark.parametrize("lon", [179.999, -179.999, 0.0])
def test_ground_across_the_date_line_is_on_the_grid(lon):
    grid, lat, _ = _grid([(0, 0)], lat=0.0, lon=lon)
    across = (lon + 0.03 + 180) % 360 - 180
    assert np.isin(grid.hexes_under(lat, np.array([across])), grid.hexes).all()


def test_a_grid_has_the_area_of_its_blocks():
    grid, *_ = _grid([(0, 0)])
    # Children follow the outline of their parent only roughly.
    assert hex_areas_km2(grid.hexes).sum() == pytest.approx(hex_areas_km2(grid.blocks).sum(), rel=0.01)
    assert np.isin(parents_of(hexes_at(np.array([-6.2]), np.array([106.8]), 9), 7), grid.blocks).all()
