"""Publishing: an alert of the Common Alerting Protocol and the feed that lists it, as files under a public address."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from filelock import Timeout

from crowd.warnings.cap.build import FEED_NAME, CapAlert, build_cap
from crowd.warnings.cap.feed import entry_id, folder_lock, write_feed
from crowd.warnings.cap.published import current_alerts, read_published
from crowd.warnings.cap.rules import check_cap
from crowd.warnings.durable_files import read_if_there, write_whole
from crowd.warnings.options import CapOptions
from crowd.warnings.outgoing import Answer, Outgoing
from lake.errors import RefusedInputError

OTHER_CONTENT = "an alert of the same name with other content is published already"
MAKE_A_REVISION = (
    "Readers never look at a name twice. If nothing but the settings changed, it is out: mark it so; "
    "otherwise cancel it and draft the warning anew."
)


class CapChannel:
    """Alerts and their feed in a folder that a web server shows to the public: what lies there is delivered."""

    name = "cap"

    def __init__(self, options: CapOptions, *, folder: Path, clock: Callable[[], datetime]) -> None:
        """Args: `folder` is where files go, whatever `options` say; `clock` tells which alerts hold now."""
        self._options = options
        self._folder = folder
        self._clock = clock

    def send(self, outgoing: Outgoing) -> Answer:
        """Publish it. Again is as good as once: the same warning gives the same files."""
        alert = self._checked(outgoing)
        if isinstance(alert, Answer):
            return alert
        try:
            return self._publish(alert)
        except Timeout:
            return Answer(outcome="later", said="another process is still publishing")
        except OSError as error:
            return Answer(outcome="later", said=self._told(error), what_to_do=self._way_out())

    def ask(self, outgoing: Outgoing) -> Answer:
        """Look whether it lies in the folder and, while it holds, in the feed."""
        alert = self._checked(outgoing)
        if isinstance(alert, Answer):
            return alert
        try:
            return self._look(alert)
        except OSError as error:
            return Answer(outcome="unknown", said=self._told(error), what_to_do=self._way_out())

    def _checked(self, outgoing: Outgoing) -> CapAlert | Answer:
        try:
            alert = build_cap(outgoing, options=self._options)
        except RefusedInputError as refusal:
            return Answer(outcome="failed", said="no alert could be made", what_to_do=str(refusal))
        mistakes = check_cap(alert.xml)
        if not mistakes:
            return alert
        said = f"the alert has {len(mistakes)} mistake(s), first: {mistakes[0]}"
        what_to_do = "Nothing was published. Mend the message or the [warnings.cap] settings: " + "; ".join(mistakes)
        return Answer(outcome="failed", said=said, what_to_do=what_to_do)

    def _publish(self, alert: CapAlert) -> Answer:
        self._folder.mkdir(parents=True, exist_ok=True)
        with folder_lock(self._folder):
            if read_if_there(self._path(alert)) not in {None, alert.xml}:
                return Answer(outcome="failed", said=OTHER_CONTENT, what_to_do=MAKE_A_REVISION)
            for name, content in alert.lists.items():
                write_whole(self._folder / name, content)
            write_whole(self._path(alert), alert.xml)
            write_feed(self._folder, options=self._options, now=self._clock())
        return Answer(outcome="delivered", said="published", reference=alert.identifier)

    def _look(self, alert: CapAlert) -> Answer:
        there = read_if_there(self._path(alert))
        if there is None:
            return Answer(outcome="absent", said="it is not in the folder")
        if there != alert.xml:
            return Answer(outcome="unknown", said=OTHER_CONTENT, what_to_do=MAKE_A_REVISION)
        if not self._is_listed(alert):
            return Answer(outcome="absent", said="it is in the folder, the feed does not list it yet")
        return Answer(outcome="delivered", said="published", reference=alert.identifier)

    def _is_listed(self, alert: CapAlert) -> bool:
        """Whether the feed tells of it, or need not: it expired, or a later alert replaced it."""
        feed = read_if_there(self._folder / FEED_NAME) or b""
        if f"<id>{entry_id(self._options.sender, alert.identifier)}</id>".encode() in feed:
            return True
        current = current_alerts(read_published(self._folder), now=self._clock())
        return alert.identifier not in {other.identifier for other in current}

    def _path(self, alert: CapAlert) -> Path:
        return self._folder / f"{alert.identifier}.xml"

    def _told(self, error: OSError) -> str:
        return f"the folder of alerts cannot be used: {error.strerror or type(error).__name__}"

    def _way_out(self) -> str:
        return f"Make {self._folder} a folder that this user can write to, on a disk with room; it is tried again."
