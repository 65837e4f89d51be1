"""Settings of warnings, as the front door reads them. Secrets are files, so that no table or log carries one."""

from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from crowd.warnings.outgoing import Language, Mode

LOOPBACK = ("127.0.0.1", "localhost", "::1")
Seconds = Annotated[float, Field(gt=0, le=3600)]
Minutes = Annotated[int, Field(ge=0, le=7 * 24 * 60)]
Level = Literal["waspada", "siaga", "awas"]


def _safe_url(url: str) -> str:
    parts = urlsplit(url)
    is_local = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not parts.hostname or (parts.scheme != "https" and not is_local):
        message = "must begin with https:// (http:// only on this machine itself)"
        raise ValueError(message)
    if parts.username is not None or parts.password is not None:
        message = "must not hold a name or a password: settings are shown to whoever looks at a run"
        raise ValueError(message)
    return url


Url = Annotated[str, AfterValidator(_safe_url)]


class Table(BaseModel):
    """A table of the settings: unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class HttpOptions(Table):
    """An operator's location-SMS gateway that takes target lists by HTTP.

    Attributes:
        url: where lists are posted; a list's state is asked at `url/KEY`.
        secret_file: shared secret of the signatures, one line; relative to the home folder.
        ca_file: certificates to trust instead of the system's.
        timeout_s: patience with one request.
        daily_cap: most expected recipients of one local day.
    """

    channel: Literal["http"]
    url: Url
    secret_file: Path
    ca_file: Path | None = None
    timeout_s: Seconds = 30
    daily_cap: Annotated[int, Field(ge=0)] | None = None


class FolderOptions(Table):
    """A folder that an operator fetches target lists from, by SFTP for instance.

    Attributes:
        folder: relative to the home folder; `outgoing/OPERATOR` where not given.
        daily_cap: most expected recipients of one local day.
    """

    channel: Literal["folder"] = "folder"
    folder: Path | None = None
    daily_cap: Annotated[int, Field(ge=0)] | None = None


OperatorOptions = Annotated[HttpOptions | FolderOptions, Field(discriminator="channel")]


class KannelOptions(Table):
    """Kannel's sendsms, for SMS to registered duty officers.

    Attributes:
        url: of sendsms, such as http://127.0.0.1:13013/cgi-bin/sendsms.
        username: of the sendsms-user.
        password_file: its password, one line; relative to the home folder.
        sender: what the SMS is from.
        receipts_url: where Kannel reports deliveries: the address of `kerumun warnings receive`.
        secret_file: secret by which those reports are told from forged ones.
        smsc: which connection of Kannel's to use; None leaves it to Kannel.
        timeout_s: patience with one request.
    """

    url: Url
    username: str
    password_file: Path
    sender: Annotated[str, Field(min_length=1, max_length=15)]
    receipts_url: Url
    secret_file: Path
    smsc: str | None = None
    timeout_s: Seconds = 10


class CapOptions(Table):
    """Public alerts in the Common Alerting Protocol.

    Attributes:
        folder: where the files and the feed are written; relative to the home folder.
        url: address under which the public reaches that folder.
        sender: who issues them, a globally unique name such as an internet domain or address.
        sender_name: the same for people.
        contact: how to reach the issuer; None leaves it out.
        web: page on which people can check an alert; the official page where not given.
    """

    folder: Path = Path("public/cap")
    url: Url
    sender: Annotated[str, Field(min_length=1, pattern=r"^[^\s,<&]+$")]
    sender_name: str
    contact: str | None = None
    web: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None


class Approvals(Table):
    """How many different people must approve a warning of each level."""

    waspada: Annotated[int, Field(ge=1, le=2)] = 1
    siaga: Annotated[int, Field(ge=1, le=2)] = 1
    awas: Annotated[int, Field(ge=1, le=2)] = 2


class WarningOptions(Table):
    """How warnings are drafted, approved and sent.

    Attributes:
        mode: "test" marks everything as a test; "live" warns people.
        draft_from: lowest level that a warning is drafted for.
        approvals: needed by level.
        languages: of the message; all of them go into one target list.
        max_segments: most SMS segments of one message.
        max_officer_segments: the same of a message to duty officers, which carries the reasons.
        sender_name: who warns, as people read it.
        official_page: where people find official information.
        fresh_h: gatherings last seen longer ago are not drafted by the hourly flow.
        expires_after_min: a warning not sent by then is not sent at all.
        cool_down_min: a cell is not warned again within so long.
        default_channel: of operators that `operators` does not name: their folder, or none.
        operators: the gateway of each operator.
        kannel: SMS to duty officers; None sends none.
        cap: public alerts; None publishes none.
        max_attempts: tries of one message before it is given up.
        first_retry_s: pause after the first try that a gateway did not take; doubles from try to try.
        longest_retry_s: the pause never grows beyond this.
        ask_for_h: how long a gateway is asked for receipts.
    """

    mode: Mode = "test"
    draft_from: Level = "siaga"
    approvals: Approvals = Approvals()
    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = ("id", "en")
    max_segments: Annotated[int, Field(ge=1, le=10)] = 2
    max_officer_segments: Annotated[int, Field(ge=1, le=10)] = 4
    sender_name: Annotated[str, Field(min_length=1)] = "Kerumun"
    official_page: str = ""
    fresh_h: Annotated[int, Field(ge=1, le=48)] = 3
    expires_after_min: Annotated[int, Field(ge=5, le=24 * 60)] = 120
    cool_down_min: Minutes = 360
    default_channel: Literal["folder", "none"] = "folder"
    operators: dict[str, OperatorOptions] = Field(default_factory=dict)
    kannel: KannelOptions | None = None
    cap: CapOptions | None = None
    max_attempts: Annotated[int, Field(ge=1, le=100)] = 12
    first_retry_s: Seconds = 5
    longest_retry_s: Seconds = 300
    ask_for_h: Annotated[int, Field(ge=0, le=168)] = 24

    @model_validator(mode="after")
    def _live_is_complete(self) -> Self:
        if self.mode == "live" and not self.official_page:
            message = "live warnings need an official_page on which people can check them: set it"
            raise ValueError(message)
        return self
