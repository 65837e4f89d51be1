from datetime import datetime

import numpy as np
import polars as pl
import pytest

from crowd.simulator import Scenario, candidates, shadowing, simulate_hours
from crowd.simulator.city import points_moved
from crowd.simulator.options import Radio
from crowd.simulator.radio_errors import true_cells
from crowd.simulator.world import build_world

HOURS = [datetime.fromisoformat(f"2020-03-02T{hour}:00") for hour in ("03", "08")]
LAT, LON = -5.5, 109.0


@pytest.fixture(scope="module")
def scenario():
    return Scenario.model_validate(
        {
            "timezone": "Asia/Jakarta",
            "start": "2020-03-02",
            "demo_hour": "2020-03-02T19:00:00",
            "suppress_below": 0,
            "town": {"name": "Dusun", "lat": LAT, "lon": LON, "width_km": 5, "height_km": 4, "people": 400_000},
            "regions": {"province": "Laut", "regency": "Dusun"},
            "operators": [{"name": "alun", "mnc": "01", "market_share": 0.5, "macro_sites": 9, "micro_sites": 2}],
        }
    )


def _with(scenario, **changes):
    return scenario.model_copy(update=changes)


def _devices(scenario, seed=1):
    counts = simulate_hours(scenario, seed=seed, hours=HOURS).counts
    return counts.sort("interval_start", "cell_id")["devices"].to_numpy().reshape(len(HOURS), -1)


def _off(scenario, **radio):
    """By how much the devices of cells differ from those of a plan without errors, as a share of all devices."""
    usual, devices = (_devices(each) for each in (scenario, _with(scenario, radio=Radio(**radio))))
    return np.abs(devices - usual).sum() / (2 * usual.sum())


def test_a_radio_table_that_repeats_the_defaults_changes_nothing(scenario):
    assert np.array_equal(_devices(_with(scenario, radio=Radio())), _devices(scenario))


@pytest.mark.parametrize(
    "error",
    [{"azimuth_error_deg": 25}, {"power_error_db": 4}, {"position_error_m": 200}, {"correlation_m": 100}],
)
def test_an_error_of_the_plan_moves_devices_but_leaves_plan_and_truth(scenario, error):
    right, wrong = (
        simulate_hours(each, seed=1, hours=HOURS) for each in (scenario, _with(scenario, radio=Radio(**error)))
    )
    assert wrong.cells.equals(right.cells)
    assert wrong.truth.equals(right.truth)
    assert _off(scenario, **error) > 0.02


@pytest.fixture(scope="module")
def many_cells():
    sites = np.repeat(np.arange(1000), 3)
    lat, lon = LAT + sites / 10_000, LON + sites / 10_000
    return pl.DataFrame({"site": sites, "azimuth_deg": 5.0, "power_dbm": 43.0, "lat": lat, "lon": lon})


@pytest.mark.parametrize(
    ("key", "column", "unit"),
    [
        ("azimuth_error_deg", "azimuth_deg", 1.0),
        ("power_error_db", "power_dbm", 1.0),
        ("position_error_m", "lat", 1 / 111_195),
    ],
)
def test_an_error_has_the_standard_deviation_it_was_given(many_cells, key, column, unit):
    standing = true_cells(many_cells, radio=Radio(**{key: 8}), operator="alun", seed=1)
    off = (standing[column] - many_cells[column]).to_numpy()
    off = (off + 180) % 360 - 180 if column == "azimuth_deg" else off
    assert off.std() == pytest.approx(8 * unit, rel=0.06)
    assert abs(off.mean()) < 0.8 * unit


def test_sectors_of_a_site_stay_together_when_its_position_is_wrong(many_cells):
    standing = true_cells(many_cells, radio=Radio(position_error_m=100), operator="alun", seed=1)
    assert standing.select("lat", "lon").n_unique() == 1000


def test_a_softer_handover_spreads_phones_over_more_cells(scenario):
    def cells_in_use(softness_db):
        world = build_world(_with(scenario, radio=Radio(handover_softness_db=softness_db)), seed=1)
        return (1 / (world.networks[0].shares ** 2).sum(axis=1)).mean()

    assert cells_in_use(2) < 0.8 * cells_in_use(8)


def test_handover_noise_is_drawn_anew_every_hour(scenario):
    still = _with(scenario, radio=Radio(handover_noise=0.0))
    restless = _with(scenario, radio=Radio(handover_noise=0.5))
    change_of = {name: np.abs(np.diff(_devices(each), axis=0)).sum() for name, each in (("s", still), ("r", restless))}
    assert change_of["r"] > 2 * change_of["s"]
    assert _devices(restless).sum() == pytest.approx(_devices(still).sum(), rel=0.01)


def _correlation(lag_m, *, of_sites=300, correlation_m=150.0):
    """Between points a lag apart in a random direction, over sites."""
    noise = np.random.default_rng(1)
    city = type("City", (), {"middle": (LAT, LON)})()
    field = shadowing.shadowing_of(city, sites=of_sites, correlation_m=correlation_m, noise=noise)
    east_m, north_m = noise.uniform(-9000, 9000, size=(2, 1500))
    angle = noise.uniform(0, 2 * np.pi, size=1500)
    values = []
    for far_m in (0, lag_m):
        lat, lon = points_moved(
            np.full(1500, LAT),
            np.full(1500, LON),
            east_m=east_m + far_m * np.cos(angle),
            north_m=north_m + far_m * np.sin(angle),
        )
        values.append(field.at(np.arange(1500), lat=lat, lon=lon, sites=np.arange(of_sites)))
    return (values[0] * values[1]).mean()


def test_correlated_shadowing_keeps_its_variance_and_fades_with_distance():
    assert _correlation(0) == pytest.approx(1, abs=0.02)
    assert _correlation(150) == pytest.approx(np.exp(-1), abs=0.06)
    assert abs(_correlation(600)) < 0.02


def test_looking_at_the_nearest_cells_alone_hardly_changes_who_is_attached_where(scenario, monkeypatch):
    crowded = scenario.operators[0].model_copy(update={"macro_sites": 60, "micro_sites": 40})
    dense = build_world(_with(scenario, operators=(crowded,)), seed=1).networks[0].shares
    monkeypatch.setattr(candidates, "MOST_PAIRS", 0)
    sparse = build_world(_with(scenario, operators=(crowded,)), seed=1).networks[0].shares
    assert abs(dense - sparse).sum() / (2 * dense.sum()) < 0.01


def test_every_hexagon_gives_away_all_its_phones_in_a_large_city_too(scenario, monkeypatch):
    monkeypatch.setattr(candidates, "MOST_PAIRS", 0)
    monkeypatch.setattr(shadowing, "MOST_DRAWN", 0)
    shares = build_world(scenario, seed=1).networks[0].shares
    assert shares.sum(axis=1) == pytest.approx(1)
