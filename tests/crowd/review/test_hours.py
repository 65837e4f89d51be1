"""The hours of the lake, and what is told of each."""

from datetime import timedelta

import polars as pl
import pytest
from map_lakes import HOUR, SIBLINGS, K, density, make_lake, memory, write

from crowd.counts import COUNTS
from crowd.coverage import SILENT_CELLS
from crowd.gathering_stages import GATHERINGS
from crowd.review import hours as module
from crowd.review.hours import hours_between, oldest_and_newest
from crowd.review.shown import density_file

DAY = {"start": HOUR - timedelta(days=1), "end": HOUR + timedelta(hours=1), "k": K}


def count(home, devices, *, operator="alun"):
    rows = [(HOUR, operator, f"001-01-{n}", told, 60) for n, told in enumerate(devices)]
    names = ["interval_start", "operator", "cell_id", "devices", "interval_minutes"]
    frame = pl.DataFrame(rows, schema=names, orient="row").with_columns(suppressed_below=None)
    write(home, frame, stage=COUNTS)


def silence(home, usual, *, operator="nusa"):
    rows = [(HOUR, operator, f"001-02-{n}", told, "no count") for n, told in enumerate(usual)]
    write(home, pl.DataFrame(rows, schema=list(SILENT_CELLS.columns), orient="row"), stage=SILENT_CELLS)


def gather(home, *gatherings):
    nothing = dict.fromkeys(GATHERINGS.columns)
    rows = [{**nothing, "interval_start": HOUR, "gathering_id": str(n), **each} for n, each in enumerate(gatherings)]
    write(home, pl.DataFrame(rows, infer_schema_length=None), stage=GATHERINGS)


def the_hour(home):
    (hour,) = hours_between(memory(), home, **DAY)
    return hour


def test_what_may_be_shown_and_what_is_withheld_are_counted(tmp_path):
    home = make_lake(tmp_path, {0: {SIBLINGS[0]: {"devices": K - 1}, SIBLINGS[1]: {"devices": K}, 0: {}}})
    assert (the_hour(home).hexagons, the_hour(home).withheld) == (2, 1)


def test_coverage_is_what_reported_of_what_usually_does_small_cells_left_out(tmp_path):
    home = make_lake(tmp_path, {0: {0: {}}})
    count(home, [200, 100, K - 1])
    silence(home, [90.0, 10.0, float(K - 1)], operator="alun")
    assert the_hour(home).coverage == pytest.approx(300 / 390, abs=5e-4)
    assert the_hour(home).is_partial


def test_nobody_is_missed_where_nobody_knows_who_usually_reports(tmp_path):
    home = make_lake(tmp_path, {0: {0: {"coverage": None}}})
    count(home, [200])
    assert the_hour(home).coverage is None
    assert not the_hour(home).is_partial


def test_an_operator_that_sent_nothing_is_named(tmp_path):
    home = make_lake(tmp_path, {0: {0: {}}})
    count(home, [2000], operator="alun")
    silence(home, [50.0], operator="alun")
    silence(home, [20.0], operator="nusa")
    assert the_hour(home).missing_operators == ("nusa",)
    assert the_hour(home).is_partial


def test_gatherings_are_counted_by_level_but_not_small_or_ended_ones(tmp_path):
    home = make_lake(tmp_path, {0: {0: {}}})
    shown = {"state": "ongoing", "devices": K}
    gather(
        home,
        {**shown, "level": "siaga"},
        {**shown, "level": "siaga", "state": "new"},
        {**shown, "level": "awas"},
        {**shown, "level": "awas", "devices": K - 1},
        {**shown, "level": "normal", "state": "ended"},
    )
    hour = the_hour(home)
    assert (hour.waspada, hour.siaga, hour.awas) == (0, 2, 1)


def test_an_hour_is_read_once_and_again_when_any_of_its_files_is_new(tmp_path, monkeypatch):
    home, read = make_lake(tmp_path, {0: {0: {}}, 2: {0: {}}}), []
    counted = module._count
    monkeypatch.setattr(
        module, "_count", lambda memory, files, *, k: read.append(len(files)) or counted(memory, files, k=k)
    )
    for _ in range(3):
        hours_between(memory(), home, **DAY)
    assert read == [2]
    write(home, density({0: {}, 1: {}}))
    assert [hour.hexagons for hour in hours_between(memory(), home, **DAY)] == [1, 2]
    count(home, [100])
    hours_between(memory(), home, **DAY)
    assert read == [2, 1, 1]


def test_other_k_other_figures(tmp_path):
    home = make_lake(tmp_path, {0: {0: {"devices": 20}}})
    assert [hours_between(memory(), home, **DAY | {"k": k})[0].hexagons for k in (15, 30, 15)] == [1, 0, 1]


def test_a_spoilt_cache_is_computed_anew(tmp_path):
    home = make_lake(tmp_path, {0: {0: {}}})
    before = the_hour(home)
    for file in (tmp_path / "cache").rglob("*.json"):
        file.write_text("{")
    assert the_hour(home) == before


def test_a_file_that_is_none_hides_its_hour_and_no_other(tmp_path):
    home = make_lake(tmp_path, {n: {SIBLINGS[0]: {}} for n in range(3)})
    density_file(home, HOUR - timedelta(hours=1)).write_bytes(b"cut off")
    assert [hour.at for hour in hours_between(memory(), home, **DAY)] == [HOUR - timedelta(hours=2), HOUR]


def test_the_ends_of_the_lake_are_found_without_its_empty_days(tmp_path):
    home = make_lake(tmp_path, {0: {0: {}}, 50: {0: {}}})
    (home.lake / "density" / "date=2020-04-02" / "hour=03").mkdir(parents=True)
    assert oldest_and_newest(home) == (HOUR - timedelta(hours=50), HOUR)
