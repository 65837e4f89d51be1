"""Rows that do not fit are set aside with their reason, every one is counted, and good rows stay."""

import csv
from collections import Counter

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

HEADER = "interval_start,cell_id,devices,interval_minutes,operator"
HOUR = "2020-03-31T07:00:00Z"
GOOD = f"{HOUR},001-01-12,5,,"

# A byte that is no UTF-8 stands as a lone surrogate. The cell 001-01-2 is claimed by two operators.
BAD = [
    ("yesterday,001-01-1,5,,", "bad_time"),
    (",001-01-1,5,,", "bad_time"),
    ("2020-02-30T07:00:00Z,001-01-1,5,,", "bad_time"),
    ("31/03/2020 07:00,001-01-1,5,,", "bad_time"),
    ("2020-03-31T25:00:00Z,001-01-1,5,,", "bad_time"),
    ("2020-03-31T07:00:00+99:00,001-01-1,5,,", "bad_time"),
    ("1970-01-01T00:00:00Z,001-01-1,5,,", "bad_time"),
    ("1585638000,001-01-1,5,,", "bad_time"),
    ("2020-03-31T07:00:00,001-01-1,5,,", "time_without_offset"),
    ("2020-03-31T07:30:00Z,001-01-1,5,,", "interval_not_aligned"),
    ("2020-03-31T07:00:30Z,001-01-1,5,,", "interval_not_aligned"),
    ("2020-03-31T07:10:00Z,001-01-1,5,15,", "interval_not_aligned"),
    (f"{HOUR},001-01-99,5,,", "unknown_cell"),
    (f"{HOUR},001-1-1,5,,", "unknown_cell"),
    (f"{HOUR},,5,,", "unknown_cell"),
    (f"{HOUR},001-01-1,5,,nusa", "unknown_cell"),
    (f"{HOUR},001-01-1,-1,,", "negative_count"),
    (f"{HOUR},001-01-1,0.5,,", "fractional_count"),
    (f"{HOUR},001-01-1,many,,", "not_a_count"),
    (f"{HOUR},001-01-1,>5,,", "not_a_count"),
    (f"{HOUR},001-01-1,nan,,", "not_a_count"),
    (f"{HOUR},001-01-1,1 000,,", "not_a_count"),
    (f"{HOUR},001-01-1,50001,,", "implausible_count"),
    (f"{HOUR},001-01-1,1e300,,", "implausible_count"),
    (f"{HOUR},001-01-1,1e999,,", "implausible_count"),
    ("2020-04-01T01:00:00Z,001-01-1,5,,", "future_interval"),
    ("9999-12-31T23:00:00Z,001-01-1,5,,", "future_interval"),
    (f"{HOUR},001-01-1,5,0,", "bad_interval_minutes"),
    (f"{HOUR},001-01-1,5,-60,", "bad_interval_minutes"),
    (f"{HOUR},001-01-1,5,7,", "bad_interval_minutes"),
    (f"{HOUR},001-01-1,5,2880,", "bad_interval_minutes"),
    (f"{HOUR},001-01-1,5,hour,", "bad_interval_minutes"),
    (f"{HOUR},001-01-2,5,,", "unclear_operator"),
    (f"{HOUR},001-01-1", "broken_line"),
    (f"{HOUR},001-01-1,5,,,one field more", "broken_line"),
    (f'{HOUR},"001-01"-1,5,,', "broken_line"),
    (f"{HOUR},001-01-1\udcff,5,,", "broken_line"),
    (f"{HOUR},001-01-1,5,,\udcc3(", "broken_line"),
]


@pytest.fixture(scope="module")
def make_claimed_desk(make_desk):
    """Desks where the cell 001-01-2 stands in the plans of two operators."""

    claimed = make_desk()
    claimed.plan("nusa", cells=[2])
    return lambda: make_desk(claimed)


def _file(lines):
    return "\n".join([HEADER, *lines, ""]).encode(errors="surrogateescape")


def _set_aside(report):
    if report.quarantine is None:
        return []
    with report.quarantine.open(newline="") as stream:
        return [(int(row["row_number"]), row["reason"]) for row in csv.DictReader(stream)]


@pytest.mark.parametrize(("line", "reason"), BAD)
def test_a_row_that_does_not_fit_is_set_aside_with_its_reason_and_the_good_one_stays(make_claimed_desk, line, reason):
    desk = make_claimed_desk()
    report = desk.load_one(_file([line, GOOD]))
    assert (report.verdict, report.rows_in, report.rows_kept) == ("accepted", 2, 1)
    assert report.rows_quarantined == {reason: 1}
    assert _set_aside(report) == [(1, reason)]
    assert desk.devices() == {("31 07:00", "001-01-12"): 5}


def test_the_tests_know_every_reason():
    told = {reason for _, reason in BAD} | {"conflicting_duplicate"}
    assert len(told) == 13


@settings(max_examples=20, deadline=None)
@given(rows=st.lists(st.sampled_from([*BAD, (GOOD, None), (GOOD, None)]), min_size=1, max_size=40))
def test_every_row_is_kept_or_set_aside_under_its_number(make_claimed_desk, rows):
    report = make_claimed_desk().load_one(_file(line for line, _ in rows))
    expected = [(number, reason) for number, (_, reason) in enumerate(rows, start=1) if reason]
    assert _set_aside(report) == expected
    assert report.rows_quarantined == Counter(reason for _, reason in expected)
    assert report.rows_in == len(rows)
    assert report.rows_in == report.rows_kept + sum(report.rows_quarantined.values())


STRAY = [f'{HOUR},001-01-1,"5,,', f'{HOUR},001-01-2,5,"60,alun', f'{HOUR},001-01-3,5",,', f'"{HOUR},001-01-4,5,,']


@settings(max_examples=15, deadline=None)
@given(rows=st.lists(st.sampled_from([*STRAY, "good", "good", "good"]), min_size=2, max_size=20))
def test_a_stray_quote_never_swallows_the_rows_behind_it(make_desk, rows):
    lines = [f"{HOUR},001-01-{n % 8 + 5},{n % 8 + 5},," if row == "good" else row for n, row in enumerate(rows)]
    desk = make_desk()
    desk.load_one(_file(lines))
    good = {n % 8 + 5 for n, row in enumerate(rows) if row == "good"}
    assert desk.devices().items() >= {(("31 07:00", f"001-01-{n}"), n) for n in good}


def test_a_row_that_stands_twice_is_kept_once(desk):
    row = (HOUR, "001-01-1", 5)
    report = desk.load_one([row, row, (HOUR, "001-01-1", "5.0"), (HOUR, "001-01-2", "<5"), (HOUR, "001-01-2", "<5")])
    assert (report.rows_kept, report.rows_quarantined) == (5, {})
    assert desk.devices() == {("31 07:00", "001-01-1"): 5, ("31 07:00", "001-01-2"): None}


@pytest.mark.parametrize("other", ["6", "", "<5"])
def test_contradicting_rows_of_a_cell_are_all_set_aside(desk, other):
    report = desk.load_one([(HOUR, "001-01-1", 5), (HOUR, "001-01-1", other), (HOUR, "001-01-2", 7)])
    assert _set_aside(report) == [(1, "conflicting_duplicate"), (2, "conflicting_duplicate")]
    assert desk.devices() == {("31 07:00", "001-01-2"): 7}


def test_contradictions_between_files_of_one_delivery_are_set_aside_in_both(desk):
    first = desk.write([(HOUR, "001-01-1", 5), (HOUR, "001-01-2", 7)], name="first.csv")
    second = desk.write([(HOUR, "001-01-1", 6), (HOUR, "001-01-3", 8)], name="second.csv")
    loaded = desk.load(first, second)
    assert [dict(file.rows_quarantined) for file in loaded.files] == [{"conflicting_duplicate": 1}] * 2
    assert desk.devices() == {("31 07:00", "001-01-2"): 7, ("31 07:00", "001-01-3"): 8}


def test_the_highest_plausible_count_is_a_setting(desk):
    report = desk.load_one([(HOUR, "001-01-1", 10), (HOUR, "001-01-2", 11)], max_devices=10)
    assert report.rows_quarantined == {"implausible_count": 1}
    assert desk.devices() == {("31 07:00", "001-01-1"): 10}


def test_an_interval_that_begins_now_is_no_future_one(desk):
    report = desk.load_one([("2020-04-01T00:00:00Z", "001-01-1", 5)])
    assert (report.rows_kept, report.rows_quarantined) == (1, {})


def test_a_local_day_is_aligned_where_its_offset_says_so(desk):
    header = "interval_start,cell_id,devices,interval_minutes"
    row = "2020-03-30T00:00:00+07:00,001-01-1,5,1440"
    report = desk.load_one(
        f"{header}\n{row}\n2020-03-30T00:00:00Z,001-01-2,5,1440\n2020-03-30T17:00:00Z,001-01-3,5,1440"
    )
    assert _set_aside(report) == [(3, "interval_not_aligned")]


def test_the_quarantine_holds_the_row_as_it_was_written(desk):
    report = desk.load_one(_file([f'{HOUR},001-01-99,"1,5",,', GOOD]))
    row = pl.read_csv(report.quarantine, infer_schema=False).row(0, named=True)
    assert row == {
        "row_number": "1",
        "reason": "unknown_cell",
        "interval_start": HOUR,
        "cell_id": "001-01-99",
        "devices": "1,5",
        "line": None,
    }


def test_the_quarantine_masks_numbers_long_enough_to_name_a_subscriber(desk):
    number = "5" * 14
    report = desk.load_one([(HOUR, number, 5), (HOUR, "001-01-1", 5), (HOUR, f"x{number}", 5, "one field too many")])
    text = report.quarantine.read_text()
    assert number not in text
    assert text.count("(digits masked)") == 2


def test_row_numbers_are_those_of_the_file_also_in_one_of_many_row_groups(desk):
    count = 40_000
    bad = set(range(0, count, 997))
    cells = [f"001-01-{n % 12 + 1}" if n not in bad else f"row {n + 1}" for n in range(count)]
    frame = pl.DataFrame({"interval_start": [HOUR] * count, "cell_id": cells, "devices": [5] * count})
    path = desk.write(b"", name="counts.parquet")
    frame.write_parquet(path, row_group_size=1000)
    report = desk.load(path).files[0]
    rows = pl.read_csv(report.quarantine, infer_schema=False)
    assert rows["cell_id"].to_list() == ("row " + rows["row_number"]).to_list()
    assert len(rows) == len(bad)


@pytest.mark.parametrize("name", ["h" * 240 + ".csv", "é" * 120 + ".csv"])
def test_a_name_as_long_as_a_name_can_be_still_has_a_quarantine(desk, name):
    report = desk.load_one(_file([BAD[0][0], GOOD]), name=name)
    assert _set_aside(report) == [(1, "bad_time")]
