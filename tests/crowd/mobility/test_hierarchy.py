from pathlib import Path

import polars as pl
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crowd.mobility.hierarchy import read_tree
from crowd.mobility.model import AREAS
from geo.areas import load_areas
from lake.errors import RefusedInputError

DATA = Path(__file__).parents[4] / "shared/data/idn_admin"
COUNTRY = (
    ("idn_prov.parquet", "province", {}),
    ("idn_kab_dissolved.parquet", "regency", {"parent": "prov_code"}),
    ("idn_kec_dissolved.parquet", "district", {"parent": "kab_code"}),
)
LEVELS = ("province", "regency", "district", "village")
BOX = shapely.to_wkb(shapely.box(109.0, -6, 109.01, -5.99))
SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _load(town, level, parents):
    """Load areas of one place, given as parent by code."""
    path = town.home.root / f"{level}.parquet"
    columns = {"code": list(parents), "name": [f"Area {code}" for code in parents], "parent": list(parents.values())}
    schema = dict.fromkeys(columns, pl.String)
    pl.DataFrame(columns, schema=schema).with_columns(wkb=pl.lit(BOX)).write_parquet(path)
    load_areas(path, level=level, intake=town.intake(), columns={})


@pytest.fixture
def country(town):
    _load(town, "province", {"99": None})
    _load(town, "regency", {"99.02": "99", "99.01": "99"})
    _load(town, "district", {"99.01.01": "99.01", "99.01.02": "99.01", "99.02.01": "99.02"})
    return town


def test_areas_stand_coarse_to_fine_by_code(country):
    rows = read_tree(country.home).rows
    assert rows.schema == pl.Schema(AREAS)
    assert rows["area_code"].to_list() == ["99", "99.01", "99.02", "99.01.01", "99.01.02", "99.02.01"]
    assert rows["parent_code"].to_list() == [None, "99", "99", "99.01", "99.01", "99.02"]


def test_the_top_and_the_finest_level_are_known(country):
    tree = read_tree(country.home)
    assert (tree.roots, tree.levels, tree.finest) == (("99",), ("province", "regency", "district"), "district")


def test_an_area_knows_all_that_it_lies_in(country):
    assert read_tree(country.home).chain("99.02.01") == ("99.02.01", "99.02", "99")


def test_the_ground_of_an_area_is_in_square_kilometres(country):
    assert read_tree(country.home).rows["area_km2"].to_list() == pytest.approx([1.224] * 6, rel=1e-2)


def test_a_restricted_tree_has_the_area_and_all_beneath_it(country):
    tree = read_tree(country.home).restricted("99.01")
    assert tree.rows["area_code"].to_list() == ["99.01", "99.01.01", "99.01.02"]
    assert tree.rows["parent_code"].to_list() == [None, "99.01", "99.01"]
    assert tree.levels == ("regency", "district")


def test_a_tree_down_to_a_level_has_none_finer(country):
    tree = read_tree(country.home).down_to("regency")
    assert tree.rows["area_code"].to_list() == ["99", "99.01", "99.02"]


@pytest.mark.parametrize("ask", ["chain", "restricted"])
def test_an_area_that_is_not_loaded_is_refused(country, ask):
    with pytest.raises(RefusedInputError, match=r"no loaded area has the code 99\.77"):
        getattr(read_tree(country.home), ask)("99.77")


def test_without_areas_it_says_how_to_load_them(town):
    with pytest.raises(RefusedInputError, match="no areas are loaded yet: run 'kerumun areas load"):
        read_tree(town.home)


def test_codes_say_where_an_area_lies_if_its_parent_does_not(town):
    _load(town, "province", {"99": None})
    _load(town, "regency", {"99.01": None})
    _load(town, "district", {"99.01.01": None})
    assert read_tree(town.home).chain("99.01.01") == ("99.01.01", "99.01", "99")


@pytest.mark.parametrize("parent", ["99.01", None])
def test_a_level_that_is_not_loaded_is_passed_over(town, parent):
    _load(town, "province", {"99": None})
    _load(town, "district", {"99.01.01": parent})
    assert read_tree(town.home).chain("99.01.01") == ("99.01.01", "99")


def test_parents_of_the_coarsest_level_need_not_be_loaded(town):
    _load(town, "regency", {"99.01": "99"})
    assert read_tree(town.home).roots == ("99.01",)


def test_a_told_parent_goes_before_the_code(country):
    _load(country, "district", {"99.01.01": "99.02"})
    assert read_tree(country.home).chain("99.01.01") == ("99.01.01", "99.02", "99")


@pytest.mark.parametrize("parent", ["99.07", "99", "99.01.02", "99.01.01"])
def test_a_parent_that_is_no_area_of_the_level_above_is_refused(country, parent):
    _load(country, "district", {"99.01.01": parent, "99.01.02": "99.01"})
    with pytest.raises(RefusedInputError, match=rf"area 99\.01\.01 \(district\) .*names {parent} as its parent"):
        read_tree(country.home)


def test_an_area_that_neither_parent_nor_code_place_is_refused(country):
    _load(country, "district", {"88.01.01": None, "88.01.02": None})
    with pytest.raises(RefusedInputError, match=r"area 88\.01\.01 \(district\) .*\(nor do 1 others\)"):
        read_tree(country.home)


def test_a_code_of_two_levels_is_refused(country):
    _load(country, "district", {"99.01": "99.01"})
    with pytest.raises(RefusedInputError, match=r"the code 99\.01 is that of areas of several levels"):
        read_tree(country.home)


PART = st.integers(1, 3).map("{:02d}".format)
CODES = st.sets(st.tuples(PART, PART, PART), min_size=1, max_size=12)


@SLOW
@given(leaves=CODES, told=st.booleans())
def test_every_area_is_in_the_tree_once_and_under_its_prefixes(make_town, leaves, told):
    town = make_town()
    for depth, level in enumerate(LEVELS):
        codes = sorted({".".join(("99", *leaf[:depth])) for leaf in leaves})
        _load(town, level, {code: code.rpartition(".")[0] or None if told else None for code in codes})
    tree = read_tree(town.home)
    for code in tree.rows["area_code"]:
        parts = code.split(".")
        assert tree.chain(code) == tuple(".".join(parts[:n]) for n in range(len(parts), 0, -1))
        beneath = [other for other in tree.rows["area_code"] if other == code or other.startswith(f"{code}.")]
        assert tree.restricted(code).rows["area_code"].to_list() == beneath


@pytest.mark.skipif(not DATA.exists(), reason="the outlines of Indonesia are not here")
def test_all_of_indonesia_is_one_tree(town):
    for file, level, columns in COUNTRY:
        load_areas(DATA / file, level=level, intake=town.intake(), columns=columns)
    tree = read_tree(town.home)
    assert tree.rows.group_by("level", maintain_order=True).len().rows() == [
        ("province", 38),
        ("regency", 514),
        ("district", 7285),
    ]
    assert tree.chain("31.71.01") == ("31.71.01", "31.71", "31")
    assert sum(tree.restricted(code).rows.height for code in tree.roots) == tree.rows.height
