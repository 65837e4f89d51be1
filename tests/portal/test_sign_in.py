import re

import pytest
from argon2 import PasswordHasher
from portal_accounts import ANOTHER, PASSWORD, QUICK, open_site, sign_in
from sqlalchemy import select

from crowd.warnings.listing import trail
from crowd.warnings.verify import verify
from lake.errors import RefusedInputError
from portal.security.door import Door
from portal.security.passwords import Passwords, check_password
from portal.security.tables import AccountRow


@pytest.fixture
def site(tmp_path, ledger_url):
    with open_site(tmp_path / "home", ledger_url=ledger_url) as site:
        site.add("kepala", role="admin")
        site.add("rara")
        yield site


def test_a_person_signs_in_with_their_password_and_is_told_who_they_are(site):
    browser = site.browser()
    answer = sign_in(browser)
    assert answer.status_code == 200
    assert answer.json()["account"] == {"login": "rara", "name": "Rara", "role": "approver"}
    assert browser.get("/api/session").json() == answer.json()


@pytest.mark.parametrize(("login", "password"), [("rara", PASSWORD + "."), ("nobody", PASSWORD), ("rara", "")])
def test_who_is_wrong_is_told_the_same_whatever_was_wrong(site, login, password):
    browser = site.browser()
    answer = sign_in(browser, login, password)
    assert (answer.status_code, answer.json()["error"]) == (401, "login or password is wrong")
    assert not browser.cookies


def test_upper_case_and_spaces_around_a_login_are_overlooked(site):
    assert sign_in(site.browser(), " RARA ").status_code == 200


def test_a_hash_is_looked_at_also_for_logins_that_nobody_has(site):
    looked_at = []

    class Spy(Passwords):
        def is_right(self, stored, password):
            looked_at.append(stored)
            return super().is_right(stored, password)

    site.app.state.door = Door(passwords=Spy(QUICK), provider=None)
    assert sign_in(site.browser(), "nobody").status_code == 401
    assert looked_at == [None]


def test_passwords_are_stored_as_argon2id_with_the_defaults_of_the_library():
    assert Passwords().hash(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_hash_with_other_parameters_is_renewed_at_sign_in(site):
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    site.app.state.door = Door(passwords=Passwords(stronger), provider=None)
    assert sign_in(site.browser()).status_code == 200
    with site.database.reading() as reading:
        assert "m=16,t=2,p=1" in reading.get(AccountRow, "rara").password_hash
    assert sign_in(site.browser()).status_code == 200


@pytest.mark.parametrize(
    "password",
    ["short", "Rara-of-Kota", "RARA-OF-KOTA", "kota.contoh.1", "aaaaaaaaaaaab", "Password1234", "x1y2" * 257],
)
def test_passwords_that_others_would_try_first_are_refused(password):
    with pytest.raises(RefusedInputError, match="password"):
        check_password(password, login="kota.contoh.1", name="Rara-of-Kota")


def test_a_password_may_have_any_characters_and_a_thousand_bytes():
    check_password("über 12 Häuser \u00e9\u4e00", login="rara", name="Rara")
    check_password("abcd" * 256, login="rara", name="Rara")


def test_a_changed_password_ends_all_sessions_but_the_one_that_changed_it(site):
    here, there = site.signed_in(), site.signed_in()
    answer = here.post("/api/password", json={"current": PASSWORD, "new": ANOTHER})
    assert answer.status_code == 200
    assert here.get("/api/session").json()["csrf"] == answer.json()["csrf"]
    assert not there.get("/api/session").json()["signed_in"]
    assert sign_in(site.browser()).status_code == 401
    assert sign_in(site.browser(), password=ANOTHER).status_code == 200


def test_the_present_password_is_asked_for_before_another_is_taken(site):
    browser = site.signed_in()
    answer = browser.post("/api/password", json={"current": "wrong", "new": ANOTHER})
    assert (answer.status_code, answer.json()["error"]) == (400, "the present password is wrong")
    assert sign_in(site.browser()).status_code == 200


def test_who_has_a_session_cannot_try_passwords_without_end(site):
    browser = site.signed_in()
    tries = [browser.post("/api/password", json={"current": f"wrong {n}", "new": PASSWORD}) for n in range(7)]
    assert [answer.status_code for answer in tries] == [400] * 5 + [429] * 2


def test_account_changes_are_in_the_trail_and_the_trail_holds(site):
    admin = site.signed_in("kepala")
    admin.post("/api/accounts", json={"login": "budi", "name": "Budi", "role": "analyst"})
    admin.patch("/api/accounts/budi", json={"role": "approver", "name": "Budi S"})
    admin.patch("/api/accounts/rara", json={"is_disabled": True})
    admin.patch("/api/accounts/rara", json={"is_disabled": False})
    token = admin.post("/api/tokens", json={"name": "wall", "scopes": ["map"], "days": 3}).json()
    admin.delete(f"/api/tokens/{token['id']}")
    with site.database.reading() as reading:
        told = trail(reading, most=8)
        found = verify(reading)
    assert [each.what for each in told] == [
        "account add",
        "account link",
        "account rename",
        "account role",
        "account disable",
        "account enable",
        "token add",
        "token remove",
    ]
    assert {each.who for each in told} == {"Kepala (at kepala)"}
    assert told[3].why == "budi was analyst, is approver"
    assert found.problems == []


def test_no_secret_is_stored_as_it_is(site):
    token, link = site.token("map"), site.signed_in("kepala").post("/api/accounts/rara/link").json()["link"]
    browser = site.signed_in()
    secrets = {token, link.removeprefix("#setup="), PASSWORD, *browser.cookies.values()}
    with site.database.reading() as reading:
        from lake.database import Base

        stored = " ".join(str(row) for table in Base.metadata.sorted_tables for row in reading.execute(select(table)))
    assert len(secrets) == 5
    assert not [secret for secret in secrets if secret in stored]
    assert re.search(r"\$argon2id\$", stored)
