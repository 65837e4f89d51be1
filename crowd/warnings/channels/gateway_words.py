"""What a gateway says, read without trust: small, on one line, without numbers of people."""

import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from crowd.warnings.outgoing import Outcome

MOST_BYTES = 64 * 1024
MOST_SAID = 200
NUMBER = re.compile(r"\+?\d(?:[ ().-]{0,2}\d){6,}")
ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")
REFERENCE = re.compile(r"[A-Za-z0-9._:-]{1,100}")
OUTCOMES: Mapping[str, Outcome] = MappingProxyType(
    {
        "accepted": "accepted",
        "delivered": "delivered",
        "rejected": "failed",
        "failed": "failed",
        "expired": "failed",
        "absent": "absent",
    }
)


def one_line(text: str) -> str:
    """Put a text on one line of at most 200 characters, with long numbers and mail addresses masked."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text[: 20 * MOST_SAID])
    masked = ADDRESS.sub("***@***", NUMBER.sub("***", " ".join(printable.split())))
    return masked[:MOST_SAID]


def read_words(content: bytes) -> dict[str, Any] | None:
    """Read a JSON object; None where the bytes are anything else."""
    try:
        words = json.loads(content.decode())
    except (ValueError, RecursionError):
        return None
    return words if isinstance(words, dict) else None


def outcome_in(words: Mapping[str, Any] | None, key: str) -> Outcome | None:
    """Tell what became of a list by the words about it; None where they do not say so or are about another one."""
    if words is None or words.get("idempotency_key") != key:
        return None
    status = words.get("status")
    return OUTCOMES.get(status) if isinstance(status, str) else None


def said_in(words: Mapping[str, Any] | None, content: bytes) -> str:
    """Find what a person should read: the message, else the status, else the beginning of whatever came."""
    for name in ("message", "status"):
        if words is not None and isinstance(words.get(name), str) and words[name].strip():
            return one_line(words[name])
    text = content[:MOST_BYTES].decode(errors="replace")
    return "a web page, which is no answer" if text.lstrip().startswith("<") else one_line(text)


def recipients_in(words: Mapping[str, Any] | None) -> int | None:
    """Find how many people were reached, where it says so."""
    number = words.get("recipients") if words is not None else None
    return number if isinstance(number, int) and not isinstance(number, bool) and number >= 0 else None


def reference_in(words: Mapping[str, Any] | None) -> str | None:
    """Find the gateway's own name for the list, where it gives a usable one."""
    reference = words.get("reference") if words is not None else None
    return reference if isinstance(reference, str) and REFERENCE.fullmatch(reference) else None
