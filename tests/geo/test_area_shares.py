import geopandas as gpd
import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import geo.area_shares
from geo.area_pieces import AreaPieces, split_hexes
from geo.area_shares import area_shares
from geo.areas import load_areas
from geo.hexagons import hex_polygons, hexes_at, hexes_touching
from geo.outlines import areas_km2, ground_areas
from lake.errors import RefusedInputError

WEST, EAST = shapely.box(109, -6, 109.5, -5), shapely.box(109.5, -6, 110, -5)
BORDER = shapely.box(109.45, -5.6, 109.55, -5.4)


@pytest.fixture
def load(tmp_path, intake):
    """Take in areas given as outlines by code."""

    def take(outlines, *, level="regency"):
        frame = gpd.GeoDataFrame({"code": list(outlines), "name": "x"}, geometry=list(outlines.values()), crs=4326)
        frame.to_parquet(tmp_path / "areas.parquet")
        load_areas(tmp_path / "areas.parquet", level=level, intake=intake, columns={})

    return take


def _around(shape, *resolutions):
    return np.concatenate([hexes_touching(np.array([shape]), r)[1] for r in resolutions])


def _at(lat, lon, resolution=9):
    return hexes_at(np.array([lat]), np.array([lon]), resolution)


def test_shares_of_mixed_resolutions_sum_to_exactly_one_in_any_order(load, home):
    load({"99.01": WEST, "99.02": EAST})
    shares = area_shares(home, _around(BORDER, 5, 7, 9), level="regency").sample(fraction=1, shuffle=True, seed=1)
    assert set(shares.group_by("hex").agg(pl.col("share").sum())["share"]) == {1.0}
    assert (shares.group_by("hex").len()["len"] == 2).any()


def test_a_hexagon_within_an_area_is_all_its_own_and_one_at_sea_is_absent(load, home):
    load({"99.01": WEST, "99.02": EAST})
    inside, at_sea = _at(-5.5, 109.2), _at(-5.5, 120.0)
    shares = area_shares(home, np.concatenate([inside, at_sea]), level="regency")
    assert shares.rows() == [(inside[0], "99.01", 1.0)]


def test_the_sea_part_of_a_coastal_hexagon_belongs_to_its_land(load, home):
    (hexagon,) = hex_polygons(_at(-5.5, 109.2))
    west, south, east, _ = hexagon.bounds
    middle = (west + east) / 2
    low, high = shapely.box(west, south, middle, south + 1e-3), shapely.box(middle, south, east, south + 1e-3)
    load({"99.01": low, "99.02": high})
    shares = area_shares(home, _at(-5.5, 109.2), level="regency")
    land = [hexagon.intersection(low).area, hexagon.intersection(high).area]
    assert sum(land) < hexagon.area / 2
    assert shares["share"].to_list() == pytest.approx([land[0] / sum(land), land[1] / sum(land)])


def test_ground_claimed_twice_goes_to_the_smaller_code_whatever_the_order_of_the_file(load, home):
    hexes = _around(shapely.box(109.48, -5.52, 109.6, -5.48), 8)
    clean = {"99.01": shapely.box(109, -6, 109.55, -5), "99.02": shapely.box(109.55, -6, 110, -5)}
    load(clean)
    expected = area_shares(home, hexes, level="regency")
    load({"99.02": EAST, "99.01": clean["99.01"]})
    found = area_shares(home, hexes, level="regency")
    assert found.select("hex", "code").equals(expected.select("hex", "code"))
    assert found["share"].to_numpy() == pytest.approx(expected["share"].to_numpy(), abs=1e-8)


def test_a_hexagon_that_areas_touch_in_a_point_belongs_to_the_smaller_code(load, home):
    hexes = _at(-5.5, 109.2)
    (hexagon,) = hex_polygons(hexes)
    x, y = max(hexagon.exterior.coords)
    load(
        {
            "99.02": shapely.Polygon([(x, y), (x + 1, y + 0.2), (x + 1, y + 0.1)]),
            "99.01": shapely.Polygon([(x, y), (x + 1, y - 0.2), (x + 1, y - 0.1)]),
        }
    )
    assert area_shares(home, hexes, level="regency").rows() == [(hexes[0], "99.01", 1.0)]


def test_lines_that_mending_left_of_an_outline_are_no_ground(load, home):
    spiked = shapely.Polygon([(109, -6), (109.1, -6), (109.1, -5.5), (109.2, -5.5), (109.1, -5.5), (109, -5.5)])
    load({"99.01": spiked})
    assert area_shares(home, _at(-5.5, 109.18), level="regency").is_empty()


def test_shares_are_by_ground_also_where_degrees_of_longitude_shrink(load, home):
    hexes = _at(69.0, 20.0, 5)
    (hexagon,) = hex_polygons(hexes)
    south = shapely.box(10, 60, 30, hexagon.centroid.y)
    load({"99.01": south, "99.02": shapely.box(10, hexagon.centroid.y, 30, 75)})
    part, whole = areas_km2(shapely.segmentize([hexagon.intersection(south), hexagon], 1e-3))
    shares = area_shares(home, hexes, level="regency")
    assert shares["share"][0] == pytest.approx(part / whole, rel=2e-5)
    assert shares["share"][0] != pytest.approx(hexagon.intersection(south).area / hexagon.area, rel=1e-3)


def test_hexagons_on_180_degrees_lie_only_in_the_areas_beside_it(load, home):
    load(
        {
            "99.01": shapely.box(179, -17, 180, -16),
            "99.02": shapely.box(-180, -17, -179, -16),
            "99.03": shapely.box(-178, -17, 178, -16),
        }
    )
    hexes = np.unique(hexes_at(np.linspace(-16.9, -16.1, 40), np.full(40, 180.0), 7))
    shares = area_shares(home, hexes, level="regency")
    assert set(shares["code"]) == {"99.01", "99.02"}
    assert shares["hex"].n_unique() == len(hexes)
    assert shares.group_by("hex").len()["len"].to_list() == [2] * len(hexes)


def test_what_is_remembered_changes_no_share(load, home):
    hexes = _around(BORDER, 7, 8)
    load({"99.02": EAST, "99.01": WEST.buffer(0.01)})
    one_by_one = pl.concat([area_shares(home, hexes[n : n + 7], level="regency") for n in range(0, len(hexes), 7)])
    (stored,) = (home.lake / "area_shares").rglob("part.parquet")
    stored.unlink()
    assert area_shares(home, hexes[::-1], level="regency").equals(one_by_one.sort("hex", "code"))


def test_work_in_blocks_changes_no_share(load, home, monkeypatch):
    hexes = _around(BORDER, 7, 8)
    load({"99.01": WEST, "99.02": EAST})
    whole = area_shares(home, hexes, level="regency")
    (stored,) = (home.lake / "area_shares").rglob("part.parquet")
    stored.unlink()
    monkeypatch.setattr(geo.area_shares, "BLOCK_HEXES", 7)
    assert area_shares(home, hexes, level="regency").equals(whole)


def test_a_hexagon_is_computed_once_even_where_it_touches_no_area(load, home, monkeypatch):
    load({"99.01": WEST})
    seen, new, at_sea = _at(-5.5, 109.2), _at(-5.6, 109.2), _at(-5.5, 120.0)
    area_shares(home, np.concatenate([seen, at_sea]), level="regency")
    computed = []

    def watched(hexes, pieces):
        computed.extend(hexes.tolist())
        return split_hexes(hexes, pieces)

    monkeypatch.setattr(geo.area_shares, "split_hexes", watched)
    area_shares(home, np.concatenate([seen, at_sea, new]), level="regency")
    assert computed == new.tolist()


def test_other_areas_give_other_shares(load, home):
    hexes = _at(-5.5, 109.2)
    load({"99.01": WEST})
    area_shares(home, hexes, level="regency")
    load({"99.07": WEST})
    assert area_shares(home, hexes, level="regency")["code"].to_list() == ["99.07"]


def test_no_hexagons_have_no_shares(load, home):
    load({"99.01": WEST})
    assert area_shares(home, np.empty(0, dtype=np.uint64), level="regency").is_empty()


def test_a_level_without_areas_is_refused(load, home):
    load({"99.01": WEST})
    with pytest.raises(RefusedInputError, match="no areas of level village are loaded"):
        area_shares(home, _at(-5.5, 109.2), level="village")


corners = st.tuples(st.floats(109.4, 109.6), st.floats(-5.6, -5.4), st.floats(0.01, 0.3), st.floats(0.01, 0.3))


@settings(deadline=None, max_examples=40)
@given(
    boxes=st.lists(corners, min_size=1, max_size=5),
    points=st.lists(st.tuples(st.floats(-5.7, -5.3), st.floats(109.3, 109.7), st.integers(5, 11)), min_size=1),
)
def test_each_area_gets_the_ground_that_no_smaller_code_claims(boxes, points):
    outlines = np.array([shapely.box(x, y, x + wide, y + high) for x, y, wide, high in boxes])
    hexes = np.unique(np.concatenate([_at(*point) for point in points]))
    found = {(h, a): s for h, a, s in split_hexes(hexes, AreaPieces.cut(outlines)).rows()}
    for hexagon, shape in zip(hexes.tolist(), hex_polygons(hexes), strict=True):
        free = [shape.intersection(o).difference(shapely.union_all(outlines[:n])) for n, o in enumerate(outlines)]
        ground = np.zeros(len(free))
        is_left = ~shapely.is_empty(free)
        ground[is_left] = ground_areas(np.array(free)[is_left], near_lat=np.full(is_left.sum(), shape.centroid.y))
        if ground.sum() > 0:
            shares = [found.get((hexagon, n), 0.0) for n in range(len(outlines))]
            assert sum(shares) == 1.0
            assert shares == pytest.approx((ground / ground.sum()).tolist(), abs=1e-8)
