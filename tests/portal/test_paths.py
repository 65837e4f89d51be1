"""Tricks with paths: nothing outside the built page is a file, and no other spelling of a route is one."""

import pytest
from portal_accounts import open_site

TRICKS = [
    "/../secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e/secret.txt",
    "/%2e%2e%2fsecret.txt",
    "/%252e%252e%252fsecret.txt",
    "/..%5csecret.txt",
    "/assets/..%2f..%2fsecret.txt",
    "/assets/%2e%2e/%2e%2e/secret.txt",
    "//secret.txt",
    "/%2fetc%2fpasswd",
    "//etc/passwd",
    "/assets/link.txt",
    "/....//secret.txt",
    "/secret.txt",
    "/" + "a" * 5000,
    "/%ff%fe",
]


@pytest.fixture
def site(tmp_path, monkeypatch):
    page = tmp_path / "page"
    (page / "assets").mkdir(parents=True)
    (page / "index.html").write_text("<p>the page</p>")
    (page / "assets" / "page.js").write_text("1")
    (tmp_path / "secret.txt").write_text("secret")
    (page / "assets" / "link.txt").symlink_to(tmp_path / "secret.txt")
    monkeypatch.setattr("portal.pages.page_folder", lambda: page)
    with open_site(tmp_path / "home") as site:
        site.add("kepala", role="admin")
        yield site


@pytest.mark.parametrize("path", TRICKS)
def test_no_file_outside_the_page_is_given_away(site, path):
    answer = site.browser().get(f"http://localhost:8078{path}")
    assert answer.status_code in {307, 400, 404}
    assert "secret" not in answer.text
    assert "root:" not in answer.text


def test_the_page_itself_is_given_to_everybody(site):
    assert site.browser().get("/").text == "<p>the page</p>"
    assert site.browser().get("/assets/page.js").text == "1"


@pytest.mark.parametrize(
    "path",
    ["//api/accounts", "/api//accounts", "/API/accounts", "/api/accounts/", "/api%2faccounts", "/x/../api/accounts"],
)
def test_another_spelling_of_a_route_is_no_way_past_the_door(site, path):
    assert site.browser().get(f"http://localhost:8078{path}").status_code in {307, 401, 404}
    assert "kepala" not in site.browser().get(f"http://localhost:8078{path}", follow_redirects=True).text


@pytest.mark.parametrize("login", ["..%2ftokens", "%2e%2e%2ftokens", "a%2fb", "..%2f..%2fsession"])
def test_an_encoded_slash_is_part_of_no_login(site, login):
    admin = site.signed_in("kepala")
    answer = admin.patch(f"http://localhost:8078/api/accounts/{login}", json={"role": "viewer"})
    assert answer.status_code in {404, 405}
