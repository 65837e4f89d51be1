"""What keeps a message from being approved, each in one sentence that says what to do."""

import re
from pathlib import Path
from unicodedata import category, name

from crowd.warnings.message.fields import MARKS, MessageFields, TextKind, field_texts
from crowd.warnings.message.render import GAP, render_message
from crowd.warnings.message.segments import characters_outside_gsm7, count_segments
from crowd.warnings.message.template_files import load_template
from crowd.warnings.outgoing import Language, Mode
from lake.engine import Engine, connect, fetch_value, read_sql
from lake.files import LONG_NUMBER

# Control and format characters, halves of pairs, private and unassigned ones.
UNSEEN = frozenset(["Cc", "Cf", "Cs", "Co", "Cn"])
# Shorter numbers can be no subscriber's.
SHORTEST_SUBSCRIBER_NUMBER = 8
WHAT_TO_DO = {
    "place": "the gathering lies in no area with a name: load areas with `kerumun areas load`",
    "official_page": "official_page is empty: set it under [warnings] in kerumun.toml",
    "sender": "sender_name is empty: set it under [warnings] in kerumun.toml",
    "code": "the warning has no check code: draft it again",
    "replaced": "the code of the warning that it refers to is missing: draft it again from that warning",
}


def check_message(
    kind: TextKind,
    language: Language,
    fields: MessageFields,
    *,
    mode: Mode,
    max_segments: int,
    templates_folder: Path | None = None,
) -> tuple[str, ...]:
    """Everything for which a message may not be approved; nothing where it is fit to go out.

    Args:
        kind: alert, update, cancel or officer.
        language: id or en.
        fields: what is known of the warning.
        mode: test or live; the mark of a test counts in the segments.
        max_segments: most SMS that it may take.
        templates_folder: the installation's own templates.

    Raises:
        RefusedInputError: the template is refused, or a field cannot be written.
    """
    template = load_template(kind, language, templates_folder)
    texts = field_texts(fields, language)
    missing = tuple(_missing(name, fields, template.file) for name in template.needed if not texts[name])
    if missing:
        return missing
    text = render_message(kind, language, fields, mode=mode, templates_folder=templates_folder)
    return check_text(text, max_segments=max_segments, emergency=fields.emergency)


def check_text(text: str, *, max_segments: int, emergency: str = "") -> tuple[str, ...]:
    """Everything for which a text may not go out; nothing where it is fit to.

    Args:
        text: as it would go out, with the mark of a test.
        max_segments: most SMS that it may take.
        emergency: emergency numbers of the place, the only long numbers that a message may tell.
    """
    if not text.strip() or text.strip() in [mark.strip() for mark in MARKS.values()]:
        return ("the message is empty: say something",)
    found = (_gap(text), _too_long(text, max_segments), _unseen(text), _identity(text, emergency))
    return tuple(refusal for refusal in found if refusal)


def _missing(name: str, fields: MessageFields, file: str) -> str:
    if name == "emergency":
        if not fields.regency_code:
            return "the gathering lies in no known regency, so no emergency number can be told: load areas of regencies"
        return f"no emergency number is set for regency {fields.regency_code}: add it to emergency_numbers.csv"
    general = f"{name} is empty, but {file} needs it: give it, or put it between {{% if {name} %}} and {{% endif %}}"
    return WHAT_TO_DO.get(name, general)


def _gap(text: str) -> str | None:
    gap = GAP.search(text)
    return f"the message has a gap where {gap[1]} belongs: set it and draft the warning again" if gap else None


def _too_long(text: str, max_segments: int) -> str | None:
    count = count_segments(text)
    if count.segments <= max_segments:
        return None
    told = f"the message takes {count.segments} SMS, {max_segments} allowed"
    costly = characters_outside_gsm7(text)
    if not costly:
        return f"{told}: shorten it by {_surplus(text, max_segments)} characters or more"
    fewer = count_segments("".join("x" if character in costly else character for character in text)).segments
    if fewer < count.segments:
        return f"{told}: replace {_named(costly)}, without which it would take {fewer}"
    return f"{told}: shorten it"


def _surplus(text: str, max_segments: int) -> int:
    """Characters to take off its end until it fits."""
    return next(n for n in range(len(text) + 1) if count_segments(text[: len(text) - n]).segments <= max_segments)


def _unseen(text: str) -> str | None:
    found = tuple(dict.fromkeys(character for character in text if category(character) in UNSEEN and character != "\n"))
    return f"the message holds what no phone shows, {_named(found)}: take it out" if found else None


def _named(characters: tuple[str, ...]) -> str:
    return ", ".join(_name(character) for character in characters)


def _name(character: str) -> str:
    point = f"U+{ord(character):04X}"
    if category(character) in UNSEEN:
        return f"{point} {name(character, '')}".strip()
    return f"{character} ({point})"


def _identity(text: str, emergency: str) -> str | None:
    for number in re.findall(r"\d+", emergency):
        if len(number) >= SHORTEST_SUBSCRIBER_NUMBER:
            text = re.sub(rf"(?<!\d){number}(?!\d)", "#", text)
    # Halves of pairs are refused elsewhere; DuckDB cannot take them.
    text = text.encode("utf-8", "replace").decode("utf-8")
    with connect(Engine(threads=1)) as connection:
        connection.execute(read_sql("lake", "subscriber_guard"))
        shape = fetch_value(connection, "select subscriber_shape($text, false)", {"text": text})
    if not shape and LONG_NUMBER.search(text):
        shape = "a phone number"
    return f"the message holds something shaped like {shape}: take it out" if shape else None
