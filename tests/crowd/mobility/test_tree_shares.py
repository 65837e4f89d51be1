import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crowd.mobility.hierarchy import read_tree
from crowd.mobility.tree_shares import ground_inside, tree_shares
from geo.area_shares import area_shares
from geo.hexagons import hex_polygons, hexes_touching

BITS = 1e-12
FEW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
# Two regencies of two districts each, side by side.
WEST, MIDDLE, EAST = 109.0, 109.02, 109.04
SOUTH, NORTH = -5.51, -5.49
QUARTERS = {
    "99.01.01": (WEST, 109.01),
    "99.01.02": (109.01, MIDDLE),
    "99.02.01": (MIDDLE, 109.03),
    "99.02.02": (109.03, EAST),
}
# Some of the ground's hexagons are smaller than others, as density has them.
PLACE = shapely.box(WEST, SOUTH, EAST, NORTH)
HEXES = np.concatenate([hexes_touching(np.array([PLACE.buffer(0.004)]), size)[1] for size in (8, 9)])


def _box(west, east):
    return shapely.box(west, SOUTH, east, NORTH)


def _areas(town, *, regencies, districts):
    town.areas({"99": PLACE.buffer(0.0002)}, level="province")
    town.areas(regencies, level="regency")
    if districts:
        town.areas(districts, level="district")
    return read_tree(town.home)


def _districts(*, moved_deg=()):
    """The quarters, each with its west and east moved."""
    moves = [*moved_deg, *[(0.0, 0.0)] * (4 - len(moved_deg))]
    return {
        code: _box(west + left, east + right)
        for (code, (west, east)), (left, right) in zip(QUARTERS.items(), moves, strict=True)
    }


def _partly_loaded(town, loaded, *, border):
    """Both regencies, and some of their districts."""
    districts = {code: outline for code, outline in _districts().items() if code in loaded}
    return _areas(town, regencies={"99.01": _box(WEST, border), "99.02": _box(border, EAST)}, districts=districts)


def _sums(shares, level, *, tree):
    """Sum over the areas inside each area, beside its own share: hex, code, share, inside."""
    parents = tree.rows.select("parent_code", code="area_code")
    finer = tree.levels[tree.levels.index(level) + 1]
    inside = (
        shares[finer].join(parents, on="code").group_by("hex", code="parent_code").agg(inside=pl.col("share").sum())
    )
    return (
        shares[level]
        .join(inside, on=["hex", "code"], how="full", coalesce=True)
        .with_columns(pl.col("share", "inside").fill_null(0.0))
    )


MOVE = st.floats(-0.0001, 0.0001)


@FEW
@given(border=st.floats(109.0197, 109.0203), moved=st.lists(st.tuples(MOVE, MOVE), min_size=4, max_size=4))
def test_an_area_is_the_sum_of_those_that_cover_it_however_their_outlines_disagree(make_town, border, moved):
    town = make_town()
    regencies = {"99.01": _box(WEST, border), "99.02": _box(border, EAST)}
    tree = _areas(town, regencies=regencies, districts=_districts(moved_deg=moved))
    assert not ground_inside(tree.rows).filter(level="regency")["is_open"].any()
    sums = _sums(tree_shares(town.home, HEXES, tree=tree), "regency", tree=tree)
    assert sums.height > 20
    assert (sums["share"] - sums["inside"]).abs().max() < BITS


@FEW
@given(border=st.floats(109.0197, 109.0203), loaded=st.sets(st.sampled_from(sorted(QUARTERS))))
def test_shares_of_a_hexagon_never_pass_one_nor_those_inside_an_area_its_own(make_town, border, loaded):
    town = make_town()
    tree = _partly_loaded(town, loaded, border=border)
    shares = tree_shares(town.home, HEXES, tree=tree)
    assert all(frame.group_by("hex").agg(pl.col("share").sum())["share"].max() < 1 + BITS for frame in shares.values())
    for level in tree.levels[:-1]:
        sums = _sums(shares, level, tree=tree)
        assert (sums["share"] - sums["inside"]).min() > -BITS


@FEW
@given(border=st.floats(109.0197, 109.0203), loaded=st.sets(st.sampled_from(sorted(QUARTERS))))
def test_a_hexagon_is_divided_once_between_areas_without_any_inside_and_what_open_ones_keep(make_town, border, loaded):
    """So one phone counts as one at most in all that gets noise."""
    town = make_town()
    tree = _partly_loaded(town, loaded, border=border)
    shares = tree_shares(town.home, HEXES, tree=tree)
    inside = ground_inside(tree.rows).rename({"area_code": "code"})
    ends = pl.concat(shares.values()).join(inside.filter(pl.col("children").is_null()), on="code")
    kept = pl.concat([_sums(shares, level, tree=tree) for level in tree.levels[:-1]]).join(
        inside.filter("is_open"), on="code"
    )
    parts = pl.concat([ends.select("hex", "share"), kept.select("hex", share=pl.col("share") - pl.col("inside"))])
    assert parts.group_by("hex").agg(pl.col("share").abs().sum())["share"].max() < 1 + BITS


def test_outlines_that_agree_divide_a_hexagon_as_each_level_does_alone(town):
    regencies = {"99.01": _box(WEST, MIDDLE), "99.02": _box(MIDDLE, EAST)}
    tree = _areas(town, regencies=regencies, districts=_districts())
    shares = tree_shares(town.home, HEXES, tree=tree)
    for level in ("regency", "district"):
        alone = area_shares(town.home, HEXES, level=level)
        assert shares[level].select("hex", "code").equals(alone.select("hex", "code"))
        assert (shares[level]["share"] - alone["share"]).abs().max() < BITS


def test_neighbours_without_areas_inside_keep_their_part_of_a_hexagon_at_the_border(town):
    tree = _partly_loaded(town, {"99.01.01", "99.01.02"}, border=MIDDLE)
    alone = area_shares(town.home, HEXES, level="regency")
    assert (alone["share"] < 1).any()
    assert (
        tree_shares(town.home, HEXES, tree=tree)["regency"]
        .join(alone, on=["hex", "code"], suffix="_alone")
        .select((pl.col("share") - pl.col("share_alone")).abs().max())
        .item()
        < BITS
    )


def test_a_hexagon_that_no_area_inside_touches_goes_to_the_neighbour_whose_areas_do(town):
    """The regency in the west claims hexagons of the first district in the east."""
    regencies = {"99.01": _box(WEST, MIDDLE + 0.0009), "99.02": _box(MIDDLE + 0.0009, EAST)}
    tree = _areas(town, regencies=regencies, districts=_districts())
    claimed = area_shares(town.home, HEXES, level="regency").filter(code="99.01")["hex"]
    outlines = dict(zip(HEXES.tolist(), hex_polygons(HEXES), strict=True))
    beyond = [number for number in claimed.to_list() if outlines[number].bounds[0] > MIDDLE]
    assert beyond
    found = tree_shares(town.home, HEXES, tree=tree)["regency"].filter(pl.col("hex").is_in(beyond))
    assert found.select("code", pl.col("share").round(9)).unique().rows() == [("99.02", 1.0)]


@pytest.mark.parametrize(("part", "is_open"), [(1.0, False), (0.96, False), (0.94, True)])
def test_an_area_is_open_where_those_inside_leave_more_than_a_twentieth(town, part, is_open):
    east = MIDDLE - (1 - part) * (MIDDLE - WEST)
    tree = _areas(town, regencies={"99.01": _box(WEST, MIDDLE)}, districts={"99.01.01": _box(WEST, east)})
    inside = ground_inside(tree.rows).filter(area_code="99.01")
    assert inside.select("children", "is_open").rows() == [(1, is_open)]
