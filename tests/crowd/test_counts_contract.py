"""Whatever shape a table of counts comes in, the lake holds the same."""

import bz2
import gzip
from datetime import UTC, datetime, timedelta, timezone

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

HEADER = "interval_start,cell_id,devices"
ROWS = [
    ("2020-03-31T06:00:00Z", "001-01-1", "7"),
    ("2020-03-31T07:00:00Z", "001-01-1", "0"),
    ("2020-03-31T07:00:00Z", "001-01-2", "41"),
    ("2020-03-31T07:00:00Z", "001-01-3", ""),
]
EXPECTED = {
    ("31 06:00", "001-01-1"): 7,
    ("31 07:00", "001-01-1"): 0,
    ("31 07:00", "001-01-2"): 41,
    ("31 07:00", "001-01-3"): None,
}


def _text(delimiter=",", end="\n", header=HEADER, quote=""):
    lines = [header.split(","), *ROWS]
    return end.join(delimiter.join(f"{quote}{field}{quote}" for field in line) for line in lines) + end


def _zstd(data):
    return pa.compress(data, codec="zstd", asbytes=True)


TEXTS = {
    "plain": _text().encode(),
    "without a last line end": _text().rstrip("\n").encode(),
    "empty lines at the end": _text().encode() + b"\n\n",
    "empty lines between": _text(end="\n\n").encode(),
    "BOM": b"\xef\xbb\xbf" + _text().encode(),
    "semicolons": _text(";").encode(),
    "tabs": _text("\t").encode(),
    "bars": _text("|").encode(),
    "CRLF": _text(end="\r\n").encode(),
    "BOM, semicolons, CRLF and quotes, as spreadsheets write": b"\xef\xbb\xbf" + _text(";", "\r\n", quote='"').encode(),
    "CR": _text(end="\r").encode(),
    "line ends of two kinds": _text().replace("\n", "\r\n", 2).encode(),
    "quoted": _text(quote='"').encode(),
    "quoted, with line ends of two kinds": _text(quote='"').replace("\n", "\r\n", 2).encode(),
    "header in capitals": _text(header=HEADER.upper()).encode(),
    "blanks around names and values": _text(" , ").encode(),
    "gzip": gzip.compress(_text().encode()),
    "gzip in two members": gzip.compress(_text().encode()[:60]) + gzip.compress(_text().encode()[60:]),
    "zstd": _zstd(_text().encode()),
    "zstd in two frames": _zstd(_text().encode()[:60]) + _zstd(_text().encode()[60:]),
}


@pytest.mark.parametrize("content", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("name", ["counts.csv", "counts"])
def test_csv_of_every_dialect_gives_the_same_lake(desk, content, name):
    report = desk.load_one(content, name=name)
    assert (report.verdict, report.rows_in, report.rows_kept) == ("accepted", 4, 4)
    assert desk.devices() == EXPECTED


def _frame(**columns):
    plain = {name: [row[n] for row in ROWS] for n, name in enumerate(HEADER.split(","))}
    return pl.DataFrame({**plain, **columns})


STARTS = [datetime(2020, 3, 31, hour, tzinfo=UTC) for hour in (6, 7, 7, 7)]
JAKARTA = timezone(timedelta(hours=7))
FRAMES = {
    "texts": _frame(),
    "instants in UTC": _frame(interval_start=STARTS),
    "instants in Asia/Jakarta": _frame(interval_start=pl.Series(STARTS).dt.convert_time_zone("Asia/Jakarta")),
    "instants in ns": _frame(interval_start=pl.Series(STARTS, dtype=pl.Datetime("ns", "UTC"))),
    "int32 devices": _frame(devices=pl.Series([7, 0, 41, None], dtype=pl.Int32)),
    "uint64 devices": _frame(devices=pl.Series([7, 0, 41, None], dtype=pl.UInt64)),
    "float64 devices, as pandas writes": _frame(devices=[7.0, 0.0, 41.0, None]),
    "categories": _frame(cell_id=pl.Series([row[1] for row in ROWS], dtype=pl.Categorical)),
    "columns in another order": _frame().select("devices", "cell_id", "interval_start"),
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_parquet_of_every_type_gives_the_same_lake(desk, frame):
    report = desk.load_one(frame, name="counts.parquet")
    assert (report.verdict, report.rows_in, report.rows_kept) == ("accepted", 4, 4)
    assert desk.devices() == EXPECTED


@pytest.mark.parametrize("codec", ["none", "snappy", "gzip", "zstd", "lz4", "brotli"])
def test_parquet_with_pages_of_every_codec_gives_the_same_lake(desk, codec):
    path = desk.write(b"", name="counts.parquet")
    pq.write_table(_frame().to_arrow(), path, compression=codec)
    desk.load(path)
    assert desk.devices() == EXPECTED


@pytest.mark.parametrize(("compress", "ending"), [(gzip.compress, "gz"), (_zstd, "zst")])
def test_parquet_packed_once_more_gives_the_same_lake(desk, compress, ending):
    packed = compress(desk.write(_frame(), name="counts.parquet").read_bytes())
    desk.load_one(packed, name=f"counts.parquet.{ending}")
    assert desk.devices() == EXPECTED


def test_a_name_that_lies_about_the_content_changes_nothing(desk):
    desk.load_one(gzip.compress(_text().encode()), name="counts.parquet")
    assert desk.devices() == EXPECTED


@pytest.mark.parametrize("name", ["counts[1].csv", "c*.csv", "c?unts.csv", "o'counts.csv", "hitungan jam 7 %20é.csv"])
def test_a_file_is_read_whatever_its_name_and_no_other_instead(desk, name):
    for decoy in ("counts1.csv", "count.csv", "counts.csv"):
        desk.write([("2020-03-31T07:00:00Z", "001-01-9", 999)], name=decoy)
    desk.load_one(_text(), name=name)
    assert desk.devices() == EXPECTED


def test_a_quoted_field_may_hold_separators_quotes_and_line_ends(desk):
    note = '"Jl. ""Mawar"", 3\nlantai 2"'
    report = desk.load_one(f"{HEADER},note\n2020-03-31T07:00:00Z,001-01-1,5,{note}\n2020-03-31T07:00:00Z,001-01-2,6,\n")
    assert (report.rows_in, report.rows_kept) == (2, 2)
    assert desk.devices() == {("31 07:00", "001-01-1"): 5, ("31 07:00", "001-01-2"): 6}


def test_times_with_an_offset_name_the_same_instant(desk):
    texts = ["2020-03-31T14:00:00+07:00", "2020-03-31 15:00+0800", "2020-03-31T07:00:00.000Z", "2020-03-31T02:30-04:30"]
    desk.load(desk.write([(text, f"001-01-{n}", 1) for n, text in enumerate(texts, start=1)]), interval_minutes=30)
    assert desk.stage()["interval_start"].unique().to_list() == [datetime(2020, 3, 31, 7, tzinfo=UTC)]


@pytest.mark.parametrize("given", ["<5", "< 5", ""])
def test_a_suppressed_count_is_kept_as_suppressed_and_never_as_zero(desk, given):
    report = desk.load_one([("2020-03-31T07:00:00Z", "001-01-1", given)])
    row = desk.stage().row(0, named=True)
    assert row["devices"] is None
    assert row["suppressed_below"] == (5 if given else None)
    assert report.notes == {"suppressed by the operator": 1}


def test_unknown_columns_are_named_and_kept_out(desk):
    report = desk.load_one(f"{HEADER},signal\n2020-03-31T07:00:00Z,001-01-1,5,-92\n")
    assert "column 'signal' is not of the contract and was kept out" in report.notes
    assert "signal" not in desk.stage().columns


def test_the_operator_and_the_interval_can_stand_in_the_file(desk):
    desk.plan("nusa", network="001-02")
    header = f"{HEADER},interval_minutes,operator"
    desk.load_one(f"{header}\n2020-03-31T07:00:00Z,001-02-1,5,15,NUSA\n2020-03-31T07:15:00Z,001-01-1,6,15, Alun \n")
    rows = desk.stage().select("operator", "interval_minutes", "devices").rows()
    assert sorted(rows) == [("alun", 15, 6), ("nusa", 15, 5)]


def test_the_operator_is_found_in_the_plans_where_nobody_says_it(desk):
    desk.plan("nusa", network="001-02")
    desk.load_one([("2020-03-31T07:00:00Z", "001-02-1", 5), ("2020-03-31T07:00:00Z", "001-01-1", 6)])
    assert sorted(desk.stage().select("operator", "devices").rows()) == [("alun", 6), ("nusa", 5)]


REFUSED = {
    "empty": (b"", "does not begin with a header line"),
    "header only": (HEADER.encode() + b"\n", "holds no rows"),
    "no column cell_id": (b"interval_start,cell,devices\n", "has no column cell_id"),
    "two columns of one name": (b"interval_start,cell_id,devices,Devices\n", "column 4"),
    "a column without a name": (b"interval_start,cell_id,devices,\n", "column 4"),
    "a column named row_number": (b"interval_start,cell_id,devices,row_number\n", "column 4"),
    "UTF-16": (_text().encode("utf-16"), "UTF-16"),
    "binary": (b"\x00\x01\x02\x03" * 50, "binary"),
    "bz2": (bz2.compress(_text().encode()), ""),
    "gzip cut short": (gzip.compress(_text().encode())[:-9], "cannot be read"),
    "zstd cut short": (_zstd(_text().encode())[:-9], "cannot be read"),
    "Parquet cut short": (b"PAR1" + b"\x15\x04" * 30, "cannot be read"),
    "only rows that do not fit": (f"{HEADER}\nyesterday,001-01-1,5\n".encode(), "no row fits (1 bad_time)"),
}


@pytest.mark.parametrize(("content", "why"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_is_no_table_of_counts_is_refused_whole_with_one_sentence(desk, content, why):
    report = desk.load_one(content)
    assert report.verdict == "refused"
    assert why in report.reason
    assert "counts.csv" in report.reason
    assert "\n" not in report.reason
    assert desk.devices() == {}


def test_a_parquet_with_a_column_named_row_number_is_refused_with_one_sentence(desk):
    report = desk.load_one(_frame(Row_Number=[1, 2, 3, 4]), name="counts.parquet")
    assert (report.verdict, "column 4" in report.reason) == ("refused", True)


def test_a_missing_file_is_refused_and_the_others_of_the_delivery_are_taken_in(desk, tmp_path):
    loaded = desk.load(tmp_path / "lost.csv", desk.write(ROWS))
    assert [file.verdict for file in loaded.files] == ["refused", "accepted"]
    assert desk.devices() == EXPECTED


def test_counts_without_any_cell_plan_are_refused_with_what_to_do(make_desk):
    desk = make_desk()
    (desk.home.lake / "cells" / "operator=alun" / "part.parquet").unlink()
    assert "kerumun cells load" in desk.load_one(ROWS).reason


def test_counts_of_an_operator_without_plan_are_refused_with_the_operators_there_are(desk):
    assert "'nusa' is loaded (there is: alun)" in desk.load_one(ROWS, operator="Nusa").reason


def test_the_outcome_names_the_first_and_last_interval_that_changed(desk):
    loaded = desk.load(desk.write(ROWS))
    assert (loaded.first_changed, loaded.last_changed, loaded.rows_replaced) == (STARTS[0], STARTS[-1], 0)
