import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_officers import NUMBER, make_officer

from crowd.warnings.officers import load_officers, officers_for
from lake.errors import RefusedInputError

HEADER = "id,number,role,area_code,language"
GOOD = "regency-1,+99900000001,regency,99.01,en"


@pytest.fixture
def write(tmp_path):
    def write(*lines, mode=0o600):
        path = tmp_path / "duty_officers.csv"
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        path.chmod(mode)
        return path

    return write


def test_officers_are_read_in_the_order_of_the_file(write):
    path = write(HEADER, GOOD, "clinic.2,+99900000002,puskesmas,99.01.02,id")
    second = make_officer(id="clinic.2", number="+99900000002", role="puskesmas", area_code="99.01.02", language="id")
    assert load_officers(path) == (make_officer(), second)


def test_columns_may_stand_in_any_order_with_a_byte_order_mark_and_empty_lines(write):
    path = write("\ufefflanguage,role,id,area_code,number", "", "en,regency,regency-1,99.01,+99900000001", "")
    assert load_officers(path) == (make_officer(),)


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("regency-2,99900000001,regency,99.01,en", "a plus and 8 to 15 digits"),
        ("regency-2,+9990000,regency,99.01,en", "a plus and 8 to 15 digits"),
        ("regency-2,+9990000000000001,regency,99.01,en", "a plus and 8 to 15 digits"),
        ("regency-2,+09900000001,regency,99.01,en", "a plus and 8 to 15 digits"),
        ("regency-2,+999 0000 0001,regency,99.01,en", "a plus and 8 to 15 digits"),
        ("regency-2,+9990000000\u0661,regency,99.01,en", "a plus and 8 to 15 digits"),
        ("regency-2,,regency,99.01,en", "a plus and 8 to 15 digits"),
        ("regency-1,+99900000001,regency,99.01,en", "id regency-1 stands there twice"),
        ("Regency,+99900000001,regency,99.01,en", "the id must be"),
        (f"{'r' * 41},+99900000001,regency,99.01,en", "the id must be"),
        (",+99900000001,regency,99.01,en", "the id must be"),
        ("+99900000001,regency-2,regency,99.01,en", "the id must be"),
        ("regency-2,+99900000001,mayor,99.01,en", "the role must be one of regency, district, puskesmas, 112"),
        ("regency-2,+99900000001,+99900000001,99.01,en", "the role must be"),
        ("regency-2,+99900000001,regency,99.1,en", "the area_code must be"),
        ("regency-2,+99900000001,regency,,en", "the area_code must be"),
        ("regency-2,+99900000001,regency,+99900000001,en", "the area_code must be"),
        ("regency-2,+99900000001,regency,99.01,de", "the language must be one of id, en"),
        ("regency-2,+99900000001,regency,99.01,en,+99900000001", "more fields than the header"),
        ("regency-2,+99900000001,regency", "the area_code must be"),
    ],
)
def test_a_wrong_row_is_refused_by_file_and_line_without_any_number(write, row, what):
    path = write(HEADER, GOOD, row)
    with pytest.raises(RefusedInputError, match="line 3") as refusal:
        load_officers(path)
    said = str(refusal.value)
    assert str(path) in said
    assert what in said
    assert "999000" not in said.replace(str(path), "")


@pytest.mark.parametrize("header", ["id,number,role,area_code", "id;number;role;area_code;language", f"{HEADER},note"])
def test_a_header_that_is_not_ours_is_refused(write, header):
    with pytest.raises(RefusedInputError, match="line 1: the header"):
        load_officers(write(header, GOOD))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_file_that_others_may_open_is_refused_with_the_command_that_closes_it(write, mode):
    path = write(HEADER, GOOD, mode=mode)
    with pytest.raises(RefusedInputError, match=f"chmod 600 {path}"):
        load_officers(path)


def test_a_missing_file_is_refused_in_one_sentence(tmp_path):
    with pytest.raises(RefusedInputError, match="No such file"):
        load_officers(tmp_path / "duty_officers.csv")


def test_bytes_that_are_no_utf8_are_refused_without_being_repeated(tmp_path):
    path = tmp_path / "duty_officers.csv"
    path.write_bytes(f"{HEADER}\nregency-1,+99900000001\xff,regency,99.01,en\n".encode("latin-1"))
    path.chmod(0o600)
    with pytest.raises(RefusedInputError, match="UTF-8") as refusal:
        load_officers(path)
    assert "999000" not in str(refusal.value)


def test_an_area_is_covered_by_officers_of_itself_and_of_what_lies_around_it():
    areas = ("99", "99.01", "99.01.02", "99.01.02.1001", "99.02", "99.01.03", "98")
    officers = tuple(make_officer(id=code, area_code=code) for code in areas)
    assert [officer.id for officer in officers_for("99.01.02", officers)] == ["99", "99.01", "99.01.02"]


def test_codes_with_and_without_dots_mean_the_same():
    assert officers_for("9901021001", [make_officer(area_code="99.01")])
    assert officers_for("99.01.02", [make_officer(area_code="9901")])


def test_nobody_is_warned_where_the_area_is_not_known():
    assert officers_for(None, [make_officer()]) == ()


@given(st.from_regex(r"\+[1-9][0-9]{7,14}", fullmatch=True))
def test_no_number_shows_in_a_repr(number):
    assert number[1:] not in repr(make_officer(number=number))


def test_the_made_up_number_is_one_that_nobody_owns():
    assert NUMBER.startswith("+999")
