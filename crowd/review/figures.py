"""What a set of target cells comes to: whom it reaches, and whom it disturbs."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from crowd.review.told_numbers import TOLD_DIGITS
from crowd.warnings.wording import WITHHELD_AS


@dataclass(frozen=True, kw_only=True)
class OperatorFigures:
    """The cells of one operator.

    Attributes:
        operator: whose.
        cells: how many.
        recipients: people expected to be warned; a number that is withheld counts as 15.
        reach: share of the operator's excess people that the cells serve together, 0 to 1; None where no cell's is
            known.
        overreach: share of the recipients outside the gathering, 0 to 1; None where no cell's is known.
    """

    operator: str
    cells: int
    recipients: int
    reach: float | None
    overreach: float | None


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The cells of all operators.

    Attributes:
        cells: how many.
        recipients: people expected to be warned; a number that is withheld counts as 15.
        reach: mean over the operators whose reach is known; None where there is none.
        overreach: share of the recipients outside the gathering; None where no cell's is known.
        by_operator: in order of name.
    """

    cells: int
    recipients: int
    reach: float | None
    overreach: float | None
    by_operator: Sequence[OperatorFigures]


def figures_of(cells: pl.DataFrame) -> Figures:
    """What a set of target cells comes to, by operator and altogether.

    Recipients are those expected at each cell, where withheld ones count as 15 (`WITHHELD_AS`), also as weights:

    - reach of an operator is the sum of its cells': each is a share of the same excess people, and no recipient is at
      two cells. A cell whose reach is not known, as of one added by hand, adds nothing to it;
    - overreach of an operator is the mean of its cells', each weighing its recipients; cells without are left out;
    - reach altogether is the mean of the operators', each weighing the recipients of all of its cells; operators
      without are left out;
    - overreach altogether is the mean over all cells, as for one operator.

    Args:
        cells: operator, cell_id, expected_recipients (null: withheld), reach and overreach (null: not known).
    """
    # Sums of floats depend on the order of rows.
    known = cells.sort("operator", "cell_id").with_columns(
        recipients=pl.col("expected_recipients").fill_null(WITHHELD_AS)
    )
    by_operator = known.group_by("operator", maintain_order=True).agg(
        cells=pl.len(),
        recipients=pl.col("recipients").sum(),
        reach=pl.when(pl.col("reach").count() > 0).then(pl.col("reach").sum().clip(0, 1)),
        overreach=_mean("overreach"),
    )
    by_operator = by_operator.with_columns(pl.col("reach", "overreach").round(TOLD_DIGITS))
    total = known.select(
        cells=pl.len(), recipients=pl.col("recipients").sum(), overreach=_mean("overreach").round(TOLD_DIGITS)
    )
    reach = by_operator.select(_mean("reach").round(TOLD_DIGITS)).item()
    operators = tuple(OperatorFigures(**row) for row in by_operator.iter_rows(named=True))
    return Figures(**total.row(0, named=True), reach=reach, by_operator=operators)


def _mean(share: str) -> pl.Expr:
    """Mean of a share, weighing recipients; null where it is nowhere known."""
    weight = pl.when(pl.col(share).is_not_null()).then(pl.col("recipients"))
    weighted = (pl.col(share) * weight).sum() / weight.sum()
    # Nobody at all is expected at any of the cells: then they weigh alike.
    return pl.when(weight.sum() > 0).then(weighted).otherwise(pl.col(share).mean()).alias(share)
