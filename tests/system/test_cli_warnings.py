"""`kerumun warnings` as a person uses it."""

import json
import sys
from datetime import UTC, datetime

import pytest
from drafted_warnings import add_warning, made_wording
from sqlalchemy import text

from kerumun.cli import main
from lake.database import open_database
from lake.home import Home

SETTINGS = """
[warnings]
official_page = "info.example.id"
[warnings.cap]
url = "https://info.example.id/cap"
sender = "kerumun.example.id"
sender_name = "Kota Contoh"
"""


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path / "home")
    home.root.mkdir()
    (home.root / "kerumun.toml").write_text(SETTINGS)
    return home


@pytest.fixture
def draft(home):
    """Writes a draft into the ledger; gives its name."""

    def make(**changes):
        now = datetime.now(UTC)
        with open_database(home.ledger_url) as database, database.writing() as writing:
            return add_warning(writing, at=now, wording=made_wording(operators=("alun", "nusa")), **changes)

    return make


@pytest.fixture
def warnings(home, monkeypatch, capfd):
    """Run `kerumun warnings WORDS --json` within this process, which is faster; gives what it answers."""

    def run(*words, code=0):
        line = ["kerumun", "warnings", *map(str, words), "--json", "--home", str(home.root)]
        monkeypatch.setattr("sys.argv", line)
        # After a flow the command leaves without ceremony; within the tests' process that would end the tests.
        monkeypatch.delitem(sys.modules, "prefect", raising=False)
        capfd.readouterr()
        with pytest.raises(SystemExit) as leaving:
            main()
        assert (leaving.value.code or 0) == code
        return json.loads(capfd.readouterr().out)

    return run


def test_a_warning_goes_from_draft_to_the_gateways_by_hand(home, draft, warnings):
    name = draft(level="awas", approvals_needed=2)
    assert [each["id"] for each in warnings("list")] == [name]
    assert warnings("approve", name, "--by", "Budi")["state"] == "draft"
    refused = warnings("approve", name, "--by", " BUDI ", code=1)
    assert "takes another person" in refused["error"]
    assert warnings("approve", name, "--by", "Sri", "--why", "seen on the camera")["state"] == "approved"
    assert warnings("send")["outcomes"] == {"accepted": 2, "delivered": 1}
    shown = warnings("show", name)
    assert shown["listed"]["state"] == "sent"
    assert shown["listed"]["approvals"] == ["Budi", "Sri"]
    files = sorted(path.name for path in (home.root / "outgoing" / "alun").glob("W*"))
    assert files == [f"{name}.1.folder.alun.{kind}" for kind in ("csv", "json", "sha256")]
    assert (home.root / "public" / "cap" / "feed.xml").exists()


def test_the_operator_acknowledges_by_a_file_and_the_warning_is_delivered(home, draft, warnings):
    name = draft()
    warnings("approve", name, "--by", "Budi")
    warnings("send")
    for operator in ("alun", "nusa"):
        key = f"{name}.1.folder.{operator}"
        receipt = json.dumps({"idempotency_key": key, "status": "delivered"})
        (home.root / "outgoing" / operator / f"{key}.ack").write_text(receipt)
    # Receipts are looked for a minute after sending; the clock of the ledger is put back instead of waiting.
    with open_database(home.ledger_url) as database, database.engine.begin() as connection:
        connection.execute(text("update outbox set due_at = '2020-01-01 00:00:00' where state = 'accepted'"))
    assert warnings("send")["outcomes"] == {"delivered": 2}
    assert warnings("show", name)["listed"]["state"] == "delivered"


def test_a_rejected_warning_tells_why_in_its_story(draft, warnings):
    name = draft()
    warnings("reject", name, "--by", "Sri", "--why", "a concert that everybody knows of")
    shown = warnings("show", name)
    assert shown["listed"]["state"] == "cancelled"
    last = shown["story"][-1]
    assert (last["who"], last["why"]) == ("Sri", "a concert that everybody knows of")


def test_while_paused_nothing_is_sent_and_after_resume_it_is(home, draft, warnings):
    name = draft()
    warnings("approve", name, "--by", "Budi")
    assert warnings("pause", "--by", "Sri", "--why", "drill")["is_paused"]
    assert warnings("send")["outcomes"] == {}
    assert not (home.root / "outgoing").exists()
    warnings("resume", "--by", "Sri")
    assert warnings("send")["outcomes"] == {"accepted": 2, "delivered": 1}


def test_an_edit_changes_words_and_cells_and_voids_the_approval_before(draft, warnings):
    name = draft(level="awas", approvals_needed=2)
    warnings("approve", name, "--by", "Budi")
    code = warnings("show", name)["code"]
    text = f"Banyak orang di Alun Timur. Darurat 112. Cek info.example.id kode {code}"
    edited = warnings("edit", name, "--text-id", text, "--take-off", "001-01-100-2", "--by", "Sri", "--why", "shorter")
    assert edited["texts"]["id"] == f"UJI COBA: {text}"
    assert {each["operator"]: each["cells"] for each in edited["lists"]} == {"alun": 2, "nusa": 2}
    assert edited["listed"]["approvals"] == []


def test_verify_gives_a_hash_to_note_down_and_finds_it_again(draft, warnings):
    name = draft()
    head = warnings("verify")["head"]
    warnings("approve", name, "--by", "Budi")
    assert warnings("verify", "--head", head)["problems"] == []
    assert "first: the noted hash" in warnings("verify", "--head", "f" * 64, code=1)["error"]


def test_a_warning_is_found_by_the_code_that_its_message_carries(draft, warnings):
    code = warnings("show", draft())["code"]
    assert warnings("show", f"{code[:3]} {code[3:].lower()}")["code"] == code


def test_live_without_an_official_page_is_refused_and_says_so(home, kerumun):
    (home.root / "kerumun.toml").write_text('[warnings]\nmode = "live"\n')
    done = kerumun("warnings", "list", check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "official_page" in done.stderr


@pytest.mark.parametrize("rest", ["us:s3cret@host/ledger", "us@host/ledger?password=s3cret"])
def test_a_password_in_the_address_of_the_ledger_is_refused_without_being_repeated(home, kerumun, rest):
    (home.root / "kerumun.toml").write_text(f'ledger_url = "postgresql://{rest}"\n')
    done = kerumun("warnings", "list", check=False)
    assert done.returncode == 1
    assert ".pgpass" in done.stderr
    assert "s3cret" not in done.stdout + done.stderr


def test_the_list_says_whether_warnings_are_real(home, draft, kerumun):
    draft()
    assert "TEST MODE" in kerumun("warnings", "list").stdout
    live = SETTINGS.replace("[warnings]", '[warnings]\nmode = "live"', 1)
    (home.root / "kerumun.toml").write_text(live)
    assert "LIVE: what is approved and sent warns people" in kerumun("warnings", "list").stdout


def test_a_home_without_a_ledger_is_told_as_such(home, kerumun):
    done = kerumun("warnings", "list", check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"kerumun: there is no ledger in {home.root}: check --home, or take in files first\n"


def test_an_unknown_warning_is_refused_in_one_sentence(draft, kerumun):
    draft()
    done = kerumun("warnings", "approve", "W000000-XXXXX", check=False)
    assert done.returncode == 1
    assert done.stderr == "kerumun: there is no warning W000000-XXXXX: see 'kerumun warnings list'\n"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("[warnings]\nmode = 'Live'\n", "KERUMUN_WARNINGS__MODE: 'warnings.mode' must be 'test' or 'live'"),
        ("[warnings]\nofficialpage = 'x'\n", "'warnings.officialpage' is not a setting: is official_page meant?"),
        ("[warnings.operators.alun]\nchannel = 'htpp'\n", "'warnings.operators.alun' needs a channel"),
        ("[warnings.operators.alun]\nchannel = 'http'\n", "'warnings.operators.alun.url' is missing: add it"),
        ("[warnings]\nfresh_h = 'three'\n", "'warnings.fresh_h' must be a whole number"),
    ],
)
def test_a_setting_that_does_not_fit_is_told_in_plain_words(home, warnings, settings, told):
    (home.root / "kerumun.toml").write_text(settings)
    assert told in warnings("list", code=1)["error"]


def test_the_cells_of_a_warning_can_be_listed(draft, warnings):
    shown = warnings("show", draft(), "--cells")
    assert [each["cell_id"] for each in shown["cells"]][:2] == ["001-01-100-1", "001-01-100-2"]


def test_the_trail_tells_pauses_with_their_reasons(draft, warnings):
    draft()
    warnings("pause", "--by", "Sri", "--why", "drill")
    assert "paused already, by Sri (drill)" in warnings("pause", "--why", "again", code=1)["error"]
    warnings("resume", "--by", "Sri")
    assert "not paused" in warnings("resume", code=1)["error"]
    assert [(each["what"], each["why"]) for each in warnings("trail")][-2:] == [("pause", "drill"), ("resume", "")]


def test_a_live_warning_takes_its_second_approval_from_another_account(draft, warnings):
    name = draft(level="awas", approvals_needed=2, mode="live")
    warnings("approve", name, "--by", "Budi")
    assert "at an account of their own" in warnings("approve", name, "--by", "Sri", code=1)["error"]
