"""How many SMS a text takes, by 3GPP TS 23.038 (GSM 03.38) and 23.040."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

# Position 0x1B is left out: it is the escape to the extension table and no character.
BASIC_CHARACTERS = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION_CHARACTERS = frozenset("\f^{}\\[~]|€")
LAST_BASIC_PLANE = 0xFFFF


@dataclass(frozen=True)
class Capacity:
    """What fits into SMS of one encoding.

    Attributes:
        alone: units of a message that is one segment.
        joined: units of each segment of a longer one; six octets go to the header that joins them.
    """

    alone: int
    joined: int


CAPACITIES = {"gsm7": Capacity(alone=160, joined=153), "ucs2": Capacity(alone=70, joined=67)}


@dataclass(frozen=True, kw_only=True)
class Segments:
    """How a text goes out as SMS.

    Attributes:
        encoding: "gsm7" (septets of the default alphabet) or "ucs2" (16-bit units, for any other text).
        segments: SMS that it takes; an empty text still takes one.
        units: septets or 16-bit units of its characters.
        per_segment: units that fit into each segment.
        left: units still free in the last segment.
    """

    encoding: Literal["gsm7", "ucs2"]
    segments: int
    units: int
    per_segment: int
    left: int


def count_segments(text: str) -> Segments:
    """Count the SMS of a text; no character is split over two of them."""
    encoding: Literal["gsm7", "ucs2"] = "ucs2" if characters_outside_gsm7(text) else "gsm7"
    sizes = _septets(text) if encoding == "gsm7" else _code_units(text)
    capacity = CAPACITIES[encoding]
    units = sum(sizes)
    if units <= capacity.alone:
        return Segments(
            encoding=encoding, segments=1, units=units, per_segment=capacity.alone, left=capacity.alone - units
        )
    segments, used = _fill(sizes, room=capacity.joined)
    return Segments(
        encoding=encoding, segments=segments, units=units, per_segment=capacity.joined, left=capacity.joined - used
    )


def characters_outside_gsm7(text: str) -> tuple[str, ...]:
    """The characters for which a whole text goes out as UCS-2, with less than half the room; each once, in order."""
    return tuple(dict.fromkeys(c for c in text if c not in BASIC_CHARACTERS and c not in EXTENSION_CHARACTERS))


def _septets(text: str) -> list[int]:
    return [2 if character in EXTENSION_CHARACTERS else 1 for character in text]


def _code_units(text: str) -> list[int]:
    return [2 if ord(character) > LAST_BASIC_PLANE else 1 for character in text]


def _fill(sizes: Iterable[int], *, room: int) -> tuple[int, int]:
    """Number of segments, and units used of the last one."""
    segments, used = 1, 0
    for size in sizes:
        if used + size > room:
            segments, used = segments + 1, 0
        used += size
    return segments, used
