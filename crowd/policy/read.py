"""Reading a policy file, and saying in one sentence what is wrong with it and on which line."""

import re
import tomllib
from importlib.resources import as_file, files
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from crowd.policy.fields import KeyPath
from crowd.policy.lines import key_lines, line_of
from crowd.policy.schema import Policy
from lake.errors import RefusedInputError

# What pydantic says of these in words of Python.
PLAIN = {
    "missing": "is missing: add it",
    "extra_forbidden": "no such key: mend its name or take it out",
    "tuple_type": "input should be a list",
    "model_type": "input should be a table",
}
LISTS_OF_TABLES = ("rules", "places", "events", "auto")


def load_policy(path: Path | None = None) -> Policy:
    """Read a policy file; without one the cautious policy that is shipped.

    Raises:
        RefusedInputError: the file is no TOML, or a key is unknown, missing, out of range or at odds with another;
            names the line.
    """
    if path is None:
        with as_file(files("crowd").joinpath("policy.toml")) as shipped:
            return load_policy(shipped)
    text = _read_text(path)
    try:
        return Policy.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise RefusedInputError(_told_syntax(path, text, str(error))) from None
    except ValidationError as error:
        raise RefusedInputError(_told_mistake(path, text, error.errors()[0])) from None


def _read_text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RefusedInputError(f"cannot read the policy {path}: {error.strerror}") from None
    try:
        return content.decode("utf-8-sig")  # some editors put a mark before the first character
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"{path}, line {line}: this is not TOML (a character is no UTF-8): save the file as UTF-8"
        raise RefusedInputError(message) from None


def _told_syntax(path: Path, text: str, said: str) -> str:
    found = re.search(r" \(at line (\d+), column \d+\)$", said)
    line = int(found[1]) if found else text.rstrip("\n").count("\n") + 1
    reason = said[: found.start()] if found else said.removesuffix(" (at end of document)")
    return f"{path}, line {line}: this is not TOML ({reason[:1].lower()}{reason[1:]}): mend that line"


def _told_mistake(path: Path, text: str, error: ErrorDetails) -> str:
    key: KeyPath = (*error["loc"], *error.get("ctx", {}).get("at", ()))
    if error["type"] == "tuple_type" and len(key) == 1 and key[0] in LISTS_OF_TABLES:
        said = f"write [[{key[0]}]], with two brackets on each side"
    else:
        said = PLAIN.get(error["type"], error["msg"].removeprefix("Value error, "))
    line = line_of(key_lines(text), key)
    return f"{path}, line {line}: '{_told_key(key)}': {said[:1].lower()}{said[1:]}"


def _told_key(key: KeyPath) -> str:
    """A key as people write it; elements of lists are counted from 1."""
    parts = (f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in key)
    return "".join(parts).removeprefix(".")
