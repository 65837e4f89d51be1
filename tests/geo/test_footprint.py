from datetime import UTC, datetime

import polars as pl
import pytest

from geo.footprint import build_footprints, choose_footprints, chosen_footprints, methods
from geo.footprint_options import FootprintOptions
from lake.engine import Engine, connect
from lake.errors import RefusedInputError

HEADER = "cell_id,operator,radio,lat,lon"
ROWS = "001-01-1,alun,LTE,-5.5,109.0\n001-01-2,alun,LTE,-5.52,109.02\n001-02-1,nusa,LTE,-5.51,109.01\n"
APRIL = datetime(2020, 4, 1, tzinfo=UTC)
MARCH = datetime(2020, 3, 1, tzinfo=UTC)


def _build(home, start=APRIL, end=APRIL):
    with connect(Engine()) as connection:
        return build_footprints(connection, home=home, start=start, end=end)


@pytest.mark.parametrize("method", methods())
def test_weights_lie_in_the_lake_in_hexagon_order_and_sum_to_one(load_plan, home, method):
    load_plan(f"{HEADER}\n{ROWS}")
    choose_footprints(home, FootprintOptions(method=method))
    for footprint in _build(home):
        weights = pl.read_parquet(footprint.folder / "weights.parquet")
        assert weights["hex"].is_sorted()
        sums = weights.group_by("cell_no").agg(pl.col("weight").sum())["weight"]
        assert sums.to_list() == pytest.approx([1.0] * footprint.cells)


def test_a_footprint_is_built_once_and_found_again(load_plan, home):
    load_plan(f"{HEADER}\n{ROWS}")
    first = _build(home)
    written = {p: p.stat().st_mtime_ns for p in (home.lake / "footprints").rglob("*.parquet")}
    assert _build(home) == first
    assert {p: p.stat().st_mtime_ns for p in (home.lake / "footprints").rglob("*.parquet")} == written


def test_every_plan_valid_in_a_range_gets_its_footprint(load_plan, home):
    load_plan(f"{HEADER}\n001-01-1,alun,LTE,-5.5,109.0\n")
    load_plan(f"{HEADER}\n001-01-1,alun,LTE,-5.7,109.0\n", valid_from=APRIL)
    built = _build(home, start=MARCH, end=datetime(2020, 5, 1, tzinfo=UTC))
    assert [(f.valid_from, f.valid_to) for f in built] == [(None, APRIL), (APRIL, None)]
    assert built[0].folder != built[1].folder


def test_without_a_choice_the_default_is_made(load_plan, home):
    load_plan(f"{HEADER}\n{ROWS}")
    assert {f.method for f in _build(home)} == {chosen_footprints(home).method}


@pytest.mark.parametrize(
    "options",
    [
        FootprintOptions(method="magic"),
        FootprintOptions(resolution=3),
        FootprintOptions(coarsest_resolution=10),
    ],
)
def test_a_choice_that_cannot_be_is_refused(home, options):
    with pytest.raises(RefusedInputError, match="choose"):
        choose_footprints(home, options)


@pytest.mark.usefixtures("intake")
def test_without_a_plan_the_error_says_what_to_do(home):
    with pytest.raises(RefusedInputError, match="kerumun cells load"):
        _build(home)
