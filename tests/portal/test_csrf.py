import pytest
from portal_accounts import ANOTHER, PASSWORD, open_site

CHANGES = [
    ("DELETE", "/api/session", None),
    ("POST", "/api/password", {"current": PASSWORD, "new": ANOTHER}),
    ("POST", "/api/accounts", {"login": "budi", "name": "Budi", "role": "admin"}),
    ("PATCH", "/api/accounts/rara", {"role": "admin"}),
    ("POST", "/api/session", {"login": "rara", "password": PASSWORD}),
]
OTHERS = ["https://evil.example", "null", "http://localhost:9999", "http://localhost:8078.evil.example", "http://[", ""]


@pytest.fixture
def site(tmp_path):
    with open_site(tmp_path / "home") as site:
        site.add("kepala", role="admin")
        site.add("rara")
        yield site


@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
@pytest.mark.parametrize("given", [None, "", "wrong", "ü".encode("latin-1")])
def test_nothing_changes_without_the_token_of_the_session(site, method, path, body, given):
    browser = site.signed_in("kepala")
    del browser.headers["X-CSRF-Token"]
    headers = {} if given is None else {"X-CSRF-Token": given}
    answer = browser.request(method, path, json=body, headers=headers)
    assert (answer.status_code, answer.json()["kind"]) == (403, "not_allowed")
    assert browser.get("/api/session").json()["signed_in"]


def test_the_token_of_another_session_does_not_do(site):
    browser, other = site.signed_in("kepala"), site.signed_in("kepala")
    browser.headers["X-CSRF-Token"] = other.headers["X-CSRF-Token"]
    assert browser.delete("/api/session").status_code == 403


@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
@pytest.mark.parametrize("origin", OTHERS)
def test_nothing_changes_from_other_pages_even_with_the_token(site, method, path, body, origin):
    answer = site.signed_in("kepala").request(method, path, json=body, headers={"Origin": origin})
    assert answer.status_code == 403


@pytest.mark.parametrize("where", ["cross-site", "same-site", "made-up"])
def test_nothing_changes_where_the_browser_says_it_comes_from_elsewhere(site, where):
    assert site.signed_in().delete("/api/session", headers={"Sec-Fetch-Site": where}).status_code == 403


@pytest.mark.parametrize("origin", OTHERS)
def test_nobody_is_signed_in_by_another_page(site, origin):
    browser = site.browser()
    body = {"login": "rara", "password": PASSWORD}
    assert browser.post("/api/session", json=body, headers={"Origin": origin}).status_code == 403
    assert not browser.cookies


def test_our_own_page_signs_in_and_out(site):
    browser = site.browser()
    own = {"Origin": "http://localhost:8078", "Sec-Fetch-Site": "same-origin"}
    answer = browser.post("/api/session", json={"login": "rara", "password": PASSWORD}, headers=own)
    assert answer.status_code == 200
    token = {"X-CSRF-Token": answer.json()["csrf"]}
    assert browser.delete("/api/session", headers=own | token).status_code == 200


@pytest.mark.parametrize("origin", ["http://peta.example.id", "https://peta.example.id:8443", "http://localhost:8078"])
def test_behind_a_proxy_only_the_address_of_the_setting_is_our_own_page(tmp_path, origin):
    with open_site(tmp_path / "home", base_url="https://peta.example.id") as site:
        site.add()
        browser = site.browser(base_url="https://peta.example.id")
        body = {"login": "rara", "password": PASSWORD}
        assert browser.post("/api/session", json=body, headers={"Origin": origin}).status_code == 403
        own = {"Origin": "https://peta.example.id"}
        assert browser.post("/api/session", json=body, headers=own).status_code == 200


def test_a_proxy_may_name_this_machine_as_the_host(tmp_path):
    with open_site(tmp_path / "home", base_url="https://peta.example.id") as site:
        site.add()
        browser = site.browser(base_url="http://127.0.0.1:8078")
        body = {"login": "rara", "password": PASSWORD}
        own = {"Origin": "https://peta.example.id"}
        assert browser.post("/api/session", json=body, headers=own).status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_form_of_another_page_is_not_taken_for_json(site, kind):
    content = '{"login": "rara", "password": "seven quiet rivers"}'
    answer = site.browser().post("/api/session", content=content, headers={"Content-Type": kind})
    assert answer.status_code == 415
