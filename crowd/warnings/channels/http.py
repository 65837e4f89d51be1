"""Target lists posted to an operator's location-SMS gateway."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import MappingProxyType

import httpx

from crowd.warnings.channels.bounded_request import NoReplyError, Reply, request, trusted_tls
from crowd.warnings.channels.gateway_words import one_line, outcome_in, read_words, recipients_in, reference_in, said_in
from crowd.warnings.channels.payload import target_list
from crowd.warnings.outgoing import Answer, Outcome, Outgoing
from crowd.warnings.signing import SIGNATURE_HEADER, TIMESTAMP_HEADER, read_secret, sign
from lake.errors import RefusedInputError

LONGEST_PAUSE_S = 86_400.0
TRY_LATER = (408, 425, 429, 503)
MOVED = (301, 307, 308)
ASK_THEM = "ask the gateway's engineer why"
MIND_SIGNATURE = "check that both sides have the same secret and that the clocks of both agree within 300 s"
MIND_URL = "check the url in the settings"
WHAT_TO_DO: Mapping[int, str] = MappingProxyType(
    {
        301: "set the url to where it redirects to: redirects are not followed",
        307: "set the url to where it redirects to: redirects are not followed",
        308: "set the url to where it redirects to: redirects are not followed",
        400: "compare what it says with docs/schemas/target-list.schema.json",
        401: MIND_SIGNATURE,
        403: MIND_SIGNATURE,
        404: MIND_URL,
        405: MIND_URL,
        410: MIND_URL,
        413: "ask the gateway's engineer to take larger lists",
        415: "ask the gateway's engineer to take application/json",
        422: "it has another list under the same key: ask the gateway's engineer to compare both",
    }
)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class HttpChannel:
    """Posts a target list, signed, and asks for its state at `url/KEY`.

    What was certainly not taken is "later" or "failed"; whatever might have been taken is "unknown".
    """

    name = "http"

    def __init__(
        self,
        *,
        url: str,
        secret_file: Path,
        ca_file: Path | None = None,
        timeout_s: float = 30,
        user_agent: str = "kerumun",
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        """Get ready to send; nothing is connected yet.

        Args:
            url: where lists are posted.
            secret_file: see `crowd.warnings.signing.read_secret`.
            ca_file: certificates to trust instead of the system's.
            timeout_s: for one whole request.
            user_agent: how we name ourselves.
            clock: the time for signatures and for pauses that end at a date.

        Raises:
            RefusedInputError: if the secret or the certificates cannot be used, or the address cannot be read.
        """
        try:
            self._url = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise RefusedInputError(f"The url of a gateway cannot be read ({error}): {MIND_URL}") from None
        self._secrets = read_secret(secret_file)
        self._tls = trusted_tls(ca_file)
        self._timeout_s = timeout_s
        self._user_agent = user_agent
        self._clock = clock

    def send(self, outgoing: Outgoing) -> Answer:
        """Post the list once."""
        try:
            reply = self._request("POST", self._url, target_list(outgoing), {"Idempotency-Key": outgoing.key})
        except NoReplyError as error:
            return _unanswered(error)
        return _answer_to_list(reply, outgoing.key, self._clock())

    def ask(self, outgoing: Outgoing) -> Answer:
        """Get the state of the list; "unknown" where nobody can be reached, since it may have been taken before."""
        path, _, query = self._url.raw_path.decode().partition("?")
        asked = f"{path.rstrip('/')}/{outgoing.key}" + (f"?{query}" if query else "")
        try:
            reply = self._request("GET", self._url.copy_with(raw_path=asked.encode()), b"", {})
        except NoReplyError as error:
            return Answer(outcome="unknown", said=one_line(str(error)), what_to_do=_check_certificate(error))
        return _answer_to_question(reply, outgoing.key, self._clock())

    def _request(self, method: str, url: httpx.URL, body: bytes, more: Mapping[str, str]) -> Reply:
        timestamp = int(self._clock().timestamp())
        path = url.raw_path.decode()
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": self._user_agent,
            TIMESTAMP_HEADER: str(timestamp),
            SIGNATURE_HEADER: sign(self._secrets[0], timestamp=timestamp, method=method, path=path, body=body),
            **more,
        }
        if method == "GET":
            del headers["Content-Type"]
        return request(method, str(url), headers=headers, body=body, tls=self._tls, timeout_s=self._timeout_s)


def _unanswered(error: NoReplyError) -> Answer:
    outcome: Outcome = "unknown" if error.was_sending else "later"
    return Answer(outcome=outcome, said=one_line(str(error)), what_to_do=_check_certificate(error))


def _check_certificate(error: NoReplyError) -> str | None:
    if not error.is_untrusted:
        return None
    return "check the gateway's certificate with its engineer, then url and ca_file: another machine may be answering"


def _answer_to_list(reply: Reply, key: str, now: datetime) -> Answer:
    words = read_words(reply.content)
    outcome = outcome_in(words, key)
    said = said_in(words, reply.content)
    if httpx.codes.is_success(reply.status) and outcome in {"accepted", "delivered", "failed"}:
        to_do = ASK_THEM if outcome == "failed" else None
        return Answer(
            outcome=outcome, said=said, what_to_do=to_do, reference=reference_in(words), recipients=recipients_in(words)
        )
    if httpx.codes.is_success(reply.status):
        return Answer(outcome="unknown", said=f"answered {reply.status} without saying that it took the list")
    outcome = _outcome_of(reply.status)
    to_do = WHAT_TO_DO.get(reply.status, ASK_THEM) if outcome == "failed" else None
    pause = retry_after_s(reply.headers.get("Retry-After"), now)
    return Answer(outcome=outcome, said=one_line(f"{reply.status} {said}"), what_to_do=to_do, retry_after_s=pause)


def _outcome_of(status: int) -> Outcome:
    if status in TRY_LATER:
        return "later"
    if status in MOVED or (httpx.codes.is_client_error(status) and status != httpx.codes.CONFLICT):
        return "failed"
    return "unknown"


def _answer_to_question(reply: Reply, key: str, now: datetime) -> Answer:
    words = read_words(reply.content)
    outcome = outcome_in(words, key)
    said = said_in(words, reply.content)
    if outcome is not None and (reply.status, outcome == "absent") in {(200, False), (404, True)}:
        to_do = ASK_THEM if outcome == "failed" else None
        return Answer(
            outcome=outcome, said=said, what_to_do=to_do, reference=reference_in(words), recipients=recipients_in(words)
        )
    pause = retry_after_s(reply.headers.get("Retry-After"), now)
    to_do = None if reply.status in TRY_LATER else WHAT_TO_DO.get(reply.status)
    return Answer(outcome="unknown", said=one_line(f"{reply.status} {said}"), what_to_do=to_do, retry_after_s=pause)


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """Read how long to leave a gateway alone: seconds or an HTTP date, at most a day; None where it does not say."""
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return min(float(value.strip()[:12]), LONGEST_PAUSE_S)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max((until - now).total_seconds(), 0.0), LONGEST_PAUSE_S)
