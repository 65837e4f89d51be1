"""Where cells stand, and where their devices are, by the plan of the time."""

from datetime import UTC, datetime

import polars as pl
import pytest
from review_lake import ENGINE, NOON, new_memory

from crowd.review.cells import cells_in_box, place_cells
from crowd.review.footprints import show_footprint
from crowd.review.ground import Box
from geo.cells import load_cells
from geo.cells.load import PlanOptions
from geo.footprint import build_footprints, choose_footprints
from geo.footprint_options import FootprintOptions
from lake.engine import connect
from lake.errors import NotFoundError
from lake.home import Home
from lake.profile import FileProfile

MOVED = datetime(2020, 3, 15, tzinfo=UTC)
BEFORE = datetime(2020, 3, 1, tzinfo=UTC)
PLAN = """cell_id,operator,radio,lat,lon,azimuth_deg,valid_from
001-01-1,alun,LTE,-6.00,106.80,,2020-01-01
001-01-2,alun,LTE,-6.01,106.81,120,2020-01-01
001-01-1,alun,LTE,-6.05,106.85,90,2020-03-15T00:00:00Z
"""
EVERYWHERE = Box(west=-180, south=-90, east=180, north=90)


@pytest.fixture(scope="module")
def home(make_desk):
    """A network one of whose cells was moved."""
    desk = make_desk()
    options = PlanOptions(profile=FileProfile(), timezone="UTC")
    load_cells(desk.write(PLAN, name="plan.csv"), intake=desk.intake(), options=options)
    choose_footprints(desk.home, FootprintOptions(method="voronoi"))
    with connect(ENGINE) as connection:
        build_footprints(connection, home=desk.home, start=BEFORE, end=NOON)
    return desk.home


def placed(home, cells, at):
    frame = pl.DataFrame(cells, schema={"operator": pl.String, "cell_id": pl.String, "n": pl.Int64}, orient="row")
    with connect(ENGINE) as connection:
        return place_cells(connection, frame, home=home, at=at)


def there(home, box, at=NOON, **most):
    with connect(ENGINE) as connection:
        found, more = cells_in_box(connection, home=home, box=box, at=at, **most)
    return found["cell_id"].to_list(), more


def test_a_cell_stands_where_the_plan_of_the_time_has_it(home):
    cells = [("alun", "001-01-1", 0)]
    assert placed(home, cells, BEFORE).row(0)[3:] == (-6.0, 106.8, None)
    assert placed(home, cells, NOON).row(0)[3:] == (-6.05, 106.85, 90.0)
    assert placed(home, cells, MOVED).row(0)[3:] == (-6.05, 106.85, 90.0)


def test_rows_keep_their_order_and_cells_nobody_knows_have_no_place(home):
    cells = [("alun", "001-01-2", 3), ("nusa", "001-01-1", 1), ("alun", "001-01-1", 2), ("alun", "001-01-2", 4)]
    found = placed(home, cells, NOON)
    assert found["n"].to_list() == [3, 1, 2, 4]
    assert found["lat"].to_list() == [-6.01, None, -6.05, -6.01]


def test_a_box_holds_the_cells_that_stand_in_it_at_the_time(home):
    here = Box(west=106.84, south=-6.06, east=106.86, north=-6.04)
    assert there(home, here) == (["001-01-1"], False)
    assert there(home, here, BEFORE) == ([], False)


def test_more_cells_than_may_be_told_are_left_out_and_that_is_said(home):
    assert there(home, EVERYWHERE, most=2) == (["001-01-1", "001-01-2"], False)
    assert there(home, EVERYWHERE, most=1) == (["001-01-1"], True)


def test_no_plan_gives_no_cells(tmp_path):
    assert there(Home(tmp_path), EVERYWHERE) == ([], False)


def test_a_footprint_holds_nearly_all_devices_the_largest_share_first(home):
    found = show_footprint(new_memory(), home, "alun", cell_id="001-01-2", at=NOON)
    assert found.weights == sorted(found.weights, reverse=True)
    assert 0.95 <= sum(found.weights) <= 1 + 1e-9
    assert sum(found.weights[:-1]) < 0.95
    assert len(found.hexes) == len(found.weights)


def test_a_footprint_is_that_of_the_plan_of_the_time(home):
    memory = new_memory()
    before = show_footprint(memory, home, "alun", cell_id="001-01-1", at=BEFORE)
    after = show_footprint(memory, home, "alun", cell_id="001-01-1", at=NOON)
    assert (before.lat, after.lat) == (-6.0, -6.05)
    assert not set(before.hexes[:5]) & set(after.hexes[:5])


def test_a_cell_that_no_plan_has_is_not_found(home):
    with pytest.raises(NotFoundError):
        show_footprint(new_memory(), home, "alun", cell_id="001-01-77", at=NOON)


def test_footprints_that_were_never_built_are_not_found(desk):
    with pytest.raises(NotFoundError):
        show_footprint(new_memory(), desk.home, "alun", cell_id="001-01-1", at=NOON)
