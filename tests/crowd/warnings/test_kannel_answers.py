"""What the channel makes of answers, told by a stand-in for smsbox that says what the test wants."""

import logging
import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from made_officers import NUMBER, PASSWORD, SECRETS, make_officer
from made_warnings import make_outgoing

from crowd.warnings.channels.kannel import KannelChannel
from crowd.warnings.options import KannelOptions
from lake.errors import RefusedInputError

NOW = datetime(2026, 3, 1, 12, 20, tzinfo=UTC)


def make_channel(url, *, officer=None, lookup=None, max_segments=2, password=PASSWORD, **changes):
    options = {
        "url": url,
        "username": "kerumun",
        "password_file": "kannel.password",
        "sender": "Kerumun",
        "receipts_url": "http://localhost:1",
        "secret_file": "kannel.secret",
        "timeout_s": 1,
    } | changes
    someone = officer or make_officer()
    return KannelChannel(
        KannelOptions(**options),
        password=password,
        secrets=SECRETS,
        officer=lookup or {someone.id: someone}.get,
        max_segments=max_segments,
        clock=lambda: NOW,
    )


def make_sms(**changes):
    return make_outgoing(**{"key": "w-0002.1.kannel.regency-1", "recipient": "regency-1"} | changes)


class Smsbox:
    """Answers every request alike, and keeps them."""

    def __init__(self, status, words):
        self.status, self.words = status, words
        self.requests = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/cgi-bin/sendsms"


@contextmanager
def smsbox(status=202, words="0: Accepted for delivery"):
    box = Smsbox(status, words)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            box.requests.append((self.path, dict(self.headers), body))
            self.send_response(box.status)
            self.end_headers()
            self.wfile.write(box.words.encode())

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield box
        finally:
            server.shutdown()


@contextmanager
def listener(answer):
    """A port on which each connection is handed to `answer`, after the request came."""

    def serve():
        while True:
            try:
                line, _ = held.accept()
            except OSError:
                return
            with line:
                line.recv(65536)
                answer(line)

    with socket.create_server(("127.0.0.1", 0)) as held:
        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{held.getsockname()[1]}/cgi-bin/sendsms"


@pytest.mark.parametrize(
    ("status", "words", "outcome"),
    [
        (202, "0: Accepted for delivery", "accepted"),
        (202, "3: Queued for later delivery", "accepted"),
        (202, "Sent.", "accepted"),
        (503, "Temporal failure, try again later.", "later"),
        (429, "", "later"),
        (403, "Authorization failed for sendsms", "failed"),
        (403, "Not routable. Do not try again.", "later"),
        (400, "Missing receiver number, rejected", "failed"),
        (404, "Unknown request.", "failed"),
        (301, "", "failed"),
        (500, "Sending failed.", "unknown"),
        (502, "Bad gateway", "unknown"),
        (200, "It works!", "unknown"),
    ],
)
def test_each_answer_has_its_outcome(status, words, outcome):
    with smsbox(status, words) as box:
        assert make_channel(box.url).send(make_sms()).outcome == outcome


@pytest.mark.parametrize(
    ("words", "advice"),
    [("Authorization failed for sendsms", "password_file"), ("Not routable. Do not try again.", "start-smsc")],
)
def test_the_two_meanings_of_403_have_advice_of_their_own(words, advice):
    with smsbox(403, words) as box:
        assert advice in make_channel(box.url).send(make_sms()).what_to_do


def test_an_answer_given_before_kannel_stored_is_accepted_with_advice():
    with smsbox(202, "Sent.") as box:
        assert "immediate-sendsms-reply" in make_channel(box.url).send(make_sms()).what_to_do


def test_number_password_and_token_are_in_no_address():
    with smsbox() as box:
        make_channel(box.url).send(make_sms())
    (path, headers, _) = box.requests[0]
    assert path == "/cgi-bin/sendsms"
    assert headers["X-Kannel-To"] == NUMBER
    assert headers["X-Kannel-Password"] == PASSWORD


def test_validity_ends_no_later_than_the_warning():
    with smsbox() as box:
        make_channel(box.url).send(make_sms(expires_at=NOW + timedelta(minutes=7, seconds=59)))
    assert box.requests[0][1]["X-Kannel-Validity"] == "7"


def test_officers_get_the_language_that_they_read():
    texts = {"en": "Stay away", "id": "Jauhi tempat itu"}
    with smsbox() as box:
        make_channel(box.url, officer=make_officer(language="id")).send(make_sms(texts=texts))
        make_channel(box.url, officer=make_officer(language="en")).send(make_sms(texts=texts))
        make_channel(box.url, officer=make_officer(language="en")).send(make_sms(texts={"id": "Jauhi"}))
    assert [body for _, _, body in box.requests] == [b"Jauhi tempat itu", b"Stay away", b"Jauhi"]


def test_a_connection_of_kannel_can_be_chosen():
    with smsbox() as box:
        make_channel(box.url, smsc="modem-1").send(make_sms())
        make_channel(box.url).send(make_sms())
    assert [headers.get("X-Kannel-SMSC") for _, headers, _ in box.requests] == ["modem-1", None]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"texts": {"en": ""}}, "empty"),
        ({"texts": {"en": " \n"}}, "empty"),
        ({"texts": {}}, "empty"),
        ({"texts": {"en": "a" * 307}}, "3 segments"),
        ({"texts": {"en": "\U0001f642" * 67}}, "3 segments"),
        ({"texts": {"en": "half \ud83d"}}, "half a character"),
        ({"expires_at": NOW + timedelta(seconds=59)}, "less than a minute"),
        ({"expires_at": NOW - timedelta(hours=1)}, "less than a minute"),
        ({"key": "w 1"}, "key"),
        ({"recipient": "nobody"}, "no officer nobody"),
    ],
)
def test_what_must_not_go_out_never_reaches_kannel(changes, said):
    with smsbox() as box:
        answer = make_channel(box.url).send(make_sms(**changes))
    assert answer.outcome == "failed"
    assert said in answer.said
    assert box.requests == []


def test_officers_that_cannot_be_read_just_now_mean_later_and_say_where():
    def refuse(_):
        raise RefusedInputError("duty_officers.csv, line 3: the id is missing")

    with smsbox() as box:
        answer = make_channel(box.url, lookup=refuse).send(make_sms())
    assert (answer.outcome, answer.what_to_do) == ("later", "duty_officers.csv, line 3: the id is missing")
    assert box.requests == []


def test_a_text_of_as_many_segments_as_allowed_goes_out():
    with smsbox() as box:
        assert make_channel(box.url).send(make_sms(texts={"en": "a" * 306})).outcome == "accepted"


def test_nobody_listening_means_later():
    with socket.create_server(("127.0.0.1", 0)) as held:
        url = f"http://127.0.0.1:{held.getsockname()[1]}/cgi-bin/sendsms"
    assert make_channel(url).send(make_sms()).outcome == "later"


def test_no_answer_in_time_means_unknown():
    with listener(lambda line: line.recv(1)) as url:
        answer = make_channel(url, timeout_s=0.3).send(make_sms())
    assert answer.outcome == "unknown"
    assert "regency-1" in answer.what_to_do


def test_a_line_cut_after_the_request_means_unknown():
    with listener(lambda _: None) as url:
        assert make_channel(url).send(make_sms()).outcome == "unknown"


def test_an_answer_that_is_no_http_means_unknown():
    with listener(lambda line: line.sendall(b"+OK ready\r\n\r\n")) as url:
        assert make_channel(url).send(make_sms()).outcome == "unknown"


@pytest.mark.parametrize("words", [f"to {NUMBER}", f"Denied receivers are: {NUMBER}\nx", NUMBER * 300])
def test_what_kannel_says_is_one_line_without_the_number(words):
    with smsbox(400, words) as box:
        said = make_channel(box.url).send(make_sms()).said
    assert NUMBER[1:] not in said
    assert "\n" not in said
    assert len(said) < 250


def test_nothing_secret_is_logged(caplog):
    caplog.set_level(logging.DEBUG)
    with smsbox() as box:
        channel = make_channel(box.url)
        channel.send(make_sms())
    assert NUMBER[1:] not in caplog.text
    assert PASSWORD not in caplog.text
    assert PASSWORD not in repr(channel)
    assert "/receipts/" not in caplog.text


@pytest.mark.parametrize(
    "changes",
    [
        {"password": "p\nX-Kannel-To: 1"},
        {"password": "pässword"},
        {"password": ""},
        {"username": "a\rb"},
        {"sender": "Kerumun\x00"},
        {"smsc": "a\nb"},
    ],
)
def test_settings_that_cannot_stand_in_a_header_are_refused_without_being_repeated(changes):
    with pytest.raises(RefusedInputError) as refusal:
        make_channel("http://localhost:1", **changes)
    value = next(iter(changes.values()))
    assert not value or value not in str(refusal.value)


def test_proxies_of_the_environment_are_not_used(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "")
    with smsbox() as box:
        assert make_channel(box.url).send(make_sms()).outcome == "accepted"


def test_kannel_cannot_be_asked_and_is_not():
    with smsbox() as box:
        answer = make_channel(box.url).ask(make_sms())
    assert answer.outcome == "unknown"
    assert "a receipt will tell" in answer.said
    assert box.requests == []
