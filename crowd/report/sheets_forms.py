"""How numbers look in the sheets, and how wide columns are, in letters."""

from collections.abc import Iterable

# The range has already rounded densities to as many digits as they deserve, which trailing zeros would add to.
FORMS = {
    "people": "#,##0",
    "people/km2": "[<100]General;#,##0",
    "percent": "0.0",
    "ratio": "0.00",
    "score": "0.0",
    "percentage points": "0.0",
    "cell-hours": "#,##0",
    "phones": "#,##0",
    "hour": "00",
    "hours": "#,##0",
    "warnings": "#,##0",
    "areas": "0.0",
}
LEAST_WIDTH, MOST_WIDTH = 13.0, 40.0
LETTER, BOLD_LETTER = 0.95, 1.3  # of the wider letters that programs without Calibri take in its place
SIDES, BUTTON = 2.0, 1.0


def number_width(title: str) -> float:
    """Of a column of numbers, so that no word of its header is broken."""
    return max(LEAST_WIDTH, _header_width(title))


def text_width(texts: Iterable[str | None], *, title: str) -> float:
    """Of a column of names, so that none is cut off; longer ones than MOST_WIDTH break into lines.

    Args:
        texts: what stands in it.
        title: its header, which breaks at its spaces.
    """
    longest = max((len(text) for text in texts if text is not None), default=0)
    return round(max(min(MOST_WIDTH, LETTER * longest + SIDES), _header_width(title)), 1)


def has_to_break(texts: Iterable[str | None]) -> bool:
    """Whether some text is longer than the widest column of names."""
    return any(LETTER * len(text) + SIDES > MOST_WIDTH for text in texts if text is not None)


def _header_width(title: str) -> float:
    return round(BOLD_LETTER * max((len(word) for word in title.split()), default=0) + BUTTON, 1)
