"""Classes of land use, and how likely people are on each."""

from collections.abc import Mapping

import polars as pl

from lake.errors import RefusedInputError


def class_weights(values: pl.Series, classes: Mapping[str, float]) -> pl.Series:
    """Weight per km2 of each class, given as number or name; 0 for classes that nobody named."""
    if values.dtype.is_numeric():
        values = values.cast(pl.Float64).round().cast(pl.Int64)
    return values.cast(pl.String).str.strip_chars().replace_strict(dict(classes), default=0.0, return_dtype=pl.Float64)


def parse_classes(text: str) -> dict[str, float]:
    """Weights as written on the command line: class=weight,class=weight.

    Raises:
        RefusedInputError: a part of it has no weight, or one below zero.
    """
    weights = {}
    for part in text.split(","):
        name, _, weight = (piece.strip() for piece in part.partition("="))
        if not name or not weight.replace(".", "", 1).isdigit():
            raise RefusedInputError(f"--classes: '{part.strip()}' is not like 50=10: give class=weight,class=weight")
        weights[name] = float(weight)
    return weights
