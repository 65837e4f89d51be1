import gzip
from datetime import datetime

import numpy as np
import polars as pl
import pytest
from scipy.sparse import csr_array

from crowd.simulator import Scenario, simulate, simulate_hours
from crowd.simulator.movers import moving_share, neighbour_shares, second_cells
from crowd.simulator.outages import without_silent
from geo.distances import distance_m
from geo.hexagons import hex_centres
from lake.errors import RefusedInputError

FRIDAY, SATURDAY, SUNDAY = "2020-03-06", "2020-03-07", "2020-03-08"
SQUARE = {"name": "Alun-alun", "kind": "square", "lat": -5.505, "lon": 109.0, "radius_m": 200, "people": 300}
OFFICE = {"name": "Kantor", "kind": "office", "lat": -5.5, "lon": 109.005, "radius_m": 300, "people": 4000}


@pytest.fixture(scope="module")
def make():
    def make(**keys):
        return Scenario.model_validate(
            {
                "timezone": "Asia/Jakarta",
                "start": FRIDAY,
                "demo_hour": f"{SUNDAY}T23:00:00",
                "truth_hours": 72,
                "suppress_below": 0,
                "town": {"name": "Dusun", "lat": -5.5, "lon": 109, "width_km": 4, "height_km": 3, "people": 40_000},
                "regions": {"province": "Laut", "regency": "Dusun"},
                "places": [SQUARE, OFFICE],
                "operators": [
                    {"name": "alun", "mnc": "01", "market_share": 0.5, "macro_sites": 6},
                    {"name": "nusa", "mnc": "02", "market_share": 0.3, "macro_sites": 4},
                ],
                **keys,
            }
        )

    return make


def _at(day, hour):
    return datetime.fromisoformat(f"{day}T{hour:02d}:00:00")


def _rows(folder):
    """All rows of a folder of count files, with the operator."""
    frames = []
    for path in sorted(folder.glob("*")):
        text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        frames.append(pl.read_csv(text).with_columns(operator=pl.lit(path.name.split("_")[0])))
    return pl.concat(frames)


def test_people_on_the_move_are_counted_twice_and_the_truth_once(make):
    hours = [_at(FRIDAY, 8), _at(FRIDAY, 2)]
    still, moving = (simulate_hours(make(movers_share=share), seed=1, hours=hours) for share in (0.0, 0.2))
    devices = [
        each.counts.group_by("interval_start").agg(pl.col("devices").sum()).sort("interval_start")["devices"].to_numpy()
        for each in (still, moving)
    ]
    night, rush = devices[1] / devices[0]
    assert moving.truth.equals(still.truth)
    assert 1 < night < 1.03
    assert 1.1 < rush < 1.4


def test_over_the_day_the_share_of_movers_is_the_one_given():
    assert np.mean([moving_share(hour, movers_share=0.1) for hour in range(24)]) == pytest.approx(0.1)


def test_a_mover_who_stays_in_his_cell_is_counted_there_once():
    hexes = np.array([0x8965B5A8C13FFFF, 0x8965B5A8C17FFFF], dtype=np.uint64)
    neighbours = neighbour_shares(hexes)
    assert neighbours.sum() == 2  # the two touch
    one_cell = csr_array(np.array([[1.0, 0.0], [1.0, 0.0]]))
    two_cells = csr_array(np.array([[1.0, 0.0], [0.0, 1.0]]))
    assert second_cells(one_cell, neighbours=neighbours).sum() == 0
    assert second_cells(two_cells, neighbours=neighbours).toarray().tolist() == [[0, 1], [1, 0]]


OUTAGE = {"operator": "alun", "start": f"{FRIDAY}T10:00:00", "end": f"{FRIDAY}T13:00:00"}


@pytest.fixture(scope="module")
def with_outage(make, tmp_path_factory):
    out = tmp_path_factory.mktemp("outage")
    simulate(out, scenario=make(outages=[{**OUTAGE, "share": 0.3}]), seed=1)
    return out


def test_cells_send_no_rows_in_the_hours_of_their_outage_and_in_no_other(with_outage):
    silent = pl.read_parquet(with_outage / "truth" / "outages.parquet")
    cells = pl.read_csv(with_outage / "cells.csv").select("operator", "cell_id")
    assert silent["interval_start"].dt.convert_time_zone("Asia/Jakarta").dt.hour().unique().to_list() == [10, 11, 12]
    assert silent["cell_id"].n_unique() == round(0.3 * cells.filter(operator="alun").height)
    sent = _rows(with_outage / "counts").with_columns(pl.col("interval_start").str.to_datetime(time_zone="UTC"))
    hours = sent.select(pl.col("interval_start").unique())
    missing = hours.join(cells, how="cross").join(sent, on=["interval_start", "cell_id"], how="anti")
    assert missing.select(silent.columns).sort(silent.columns).equals(silent.sort(silent.columns), null_equal=True)


def test_neighbours_take_over_the_phones_of_silent_cells(make):
    hours = [_at(FRIDAY, 11)]
    usual, struck = (simulate_hours(make(outages=all_of), seed=1, hours=hours) for all_of in ([], [_part(0.2)]))
    both = usual.counts.join(struck.counts, on=["operator", "cell_id"], how="left", suffix="_then")
    alun = both.filter(operator="alun")
    assert alun["devices_then"].null_count() == round(0.2 * alun.height)
    assert alun["devices_then"].sum() == pytest.approx(alun["devices"].sum(), rel=0.02)


def _part(share):
    return {**OUTAGE, "share": share}


def test_an_outage_on_a_disc_strikes_the_cells_on_it(make):
    disc = {**OUTAGE, "lat": -5.5, "lon": 109.0, "radius_m": 900}
    made = simulate_hours(make(outages=[disc]), seed=1, hours=[_at(FRIDAY, 10)])
    cells = made.cells.filter(operator="alun")
    middle = np.zeros(cells.height)
    away_m = distance_m(cells["lat"].to_numpy(), cells["lon"].to_numpy(), to_lat=middle - 5.5, to_lon=middle + 109)
    counted = cells["cell_id"].is_in(made.counts["cell_id"].to_list()).to_numpy()
    assert 0 < counted.sum() < cells.height
    assert np.array_equal(counted, away_m > 900)


def test_phones_in_a_hexagon_without_any_live_cell_are_counted_nowhere():
    shares = csr_array(np.array([[0.5, 0.5, 0.0], [0.2, 0.2, 0.6]]))
    left = without_silent(shares, silent=np.array([True, True, False]))
    assert left.toarray().tolist() == [[0, 0, 0], [0, 0, 1]]


def test_late_files_lie_in_late_and_not_in_counts(make, tmp_path):
    simulate(tmp_path / "usual", scenario=make(), seed=1)
    simulate(tmp_path / "late", scenario=make(deliveries={"late_share": 0.5}), seed=1)
    usual, on_time, late = (
        {path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()}
        for folder in ("usual/counts", "late/counts", "late/late")
    )
    assert on_time
    assert late
    assert not on_time.keys() & late.keys()
    assert on_time | late == usual
    assert "`late/" in (tmp_path / "late" / "README.md").read_text()


def test_a_corrected_file_holds_what_the_first_one_should_have_held(make, tmp_path):
    simulate(tmp_path / "usual", scenario=make(), seed=1)
    simulate(tmp_path / "wrong", scenario=make(deliveries={"corrected_share": 1.0}), seed=1)
    right = {path.name: path.read_bytes() for path in (tmp_path / "usual" / "counts").iterdir()}
    corrected = {path.name: path.read_bytes() for path in (tmp_path / "wrong" / "corrections").iterdir()}
    assert corrected == right
    first = {path.name: path.read_bytes() for path in (tmp_path / "wrong" / "counts").iterdir()}
    assert all(first.get(name) != content for name, content in right.items())


def test_weekly_gatherings_meet_on_their_weekdays_at_as_many_points_as_told(make, tmp_path):
    prayers = {"name": "Salat", "weekdays": ["friday"], "start": "11:00:00", "end": "13:00:00", "ramp_hours": 0.5}
    weekly = {**prayers, "count": 7, "radius_m": 80, "people": 500}
    simulate(tmp_path, scenario=make(recurring=[weekly]), seed=1)
    truth = pl.read_parquet(tmp_path / "truth" / "gatherings.parquet")
    local = truth["interval_start"].dt.convert_time_zone("Asia/Jakarta")
    assert truth.select("lat", "lon").n_unique() == 7
    assert local.dt.date().unique().cast(pl.String).to_list() == [FRIDAY]
    assert truth.group_by("name").agg(pl.col("people").max())["people"].to_list() == [500] * 7


def _near(made, lat, lon, radius_m):
    hex_lat, hex_lon = hex_centres(made.truth["hex"].to_numpy())
    away_m = distance_m(hex_lat, hex_lon, to_lat=hex_lat * 0 + lat, to_lon=hex_lon * 0 + lon)
    return made.truth.filter(pl.Series(away_m < radius_m))["people"].sum()


def test_a_weekly_gathering_at_a_place_fills_it_and_the_town_keeps_its_people(make):
    walk = {"name": "Jalan", "weekdays": ["sunday"], "start": "06:00:00", "end": "09:00:00", "place": "Alun-alun"}
    scenarios = make(), make(recurring=[{**walk, "radius_m": 200, "people": 5000}])
    usual, full = (simulate_hours(each, seed=1, hours=[_at(SUNDAY, 7)]) for each in scenarios)
    assert full.truth["people"].sum() == usual.truth["people"].sum() == 40_000
    assert _near(full, -5.505, 109.0, 500) - _near(usual, -5.505, 109.0, 500) > 4000


def test_more_people_at_weekly_gatherings_than_the_town_has_are_refused(make):
    prayers = {"name": "Salat", "weekdays": ["friday"], "start": "11:00:00", "end": "13:00:00", "radius_m": 80}
    with pytest.raises(ValueError, match=r"more than town\.people"):
        make(recurring=[{**prayers, "count": 100, "people": 500}])


def test_on_a_holiday_offices_are_as_empty_as_on_a_sunday(make):
    holiday = make(holidays=[{"date": FRIDAY, "name": "Hari raya"}])
    there = [
        _near(simulate_hours(each, seed=1, hours=[_at(day, 11)]), OFFICE["lat"], OFFICE["lon"], 400)
        for each, day in ((make(), FRIDAY), (holiday, FRIDAY), (make(), SUNDAY))
    ]
    assert there[1] == pytest.approx(there[2], rel=0.1)
    assert there[0] > there[1] + 2500


def test_drawn_places_stand_where_people_live_and_fill_by_day(make):
    shops = {"name": "Toko", "kind": "office", "count": 3, "radius_m": 50, "people": 3000}
    made = simulate_hours(make(places=[], drawn_places=[shops]), seed=1, hours=[_at(FRIDAY, 3), _at(FRIDAY, 11)])
    night, day = (people["people"].sort(descending=True) for people in made.truth.partition_by("interval_start"))
    assert day[:9].sum() > night[:9].sum() + 4000


def test_the_truth_of_chosen_hours_is_that_of_the_written_folder(make, tmp_path):
    scenario = make(recurring=[], movers_share=0.1, land_use=True)
    simulate(tmp_path, scenario=scenario, seed=3)
    made = simulate_hours(scenario, seed=3, hours=[_at(SATURDAY, 12), _at(FRIDAY, 7)])
    written = pl.read_parquet(tmp_path / "truth" / "people.parquet")
    then = written.filter(pl.col("interval_start").is_in(made.truth["interval_start"].unique().to_list()))
    assert made.truth.cast({"people": pl.Int32}).equals(then)
    assert made.land_use.equals(pl.read_parquet(tmp_path / "truth" / "land_use.parquet"))
    assert made.cells["cell_id"].to_list() == pl.read_csv(tmp_path / "cells.csv")["cell_id"].to_list()


def test_small_counts_of_chosen_hours_are_null(make):
    made = simulate_hours(make(suppress_below=900), seed=1, hours=[_at(FRIDAY, 3)])
    assert made.counts["devices"].null_count() > 0
    assert made.counts["devices"].min() >= 900


@pytest.mark.parametrize("hour", ["2020-03-09T01:00", "2020-03-06T01:30", "2020-03-08T17:00+00:00"])
def test_an_hour_that_the_scenario_does_not_make_is_refused(make, hour):
    with pytest.raises(RefusedInputError, match="whole local hour"):
        simulate_hours(make(), seed=1, hours=[datetime.fromisoformat(hour)])
