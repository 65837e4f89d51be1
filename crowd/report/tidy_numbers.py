"""Numbers with the digits that they deserve, by the one rule that the indicators of a week are rounded by."""

import polars as pl

from crowd.mobility.long_rows import rounded

NUMBERS = ("value", "low", "high")


def rounded_indicators(indicators: pl.DataFrame) -> pl.DataFrame:
    """Indicators rounded by their units; those of a `Weekly` are rounded already.

    Args:
        indicators: columns of `crowd.mobility.model.INDICATORS`.
    """
    told = {name: pl.col(name) for name in NUMBERS}
    low, high = pl.col("low"), pl.col("high")
    for unit in indicators["unit"].unique().sort():
        is_it = pl.col("unit") == unit
        told = {
            name: pl.when(is_it).then(rounded(pl.col(name), unit=unit, low=low, high=high)).otherwise(chosen)
            for name, chosen in told.items()
        }
    return indicators.with_columns(**told)


def rounded_people(value: pl.Expr, *, low: pl.Expr, high: pl.Expr) -> pl.Expr:
    """People, or one end of their range, as the range deserves."""
    return rounded(value, unit="people", low=low, high=high)
