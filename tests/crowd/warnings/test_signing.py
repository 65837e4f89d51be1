import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowd.warnings.signing import BadSignatureError, check_signature, read_secret, sign
from lake.errors import RefusedInputError

GATEWAY_PAGE = Path(__file__).parents[3] / "docs" / "gateway.md"
OLD, NEW = b"o" * 32, b"n" * 40
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SIGNED = {"timestamp": int(NOW.timestamp()), "method": "POST", "path": "/lists?to=alun", "body": b'{"a":1}'}


def check(secrets=(NEW,), now=NOW, **changes):
    given = SIGNED | {"signature": sign(NEW, **SIGNED)} | changes
    check_signature(secrets, now=now, **given | {"timestamp": str(given["timestamp"])})


def write_secret(tmp_path, content, mode=0o600):
    path = tmp_path / "alun.secret"
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_it_is_the_hmac_that_openssl_makes():
    # printf '1772366400.POST./lists.{}' | openssl dgst -sha256 -hmac kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk
    signature = sign(b"k" * 32, timestamp=1772366400, method="POST", path="/lists", body=b"{}")
    assert signature == "v1=857d5c24c2e84fb6eb9cad7d2bb6baa6612985ace24bad8fd7e2d2ca158174e0"


def test_what_was_signed_is_taken():
    check()


@pytest.mark.parametrize("secrets", [(OLD, NEW), (NEW, OLD)])
def test_while_secrets_change_either_signs(secrets):
    check(secrets)


@given(
    changes=st.fixed_dictionaries(
        {},
        optional={
            "timestamp": st.integers(SIGNED["timestamp"] - 300, SIGNED["timestamp"] + 300),
            "method": st.sampled_from(["POST", "GET", "PUT"]),
            "path": st.sampled_from(["/lists", "/lists?to=alun", "/lists?to=nusa"]),
            "body": st.sampled_from([b'{"a":1}', b'{"a":2}', b"", b'{"a":1} ']),
        },
    )
)
def test_nothing_that_was_signed_may_change(changes):
    if SIGNED | changes == SIGNED:
        check(**changes)
    else:
        with pytest.raises(BadSignatureError, match="does not fit"):
            check(**changes)


def test_another_secret_does_not_do():
    with pytest.raises(BadSignatureError, match="does not fit"):
        check((OLD,))


def test_a_piece_of_the_body_cannot_pass_for_a_piece_of_the_path():
    moved = sign(NEW, **SIGNED | {"path": "/lists", "body": b'{"a":1.{"b":2}}'})
    with pytest.raises(BadSignatureError, match="does not fit"):
        check(path='/lists.{"a":1', body=b'{"b":2}}', signature=moved)


@pytest.mark.parametrize("seconds", [-300, 300])
def test_a_clock_may_be_five_minutes_off(seconds):
    check(now=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_signature_of_another_time_is_refused(seconds):
    with pytest.raises(BadSignatureError, match="clocks"):
        check(now=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("timestamp", ["", "-5", "1e9", "١٢٣", "9" * 400])
def test_a_time_that_is_none_is_refused(timestamp):
    with pytest.raises(BadSignatureError, match="Unix time"):
        check(timestamp=timestamp)


@pytest.mark.parametrize("signature", ["", "v1=", "v1=é", "v2=" + "0" * 64])
def test_a_signature_that_is_none_is_refused(signature):
    with pytest.raises(BadSignatureError, match="does not fit"):
        check(signature=signature)


def test_the_first_line_of_the_file_signs_and_both_check(tmp_path):
    assert read_secret(write_secret(tmp_path, NEW + b"\r\n" + OLD + b"\n")) == (NEW, OLD)


@pytest.mark.parametrize("content", [b"", b"\n", b"s" * 31, NEW + b"\nshort", b"\n".join([NEW] * 3)])
def test_an_unfit_secret_is_refused_without_a_word_of_it(tmp_path, content):
    with pytest.raises(RefusedInputError) as refusal:
        read_secret(write_secret(tmp_path, content))
    assert not any(line.decode() in str(refusal.value) for line in content.split())


def test_a_missing_secret_is_refused(tmp_path):
    with pytest.raises(RefusedInputError, match="No such file"):
        read_secret(tmp_path / "none")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_secret_that_others_can_read_is_refused(tmp_path, mode):
    path = write_secret(tmp_path, NEW, mode)
    with pytest.raises(RefusedInputError, match=f"chmod 600 {path}"):
        read_secret(path)


def test_the_example_for_engineers_is_right():
    page = GATEWAY_PAGE.read_text(encoding="utf-8")
    printed = r"printf '%s' '(\d+)\.([A-Z]+)\.(/[^{]*)\.({.*})?' \|\s+openssl .* -hmac (\S+)\s+([0-9a-f]{64})"
    examples = re.findall(printed, page)
    assert len(examples) == 2
    for timestamp, method, path, body, secret, digest in examples:
        signed = sign(secret.encode(), timestamp=int(timestamp), method=method, path=path, body=body.encode())
        assert signed == f"v1={digest}"
