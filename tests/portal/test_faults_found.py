"""What an attack on the portal found, and does not find any more."""

import duckdb
import pytest
from drafted_warnings import add_warning
from portal_accounts import open_site, sign_in
from sqlalchemy.exc import OperationalError

from lake.errors import RefusedInputError
from portal.routes import warnings


@pytest.fixture
def site(tmp_path):
    with open_site(tmp_path / "home") as site:
        site.add("kepala", role="admin")
        site.add("rara")
        yield site


@pytest.mark.parametrize("change", [{"is_disabled": True}, {"role": "viewer"}])
def test_who_is_shut_out_in_the_middle_of_a_decision_has_decided_nothing(site, monkeypatch, change):
    with site.database.writing() as writing:
        name = add_warning(writing, at=site.clock())
    rara, kepala = site.signed_in("rara"), site.signed_in("kepala")
    officers_of = warnings.officers_of

    def slowly(run):
        if "said" not in answers:
            answers["said"] = kepala.patch("/api/accounts/rara", json=change).status_code
        return officers_of(run)

    answers = {}
    monkeypatch.setattr(warnings, "officers_of", slowly)
    seen = {"version": 1, "why": "seen on the map"}
    answer = rara.post(f"/api/warnings/{name}/reject", json=seen)
    assert (answers["said"], answer.status_code) == (200, 401)
    assert kepala.get(f"/api/warnings/{name}").json()["listed"]["state"] == "draft"


@pytest.mark.parametrize("path", ["/api/setup?token=wrong", "/api/oidc/callback?state=a&code=b"])
def test_images_on_the_pages_of_others_use_up_nobodys_attempts(tmp_path, path):
    with open_site(tmp_path / "home") as site:
        site.add("rara")
        site.app.state.door = type(site.app.state.door)(passwords=site.app.state.door.passwords, provider=object())
        victim = site.browser()
        for _ in range(30):
            victim.get(path, headers={"Sec-Fetch-Site": "cross-site"})
        assert sign_in(victim, "rara").status_code == 200


def test_brackets_in_a_reason_are_no_nesting(site):
    rara = site.signed_in("rara")
    why = 'see "[[[[[[[[" \\ ' + "[{" * 40
    assert rara.post("/api/sending/pause", json={"why": why}).json()["why"] == why


@pytest.mark.parametrize("body", ['{"why": "' + "[" * 40, '{"a": "\\"" ' + "[" * 40, '"\\' + '"' * 500_000 + "[" * 40])
def test_brackets_after_odd_quotes_break_nothing(site, body):
    rara = site.signed_in("rara")
    answer = rara.post("/api/sending/pause", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}


@pytest.mark.parametrize("name", ["Rara\ufe0f", "Ra\u034fra", "\u3164", "\u2800", "Rara\U000e0100"])
def test_no_two_names_differ_in_what_nobody_sees(site, name):
    answer = site.signed_in("kepala").post("/api/accounts", json={"login": "dua", "name": name, "role": "viewer"})
    assert (answer.status_code, answer.json()["kind"]) == (400, "refused")


@pytest.mark.parametrize(
    "basemap", ["", ".", "/etc/passwd", "../../../../etc/passwd", "tiles/../..", "missing.pmtiles", "folder"]
)
def test_a_base_map_elsewhere_or_nowhere_is_refused_at_the_start(tmp_path, basemap):
    (tmp_path / "home" / "folder").mkdir(parents=True)
    with pytest.raises(RefusedInputError, match=r"portal\.basemap"), open_site(tmp_path / "home", basemap=basemap):
        pass


def test_the_base_map_sends_tiles_and_nothing_else(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "city.pmtiles").write_bytes(b"PMTiles\3 and so on")
    (tmp_path / "home" / "secret.txt").write_bytes(b"no tiles")
    with open_site(tmp_path / "home", basemap="secret.txt") as site:
        assert site.browser().get("/basemap.pmtiles").status_code == 404
    with open_site(tmp_path / "home", basemap="city.pmtiles") as site:
        assert site.browser().get("/basemap.pmtiles", headers={"Range": "bytes=0-6"}).content == b"PMTiles"


def test_a_lake_that_cannot_be_read_is_told_as_such(site):
    def fail():
        duckdb.sql("from read_parquet('/nowhere/part.parquet')").fetchall()

    site.route("/api/fails", fail)
    answer = site.signed_in().get("/api/fails")
    assert answer.status_code == 503
    assert "nowhere" not in answer.text
    assert "lake" in answer.json()["error"]
    assert "Retry-After" in answer.headers


def test_a_ledger_out_of_reach_is_told_as_such(site):
    def fail():
        raise OperationalError("select 1", {}, OSError("connection refused"))

    site.route("/api/fails", fail)
    answer = site.signed_in().get("/api/fails")
    assert answer.status_code == 503
    assert "refused" not in answer.text
    assert "ledger" in answer.json()["error"]
