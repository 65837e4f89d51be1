"""What people write into the portal: types of names and reasons that routes take."""

from typing import Annotated
from unicodedata import category

from fastapi import Path
from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

LONGEST_WHY = 500
LONGEST_TEXT = 2000
MOST_CELLS = 5000
# Control characters, halves of pairs, unassigned ones: no database takes them all, and nobody can read them.
UNREADABLE = frozenset(["Cc", "Cs", "Cn", "Co"])
# They turn round the text that stands beside them, in a trail for instance.
TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _readable(text: str) -> str:
    if any(_is_unreadable(character) for character in text):
        raise PydanticCustomError("unreadable", "it holds a character that nobody can read: take it out")
    return text


def _is_unreadable(character: str) -> bool:
    return (category(character) in UNREADABLE and character not in "\n\t") or character in TURNING


def _a_reason(text: str) -> str:
    if not any(character.isalnum() for character in text):
        raise PydanticCustomError("no_reason", "say why: the next reader will want to know")
    return text


Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_WHY), AfterValidator(_readable)]
Why = Annotated[Words, AfterValidator(_a_reason)]
MessageText = Annotated[str, StringConstraints(max_length=LONGEST_TEXT), AfterValidator(_readable)]
CellId = Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(_readable)]
WarningName = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9-]{1,32}$", description="Name of the warning, or the code that its message carries.")
]
MessageKey = Annotated[str, Path(pattern=r"^[A-Za-z0-9._-]{1,160}$", description="Key of the message.")]
