"""The channel against Kannel itself: real bearerbox, smsbox and SMS centre, real receipts."""

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from made_officers import NUMBER, SECRETS, make_officer
from made_warnings import make_outgoing
from real_kannel import RealKannel, joined_text, require_kannel, running_kannel, wait_until
from smpp_centre import NO_SUCH_NUMBER, SmppCentre, running_centre
from starlette.applications import Starlette
from starlette.routing import Mount

from crowd.warnings.channels.kannel import KannelChannel
from crowd.warnings.channels.receipt import Receipt
from crowd.warnings.message.segments import BASIC_CHARACTERS, EXTENSION_CHARACTERS
from crowd.warnings.options import KannelOptions
from portal.receipts import receipts_app
from portal.web_server import serving

pytestmark = pytest.mark.system
ALL_GSM = sorted(BASIC_CHARACTERS | EXTENSION_CHARACTERS)
SMPP_ONLY = "denied-smsc-id = smpp"


@dataclass
class Post:
    """One Kannel, the application that its receipts reach, and the channel to it."""

    kannel: RealKannel
    receipts_url: str
    receipts: list[Receipt]
    refusals: list[Exception] = field(default_factory=list)

    def channel(self, *, number=NUMBER, password=None, smsc=None):
        files = {"password_file": "kannel.password", "secret_file": "kannel.secret"}
        options = KannelOptions(
            url=self.kannel.url,
            username=self.kannel.username,
            sender="Kerumun",
            receipts_url=self.receipts_url,
            smsc=smsc,
            **files,
        )
        return KannelChannel(
            options,
            password=password or self.kannel.password,
            secrets=SECRETS,
            officer={"regency-1": make_officer(number=number)}.get,
            max_segments=3,
        )

    def send(self, text="Stay away", *, key="w-1.1.kannel.regency-1", **changes):
        return self.channel(**changes).send(make_sms(text, key=key))

    def outcomes(self, key="w-1.1.kannel.regency-1"):
        return [receipt.outcome for receipt in self.receipts if receipt.key == key]

    def wait_for(self, outcome, key="w-1.1.kannel.regency-1"):
        """The first receipt of that outcome; Kannel reports on several threads, in no sure order."""
        wait_until(lambda: outcome in self.outcomes(key), f"a receipt that says {outcome}")
        return next(each for each in self.receipts if (each.key, each.outcome) == (key, outcome))

    def wait_received(self, count):
        wait_until(lambda: len(self.kannel.received()) >= count, f"{count} SMS at the centre")
        return self.kannel.received()


def make_sms(text, *, key):
    soon = datetime.now(UTC) + timedelta(minutes=30)
    return make_outgoing(key=key, recipient="regency-1", texts={"en": text}, expires_at=soon)


@contextmanager
def running_post(folder, *, under="", **lines):
    """Everything together; `under` is a path that the receipts application lies at, as addresses write it."""
    with ExitStack() as running:
        kannel = running.enter_context(running_kannel(folder / "kannel", **lines))
        receipts, refusals = [], []

        def take(receipt):
            if refusals:
                raise refusals.pop()
            receipts.append(receipt)

        app = receipts_app(take=take, http_secrets={}, kannel_secrets=SECRETS)
        mounted = Starlette(routes=[Mount(under.replace("%20", " "), app)]) if under else app
        url = running.enter_context(serving(mounted))
        yield Post(kannel, url + under, receipts, refusals)


@pytest.fixture
def post(tmp_path):
    with running_post(tmp_path) as running:
        yield running


@pytest.fixture
def centre_post(tmp_path):
    """A Kannel that also has a line to an SMPP centre; `smsc="smpp"` leads there."""
    with running_centre() as centre, running_post(tmp_path, smsc=SMPP_ONLY, more=centre.lines_of_kannel()) as running:
        wait_until(lambda: online(running.kannel.admin("status.txt")), "the SMPP line")
        yield running, centre


def online(status):
    return any("SMPP" in line and "(online" in line for line in status.splitlines())


def texts_at(centre: SmppCentre, count):
    wait_until(lambda: len(centre.submitted) >= count, f"{count} SMS at the SMPP centre")
    return [submitted.text for submitted in centre.submitted]


@pytest.mark.parametrize(("ci", "ending"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_a_machine_without_kannel_skips_and_the_build_server_fails(monkeypatch, ci, ending):
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr("real_kannel.PROGRAMS", {"bearerbox": "/nowhere/bearerbox"})
    with pytest.raises(ending, match="make system"):
        require_kannel()


def test_a_text_arrives_and_its_receipt_comes_back(post):
    assert post.send("Stay away").outcome == "accepted"
    post.wait_for("delivered")
    (sms,) = post.kannel.received()
    assert (sms.receiver, sms.sender, sms.text) == (NUMBER, "Kerumun", "Stay away")
    assert sorted(post.outcomes()) == ["accepted", "delivered"]


def test_receipts_find_an_address_with_percent_signs(tmp_path):
    with running_post(tmp_path, under="/a%20b") as post:
        post.send()
        post.wait_for("delivered")


def test_a_receipt_that_could_not_be_stored_comes_again(post):
    post.refusals += [OSError("disk full")] * 3
    post.send()
    post.wait_for("delivered")
    wait_until(lambda: len(post.receipts) == 2, "both receipts")


def test_every_gsm_character_arrives_as_the_septet_it_is(centre_post):
    post, centre = centre_post
    texts = ["<" + "".join(ALL_GSM[start : start + 50]) + ">" for start in range(0, len(ALL_GSM), 50)]
    for text in texts:
        assert post.send(text, smsc="smpp").outcome == "accepted"
    assert sorted(texts_at(centre, len(texts))) == sorted(texts)
    assert {submitted.coding for submitted in centre.submitted} == {0}


@pytest.mark.parametrize(
    "text", ["请远离 \U0001f642", "Jauhi “Alun”", "\U0001f642" * 35], ids=["both", "quotes", "full"]
)
def test_other_characters_arrive_as_ucs2(centre_post, text):
    post, centre = centre_post
    post.send(text, smsc="smpp")
    assert texts_at(centre, 1) == [text]
    assert centre.submitted[0].coding == 8


@pytest.mark.parametrize(
    ("text", "parts", "charset"),
    [("€" * 153, 3, "utf-8"), ("a" * 152 + "€" + "b" * 100, 2, "utf-8"), ("请\U0001f642" * 40, 2, "utf-16-be")],
    ids=["only extensions", "an extension on the border", "ucs2"],
)
def test_a_long_text_arrives_whole_with_one_delivery(post, text, parts, charset):
    post.send(text)
    post.wait_for("delivered")
    assert joined_text(post.wait_received(parts), charset) == text
    assert post.outcomes().count("delivered") == 1


def test_a_wrong_password_fails_with_advice(post):
    answer = post.send(password=post.kannel.password[1:])
    assert answer.outcome == "failed"
    assert "password_file" in answer.what_to_do
    assert post.kannel.received() == []


def test_a_number_that_no_connection_takes_is_tried_again_with_advice(tmp_path):
    with running_post(tmp_path, smsc="denied-prefix = +9997") as post:
        answer = post.send(number="+99970000001")
        assert answer.outcome == "later"
        assert "allowed-prefix" in answer.what_to_do
        post.send("to another", key="w-1.1.kannel.other")
        assert [sms.text for sms in post.wait_received(1)] == ["to another"]


def test_a_stopped_connection_fails_with_advice(post):
    post.kannel.stop_smsc()
    answer = post.send("while stopped")
    assert answer.outcome == "later"
    assert "start-smsc" in answer.what_to_do
    post.kannel.start_smsc()
    assert post.send("again").outcome == "accepted"
    assert [sms.text for sms in post.wait_received(1)] == ["again"]


def test_a_gateway_that_is_down_for_a_while_means_later_then_accepted(post):
    post.kannel.stop()
    assert post.send().outcome == "later"
    post.kannel.start()
    assert post.send().outcome == "accepted"
    post.wait_for("delivered")
    assert len(post.kannel.received()) == 1


def test_a_full_queue_means_later_and_nothing_of_it_arrives(tmp_path):
    with running_post(tmp_path, core="sms-outgoing-queue-limit = 1") as post:
        post.kannel.stop_box("fakesmsc")
        wait_until(lambda: "re-connecting" in post.kannel.admin("status.txt"), "the lost centre noticed")
        outcomes = [post.send(f"number {n}", key=f"w-{n}").outcome for n in range(4)]
        assert outcomes == ["accepted", "later", "later", "later"]
        post.kannel.start()
        post.wait_for("delivered", key="w-0")
        assert post.send("number 1", key="w-1").outcome == "accepted"
        post.wait_for("delivered", key="w-1")
        assert [sms.text for sms in post.kannel.received()] == ["number 0", "number 1"]


def test_a_slow_connection_delivers_each_once(tmp_path):
    with running_post(tmp_path, smsc="throughput = 5") as post:
        texts = [f"number {n}" for n in range(10)]
        assert {post.send(text, key=f"w-{n}").outcome for n, text in enumerate(texts)} == {"accepted"}
        post.wait_for("delivered", key="w-9")
        assert [sms.text for sms in post.kannel.received()] == texts


def test_accepted_sms_outlive_a_kill_and_arrive_exactly_once_with_their_receipts(post):
    post.kannel.stop_box("fakesmsc")
    texts = [f"number {n}" for n in range(10)]
    outcomes = {post.send(text, key=f"w-{n}").outcome for n, text in enumerate(texts)}
    post.kannel.kill_and_restart()
    for n in range(10):
        post.wait_for("delivered", key=f"w-{n}")
    assert outcomes == {"accepted"}
    assert sorted(sms.text for sms in post.kannel.received()) == texts


def test_receipts_of_sms_sent_before_a_kill_still_come(centre_post):
    post, centre = centre_post
    centre.held = []
    post.send(smsc="smpp")
    wait_until(lambda: post.outcomes() == ["accepted"] and centre.held, "the SMS with the centre")
    post.kannel.kill_and_restart()
    wait_until(lambda: online(post.kannel.admin("status.txt")), "the SMPP line again")
    centre.release()
    post.wait_for("delivered")
    assert len(centre.submitted) == 1


def test_an_sms_that_the_phone_never_got_is_reported_as_failed(centre_post):
    post, centre = centre_post
    centre.state = "UNDELIV"
    assert post.send(smsc="smpp").outcome == "accepted"
    said = post.wait_for("failed").said
    assert "stat:UNDELIV" in said
    assert NUMBER not in said


def test_an_sms_that_the_centre_rejects_is_reported_as_failed(centre_post):
    post, centre = centre_post
    centre.status = NO_SUCH_NUMBER
    assert post.send(smsc="smpp").outcome == "accepted"
    said = post.wait_for("failed").said
    assert said == "rejected by the SMS centre, or dropped by Kannel when it expired (NACK/0x0000000b)"
