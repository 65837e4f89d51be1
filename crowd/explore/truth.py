"""Estimates beside a truth that somebody knows: the simulator's, or a count at the gates."""

import polars as pl

from crowd.exports_by_area import choose_level
from crowd.mobility.hierarchy import read_tree
from crowd.mobility.tree_shares import tree_shares
from geo.hexagons import parents_of, resolutions_of
from lake.home import Home

AROUND = 2  # resolutions that an estimate may be coarser by


def beside_truth(estimate: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """Estimated hexagons with the people who really were there.

    Where ground is drawn in coarse hexagons, the truth is summed to them.

    Args:
        estimate: interval_start, hex and any numbers, at most `AROUND` resolutions coarser than the truth.
        truth: interval_start, hex, people, all hexagons of one resolution.

    Returns:
        The rows of the estimate with `truth`, 0 where nobody was; then, with null for every number, the truth on
        ground that was not estimated.
    """
    drawn = estimate["hex"].unique()
    finest = int(resolutions_of(truth["hex"].head(1).to_numpy()).max(initial=0))
    placed, rest = [], truth.select("interval_start", "hex", truth=pl.col("people").cast(pl.Float64))
    for up in range(AROUND + 1):
        coarser = rest.with_columns(hex=pl.Series(parents_of(rest["hex"].to_numpy(), finest - up), dtype=pl.UInt64))
        is_drawn = coarser["hex"].is_in(drawn.implode())
        placed.append(coarser.filter(is_drawn))
        rest = rest.filter(~is_drawn)
    known = pl.concat([*placed, rest]).group_by("interval_start", "hex").agg(pl.col("truth").sum())
    hours = estimate.select("interval_start").unique()
    both = estimate.join(known, on=["interval_start", "hex"], how="full", coalesce=True)
    return both.join(hours, on="interval_start", how="semi").with_columns(pl.col("truth").fill_null(0))


def truth_by_area(truth: pl.DataFrame, *, home: Home, level: str | None = None) -> pl.DataFrame:
    """People who really were in each area: interval_start, area_code, truth.

    Args:
        truth: interval_start, hex, people.
        home: whose areas.
        level: one of `geo.areas.LEVELS`; None for the finest that is loaded.

    Raises:
        RefusedInputError: no areas of it are loaded, or the areas form no tree.
    """
    shares = tree_shares(home, truth["hex"].unique().to_numpy(), tree=read_tree(home))[choose_level(home, level)]
    shared = truth.join(shares, on="hex").select(
        "interval_start", area_code="code", truth=pl.col("people") * pl.col("share")
    )
    return shared.group_by("interval_start", "area_code").agg(pl.col("truth").sum()).sort("interval_start", "area_code")
