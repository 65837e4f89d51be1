"""A file that carries anything like a subscriber identity is refused, and nothing of it is left anywhere.

Every identity here is put together when the test runs, from ranges that nobody owns: the Indonesian mobile prefix 810,
test network 001-01, device type 000000.
"""

import csv
import gzip
import hashlib
import io
import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

HOUR = "2020-03-31T07:00:00Z"
GOOD = (HOUR, "001-01-1", "5")
COLUMNS = ("interval_start", "cell_id", "devices")

PARTS = ("810", "000", "1234")
NUMBER = "".join(PARTS)
INTERNATIONAL, DOMESTIC = "62" + NUMBER, "0" + NUMBER
IMSI = "001" + "01" + "0123456789"
IMEI = "35" + "000000" + "0001234"
ICCID = "89" + "001" + "0" * 11 + "123"


def _wide(digits):
    return "".join(chr(ord("０") + int(digit)) for digit in digits)


def _arabic(digits):
    return "".join(chr(ord("٠") + int(digit)) for digit in digits)


def _hashed(name):
    return hashlib.new(name, INTERNATIONAL.encode()).hexdigest()


IDENTITIES = {
    "62…": INTERNATIONAL,
    "+62…": "+" + INTERNATIONAL,
    "0062…": "00" + INTERNATIONAL,
    "08…": DOMESTIC,
    "62 with blanks": " ".join(["62", *PARTS]),
    "62 with dashes": "-".join(["62", *PARTS]),
    "62 with dots": ".".join(["62", *PARTS]),
    "62 with no-break blanks": "\u00a0".join(["62", *PARTS]),
    "62 with narrow no-break blanks": "\u202f".join(["62", *PARTS]),
    "62 with no-break hyphens": "\u2011".join(["62", *PARTS]),
    "62 with invisible blanks": "\u200b".join(["62", *PARTS]),
    "(62) …": f"(62) {NUMBER}",
    "(+62) …": "(+62) " + "-".join(PARTS),
    "+62 (0) …": f"+62 (0) {NUMBER}",
    "08 with blanks": "0" + " ".join(PARTS),
    "08 with dashes": "0" + "-".join(PARTS),
    "08 with dots": "0" + ".".join(PARTS),
    "08 with no-break blanks": "0" + "\u00a0".join(PARTS),
    "(08…) …": f"(0{PARTS[0]}) {PARTS[1]}-{PARTS[2]}",
    "a spreadsheet's exponent": "6.28100001234E+11",
    "a spreadsheet's exponent with a comma": "6,28100001234E+11",
    "a spreadsheet's exponent, rounded": "6.281E+11",
    "a float": INTERNATIONAL + ".0",
    "a float with a comma": INTERNATIONAL + ",00",
    "a spreadsheet's apostrophe": "'" + INTERNATIONAL,
    "a spreadsheet's formula": f'="{INTERNATIONAL}"',
    "fullwidth digits": _wide(INTERNATIONAL),
    "fullwidth digits with plus": "＋" + _wide(INTERNATIONAL),
    "Arabic digits": _arabic(INTERNATIONAL),
    "within a sentence": f"called from {INTERNATIONAL}, twice",
    "within a link": f"https://example.org/{INTERNATIONAL}?text=hello",
    "of another country": "+" + "1" + " 555 010 " + "0000",
    "IMSI": IMSI,
    "IMSI within a sentence": f"SIM {IMSI} seen",
    "IMSI as SUPI": f"imsi-{IMSI}",
    "IMEI": IMEI,
    "IMEI with dashes": f"{IMEI[:2]}-{IMEI[2:8]}-{IMEI[8:14]}-{IMEI[14]}",
    "IMEI with blanks": f"{IMEI[:2]} {IMEI[2:8]} {IMEI[8:14]} {IMEI[14]}",
    "IMEISV": IMEI + "0",
    "IMEISV with dashes": f"{IMEI[:2]}-{IMEI[2:8]}-{IMEI[8:14]}-{IMEI[14]}0",
    "ICCID": ICCID,
    "ICCID of 20 digits": ICCID + "4",
    "ICCID in groups": " ".join(re.findall("....?", ICCID)),
    "MD5": _hashed("md5"),
    "MD5 in capitals": _hashed("md5").upper(),
    "MD5 with 0x": "0x" + _hashed("md5"),
    "MD5 within a sentence": f"id {_hashed('md5')} seen",
    "SHA-1": _hashed("sha1"),
    "SHA-256": _hashed("sha256"),
    "SHA-256 with its name": "sha256:" + _hashed("sha256"),
    "SHA-512": _hashed("sha512"),
    "e-mail": "nobody@example.org",
    "e-mail within a sentence": "write to <nobody@example.org> soon",
    "MAC with colons": "02:00:00:00:00:01",
    "MAC with dashes": "02-00-00-00-00-01",
}

DECOYS = {
    "Unix time in s": "1585638000",
    "Unix time in ms": "1585638000123",
    "Unix time in µs": "1585638000123456",
    "Unix time in ns": "1585638000123456789",
    "Unix time as a float": "1585638000123.0",
    "ISO time": "2020-03-31T07:00:00+07:00",
    "ISO time with fractions": "2020-03-31 07:00:00.123456",
    "compact ISO time": "20200331T070000",
    "digits of a time": "20200331070000",
    "Indonesian time": "08.11.2020 08.15.30",
    "range of times": "2020-08-11 07:00:00/2020-08-12 08:15:00",
    "longitude": "106.6281234567",
    "longitude of 15 decimals": "106." + "628" + "123456789012",
    "longitude with a comma": "106,6281234567",
    "latitude": "-6.0812345678901",
    "latitude near the equator": "-0.0812345678901",
    "coordinates": "-6.0812345678,106.6281234567",
    "point": "POINT (106.6281234567 -6.0812345678)",
    "polygon": "POLYGON ((106.6281234567 -6.0812345678, 106.62 -6.1, 0.062812345678 1, 106.6281234567 -6.0812345678))",
    "bytes of 12 digits": "734003200000",
    "bytes of 13 digits": "8796093022208",
    "bytes of 14 digits": "17592186044416",
    "bytes as a float": "17592186044416.0",
    "share": "0.6281234567890123",
    "small number": "6.281234567E-11",
    "canonical id of a cell": "001-01-12345678901",
    "canonical id of a GSM cell": "001-01-65535-65535",
    "hexagon": "8928308280fffff",
    "area code": "99.01.01.2001",
    "address": "Jl. Merdeka 62 blok 8, 0812",
    "version": "62.8.1",
    "IP address": "192.0.2.81",
    "UUID of a site": "00000000-0000-4000-8000-000000000062",
}

IDENTITY_COLUMNS = [
    *("msisdn", "MSISDN", "hashed_msisdn", "msisdn_sha256", "anonymisedMsisdn", "MSISDNs"),
    *("imsi", "IMSI", "imsi_hash", "imei", "IMEI", "IMEISV", "iccid", "SUPI", "TMSI", "mdn", "ｍｓｉｓｄｎ"),
    *("phone", "phoneNumber", "phone_number", "PhoneNo", "telephone", "no_telp", "nomor_telepon", "handphone"),
    *("no_hp", "NoHP", "no.hp", "NO HP", "nomor_hp", "hp", "no_ponsel"),
    *("subscriber_id", "SubscriberID", "customer_id", "user_id", "device_id", "id_pelanggan"),
    *("NIK", "no_ktp", "nik_ktp", "email", "e_mail", "EMail", "mac_address", "MACAddress"),
]
PLAIN_COLUMNS = [
    *("subscribers", "unique_subscribers", "subscriber_count", "customers", "users", "device_count", "sims"),
    *(
        "site_name",
        "machine",
        "macro",
        "nickel",
        "shp",
        "phi",
        "lat",
        "lon",
        "radio",
        "vendor",
        "operator_name",
        "note",
    ),
]


def _csv(*rows, columns=COLUMNS):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([columns, *rows])
    return text.getvalue()


def _assert_refused_without_a_trace(desk, report, *values):
    """The file is refused, and neither the error nor any file below the home holds one of the values."""
    assert report.verdict == "refused"
    assert "nothing of it was stored" in report.reason
    stored = {path: path.read_bytes() for path in desk.home.root.rglob("*") if path.is_file()}
    for value in values:
        assert value not in report.reason
        assert [path for path, content in stored.items() if value.encode() in content] == []
    assert not (desk.home.lake / "counts").exists()
    assert not desk.home.quarantine.exists()
    (record,) = desk.ledger()
    assert (record.verdict, record.sha256, record.rows_in) == ("refused", None, 0)
    assert record.reason == report.reason


@pytest.mark.parametrize("value", IDENTITIES.values(), ids=IDENTITIES)
def test_a_value_shaped_like_an_identity_is_refused_without_a_trace(desk, value):
    report = desk.load_one(_csv((*GOOD, "free text"), (*GOOD, value), columns=(*COLUMNS, "note")))
    assert "column 4" in report.reason
    _assert_refused_without_a_trace(desk, report, value, NUMBER)


@pytest.mark.parametrize("value", DECOYS.values(), ids=DECOYS)
def test_a_value_that_only_looks_long_passes(desk, value):
    report = desk.load_one(_csv((*GOOD, value), columns=(*COLUMNS, "note")))
    assert (report.verdict, report.reason) == ("accepted", None)
    assert desk.devices() == {("31 07:00", "001-01-1"): 5}


@pytest.mark.parametrize("column", IDENTITY_COLUMNS)
def test_a_column_named_after_an_identity_is_refused_whatever_it_holds(desk, column):
    report = desk.load_one(_csv((*GOOD, ""), columns=(*COLUMNS, column)))
    assert "column 4 is named after" in report.reason
    _assert_refused_without_a_trace(desk, report)


@pytest.mark.parametrize("column", PLAIN_COLUMNS)
def test_a_column_named_after_something_else_passes(desk, column):
    assert desk.load_one(_csv((*GOOD, "7"), columns=(*COLUMNS, column))).verdict == "accepted"


SEPARATORS = st.sampled_from(["", " ", "-", ".", "\u00a0", ") ", " - "])


@settings(max_examples=15, deadline=None)
@given(data=st.data(), prefix=st.sampled_from(["62", "+62", "0062", "(+62", "0"]))
def test_a_phone_number_is_seen_however_it_is_spaced(make_desk, data, prefix):
    groups = data.draw(st.sampled_from([PARTS, ("810", "0001", "234"), ("8100", "0012", "34"), ("81000012", "34")]))
    first = "" if prefix == "0" else data.draw(SEPARATORS)
    text = prefix + first + "".join(part + data.draw(SEPARATORS) for part in groups)
    desk = make_desk()
    report = desk.load_one(_csv((*GOOD, f"hp {text.strip()};"), columns=(*COLUMNS, "note")))
    _assert_refused_without_a_trace(desk, report, text, groups[-2] + groups[-1])


@pytest.mark.parametrize("value", [INTERNATIONAL, DOMESTIC, "0" + "811" + "0000000"[:6], "628" + "1" + "0" * 10])
@pytest.mark.parametrize("position", range(3))
def test_a_phone_number_is_seen_in_every_column_of_the_contract(desk, value, position):
    row = (*GOOD[:position], value, *GOOD[position + 1 :])
    _assert_refused_without_a_trace(desk, desk.load_one(_csv(GOOD, row)), value)


def test_a_phone_number_is_seen_in_the_column_that_a_profile_calls_cell_id(desk):
    content = _csv((HOUR, INTERNATIONAL, "5"), columns=("interval_start", "bs", "devices"))
    report = desk.load_one(content, columns={"cell_id": "bs"})
    _assert_refused_without_a_trace(desk, report, INTERNATIONAL)


def test_a_15_digit_cell_id_passes_in_the_column_cell_id_and_is_masked_where_unknown(desk):
    long_id = "001" + "01" + "0123456789"
    report = desk.load_one(_csv(GOOD, (HOUR, long_id, "5")))
    assert (report.verdict, dict(report.rows_quarantined)) == ("accepted", {"unknown_cell": 1})
    assert long_id not in report.quarantine.read_text()


@pytest.mark.parametrize("column", ["bs", "cell_number"])
def test_a_15_digit_cell_id_passes_in_the_columns_that_a_profile_calls_so(desk, column):
    content = _csv((HOUR, "1".zfill(15), "5"), columns=("interval_start", column, "devices"))
    assert "no row fits (1 unknown_cell)" in desk.load_one(content, columns={"cell_id": column}).reason


def test_only_the_columns_of_a_template_may_hold_15_digit_cell_ids(desk):
    columns = ("interval_start", "cell", "ce", "devices")
    report = desk.load_one(_csv((HOUR, "1", IMSI, "5"), columns=columns), cell_id_template="001-01-{cell}")
    _assert_refused_without_a_trace(desk, report, IMSI)


FRAMES = {
    "int64": pl.Series([0, int(INTERNATIONAL)]),
    "float64": pl.Series([0.5, float(INTERNATIONAL)]),
    "decimal": pl.Series(["0", INTERNATIONAL]).cast(pl.Decimal(20, 2)),
    "IMSI as int64": pl.Series([0, 510 * 10**12 + 123]),
    "IMSI as float64": pl.Series([0.5, 510e12 + 123]),
    "text": pl.Series(["", INTERNATIONAL]),
    "category": pl.Series(["", INTERNATIONAL], dtype=pl.Categorical),
    "list": pl.Series([[1], [int(INTERNATIONAL)]]),
    "struct": pl.Series([{"who": ""}, {"who": INTERNATIONAL}]),
    "binary": pl.Series([b"", INTERNATIONAL.encode()]),
}


@pytest.mark.parametrize("values", FRAMES.values(), ids=FRAMES)
def test_a_parquet_column_of_any_type_is_looked_at(desk, values):
    frame = pl.DataFrame([GOOD, GOOD], schema=COLUMNS, orient="row").with_columns(note=values)
    report = desk.load_one(frame, name="counts.parquet")
    assert "column 4" in report.reason
    _assert_refused_without_a_trace(desk, report, INTERNATIONAL)


@pytest.mark.parametrize("name", ["counts.csv", "counts.csv.gz"])
def test_the_last_of_fifty_thousand_rows_is_looked_at(desk, name):
    rows = "".join(f"{HOUR},001-01-{n % 12 + 1},{n % 12 + 1},\n" for n in range(50_000))
    content = f"{','.join(COLUMNS)},note\n{rows}{HOUR},001-01-1,2,{INTERNATIONAL}\n".encode()
    report = desk.load_one(gzip.compress(content, 1) if name.endswith("gz") else content, name=name)
    _assert_refused_without_a_trace(desk, report, INTERNATIONAL)


BROKEN = {
    "one field too many": f"{HOUR},001-01-1,5,{INTERNATIONAL}",
    "one field too many, as an exponent": f"{HOUR},001-01-1,5,6.28100001234E+11",
    "one field too many, hashed": f"{HOUR},001-01-1,5,{_hashed('md5')}",
    "one field too few": f"{HOUR},{DOMESTIC}",
    "a quote that never closes": f'{HOUR},001-01-1,"5 {INTERNATIONAL}',
    "text behind a quote": f'{HOUR},"001-01-1"{INTERNATIONAL},5',
    "bytes that are no UTF-8": f"{HOUR},001-01-1\udcff,{INTERNATIONAL}",
}


@pytest.mark.parametrize("line", BROKEN.values(), ids=BROKEN)
def test_a_broken_line_is_looked_at(desk, line):
    content = "\n".join([",".join(COLUMNS), ",".join(GOOD), line, ",".join(GOOD), ""])
    report = desk.load_one(content.encode(errors="surrogateescape"))
    _assert_refused_without_a_trace(desk, report, NUMBER, _hashed("md5"))


@pytest.mark.parametrize("value", [INTERNATIONAL, DOMESTIC, "+" + INTERNATIONAL, IMSI, _hashed("md5")])
def test_the_first_row_of_a_file_without_header_is_looked_at(desk, value):
    report = desk.load_one(_csv(GOOD, columns=(HOUR, "001-01-1", value)))
    assert "column 3" in report.reason
    _assert_refused_without_a_trace(desk, report, value)


UNREADABLE = {
    "UTF-16": _csv((*GOOD, INTERNATIONAL), columns=(*COLUMNS, "note")).encode("utf-16"),
    "a header of two equal names": f"devices,devices\n5,{INTERNATIONAL}\n".encode(),
    "a first row with an empty field for a header": f"{HOUR},001-01-1,,{INTERNATIONAL}\n".encode(),
    "gzip cut short": gzip.compress(_csv(*[(HOUR, INTERNATIONAL, n) for n in range(99)]).encode())[:-9],
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_could_not_be_looked_at_leaves_not_even_its_hash(desk, content):
    report = desk.load_one(content)
    assert report.verdict == "refused"
    digest = hashlib.sha256(content).hexdigest()
    stored = b"".join(path.read_bytes() for path in desk.home.root.rglob("*") if path.is_file())
    assert NUMBER not in report.reason
    assert NUMBER.encode() not in stored
    assert digest[:8].encode() not in stored


NAMES = [
    f"counts-{INTERNATIONAL}.csv",
    f"counts {'-'.join(['+62', *PARTS])}.csv",
    f"0{'-'.join(PARTS)}.csv",
    f"{IMSI}.csv",
    f"{INTERNATIONAL}.parquet",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("content", [_csv(GOOD, (HOUR, "x", "5")), _csv((HOUR, INTERNATIONAL, "5")), ""])
def test_a_number_in_the_name_of_a_file_is_not_repeated_anywhere(desk, name, content):
    report = desk.load_one(content, name=name)
    told = f"{report.name} {report.reason} {report.quarantine}"
    stored = [str(path) for path in desk.home.root.rglob("*")]
    stored += [path.read_bytes().decode(errors="replace") for path in desk.home.root.rglob("*") if path.is_file()]
    for text in (NUMBER, "-".join(PARTS), IMSI):
        assert text not in told
        assert [kept for kept in stored if text in kept] == []


def test_a_missing_file_with_a_number_in_its_name_is_not_repeated_either(desk, tmp_path):
    report = desk.load(tmp_path / f"{INTERNATIONAL}.csv").files[0]
    (record,) = desk.ledger()
    assert report.verdict == "refused"
    assert NUMBER not in f"{report} {record}"


def test_a_name_with_a_date_stays_readable(desk):
    name = "alun_2020-08-11_07-00-00.csv"
    assert desk.load_one(_csv(GOOD), name=name).name == name


def test_the_other_files_of_the_delivery_are_taken_in(desk):
    bad = desk.write(_csv((*GOOD, INTERNATIONAL), columns=(*COLUMNS, "note")), name="bad.csv")
    loaded = desk.load(bad, desk.write(_csv(GOOD), name="good.csv"))
    assert [file.verdict for file in loaded.files] == ["refused", "accepted"]
    assert desk.devices() == {("31 07:00", "001-01-1"): 5}


def test_a_refused_file_is_looked_at_anew_each_time_and_refused_again(desk):
    path = desk.write(_csv((*GOOD, INTERNATIONAL), columns=(*COLUMNS, "note")))
    assert [desk.load(path).files[0].verdict for _ in range(2)] == ["refused", "refused"]
    assert [record.sha256 for record in desk.ledger()] == [None, None]
