import polars as pl
from area_tables import base_table, make_tree

from crowd.mobility.standing_order import standing_order
from lake.home import Home

CODES = ("99", "99.01", "99.02", "99.03")


def hours(cells):
    table = base_table(make_tree(CODES), {(code, 0): 50.0 for code in CODES[1:]})
    return table.with_columns(cells=pl.col("area_code").replace_strict(cells, default=9))


def turns(order):
    return dict(order.filter(level="regency").select("area_code", "turn").iter_rows())


def test_the_turn_of_an_area_is_its_cells(tmp_path):
    order = standing_order(Home(tmp_path), hours({"99.01": 3, "99.02": 1, "99.03": 2}))
    assert turns(order) == {"99.01": 3, "99.02": 1, "99.03": 2}


def test_a_turn_once_given_is_kept_whatever_becomes_of_the_cells(tmp_path):
    standing_order(Home(tmp_path), hours({"99.01": 3, "99.02": 1}).filter(pl.col("area_code") != "99.03"))
    order = standing_order(Home(tmp_path), hours({"99.01": 1, "99.02": 7, "99.03": 2}))
    assert turns(order) == {"99.01": 3, "99.02": 1, "99.03": 2}
