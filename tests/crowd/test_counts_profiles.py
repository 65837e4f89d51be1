"""Files of other makers, read as their profile says, give the lake that our own format gives."""

import pytest

from lake.profile import load_profile, make_profile

EXPECTED = {("31 07:00", "001-01-1"): 5, ("31 07:30", "001-01-12"): None}

FOREIGN = "WAKTU|nomor|Pelanggan aktif\n31/03/2020 14.00|1|5\n31/03/2020 14.30|12|<3\n"
PROFILE = """
timezone = "Asia/Jakarta"
time_format = "%d/%m/%Y %H.%M"
interval_minutes = 30
delimiter = "|"
cell_id_template = "001-01-{nomor}"
operator = "Alun"

[columns]
interval_start = "waktu"
devices = "PELANGGAN AKTIF"
"""


def test_a_foreign_file_is_read_as_its_profile_says(desk, tmp_path):
    (tmp_path / "alun.toml").write_text(PROFILE)
    desk.load(desk.write(FOREIGN), **load_profile(tmp_path / "alun.toml"))
    assert desk.devices() == EXPECTED
    rows = desk.stage()
    assert rows["interval_minutes"].to_list() == [30, 30]
    assert rows["suppressed_below"].to_list() == [None, 3]


@pytest.mark.parametrize(
    ("time_format", "timezone", "texts"),
    [
        (None, "Asia/Jakarta", ("2020-03-31T14:00", "2020-03-31 14:30:00")),
        (None, "Asia/Jayapura", ("2020-03-31T16:00", "2020-03-31T07:30Z")),
        ("%d.%m.%y %H:%M", "Asia/Makassar", ("31.03.20 15:00", "31.03.20 15:30")),
        ("%Y%m%d%H%M", "UTC", ("202003310700", "202003310730")),
        ("%d/%m/%Y %H:%M %z", None, ("31/03/2020 14:00 +0700", "31/03/2020 15:30 +08:00")),
        ("%d/%m/%Y %H:%M %z", "Asia/Jakarta", ("31/03/2020 14:00 +0700", "31/03/2020 15:30 +08:00")),
        ("unix", None, ("1585638000", "1585639800")),
        ("unix", None, ("1585638000.0", "1.5856398e9")),
        ("unix_ms", "Asia/Jakarta", ("1585638000000", "1585639800000")),
    ],
)
def test_times_of_every_kind_become_the_same_instants(desk, time_format, timezone, texts):
    rows = [(texts[0], "001-01-1", 5), (texts[1], "001-01-12", "")]
    report = desk.load_one(rows, time_format=time_format, timezone=timezone, interval_minutes=30)
    assert report.rows_quarantined == {}
    assert desk.devices() == EXPECTED


@pytest.mark.parametrize(
    ("time_format", "text"),
    [
        ("unix", "9223372036854775807"),
        ("unix", "-9223372036854775808"),
        ("unix", "1585638000000"),
        ("unix", "99999999999999999999"),
        ("unix_ms", "9223372036854775807"),
        ("unix_ms", "1585638000"),
        ("unix_ms", "2020-03-31T07:00:00Z"),
        ("%d/%m/%Y %H:%M", "31/02/2020 07:00"),
        ("%d/%m/%Y %H:%M", "2020-03-31T07:00:00Z"),
        ("%d/%m/%Y %H:%M %z", "31/03/2020 07:00"),
    ],
)
def test_one_time_out_of_range_costs_one_row_and_not_the_file(desk, time_format, text):
    good = {"unix": "1585638000", "unix_ms": "1585638000000", "%d/%m/%Y %H:%M": "31/03/2020 07:00"}
    rows = [(text, "001-01-1", 5), (good.get(time_format, "31/03/2020 07:00 +0000"), "001-01-2", 6)]
    report = desk.load_one(rows, time_format=time_format, timezone="UTC")
    assert report.rows_quarantined == {"bad_time": 1}
    assert desk.devices() == {("31 07:00", "001-01-2"): 6}


def test_a_format_without_offset_needs_a_timezone(desk):
    report = desk.load_one([("31/03/2020 07:00", "001-01-1", 5)], time_format="%d/%m/%Y %H:%M")
    assert report.rows_quarantined == {"time_without_offset": 1}


def test_local_days_given_as_unix_times_are_aligned_in_their_timezone(desk):
    midnight_in_jakarta = 1585501200
    rows = [(midnight_in_jakarta, "001-01-1", 5), (midnight_in_jakarta + 7 * 3600, "001-01-2", 6)]
    report = desk.load_one(rows, time_format="unix", timezone="Asia/Jakarta", interval_minutes=1440)
    assert report.rows_quarantined == {"interval_not_aligned": 1}
    assert desk.devices() == {("29 17:00", "001-01-1"): 5}


def test_what_the_file_says_goes_before_what_the_profile_says(desk):
    desk.plan("nusa", network="001-02")
    content = (
        "interval_start,cell_id,devices,interval_minutes,operator\n"
        "2020-03-31T07:15:00+00:00,001-02-1,5,15,nusa\n"
        "2020-03-31T07:30:00,001-01-1,6,,\n"
    )
    desk.load_one(content, operator="alun", interval_minutes=30, timezone="UTC")
    rows = desk.stage().select("operator", "interval_minutes", "devices").rows()
    assert sorted(rows) == [("alun", 30, 6), ("nusa", 15, 5)]


@pytest.mark.parametrize(
    ("template", "columns", "values"),
    [
        ("001-01-{ci}", "ci", "7"),
        ("001-01-{CI}", "Ci", " 7 "),
        ("001-{net:02}-{ci}", "net,ci", "1,7"),
        ("{mcc:03}-{net:02}-{ci}", "mcc,net,ci", "1,01,7"),
        ("{plmn}-{ci}", "plmn,ci", "001-01,7"),
    ],
)
def test_a_cell_id_is_put_together_from_columns(desk, template, columns, values):
    content = f"interval_start,devices,{columns}\n2020-03-31T07:00:00Z,5,{values}\n"
    assert desk.load_one(content, cell_id_template=template).rows_quarantined == {}
    assert desk.devices() == {("31 07:00", "001-01-7"): 5}


def test_a_row_with_a_hole_in_its_template_is_set_aside(desk):
    content = "interval_start,devices,net,ci\n2020-03-31T07:00:00Z,5,,7\n2020-03-31T07:00:00Z,5,1,7\n"
    report = desk.load_one(content, cell_id_template="001-{net:02}-{ci}")
    assert report.rows_quarantined == {"unknown_cell": 1}


@pytest.mark.parametrize(
    ("profile", "named"),
    [
        ({"columns": {"cell_id": "bs_id"}}, "'bs_id'"),
        ({"cell_id_template": "001-01-{eci}"}, "'eci'"),
        ({"delimiter": ";"}, "interval_start"),
    ],
)
def test_a_profile_that_does_not_fit_the_file_is_told_with_the_columns_there_are(desk, profile, named):
    report = desk.load_one([("2020-03-31T07:00:00Z", "001-01-1", 5)], **profile)
    assert report.verdict == "refused"
    assert named in report.reason
    assert "cell_id" in report.reason


def test_profiles_that_read_alike_have_one_fingerprint_and_others_do_not():
    plain = make_profile({}, source="test")
    same = make_profile({"timezone": None}, source="test")
    other = make_profile({"timezone": "Asia/Jakarta"}, source="test")
    assert plain.fingerprint() == same.fingerprint() != other.fingerprint()
