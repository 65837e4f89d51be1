from concurrent.futures import ThreadPoolExecutor

import pytest
from portal_accounts import PASSWORD, open_site, sign_in

from portal.security.rates import LONGEST_WAIT, address_of, wait_after


@pytest.fixture
def site(tmp_path, ledger_url):
    with open_site(tmp_path / "home", ledger_url=ledger_url) as site:
        site.add("kepala", role="admin")
        site.add("rara")
        yield site


def wrong(browser, times, *, login="rara"):
    return [sign_in(browser, login, f"wrong {n}").status_code for n in range(times)]


def test_after_five_wrong_passwords_the_right_one_has_to_wait_too(site):
    browser = site.browser()
    assert wrong(browser, 6) == [401] * 5 + [429]
    answer = sign_in(browser)
    assert (answer.status_code, answer.json()["kind"], answer.headers["Retry-After"]) == (429, "too_many", "1")
    site.clock.move(seconds=1)
    assert sign_in(browser).status_code == 200


def test_waits_double_up_to_a_quarter_of_an_hour():
    waits = [wait_after(n, kind="login").total_seconds() for n in range(1, 17)]
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]
    assert wait_after(10**9, kind="address") == LONGEST_WAIT


def test_trying_during_the_wait_does_not_make_it_longer(site):
    browser = site.browser()
    wrong(browser, 200)
    site.clock.move(seconds=1)
    assert sign_in(browser).status_code == 200


def test_a_patient_attacker_gets_few_tries_from_however_many_addresses(site):
    tries = 0
    for minute in range(120):
        tries += sign_in(site.browser(address=f"198.51.100.{minute}"), "rara", f"wrong {minute}").status_code == 401
        site.clock.move(minutes=1)
    assert tries <= 5 + 10 + 120 / 15


def test_many_at_once_are_no_way_round(site):
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda n: sign_in(site.browser(), "rara", f"wrong {n}").status_code, range(24)))
    assert codes.count(401) == 5
    assert codes.count(429) == 19


def test_a_browser_that_the_person_used_before_is_not_held_up_by_others(site):
    known = site.signed_in()
    known.delete("/api/session")
    for n in range(40):
        wrong(site.browser(address=f"198.51.100.{n}"), 1)
    assert sign_in(site.browser(address="203.0.113.9")).status_code == 429
    assert sign_in(known).status_code == 200


def test_a_known_browser_is_no_way_to_try_passwords_without_end(site):
    known = site.signed_in()
    known.delete("/api/session")
    assert wrong(known, 7) == [401] * 5 + [429] * 2


def test_a_known_browser_of_one_person_is_an_unknown_one_of_another(site):
    known = site.signed_in("kepala")
    known.delete("/api/session")
    wrong(site.browser(address="198.51.100.1"), 6)
    assert sign_in(known, "rara").status_code == 429


def test_many_logins_from_one_address_have_to_wait(site):
    browser = site.browser()
    codes = [sign_in(browser, f"login{n}", PASSWORD).status_code for n in range(22)]
    assert codes == [401] * 20 + [429] * 2
    assert sign_in(site.browser(address="203.0.113.9"), "rara").status_code == 200


def test_signing_in_oneself_does_not_wash_an_address(site):
    for n in range(30):
        if n % 3 == 0:
            assert sign_in(site.browser()).status_code in {200, 429}
        sign_in(site.browser(), f"login{n}", PASSWORD)
    assert sign_in(site.browser(), "kepala").status_code == 429


def test_it_is_forgotten_an_hour_after_the_last_wrong_one(site):
    wrong(site.browser(), 6)
    site.clock.move(hours=1, seconds=1)
    assert wrong(site.browser(), 6) == [401] * 5 + [429]


def test_another_process_counts_on(tmp_path, ledger_url):
    for expected in ([401] * 3, [401] * 2 + [429]):
        with open_site(tmp_path / "home", ledger_url=ledger_url) as site:
            if expected == [401] * 3:
                site.add()
            assert wrong(site.browser(), 3) == expected


def test_setup_links_cannot_be_guessed_without_end(site):
    browser = site.browser()
    codes = [browser.get("/api/setup", params={"token": f"guess{n}"}).status_code for n in range(22)]
    assert codes == [404] * 20 + [429] * 2
    answer = browser.post("/api/setup", json={"token": "guess", "password": PASSWORD})
    assert answer.status_code == 429


def test_tokens_cannot_be_guessed_without_end(site):
    token = site.token("map")
    browser = site.browser()
    codes = [browser.get("/api/hours", headers={"Authorization": f"Bearer kmn_{n}"}).status_code for n in range(22)]
    assert codes == [401] * 20 + [429] * 2
    own = {"Authorization": f"Bearer {token}"}
    assert browser.get("/api/session", headers=own).status_code == 429
    assert site.browser(address="203.0.113.9").get("/api/session", headers=own).status_code == 200


def test_a_header_does_not_make_another_address(site):
    browser = site.browser()
    for n in range(20):
        sign_in(
            browser, f"login{n}", headers={"X-Forwarded-For": f"198.51.100.{n}", "Forwarded": f"for=198.51.100.{n}"}
        )
    answer = sign_in(browser, "another", headers={"X-Forwarded-For": "203.0.113.1"})
    assert answer.status_code == 429


@pytest.mark.parametrize(
    ("client", "address"),
    [
        (("192.0.2.7", 1), "192.0.2.7"),
        (("2001:db8:1:2:3:4:5:6", 1), "2001:db8:1:2::"),
        (("::ffff:192.0.2.7", 1), "192.0.2.7"),
        (None, "unknown"),
        (("testclient", 1), "unknown"),
    ],
)
def test_an_ipv6_customer_has_one_address_however_many_they_use(client, address):
    assert address_of({"client": client}) == address
