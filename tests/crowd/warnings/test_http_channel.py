import logging
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest
from made_warnings import make_cells, make_outgoing
from reference_gateway import ReferenceGateway
from self_made_certificates import make_certificates

from crowd.warnings.channels.http import HttpChannel, retry_after_s
from lake.errors import RefusedInputError

SECRET = b"s" * 40
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = make_outgoing().key
PHONE = "+99900000001"


@pytest.fixture
def gateway(tmp_path):
    with ReferenceGateway(secrets=[SECRET], journal=tmp_path / "journal", hold_s=5) as running:
        yield running


@pytest.fixture
def open_channel(tmp_path, gateway):
    def open_it(*, url=None, secret=SECRET, timeout_s=2, **options):
        path = tmp_path / "secret"
        path.write_bytes(secret)
        path.chmod(0o600)
        return HttpChannel(url=url or gateway.url, secret_file=path, timeout_s=timeout_s, **options)

    return open_it


def told(gateway, channel, status, body=b"{}", **headers):
    """What a send comes to when the gateway answers so."""
    gateway.answers = status, {name.replace("_", "-"): value for name, value in headers.items()}, body
    return channel.send(make_outgoing())


def test_a_list_is_taken_once_under_its_key(gateway, open_channel):
    answer = open_channel().send(make_outgoing())
    assert (answer.outcome, answer.reference) == ("accepted", "ref-1")
    assert [line["key"] for line in gateway.accepted()] == [KEY]


def test_sent_again_it_is_accepted_and_taken_once(gateway, open_channel):
    channel = open_channel()
    first, second = channel.send(make_outgoing()), channel.send(make_outgoing())
    assert first.outcome == second.outcome == "accepted"
    assert first.reference == second.reference
    assert len(gateway.accepted()) == 1


@pytest.mark.parametrize(
    ("behaviour", "outcome", "taken"),
    [
        ("ok", "accepted", 1),
        ("slow", "accepted", 1),
        ("duplicate", "accepted", 1),
        ("timeout", "unknown", 1),
        ("dribble", "unknown", 1),
        ("drop", "unknown", 1),
        ("error500_accepted", "unknown", 1),
        ("garbage", "unknown", 1),
        ("error500", "unknown", 0),
        ("reset", "unknown", 0),
        ("busy", "later", 0),
        ("throttle", "later", 0),
        ("rejected", "failed", 0),
    ],
)
def test_no_answer_is_taken_for_more_than_it_says(gateway, open_channel, behaviour, outcome, taken):
    gateway.plan.append(behaviour)
    channel = open_channel(timeout_s=1)
    assert channel.send(make_outgoing()).outcome == outcome
    assert len(gateway.accepted()) == taken
    assert channel.ask(make_outgoing()).outcome == ("accepted" if taken else "absent")


@pytest.mark.parametrize("behaviour", ["timeout", "dribble"])
def test_a_gateway_cannot_hold_the_sender(gateway, open_channel, behaviour):
    gateway.plan.append(behaviour)
    start = perf_counter()
    open_channel(timeout_s=0.5).send(make_outgoing())
    assert perf_counter() - start < 2


def test_the_same_list_at_once_is_taken_once(gateway, open_channel):
    gateway.plan.extend(["slow", "slow"])
    channel = open_channel()
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(channel.send, [make_outgoing()] * 2))
    assert sorted(answer.outcome for answer in answers) == ["accepted", "unknown"]
    assert len(gateway.accepted()) == 1


def test_another_list_under_the_same_key_fails(open_channel):
    channel = open_channel()
    channel.send(make_outgoing())
    answer = channel.send(make_outgoing(cells=make_cells(count=4)))
    assert answer.outcome == "failed"
    assert "another list under the same key" in answer.what_to_do


def test_a_wrong_secret_fails_and_says_what_to_check(gateway, open_channel):
    answer = open_channel(secret=b"w" * 40).send(make_outgoing())
    assert answer.outcome == "failed"
    assert "secret" in answer.what_to_do
    assert gateway.accepted() == []


def test_a_clock_that_is_off_fails_and_says_so(open_channel):
    answer = open_channel(clock=lambda: datetime.now(UTC) - timedelta(minutes=10)).send(make_outgoing())
    assert answer.outcome == "failed"
    assert "clocks" in answer.said


def test_the_query_of_the_url_is_signed_too(gateway, open_channel):
    channel = open_channel(url=f"{gateway.url}?from=kerumun&x=%2F")
    assert channel.send(make_outgoing()).outcome == "accepted"
    assert channel.ask(make_outgoing()).outcome == "accepted"
    assert gateway.requests[-1][1] == f"/lists/{KEY}?from=kerumun&x=%2F"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 413, 415, 418, 422, 301, 307, 308])
def test_a_refusal_fails_and_says_what_to_do(gateway, open_channel, status):
    answer = told(gateway, open_channel(), status, Location="http://127.0.0.1:9/")
    assert answer.outcome == "failed"
    assert answer.what_to_do


@pytest.mark.parametrize("status", [302, 303, 409, 500, 501, 502, 504, 599])
def test_what_may_have_been_taken_is_unknown(gateway, open_channel, status):
    assert told(gateway, open_channel(), status).outcome == "unknown"


@pytest.mark.parametrize("status", [408, 425, 429, 503])
def test_a_busy_gateway_is_left_alone_as_long_as_it_asks(gateway, open_channel, status):
    answer = told(gateway, open_channel(), status, Retry_After="7")
    assert (answer.outcome, answer.retry_after_s) == ("later", 7)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("0", 0),
        ("120", 120),
        ("9" * 50, 86_400),
        ("Sun, 01 Mar 2026 12:00:30 GMT", 30),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("Sun, 01 Mar 2026 12:00:30 -0000", 30),
        ("-5", None),
        ("soon", None),
        ("٣", None),
    ],
)
def test_a_pause_is_read_as_seconds_or_a_date(value, seconds):
    assert retry_after_s(value, NOW) == seconds


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"ok",
        b"[]",
        b'{"status": "accepted"}',
        b'{"status": "accepted", "idempotency_key": "another"}',
        b'{"status": "absent", "idempotency_key": "KEY"}',
        b'{"status": ["accepted"], "idempotency_key": "KEY"}',
        b'{"idempotency_key": "KEY"}',
        b"[" * 60_000,
        b'{"status": "accepted", "idempotency_key": "KEY", "more": "' + b"x" * 200_000 + b'"}',
        b"\xff\xfe",
    ],
)
@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_a_success_that_does_not_name_the_list_is_unknown(gateway, open_channel, body, status):
    answer = told(gateway, open_channel(), status, body.replace(b"KEY", KEY.encode()) if status != 204 else b"")
    assert answer.outcome == "unknown"
    assert answer.said == f"answered {status} without saying that it took the list"


def test_an_answer_that_breaks_off_is_unknown(gateway, open_channel):
    body = b'{"status": "accepted", "idempotency_key": "' + KEY.encode()
    assert told(gateway, open_channel(timeout_s=0.5), 200, body, Content_Length="4000").outcome == "unknown"


def test_delivered_at_once_is_delivered(gateway, open_channel):
    body = f'{{"status": "delivered", "idempotency_key": "{KEY}", "reference": "a b"}}'.encode()
    answer = told(gateway, open_channel(), 200, body)
    assert (answer.outcome, answer.reference) == ("delivered", None)


def test_nobody_is_named_in_what_a_gateway_said(gateway, open_channel):
    words = f"no route\r\n\x1b[31mto {PHONE} or 9990 000-0001 <officer@example.org> {'x' * 500}"
    answer = told(gateway, open_channel(), 400, words.encode())
    assert answer.said.startswith("400 no route [31mto *** or *** ***@***")
    assert len(answer.said) == 200
    assert answer.said.isprintable()


def test_a_closed_port_is_tried_later(open_channel):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/lists"
        channel = open_channel(url=url)
        assert channel.send(make_outgoing()).outcome == "later"
        assert channel.ask(make_outgoing()).outcome == "unknown"


def test_a_name_that_nobody_has_is_tried_later(open_channel):
    assert open_channel(url="https://gateway.invalid/lists").send(make_outgoing()).outcome == "later"


def test_a_port_that_never_speaks_tls_is_tried_later(open_channel):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"https://127.0.0.1:{mute.getsockname()[1]}/lists"
        start = perf_counter()
        assert open_channel(url=url, timeout_s=0.5).send(make_outgoing()).outcome == "later"
        assert perf_counter() - start < 2


def test_a_proxy_variable_diverts_nothing(gateway, open_channel, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert open_channel().send(make_outgoing()).outcome == "accepted"
    assert len(gateway.accepted()) == 1


def test_a_redirect_is_not_followed(gateway, open_channel):
    told(gateway, open_channel(), 307, Location=f"{gateway.base}/elsewhere")
    assert [path for _, path, *_ in gateway.requests] == ["/lists"]


def test_no_address_is_logged(gateway, open_channel, caplog):
    with caplog.at_level(logging.INFO):
        open_channel(url=f"{gateway.url}?token=private").send(make_outgoing())
    assert "private" not in caplog.text


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return make_certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def tls_gateway(tmp_path, certificates):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.chain)
    with ReferenceGateway(secrets=[SECRET], journal=tmp_path / "journal-tls", tls=context) as running:
        yield running


def test_a_certificate_of_the_given_authority_is_trusted(tls_gateway, certificates, open_channel):
    assert open_channel(url=tls_gateway.url, ca_file=certificates.authority).send(make_outgoing()).outcome == "accepted"


def test_an_unknown_certificate_is_told_to_a_person_and_gets_nothing(tls_gateway, open_channel):
    answer = open_channel(url=tls_gateway.url).send(make_outgoing())
    assert answer.outcome == "later"
    assert "certificate" in answer.what_to_do
    assert tls_gateway.requests == []


def test_a_certificate_for_another_name_is_not_trusted(tls_gateway, certificates, open_channel):
    url = tls_gateway.url.replace("127.0.0.1", "localhost")
    answer = open_channel(url=url, ca_file=certificates.authority).send(make_outgoing())
    assert answer.outcome == "later"
    assert "certificate" in answer.what_to_do


def test_certificates_that_cannot_be_read_are_refused(tmp_path, open_channel):
    (tmp_path / "empty.pem").touch()
    for name in ("none.pem", "empty.pem"):
        with pytest.raises(RefusedInputError, match="ca_file"):
            open_channel(ca_file=tmp_path / name)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("accepted", "accepted"),
        ("delivered", "delivered"),
        ("failed", "failed"),
        ("rejected", "failed"),
        ("expired", "failed"),
    ],
)
def test_asked_the_gateway_tells_what_became_of_it(gateway, open_channel, status, outcome):
    channel = open_channel()
    channel.send(make_outgoing())
    gateway.settle(KEY, status, message="so it is")
    answer = channel.ask(make_outgoing())
    assert (answer.outcome, answer.said) == (outcome, "so it is")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, b"not found"),
        (404, b'{"status": "absent"}'),
        (404, b'{"status": "absent", "idempotency_key": "another"}'),
        (404, b'{"status": "accepted", "idempotency_key": "KEY"}'),
        (200, b'{"status": "absent", "idempotency_key": "KEY"}'),
        (200, b'{"status": "delivered", "idempotency_key": "another"}'),
        (202, b'{"status": "accepted", "idempotency_key": "KEY"}'),
        (410, b'{"status": "absent", "idempotency_key": "KEY"}'),
        (503, b""),
        (500, b""),
        (401, b""),
    ],
)
def test_only_a_clear_word_settles_a_question(gateway, open_channel, status, body):
    gateway.answers = status, {}, body.replace(b"KEY", KEY.encode())
    assert open_channel().ask(make_outgoing()).outcome == "unknown"


def test_a_gateway_that_was_killed_still_knows_what_it_took(tmp_path, open_channel):
    journal, outgoing = tmp_path / "kept", make_outgoing()
    with ReferenceGateway(secrets=[SECRET], journal=journal, plan=["drop"]) as before:
        assert open_channel(url=before.url).send(outgoing).outcome == "unknown"
    with journal.open("ab") as file:
        file.write(b'{"key": "torn')
    with ReferenceGateway(secrets=[SECRET], journal=journal) as after:
        channel = open_channel(url=after.url)
        assert channel.ask(outgoing).outcome == "accepted"
        assert channel.ask(replace(outgoing, key="another")).outcome == "absent"
        assert channel.send(outgoing).reference == "ref-1"
        assert len(after.accepted()) == 1
