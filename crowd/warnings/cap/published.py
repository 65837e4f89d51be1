"""The alerts in a folder, and which of them hold now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, fromstring

from crowd.warnings.cap.structure import children_of, text_of
from crowd.warnings.cap.times import read_cap_time
from crowd.warnings.cap.vocabulary import NAMESPACE


@dataclass(frozen=True, kw_only=True)
class PublishedAlert:
    """What the feed tells of an alert.

    Attributes:
        identifier: its name.
        sender: who issued it.
        sent: when.
        expires: of the block of information that holds longest.
        status: Actual or Test.
        kind: Alert, Update or Cancel.
        category: such as Safety.
        headlines: one per language.
        descriptions: one per language.
        replaces: identifiers of the earlier alerts that it updates or takes back.
        file_name: of the alert within its folder.
    """

    identifier: str
    sender: str
    sent: datetime
    expires: datetime
    status: str
    kind: str
    category: str
    headlines: tuple[str, ...]
    descriptions: tuple[str, ...]
    replaces: frozenset[str]
    file_name: str


def read_published(folder: Path) -> list[PublishedAlert]:
    """Every alert of a folder, the newest first; a file that is no alert of ours is passed over.

    Raises:
        OSError: the folder cannot be read.
    """
    alerts = [_read_alert(folder / name) for name in sorted(path.name for path in folder.glob("[!.]*.xml"))]
    return sorted((alert for alert in alerts if alert), key=lambda alert: (alert.sent, alert.identifier), reverse=True)


def current_alerts(alerts: Iterable[PublishedAlert], *, now: datetime) -> list[PublishedAlert]:
    """Those that neither expired nor were replaced or taken back. A test takes back nothing but tests."""
    alerts = list(alerts)
    replaced = {(alert.status, identifier) for alert in alerts for identifier in alert.replaces}
    return [alert for alert in alerts if alert.expires > now and (alert.status, alert.identifier) not in replaced]


def last_change(alerts: Iterable[PublishedAlert], *, now: datetime) -> datetime:
    """When a feed of these alerts last became another: one came, or one expired. `now` where there is none."""
    alerts = list(alerts)
    ends = (alert.expires for alert in alerts if alert.expires <= now)
    return max((*(alert.sent for alert in alerts), *ends), default=now)


def _read_alert(path: Path) -> PublishedAlert | None:
    try:
        root = fromstring(path.read_bytes())  # noqa: S314 - our own files; expat reads no outside entities
    except (ParseError, ValueError, LookupError):
        return None
    sent, infos = read_cap_time(text_of(root, "sent")), children_of(root, "info")
    ends = [end for info in infos if (end := read_cap_time(text_of(info, "expires")))]
    is_ours = root.tag == f"{{{NAMESPACE}}}alert" and text_of(root, "identifier") == path.stem
    if not is_ours or not sent or not ends:
        return None
    return PublishedAlert(
        identifier=path.stem,
        sender=text_of(root, "sender"),
        sent=sent,
        expires=max(ends),
        status=text_of(root, "status"),
        kind=text_of(root, "msgType"),
        category=text_of(infos[0], "category"),
        headlines=_texts(infos, "headline"),
        descriptions=_texts(infos, "description"),
        replaces=_replaced_by(root),
        file_name=path.name,
    )


def _texts(infos: list[Element], name: str) -> tuple[str, ...]:
    return tuple(text for info in infos if (text := text_of(info, name)))


def _replaced_by(root: Element) -> frozenset[str]:
    if text_of(root, "msgType") not in {"Update", "Cancel"}:
        return frozenset()
    triples = [reference.split(",") for reference in text_of(root, "references").split()]
    return frozenset(triple[1] for triple in triples if len(triple) > 1)
