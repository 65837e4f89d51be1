import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from crowd.area_factors import hex_factors
from crowd.factors import DEFAULT_HIGH, DEFAULT_LOW, FactorRow, flat_factors, load_factors, settle_factors
from geo.hexagons import hex_polygons
from lake.errors import RefusedInputError

# Mast 3 stands in a hexagon that this line cuts.
BORDER = 109.03
WEST, EAST = shapely.box(108.9, -6, BORDER, -5), shapely.box(BORDER, -6, 109.2, -5)
SHARES = st.lists(st.floats(0.01, 0.24), min_size=1, max_size=4)


def _row(operator, area_code=None, **values):
    return FactorRow(operator=operator, area_code=area_code, **values)


def _factor(factors, operator, area_code=None):
    rows = factors.table.filter(operator=operator)
    rows = rows.filter(rows["area_code"].eq_missing(area_code))
    return rows.row(0, named=True)


@given(usual=SHARES, local=SHARES, people=st.floats(1, 1e6), sims=st.floats(0.5, 3), cells=st.floats(1, 5))
def test_by_market_share_all_operators_together_come_to_people(usual, local, people, sims, cells):
    rows, heard = [], []
    for n, share in enumerate(usual):
        rows.append(_row(f"op{n}", market_share=share, sims_per_person=sims, cells_per_device=cells))
        if n < len(local):
            there = {"market_share": local[n], "sims_per_person": sims, "cells_per_device": cells}
            rows.append(_row(f"op{n}", "99.01", **there))
        heard.append(local[n] if n < len(local) else share)
    operators = [f"op{n}" for n in range(len(usual))]
    factors = settle_factors(rows, operators=operators)
    devices = [people * sims * share * cells for share in heard]
    there = [_factor(factors, operator, "99.01")["people_per_device"] for operator in operators]
    assert sum(f * n for f, n in zip(there, devices, strict=True)) == pytest.approx(people)


def test_without_a_table_the_factor_is_a_default_with_its_range_and_told():
    factors = flat_factors({"alun": 2.0}, operators=["alun", "nusa"])
    assert factors.assumed == ("nusa",)
    assert _factor(factors, "nusa")["people_per_device"] == 1
    assert _factor(factors, "alun")["low"] == pytest.approx(2 * DEFAULT_LOW)
    assert _factor(factors, "alun")["high"] == pytest.approx(2 * DEFAULT_HIGH)


def test_the_table_goes_before_the_settings():
    factors = settle_factors([_row("alun", people_per_device=3.0)], operators=["alun"], settings={"alun": 2.0})
    assert _factor(factors, "alun")["people_per_device"] == 3
    assert factors.assumed == ()


def test_a_row_of_one_area_leaves_the_default_elsewhere_told():
    factors = settle_factors([_row("alun", "99.01", people_per_device=3.0)], operators=["alun"])
    assert factors.assumed == ("alun",)
    assert _factor(factors, "alun")["people_per_device"] == 1


@given(
    factor=st.floats(0.01, 100),
    low=st.none() | st.floats(0.01, 100),
    high=st.none() | st.floats(0.01, 100),
)
def test_a_factor_lies_within_its_range(factor, low, high):
    if low is not None and high is not None and low > high:
        low, high = high, low
    row = _factor(
        settle_factors([_row("alun", people_per_device=factor, low=low, high=high)], operators=["alun"]), "alun"
    )
    assert row["low"] <= row["people_per_device"] <= row["high"]


def test_operators_are_spelled_as_in_the_lake(tmp_path):
    path = tmp_path / "people_per_device.csv"
    path.write_text("operator,area_code,people_per_device\n Alun Raya ,,2\n")
    assert settle_factors(load_factors(path), operators=["alun-raya"]).assumed == ()


def test_area_codes_keep_their_zeros_and_empty_means_everywhere(tmp_path):
    path = tmp_path / "people_per_device.csv"
    path.write_text("operator,area_code,people_per_device\nalun,,2\nalun,99.10,3\n")
    assert [row.area_code for row in load_factors(path)] == [None, "99.10"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("operator,people_per_device\nalun,-1", "line 2: people_per_device"),
        ("operator,people_per_device\nalun,many", "line 2: people_per_device"),
        ("operator,people_per_device\nalun,1\n,2", "line 3: operator"),
        ("operator,sims_per_person\nalun,1.2", "line 2: give people_per_device, or market_share"),
        ("operator,people_per_device,market_share\nalun,1,0.3", "not both"),
        ("operator,market_share\nalun,35", "line 2: market_share"),
        ("operator,people_per_device,low,high\nalun,1,3,2", "low is higher than high"),
        ("operator,factor\nalun,2", "factor: is no column of this table"),
        ("operator;people_per_device\nalun;2", "is no column of this table"),
        ("operator,people_per_device\nalun,1\nAlun,2", "stands there twice"),
        ("", "cannot be read as CSV"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_with_line_and_reason(tmp_path, text, told):
    path = tmp_path / "people_per_device.csv"
    path.write_text(text)
    with pytest.raises(RefusedInputError, match=told) as refused:
        load_factors(path)
    assert len(str(refused.value).splitlines()) == 1


def test_market_shares_over_the_whole_market_are_refused():
    rows = [_row("alun", market_share=0.7), _row("nusa", market_share=0.6)]
    with pytest.raises(RefusedInputError, match=r"sum to 1\.300"):
        settle_factors(rows, operators=["alun", "nusa"])


def test_a_market_share_in_one_area_needs_one_everywhere():
    rows = [_row("alun", people_per_device=2.0), _row("alun", "99.01", market_share=0.5)]
    with pytest.raises(RefusedInputError, match="no row of that operator without area_code"):
        settle_factors(rows, operators=["alun"])


@pytest.fixture
def town(make_town):
    town = make_town()
    town.plan(operators=("alun", "nusa"))
    town.counts([(0, mast, 100, operator) for mast in range(7) for operator in (1, 2)])
    town.areas({"99.01": WEST, "99.02": EAST})
    return town


def _people(town, table):
    town.density(factors=town.table("operator,area_code,people_per_device\n" + table))
    return town.stage("density").sort("hex").select("hex", "people", "people_low", "people_high")


def test_factors_of_an_area_change_people_there_only(town):
    before = _people(town, "alun,,1\nnusa,,1\n")
    after = _people(town, "alun,,1\nnusa,,1\nalun,99.02,3\n")
    outlines = hex_polygons(before["hex"].to_numpy())
    inside, outside = shapely.within(outlines, EAST), shapely.within(outlines, WEST)
    assert inside.sum() == outside.sum() == 3
    assert after.filter(inside)["people"].to_list() == pytest.approx([400.0] * 3)
    assert after.filter(outside).equals(before.filter(outside))


def test_on_a_border_people_change_by_the_share_of_the_hexagon(town):
    before = _people(town, "alun,,1\nnusa,,1\n")
    after = _people(town, "alun,,1\nnusa,,1\nalun,99.02,3\nnusa,99.02,3\n")
    outlines = hex_polygons(before["hex"].to_numpy())
    is_cut = ~shapely.within(outlines, EAST) & ~shapely.within(outlines, WEST)
    (outline,) = outlines[is_cut]
    share = outline.intersection(EAST).area / outline.area
    assert 0.05 < share < 0.95
    assert after.filter(is_cut)["people"][0] == pytest.approx(200 * (1 + 2 * share), rel=1e-3)


def test_the_finest_area_counts_and_the_rest_of_a_hexagon_is_the_coarser_area(town):
    town.areas({"99": shapely.box(108.9, -6, 109.2, -5)}, level="province")
    after = _people(town, "alun,,1\nnusa,,1\nalun,99,5\nalun,99.02,3\n")
    outlines = hex_polygons(after["hex"].to_numpy())
    inside, outside = shapely.within(outlines, EAST), shapely.within(outlines, WEST)
    assert after.filter(inside)["people"].to_list() == pytest.approx([400.0] * 3)
    assert after.filter(outside)["people"].to_list() == pytest.approx([600.0] * 3)
    is_cut = ~inside & ~outside
    share = outlines[is_cut][0].intersection(EAST).area / outlines[is_cut][0].area
    assert after.filter(is_cut)["people"][0] == pytest.approx(100 + 100 * (3 * share + 5 * (1 - share)), rel=1e-3)


def test_the_range_of_an_area_weighs_all_its_operators(town):
    factors = town.table(
        "operator,area_code,people_per_device,low,high\nalun,,1,0.5,2\nnusa,,1,0.5,2\nalun,99.02,1,1,1\n"
    )
    town.density(factors=factors)
    hexes = town.stage("density")["hex"].sort()
    rows = hex_factors(town.home, hexes, factors=factors)
    assert rows.group_by("hex").len()["len"].unique().to_list() == [2]
    assert rows.filter(operator="nusa")["low"].to_list() == pytest.approx([0.5] * (rows.height // 2))


def test_factors_of_an_area_that_is_not_loaded_are_refused(town):
    with pytest.raises(RefusedInputError, match=r"no loaded area has the code 99\.77"):
        _people(town, "alun,,1\nalun,99.77,3\n")
