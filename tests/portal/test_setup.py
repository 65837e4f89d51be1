from concurrent.futures import ThreadPoolExecutor

import pytest
from portal_accounts import ANOTHER, PASSWORD, open_site, sign_in

from crowd.warnings.listing import trail
from crowd.warnings.verify import verify

FIRST = {"login": "kepala", "name": "Kepala", "password": PASSWORD}


@pytest.fixture
def site(tmp_path, ledger_url):
    with open_site(tmp_path / "home", ledger_url=ledger_url) as site:
        yield site


def use(browser, token, **given):
    return browser.post("/api/setup", json={"token": token, **given})


def test_there_is_no_account_before_somebody_makes_one(site):
    told = site.browser().get("/api/session").json()
    assert told == {"signed_in": False, "account": None, "csrf": None, "needs_setup": True, "oidc": None}
    for login, password in (("admin", "admin"), ("kerumun", "kerumun"), ("admin", "")):
        assert sign_in(site.browser(), login, password).status_code == 401


def test_the_first_person_becomes_an_admin_by_the_link_of_the_start(site):
    browser, token = site.browser(), site.setup_token()
    assert browser.get("/api/setup", params={"token": token}).json() == {"login": None, "name": None, "is_first": True}
    answer = use(browser, token, **FIRST)
    assert answer.json()["account"] == {"login": "kepala", "name": "Kepala", "role": "admin"}
    assert browser.get("/api/accounts").status_code == 200
    assert not site.browser().get("/api/session").json()["needs_setup"]
    with site.database.reading() as reading:
        assert [each.who for each in trail(reading, most=9)] == ["Kepala (at kepala)"] * 2
        assert verify(reading).problems == []


def test_a_link_works_once(site):
    token = site.setup_token()
    assert use(site.browser(), token, **FIRST).status_code == 200
    answer = use(site.browser(), token, login="other", name="Other", password=PASSWORD)
    assert (answer.status_code, answer.json()["kind"]) == (404, "not_found")
    assert site.browser().get("/api/setup", params={"token": token}).status_code == 404


def test_a_link_used_by_many_at_once_works_once(site):
    token = site.setup_token()

    def become(n):
        return use(site.browser(), token, login=f"kepala{n}", name=f"Kepala {n}", password=PASSWORD).status_code

    with ThreadPoolExecutor(4) as pool:
        codes = sorted(pool.map(become, range(4)))
    assert codes == [200, 404, 404, 404]


def test_a_refused_password_does_not_use_the_link_up(site):
    token = site.setup_token()
    assert use(site.browser(), token, **FIRST | {"password": "short"}).status_code == 400
    assert use(site.browser(), token, login="KEPALA!", name="Kepala", password=PASSWORD).status_code == 400
    assert use(site.browser(), token, login="kepala", name=" ", password=PASSWORD).status_code == 400
    assert use(site.browser(), token, password=PASSWORD).status_code == 400
    assert use(site.browser(), token, **FIRST).status_code == 200


def test_a_link_holds_for_a_day(site):
    token = site.setup_token()
    site.clock.move(hours=24)
    assert use(site.browser(), token, **FIRST).status_code == 404


def test_a_new_start_makes_a_new_link_and_the_old_one_dies(site):
    old, new = site.setup_token(), site.setup_token()
    assert use(site.browser(), old, **FIRST).status_code == 404
    assert use(site.browser(), new, **FIRST).status_code == 200
    assert site.setup_token() is None


def test_a_set_up_link_dies_when_there_is_an_admin_by_another_way(site):
    token = site.setup_token()
    site.add("kepala", role="admin")
    assert use(site.browser(), token, login="other", name="Other", password=PASSWORD).status_code == 404


@pytest.fixture
def admin(site):
    site.add("kepala", role="admin")
    return site.signed_in("kepala")


def link_token(answer):
    assert answer.status_code == 201, answer.text
    return answer.json()["link"].removeprefix("#setup=")


def test_a_new_person_chooses_their_own_password(site, admin):
    token = link_token(admin.post("/api/accounts", json={"login": "budi", "name": "Budi", "role": "analyst"}))
    assert sign_in(site.browser(), "budi", "").status_code == 401
    browser = site.browser()
    told = browser.get("/api/setup", params={"token": token}).json()
    assert told == {"login": "budi", "name": "Budi", "is_first": False}
    answer = use(browser, token, login="kepala", name="Kepala", password=PASSWORD)
    assert answer.json()["account"] == {"login": "budi", "name": "Budi", "role": "analyst"}
    assert sign_in(site.browser(), "budi").status_code == 200


def test_who_forgot_the_password_gets_a_link_and_old_sessions_end(site, admin):
    site.add("rara", password=ANOTHER)
    browser = site.signed_in("rara", password=ANOTHER)
    first, second = (link_token(admin.post("/api/accounts/rara/link")) for _ in range(2))
    assert browser.get("/api/session").json()["signed_in"]
    assert use(site.browser(), first, password=PASSWORD).status_code == 404
    assert use(site.browser(), second, password=PASSWORD).status_code == 200
    assert not browser.get("/api/session").json()["signed_in"]
    assert sign_in(site.browser(), "rara", ANOTHER).status_code == 401


def test_a_link_lets_in_a_person_whom_an_attack_holds_up(site, admin):
    site.add("rara")
    for n in range(12):
        sign_in(site.browser(address=f"198.51.100.{n}"), "rara", f"wrong {n}")
        site.clock.move(minutes=5)
    person = site.browser(address="203.0.113.9")
    for n in range(12, 16):
        sign_in(site.browser(address=f"198.51.100.{n}"), "rara", f"wrong {n}")
    assert sign_in(person, "rara").status_code == 429
    assert use(person, link_token(admin.post("/api/accounts/rara/link")), password=ANOTHER).status_code == 200


def test_the_link_of_who_is_shut_out_dies(site, admin):
    site.add("rara")
    token = link_token(admin.post("/api/accounts/rara/link"))
    admin.patch("/api/accounts/rara", json={"is_disabled": True})
    assert use(site.browser(), token, password=PASSWORD).status_code == 404
    assert sign_in(site.browser(), "rara").status_code == 401
    assert admin.post("/api/accounts/rara/link").status_code == 400


@pytest.mark.parametrize("change", [{"is_disabled": True}, {"role": "approver"}])
def test_the_last_admin_who_can_sign_in_stays_one(site, admin, change):
    site.add("rara", role="approver")
    site.add("invited", role="admin", password=None)
    site.add("former", role="admin")
    admin.patch("/api/accounts/former", json={"is_disabled": True})
    answer = admin.patch("/api/accounts/kepala", json=change)
    assert (answer.status_code, "last admin" in answer.json()["error"]) == (400, True)
    admin.patch("/api/accounts/rara", json={"role": "admin"})
    assert admin.patch("/api/accounts/kepala", json=change).status_code == 200


def test_two_admins_cannot_shut_each_other_out_at_once(site, admin):
    site.add("wakil", role="admin")
    both = [(admin, "wakil"), (site.signed_in("wakil"), "kepala")]
    with ThreadPoolExecutor(2) as pool:
        codes = list(pool.map(lambda pair: pair[0].patch(f"/api/accounts/{pair[1]}", json={"role": "viewer"}), both))
    assert sum(answer.status_code == 200 for answer in codes) == 1


@pytest.mark.parametrize(
    "name", ["rara", "RARA", " Rara", "Ｒａｒａ", "Rara\u200b", "", "policy:auto", "Kerumun:sender", "\u202e"]
)
def test_nobody_gets_a_name_that_another_signs_with_or_that_nobody_can_read(site, admin, name):
    site.add("rara", name="Rara")
    answer = admin.post("/api/accounts", json={"login": "other", "name": name, "role": "approver"})
    assert answer.status_code == 400
    site.add("other", name="Other")
    assert admin.patch("/api/accounts/other", json={"name": name}).status_code == 400


@pytest.mark.parametrize("login", ["Rara", "rara ", "ra ra", "", "-rara", "rärä", "a" * 65, "rara", "a/b", "a\n"])
def test_no_login_can_be_taken_for_another(site, admin, login):
    site.add("rara", name="Rara")
    answer = admin.post("/api/accounts", json={"login": login, "name": "Other", "role": "approver"})
    assert answer.status_code in {400, 422}
