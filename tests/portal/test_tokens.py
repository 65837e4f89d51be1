import pytest
from portal_accounts import open_site

SCOPES = ("map", "warnings", "downloads")


@pytest.fixture
def site(tmp_path, ledger_url):
    with open_site(tmp_path / "home", ledger_url=ledger_url) as site:
        site.add("kepala", role="admin")
        for scope in SCOPES:
            site.route(f"/api/of-{scope}", _answers(scope), methods=["GET", "POST"])
        site.route("/api/of-people", _answers(None))
        yield site


def _answers(scope):
    from typing import Annotated

    from fastapi import Depends

    from portal.access import Visitor, needs

    def answer(visitor: Annotated[Visitor, Depends(needs("viewer", scope=scope))]):
        return [visitor.login, visitor.name, visitor.role]

    return answer


def ask(site, path, token, **more):
    return site.browser().get(path, headers={"Authorization": f"Bearer {token}"}, **more)


@pytest.mark.parametrize("scope", SCOPES)
def test_a_token_opens_what_its_scope_says_and_nothing_else(site, scope):
    token = site.token(scope)
    codes = {each: ask(site, f"/api/of-{each}", token).status_code for each in (*SCOPES, "people")}
    assert codes == dict.fromkeys((*SCOPES, "people"), 403) | {scope: 200}
    assert ask(site, f"/api/of-{scope}", token).json() == ["token:display", "display", "viewer"]


@pytest.mark.parametrize("path", ["/api/accounts", "/api/tokens"])
def test_no_token_is_an_admin(site, path):
    assert ask(site, path, site.token(*SCOPES)).status_code == 403


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS"])
def test_a_token_only_reads(site, method):
    headers = {"Authorization": f"Bearer {site.token('map')}"}
    assert site.browser().request(method, "/api/of-map", headers=headers).status_code == 403


def test_a_token_and_a_session_do_not_come_together(site):
    browser = site.signed_in("kepala")
    assert browser.get("/api/of-map", headers={"Authorization": f"Bearer {site.token('map')}"}).status_code == 400


def test_a_token_stands_in_no_address_and_no_cookie(site):
    token = site.token("map")
    browser = site.browser()
    assert browser.get("/api/of-map", params={"token": token, "access_token": token}).status_code == 401
    browser.cookies.set("kerumun-session-8078", token)
    assert browser.get("/api/of-map").status_code == 401


@pytest.mark.parametrize("given", ["Bearer", "Bearer ", "Bearer kmn_", "Basic a2VwYWxhOng=", "kmn_x", "Bearer \xfc"])
def test_what_is_no_token_is_not_let_in(site, given):
    answer = site.browser().get("/api/session", headers={"Authorization": given.encode("latin-1")})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_a_token_ends(site):
    token = site.token("map", days=2)
    site.clock.move(hours=47)
    assert ask(site, "/api/of-map", token).status_code == 200
    site.clock.move(hours=1)
    assert ask(site, "/api/of-map", token).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"days": 366},
        {"days": 0},
        {"scopes": []},
        {"scopes": ["admin"]},
        {"name": "Bad Name"},
        {"name": ""},
        {"days": None},
    ],
)
def test_no_token_lasts_longer_than_a_year_or_may_more_than_there_is(site, change):
    given = {"name": "wall", "scopes": ["map"], "days": 365} | change
    assert site.signed_in("kepala").post("/api/tokens", json=given).status_code in {400, 422}


def test_an_admin_makes_lists_and_removes_tokens(site):
    admin = site.signed_in("kepala")
    made = admin.post("/api/tokens", json={"name": "wall", "scopes": ["warnings", "map"], "days": 365})
    assert made.status_code == 201
    token = made.json()["token"]
    assert token.startswith("kmn_")
    site.clock.move(minutes=5)
    assert ask(site, "/api/of-map", token).status_code == 200
    (listed,) = admin.get("/api/tokens").json()
    assert token not in str(listed)
    assert (listed["scopes"], listed["created_by"]) == (["map", "warnings"], "kepala")
    assert (listed["expires_at"], listed["last_used_at"]) == ("2021-04-01T00:00:00Z", "2020-04-01T00:05:00Z")
    assert admin.post("/api/tokens", json={"name": "wall", "scopes": ["map"], "days": 1}).status_code == 400
    assert admin.delete(f"/api/tokens/{listed['id']}").status_code == 204
    assert ask(site, "/api/of-map", token).status_code == 401
    assert admin.delete(f"/api/tokens/{listed['id']}").status_code == 404


def test_tokens_of_who_is_shut_out_hold_no_more(site):
    site.add("wakil", role="admin")
    token = site.token("map", by="wakil")
    site.signed_in("kepala").patch("/api/accounts/wakil", json={"is_disabled": True})
    assert ask(site, "/api/of-map", token).status_code == 401


def test_a_token_is_nobody_s_session(site):
    assert not ask(site, "/api/session", site.token("map")).json()["signed_in"]
