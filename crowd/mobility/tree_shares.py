"""Shares of hexagons in areas, so divided that an area is the sum of those inside it wherever they cover it.

Outlines of two levels seldom agree to the metre. Taken by its own outline each, a regency would differ from its
districts by the people of a few metres of border: nobody's number, but one that would have to be kept back, and others
with it.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import polars as pl

from crowd.mobility.hierarchy import AreaTree
from geo.area_shares import area_shares
from geo.hexagons import Hexes
from lake.home import Home

# An area whose children leave more of its ground than this has not all of them loaded.
COVERED = 0.95


def ground_inside(areas: pl.DataFrame) -> pl.DataFrame:
    """How much of the ground of areas lies in the areas inside them, by the outlines alone.

    Args:
        areas: columns of `crowd.mobility.model.AREAS`.

    Returns:
        level, area_code, children (how many; null for none) and is_open: whether they leave more than a twentieth of
        its ground; an area without any is not open.
    """
    inside = areas.group_by(area_code="parent_code").agg(inside_km2=pl.col("area_km2").sum(), children=pl.len())
    left = pl.col("inside_km2") < COVERED * pl.col("area_km2")
    return areas.join(inside, on="area_code", how="left", maintain_order="left").select(
        "level", "area_code", "children", is_open=left.fill_null(value=False)
    )


def tree_shares(home: Home, hexes: Hexes, *, tree: AreaTree) -> Mapping[str, pl.DataFrame]:
    """The share of each hexagon's people that each area gets, of all levels.

    The coarsest areas divide a hexagon by their own outlines (`geo.area_shares`), and the areas inside each of them
    divide what it got by theirs. An area that is covered by those inside it gets nothing of a hexagon that none of them
    touches; where they touch one that its own outline does not, it gets what they do. An open area keeps what is left.

    Args:
        home: whose areas, and where shares are remembered.
        hexes: hexagons of any resolutions, in any order.
        tree: all areas that are loaded.

    Returns:
        By level: hex, code, share, ordered by the first two. Shares of a hexagon in the areas of a level sum to one at
        most, and those in the areas inside an area to its own, less where it is open; but for the last bits.
    """
    parents = tree.rows.select("parent_code", code="area_code")
    inside = ground_inside(tree.rows)
    is_open = inside.select("is_open", parent_code="area_code")
    covered = inside.filter(pl.col("children").is_not_null(), ~pl.col("is_open"))["area_code"]
    claims = _claims(home, hexes, tree.levels, parents=parents, covered=covered)
    first = tree.levels[0]
    top = claims[first].with_columns(share=pl.col("share") / pl.col("share").sum().over("hex"))
    found = {first: top}
    for above, level in pairwise(tree.levels):
        told = found[above].rename({"code": "parent_code", "share": "whole"})
        rows = claims[level].join(parents, on="code").join(told, on=["hex", "parent_code"])
        part = pl.col("whole") / pl.col("share").sum().over("hex", "parent_code")
        # what an open area has besides is not taken from it
        limit = pl.when("is_open").then(pl.min_horizontal(part, 1.0)).otherwise(part)
        rows = rows.join(is_open, on="parent_code").select("hex", "code", share=pl.col("share") * limit)
        found[level] = rows.sort("hex", "code")
    return found


def _claims(
    home: Home, hexes: Hexes, levels: Sequence[str], *, parents: pl.DataFrame, covered: pl.Series
) -> dict[str, pl.DataFrame]:
    """What the areas of each level claim of hexagons, found from the finest level upwards, whatever others claim.

    Args:
        home: whose areas.
        hexes: hexagons.
        levels: coarse to fine.
        parents: code and parent_code.
        covered: codes of areas that claim nothing but where areas inside them do.
    """
    claims: dict[str, pl.DataFrame] = {}
    inside = pl.DataFrame(schema={"hex": pl.UInt64, "code": pl.String, "inside": pl.Float64})
    for level in reversed(levels):
        own = area_shares(home, hexes, level=level).join(inside, on=["hex", "code"], how="full", coalesce=True)
        kept = own.filter(~pl.col("code").is_in(covered.implode()) | pl.col("inside").is_not_null())
        claims[level] = kept.select("hex", "code", share=pl.coalesce("share", "inside")).sort("hex", "code")
        below = claims[level].join(parents, on="code")
        inside = below.group_by("hex", code="parent_code").agg(inside=pl.col("share").sum())
    return claims
