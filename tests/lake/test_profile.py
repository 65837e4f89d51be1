import pytest

from lake.errors import RefusedInputError
from lake.profile import load_profile, make_profile, parse_columns


def _load(tmp_path, text):
    path = tmp_path / "alun.toml"
    path.write_text(text)
    return load_profile(path)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('timezone = "Asia/Atlantis"', "timezone"),
        ('timezone = ""', "timezone"),
        ("timezone = 7", "timezone"),
        ("interval_minutes = 7", "interval_minutes"),
        ("interval_minutes = 0", "interval_minutes"),
        ("interval_minutes = 2880", "interval_minutes"),
        ('interval_minutes = "hour"', "interval_minutes"),
        ('delimiter = ""', "delimiter"),
        ('delimiter = "::"', "delimiter"),
        ("delimiter = '\"'", "delimiter"),
        ('delimiter = "\\n"', "delimiter"),
        ('time_format = "%Q"', "time_format"),
        ('time_format = "%d/%m/%Y %"', "time_format"),
        ('time_format = "iso"', "time_format"),
        ('radio = "5G"', "radio"),
        ("operator = 7", "operator"),
        ('columns = "cell_id=bs"', "columns"),
        ("[columns]\ncell_id = 7", "columns.cell_id"),
        ('time_zone = "Asia/Jakarta"', "time_zone"),
    ],
)
def test_a_wrong_value_is_refused_with_its_file_and_key(tmp_path, text, key):
    with pytest.raises(RefusedInputError, match=rf"alun\.toml: '{key}' ") as refused:
        _load(tmp_path, text)
    assert "\n" not in str(refused.value)


def test_an_unknown_key_is_told_with_the_known_ones(tmp_path):
    with pytest.raises(RefusedInputError, match="use columns, timezone, time_format"):
        _load(tmp_path, 'tz = "Asia/Jakarta"')


def test_a_missing_profile_is_refused_with_its_path(tmp_path):
    with pytest.raises(RefusedInputError, match=r"lost\.toml"):
        load_profile(tmp_path / "lost.toml")


@pytest.mark.parametrize("content", [b"timezone = Asia/Jakarta", b"\xff\xfe", b"= 1"])
def test_a_profile_that_is_no_toml_is_refused(tmp_path, content):
    path = tmp_path / "alun.toml"
    path.write_bytes(content)
    with pytest.raises(RefusedInputError, match=r"alun\.toml is not TOML"):
        load_profile(path)


def test_a_profile_gives_only_what_it_says_so_that_the_command_line_can_say_the_rest(tmp_path):
    assert _load(tmp_path, 'timezone = "Asia/Makassar"') == {"timezone": "Asia/Makassar"}


def test_values_left_out_keep_their_defaults():
    assert make_profile({"timezone": None, "columns": {}}, source="test") == make_profile({}, source="test")


def test_columns_of_the_command_line_are_pairs():
    assert parse_columns("cell_id=bs id, devices = users,") == {"cell_id": "bs id", "devices": "users"}
    assert parse_columns("devices=a=b") == {"devices": "a=b"}


@pytest.mark.parametrize("text", ["cell_id", "cell_id=", "=bs_id", "cell_id=bs,devices"])
def test_columns_of_the_command_line_without_both_names_are_refused(text):
    with pytest.raises(RefusedInputError, match="ours=theirs"):
        parse_columns(text)
