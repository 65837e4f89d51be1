"""What CAP 1.2's schema asks for: which elements, in which order, with which words."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from crowd.warnings.cap.times import read_cap_time
from crowd.warnings.cap.vocabulary import NAMESPACE

SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}"
SCHEMA_ATTRIBUTES = "{http://www.w3.org/2001/XMLSchema-instance}"
PAIR = "valueName value"
# Children in order: `?` none or one, `*` any number, `+` at least one, otherwise exactly one.
CONTENTS = {
    "alert": "identifier sender sent status msgType source? scope restriction? addresses? code* note? references? "
    "incidents? info*",
    "info": "language? category+ event responseType* urgency severity certainty audience? eventCode* effective? onset? "
    "expires? senderName? headline? description? instruction? web? contact? parameter* resource* area*",
    "eventCode": PAIR,
    "parameter": PAIR,
    "geocode": PAIR,
    "resource": "resourceDesc mimeType size? uri? derefUri? digest?",
    "area": "areaDesc polygon* circle* geocode* altitude? ceiling?",
}
WORDS = {
    "status": "Actual Exercise System Test Draft",
    "msgType": "Alert Update Cancel Ack Error",
    "scope": "Public Restricted Private",
    "category": "Geo Met Safety Security Rescue Fire Health Env Transport Infra CBRNE Other",
    "responseType": "Shelter Evacuate Prepare Execute Avoid Monitor Assess AllClear None",
    "urgency": "Immediate Expected Future Past Unknown",
    "severity": "Extreme Severe Moderate Minor Unknown",
    "certainty": "Observed Likely Possible Unlikely Unknown",
}
TIMES = ("sent", "effective", "onset", "expires")
NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
# RFC 3986, with letters of other alphabets (RFC 3987).
_SIGN = r"(?:[\w.~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"
ADDRESS = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.-]*://(?:{_SIGN}+|\[[0-9A-Fa-f:.]+\])(?::\d+)?"
    rf"(?:/{_SIGN}*)*(?:\?(?:{_SIGN}|[/?])*)?(?:#(?:{_SIGN}|[/?])*)?"
)
INNER_NAME = r"[\w.~-]+(?:/[\w.~-]+)*"
FORMS = {
    "language": (re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*"), "a language code such as id-ID"),
    "web": (ADDRESS, "a full address such as https://…"),
    # A relative one names what `derefUri` carries.
    "uri": (re.compile(f"{ADDRESS.pattern}|{INNER_NAME}"), "an address"),
    "size": (re.compile(r"\d+", re.ASCII), "a whole number of bytes"),
    "altitude": (NUMBER, "a number of feet"),
    "ceiling": (NUMBER, "a number of feet"),
}


def name_of(element: Element) -> str:
    """Name of an element without CAP's namespace; one of another namespace keeps its own."""
    return element.tag.removeprefix(f"{{{NAMESPACE}}}")


def text_of(element: Element, name: str) -> str:
    """Text of the first child of that name; empty where there is none."""
    return (element.findtext(f"{{{NAMESPACE}}}{name}") or "").strip()


def children_of(element: Element, name: str) -> list[Element]:
    """Children of that name."""
    return element.findall(f"{{{NAMESPACE}}}{name}")


def structure_mistakes(element: Element, where: str) -> Iterator[str]:
    """What the schema would refuse in an element and all below it."""
    name = name_of(element)
    if any(not attribute.startswith(SCHEMA_ATTRIBUTES) for attribute in element.attrib):
        yield f"{where} has attributes: CAP has none"
    if name not in CONTENTS:
        yield from _leaf_mistakes(element, name, where)
        return
    if (element.text or "").strip() or any((child.tail or "").strip() for child in element):
        yield f"{where} has text between its elements"
    children = [child for child in element if name != "alert" or not child.tag.startswith(SIGNATURE)]
    yield from _order_mistakes([name_of(child) for child in children], CONTENTS[name], where)
    for child, position in _numbered(children):
        yield from structure_mistakes(child, f"{where}.{name_of(child)}{position}")


def _numbered(children: list[Element]) -> Iterator[tuple[Element, str]]:
    names = [child.tag for child in children]
    for index, child in enumerate(children):
        yield child, f"[{names[:index].count(child.tag) + 1}]" if names.count(child.tag) > 1 else ""


def _order_mistakes(found: list[str], content: str, where: str) -> Iterator[str]:
    slots = [(slot.rstrip("?*+"), slot[-1]) for slot in content.split()]
    names = [name for name, _ in slots]
    unknown = sorted({name for name in found if name not in names})
    missing = [name for name, often in slots if often not in "?*" and name not in found]
    doubled = [name for name, often in slots if often not in "*+" and found.count(name) > 1]
    yield from (f"{where} has an element {name}, which CAP does not have there" for name in unknown)
    yield from (f"{where} has no {name}" for name in missing)
    yield from (f"{where} has more than one {name}" for name in doubled)
    known = [names.index(name) for name in found if name in names]
    if known != sorted(known):
        yield f"{where} has its elements out of order: {' '.join(names)}"


def _leaf_mistakes(element: Element, name: str, where: str) -> Iterator[str]:
    text = element.text or ""
    if len(element):
        yield f"{where} has elements within it: it takes text only"
    elif not text.strip():
        yield f"{where} is empty: leave it out"
    elif name in WORDS and text not in WORDS[name].split():
        yield f"{where} is {text!r}: one of {WORDS[name].replace(' ', ', ')}"
    elif name in FORMS and not FORMS[name][0].fullmatch(text):
        yield f"{where} is {text!r}: not {FORMS[name][1]}"
    elif name in TIMES:
        yield from time_mistakes(text, where)


def time_mistakes(text: str, where: str) -> Iterator[str]:
    """What is wrong with a time."""
    if read_cap_time(text) is None:
        yield f"{where} is {text!r}: a time is 2026-03-01T19:15:00+07:00, without fractions, with a numeric offset"
    elif text.endswith("+00:00"):
        yield f"{where} is {text!r}: UTC is written -00:00"
