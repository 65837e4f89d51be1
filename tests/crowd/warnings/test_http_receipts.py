import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowd.warnings.channels.http_receipts import read_receipt
from crowd.warnings.channels.receipt import BadReceiptError
from crowd.warnings.signing import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign

SECRETS = (b"n" * 40, b"o" * 40)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PATH = "/receipts/alun"
RECEIPT = {"idempotency_key": "w-0002.1.http.alun", "status": "delivered"}


def read(content, *, secret=SECRETS[0], path=PATH, now=NOW, signed=None, upper=False):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    timestamp = int(NOW.timestamp())
    value = sign(secret, timestamp=timestamp, method="POST", path=PATH, body=body if signed is None else signed)
    headers = {TIMESTAMP_HEADER: str(timestamp), SIGNATURE_HEADER: value}
    headers = {name.upper() if upper else name.lower(): text for name, text in headers.items()}
    return read_receipt(SECRETS, method="POST", path=path, headers=headers, body=body, now=now)


def refusal(content, **how):
    with pytest.raises(BadReceiptError) as error:
        read(content, **how)
    return error.value


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("accepted", "accepted"),
        ("delivered", "delivered"),
        ("rejected", "failed"),
        ("failed", "failed"),
        ("expired", "failed"),
    ],
)
def test_a_signed_receipt_tells_what_became_of_a_list(status, outcome):
    more = {"message": "7 SMS, first to +99900000001", "recipients": 7, "at": "2026-03-01T18:59:00+07:00"}
    receipt = read(RECEIPT | {"status": status} | more)
    assert (receipt.key, receipt.outcome, receipt.recipients) == (RECEIPT["idempotency_key"], outcome, 7)
    assert receipt.said == "7 SMS, first to ***"
    assert receipt.at == NOW - timedelta(minutes=1)


def test_without_a_time_it_is_of_now():
    assert read(RECEIPT).at == NOW


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("upper", [True, False])
def test_either_secret_and_any_spelling_of_the_headers_do(secret, upper):
    assert read(RECEIPT, secret=secret, upper=upper).outcome == "delivered"


@pytest.mark.parametrize(
    "how", [{"secret": b"x" * 40}, {"path": "/receipts/nusa"}, {"now": NOW + timedelta(minutes=6)}, {"signed": b"{}"}]
)
def test_what_is_not_signed_for_here_and_now_is_refused(how):
    assert refusal(RECEIPT, **how).status == 403


def test_no_headers_are_no_signature():
    with pytest.raises(BadReceiptError) as error:
        read_receipt(SECRETS, method="POST", path=PATH, headers={}, body=b"{}", now=NOW)
    assert error.value.status == 403


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b"[" * 60_000,
        RECEIPT | {"status": "absent"},
        RECEIPT | {"status": 1},
        RECEIPT | {"idempotency_key": ""},
        RECEIPT | {"idempotency_key": 7},
        RECEIPT | {"at": "yesterday"},
        RECEIPT | {"at": 5},
        RECEIPT | {"at": "2026-03-01T12:00:00"},
        RECEIPT | {"at": "0001-01-01T00:00:00+23:00"},
        RECEIPT | {"recipients": -1},
        RECEIPT | {"recipients": True},
        RECEIPT | {"recipients": 10**12},
        RECEIPT | {"recipients": 1.5},
    ],
)
def test_what_is_no_receipt_is_refused(content):
    assert refusal(content).status == 400


def test_a_huge_receipt_is_refused_before_it_is_read():
    assert refusal(b"x" * 70_000).status == 413


@given(content=st.binary(max_size=200))
def test_no_bytes_break_it(content):
    assert refusal(content).status == 400
