"""Areas in the order that sums over a tree of them want: parents before children, siblings side by side."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
KEYS = ["level", "area_code"]


class Tree(Protocol):
    """What is asked of a tree of areas (`crowd.mobility.hierarchy.AreaTree`)."""

    @property
    def rows(self) -> pl.DataFrame:
        """Columns of `crowd.mobility.model.AREAS`."""
        ...

    @property
    def levels(self) -> tuple[str, ...]:
        """From the coarsest to the finest."""
        ...


@dataclass(frozen=True, kw_only=True)
class Siblings:
    """Everybody at one depth of the tree.

    Attributes:
        rows: their places, one after the other.
        starts: where each family begins, counted from the first of `rows`.
        sizes: children of each family.
        parents: place of each family's parent.
    """

    rows: slice
    starts: Numbers
    sizes: Numbers
    parents: Numbers


@dataclass(frozen=True, kw_only=True)
class Arranged:
    """A tree as places in an array: place 0 is the whole country, parents come before their children.

    Attributes:
        places: level, area_code, place, family (place of the parent), top (place of the coarsest area above, or its
            own).
        depths: the families, from the country's children down.
    """

    places: pl.DataFrame
    depths: tuple[Siblings, ...]

    @property
    def count(self) -> int:
        """Places, with that of the country."""
        return self.places.height + 1


def arrange(tree: Tree, *, order: pl.DataFrame | None = None) -> Arranged:
    """Give every area of a tree its place.

    Areas whose parent is not loaded are children of the country.

    Args:
        tree: the areas.
        order: level, area_code, turn: siblings stand by turn, then the largest first, then by code.
    """
    turns = pl.DataFrame(schema=_TURNS) if order is None else order
    rows = _with_parents(tree).join(turns, on=KEYS, how="left").with_columns(pl.col("turn").fill_null(0))
    above = pl.DataFrame({"node": [-1], "parent_place": [0], "top": [0]}, schema=dict.fromkeys(_ABOVE, pl.Int64))
    first, placed, depths = 1, [], []
    while True:
        here = rows.join(above, left_on="parent", right_on="node", how="inner").sort(
            ["parent_place", "turn", "area_km2", "area_code"], descending=[False, False, True, False]
        )
        if here.is_empty():
            break
        here = here.with_columns(place=pl.int_range(first, first + pl.len(), dtype=pl.Int64))
        here = here.with_columns(top=pl.when(pl.col("top") == 0).then("place").otherwise("top"))
        depths.append(_siblings(here["parent_place"].to_numpy(), first=first))
        placed.append(here.select(*KEYS, "place", "top", family="parent_place"))
        above = here.select("node", parent_place="place", top="top")
        first += here.height
    return Arranged(places=pl.concat([pl.DataFrame(schema=_PLACES), *placed]), depths=tuple(depths))


_ABOVE = ("node", "parent_place", "top")
_TURNS = {"level": pl.String, "area_code": pl.String, "turn": pl.Int64}
_PLACES = dict.fromkeys(KEYS, pl.String) | dict.fromkeys(("place", "top", "family"), pl.Int64)


def _with_parents(tree: Tree) -> pl.DataFrame:
    """Each area with the number of its parent, -1 for the country; of equal codes the nearest coarser level's."""
    ranks = {level: rank for rank, level in enumerate(tree.levels)}
    rows = tree.rows.select(*KEYS, "parent_code", "area_km2").with_columns(
        node=pl.int_range(pl.len(), dtype=pl.Int64), rank=pl.col("level").replace_strict(ranks, return_dtype=pl.Int64)
    )
    parents = rows.select(parent_code="area_code", parent="node", parent_rank="rank")
    found = (
        rows.join(parents, on="parent_code", how="inner")
        .filter(pl.col("parent_rank") < pl.col("rank"))
        .sort("parent_rank", descending=True)
        .unique("node", keep="first", maintain_order=True)
    )
    return rows.join(found.select("node", "parent"), on="node", how="left").with_columns(pl.col("parent").fill_null(-1))


def _siblings(parents: Numbers, *, first: int) -> Siblings:
    starts = np.flatnonzero(np.diff(parents, prepend=-1))
    return Siblings(
        rows=slice(first, first + len(parents)),
        starts=starts,
        sizes=np.diff(starts, append=len(parents)),
        parents=parents[starts],
    )
