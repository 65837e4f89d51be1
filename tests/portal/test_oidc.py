from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey
from oidc_provider import CLIENT_ID, SECRET, oidc_provider
from portal_accounts import Clock, open_site, sign_in

from crowd.warnings.listing import trail
from crowd.warnings.verify import verify
from lake.errors import RefusedInputError
from portal.options import OidcOptions
from portal.security.oidc import read_client_secret

FAILED = "/#refused=oidc_failed"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def provider(clock):
    with oidc_provider(clock) as provider:
        yield provider


@pytest.fixture
def make_site(tmp_path, provider, clock):
    """Opens a portal that knows the provider, with one admin."""
    from contextlib import ExitStack

    with ExitStack() as open_ones:

        def make(**oidc):
            home = tmp_path / "home"
            home.mkdir()
            (home / "oidc_secret").write_text(SECRET + "\n")
            (home / "oidc_secret").chmod(0o600)
            options = OidcOptions(issuer=provider.issuer, client_id=CLIENT_ID, **oidc)
            site = open_ones.enter_context(open_site(home, clock=clock, oidc=options))
            site.add("kepala", role="admin")
            return site

        yield make


@pytest.fixture
def site(make_site):
    return make_site(role="viewer")


def ask_provider(browser):
    """Go to the provider, who knows the person already; gives the way back."""
    start = browser.get("/api/oidc/start")
    assert start.status_code == 303, start.text
    return httpx.get(start.headers["Location"], trust_env=False).headers["Location"]


def sign_in_by_provider(browser):
    """Where a browser ends that signs in through the provider."""
    answer = browser.get(ask_provider(browser))
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def account_of(browser):
    return browser.get("/api/session").json()["account"]


def test_a_new_person_gets_an_account_with_the_role_of_the_setting(site):
    browser = site.browser()
    assert browser.get("/api/session").json()["oidc"] == {"name": "OpenID Connect"}
    assert sign_in_by_provider(browser) == "/"
    assert account_of(browser) == {"login": "rara", "name": "rara", "role": "viewer"}
    with site.database.reading() as reading:
        assert [each.what for each in trail(reading, most=2)] == ["account add", "account oidc"]
        assert verify(reading).problems == []


def test_the_same_person_comes_back_to_the_same_account_also_under_another_login(site, provider):
    sign_in_by_provider(site.browser())
    provider.person = {"sub": "person-1", "preferred_username": "renamed"}
    browser = site.browser()
    sign_in_by_provider(browser)
    assert account_of(browser)["login"] == "rara"


def test_another_person_under_the_same_login_does_not_get_the_account(site, provider):
    sign_in_by_provider(site.browser())
    provider.person = {"sub": "person-2", "preferred_username": "rara"}
    browser = site.browser()
    assert sign_in_by_provider(browser) == "/#refused=oidc_not_linked"
    assert account_of(browser) is None


def test_without_a_role_in_the_settings_an_admin_makes_the_account_first(make_site):
    site = make_site()
    browser = site.browser()
    assert sign_in_by_provider(browser) == "/#refused=oidc_unknown"
    site.add("rara", role="approver", password=None)
    assert sign_in_by_provider(browser) == "/"
    assert account_of(browser)["role"] == "approver"


def test_an_account_with_a_password_is_not_taken_over_unless_an_admin_links_it(site):
    site.add("rara", role="approver")
    browser = site.browser()
    assert sign_in_by_provider(browser) == "/#refused=oidc_not_linked"
    admin = site.signed_in("kepala")
    assert admin.patch("/api/accounts/rara", json={"may_use_oidc": True}).json()["may_use_oidc"]
    assert sign_in_by_provider(browser) == "/"
    assert account_of(browser) == {"login": "rara", "name": "Rara", "role": "approver"}
    assert sign_in(site.browser(), "rara").status_code == 200
    admin.patch("/api/accounts/rara", json={"may_use_oidc": False})
    assert account_of(browser) is None
    assert sign_in_by_provider(browser) == "/#refused=oidc_not_linked"


def test_who_is_shut_out_stays_out(site):
    sign_in_by_provider(site.browser())
    site.signed_in("kepala").patch("/api/accounts/rara", json={"is_disabled": True})
    browser = site.browser()
    assert sign_in_by_provider(browser) == "/#refused=oidc_disabled"
    assert account_of(browser) is None


def test_nobody_becomes_an_admin_by_themselves(make_site):
    with pytest.raises(RefusedInputError, match="an admin makes admins"):
        make_site(role="admin")


def test_the_first_account_is_made_by_the_set_up_link_alone(tmp_path, provider, clock):
    home = tmp_path / "home"
    home.mkdir()
    (home / "oidc_secret").write_text(SECRET)
    (home / "oidc_secret").chmod(0o600)
    options = OidcOptions(issuer=provider.issuer, client_id=CLIENT_ID, role="viewer")
    with open_site(home, clock=clock, oidc=options) as site:
        assert sign_in_by_provider(site.browser()) == "/#refused=oidc_unknown"


LIES = {
    "wrong nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "wrong audience": {"aud": "another client"},
    "no audience": {"aud": None},
    "audience of others too": {"aud": [CLIENT_ID, "another client"]},
    "wrong issuer": {"iss": "https://evil.example"},
    "expired": {"exp": 1585699200 - 3600},
    "never expires": {"exp": None},
    "of the future": {"nbf": 1585699200 + 3600},
    "of nobody": {"sub": None},
    "empty subject": {"sub": ""},
    "subject that is no text": {"sub": 1},
    "no login": {"preferred_username": None},
    "login that is no text": {"preferred_username": ["rara"]},
    "login that looks like another": {"preferred_username": "\u212aepala"},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_what_the_provider_says_is_checked(site, provider, lie):
    provider.changes = lie
    browser = site.browser()
    assert sign_in_by_provider(browser) == FAILED
    assert account_of(browser) is None
    provider.changes = {}
    assert sign_in_by_provider(browser) == "/"


@pytest.mark.parametrize("login", ["kepala/../x", "", "a b", "-", "<b>", "a" * 65])
def test_a_claim_that_is_no_login_makes_no_account(site, provider, login):
    provider.changes = {"preferred_username": login}
    assert sign_in_by_provider(site.browser()) == "/#refused=oidc_unknown"


@pytest.mark.parametrize(
    "way",
    ["sign_not_at_all", "sign_with_another_key", "sign_with_the_public_key_as_secret", "sign_with_the_client_s_secret"],
)
def test_only_the_provider_s_own_signature_counts(site, provider, way):
    provider.sign = getattr(provider, way)
    browser = site.browser()
    assert sign_in_by_provider(browser) == FAILED
    assert account_of(browser) is None


def test_new_keys_of_the_provider_are_fetched(site, provider, clock):
    assert sign_in_by_provider(site.browser()) == "/"
    provider.keys = [*provider.keys, RSAKey.generate_key(2048, {"kid": "second", "use": "sig"})]
    clock.move(minutes=2)
    assert sign_in_by_provider(site.browser()) == "/"


def test_an_answer_is_taken_once(site):
    browser = site.browser()
    back = ask_provider(browser)
    cookie = browser.cookies["kerumun-oidc-8078"]
    assert browser.get(back).headers["Location"] == "/"
    again = site.browser()
    again.cookies.set("kerumun-oidc-8078", cookie)
    assert again.get(back).headers["Location"] == FAILED
    assert account_of(again) is None


def test_a_state_is_taken_once_even_with_another_code(site):
    browser = site.browser()
    start = browser.get("/api/oidc/start").headers["Location"]
    cookie = browser.cookies["kerumun-oidc-8078"]
    first, second = (httpx.get(start, trust_env=False).headers["Location"] for _ in range(2))
    assert browser.get(first).headers["Location"] == "/"
    again = site.browser()
    again.cookies.set("kerumun-oidc-8078", cookie)
    assert again.get(second).headers["Location"] == FAILED


def test_an_answer_is_good_in_the_browser_that_asked_alone(site):
    attacker, victim = site.browser(), site.browser()
    back = ask_provider(attacker)
    assert victim.get(back).headers["Location"] == FAILED
    victim.get("/api/oidc/start")
    assert victim.get(back).headers["Location"] == FAILED
    assert account_of(victim) is None


@pytest.mark.parametrize("change", [{"state": "x"}, {"state": ""}, {"code": ""}, {"code": "x"}, {"state": "ü"}])
def test_an_answer_that_was_changed_is_refused(site, change):
    browser = site.browser()
    parts = urlsplit(ask_provider(browser))
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    assert browser.get("/api/oidc/callback", params=query | change).headers["Location"] == FAILED


def test_the_question_carries_a_challenge_and_no_secret(site):
    browser = site.browser()
    asked = parse_qs(urlsplit(browser.get("/api/oidc/start").headers["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://localhost:8078/api/oidc/callback"]
    assert SECRET not in str(asked)
    assert browser.cookies["kerumun-oidc-8078"] not in str(asked)


def test_signing_in_through_the_provider_makes_a_new_session(site):
    browser = site.signed_in("kepala")
    before = browser.cookies["kerumun-session-8078"]
    sign_in_by_provider(browser)
    old = site.browser()
    old.cookies.set("kerumun-session-8078", before)
    assert account_of(browser)["login"] == "rara"
    assert account_of(old) is None


@pytest.mark.parametrize(
    "change",
    [{"issuer": "https://evil.example"}, {"token_endpoint": None}, {"jwks_uri": "file:///etc/passwd"}],
)
def test_a_provider_whose_description_does_not_fit_is_not_asked(site, provider, change):
    provider.config_changes = change
    answer = site.browser().get("/api/oidc/start")
    assert answer.headers["Location"] == FAILED


def test_a_provider_that_is_away_is_told_to_the_person(site, provider):
    provider.config_changes = {"token_endpoint": "http://127.0.0.1:1/token"}
    assert sign_in_by_provider(site.browser()) == FAILED


def test_without_a_provider_there_is_no_such_way(tmp_path):
    with open_site(tmp_path / "home") as site:
        assert site.browser().get("/api/oidc/start").status_code == 404
        assert site.browser().get("/api/oidc/callback").status_code == 404


def test_the_secret_is_read_from_a_file_that_nobody_else_may_read(tmp_path):
    path = tmp_path / "oidc_secret"
    with pytest.raises(RefusedInputError, match="No such file"):
        read_client_secret(path)
    path.write_text("secret")
    path.chmod(0o640)
    with pytest.raises(RefusedInputError, match="chmod 600"):
        read_client_secret(path)
    path.chmod(0o600)
    assert read_client_secret(path) == "secret"
    path.write_text("two\nlines")
    with pytest.raises(RefusedInputError, match="one line"):
        read_client_secret(path)
