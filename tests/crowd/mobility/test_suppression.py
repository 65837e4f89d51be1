from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
from area_tables import base_table, instant, leaves_of, make_tree, tables
from hypothesis import given, settings

from crowd.mobility.suppression import suppress

K = 15


def hidden_of(codes, devices, *, k=K, before=None, **options):
    """Codes that are hidden in the only hour."""
    tree = make_tree(codes)
    table = base_table(tree, {(code, 0): float(n) for code, n in devices.items()}, **options)
    told = suppress(table, tree, k=k, before=before)
    return set(told.filter("is_hidden")["area_code"])


FOUR = ("99", "99.01", "99.02", "99.03", "99.04")


def test_what_rests_on_enough_devices_is_shown():
    assert hidden_of(FOUR, {"99.01": 15, "99.02": 200, "99.03": 16, "99.04": 90}) == set()


def test_devices_count_and_not_people():
    few = {"99.01": 14, "99.02": 14, "99.03": 20, "99.04": 90}
    assert hidden_of(FOUR, few, ratios=dict.fromkeys(few, 100.0)) == {"99.01", "99.02"}


def test_one_hidden_area_takes_the_first_of_the_order_with_it():
    assert hidden_of(FOUR, {"99.01": 300, "99.02": 200, "99.03": 3, "99.04": 90}) == {"99.03", "99.01"}


def test_the_first_of_the_order_is_what_the_order_says():
    tree = make_tree(FOUR)
    table = base_table(tree, {("99.01", 0): 300.0, ("99.02", 0): 200.0, ("99.03", 0): 3.0, ("99.04", 0): 90.0})
    order = pl.DataFrame({"level": "regency", "area_code": list(FOUR[1:]), "turn": [3, 3, 3, 1]})
    told = suppress(table, tree, k=K, order=order)
    assert set(told.filter("is_hidden")["area_code"]) == {"99.03", "99.04"}


def test_two_small_ones_take_a_third_with_them_where_neither_is_the_first():
    assert hidden_of(FOUR, {"99.01": 300, "99.02": 14, "99.03": 14, "99.04": 90}) == {"99.01", "99.02", "99.03"}


def test_hidden_ones_need_room_for_k_devices():
    assert hidden_of(FOUR, {"99.01": 2, "99.02": 40, "99.03": 3, "99.04": 90}) == {"99.01", "99.02", "99.03"}


def test_room_is_measured_in_the_most_people_per_device():
    few = {"99.01": 10, "99.02": 40, "99.03": 5, "99.04": 90}
    assert hidden_of(FOUR, few, ratios={"99.03": 1.0, "99.01": 1.0, "99.02": 1.0, "99.04": 1.0}) == {"99.01", "99.03"}
    assert "99.02" in hidden_of(FOUR, few, ratios={"99.03": 5.0, "99.01": 1.0, "99.02": 1.0, "99.04": 1.0})


def test_an_area_without_anybody_is_hidden_like_any_small_number():
    assert hidden_of(FOUR, {"99.01": 30, "99.02": 0, "99.03": 30, "99.04": 90}) == {"99.01", "99.02"}


def test_everything_below_a_hidden_area_is_hidden():
    codes = ("99", "99.01", "99.02", "99.03", "99.02.01", "99.02.02", "99.03.01", "99.03.02")
    devices = {"99.01": 3, "99.02.01": 70, "99.02.02": 80, "99.03.01": 60, "99.03.02": 60}
    ratios = dict.fromkeys(devices, 1.0)
    found = hidden_of(codes, devices, ratios=ratios)
    assert found == {"99.01", "99.02", "99.02.01", "99.02.02"}


def test_areas_whose_parent_is_not_loaded_are_the_countrys_children():
    tree = make_tree(("99.01", "99.02", "98.01"), levels=("province", "regency"))
    table = base_table(tree, {("99.01", 0): 3.0, ("99.02", 0): 50.0, ("98.01", 0): 70.0})
    told = suppress(table, tree, k=K).filter("is_hidden")
    assert set(told["area_code"]) == {"99.01", "98.01"}


def test_an_area_without_data_takes_no_part():
    devices = {"99.01": 300, "99.02": 200, "99.03": 3, "99.04": 90}
    assert hidden_of(FOUR, devices, missing={("99.01", 0)}) == {"99.02", "99.03"}


def test_an_only_child_that_is_hidden_hides_its_parent():
    codes = ("99", "99.01", "99.02", "99.03", "99.03.01")
    devices = {"99.01": 30, "99.02": 30, "99.03.01": 14.8}
    hidden = hidden_of(codes, devices, rests={("99.03", 0): 0.3})
    assert {"99.03", "99.03.01", "99.01"} == hidden


def test_people_in_none_of_the_children_are_no_secret_where_they_are_none():
    codes = ("99", "99.01", "99.02")
    devices = {"99.01": 30, "99.02": 30}
    assert hidden_of(codes, devices, rests={("99", 0): 0.3}) == set()
    assert hidden_of(codes, devices, rests={("99", 0): 15.0}) == set()
    assert hidden_of(codes, devices, rests={("99", 0): 14.0}) == {"99.01"}


def test_what_was_hidden_before_stays_hidden_and_needs_a_partner():
    tree = make_tree(FOUR)
    before = pl.DataFrame({"level": ["regency"], "area_code": ["99.04"], "interval_start": [instant(0)]})
    before = before.with_columns(pl.col("interval_start").dt.cast_time_unit("us"), is_hidden=pl.lit(value=True))
    devices = {"99.01": 300, "99.02": 200, "99.03": 30, "99.04": 90}
    assert hidden_of(FOUR, devices, before=before) == {"99.01", "99.04"}
    assert tree.rows.height == 5


def test_areas_outside_the_tree_are_hidden():
    table = base_table(make_tree(FOUR), {("99.01", 0): 300.0, ("99.02", 0): 200.0})
    told = suppress(table, make_tree(FOUR[:2]), k=K)
    assert told.filter(pl.col("area_code") == "99.02")["is_hidden"].to_list() == [True]


def test_an_empty_table_gives_an_empty_table():
    tree = make_tree(FOUR)
    told = suppress(base_table(tree, {}), tree, k=K)
    assert (told.height, told.columns[-1]) == (0, "is_hidden")


@given(tables(hours=3))
@settings(max_examples=60, deadline=None)
def test_hours_are_judged_each_on_its_own(drawn):
    tree, table = drawn
    together = suppress(table, tree, k=K)
    for (_,), hour in table.group_by("interval_start", maintain_order=True):
        alone = suppress(hour, tree, k=K)
        both = alone.join(together, on=["level", "area_code", "interval_start"])
        assert both["is_hidden"].equals(both["is_hidden_right"])


@given(tables(hours=1))
@settings(max_examples=100, deadline=None)
def test_the_rule_in_plain_steps_hides_the_same(drawn):
    tree, table = drawn
    rows = {row["area_code"]: row for row in table.iter_rows(named=True) if row["people"] is not None}
    told = set(suppress(table, tree, k=K).filter("is_hidden")["area_code"])
    assert told == _slowly(tree, rows)


def _slowly(tree, rows):
    """The rule area by area."""
    slow = Slow(rows, {})
    for code, parent in tree.rows.sort("area_code").select("area_code", "parent_code").iter_rows():
        if code in rows:
            slow.children.setdefault(parent, []).append(code)
    return set(slow.visit(None))


@dataclass
class Slow:
    rows: dict
    children: dict

    def number(self, code, what):
        return self.rows[code][what] if code else sum(self.rows[top][what] for top in self.inside(None))

    def inside(self, code):
        return self.children.get(code, [])

    def below(self, code):
        return [child for one in self.inside(code) for child in (one, *self.below(one))]

    def rest(self, code):
        return self.number(code, "devices") - sum(self.number(child, "devices") for child in self.inside(code))

    def ratio(self, code):
        enough = code and self.number(code, "devices") >= 0.01
        own = self.number(code, "people") / self.number(code, "devices") if enough else 0.0
        return max([own, *map(self.ratio, self.inside(code))])

    def is_small(self, code):
        few = self.number(code, "devices") < K or self.number(code, "people") < K * self.ratio(code) * 0.999
        inside = self.inside(code)
        return few or (len(inside) == 1 and self.rest(code) < 0.5 and self.is_small(inside[0]))

    def is_enough(self, secret, inside, wanted):
        room = sum(self.number(one, "people") for one in secret)
        need = K * max(map(self.ratio, secret), default=0.0) * 0.999
        return inside[0] in secret and len(secret) >= wanted and 0 < need <= room

    def visit(self, code):
        """What is hidden below an area that is shown."""
        inside = self.inside(code)
        if code is None and inside and self.is_small(None):
            return self.below(None)
        secret = [child for child in inside if self.is_small(child)]
        if secret or (inside and 0.5 <= self.rest(code) < K):
            wanted = 2 if secret else 1
            for child in inside:
                if self.is_enough(secret, inside, wanted):
                    break
                secret += [] if child in secret else [child]
        return secret + [one for child in inside for one in (self.below if child in secret else self.visit)(child)]


@pytest.mark.parametrize("k", [1, 5, 50])
def test_no_shown_number_rests_on_fewer_than_k_devices(k):
    codes = ("99", *(f"99.{n:02d}" for n in range(12)))
    tree = make_tree(codes)
    table = base_table(
        tree, {(code, h): float((7 * n + 13 * h) % 60) for n, code in enumerate(codes[1:]) for h in range(9)}
    )
    told = suppress(table, tree, k=k)
    assert told.filter(~pl.col("is_hidden"))["devices"].min() >= k
    assert told.filter("is_hidden").height > 0
    assert len(leaves_of(tree)) == 12


def test_the_example_of_the_documentation_is_what_the_rule_gives():
    page = (Path(__file__).parents[3] / "docs" / "method" / "disclosure.md").read_text(encoding="utf-8")
    table = page.partition("## An example")[2].partition("\n\n|")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:-1]]
    devices = {f"99.0{n}": float(number) for n, (_, number, _) in enumerate(rows, start=1)}
    hidden = {f"99.0{n}" for n, (_, _, told) in enumerate(rows, start=1) if told.startswith("hidden")}
    assert len(rows) == 4
    assert hidden_of(("99", *devices), devices, ratios=dict.fromkeys(devices, 1.0)) == hidden
