"""Which area of a level each area lies in."""

import polars as pl

from geo.areas import LEVELS


def inside_of(areas: pl.DataFrame, *, among: pl.Series) -> pl.DataFrame:
    """`area_code, above`: of all areas that are, or lie in, one of some others, that other one.

    Args:
        areas: columns of AREAS.
        among: codes, none of which lies in another.
    """
    parents = areas.select("area_code", "parent_code")
    found = pl.DataFrame({"area_code": among, "above": among}, schema={"area_code": pl.String, "above": pl.String})
    every = [found]
    for _ in LEVELS[1:]:
        inner = parents.join(found.rename({"area_code": "parent_code"}), on="parent_code", maintain_order="left")
        found = inner.select("area_code", "above")
        every.append(found)
    return pl.concat(every)
