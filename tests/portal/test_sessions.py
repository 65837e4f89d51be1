from datetime import timedelta

import pytest
from portal_accounts import open_site, sign_in
from sqlalchemy import event, select

from lake.database import open_database
from portal.security.accounts import disable, end_sessions, find_account
from portal.security.tables import AccountRow, SessionRow

COOKIE = "kerumun-session-8078"


@pytest.fixture
def site(tmp_path, ledger_url):
    with open_site(tmp_path / "home", ledger_url=ledger_url) as site:
        site.add("kepala", role="admin")
        site.add("rara")
        yield site


def is_signed_in(browser):
    return browser.get("/api/session").json()["signed_in"]


def cookies_set(answer):
    """Attributes of the cookies that an answer sets, by name."""
    lines = [line.split("; ") for line in answer.headers.get_list("set-cookie")]
    return {first.partition("=")[0]: {part.lower() for part in rest} for first, *rest in lines}


def test_the_cookie_is_kept_from_scripts_and_other_sites(site):
    attributes = cookies_set(sign_in(site.browser()))[COOKIE]
    assert {"httponly", "samesite=strict", "path=/"} <= attributes
    assert not [each for each in attributes if each.startswith("domain")]


def test_under_https_the_cookie_is_secure_and_bound_to_the_host(tmp_path):
    with open_site(tmp_path / "home", base_url="https://peta.example.id") as site:
        site.add()
        answer = sign_in(site.browser(base_url="https://peta.example.id"))
        assert {"secure", "httponly", "path=/"} <= cookies_set(answer)["__Host-kerumun-session"]
        assert all(name.startswith("__Host-") for name in cookies_set(answer))


def test_a_session_that_somebody_planted_is_not_taken_over(site):
    browser = site.browser()
    browser.cookies.set(COOKIE, "planted-by-somebody-else")
    sign_in(browser)
    planted = site.browser()
    planted.cookies.set(COOKIE, "planted-by-somebody-else")
    assert not is_signed_in(planted)


def test_signing_in_again_makes_a_new_session_and_ends_the_old_one(site):
    browser = site.signed_in()
    before = browser.cookies[COOKIE]
    sign_in(browser)
    old = site.browser()
    old.cookies.set(COOKIE, before)
    assert browser.cookies[COOKIE] != before
    assert is_signed_in(browser)
    assert not is_signed_in(old)


def test_signing_out_ends_the_session_on_the_server(site):
    browser = site.signed_in()
    kept = browser.cookies[COOKIE]
    answer = browser.delete("/api/session")
    assert (answer.status_code, answer.json()["signed_in"]) == (200, False)
    assert COOKIE not in browser.cookies
    browser.cookies.set(COOKIE, kept)
    assert not is_signed_in(browser)


def test_two_cookies_of_the_same_name_are_none(site):
    browser = site.signed_in()
    own = browser.cookies[COOKIE]
    browser.cookies.clear()
    assert not browser.get("/api/session", headers={"Cookie": f"{COOKIE}={own}; {COOKIE}=x"}).json()["signed_in"]


def test_a_session_ends_when_nothing_is_asked_for_a_while(site):
    browser = site.signed_in()
    for _ in range(3):
        site.clock.move(minutes=119)
        assert is_signed_in(browser)
    site.clock.move(minutes=121)
    assert not is_signed_in(browser)


def test_a_session_ends_after_half_a_day_however_busy_it_is(site):
    browser = site.signed_in()
    for _ in range(11):
        site.clock.move(hours=1)
        assert is_signed_in(browser)
    site.clock.move(hours=1)
    assert not is_signed_in(browser)


def test_the_ends_are_settings(tmp_path):
    with open_site(tmp_path / "home", session_h=1, idle_min=10) as site:
        site.add()
        idle, busy = site.signed_in(), site.signed_in()
        for _ in range(5):
            site.clock.move(minutes=9)
            assert is_signed_in(busy)
        assert not is_signed_in(idle)
        for _ in range(2):
            site.clock.move(minutes=9)
            busy.get("/api/session")
        assert not is_signed_in(busy)


def test_that_somebody_was_seen_is_written_once_a_minute(site):
    browser, began = site.signed_in(), site.clock()

    def seen():
        browser.get("/api/session")
        with site.database.reading() as reading:
            return reading.scalars(select(SessionRow.seen_at)).one()

    site.clock.move(seconds=59)
    assert seen() == began
    site.clock.move(seconds=1)
    assert seen() == began + timedelta(minutes=1)
    with site.database.reading() as reading:
        assert reading.get(AccountRow, "rara").seen_at == began + timedelta(minutes=1)


@pytest.mark.parametrize("change", [{"role": "viewer"}, {"role": "admin"}, {"is_disabled": True}])
def test_a_change_of_role_and_shutting_out_end_the_sessions(site, change):
    browser, admin = site.signed_in(), site.signed_in("kepala")
    assert admin.patch("/api/accounts/rara", json=change).status_code == 200
    assert not is_signed_in(browser)
    assert is_signed_in(admin)


def test_another_process_knows_the_session(tmp_path, ledger_url):
    with open_site(tmp_path / "home", ledger_url=ledger_url) as site:
        site.add()
        kept = site.signed_in().cookies[COOKIE]
    with open_site(tmp_path / "home", ledger_url=ledger_url) as other:
        browser = other.browser()
        browser.cookies.set(COOKIE, kept)
        assert is_signed_in(browser)


def test_sessions_that_are_over_are_swept_away(site):
    site.signed_in()
    site.clock.move(hours=13)
    site.signed_in("kepala")
    with site.database.reading() as reading:
        assert reading.scalars(select(SessionRow.login)).all() == ["kepala"]


def test_an_open_stream_ends_within_a_minute_of_its_session(site):
    from starlette.responses import StreamingResponse

    async def ticking():
        for n in range(100):
            if n == 3:
                with site.database.writing() as writing:
                    writing.query(SessionRow).delete()
            site.clock.move(seconds=30)
            yield f"tick {n}\n"

    site.route("/api/ticking", lambda: StreamingResponse(ticking()))
    answer = site.signed_in().get("/api/ticking")
    assert answer.text.splitlines()[:3] == ["tick 0", "tick 1", "tick 2"]
    assert len(answer.text.splitlines()) <= 5


def test_whoever_is_shut_out_here_is_out_with_the_next_request(site):
    browser = site.signed_in()
    assert is_signed_in(browser)
    with site.database.writing() as writing:
        disable(writing, find_account(writing, "rara"), act=site.act())
    assert not is_signed_in(browser)


def test_what_another_process_ends_is_noticed_after_two_seconds(site, ledger_url):
    browser = site.signed_in()
    assert is_signed_in(browser)
    with open_database(ledger_url) as elsewhere, elsewhere.writing() as writing:
        end_sessions(writing, "rara")
    site.clock.move(seconds=2)
    assert not is_signed_in(browser)


def test_the_ledger_is_asked_once_for_many_requests_at_a_time(site):
    browser, asked = site.signed_in(), []
    event.listen(site.database.engine, "begin", asked.append)
    for _ in range(5):
        assert is_signed_in(browser)
    assert len(asked) == 1
