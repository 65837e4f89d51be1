import json

import pytest
from portal_accounts import open_site
from portal_visits import as_visitor
from starlette.responses import Response
from starlette.testclient import TestClient

STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
ANSWERS = {
    "an answer": ("GET", "/api/session", {}, 200),
    "nothing here": ("GET", "/api/nothing-here", {}, 404),
    "no such page": ("GET", "/nothing-here", {}, 404),
    "not signed in": ("GET", "/api/accounts", {}, 401),
    "another name": ("GET", "/api/session", {"headers": {"Host": "evil.example"}}, 400),
    "another page": ("DELETE", "/api/session", {"headers": {"Origin": "https://evil.example"}}, 403),
    "no JSON": ("POST", "/api/session", {"content": "x"}, 415),
    "broken JSON": ("POST", "/api/session", {"content": "{", "headers": {"Content-Type": "application/json"}}, 422),
    "too large": ("POST", "/api/session", {"json": "x" * 1_000_001}, 413),
    "a method that is none": ("PUT", "/api/session", {}, 405),
    "a wrong token": ("GET", "/api/session", {"headers": {"Authorization": "Bearer kmn_x"}}, 401),
    "a fault of ours": ("GET", "/api/fault", {}, 500),
}


@pytest.fixture
def site(tmp_path):
    with open_site(tmp_path / "home") as site:
        site.route("/api/fault", lambda: 1 / 0)
        yield site


@pytest.mark.parametrize(("method", "path", "sent", "status"), ANSWERS.values(), ids=ANSWERS)
def test_every_answer_carries_the_headers(site, method, path, sent, status):
    answer = site.browser().request(method, path, **sent)
    assert answer.status_code == status
    assert answer.headers["Content-Security-Policy"] == STRICT
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize(("method", "path", "sent", "status"), ANSWERS.values(), ids=ANSWERS)
def test_every_error_is_a_sentence_and_a_word(site, method, path, sent, status):
    answer = site.browser().request(method, path, **sent)
    if status >= 400:
        assert set(answer.json()) == {"error", "kind"}


def test_a_fault_of_ours_tells_nothing_of_itself(site):
    assert "division" not in site.browser().get("/api/fault").text


def test_nothing_of_the_interface_is_stored_unless_its_route_says_so(site):
    site.route("/api/kept", lambda: Response(headers={"Cache-Control": "private, no-cache"}))
    browser = site.browser()
    assert browser.get("/api/session").headers["Cache-Control"] == "no-store"
    assert browser.get("/api/kept").headers["Cache-Control"] == "private, no-cache"


def test_under_https_browsers_are_told_to_stay_there(tmp_path):
    with open_site(tmp_path / "home", base_url="https://peta.example.id") as site:
        answer = site.browser(base_url="https://peta.example.id").get("/api/session")
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_only_the_server_of_ones_own_map_style_is_let_in(tmp_path):
    style = "https://tiles.example.id:8443/styles/day.json?key=a;script-src%20*"
    with open_site(tmp_path / "home", basemap=style) as site:
        policy = site.browser().get("/api/session").headers["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["connect-src"] == "'self' https://tiles.example.id:8443"
    assert rules["img-src"] == "'self' data: blob: https://tiles.example.id:8443"
    assert rules["script-src"] == "'self'"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8078", "[::1]:8078", "LOCALHOST:1", "peta.example.id"])
def test_the_portal_answers_under_its_own_names(tmp_path, host):
    with open_site(tmp_path / "home", base_url="https://peta.example.id") as site:
        assert site.browser().get("/api/session", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "evil.example:8078",
        "a@localhost",
        "localhost/x",
        "localhost:x",
        "",
        "[",
    ],
)
def test_the_portal_answers_under_no_other_name(site, host):
    answer = site.browser().get("/api/session", headers={"Host": host})
    assert (answer.status_code, answer.json()["kind"]) == (400, "refused")


def test_the_address_that_it_listens_on_is_its_name(tmp_path):
    with open_site(tmp_path / "home", host="10.0.0.7") as site:
        assert site.browser().get("/api/session", headers={"Host": "10.0.0.7:8078"}).status_code == 200


def test_json_nests_only_so_deep(site):
    for depth, status in ((32, 422), (33, 400), (100_000, 400)):
        headers = {"Content-Type": "application/json"}
        answer = site.browser().post("/api/session", content="[" * depth + "]" * depth, headers=headers)
        assert answer.status_code == status


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
def test_characters_that_no_ledger_holds_are_refused(site, text):
    headers = {"Content-Type": "application/json"}
    content = json.dumps({"login": text, "password": "x"})
    assert site.browser().post("/api/session", content=content, headers=headers).status_code == 400


@pytest.mark.parametrize("path", ["/api/accounts/%00", "/%00", "/api/setup?token=%00"])
def test_an_address_holds_no_zero_byte(site, path):
    assert site.browser().get(path).status_code == 400


def test_a_large_body_is_refused_before_it_is_read_to_its_end(site):
    sent = []

    def pieces():
        for _ in range(100):
            sent.append(1)
            yield b"x" * 100_000

    answer = site.browser().post("/api/session", content=pieces(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_a_visitor_whom_a_wrapper_names_is_left_alone(site):
    with TestClient(as_visitor(site.app, role="admin", name="Rara"), base_url="http://testserver") as browser:
        assert browser.get("/api/session").json()["account"]["name"] == "Rara"
        assert browser.get("/api/accounts").json() == []
