from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from geo.cells.load import parse_bbox
from lake.errors import RefusedInputError

HEADER = "cell_id,operator,radio,lat,lon"
GOOD = "001-01-1,alun,LTE,-5.5,109.0"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("001-01-9,alun,LTE,,109.0", "missing_coordinates"),
        ("001-01-9,alun,LTE,north,109.0", "missing_coordinates"),
        ("001-01-9,alun,LTE,nan,109.0", "missing_coordinates"),
        ("001-01-9,alun,LTE,95.0,109.0", "impossible_coordinates"),
        ("001-01-9,alun,LTE,-5.5,181.0", "impossible_coordinates"),
        ("001-01-9,alun,LTE,0,0", "zero_coordinates"),
        ("001-01-9,,LTE,-5.5,109.0", "no_operator"),
        ("001-01-9,alun,CDMA,-5.5,109.0", "unknown_radio"),
        ("1-01-9,alun,LTE,-5.5,109.0", "bad_cell_id"),
        ("001-01-7-9,alun,LTE,-5.5,109.0", "bad_cell_id"),
        ("001-01-9,alun,GSM,-5.5,109.0", "bad_cell_id"),
        ("001-01-70000-9,alun,UMTS,-5.5,109.0", "bad_cell_id"),
        ("001-01-268435456,alun,LTE,-5.5,109.0", "bad_cell_id"),
        ("tower nine,alun,LTE,-5.5,109.0", "bad_cell_id"),
    ],
)
def test_a_row_that_does_not_fit_is_set_aside_with_its_reason(load_plan, row, reason):
    loaded = load_plan(f"{HEADER}\n{GOOD}\n{row}\n")
    assert loaded.file.rows_quarantined == {reason: 1}
    assert loaded.file.rows_kept == 1
    assert reason in loaded.file.quarantine.read_text()


def test_the_quarantine_numbers_rows_as_they_stand_in_the_file(load_plan):
    bad = "001-01-9,alun,LTE,0,0"
    loaded = load_plan(f"{HEADER}\nbroken\n{bad}\n{GOOD}\nbroken,too\n{bad}\n")
    aside = pl.read_csv(loaded.file.quarantine)
    expected = [(1, "broken_line"), (2, "zero_coordinates"), (4, "broken_line"), (5, "zero_coordinates")]
    assert aside.select("row_number", "reason").rows() == expected


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("azimuth_deg", "361"),
        ("azimuth_deg", "north"),
        ("beamwidth_deg", "0"),
        ("height_m", "-3"),
        ("tilt_deg", "91"),
        ("power_dbm", "900"),
        ("frequency_mhz", "1"),
        ("range_m", "0"),
        ("kind", "huge"),
    ],
)
def test_an_impossible_optional_field_is_emptied_with_a_note_and_the_row_kept(load_plan, plan, column, value):
    loaded = load_plan(f"{HEADER},{column}\n{GOOD},{value}\n")
    assert plan()[column].to_list() == [None]
    assert any("was emptied" in note for note in loaded.file.notes)


def test_an_azimuth_of_360_is_north(load_plan, plan):
    load_plan(f"{HEADER},azimuth_deg\n{GOOD},360\n")
    assert plan()["azimuth_deg"].to_list() == [0.0]


def test_mnc_keeps_its_digits(load_plan, plan):
    load_plan(f"{HEADER}\n001-01-1,alun,LTE,-5.5,109.0\n001-001-1,alun,LTE,-5.6,109.1\n")
    assert plan()["cell_id"].to_list() == ["001-001-1", "001-01-1"]


def test_the_same_cell_at_two_positions_is_set_aside_both_times(load_plan):
    loaded = load_plan(f"{HEADER}\n{GOOD}\n001-01-2,alun,LTE,-5.5,109.0\n001-01-2,alun,LTE,-5.6,109.0\n")
    assert loaded.file.rows_quarantined == {"position_conflict": 2}
    assert loaded.operators == {"alun": 1}


def test_the_same_cell_twice_alike_is_taken_once(load_plan):
    loaded = load_plan(f"{HEADER}\n{GOOD}\n{GOOD}\n")
    assert loaded.operators == {"alun": 1}
    assert loaded.file.notes == {"rows repeat a cell and were taken once": 1}


def test_validity_dates_that_cross_are_set_aside(load_plan):
    rows = f"{GOOD},2020-02-01,2020-01-01\n001-01-2,alun,LTE,-5.5,109.0,2020-01-01,2020-02-01\n"
    loaded = load_plan(f"{HEADER},valid_from,valid_to\n{rows}")
    assert loaded.file.rows_quarantined == {"validity_crossed": 1}


def test_periods_of_one_cell_that_overlap_are_set_aside(load_plan):
    rows = f"{GOOD},2020-01-01,2020-03-01\n{GOOD},2020-02-01,2020-04-01\n001-01-2,alun,LTE,-5.5,109.0,,\n"
    loaded = load_plan(f"{HEADER},valid_from,valid_to\n{rows}")
    assert loaded.file.rows_quarantined == {"validity_crossed": 1}
    assert loaded.operators == {"alun": 2}


def test_a_cell_that_moved_is_valid_at_each_place_in_its_time(load_plan, plan):
    rows = "001-01-1,alun,LTE,-5.5,109.0,2020-01-01\n001-01-1,alun,LTE,-5.6,109.1,2020-03-01\n"
    load_plan(f"{HEADER},valid_from\n{rows}")
    moved = datetime(2020, 2, 29, 17, tzinfo=UTC)  # local midnight of 1 March
    assert plan().select("lat", "valid_to").rows() == [(-5.5, moved), (-5.6, None)]


def test_a_new_plan_supersedes_the_old_one_from_its_first_day(load_plan, plan):
    load_plan(f"{HEADER}\n001-01-1,alun,LTE,-5.5,109.0\n001-01-2,alun,LTE,-5.6,109.0\n")
    since = datetime(2020, 3, 1, tzinfo=UTC)
    load_plan(f"{HEADER}\n001-01-1,alun,LTE,-5.7,109.0\n", valid_from=since)
    assert plan().select("cell_id", "lat", "valid_from", "valid_to").rows() == [
        ("001-01-1", -5.5, None, since),
        ("001-01-1", -5.7, since, None),
        ("001-01-2", -5.6, None, since),
    ]


def test_a_plan_without_dates_replaces_the_old_one_whole(load_plan, plan):
    load_plan(f"{HEADER}\n001-01-1,alun,LTE,-5.5,109.0\n")
    load_plan(f"{HEADER}\n001-01-2,alun,LTE,-5.6,109.0\n")
    assert plan()["cell_id"].to_list() == ["001-01-2"]


def test_the_plan_of_another_operator_is_left_alone(load_plan, plan):
    load_plan(f"{HEADER}\n{GOOD}\n")
    load_plan(f"{HEADER}\n001-02-1,nusa,LTE,-5.5,109.0\n")
    assert plan("alun").height == plan("nusa").height == 1


def test_a_foreign_plan_is_read_with_a_template(load_plan, plan):
    frame = pl.DataFrame({"bs": [7, 12], "y": [-5.5, -5.6], "x": [109.0, 109.1]})
    load_plan(
        frame,
        name="stations.parquet",
        columns={"lat": "y", "lon": "x"},
        cell_id_template="001-01-{bs:04}",
        operator="Alun ",
        radio="LTE",
    )
    assert plan()["cell_id"].to_list() == ["001-01-0007", "001-01-0012"]


def test_cells_outside_a_box_are_set_aside(load_plan):
    loaded = load_plan(f"{HEADER}\n{GOOD}\n001-01-2,alun,LTE,30,109.0\n", bbox=parse_bbox("108,-6,110,-5"))
    assert loaded.file.rows_quarantined == {"outside_bbox": 1}


def test_a_file_without_a_fitting_row_is_refused_and_recorded(load_plan, home):
    with pytest.raises(RefusedInputError, match="no row fits a cell plan"):
        load_plan(f"{HEADER}\n001-01-9,alun,LTE,0,0\n")
    assert not (home.lake / "cells").exists()


@pytest.mark.parametrize("missing", ["cell_id", "operator", "radio", "lat", "lon"])
def test_a_missing_column_is_named(load_plan, missing):
    names = [n for n in HEADER.split(",") if n != missing]
    with pytest.raises(RefusedInputError, match=f"no column {missing}"):
        load_plan(",".join(names) + "\n" + ",".join(["1"] * len(names)) + "\n")


OPENCELLID = "radio,mcc,net,area,cell,unit,lon,lat,range,samples,changeable,created,updated,averageSignal"


@pytest.mark.parametrize("header", [OPENCELLID + "\n", ""], ids=["with header", "as the files per country"])
def test_opencellid_is_recognised(load_plan, plan, header):
    rows = "LTE,510,1,7,257,0,109.0,-5.5,1000,3,1,1500000000,1600000000,0\n"
    rows += "GSM,510,10,7,258,0,109.0,-5.5,0,1,1,1500000000,1600000000,0\n"
    loaded = load_plan(header + rows, name="510.csv")
    assert loaded.operators == {"indosat": 1, "telkomsel": 1}
    assert plan("indosat")["cell_id"].to_list() == ["510-01-257"]
    assert plan("telkomsel")["cell_id"].to_list() == ["510-10-7-258"]
    assert any("centroids" in note for note in loaded.file.notes)


def test_opencellid_keeps_the_better_measured_of_two_tracking_areas(load_plan, plan):
    rows = "LTE,510,10,7,257,0,109.0,-5.5,1000,3,1,1,1,0\nLTE,510,10,8,257,0,109.5,-5.9,1000,40,1,1,1,0\n"
    loaded = load_plan(f"{OPENCELLID}\n{rows}", name="510.csv")
    assert plan("telkomsel")["lat"].to_list() == [-5.9]
    assert loaded.file.rows_quarantined == {"second_tracking_area": 1}


def test_one_operator_of_an_opencellid_file_can_be_taken(load_plan):
    rows = "LTE,510,10,7,257,0,109.0,-5.5,1000,3,1,1,1,0\nLTE,510,11,8,257,0,109.5,-5.9,1000,40,1,1,1,0\n"
    loaded = load_plan(f"{OPENCELLID}\n{rows}", name="510.csv", operator="XL")
    assert loaded.operators == {"xl": 1}
    assert loaded.file.notes["cells of other operators were left out"] == 1


REAL = Path(__file__).parents[3] / "shared" / "data" / "opencellid_idn" / "opencellid_510_2025-07.parquet"


@pytest.mark.skipif(not REAL.exists(), reason="real data is not beside the repository (../shared/data)")
def test_the_real_export_of_indonesia_loads_with_its_quirks_told(intake):
    from geo.cells import load_cells
    from geo.cells.load import PlanOptions
    from lake.profile import FileProfile

    loaded = load_cells(REAL, intake=intake, options=PlanOptions(profile=FileProfile(), timezone="Asia/Jakarta"))
    assert loaded.file.rows_in == 25_384
    assert loaded.file.rows_in == loaded.file.rows_kept + sum(loaded.file.rows_quarantined.values())
    assert {"telkomsel", "indosat", "xl", "tri", "smartfren"} < set(loaded.operators)
    told = " ".join(loaded.file.notes)
    assert "centroids" in told
    assert "510-10" in told
