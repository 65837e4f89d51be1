"""What becomes of a flow file."""

import gzip

import polars as pl
import pytest

from lake.ledger import open_ledger

MONDAY = "2020-03-30T00:00+07:00"
ONE, TWO, THREE = "99.01.01", "99.01.02", "99.01.03"


def _by_pair(rows):
    return {(start, end): n for start, end, n in rows.select("from_area", "to_area", "devices").iter_rows()}


def test_flows_are_kept_with_their_level_and_the_length_of_their_interval(isles):
    report = isles.load_rows([(MONDAY, ONE, TWO, 20), (MONDAY, ONE, ONE, 300)])
    assert (report.verdict, report.rows_kept) == ("accepted", 2)
    rows = isles.sent()
    assert rows.select("operator", "level", "interval_minutes").unique().rows() == [("alun", "district", 1440)]
    assert _by_pair(rows) == {(ONE, ONE): 300, (ONE, TWO): 20}


@pytest.mark.parametrize("pack", ["csv", "gz", "zst", "parquet"])
def test_every_kind_of_file_gives_the_same_flows(isles, pack):
    rows = pl.DataFrame(
        {"interval_start": [MONDAY] * 2, "from_area": [ONE, TWO], "to_area": [TWO, ONE], "devices": [20, 31]}
    )
    path = isles.home.root / f"flows.{pack}"
    if pack == "parquet":
        rows.write_parquet(path)
    elif pack == "gz":
        path.write_bytes(gzip.compress(rows.write_csv().encode()))
    else:
        rows.write_csv(path, compression="zstd" if pack == "zst" else "uncompressed")
    assert isles.load(path).files[0].verdict == "accepted"
    assert _by_pair(isles.sent()) == {(ONE, TWO): 20, (TWO, ONE): 31}


@pytest.mark.parametrize("devices", ["", "<15", "NULL"])
def test_what_the_operator_keeps_back_is_kept_as_such(isles, devices):
    report = isles.load_rows([(MONDAY, ONE, TWO, devices), (MONDAY, TWO, ONE, 0)])
    assert report.notes == {"suppressed by the operator": 1}
    assert _by_pair(isles.sent()) == {(ONE, TWO): None, (TWO, ONE): 0}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ((MONDAY, ONE, TWO, 3), "under_k_at_the_source"),
        ((MONDAY, ONE, TWO, 14), "under_k_at_the_source"),
        ((MONDAY, ONE, "99.01.77", 30), "unknown_area"),
        ((MONDAY, "99.01", "99.01", 30), "area_of_another_level"),
        (("2020-03-30T00:00", ONE, TWO, 30), "time_without_offset"),
        (("yesterday", ONE, TWO, 30), "bad_time"),
        (("2020-03-30T06:00+07:00", ONE, TWO, 30), "interval_not_aligned"),
        (("2099-03-30T00:00+07:00", ONE, TWO, 30), "future_interval"),
        ((MONDAY, ONE, TWO, -20), "negative_count"),
        ((MONDAY, ONE, TWO, 20.5), "fractional_count"),
        ((MONDAY, ONE, TWO, "many"), "not_a_count"),
        ((MONDAY, ONE, TWO, 1e12), "implausible_count"),
        ((MONDAY, ONE, TWO, 30, 30), "broken_line"),
    ],
)
def test_a_row_that_does_not_fit_is_set_aside_with_its_reason(isles, row, reason):
    good = [(MONDAY, ONE, THREE, 20), (MONDAY, THREE, ONE, 25)]
    report = isles.load_rows([*good, row])
    assert report.verdict == "accepted"
    assert report.rows_quarantined == {reason: 1}
    assert len(isles.sent()) == len(good)
    assert pl.read_csv(report.quarantine)["reason"].to_list() == [reason]


def test_a_number_under_k_is_written_nowhere(isles):
    rows = [
        (MONDAY, ONE, TWO, 13),
        (MONDAY, ONE, "99.01.77", 13),
        (MONDAY, ONE, TWO, -13),
        (MONDAY, ONE, THREE, 13.5),
        (MONDAY, TWO, THREE, "13 phones"),
        (MONDAY, THREE, THREE, 13, 13, 13),
        (MONDAY, ONE, ONE, 500),
    ]
    report = isles.load_rows(rows)
    aside = pl.read_csv(report.quarantine, infer_schema=False)
    assert len(aside) == len(rows) - 1
    assert not aside["devices"].drop_nulls().str.contains("13").any()
    written = [p for p in isles.home.root.rglob("*") if p.is_file() and p.suffix in {".csv", ".parquet"}]
    assert not any(b",13" in p.read_bytes() for p in written if p.name != "flows.csv")


def test_a_pair_told_twice_with_different_values_is_set_aside_both_times(isles):
    rows = [(MONDAY, ONE, TWO, 20), (MONDAY, ONE, TWO, 21), (MONDAY, TWO, ONE, 22), (MONDAY, TWO, ONE, 22)]
    assert isles.load_rows(rows).rows_quarantined == {"conflicting_duplicate": 2}
    assert _by_pair(isles.sent()) == {(TWO, ONE): 22}


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("interval_start,from_area,to_area,devices,imsi", "1"),
        ("interval_start,from_area,to_area,devices,note", "6281234567890"),
    ],
)
def test_anything_like_a_subscriber_is_refused_before_a_byte_is_stored(isles, header, value):
    report = isles.load_rows([(MONDAY, ONE, TWO, 20, value)], header=header)
    assert report.verdict == "refused"
    assert "6281234567890" not in report.reason
    assert not (isles.home.lake / "flows").exists()
    assert not isles.home.quarantine.exists()
    with open_ledger(isles.home.ledger_url) as ledger:
        assert ledger.files()[-1].sha256 is None


def test_a_file_before_any_area_says_what_to_load_first(make_isles):
    isles = make_isles()
    for path in (isles.home.lake / "areas").rglob("*.parquet"):
        path.unlink()
    report = isles.load_rows([(MONDAY, ONE, TWO, 20)])
    assert report.verdict == "refused"
    assert "kerumun areas load" in report.reason


def test_unknown_columns_are_named_and_kept_out(isles):
    header = "interval_start,from_area,to_area,devices,colour"
    report = isles.load_rows([(MONDAY, ONE, TWO, 20, "red")], header=header)
    assert report.notes == {"column 'colour' is not of the contract and was kept out": 1}


def test_columns_of_other_names_are_read_as_told(isles):
    rows = [(MONDAY, ONE, TWO, 20)]
    names = {"interval_start": "ts", "from_area": "dari", "to_area": "ke", "devices": "jumlah"}
    assert isles.load_rows(rows, header="ts,dari,ke,jumlah", columns=names).rows_kept == 1


def test_a_later_file_of_the_same_operator_and_interval_replaces_the_earlier_one(isles):
    tuesday = "2020-03-31T00:00+07:00"
    isles.load_rows([(MONDAY, ONE, TWO, 20), (MONDAY, TWO, ONE, 30), (tuesday, ONE, TWO, 40)])
    load = isles.load(isles.write([(MONDAY, ONE, TWO, 21)], name="better.csv"))
    assert load.rows_replaced == 2
    assert sorted(isles.sent()["devices"]) == [21, 40]
    assert isles.load_rows([(MONDAY, ONE, TWO, 50)], name="other.csv", operator="nusa").verdict == "accepted"
    assert sorted(isles.sent()["devices"]) == [21, 40, 50]


def test_the_same_file_again_changes_nothing(isles, read_all):
    path = isles.write([(MONDAY, ONE, TWO, 20)])
    isles.load(path)
    before = read_all(isles.home.lake)
    assert isles.load(path).files[0].verdict == "unchanged"
    assert read_all(isles.home.lake) == before


def test_files_of_one_delivery_are_put_together(isles):
    parts = [
        isles.write([(MONDAY, ONE, TWO, 20)], name="a.csv"),
        isles.write([(MONDAY, TWO, ONE, 30)], name="b.csv"),
    ]
    isles.load(*parts)
    assert _by_pair(isles.sent()) == {(ONE, TWO): 20, (TWO, ONE): 30}


def test_a_delivery_speaks_of_one_level(isles):
    districts = isles.write([(MONDAY, ONE, TWO, 20)], name="a.csv")
    regencies = isles.write([(MONDAY, "99.01", "99.01", 900)], name="b.csv")
    reports = isles.load(districts, regencies).files
    assert [report.verdict for report in reports] == ["accepted", "refused"]
    assert reports[1].rows_quarantined == {"area_of_another_level": 1}


def test_hours_are_told_by_their_length(isles):
    header = "interval_start,from_area,to_area,devices,interval_minutes"
    rows = [("2020-03-30T06:00+07:00", ONE, TWO, 20, 60), ("2020-03-30T06:00+07:00", TWO, ONE, 20, 15)]
    assert isles.load_rows(rows, header=header).rows_quarantined == {"bad_interval_minutes": 1}
    assert isles.sent()["interval_minutes"].to_list() == [60]
