from datetime import timedelta

import polars as pl
import pytest
from reviewed_town import HOUR, POLICY, cell, make_town

from crowd.targets import TARGETS
from crowd.warnings.wording import CELL_COLUMNS
from geo.footprint import stored_footprints
from geo.footprint_options import FootprintOptions
from lake.engine import connect, fetch_frame
from lake.stages import create_view
from pipelines.adding import cells_to_add


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    return make_town(tmp_path_factory.mktemp("town") / "home")


def targets_of(options):
    """The only gathering, and its target cells as they lie in the lake."""
    with connect(options.engine()) as connection:
        create_view(connection, "targets_in", home=options.as_home(), stage=TARGETS)
        rows = fetch_frame(connection, "from targets_in order by operator, cell_id")
    (gathering_id,) = rows["gathering_id"].unique().to_list()
    return gathering_id, rows.select(list(CELL_COLUMNS))


def figures(options, *cells, hour=HOUR, gathering_id=None):
    """Reach and overreach by cell."""
    about = gathering_id or targets_of(options)[0]
    found = cells_to_add(options, cells, gathering_id=about, hour=hour)
    return {row[0]: row[1:] for row in found.select("cell_id", "reach", "overreach").iter_rows()}


def test_figures_of_target_cells_are_those_of_the_lake(town):
    gathering_id, targets = targets_of(town)
    assert targets["overreach"].is_between(0, 1, closed="none").any()
    found = cells_to_add(town, targets["cell_id"].to_list(), gathering_id=gathering_id, hour=HOUR)
    assert found.to_dicts() == targets.to_dicts()


def test_figures_of_target_cells_are_those_of_the_lake_also_where_foreign_cells_are_no_candidates(tmp_path):
    town = make_town(tmp_path / "home", policy=POLICY.replace("false", "true"))
    gathering_id, targets = targets_of(town)
    found = cells_to_add(town, targets["cell_id"].to_list(), gathering_id=gathering_id, hour=HOUR)
    assert found.to_dicts() == targets.to_dicts()


def test_the_cells_of_an_operator_reach_no_more_than_all_its_people_there(town):
    found = figures(town, *(cell(n) for n in range(8)))
    assert sum(reach for reach, _ in found.values()) == pytest.approx(1, abs=1e-6)


def test_a_cell_that_hears_nothing_of_the_gathering_reaches_nobody_there(town):
    assert figures(town, cell(7)) == {cell(7): (0.0, 1.0)}


def test_figures_of_a_cell_with_too_few_devices_stay_untold(town):
    assert figures(town, cell(8), cell(9)) == {cell(8): (None, None), cell(9): (None, None)}


@pytest.mark.parametrize("changes", [{"hour": HOUR - timedelta(days=40)}, {"gathering_id": "20260301T1100Z-none"}])
def test_nothing_is_told_of_an_hour_or_a_gathering_that_the_lake_does_not_have(town, changes):
    assert figures(town, cell(2), **changes) == {cell(2): (None, None)}


def test_who_only_looks_builds_no_footprints(tmp_path):
    from geo.footprint import choose_footprints

    town = make_town(tmp_path / "home")
    known = targets_of(town)[0]
    choose_footprints(town.as_home(), FootprintOptions(method="voronoi", max_range_m=1500))
    before = sorted((town.home / "lake" / "footprints").iterdir())
    with connect(town.engine()) as connection:
        end = HOUR + timedelta(hours=1)
        assert stored_footprints(connection, home=town.as_home(), start=HOUR, end=end) == []
    assert figures(town, cell(2), gathering_id=known) == {cell(2): (None, None)}
    assert sorted((town.home / "lake" / "footprints").iterdir()) == before


def test_every_named_cell_comes_back_once(town):
    found = cells_to_add(town, [cell(2), cell(2), cell(1)], gathering_id="g", hour=HOUR)
    assert found["cell_id"].to_list() == [cell(1), cell(2)]
    assert found.schema == pl.Schema(CELL_COLUMNS)
