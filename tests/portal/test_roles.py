"""Every route and every role. A route that is not in the table is one that nobody thought about: the test fails."""

import re

import pytest
from portal_accounts import open_site

from portal.options import ROLES

ANYONE = "anyone"
# The least role of each route, and the scope of a token that may ask; from the contract of the interface.
TABLE = {
    ("GET", "/api/openapi.json"): (ANYONE, None),
    ("GET", "/api/session"): (ANYONE, None),
    ("POST", "/api/session"): (ANYONE, None),
    ("DELETE", "/api/session"): (ANYONE, None),
    ("GET", "/api/setup"): (ANYONE, None),
    ("POST", "/api/setup"): (ANYONE, None),
    ("POST", "/api/password"): ("viewer", None),
    ("GET", "/api/oidc/start"): (ANYONE, None),
    ("GET", "/api/oidc/callback"): (ANYONE, None),
    ("GET", "/api/accounts"): ("admin", None),
    ("POST", "/api/accounts"): ("admin", None),
    ("PATCH", "/api/accounts/{login}"): ("admin", None),
    ("POST", "/api/accounts/{login}/link"): ("admin", None),
    ("GET", "/api/tokens"): ("admin", None),
    ("POST", "/api/tokens"): ("admin", None),
    ("DELETE", "/api/tokens/{token_id}"): ("admin", None),
    ("GET", "/api/status"): ("viewer", "map"),
    ("GET", "/api/hours"): ("viewer", "map"),
    ("GET", "/api/hexagons"): ("viewer", "map"),
    ("GET", "/api/hexagons/history"): ("viewer", "map"),
    ("GET", "/api/areas"): ("viewer", "map"),
    ("GET", "/api/areas/search"): ("viewer", "map"),
    ("GET", "/api/areas/{code}"): ("viewer", "map"),
    ("GET", "/api/gatherings"): ("viewer", "map"),
    ("GET", "/api/gatherings/outlines"): ("viewer", "map"),
    ("GET", "/api/gatherings/{gathering_id}"): ("viewer", "map"),
    ("POST", "/api/gatherings/{gathering_id}/read"): ("viewer", None),
    ("GET", "/api/cells"): ("viewer", "map"),
    ("GET", "/api/cells/{operator}/{cell_id}/footprint"): ("viewer", "map"),
    ("GET", "/api/warnings"): ("viewer", "warnings"),
    ("GET", "/api/warnings/{name}"): ("viewer", "warnings"),
    ("POST", "/api/warnings/{name}/preview"): ("analyst", None),
    ("POST", "/api/warnings/{name}/edit"): ("analyst", None),
    ("POST", "/api/warnings/{name}/approve"): ("approver", None),
    ("POST", "/api/warnings/{name}/reject"): ("approver", None),
    ("POST", "/api/warnings/{name}/cancel"): ("approver", None),
    ("POST", "/api/warnings/{name}/retract"): ("approver", None),
    ("GET", "/api/sending"): ("viewer", "warnings"),
    ("POST", "/api/sending/pause"): ("approver", None),
    ("POST", "/api/sending/resume"): ("approver", None),
    ("GET", "/api/outbox"): ("viewer", "warnings"),
    ("POST", "/api/outbox/{key}/retry"): ("approver", None),
    ("POST", "/api/outbox/{key}/resolve"): ("approver", None),
    ("GET", "/api/trail"): ("viewer", "warnings"),
    ("GET", "/api/events"): ("viewer", None),
    ("GET", "/api/downloads/density"): ("viewer", "downloads"),
    ("GET", "/api/downloads/gatherings"): ("viewer", "downloads"),
    ("GET", "/api/downloads/targets"): ("viewer", "downloads"),
    ("GET", "/api/reports"): ("viewer", "downloads"),
    ("GET", "/api/reports/weekly"): ("viewer", "downloads"),
}
TOKEN_SCOPES = ("map", "warnings", "downloads")
REFUSALS = {401, 403}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with open_site(tmp_path_factory.mktemp("roles") / "home") as site:
        for role in ROLES:
            site.add(role, role=role, name=f"Person {role}")
        yield site


def walk(routes, prefix=""):
    """Method and path of every route, also of routers within routers."""
    for route in routes:
        path = prefix + getattr(route, "path", "")
        inner = getattr(route, "routes", None)
        if inner:
            yield from walk(inner, path)
        for method in getattr(route, "methods", None) or ():
            if method not in {"HEAD", "OPTIONS"} and path.startswith("/api"):
                yield method, path


def plain(path):
    """A path whatever its parameters are called."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def spell(path):
    """A path that leads to nothing there is."""
    return re.sub(r"\{[^}]*\}", "nothing-there", path)


def test_every_route_is_in_the_table(site):
    described = {
        (method.upper(), plain(path)) for path, methods in site.app.openapi()["paths"].items() for method in methods
    }
    found = {(method, plain(path)) for method, path in walk(site.app.router.routes)}
    listed = {(method, plain(path)) for method, path in TABLE}
    assert found | described <= listed


def test_every_row_of_the_table_is_a_route(site):
    described = {(m.upper(), plain(path)) for path, methods in site.app.openapi()["paths"].items() for m in methods}
    missing = {(m, plain(path)) for m, path in TABLE} - described - {("GET", "/api/openapi.json")}
    assert missing == set()


@pytest.fixture(scope="module")
def visitors(site):
    """A browser for each role, one of nobody, and machines with one scope each."""
    browsers = {role: site.signed_in(role) for role in ROLES} | {"nobody": site.browser()}
    site.add("kepala", role="admin")
    for scope in TOKEN_SCOPES:
        browsers[scope] = site.browser()
        browsers[scope].headers["Authorization"] = f"Bearer {site.token(scope, name=scope)}"
    return browsers


ROWS = [(method, path, *row) for (method, path), row in TABLE.items() if row[0] != ANYONE and path != "/api/events"]
IDS = [f"{method} {path}" for method, path, *_ in ROWS]


def status_of(browser, method, path):
    # An empty body is refused by all that may ask, before anything happens.
    return browser.request(method, spell(path), json=None if method in {"GET", "DELETE"} else {}).status_code


@pytest.mark.parametrize(("method", "path", "least"), [row[:3] for row in ROWS], ids=IDS)
def test_each_route_lets_in_from_its_least_role_on(visitors, method, path, least):
    got = {role: status_of(visitors[role], method, path) for role in ROLES}
    may_not = {role for role in ROLES if ROLES.index(role) < ROLES.index(least)}
    assert {role for role, status in got.items() if status in REFUSALS} == may_not
    assert all(status < 500 for status in got.values())


@pytest.mark.parametrize(("method", "path"), [row[:2] for row in ROWS], ids=IDS)
def test_no_route_lets_in_who_is_not_signed_in(visitors, method, path):
    assert status_of(visitors["nobody"], method, path) == 401


@pytest.mark.parametrize(("method", "path", "scope"), [(*row[:2], row[3]) for row in ROWS], ids=IDS)
def test_each_route_lets_in_machines_with_its_scope_alone(visitors, method, path, scope):
    got = {each: status_of(visitors[each], method, path) for each in TOKEN_SCOPES}
    assert {each for each, status in got.items() if status not in REFUSALS} == ({scope} if scope else set())


@pytest.mark.parametrize("role", ["nobody", *TOKEN_SCOPES])
def test_the_stream_of_events_is_for_people(visitors, role):
    answer = visitors[role].get("/api/events")
    assert answer.status_code in REFUSALS
