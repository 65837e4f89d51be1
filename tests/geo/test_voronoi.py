import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.footprint_options import FootprintOptions
from geo.hexagons import hex_centres, hexes_at
from geo.land import LandMask
from geo.point import point_weights
from geo.voronoi import voronoi_weights

OPTIONS = FootprintOptions(resolution=8, max_range_m=3000)

MASTS = st.lists(
    st.tuples(st.floats(-0.05, 0.05), st.floats(-0.05, 0.05), st.one_of(st.none(), st.integers(0, 359).map(float))),
    min_size=1,
    max_size=12,
)
CENTRES = st.sampled_from([(-6.2, 106.8), (0.0, 109.3), (5.9, 95.3), (-2.5, 140.7), (0.0, 180.0), (-17.0, -179.99)])


def _cells(masts, centre):
    lat = [centre[0] + m[0] for m in masts]
    lon = [(centre[1] + m[1] + 180) % 360 - 180 for m in masts]
    return pl.DataFrame(
        {
            "cell_no": pl.Series(range(len(masts)), dtype=pl.UInt32),
            "lat": lat,
            "lon": lon,
            "azimuth_deg": pl.Series([m[2] for m in masts], dtype=pl.Float64),
        }
    )


@pytest.mark.parametrize("method", [point_weights, voronoi_weights])
@settings(max_examples=40, deadline=None)
@given(masts=MASTS, centre=CENTRES)
def test_every_cell_is_placed_and_its_weights_sum_to_one(method, masts, centre):
    cells = _cells(masts, centre)
    weights = method(cells, options=OPTIONS, land=None)
    sums = weights.group_by("cell_no").agg(pl.col("weight").sum()).sort("cell_no")
    assert sums["cell_no"].to_list() == list(range(len(masts)))
    assert sums["weight"].to_numpy() == pytest.approx(np.ones(len(masts)), rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(masts=MASTS, centre=CENTRES, seed=st.randoms(use_true_random=False))
def test_the_order_of_cells_does_not_matter(masts, centre, seed):
    cells = _cells(masts, centre)
    order = list(range(len(masts)))
    seed.shuffle(order)
    keys = ["cell_no", "hex"]
    straight = voronoi_weights(cells, options=OPTIONS, land=None).sort(keys)
    shuffled = voronoi_weights(cells[order], options=OPTIONS, land=None).sort(keys)
    assert straight.select(keys).equals(shuffled.select(keys))
    assert straight["weight"].to_numpy() == pytest.approx(shuffled["weight"].to_numpy(), rel=1e-9)


def test_a_lone_mast_reaches_its_maximal_range_and_no_farther():
    cells = _cells([(0.0, 0.0, None)], (-6.2, 106.8))
    weights = voronoi_weights(cells, options=FootprintOptions(resolution=9, max_range_m=2000), land=None)
    lat, lon = hex_centres(weights["hex"].to_numpy())
    distance_m = np.hypot((lat + 6.2) * 111_195, (lon - 106.8) * 111_195 * np.cos(np.radians(6.2)))
    assert 1800 < distance_m.max() < 2300


def test_places_belong_to_the_nearest_mast():
    cells = _cells([(0.0, -0.02, None), (0.0, 0.02, None)], (-6.2, 106.8))
    weights = voronoi_weights(cells, options=OPTIONS, land=None)
    _, lon = hex_centres(weights["hex"].to_numpy())
    west = weights["cell_no"].to_numpy() == 0
    assert lon[west].mean() < 106.79
    assert lon[~west].mean() > 106.81


def test_a_sector_lies_on_the_side_its_azimuth_points_to():
    cells = _cells([(0.0, 0.0, 0.0), (0.0, 0.0, 120.0), (0.0, 0.0, 240.0)], (-6.2, 106.8))
    weights = voronoi_weights(cells, options=OPTIONS, land=None)
    lat, lon = hex_centres(weights["hex"].to_numpy())
    middle = (
        weights.with_columns(lat=lat, lon=lon)
        .group_by("cell_no")
        .agg((pl.col("lat") * pl.col("weight")).sum(), (pl.col("lon") * pl.col("weight")).sum())
        .sort("cell_no")
    )
    north, south_east, south_west = middle.rows()
    assert north[1] > -6.195
    assert south_east[1] < -6.2
    assert south_east[2] > 106.805
    assert south_west[2] < 106.795


def test_carriers_of_one_sector_share_its_ground():
    cells = _cells([(0.0, 0.0, 90.0), (0.0, 0.0, 90.0), (0.01, 0.01, None)], (-6.2, 106.8))
    weights = voronoi_weights(cells, options=OPTIONS, land=None)
    first, second = (weights.filter(cell_no=n).sort("hex")["weight"] for n in (0, 1))
    assert first.equals(second)


def _half_plane():
    return LandMask("test", lambda: np.array([shapely.box(106.0, -7.0, 106.8, -5.0)]))


def test_the_sea_gets_nobody_where_land_is_known():
    cells = _cells([(0.0, -0.005, None)], (-6.2, 106.8))
    weights = voronoi_weights(cells, options=FootprintOptions(resolution=9, max_range_m=2000), land=_half_plane())
    _, lon = hex_centres(weights["hex"].to_numpy())
    assert lon.max() < 106.803
    assert weights["weight"].sum() == pytest.approx(1)


def test_a_mast_wholly_at_sea_keeps_its_devices():
    cells = _cells([(0.0, 0.2, None)], (-6.2, 106.8))
    weights = voronoi_weights(cells, options=OPTIONS, land=_half_plane())
    assert weights["weight"].sum() == pytest.approx(1)


def test_a_point_footprint_is_the_hexagon_under_the_mast():
    cells = _cells([(0.0, 0.0, None)], (-6.2, 106.8))
    weights = point_weights(cells, options=FootprintOptions(resolution=9), land=None)
    assert weights["hex"].to_list() == hexes_at(np.array([-6.2]), np.array([106.8]), 9).tolist()
