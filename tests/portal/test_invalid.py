"""What does not fit is told in words that people use."""

import pytest
from portal_accounts import open_site


@pytest.fixture
def site(tmp_path):
    with open_site(tmp_path / "home") as site:
        site.add("kepala", role="admin")
        yield site


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/api/hours", "'start' is missing: give it"),
        (
            "/api/cells?at=2020-03-31T12:00:00Z&box=here",
            "'box' is not written as it should be: west,south,east,north in degrees, such as 106.7,-6.4,107.0,-6.1",
        ),
        ("/api/trail?most=many", "'most' must be a whole number"),
    ],
)
def test_an_address_that_does_not_fit_is_told_in_plain_words(site, path, told):
    assert site.signed_in("kepala").get(path).json()["error"] == told


def test_a_token_that_may_read_nothing_is_refused_in_plain_words(site):
    given = {"name": "mesin", "scopes": [], "days": 7}
    answer = site.signed_in("kepala").post("/api/tokens", json=given)
    assert (answer.status_code, answer.json()["error"]) == (422, "'scopes' needs at least 1")


def test_a_token_is_told_which_scope_it_lacks(site):
    headers = {"Authorization": f"Bearer {site.token('map', name='mesin')}"}
    machine = site.browser()
    said = [machine.get(path, headers=headers).json()["error"] for path in ("/api/warnings", "/api/events")]
    assert said == [
        "this takes a token with the scope warnings: it has map",
        "only people who are signed in may ask this, no token",
    ]
