"""Single numbers as a language writes them: the same as whole columns, for a sentence."""

from crowd.report.words.language import Words
from crowd.report.words.numbers import FEW, MINUS, Sign


def number(value: float | None, *, words: Words, places: int = 0, sign: Sign = "minus") -> str:
    """A number rounded to `places`; an empty text for none."""
    if value is None:
        return ""
    plain = f"{abs(value):,.{places}f}".translate({ord(","): words.thousands, ord("."): words.point})
    is_nought = float(f"{value:.{places}f}") == 0
    before = "+" if sign == "always" else ""
    return plain if is_nought else f"{MINUS if value < 0 else before}{plain}"


def percent(value: float | None, *, words: Words, sign: Sign = "minus", places: int | None = None) -> str:
    """A percentage; below ten with one decimal unless `places` is told."""
    if value is None:
        return ""
    fine = 1 if abs(value) < FEW else 0
    return f"{number(value, words=words, places=fine if places is None else places, sign=sign)}%"


def share(part: float, *, words: Words) -> str:
    """A share of one as a percentage, which is not nought unless it is."""
    percentage = part * 100
    if percentage == 0:
        return "0%"
    least = 0.1
    if 0 < percentage < least:
        return f"<{percent(least, words=words)}"
    return percent(round(percentage, 1), words=words)
