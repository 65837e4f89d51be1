"""Tables that people give us are read as text, with nothing lost."""

import gzip
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.engine import Engine, connect, fetch_frame
from lake.errors import RefusedInputError
from lake.files import hash_file, open_table, safe_name


def _read(path, content=None, **options):
    """Rows and broken lines of a file: lists of tuples, row number first."""
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with connect(Engine()) as connection, open_table(connection, path, **options) as table:
        rows = fetch_frame(connection, f"select * from ({table.relation}) order by row_number").rows()
        return rows, fetch_frame(connection, f"select * from ({table.broken_lines()}) order by row_number").rows()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "table.csv"


def test_every_value_is_read_as_it_is_written(path):
    rows, broken = _read(path, "a,b\n007,1e3\n,NULL\n 2020-03-31 ,true\n")
    assert rows == [(1, "007", "1e3"), (2, None, "NULL"), (3, " 2020-03-31 ", "true")]
    assert broken == []


def test_lines_that_are_no_rows_are_kept_beside_the_table_under_their_number(path):
    rows, broken = _read(path, b"a,b\n1,2\n3\n4,5\n6,7,8\n9,\xff\n10,11\n")
    assert rows == [(1, "1", "2"), (2, "4", "5"), (3, "10", "11")]
    assert [number for number, _ in broken] == [2, 4, 5]
    assert [line for _, line in broken][:2] == ["3", "6,7,8"]


def test_the_likeliest_delimiter_of_the_header_is_taken(path):
    assert _read(path, "a;b,c;d\n1;2,3;4\n")[0] == [(1, "1", "2,3", "4")]


def test_a_given_delimiter_goes_before_the_likeliest(path):
    assert _read(path, "a;b,c;d\n1;2,3;4\n", delimiter=",")[0] == [(1, "1;2", "3;4")]


def test_parquet_is_read_as_text_with_its_row_numbers(tmp_path):
    path = tmp_path / "table"
    pl.DataFrame({"n": [1.5, None], "day": pl.Series(["2020-03-31", None]).str.to_date()}).write_parquet(path)
    assert _read(path) == ([(1, "1.5", "2020-03-31"), (2, None, None)], [])


@pytest.mark.parametrize("content", [b"", b"\n1,2\n", b"   \n", b"\xef\xbb\xbf"])
def test_a_file_without_header_line_is_refused(path, content):
    with pytest.raises(RefusedInputError, match="does not begin with a header line"):
        _read(path, content)


def test_a_first_line_without_end_is_refused(path):
    with pytest.raises(RefusedInputError, match="is it a table"):
        _read(path, b"x" * (1 << 20))


def test_a_compressed_file_with_rubbish_behind_it_is_refused_or_read_whole(path):
    content = gzip.compress(b"a,b\n1,2\n")
    with pytest.raises(RefusedInputError):
        _read(path, content + b"rubbish")


def test_the_sentence_of_a_refusal_repeats_nothing_that_is_in_the_file(path):
    with pytest.raises(RefusedInputError) as refused:
        _read(path, b"PAR1 secret PAR1")
    assert "secret" not in str(refused.value)


FIELD = st.text(st.characters(codec="utf-8", exclude_characters='\x00\r\n"'), max_size=6)


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.tuples(FIELD, FIELD, FIELD), min_size=1, max_size=6), end=st.sampled_from(["\n", "\r\n"]))
def test_what_is_written_with_quotes_is_read_back_whole(tmp_path_factory, rows, end):
    path = tmp_path_factory.mktemp("csv") / "table.csv"
    lines = ["a,b,c", *(",".join(f'"{field}"' for field in row) for row in rows)]
    read, broken = _read(path, end.join([*lines, ""]))
    assert [tuple(field or "" for field in row[1:]) for row in read] == rows
    assert broken == []


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(st.sampled_from(["1,2", "3,4", "5", "6,7,8", '9,"', '"10,11', '12"1,"13"', '"14","15"']), max_size=8)
)
def test_no_stray_quote_hides_a_good_row(tmp_path_factory, lines):
    path = tmp_path_factory.mktemp("csv") / "table.csv"
    rows, _ = _read(path, "\n".join(["a,b", *lines, ""]))
    good = [tuple(line.split(",")) for line in lines if line in {"1,2", "3,4"}]
    assert [row[1:] for row in rows if row[1:] in {("1", "2"), ("3", "4")}] == good


def test_a_hash_is_that_of_the_bytes(path):
    path.write_bytes(b"abc")
    assert hash_file(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize("name", ["lost.csv", "."])
def test_a_file_that_cannot_be_read_is_refused_with_its_path(tmp_path, name):
    with pytest.raises(RefusedInputError, match="cannot read"):
        hash_file(tmp_path / name)


@pytest.mark.parametrize(
    "name",
    [
        "counts_2020-03-31.csv",
        "alun_20200331_0700.csv.gz",
        "alun-20200331070000"[:13],
        "0811-2020.csv",
        "Jl. 62 no 8.csv",
    ],
)
def test_a_name_with_dates_is_told_as_it_is(name):
    assert safe_name(Path("/somewhere") / name) == name
