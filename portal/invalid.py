"""What does not fit in a request, in plain words."""

from collections.abc import Callable, Mapping

# What pydantic says of these in words of Python; the values are what it knows about the rule.
PLAIN: Mapping[str, Callable[[Mapping[str, object]], str]] = {
    "missing": lambda _: "is missing: give it",
    "too_short": lambda rule: f"needs at least {rule['min_length']}",
    "too_long": lambda rule: f"may hold no more than {rule['max_length']}",
    "string_too_short": lambda rule: f"needs at least {rule['min_length']} characters",
    "string_too_long": lambda rule: f"may hold no more than {rule['max_length']} characters",
    "int_parsing": lambda _: "must be a whole number",
    "float_parsing": lambda _: "must be a number",
    "extra_forbidden": lambda _: "is not known here: take it out",
}
# How these are written, where a rule of letters and digits says it badly.
WRITTEN = {
    "box": "west,south,east,north in degrees, such as 106.7,-6.4,107.0,-6.1",
    "hexes": "H3 indexes of 15 digits with commas between them, such as 898c1064a27ffff",
    "level": "waspada, siaga or awas, with commas between them",
    "week": "year and ISO week, such as 2020-W14",
    "name": "the warning's name, such as W200331-6GT97, or the code of its message",
    "key": "the key of a message, as the warning lists it",
}


def told_invalid(error: Mapping[str, object]) -> str:
    """One sentence: what, and what would fit.

    Args:
        error: of pydantic's, with `loc`, `type`, `msg` and `ctx`.
    """
    loc = error["loc"]
    where = [str(part) for part in loc[1:]] if isinstance(loc, tuple) else []
    name = where[-1] if where else "the body"
    rule = error.get("ctx")
    said = PLAIN.get(str(error["type"]))
    if error["type"] == "string_pattern_mismatch" and name in WRITTEN:
        return f"'{name}' is not written as it should be: {WRITTEN[name]}"
    if said is not None:
        return f"'{'.'.join(where) or name}' {said(rule if isinstance(rule, Mapping) else {})}"
    return f"'{'.'.join(where) or name}': {error['msg']}"
