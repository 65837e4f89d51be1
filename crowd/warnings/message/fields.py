"""What a message can tell, and how each language says it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from crowd.holidays import known_zone
from crowd.reason_words import ENGLISH, INDONESIAN, ZONE_NAMES
from crowd.warnings.outgoing import Language, Mode
from lake.errors import RefusedInputError

TextKind = Literal["alert", "update", "cancel", "officer"]
KINDS: tuple[TextKind, ...] = get_args(TextKind)
WORDS = {"id": INDONESIAN, "en": ENGLISH}
MARKS = {"id": "UJI COBA: ", "en": "TEST: "}
# The official names stay in English, so that a visitor can match them with what is said around him.
LEVELS: Mapping[Language, Mapping[str, str]] = {
    "id": {"waspada": "WASPADA", "siaga": "SIAGA", "awas": "AWAS"},
    "en": {"waspada": "WASPADA (be aware)", "siaga": "SIAGA (be ready)", "awas": "AWAS (act now)"},
}
FOR_ALL = ("level", "place", "since", "until", "emergency", "official_page", "code", "sender")
# What a template of each kind may name; people and reason are for officers alone.
ALLOWED: Mapping[TextKind, tuple[str, ...]] = {
    "alert": FOR_ALL,
    "update": (*FOR_ALL, "replaced"),
    "cancel": (*FOR_ALL, "replaced"),
    "officer": (*FOR_ALL, "replaced", "people", "reason"),
}
# Blanks and line ends only: other control characters stay in a text, for the check to find them.
BLANKS = re.compile(r"[\t\n\r \u00a0\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
# Typographic marks that names and reasons bring along and GSM 03.38 lacks; one of them would halve the room of a text.
PLAIN_MARKS = str.maketrans(
    {"\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-"}
    | {"\u2018": "'", "\u2019": "'", "\u02bc": "'", "`": "'", "\u201c": '"', "\u201d": '"', "\u2026": "..."}
)


@dataclass(frozen=True, kw_only=True)
class MessageFields:
    """What is known of one warning. An empty text is unknown.

    Attributes:
        level: waspada, siaga or awas.
        place: name of the area.
        since: when the gathering began.
        until: when the warning ends.
        timezone: local time of the area, a name of the tz database.
        regency_code: of the regency whose emergency numbers are told; in no message, but in refusals.
        emergency: numbers to call, as in "112" or "110 / 118".
        official_page: where people find official information.
        code: by which people can check that the message is real.
        sender: who warns.
        replaced: code of the earlier warning, in updates and cancellations.
        people: for officers, a rounded range of people in words.
        reason: for officers, why the warning was drafted.
    """

    level: str
    place: str
    since: datetime | None
    until: datetime | None = None
    timezone: str
    regency_code: str | None = None
    emergency: str = ""
    official_page: str = ""
    code: str = ""
    sender: str = ""
    replaced: str = ""
    people: str = ""
    reason: str = ""


def mark_of(language: str, *, mode: Mode) -> str:
    """What a message begins with where it is a test: anything but "live" is one."""
    return "" if mode == "live" else MARKS[language]


def field_texts(fields: MessageFields, language: Language) -> dict[str, str]:
    """Every field as the language writes it.

    Raises:
        RefusedInputError: the level, language or time zone is unknown, or a time has none.
    """
    if language not in LEVELS:
        raise RefusedInputError(f"language {language!r} is unknown: messages are written in {' and '.join(LEVELS)}")
    if fields.level not in LEVELS[language]:
        raise RefusedInputError(f"level {fields.level!r} is unknown: give {', '.join(LEVELS[language])}")
    texts = {
        "level": LEVELS[language][fields.level],
        "since": _local_time(fields.since, fields.timezone, language),
        "until": _local_time(fields.until, fields.timezone, language),
    }
    as_given = {name: str(getattr(fields, name)) for name in ALLOWED["officer"] if name not in texts}
    return texts | {name: one_line(text.translate(PLAIN_MARKS)) for name, text in as_given.items()}


def one_line(text: str) -> str:
    """The text with every run of blanks and line ends made one blank."""
    return BLANKS.sub(" ", text).strip(" ")


def _local_time(instant: datetime | None, timezone: str, language: Language) -> str:
    """Weekday, time and zone, as in "Sabtu 19.30 WIB"."""
    if instant is None:
        return ""
    if instant.tzinfo is None:
        raise RefusedInputError(f"time {instant} of a warning has no time zone: give it in UTC")
    local = instant.astimezone(known_zone(timezone))
    words = WORDS[language]
    zone = ZONE_NAMES.get(timezone) or _offset(local.utcoffset() or timedelta())
    return f"{words.days[local.weekday()]} {local:%H}{words.clock}{local:%M} {zone}"


def _offset(ahead: timedelta) -> str:
    minutes = round(ahead.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
