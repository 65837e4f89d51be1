import csv
import json
from importlib.resources import files
from pathlib import Path

import pytest

from crowd.warnings.message import load_emergency_numbers, numbers_for
from lake.errors import RefusedInputError

HEADER = "regency_code,numbers,service,source,as_of\n"
SAMPLE = Path(__file__).parents[3] / "data" / "sample" / "areas.geojson"


@pytest.fixture
def table(tmp_path):
    def write(text):
        path = tmp_path / "emergency_numbers.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_every_shipped_number_has_an_address_or_is_of_the_sample_city():
    rows = load_emergency_numbers(None).values()
    assert rows
    for row in rows:
        assert row.source.startswith("https://") or (row.source == "sample" and row.regency_code.startswith("99."))


def test_shipped_rows_stand_in_order_of_their_codes():
    text = files("crowd.warnings.message").joinpath("emergency_numbers.csv").read_text(encoding="utf-8")
    codes = [row["regency_code"] for row in csv.DictReader(text.splitlines())]
    assert codes == sorted(set(codes))


def test_the_sample_city_has_a_number():
    areas = [area["properties"] for area in json.loads(SAMPLE.read_text(encoding="utf-8"))["features"]]
    regencies = [area["code"] for area in areas if area["level"] == "regency"]
    assert regencies
    numbers = load_emergency_numbers(None)
    assert all(numbers_for(code, numbers) for code in regencies)


@pytest.mark.parametrize("code", ["98.76", "", None])
def test_nothing_is_assumed_where_nothing_is_set(code):
    assert numbers_for(code, load_emergency_numbers(None)) == ""


def test_rows_of_the_installation_win_one_by_one(table):
    path = table(f"\ufeff{HEADER}\n99.01, 110 / 118 ,,Perbup 5/2026,2026-01-31\n98.01,0999123456,,letter,2026-02-01\n")
    numbers = load_emergency_numbers(path)
    assert numbers_for("99.01", numbers) == "110 / 118"
    assert numbers_for("98.01", numbers) == "0999123456"
    shipped = load_emergency_numbers(None)
    assert {code: row for code, row in numbers.items() if code not in {"99.01", "98.01"}} == {
        code: row for code, row in shipped.items() if code != "99.01"
    }


def test_the_table_of_an_installation_may_be_absent_or_bare(table, tmp_path):
    shipped = load_emergency_numbers(None)
    assert load_emergency_numbers(tmp_path / "absent.csv") == shipped
    assert load_emergency_numbers(table(HEADER)) == shipped


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("regency_code,numbers,phone,source,as_of\n", "line 1: 'phone' is no column"),
        ("regency_code;numbers;service;source;as_of\n", "line 1: .* is no column of this table: .* between commas"),
        ("regency_code,numbers,numbers,source,as_of\n", "line 1: column 'numbers' stands there twice"),
        (HEADER + "99.01,112,,,2026-01-01\n", "line 2: source is missing"),
        (HEADER + "99.01,112,,letter,\n", "line 2: as_of is missing"),
        ("regency_code,numbers\n99.01,112\n", "line 2: source is missing"),
        (HEADER + "99.01,,,letter,2026-01-01\n", "line 2: numbers is missing"),
        (HEADER + "99.1,112,,letter,2026-01-01\n", "line 2: regency_code: '99.1' is no code like 99.01"),
        (HEADER + "99.01.02,112,,letter,2026-01-01\n", "line 2: regency_code: .* is no code"),
        (HEADER + "99.01,112,,a,2026-01-01\n\n99.01,110,,a,2026-01-01\n", "line 4: regency 99.01 stands there twice"),
        (HEADER + "99.01,12,,letter,2026-01-01\n", "line 2: numbers: give numbers of 3 to 15 digits"),
        (HEADER + "99.01,1234567890123456,,letter,2026-01-01\n", "line 2: numbers: give numbers"),
        (HEADER + "99.01,112/118,,letter,2026-01-01\n", "line 2: numbers: give numbers"),
        (HEADER + "99.01,112 / ,,letter,2026-01-01\n", "line 2: numbers: give numbers"),
        (HEADER + "99.01,١١٢,,letter,2026-01-01\n", "line 2: numbers: give numbers"),
        (HEADER + "99.01,112,,letter,1767225600\n", "line 2: as_of: '1767225600' is no date"),
        (HEADER + "99.01,112,,letter,2026-02-30\n", "line 2: as_of: "),
        (HEADER + "99.01,112,,letter, no 5,2026-01-01\n", "line 2: the line has more fields than the header"),
        (HEADER + '99.01,112,,"letter,2026-01-01\n', "line 2 cannot be read as CSV"),
    ],
)
def test_what_does_not_fit_is_refused_with_file_line_and_what(table, text, said):
    path = table(text)
    with pytest.raises(RefusedInputError, match=f"^{path}, {said}"):
        load_emergency_numbers(path)


def test_a_table_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "emergency_numbers.csv"
    path.write_bytes(HEADER.encode("utf-16"))
    with pytest.raises(RefusedInputError, match="cannot be read as text in UTF-8"):
        load_emergency_numbers(path)
