from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from polars.testing import assert_frame_equal

from lake.engine import Engine

STAGES = ("density", "silent_cells", "coverage")
DAYS = 5


def _rows(seed=1):
    """Two operators, every twelfth hour of some days, with silences, zeros and withheld counts."""
    rng = np.random.default_rng(seed)
    rows = []
    for hour in range(0, 24 * DAYS, 12):
        for mast in range(12):
            for operator in (1, 2):
                if rng.random() > 0.1:
                    devices = rng.choice(["0", "<15", *[str(n) for n in rng.integers(50, 500, 8)]])
                    rows.append((hour, mast, devices, operator))
    return rows


def _planned(town, *, change=None):
    town.plan(operators=("alun", "nusa"))
    town.counts(_rows())
    if change is not None:
        town.plan(operators=("alun", "nusa"), valid_from=change, shift_deg=0.02)
    return town


def _stages(town):
    return {name: town.stage(name).sort("interval_start", *_key(name)) for name in STAGES}


def _key(name):
    return ("operator", "cell_id") if name == "silent_cells" else ("hex",)


@pytest.mark.parametrize("change", [None, datetime(2020, 4, 3, 3, tzinfo=UTC)], ids=["one plan", "a new plan"])
@pytest.mark.parametrize("most", [None, 1, 3], ids=["one batch", "by one", "by three"])
def test_one_run_over_many_intervals_gives_what_hour_by_hour_gives(make_town, monkeypatch, change, most):
    stepwise = _planned(make_town(method="voronoi"), change=change)
    for hour in range(0, 24 * DAYS, 12):
        stepwise.density(hour, hour + 1)
    at_once = _planned(make_town(method="voronoi"), change=change)
    if most is not None:
        monkeypatch.setattr("crowd.density_batches.MAX_INTERVALS", most)
    summary = at_once.density(0, 24 * DAYS)
    expected, got = _stages(stepwise), _stages(at_once)
    assert min(frame.height for frame in expected.values()) > 0
    assert summary.silent_cells == expected["silent_cells"].height
    for name in STAGES:
        assert_frame_equal(got[name], expected[name], rel_tol=1e-9, abs_tol=1e-9)


def test_the_number_of_threads_changes_nothing(make_town):
    one, three = (_planned(make_town(method="voronoi", engine=Engine(threads=n))) for n in (1, 3))
    for town in (one, three):
        town.density(0, 24 * DAYS)
    expected, got = _stages(one), _stages(three)
    for name in STAGES:
        assert_frame_equal(got[name], expected[name], rel_tol=1e-9, abs_tol=1e-9)


def test_a_range_without_counts_leaves_empty_stages_behind(town):
    town.plan()
    town.counts([(0, 1, 100)])
    town.density()
    assert town.density(5, 6).hexagons == 0
    assert town.stage("density")["people"].to_list() == [100]


def test_a_bigger_computation_spills_and_succeeds(make_town, tmp_path):
    hours = 6
    town = make_town(method="voronoi", masts=100, engine=Engine())
    town.plan(spacing_deg=0.06)
    town.counts([(hour, mast, 10) for hour in range(hours) for mast in range(town.masts)])
    small = Engine(memory_limit="200MB", threads=2, temporary=tmp_path / "spill")
    town.density(0, 1)  # the footprint
    with pytest.raises(Exception, match="Out of Memory"):
        replace(town, engine=replace(small, temporary=None)).density(0, hours)
    summary = replace(town, engine=small).density(0, hours)
    assert summary.people == pytest.approx(hours * town.masts * 10, rel=1e-9)
