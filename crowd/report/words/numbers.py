"""Numbers as a language writes them, whole columns at once."""

from typing import Literal

import polars as pl

from crowd.reason_numbers import finite, written
from crowd.report.words.language import Words

Sign = Literal["minus", "always"]
MINUS = "\N{MINUS SIGN}"
FEW = 10.0


def told_number(number: pl.Expr, *, words: Words, places: int = 0, sign: Sign = "minus") -> pl.Expr:
    """A rounded number with its thousands apart and a true minus; null stays null.

    Args:
        number: rounded to `places`.
        words: of the language.
        places: decimal places, all of which are written.
        sign: whether a plus is written too; nought has neither.
    """
    told = written(
        finite(number.cast(pl.Float64)),
        thousands=words.thousands,
        point=words.point,
        places=places,
        least_places=places,
    ).str.replace("-", MINUS, literal=True)
    if sign == "minus":
        return told
    return pl.when(number.round(places) > 0).then(pl.lit("+") + told).otherwise(told)


def told_percent(percent: pl.Expr, *, words: Words, sign: Sign = "minus") -> pl.Expr:
    """A rounded percentage with its sign: below ten with one decimal, as the tables of the report round it."""
    small = percent.abs() < FEW
    fine = told_number(percent, words=words, places=1, sign=sign)
    whole = told_number(percent, words=words, sign=sign)
    return pl.when(small).then(fine).otherwise(whole) + pl.lit("%")
