"""Target sets: which cells of each operator are warned, and which are left alone."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from crowd.covering import cover
from geo.hexagons import Positions
from lake.errors import RefusedInputError

SPOT = ("gathering_id", "interval_start")
SET = (*SPOT, "operator")
# What one cell more must spare, as a share of the operator's excess people. Over simulated gatherings 0.02 lets up to
# two cells in fifteen go for less than 0.01 of overreach; 0.2 lets another one in fifteen go for twice as much.
PRICE_OF_A_CELL = 0.02
# Among sets that are equal otherwise, the one that serves more; far below anything that counts people.
PREFERENCE_FOR_REACH = 1e-9
POOL = "_pool"


def choose_cells(
    candidates: pl.DataFrame, *, reach: float, max_cells: int | None, max_recipients: int | None
) -> pl.DataFrame:
    """Choose the cells to warn for each gathering, interval and operator.

    Of all sets that reach the wanted share, the one with the least `others + 0.02 x excess x cells`: `others` are the
    recipients outside the gathering, `excess` the operator's excess people over all candidates. So a duty officer
    disturbs as few people as can be, and sends to one cell more where that spares at least one person for every fifty
    who should be warned. The fewest cells alone would take large cells that mostly serve other places (0.02 to 0.06
    more overreach in simulations); the fewest others alone would collect crumbs, cells that serve hardly anybody. As
    every cell has a price, no chosen cell could be left out. The set is the best there is (see `crowd.covering`), hence
    more reach wanted never means fewer people served.

    Limits win over reach. Where no set within `max_cells` reaches enough, the cells that serve most are chosen, those
    with the fewest others among equals. Where the sets of all operators together pass `max_recipients`, they are
    replaced by the cells that serve most excess people within it: operators have no shares of their own in the limit,
    each recipient goes to whichever cell serves most people for it, up to all excess people of an operator. With
    both limits that is sought among the cells that serve most, those that serve most per recipient, and the sets
    chosen without `max_recipients`.

    Args:
        candidates: gathering_id, interval_start, operator, cell_id, each combination once; recipients (devices attached
            to the cell, above 0), inside (of those, in the gathering's hexagons) and served (of those, its excess);
            any other columns.
        reach: wanted share of an operator's excess people, 0 to 1; met to 1e-12.
        max_cells: the most cells for one operator, gathering and interval.
        max_recipients: the most recipients of all operators for one gathering and interval.

    Returns:
        The chosen rows in the order of their ids, with reach (share of the operator's excess people that the cell
        serves), overreach (share of its recipients outside the gathering) and reach_of_set (reach of all cells chosen
        for the operator together, below the wanted reach where a limit bound).

    Raises:
        RefusedInputError: the wanted reach is not a share.
    """
    if not 0 <= reach <= 1:
        raise RefusedInputError(f"the wanted reach of target cells is {reach}: set a share from 0 to 1")
    measured = _measure(candidates)
    chosen = _sets_that_reach(measured, reach=reach, max_cells=max_cells)
    if max_recipients is not None:
        chosen = _within_recipients(chosen, measured, max_cells=max_cells, max_recipients=max_recipients)
    return chosen.with_columns(reach_of_set=pl.col("reach").sum().over(SET)).sort(*SET, "cell_id")


def _measure(candidates: pl.DataFrame) -> pl.DataFrame:
    """Reach and overreach of the cells that serve anybody, in the order of their ids."""
    # Sums of floats depend on the order of rows, hence the sort before anything is added up.
    return (
        candidates.filter(pl.col("served") > 0)
        .sort(*SET, "cell_id")
        .with_columns(
            reach=pl.col("served") / pl.col("served").sum().over(SET),
            overreach=(1 - pl.col("inside") / pl.col("recipients")).clip(0, 1),
        )
        .filter(pl.col("reach") > 0)
    )


def _sets_that_reach(cells: pl.DataFrame, *, reach: float, max_cells: int | None) -> pl.DataFrame:
    numbers = _numbers(cells, SET)
    others = _others() / pl.col("served").sum().over(SET)
    price = PRICE_OF_A_CELL - PREFERENCE_FOR_REACH * pl.col("reach")
    sets = cover(
        numbers.of_row,
        amount=cells["reach"].to_numpy(),
        cost=cells.select(others + price).to_series().to_numpy(),
        needed=np.full(numbers.count, reach),
        max_items=max_cells,
    )
    out_of_reach = cells.filter(~sets.is_covered[numbers.of_row])
    return pl.concat([cells.filter(sets.is_chosen), _leading(out_of_reach, pl.col("served"), max_cells)])


def _within_recipients(
    chosen: pl.DataFrame, cells: pl.DataFrame, *, max_cells: int | None, max_recipients: int
) -> pl.DataFrame:
    """The chosen sets, but where they pass the limit the cells that serve most within it."""
    is_beyond = pl.col("recipients").sum().over(SPOT) > max_recipients
    beyond = chosen.filter(is_beyond)
    fitting = pl.col("recipients") <= max_recipients
    around = cells.join(beyond, on=SPOT, how="semi").filter(fitting)
    pools = [around]
    if max_cells is not None:
        served = pl.col("served")
        pools = [_leading(around, by, max_cells) for by in (served, served / pl.col("recipients"))]
        pools.append(beyond.filter(fitting))
    numbered = pl.concat([pool.with_columns(pl.lit(n).alias(POOL)) for n, pool in enumerate(pools)])
    kept = _most_served(numbered.sort(*SPOT, POOL, "operator", "cell_id"), max_recipients=max_recipients)
    totals = kept.group_by(*SPOT, POOL).agg(pl.col("served").sum())
    best = totals.sort("served", POOL, descending=[True, False]).unique(SPOT, keep="first", maintain_order=True)
    replaced = kept.join(best, on=[*SPOT, POOL], how="semi").drop(POOL)
    return pl.concat([chosen.filter(~is_beyond), replaced])


def _most_served(pools: pl.DataFrame, *, max_recipients: int) -> pl.DataFrame:
    """Leave out the cells that serve fewest until the recipients of each pool are within the limit."""
    numbers = _numbers(pools, (*SPOT, POOL))
    recipients, served = pools["recipients"].to_numpy(), pools["served"].to_numpy()
    of_pool = np.bincount(numbers.of_row, weights=recipients, minlength=numbers.count)
    left_out = cover(
        numbers.of_row,
        amount=recipients / of_pool[numbers.of_row],
        cost=served / np.bincount(numbers.of_row, weights=served, minlength=numbers.count)[numbers.of_row],
        needed=1 - max_recipients / of_pool,
    )
    return pools.filter(~left_out.is_chosen)


def _leading(cells: pl.DataFrame, by: pl.Expr, max_cells: int | None) -> pl.DataFrame:
    """The cells of each set that lead by a measure, those with the fewest others among equals."""
    if max_cells is None:
        return cells
    ordered = cells.sort(*SET, by, _others(), "cell_id", descending=[False] * len(SET) + [True, False, False])
    return ordered.filter(pl.int_range(pl.len()).over(SET) < max_cells)


def _others() -> pl.Expr:
    return (pl.col("recipients") - pl.col("inside")).clip(0)


@dataclass(frozen=True, eq=False)
class _Numbers:
    """Groups of rows numbered from 0 in the order in which they stand."""

    of_row: Positions
    count: int


def _numbers(rows: pl.DataFrame, keys: tuple[str, ...]) -> _Numbers:
    of_row = rows.select(pl.struct(keys).rle_id()).to_series().to_numpy().astype(np.int64)
    return _Numbers(of_row, int(of_row.max(initial=-1)) + 1)
