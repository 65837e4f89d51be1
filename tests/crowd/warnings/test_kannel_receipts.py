from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowd.warnings.channels.kannel_receipts import read_kannel_receipt, receipt_token, receipt_url
from crowd.warnings.channels.receipt import BadReceiptError, Receipt

NOW = datetime(2026, 3, 1, 12, 20, tzinfo=UTC)
SECRET, OLD_SECRET = b"a" * 32, b"b" * 32
KEY = "w-0002.1.kannel.regency-1"
KEYS = st.from_regex(r"[A-Za-z0-9._-]{1,60}", fullmatch=True)


def read(*, secrets=(SECRET,), key=KEY, token=None, status="1", reply=""):
    proof = receipt_token(SECRET, key) if token is None else token
    return read_kannel_receipt(secrets, key=key, token=proof, status=status, reply=reply, at=NOW)


@pytest.mark.parametrize(
    ("status", "outcome"), [("1", "delivered"), ("2", "failed"), ("4", "accepted"), ("8", "accepted"), ("16", "failed")]
)
def test_each_kind_of_receipt_means_its_outcome(status, outcome):
    assert read(status=status).outcome == outcome


def test_a_receipt_tells_the_key_and_when_it_came():
    assert read() == Receipt(key=KEY, outcome="delivered", said="delivered to the phone", at=NOW)


@pytest.mark.parametrize("status", ["", "0", "3", "-1", "1 ", "64", "%d", "\u0661", "1" * 50])
def test_a_kind_that_kannel_does_not_know_is_malformed(status):
    with pytest.raises(BadReceiptError) as error:
        read(status=status)
    assert error.value.status == 400


@given(KEYS, KEYS)
def test_a_token_opens_its_own_key_only(key, other):
    token = receipt_token(SECRET, key)
    assert read(key=key, token=token).key == key
    if other != key:
        with pytest.raises(BadReceiptError) as error:
            read(key=other, token=token)
        assert error.value.status == 403


@given(st.text(max_size=80))
def test_a_made_up_token_is_forged_whatever_it_is(token):
    with pytest.raises(BadReceiptError) as error:
        read(token=token)
    assert error.value.status == 403


@pytest.mark.parametrize("key", ["", "a/b", "a b", "a%62", "é", "a" * 201, "a\n"])
def test_a_key_that_cannot_be_ours_is_forged_even_with_its_token(key):
    with pytest.raises(BadReceiptError) as error:
        read(key=key)
    assert error.value.status == 403


def test_a_forged_receipt_is_told_as_forged_even_if_malformed_too():
    with pytest.raises(BadReceiptError) as error:
        read(token="0" * 64, status="x")
    assert error.value.status == 403


def test_receipts_of_the_secret_before_a_change_still_count():
    assert read(secrets=(OLD_SECRET, SECRET)).outcome == "delivered"


def test_without_a_secret_nothing_counts():
    with pytest.raises(BadReceiptError):
        read(secrets=())


def test_no_error_repeats_the_token_or_the_secret():
    with pytest.raises(BadReceiptError) as error:
        read(token="f" * 64)
    assert "ffff" not in error.value.reason
    assert "aaaa" not in error.value.reason


def test_of_what_the_centre_writes_only_codes_are_kept():
    reply = "id:17 sub:001 dlvrd:000 submit date:2603011215 stat:UNDELIV err:00B text:to +99900000001"
    assert read(status="2", reply=reply).said == "not delivered to the phone (stat:UNDELIV, err:00B)"


def test_the_code_of_a_rejection_is_kept():
    said = read(status="16", reply="NACK/0x0000000b/Invalid Destination Address +99900000001").said
    assert said == "rejected by the SMS centre, or dropped by Kannel when it expired (NACK/0x0000000b)"


@given(st.text(max_size=300))
def test_no_number_ever_comes_through(reply):
    assert "99900000001" not in read(reply=f"{reply}+99900000001{reply}").said


def test_the_address_is_complete_once_kannel_has_filled_it_in():
    url = receipt_url("https://warn.example/", key=KEY, secret=SECRET).replace("%d", "8").replace("%A", "ACK%2F")
    parts = urlsplit(url)
    assert parts.path == f"/receipts/kannel/{KEY}/{receipt_token(SECRET, KEY)}"
    assert parse_qs(parts.query) == {"status": ["8"], "reply": ["ACK/"]}


def test_percent_signs_of_the_own_address_are_doubled_for_kannel():
    assert receipt_url("http://localhost/a%20b", key=KEY, secret=SECRET).startswith("http://localhost/a%%20b/receipts/")
