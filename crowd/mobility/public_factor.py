"""People per device as numbers with noise tell it: one for everything, which stands while it hardly moves.

It is made of counts without noise, so it has two figures and no more. Rounded anew each week, it would jump by several
percent whenever it crosses the middle between two figures, and everything with it.
"""

from dataclasses import astuple, dataclass
from math import floor, log10

import polars as pl

from crowd.mobility.tree_order import Tree
from crowd.mobility.weeks import Week
from lake.home import Home
from lake.locks import hold_lock
from lake.staging import recover, staged

FIGURES = 2
FILE = "mobility_factor/part.parquet"
SCHEMA = {"monday": pl.Date, "people": pl.Float64, "low": pl.Float64, "high": pl.Float64}
WAIT_S = 600.0


@dataclass(frozen=True, kw_only=True)
class Factors:
    """People per device in two figures: the estimate and its range."""

    people: float
    low: float
    high: float


def public_factors(hours: pl.DataFrame, tree: Tree, *, like: Factors | None = None) -> Factors:
    """People per device of the coarsest areas; no range of it where none is known.

    Args:
        hours: the base table.
        tree: all areas.
        like: factors told before, which stand where the new ones are less than one of their last figure off.
    """
    top = pl.col("level") == tree.levels[0] if tree.levels else pl.lit(value=True)
    known = hours.filter(top, pl.col("people").is_not_null())
    ranged = known.drop_nulls(["people_low", "people_high"])
    exact = _ratio(known, "people", "devices")
    if like is not None and exact > 0 and abs(exact - like.people) < _last_figure(like.people):
        return like
    low, high = (exact * _ratio(ranged, end, "people") for end in ("people_low", "people_high"))
    return Factors(people=_rounded(exact), low=_rounded(low), high=_rounded(high))


def standing_factors(home: Home, week: Week, hours: pl.DataFrame, *, tree: Tree) -> Factors:
    """The factors of a week: those it was told with, else like those of the week next to it that was told with noise.

    Args:
        home: whose lake remembers them.
        week: the week.
        hours: its base table.
        tree: all areas.

    Raises:
        RefusedInputError: another process writes the factors for minutes.
    """
    with hold_lock(home, "mobility-factor", wait_s=WAIT_S):
        recover(home)
        path = home.lake / FILE
        known = pl.read_parquet(path, hive_partitioning=False) if path.exists() else pl.DataFrame(schema=SCHEMA)
        distance = (pl.col("monday") - pl.lit(week.monday)).abs()
        nearest = known.sort(distance, "monday").head(1)
        like = Factors(**nearest.drop("monday").row(0, named=True)) if nearest.height else None
        if like is not None and nearest["monday"][0] == week.monday:
            return like
        factors = public_factors(hours, tree, like=like)
        if hours["people"].null_count() == hours.height:
            return factors
        new = pl.DataFrame([(week.monday, *astuple(factors))], schema=SCHEMA, orient="row")
        with staged(home) as staging:
            pl.concat([known, new]).sort("monday").write_parquet(staging.path(FILE))
        return factors


def _ratio(frame: pl.DataFrame, upper: str, lower: str) -> float:
    over, under = float(frame[upper].sum()), float(frame[lower].sum())
    return over / under if under > 0 else 1.0


def _rounded(factor: float) -> float:
    return float(f"{factor:.{FIGURES}g}")


def _last_figure(factor: float) -> float:
    """How much one of the last figure is: 0.1 of 2.9, 1 of 29."""
    return float(10.0 ** (floor(log10(factor)) - FIGURES + 1)) if factor > 0 else 0.0
