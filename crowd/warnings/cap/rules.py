"""All that is wrong with an alert: the schema's demands, and the rules that a schema cannot express."""

import re
from collections.abc import Iterator
from itertools import chain
from xml.etree.ElementTree import Element, ParseError, fromstring

from crowd.warnings.cap.shapes import circle_mistakes, polygon_mistakes
from crowd.warnings.cap.structure import children_of, name_of, structure_mistakes, text_of, time_mistakes
from crowd.warnings.cap.times import read_cap_time
from crowd.warnings.cap.vocabulary import MAX_HEADLINE, NAMESPACE

REFERRING = ("Update", "Cancel", "Ack", "Error")
TRIPLE = 3
UNSAFE = re.compile(r"[\s,<&]")


def check_cap(xml: bytes) -> list[str]:
    """Every mistake of a CAP 1.2 alert, each in one line that names the element; empty for a good one.

    After OASIS CAP-v1.2 (1 July 2010), section 3.2. Stricter than its words: an Exercise or an Error needs a note (it
    says SHOULD), a headline has at most 160 characters (it says that some devices show no more), and coordinates have
    at most 6 decimals, which is a hand's breadth.
    """
    try:
        alert = fromstring(xml)  # noqa: S314 - our own files; expat reads no outside entities
    except (ParseError, ValueError, LookupError) as error:
        return [f"it is no XML: {error}"]
    if alert.tag != f"{{{NAMESPACE}}}alert":
        return [f"its root is {name_of(alert)}: it must be alert of {NAMESPACE}"]
    return list(chain(structure_mistakes(alert, "alert"), _head_mistakes(alert), _info_mistakes(alert)))


def _head_mistakes(alert: Element) -> Iterator[str]:
    for name in ("identifier", "sender"):
        if UNSAFE.search(alert.findtext(f"{{{NAMESPACE}}}{name}") or ""):
            yield f"alert.{name} has a space, a comma, < or &"
    yield from _scope_mistakes(alert)
    yield from _note_mistakes(alert)
    yield from _reference_mistakes(alert)


def _scope_mistakes(alert: Element) -> Iterator[str]:
    scope = text_of(alert, "scope")
    has_restriction = bool(text_of(alert, "restriction"))
    if scope == "Restricted" and not has_restriction:
        yield "alert has no restriction: scope Restricted needs one"
    if scope != "Restricted" and has_restriction:
        yield "alert.restriction belongs to scope Restricted only"
    if scope == "Private" and not text_of(alert, "addresses"):
        yield "alert has no addresses: scope Private needs them"


def _note_mistakes(alert: Element) -> Iterator[str]:
    if text_of(alert, "note"):
        return
    if text_of(alert, "status") == "Exercise":
        yield "alert has no note: status Exercise needs one that names the exercise"
    if text_of(alert, "msgType") == "Error":
        yield "alert has no note: msgType Error needs one that explains it"


def _reference_mistakes(alert: Element) -> Iterator[str]:
    kind, references = text_of(alert, "msgType"), text_of(alert, "references").split()
    if kind in REFERRING and not references:
        yield f"alert has no references: msgType {kind} needs them"
    for reference in references:
        parts = reference.split(",")
        if len(parts) != TRIPLE or not all(parts):
            yield f"alert.references has {reference!r}: sender,identifier,sent"
            continue
        yield from time_mistakes(parts[2], "the time in alert.references")
        if parts[:2] == [text_of(alert, "sender"), text_of(alert, "identifier")]:
            yield "alert.references refers to the alert itself"


def _info_mistakes(alert: Element) -> Iterator[str]:
    for number, info in enumerate(children_of(alert, "info"), start=1):
        where = f"alert.info[{number}]"
        yield from _expiry_mistakes(info, text_of(alert, "sent"), where)
        if len(text_of(info, "headline")) > MAX_HEADLINE:
            yield f"{where}.headline has more than {MAX_HEADLINE} characters"
        for position, area in enumerate(children_of(info, "area"), start=1):
            yield from _area_mistakes(area, f"{where}.area[{position}]")


def _expiry_mistakes(info: Element, sent: str, where: str) -> Iterator[str]:
    expires = read_cap_time(text_of(info, "expires"))
    for name, text in (("sent", sent), ("effective", text_of(info, "effective"))):
        start = read_cap_time(text)
        if expires and start and expires <= start:
            yield f"{where}.expires is not after {name}"


def _area_mistakes(area: Element, where: str) -> Iterator[str]:
    for number, polygon in enumerate(children_of(area, "polygon"), start=1):
        yield from polygon_mistakes(polygon.text or "", f"{where}.polygon[{number}]")
    for number, circle in enumerate(children_of(area, "circle"), start=1):
        yield from circle_mistakes(circle.text or "", f"{where}.circle[{number}]")
    if text_of(area, "ceiling") and not text_of(area, "altitude"):
        yield f"{where} has a ceiling without an altitude"
