"""People with the digits that they deserve, by the one rule that the indicators of a week are rounded by."""

import polars as pl

from crowd.mobility.long_rows import rounded


def rounded_people(value: pl.Expr, *, low: pl.Expr, high: pl.Expr) -> pl.Expr:
    """People, or one end of their range, as the range deserves."""
    return rounded(value, unit="people", low=low, high=high)
