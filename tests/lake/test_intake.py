from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake.engine import Engine, connect
from lake.errors import RefusedInputError
from lake.files import SourceTable
from lake.intake import find_columns, ignored_columns, quarantine_path, slug, write_quarantine
from lake.profile import make_profile

TABLE = SourceTable(path=Path("counts.csv"), columns=("Interval_Start", "BS_ID", "note"), relation="", rejects=None)


def test_columns_are_found_whatever_their_case():
    profile = make_profile({"columns": {"cell_id": "bs_id"}}, source="test")
    found = find_columns(TABLE, profile, required=("interval_start", "cell_id"))
    assert (found["interval_start"], found["cell_id"]) == ("Interval_Start", "BS_ID")


def test_a_missing_column_is_told_with_the_columns_there_are_and_what_to_do():
    with pytest.raises(RefusedInputError, match=r"no column devices: .* BS_ID, note; .*--columns devices=THEIRS"):
        find_columns(TABLE, make_profile({}, source="test"), required=("interval_start", "devices"))


def test_a_mapped_column_that_is_not_there_is_told():
    profile = make_profile({"columns": {"devices": "users"}}, source="test")
    with pytest.raises(RefusedInputError, match="no column 'users', which was to be read as devices"):
        find_columns(TABLE, profile, required=())


def test_columns_that_no_contract_knows_are_ignored():
    used = {"interval_start": "Interval_Start", "cell_id": "BS_ID", "note": "note"}
    assert ignored_columns(TABLE, used, contract=("interval_start", "cell_id")) == ["note"]


@pytest.mark.parametrize(
    ("name", "spelled"),
    [("Alun", "alun"), (" Alun Nusa ", "alun-nusa"), ("../alun", "alun"), ("XL/Axis", "xl-axis"), ("3", "3"), ("", "")],
)
def test_an_operator_has_one_spelling(name, spelled):
    assert slug(name) == spelled


@given(st.text())
def test_no_operator_name_leaves_its_folder(name):
    assert not set(slug(name)) & set("/\\=% \x00")
    assert slug(name) not in {".", ".."}
    assert slug(slug(name)) == slug(name)


@given(st.text(st.characters(exclude_characters="/\x00", codec="utf-8"), min_size=1, max_size=250))
def test_the_name_of_a_quarantine_fits_the_file_system_and_stays_in_its_folder(home_of_names, name):
    path = quarantine_path(home_of_names, "counts", path=Path("/inbox") / name, sha256="0" * 64)
    assert path.parent == home_of_names.quarantine / "counts"
    assert len(f".{path.name}.draft".encode()) <= 255


@pytest.fixture(scope="module")
def home_of_names(make_desk):
    return make_desk().home


def test_a_quarantine_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "quarantine" / "bad.csv"
    failing = "select case when range > 5000 then error('disk full') else range::varchar end as line from range(6000)"
    with connect(Engine()) as connection:
        write_quarantine(connection, "select 1 as row_number", path=path)
        before = path.read_bytes()
        assert list(path.parent.iterdir()) == [path]
        with pytest.raises(Exception, match="disk full"):
            write_quarantine(connection, failing, path=path)
    assert path.read_bytes() == before
