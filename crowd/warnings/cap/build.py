"""An alert of the Common Alerting Protocol 1.2 from a warning on its way out. The same warning gives the same bytes."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from crowd.warnings.cap.cell_lists import LIST_TYPE, CellList, cell_lists
from crowd.warnings.cap.polygons import cap_polygons
from crowd.warnings.cap.times import cap_time
from crowd.warnings.cap.vocabulary import (
    BY_LEVEL,
    CATEGORY,
    LANGUAGE_CODES,
    MAX_HEADLINE,
    MESSAGE_TYPES,
    NAMESPACE,
    NOTES,
    REGENCY_CODES,
    STATUSES,
    WORDS,
    Words,
    handling_of,
)
from crowd.warnings.options import CapOptions
from crowd.warnings.outgoing import LANGUAGES, Language, Outgoing
from lake.errors import RefusedInputError

FEED_NAME = "feed.xml"
SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
# What XML 1.0 cannot carry, not even escaped.
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, kw_only=True)
class CapAlert:
    """An alert, ready to be published.

    Attributes:
        identifier: its name, unique to the warning and its wording.
        xml: the alert itself.
        lists: content of the files beside it, by name; the alert tells their digests.
    """

    identifier: str
    xml: bytes = field(repr=False)
    lists: Mapping[str, bytes] = field(repr=False)


def identifier_of(warning_id: str, revision: int) -> str:
    """Name of a warning's wording in CAP and of its file without ending.

    Raises:
        RefusedInputError: the warning's name has other characters than letters, digits, dots, dashes and underscores.
    """
    if not SAFE_NAME.fullmatch(warning_id):
        message = (
            f"the name {warning_id!r} of a warning cannot be published: use letters, digits, '.', '-' and '_' only"
        )
        raise RefusedInputError(message)
    return f"{warning_id}.{revision}"


def file_url(options: CapOptions, name: str) -> str:
    """Where the public finds a file of the folder."""
    return f"{options.url.rstrip('/')}/{name}"


def issuer_of(options: CapOptions) -> str:
    """Who issues alerts, as people read it."""
    return options.sender_name.strip() or options.sender


def build_cap(outgoing: Outgoing, *, options: CapOptions) -> CapAlert:
    """The alert of a warning, with one block of information per language.

    Raises:
        RefusedInputError: it cannot be told in CAP: no text, an unknown level or language, no outline, a bad name, or a
            character that XML cannot carry.
    """
    _check_fields(outgoing)
    identifier = identifier_of(outgoing.warning_id, outgoing.revision)
    cells = cell_lists(outgoing.cells, identifier=identifier)
    alert = Element("alert", {"xmlns": NAMESPACE})
    _add_all(alert, _heads(outgoing, identifier, options))
    polygons = cap_polygons(outgoing.outline)
    for language in (language for language in LANGUAGES if language in outgoing.texts):
        info = SubElement(alert, "info")
        _add_all(info, _facts(outgoing, language, options))
        _add_parameters(info, outgoing, cells)
        _add_resources(info, cells, options)
        _add_area(info, outgoing, polygons)
    lists = {cell_list.file_name: cell_list.content for cell_list in cells if cell_list.file_name}
    return CapAlert(identifier=identifier, xml=_as_bytes(alert), lists=lists)


def _check_fields(outgoing: Outgoing) -> None:
    unknown = sorted(set(outgoing.texts) - set(LANGUAGES))
    if unknown or not outgoing.texts:
        found = ", ".join(unknown) or "none"
        raise RefusedInputError(f"an alert needs texts in {' or '.join(LANGUAGES)}, found {found}: write it anew")
    if outgoing.level not in BY_LEVEL:
        raise RefusedInputError(f"level {outgoing.level!r} is unknown to alerts: use one of {', '.join(BY_LEVEL)}")


def _heads(outgoing: Outgoing, identifier: str, options: CapOptions) -> list[tuple[str, str]]:
    return [
        ("identifier", identifier),
        ("sender", options.sender),
        ("sent", cap_time(outgoing.approved_at, timezone=outgoing.timezone)),
        ("status", STATUSES[outgoing.mode]),
        ("msgType", MESSAGE_TYPES[outgoing.kind]),
        # Scope says who may read it, status what to do about it: a test in a public feed is Public too. Anything else
        # would need a restriction or addresses, and then what is tested is not what goes out on the day.
        ("scope", "Public"),
        ("note", NOTES[outgoing.mode]),
        ("references", _references(outgoing, options)),
        ("incidents", _quoted(outgoing.gathering_id)),
    ]


def _references(outgoing: Outgoing, options: CapOptions) -> str:
    earlier = sorted(outgoing.references, key=lambda reference: (reference.sent_at, reference.warning_id))
    return " ".join(
        f"{options.sender},{identifier_of(reference.warning_id, reference.revision)},"
        f"{cap_time(reference.sent_at, timezone=outgoing.timezone)}"
        for reference in earlier
    )


def _quoted(name: str) -> str:
    """CAP parts incidents by spaces and wants double quotes around a name that has one."""
    return f'"{name}"' if re.search(r"\s", name) else name


def _facts(outgoing: Outgoing, language: Language, options: CapOptions) -> list[tuple[str, str]]:
    words, taken = WORDS[language], handling_of(outgoing.kind, outgoing.level)
    sent, started, expires = (
        cap_time(instant, timezone=outgoing.timezone)
        for instant in (outgoing.approved_at, outgoing.started_at, outgoing.expires_at)
    )
    return [
        ("language", LANGUAGE_CODES[language]),
        ("category", CATEGORY),
        ("event", words.event),
        *(("responseType", response) for response in taken.response),
        ("urgency", taken.urgency),
        ("severity", taken.severity),
        ("certainty", taken.certainty),
        ("effective", sent),
        ("onset", started),
        ("expires", expires),
        ("senderName", issuer_of(options)),
        ("headline", _headline(outgoing, words)),
        ("description", _marked(outgoing.texts[language].strip(), outgoing, words)),
        ("instruction", words.instructions["cancel" if outgoing.kind == "cancel" else outgoing.level]),
        ("web", options.web or file_url(options, FEED_NAME)),
        ("contact", options.contact or ""),
    ]


def _place(outgoing: Outgoing) -> str:
    return " ".join(outgoing.area_name.split())


def _headline(outgoing: Outgoing, words: Words) -> str:
    line = words.headlines[outgoing.kind].format(level=outgoing.level.capitalize(), place=_place(outgoing))
    line = _marked(line, outgoing, words)
    return line if len(line) <= MAX_HEADLINE else f"{line[: MAX_HEADLINE - 1].rstrip()}…"


def _marked(text: str, outgoing: Outgoing, words: Words) -> str:
    is_marked = outgoing.mode == "live" or text.startswith(words.test_mark)
    return text if is_marked else f"{words.test_mark}: {text}"


def _add_all(parent: Element, fields: list[tuple[str, str]]) -> None:
    """Add what there is; CAP wants an empty element left out."""
    for name, value in fields:
        if value:
            SubElement(parent, name).text = value


def _add_parameters(info: Element, outgoing: Outgoing, cells: tuple[CellList, ...]) -> None:
    facts = {
        "kerumun:code": outgoing.code,
        "kerumun:mode": outgoing.mode,
        "kerumun:gathering": outgoing.gathering_id,
        "kerumun:level": outgoing.level,
    }
    for name, value in (facts | {cell_list.name: cell_list.value for cell_list in cells}).items():
        _add_all(SubElement(info, "parameter"), [("valueName", name), ("value", value)])


def _add_resources(info: Element, cells: tuple[CellList, ...], options: CapOptions) -> None:
    for cell_list in cells:
        if cell_list.file_name:
            _add_all(
                SubElement(info, "resource"),
                [
                    ("resourceDesc", cell_list.name),
                    ("mimeType", LIST_TYPE),
                    ("size", str(len(cell_list.content))),
                    ("uri", file_url(options, cell_list.file_name)),
                    # CAP says that a digest is SHA-1; the parameter tells SHA-256.
                    ("digest", hashlib.sha1(cell_list.content, usedforsecurity=False).hexdigest()),
                ],
            )


def _add_area(info: Element, outgoing: Outgoing, polygons: tuple[str, ...]) -> None:
    area = SubElement(info, "area")
    _add_all(area, [("areaDesc", _place(outgoing)), *(("polygon", polygon) for polygon in polygons)])
    if outgoing.regency_code:
        _add_all(SubElement(area, "geocode"), [("valueName", REGENCY_CODES), ("value", outgoing.regency_code)])


def _as_bytes(alert: Element) -> bytes:
    if any(UNWRITABLE.search(text) for text in alert.itertext()):
        message = "a text of the alert has a control character that XML cannot carry: write the message without it"
        raise RefusedInputError(message)
    indent(alert)
    return bytes(tostring(alert, encoding="utf-8", xml_declaration=True)) + b"\n"
