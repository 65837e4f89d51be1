"""Numbers as they are told: with the digits that an estimate deserves, and none by which counts could be reckoned.

People of hexagons are sums of counts with known weights. From exact sums somebody who knows the cell plan can solve for
the count of every cell, also of one under k; rounded to ten people, and to two digits where there are more than a
hundred, they tell no more of a cell than that it is small (docs/method/review.md).
"""

import numpy as np
import polars as pl

from geo.hexagons import Floats

# Below a hundred people to ten of them, above to two digits.
FINEST_STEP, TWO_DIGITS_FROM = 10.0, 100.0
# Of shares: more would let the devices of a cell that stays untold be reckoned from those of the others.
TOLD_DIGITS = 2


def told_people(people: Floats) -> Floats:
    """People, rounded; unknown stays unknown."""
    size = np.floor(np.log10(np.maximum(np.abs(people), TWO_DIGITS_FROM)))
    step = FINEST_STEP * 10 ** (size - np.log10(TWO_DIGITS_FROM))
    return np.asarray(np.round(people / step) * step)


def told_column(name: str) -> pl.Expr:
    """The same of a column of people."""
    return pl.col(name).map_batches(lambda column: pl.Series(told_people(column.to_numpy())), return_dtype=pl.Float64)


def told_share(share: Floats) -> Floats:
    """A share, such as coverage, in hundredths."""
    return np.asarray(np.round(share, TOLD_DIGITS))
