import json
import logging
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from crowd.warnings.channels.kannel_receipts import receipt_token
from crowd.warnings.channels.receipt import BadReceiptError
from crowd.warnings.signing import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign
from lake.errors import RefusedInputError
from portal.receipts import MOST_BYTES, receipts_app
from portal.web_server import serving

NOW = datetime(2026, 3, 1, 12, 20, tzinfo=UTC)
KANNEL_SECRET, HTTP_SECRET = b"kannel-secret-" * 3, b"operator-secret-" * 3
KEY = "w-1.1.kannel.regency-1"


@pytest.fixture
def desk():
    """The application as it is served; `taken` are the receipts, `raises` is raised instead of taking one."""
    desk = SimpleNamespace(taken=[], raises=None)

    def take(receipt):
        if desk.raises:
            raise desk.raises
        desk.taken.append(receipt)

    app = receipts_app(
        take=take, http_secrets={"alun": (HTTP_SECRET,)}, kannel_secrets=(KANNEL_SECRET,), clock=lambda: NOW
    )
    with serving(app) as url, httpx.Client(base_url=url, trust_env=False) as client:
        desk.url, desk.client = url, client
        yield desk


def kannel_path(*, key=KEY, token=None, query="status=1&reply=x"):
    return f"/receipts/kannel/{key}/{token or receipt_token(KANNEL_SECRET, key)}?{query}"


def post_receipt(desk, words, *, operator="alun", secret=HTTP_SECRET, query=""):
    path = f"/receipts/http/{operator}{query}"
    body = words if isinstance(words, bytes) else json.dumps(words).encode()
    stamp = int(NOW.timestamp())
    signature = sign(secret, timestamp=stamp, method="POST", path=path, body=body)
    headers = {TIMESTAMP_HEADER: str(stamp), SIGNATURE_HEADER: signature}
    return desk.client.post(path, content=body, headers=headers)


GOOD = {"idempotency_key": "w-1.1.http.alun", "status": "delivered"}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_kannel_is_answered_200_the_only_success_it_knows(desk, method):
    assert desk.client.request(method, kannel_path()).status_code == 200
    assert [(receipt.key, receipt.outcome, receipt.at) for receipt in desk.taken] == [(KEY, "delivered", NOW)]


def test_an_operator_is_answered_204(desk):
    assert post_receipt(desk, GOOD).status_code == 204
    assert [(receipt.key, receipt.outcome) for receipt in desk.taken] == [("w-1.1.http.alun", "delivered")]


@pytest.mark.parametrize("key", ["w-1.1.http.nusa", "w-1.1.folder.alun", "w-1.1.kannel.alun", "http.alun"])
def test_an_operator_may_report_of_its_own_messages_alone(desk, key):
    assert post_receipt(desk, {**GOOD, "idempotency_key": key}).status_code == 403
    assert desk.taken == []


def test_a_query_is_part_of_what_an_operator_signs(desk):
    assert post_receipt(desk, GOOD, query="?part=1%20of%202").status_code == 204


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (kannel_path(token="0" * 64), 403),
        (kannel_path(token=receipt_token(HTTP_SECRET, KEY)), 403),
        (kannel_path(token=receipt_token(KANNEL_SECRET, "another")), 403),
        (kannel_path().replace("?", "%C3%A9?"), 403),
        (kannel_path(query="status=x"), 400),
        (kannel_path(query=""), 400),
        (kannel_path().replace(KEY, f"{KEY}/more"), 404),
        (f"/receipts/kannel/{KEY}", 404),
        ("/", 404),
    ],
)
def test_calls_that_kannel_did_not_make_are_refused(desk, path, status):
    assert desk.client.get(path).status_code == status
    assert desk.taken == []


def test_a_forged_operator_receipt_is_refused(desk):
    assert post_receipt(desk, GOOD, secret=KANNEL_SECRET).status_code == 403
    assert desk.taken == []


@pytest.mark.parametrize("words", [b"", b"{", b"[]", {"status": "delivered"}, {**GOOD, "status": "flying"}])
def test_a_malformed_operator_receipt_is_refused(desk, words):
    assert post_receipt(desk, words).status_code == 400


def test_an_operator_that_nobody_configured_is_not_found(desk):
    assert post_receipt(desk, GOOD, operator="bahari").status_code == 404


def test_a_body_over_the_bound_is_refused_and_not_read_to_its_end(desk):
    sent = 0

    def endless():
        nonlocal sent
        for _ in range(10_000):
            sent += MOST_BYTES
            yield b"x" * MOST_BYTES

    with suppress(httpx.TransportError):  # it may have closed while we were still sending
        assert desk.client.post("/receipts/http/alun", content=endless()).status_code == 413
    assert sent < 10_000 * MOST_BYTES
    assert desk.taken == []


def test_kannel_cannot_be_made_to_hold_a_large_body_either(desk):
    assert desk.client.post(kannel_path(), content=b"x" * (MOST_BYTES + 1)).status_code == 413
    assert desk.taken == []


@pytest.mark.parametrize("error", [OSError("disk full"), RuntimeError("secret of the ledger"), KeyError(KEY)])
def test_what_could_not_be_stored_is_answered_503_without_telling_why(desk, error):
    desk.raises = error
    kannel, operator = desk.client.get(kannel_path()), post_receipt(desk, GOOD)
    assert (kannel.status_code, operator.status_code) == (503, 503)
    assert "ledger" not in kannel.text + operator.text


def test_a_receipt_that_the_ledger_refuses_keeps_its_status(desk):
    desk.raises = BadReceiptError("nothing of that key was ever sent", 404)
    assert desk.client.get(kannel_path()).status_code == 404


def test_the_answer_comes_after_storing():
    stored = []

    def take(receipt):
        time.sleep(0.3)
        stored.append(receipt)

    app = receipts_app(take=take, http_secrets={}, kannel_secrets=(KANNEL_SECRET,), clock=lambda: NOW)
    with serving(app) as url:
        httpx.get(url + kannel_path(), trust_env=False)
        assert len(stored) == 1


def test_many_at_once_are_all_taken(desk):
    with ThreadPoolExecutor(8) as several:
        answers = list(several.map(lambda n: desk.client.get(kannel_path(key=f"w-{n}")).status_code, range(64)))
    assert set(answers) == {200}
    assert {receipt.key for receipt in desk.taken} == {f"w-{n}" for n in range(64)}


def test_nothing_secret_is_logged_or_answered(desk, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # of the test's own client
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    token = receipt_token(KANNEL_SECRET, KEY)
    bad = kannel_path(query="status=9&reply=%2B99900000001")
    answers = [desk.client.get(path) for path in (kannel_path(), bad, kannel_path(token="f" * 64))]
    out, err = capfd.readouterr()
    told = caplog.text + out + err + "".join(answer.text + str(answer.headers) for answer in answers)
    assert token not in told
    assert "f" * 64 not in told
    assert "99900000001" not in told
    assert "/receipts/" not in told


def test_a_body_that_never_ends_is_not_waited_for(desk, monkeypatch):
    monkeypatch.setattr("portal.receipts.BODY_S", 0.2)
    port = httpx.URL(desk.url).port
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall(b"POST /receipts/http/alun HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        assert line.recv(1000).startswith(b"HTTP/1.1 408 ")


def test_health_is_told_without_a_secret(desk):
    assert desk.client.get("/health").text == "ok\n"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_not_allowed(desk, method):
    assert desk.client.request(method, kannel_path()).status_code == 405
    assert desk.client.request(method, "/receipts/http/alun").status_code == 405


def test_a_port_in_use_is_said_at_once():
    with socket.create_server(("127.0.0.1", 0)) as held:
        app = receipts_app(take=print, http_secrets={}, kannel_secrets=())
        with (
            pytest.raises(RefusedInputError, match="cannot listen on"),
            serving(app, port=held.getsockname()[1]),
        ):
            pass


def test_the_package_says_that_it_is_typed():
    assert (Path(__file__).parents[2] / "portal" / "py.typed").exists()
