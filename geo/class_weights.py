"""Classes of land use, and how likely people are on each."""

from collections.abc import Mapping
from math import isfinite

import polars as pl

from lake.errors import RefusedInputError


def class_weights(values: pl.Series, classes: Mapping[str, float]) -> pl.Series:
    """Weight per km2 of each class, given as number or name; 0 for classes that nobody named."""
    if values.dtype.is_numeric():
        values = values.cast(pl.Float64).round().cast(pl.Int64, strict=False)
    return values.cast(pl.String).str.strip_chars().replace_strict(dict(classes), default=0.0, return_dtype=pl.Float64)


def parse_classes(text: str) -> dict[str, float]:
    """Weights as written on the command line: class=weight,class=weight.

    Raises:
        RefusedInputError: a part of it has no weight, or one below zero.
    """
    weights = {}
    for part in text.split(","):
        name, _, weight = (piece.strip() for piece in part.partition("="))
        number = _number(weight)
        if not name or number is None:
            raise RefusedInputError(f"--classes: '{part.strip()}' is not like 50=10: give class=weight,class=weight")
        weights[name] = number
    return weights


def _number(text: str) -> float | None:
    """A finite number from zero up; None for anything else."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) and number >= 0 else None
