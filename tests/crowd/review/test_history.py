"""The hours of a piece of ground beside what is usual there."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from map_lakes import ENGINE, GROUND, HOUR, LAT, LON, SIBLINGS, K, density, make_lake, memory, write

from crowd.baseline import BASELINE
from crowd.factors import flat_factors
from crowd.review.ground import ground_of, ranges_below
from crowd.review.history import history_of, read_hexes
from crowd.review.shown import density_file
from geo.cells import load_cells
from geo.cells.load import PlanOptions
from geo.footprint import build_footprints, choose_footprints
from geo.footprint_options import FootprintOptions
from geo.hexagons import children_of, disks_around, hex_texts, hexes_at, parents_of
from lake.engine import connect
from lake.errors import RefusedInputError
from lake.intake import Intake
from lake.profile import FileProfile

FACTORS = flat_factors({"alun": 3.0}, operators=["alun"])
DAY = {"start": HOUR - timedelta(days=1), "end": HOUR + timedelta(hours=1), "k": K, "factors": FACTORS}


def follow(home, hexes, **changes):
    return history_of(memory(), home, hexes=hexes, **DAY | changes)


def test_the_history_of_ground_is_the_sum_of_what_may_be_shown_of_it(tmp_path):
    a, b, c = SIBLINGS[:3]
    rows = {
        a: {"people": 40.0, "score": 2.0},
        b: {"people": 60.0, "score": 5.0},
        c: {"people": 1e6, "devices": 3, "score": 99.0},
    }
    (hour,) = follow(make_lake(tmp_path, {0: rows}), GROUND[[a, b, c]]).hours
    assert (hour.people, hour.excess, hour.usual, hour.score) == (100.0, 20.0, 80.0, 5.0)
    assert (hour.people_low, hour.people_high) == (60.0, 150.0)


def test_a_rolled_up_hexagon_is_followed_by_what_lies_below_it(tmp_path):
    home = make_lake(tmp_path, {0: {n: {} for n in range(len(GROUND))}, 3: {SIBLINGS[0]: {}}})
    town = parents_of(GROUND[SIBLINGS[:1]], 5)
    assert [hour.people for hour in follow(home, town).hours] == [100.0, 100.0 * (len(GROUND) - 1)]


def test_hours_without_anything_there_have_no_number_and_are_not_withheld(tmp_path):
    home = make_lake(tmp_path, {0: {0: {}}, 1: {SIBLINGS[0]: {}}})
    empty, full = (follow(home, GROUND[[n]]).hours[1] for n in (SIBLINGS[0], 0))
    assert (empty.people, empty.is_withheld) == (None, False)
    assert full.people == 100.0


def test_ground_is_told_with_its_middle_and_area(tmp_path):
    history = follow(make_lake(tmp_path, {0: {0: {}}}), parents_of(GROUND[SIBLINGS[:1]], 5))
    assert (history.lat, history.lon) == (pytest.approx(LAT, abs=0.2), pytest.approx(LON, abs=0.2))
    assert history.area_km2 == pytest.approx(253, rel=0.1)
    assert history.places == ()


def test_the_band_is_as_wide_as_the_counts_of_the_cells_waver(tmp_path):
    home = make_lake(tmp_path, {})
    hexagon = _plan(home)
    position_free = density({0: {"people": 600.0, "excess": 0.0}}).with_columns(hex=pl.lit(hexagon, pl.UInt64))
    write(home, position_free)
    rows = [
        (HOUR, "alun", cell, 50.0, 50.0, spread, "hour_of_week")
        for cell, spread in (("001-01-1", 12.0), ("001-01-2", 16.0))
    ]
    write(home, pl.DataFrame(rows, schema=list(BASELINE.columns), orient="row"), stage=BASELINE)
    (hour,) = follow(home, np.array([hexagon], dtype=np.uint64)).hours
    # two independent cells wholly in the hexagon, three people for each device: 3 * hypot(12, 16), told to ten people
    assert hour.usual_high - hour.usual == pytest.approx(1.645 * 60, abs=5)
    assert hour.usual - hour.usual_low == pytest.approx(1.645 * 60, abs=5)


def _plan(home):
    """Two cells on one mast, each placed as a point; gives the hexagon of the mast."""
    choose_footprints(home, FootprintOptions(method="point"))
    path = home.root / "cells.csv"
    path.write_text("cell_id,operator,radio,lat,lon\n" + "".join(f"001-01-{n},alun,LTE,{LAT},{LON}\n" for n in (1, 2)))
    intake = Intake(home=home, engine=ENGINE, ledger_url=home.ledger_url, now=HOUR, taken_by="tester")
    load_cells(path, intake=intake, options=PlanOptions(profile=FileProfile(), timezone="UTC"))
    with connect(ENGINE) as connection:
        (built,) = build_footprints(connection, home=home, start=HOUR, end=HOUR + timedelta(hours=1))
    return int(pl.read_parquet(built.folder / "weights.parquet")["hex"][0])


def test_hexagons_within_others_are_counted_once():
    town = parents_of(GROUND[SIBLINGS[:1]], 5)
    texts = hex_texts(np.concatenate((GROUND[SIBLINGS], town, town))).tolist()
    assert read_hexes(texts).tolist() == town.tolist()


@pytest.mark.parametrize(
    "text", ["", "zz", "8928308280ffff0", "1928308280fffff", "8009fffffffffff", "ffffffffffffffff"]
)
def test_what_is_no_hexagon_or_far_too_large_is_refused(text):
    with pytest.raises(RefusedInputError):
        read_hexes([text])


@given(st.floats(-80, 80), st.floats(-179, 179), st.integers(0, 7), st.integers(0, 3))
def test_ranges_hold_exactly_the_hexagons_below(lat, lon, coarse, finer):
    parent = hexes_at(np.array([lat]), np.array([lon]), coarse)
    below = np.sort(children_of(parent, coarse + finer))
    beside = children_of(np.setdiff1d(disks_around(parent, 1), parent), coarse + finer)
    ranges = ranges_below(parent, [coarse + finer])
    assert ranges.contains(below).all()
    assert not ranges.contains(beside).any()
    assert ground_of(parent, finest=coarse + finer).contains(np.concatenate((below, parent))).all()


@given(st.lists(st.integers(0, 2000), min_size=1, max_size=30, unique=True), st.integers(1, 6))
def test_hulls_hold_all_ranges_in_as_many_as_are_allowed(numbers, most):
    ground = ground_of(np.array(sorted(GROUND[np.array(numbers) % len(GROUND)]), dtype=np.uint64), finest=9)
    hulls = ground.hulls(most)
    assert len(hulls.low) <= max(most, 1)
    assert hulls.contains(ground.low).all()
    assert hulls.contains(ground.high).all()
    assert (hulls.low[1:] > hulls.high[:-1]).all()


def test_a_file_that_is_none_hides_its_hour_and_no_other(tmp_path):
    home = make_lake(tmp_path, {n: {SIBLINGS[0]: {}} for n in range(3)})
    density_file(home, HOUR - timedelta(hours=1)).write_bytes(b"cut off")
    found = follow(home, GROUND[SIBLINGS[:1]]).hours
    assert [hour.people for hour in found] == [100.0, None, 100.0]
