"""`kerumun accounts`, for whoever holds the machine."""

import json
import sys

import pytest
from portal_accounts import ANOTHER, PASSWORD, open_site, sign_in

from crowd.warnings.listing import trail
from crowd.warnings.verify import verify
from kerumun.cli import main


@pytest.fixture
def site(tmp_path):
    with open_site(tmp_path / "home") as site:
        yield site


@pytest.fixture
def accounts(tmp_path, monkeypatch, capfd):
    """Run `kerumun accounts WORDS --json` within this process; gives what it answers."""

    def run(*words, code=0):
        line = ["kerumun", "accounts", *words, "--json", "--home", str(tmp_path / "home")]
        monkeypatch.setattr("sys.argv", line)
        monkeypatch.delitem(sys.modules, "prefect", raising=False)
        capfd.readouterr()
        with pytest.raises(SystemExit) as leaving:
            main()
        assert (leaving.value.code or 0) == code
        return json.loads(capfd.readouterr().out)

    return run


def test_an_account_made_here_signs_in_by_its_link(site, accounts):
    made = accounts("add", "budi", "--name", "Budi", "--role", "admin", "--by", "Operator")
    address, _, token = made["link"].partition("/#setup=")
    assert address == "http://127.0.0.1:8078"
    browser = site.browser()
    assert browser.post("/api/setup", json={"token": token, "password": PASSWORD}).status_code == 200
    assert browser.get("/api/accounts").status_code == 200
    assert [(each["login"], each["role"], each["has_password"]) for each in accounts("list")] == [
        ("budi", "admin", True)
    ]


def test_who_forgot_the_password_gets_a_link_here_too(site, accounts):
    site.add("rara", password=ANOTHER)
    token = accounts("link", "rara")["link"].partition("#setup=")[2]
    assert site.browser().post("/api/setup", json={"token": token, "password": PASSWORD}).status_code == 200
    assert sign_in(site.browser()).status_code == 200


def test_shutting_out_letting_in_and_another_role_work_at_once(site, accounts):
    site.add("kepala", role="admin")
    site.add("rara")
    browser = site.signed_in()
    assert accounts("disable", "rara", "--why", "left")["is_disabled"]
    assert not browser.get("/api/session").json()["signed_in"]
    assert not accounts("enable", "rara")["is_disabled"]
    assert accounts("role", "rara", "analyst")["role"] == "analyst"
    assert site.signed_in().get("/api/session").json()["account"]["role"] == "analyst"
    with site.database.reading() as reading:
        assert [each.why for each in trail(reading, most=3)] == [
            "rara is shut out: left",
            "rara is let in again",
            "rara was approver, is analyst",
        ]
        assert verify(reading).problems == []


def test_linking_with_the_provider_is_said_here_too(site, accounts):
    site.add("rara")
    assert accounts("link", "rara", "--oidc", "allow")["may_use_oidc"]
    assert accounts("list")[0]["may_use_oidc"]
    assert not accounts("link", "rara", "--oidc", "forbid")["may_use_oidc"]


def test_what_cannot_be_is_told_in_a_sentence(site, accounts):
    site.add("kepala", role="admin")
    assert "last admin" in accounts("disable", "kepala", code=1)["error"]
    assert "there is no account" in accounts("link", "nobody", code=1)["error"]
    assert "no login" in accounts("add", "No Login", "--name", "Budi", "--role", "viewer", code=1)["error"]
    assert "signs with that name" in accounts("add", "other", "--name", "kepala", "--role", "viewer", code=1)["error"]
