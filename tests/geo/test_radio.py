"""What the radio model promises about signals."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from radio_plans import COLUMNS as PLAN

from geo.radio import dominance, radio_cells, received_dbm, weakest_heard_dbm
from geo.radio_defaults import FREQUENCY_MHZ, fill_defaults

KINDS = st.sampled_from(["macro", "micro", "indoor"])
RADIOS = st.sampled_from(sorted(FREQUENCY_MHZ))


def _cell(**values):
    row = {name: values.get(name) for name in PLAN} | {"radio": values.get("radio", "LTE"), "cell_no": 0}
    filled, _ = fill_defaults(pl.DataFrame([row], schema=PLAN, orient="row"))
    return radio_cells(filled, max_range_m=50_000)


def _signal(cell, *, distance_m, bearing_deg=0.0, radius_m=180.0):
    columns = (np.array([value], dtype=float) for value in (distance_m, bearing_deg, radius_m))
    away, bearing, radius = columns
    return received_dbm(cell, np.array([0]), distance_m=away, bearing_deg=bearing, radius_m=radius)[0]


@given(kind=KINDS, radio=RADIOS, near=st.floats(1, 20_000), farther=st.floats(1, 10_000))
def test_a_nearer_cell_that_radiates_all_round_is_never_weaker(kind, radio, near, farther):
    cell = _cell(kind=kind, radio=radio)
    assert _signal(cell, distance_m=near) >= _signal(cell, distance_m=near + farther)


@given(
    kind=KINDS, power=st.floats(10, 50), more=st.floats(0, 20), azimuth=st.floats(0, 359), bearing=st.floats(-180, 180)
)
def test_more_power_is_as_much_more_signal_in_every_direction(kind, power, more, azimuth, bearing):
    weak, strong = (_cell(kind=kind, azimuth_deg=azimuth, power_dbm=p) for p in (power, power + more))
    gained = _signal(strong, distance_m=500, bearing_deg=bearing) - _signal(weak, distance_m=500, bearing_deg=bearing)
    assert gained == pytest.approx(more, abs=1e-9)


@given(azimuth=st.floats(0, 360), turn=st.floats(-360, 360), bearing=st.floats(-180, 180), away=st.floats(50, 20_000))
def test_turning_an_antenna_turns_its_signal(azimuth, turn, bearing, away):
    cell, turned = _cell(azimuth_deg=azimuth), _cell(azimuth_deg=(azimuth + turn) % 360)
    expected = _signal(cell, distance_m=away, bearing_deg=bearing)
    assert _signal(turned, distance_m=away, bearing_deg=bearing + turn) == pytest.approx(expected, abs=1e-6)


def test_a_sector_is_strongest_in_its_direction_and_25_db_down_behind():
    cell = _cell(azimuth_deg=90, tilt_deg=0)
    ahead, behind = (_signal(cell, distance_m=9_000, bearing_deg=b, radius_m=1) for b in (90, -90))
    assert ahead - behind == pytest.approx(25, abs=0.1)


def test_at_half_the_beamwidth_a_sector_is_three_decibels_down():
    cell = _cell(azimuth_deg=0, beamwidth_deg=65, tilt_deg=0)
    ahead, aside = (_signal(cell, distance_m=9_000, bearing_deg=b, radius_m=1) for b in (0, 32.5))
    assert ahead - aside == pytest.approx(3, abs=0.01)


@pytest.mark.parametrize(
    ("mhz", "height_m", "km", "loss_db"),
    [
        (900, 30, 1, 126.42),  # Hata 1980, urban, medium city
        (900, 30, 10, 161.64),
        (1800, 30, 1, 136.2),  # COST 231-Hata
    ],
)
def test_macro_path_loss_is_that_of_the_published_formulas(mhz, height_m, km, loss_db):
    cell = _cell(kind="macro", frequency_mhz=mhz, height_m=height_m, power_dbm=0)
    lost_db = -_signal(cell, distance_m=1000 * km, radius_m=1)
    assert lost_db == pytest.approx(loss_db, abs=0.05)


def test_no_cell_is_heard_beyond_the_longest_range():
    cell = _cell(frequency_mhz=900)
    assert np.isfinite(_signal(cell, distance_m=49_900))
    assert _signal(cell, distance_m=50_100) == -np.inf


def test_rural_cells_are_heard_as_far_as_their_plan_says():
    cell = _cell(kind="macro", frequency_mhz=900, height_m=60, range_m=30_000)
    assert _signal(cell, distance_m=29_000, radius_m=1_200) > weakest_heard_dbm(0.01)


def test_dominance_is_one_half_at_its_midpoint_and_a_hundredth_where_hearing_ends():
    assert dominance(np.array([-92.5]))[0] == pytest.approx(0.5)
    assert dominance(np.array([weakest_heard_dbm(0.01)]))[0] == pytest.approx(0.01)


def test_every_gap_of_a_plan_is_filled_and_counted():
    rows = [{"radio": "GSM", "azimuth_deg": 10.0, "height_m": 40.0}, {"radio": "NR", "kind": "indoor"}]
    frame = pl.DataFrame([{**dict.fromkeys(PLAN), **row} for row in rows], schema=PLAN, orient="row")
    filled, missing = fill_defaults(frame)
    assert missing == {
        "kind": 1,
        "beamwidth_deg": 1,  # a cell that radiates all round needs none
        "frequency_mhz": 2,
        "height_m": 1,
        "tilt_deg": 1,
        "power_dbm": 2,
    }
    assert filled.select("kind", "frequency_mhz", "height_m", "power_dbm").null_count().sum_horizontal()[0] == 0
