"""SMS to duty officers through Kannel's sendsms: one request per officer, nothing secret in an address."""

import ssl
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from crowd.warnings.channels.bounded_request import NoReplyError, request
from crowd.warnings.channels.gateway_words import one_line
from crowd.warnings.channels.kannel_receipts import MASK, is_key, receipt_url
from crowd.warnings.message.segments import count_segments
from crowd.warnings.officers import Officer
from crowd.warnings.options import KannelOptions
from crowd.warnings.outgoing import Answer, Outgoing
from lake.errors import RefusedInputError

GSM, UCS2 = 0, 2
CHARSETS = {GSM: "UTF-8", UCS2: "UTF-16BE"}  # as IANA writes them: Kannel does not take Python's utf-16-be
ACCEPTED, FORBIDDEN, BUSY = 202, 403, (429, 503)
CLIENT_ERRORS = range(300, 500)
LOGIN_REFUSED = "check username and password_file against Kannel's sendsms-user, and its user-allow-ip; then send again"
NOT_ROUTABLE = (
    "no connection of Kannel takes it: look at its status page, start what is stopped (start-smsc), check the smsc "
    "setting and allowed-prefix"
)
# what smsbox says to 202 where it does not wait for bearerbox to store the SMS
NOT_STORED = "Sent."


class KannelChannel:
    """Hands SMS to one Kannel.

    Args:
        options: where it is and how to log in.
        password: what `options.password_file` holds.
        secrets: what `options.secret_file` holds; the first proves receipts.
        officer: the officer of an id, None where nobody has it; may refuse, where the table cannot be read just now.
        max_segments: longer texts are never sent. Kannel cuts texts over its own max-messages in silence, so that must
            not be smaller.
        clock: the time now.

    Raises:
        RefusedInputError: a setting cannot stand in a header.
    """

    name = "kannel"

    def __init__(
        self,
        options: KannelOptions,
        *,
        password: str,
        secrets: Sequence[bytes],
        officer: Callable[[str], Officer | None],
        max_segments: int,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        login = {"username": options.username, "password_file": password}
        _refuse_bad_headers({**login, "sender": options.sender, "smsc": options.smsc or "any"})
        self._options = options
        self._password = password
        self._secret = secrets[0]
        self._officer = officer
        self._max_segments = max_segments
        self._clock = clock
        self._tls = ssl.create_default_context()

    def send(self, outgoing: Outgoing) -> Answer:
        """Hand the SMS over once; see `Channel`."""
        try:
            officer = self._officer(outgoing.recipient)
        except RefusedInputError as error:
            return Answer(outcome="later", said="the duty officers cannot be read", what_to_do=str(error))
        if officer is None:
            return Answer(
                outcome="failed",
                said=f"no officer {outgoing.recipient} is registered",
                what_to_do=f"add the officer to duty_officers.csv, then 'kerumun warnings retry {outgoing.key}'",
            )
        text = _text_for(officer, outgoing.texts)
        minutes = int((outgoing.expires_at - self._clock()).total_seconds() // 60)
        refusal = self._refusal(text, key=outgoing.key, minutes=minutes)
        if refusal:
            return Answer(outcome="failed", said=refusal, what_to_do="tell the officer in another way")
        return self._post(text, officer=officer, key=outgoing.key, minutes=minutes)

    def ask(self, outgoing: Outgoing) -> Answer:
        """Kannel cannot be asked; see `Channel`."""
        return Answer(
            outcome="unknown",
            said="Kannel keeps no answer to ask for: a receipt will tell, or a person",
            what_to_do=_find_out(outgoing.recipient),
        )

    def _refusal(self, text: str, *, key: str, minutes: int) -> str | None:
        """Why Kannel never gets to see it; it would send an empty text, and cut a long one, without a word."""
        if not is_key(key):
            return "the key cannot stand in the address of a receipt"
        if not text.strip():
            return "the text is empty"
        if any(unicodedata.category(character) == "Cs" for character in text):
            return "the text holds half a character (a lone surrogate)"
        segments = count_segments(text).segments
        if segments > self._max_segments:
            return f"the text has {segments} segments, {self._max_segments} are allowed"
        if minutes < 1:
            return "less than a minute is left, and Kannel counts in whole minutes"
        return None

    def _post(self, text: str, *, officer: Officer, key: str, minutes: int) -> Answer:
        coding = _coding(text)
        headers = {
            "Content-Type": f"text/plain; charset={CHARSETS[coding]}",
            "X-Kannel-Username": self._options.username,
            "X-Kannel-Password": self._password,
            "X-Kannel-From": self._options.sender,
            "X-Kannel-To": officer.number,
            "X-Kannel-Coding": str(coding),
            "X-Kannel-Validity": str(minutes),
            "X-Kannel-DLR-Mask": str(MASK),
            "X-Kannel-DLR-URL": receipt_url(self._options.receipts_url, key=key, secret=self._secret),
        }
        if self._options.smsc:
            headers["X-Kannel-SMSC"] = self._options.smsc
        body, patience = text.encode(CHARSETS[coding]), self._options.timeout_s
        try:
            reply = request("POST", self._options.url, headers=headers, body=body, tls=self._tls, timeout_s=patience)
        except NoReplyError as error:
            return _no_reply(error, officer)
        return _answer(reply.status, one_line(reply.content.decode(errors="replace")), officer)


def _text_for(officer: Officer, texts: Mapping[str, str]) -> str:
    """The text in the officer's language; in any other rather than none."""
    return texts.get(officer.language) or next(filter(None, texts.values()), "")


def _coding(text: str) -> int:
    return GSM if count_segments(text).encoding == "gsm7" else UCS2


def _refuse_bad_headers(settings: Mapping[str, str]) -> None:
    for name, value in settings.items():
        if not value or not value.isascii() or not value.isprintable() or value != value.strip():
            raise RefusedInputError(f"kannel's {name} must be printable ASCII, not empty, without blanks around it")


def _no_reply(error: NoReplyError, officer: Officer) -> Answer:
    if not error.was_sending:
        certificate = "put the certificate of Kannel's side in order" if error.is_untrusted else None
        return Answer(outcome="later", said=one_line(f"Kannel cannot be reached: {error}"), what_to_do=certificate)
    return Answer(outcome="unknown", said=one_line(f"Kannel: {error}"), what_to_do=_find_out(officer.id))


def _answer(status: int, words: str, officer: Officer) -> Answer:
    said = f"Kannel: {status} {words}".rstrip()
    if status == ACCEPTED:
        todo = "set immediate-sendsms-reply = false: Kannel answered before it stored" if words == NOT_STORED else None
        return Answer(outcome="accepted", said=said, what_to_do=todo)
    if status in BUSY:
        return Answer(outcome="later", said=said)
    if status == FORBIDDEN and "authorization" in words.casefold():
        return Answer(outcome="failed", said=said, what_to_do=LOGIN_REFUSED)
    if status == FORBIDDEN:
        # Kannel says so of a number that no connection takes, and of every number while its connections are stopped.
        return Answer(outcome="later", said=said, what_to_do=NOT_ROUTABLE)
    if status in CLIENT_ERRORS:
        todo = "check kannel's url, sender and smsc in kerumun.toml, and Kannel's white and black lists"
        return Answer(outcome="failed", said=said, what_to_do=todo)
    return Answer(outcome="unknown", said=said, what_to_do=_find_out(officer.id))


def _find_out(officer_id: str) -> str:
    return f"ask officer {officer_id} whether the SMS came, or look in Kannel's access log at the time of sending"
