"""In which order gatherings are told."""

import polars as pl


def clear_first(gatherings: pl.DataFrame) -> pl.DataFrame:
    """Those that are doubtful after the others; the order stays otherwise, so the largest clear one is the first."""
    return gatherings.sort("is_doubtful", maintain_order=True)
