"""The Atom feed (RFC 4287) of the alerts that hold now."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from filelock import FileLock

from crowd.warnings.cap.build import FEED_NAME, file_url, issuer_of
from crowd.warnings.cap.published import PublishedAlert, current_alerts, last_change, read_published
from crowd.warnings.cap.vocabulary import NAMESPACE
from crowd.warnings.durable_files import write_whole
from crowd.warnings.options import CapOptions

ATOM = "http://www.w3.org/2005/Atom"
CAP_TYPE = "application/cap+xml"
LOCK_NAME = ".feed.lock"
LOCK_WAIT_S = 30.0


def folder_lock(folder: Path) -> FileLock:
    """Be the only one who writes to a folder of alerts; released by the kernel when its holder dies.

    Raises:
        OSError: another one still holds it after 30 seconds, or the folder cannot be written to.
    """
    return FileLock(folder / LOCK_NAME, timeout=LOCK_WAIT_S)


def rebuild_feed(folder: Path, *, options: CapOptions, now: datetime) -> tuple[str, ...]:
    """Write the feed anew from the alerts in the folder, so that expired ones leave it.

    Returns:
        Identifiers of the alerts in it, the newest first.

    Raises:
        OSError: the folder cannot be read or written to, or another process has held it for 30 seconds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with folder_lock(folder):
        return write_feed(folder, options=options, now=now)


def write_feed(folder: Path, *, options: CapOptions, now: datetime) -> tuple[str, ...]:
    """The same for who holds the folder already."""
    alerts = read_published(folder)
    current = current_alerts(alerts, now=now)
    write_whole(folder / FEED_NAME, build_feed(current, options=options, updated=last_change(alerts, now=now)))
    return tuple(alert.identifier for alert in current)


def entry_id(sender: str, identifier: str) -> str:
    """Lasting name of an alert in the feed, whatever its address."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{sender},{identifier}')}"


def build_feed(alerts: Sequence[PublishedAlert], *, options: CapOptions, updated: datetime) -> bytes:
    """The feed of these alerts, in their order. The same alerts give the same bytes."""
    feed = Element("feed", {"xmlns": ATOM, "xml:lang": "id"})
    _add(feed, "id", entry_id(options.sender, "feed"))
    _add(feed, "title", f"Peringatan kerumunan / Crowd warnings: {issuer_of(options)}")
    _add(feed, "updated", _atom_time(updated))
    SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": file_url(options, FEED_NAME)})
    _add(SubElement(feed, "author"), "name", issuer_of(options))
    for alert in alerts:
        _add_entry(feed, alert, options)
    indent(feed)
    return bytes(tostring(feed, encoding="utf-8", xml_declaration=True)) + b"\n"


def _add_entry(feed: Element, alert: PublishedAlert, options: CapOptions) -> None:
    entry = SubElement(feed, "entry")
    _add(entry, "id", entry_id(alert.sender, alert.identifier))
    _add(entry, "title", " / ".join(alert.headlines) or alert.identifier)
    _add(entry, "updated", _atom_time(alert.sent))
    _add(entry, "published", _atom_time(alert.sent))
    SubElement(entry, "link", {"rel": "alternate", "type": CAP_TYPE, "href": file_url(options, alert.file_name)})
    _add(entry, "summary", "\n\n".join(alert.descriptions) or alert.identifier)
    # With status and msgType a reader can leave tests alone without opening every alert.
    for name, term in (("category", alert.category), ("status", alert.status), ("msgType", alert.kind)):
        SubElement(entry, "category", {"term": term, "scheme": f"{NAMESPACE}#{name}"})


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _atom_time(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
