"""From settings to gateways: channels with their secrets, and the limits that a sender keeps to."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from crowd.warnings.channels.cap import CapChannel
from crowd.warnings.channels.folder import FolderChannel
from crowd.warnings.channels.http import HttpChannel
from crowd.warnings.channels.kannel import KannelChannel
from crowd.warnings.officers import Officer
from crowd.warnings.options import FolderOptions, HttpOptions, WarningOptions
from crowd.warnings.outbox_rules import Limits
from crowd.warnings.outgoing import Answer, Channel, Outgoing
from crowd.warnings.routes import slug_of
from crowd.warnings.sending import Gateways
from crowd.warnings.signing import read_secret
from lake.errors import RefusedInputError

OUTGOING = "outgoing"
# Beyond what a channel allows itself for one message: writing down the answer, on a busy machine.
GRACE = timedelta(seconds=60)
FOLDER_TAKES = timedelta(seconds=60)


def make_gateways(
    options: WarningOptions,
    *,
    root: Path,
    officer: Callable[[str], Officer | None],
    timezone: str,
    clock: Callable[[], datetime],
    user_agent: str,
) -> Gateways:
    """Get every channel of an installation ready.

    Args:
        options: settings of warnings.
        root: folder that relative paths count from.
        officer: who is on duty under an id at the moment of sending, None where nobody is.
        timezone: whose days the daily caps count.
        clock: the time now.
        user_agent: how we name ourselves to gateways.

    Raises:
        RefusedInputError: a secret or a certificate cannot be used.
    """
    channels: dict[tuple[str, str], Channel] = {}
    if options.default_channel == "folder":
        channels["folder", ""] = OperatorFolders(root / OUTGOING)
    for operator, chosen in options.operators.items():
        channel = _channel_of(chosen, root=root, operator=operator, clock=clock, user_agent=user_agent)
        channels[channel.name, operator] = channel
    if options.kannel is not None:
        channels["kannel", ""] = _kannel(options, root=root, officer=officer, clock=clock)
    if options.cap is not None:
        web = options.cap.web or _as_address(options.official_page)
        cap = options.cap.model_copy(update={"web": web})
        channels["cap", ""] = CapChannel(cap, folder=root / cap.folder, clock=clock)
    return Gateways(
        channels=channels, limits=lambda now: limits_at(now, options=options, timezone=timezone), clock=clock
    )


def limits_at(now: datetime, *, options: WarningOptions, timezone: str) -> Limits:
    """What a sender keeps to at an instant."""
    local = now.astimezone(ZoneInfo(timezone))
    patience = [each.timeout_s for each in options.operators.values() if isinstance(each, HttpOptions)]
    kannel_s = options.kannel.timeout_s if options.kannel else 0
    return Limits(
        mode=options.mode,
        cool_down=timedelta(minutes=options.cool_down_min),
        daily_caps={name: each.daily_cap for name, each in options.operators.items() if each.daily_cap is not None},
        day_start=local.replace(hour=0, minute=0, second=0, microsecond=0),
        leases={
            "http": timedelta(seconds=2 * max(patience, default=0)) + GRACE,
            "kannel": timedelta(seconds=2 * kannel_s) + GRACE,
            "folder": FOLDER_TAKES + GRACE,
            "cap": FOLDER_TAKES + GRACE,
        },
        max_attempts=options.max_attempts,
        first_retry=timedelta(seconds=options.first_retry_s),
        longest_retry=timedelta(seconds=options.longest_retry_s),
        ask_for=timedelta(hours=options.ask_for_h),
    )


class OperatorFolders:
    """Folders of operators that nothing is set for, each below one place."""

    name = "folder"

    def __init__(self, place: Path) -> None:
        """Use a place, in which each operator's folder is made when something is sent to it."""
        self._place = place

    def send(self, outgoing: Outgoing) -> Answer:
        """See `FolderChannel`."""
        return self._folder_of(outgoing).send(outgoing)

    def ask(self, outgoing: Outgoing) -> Answer:
        """See `FolderChannel`."""
        return self._folder_of(outgoing).ask(outgoing)

    def _folder_of(self, outgoing: Outgoing) -> FolderChannel:
        return FolderChannel(self._place / slug_of(outgoing.recipient))


def _channel_of(
    chosen: HttpOptions | FolderOptions,
    *,
    operator: str,
    root: Path,
    clock: Callable[[], datetime],
    user_agent: str,
) -> Channel:
    if isinstance(chosen, HttpOptions):
        return HttpChannel(
            url=chosen.url,
            secret_file=root / chosen.secret_file,
            ca_file=None if chosen.ca_file is None else root / chosen.ca_file,
            timeout_s=chosen.timeout_s,
            user_agent=user_agent,
            clock=clock,
        )
    return FolderChannel(root / (chosen.folder or Path(OUTGOING) / slug_of(operator)))


def _kannel(
    options: WarningOptions, *, root: Path, officer: Callable[[str], Officer | None], clock: Callable[[], datetime]
) -> KannelChannel:
    if options.kannel is None:
        raise RefusedInputError("no Kannel is set: add [warnings.kannel] to kerumun.toml")
    return KannelChannel(
        options.kannel,
        password=read_password(root / options.kannel.password_file),
        secrets=read_secret(root / options.kannel.secret_file),
        officer=officer,
        max_segments=options.max_officer_segments,
        clock=clock,
    )


def _as_address(page: str) -> str | None:
    """A page as people type it, as alerts name it."""
    return page if not page or page.startswith(("http://", "https://")) else f"https://{page}"


def read_password(path: Path) -> str:
    """The one line of a password file.

    Raises:
        RefusedInputError: it cannot be read, or it holds nothing.
    """
    try:
        words = path.read_text(encoding="utf-8").split("\n", 1)[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        told = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise RefusedInputError(f"the password file {path} cannot be read: {told}") from None
    if not words:
        raise RefusedInputError(f"the password file {path} is empty: write the password into its first line")
    return words
