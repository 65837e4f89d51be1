"""Gateways of an installation, as a sender that runs for weeks has them."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from made_officers import NUMBER
from made_warnings import make_outgoing
from pydantic import ValidationError

from crowd.warnings.channels import kannel
from crowd.warnings.channels.bounded_request import Reply
from crowd.warnings.options import FolderOptions, HttpOptions, KannelOptions, WarningOptions
from crowd.warnings.sending import Deliveries
from lake.errors import RefusedInputError
from pipelines import serve
from pipelines.warn import check_warnings, gateways_of

HEADER = "id,number,role,area_code,language\n"
KANNEL = {
    "url": "http://127.0.0.1:13013/cgi-bin/sendsms",
    "username": "kerumun",
    "password_file": "password",
    "sender": "Kerumun",
    "receipts_url": "http://127.0.0.1:8077",
    "secret_file": "secret",
}


def write(path, text):
    path.write_text(text)
    path.chmod(0o600)


def test_an_officer_whose_number_changes_is_reached_under_the_new_one_by_a_sender_that_runs(options, monkeypatch):
    warnings = options.warnings.model_copy(update={"kannel": KannelOptions(**KANNEL)})
    write(options.home / "password", "word")
    write(options.home / "secret", "s" * 32)
    write(options.home / "duty_officers.csv", f"{HEADER}regency-1,+99900000002,regency,99.01,en\n")
    channel = gateways_of(options.model_copy(update={"warnings": warnings})).channels["kannel", ""]
    write(options.home / "duty_officers.csv", f"{HEADER}regency-1,{NUMBER},regency,99.01,en\n")
    numbers = []

    def answer(*_, headers, **__):
        numbers.append(headers["X-Kannel-To"])
        return Reply(status=202, headers={}, content=b"0: Accepted for delivery", is_whole=True)

    monkeypatch.setattr(kannel, "request", answer)
    told = {"key": "w-1.1.kannel.regency-1", "recipient": "regency-1"}
    channel.send(make_outgoing(expires_at=datetime.now(UTC) + timedelta(hours=1), **told))
    assert numbers == [NUMBER]


def test_a_sender_outlives_a_fault_that_nobody_foresaw(options, monkeypatch):
    runs, again, said = [], threading.Event(), []

    def send_until(*_, stop, tell, **__):
        runs.append(1)
        if len(runs) == 1:
            raise RuntimeError("+99900000001")
        tell(Deliveries(expired=2))
        again.set()
        stop.wait()

    monkeypatch.setattr(serve, "send_until", send_until)
    monkeypatch.setattr(serve, "SENDER_REST_S", 0.01)
    with serve._sender(options, say=said.append):
        assert again.wait(10)
    assert said == ["Warnings wait: RuntimeError", "Warnings: 2 expired"]


def test_an_address_of_a_gateway_cannot_carry_a_password_into_what_runs_show():
    with pytest.raises(ValidationError, match="must not hold a name or a password"):
        HttpOptions(channel="http", url="https://us:word@gateway.example/lists", secret_file="s")  # noqa: S106 - a file


def test_an_operator_of_the_settings_that_no_plan_knows_is_refused_before_anything_runs(options):
    strange = WarningOptions(operators={"alum": FolderOptions()})
    with pytest.raises(RefusedInputError, match=r"\[warnings\.operators\.alum\]: no loaded cell plan"):
        check_warnings(options.model_copy(update={"warnings": strange}))
