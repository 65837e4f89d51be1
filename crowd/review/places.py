"""The areas around an area: by their parents, or by their codes where no parents are given."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from geo.areas import LEVELS

MOST_STEPS = 8


@dataclass(frozen=True, kw_only=True)
class Place:
    """An area by name.

    Attributes:
        code: its code.
        name: its name.
        level: province, regency, district or village.
    """

    code: str
    name: str
    level: str


def areas_around(names: pl.DataFrame, codes: Collection[str]) -> pl.DataFrame:
    """Each area itself and all that it lies in.

    What an area lies in is its parent; where it has none, the area whose code is its own without the last part
    ("99.01" for "99.01.05"), which need not be loaded.

    Args:
        names: code, name, level, parent of the loaded areas (`geo.areas.read_area_names`).
        codes: of areas, loaded or not.

    Returns:
        area_code, code (of what it lies in) and step (0: itself).
    """
    parents = names.unique("code", keep="first", maintain_order=True).select(at="code", parent="parent")
    here = pl.DataFrame({"area_code": sorted(set(codes))}, schema={"area_code": pl.String}).with_columns(at="area_code")
    steps = []
    for step in range(MOST_STEPS):
        if step and here.is_empty():
            break
        steps.append(here.select("area_code", code="at", step=pl.lit(step, dtype=pl.Int32)))
        shorter = pl.when(pl.col("at").str.contains(".", literal=True)).then(pl.col("at").str.replace(r"\.[^.]*$", ""))
        up = here.join(parents, on="at", how="left", maintain_order="left")
        here = up.select("area_code", at=pl.coalesce("parent", shorter)).drop_nulls("at")
        # Parents that go round in a circle end it.
        here = here.join(pl.concat(steps), left_on=["area_code", "at"], right_on=["area_code", "code"], how="anti")
    return pl.concat(steps)


def places_of(names: pl.DataFrame, codes: Collection[str]) -> Mapping[str, Sequence[Place]]:
    """The loaded areas that each area lies in, itself included, the finest first."""
    known = names.unique("code", keep="first", maintain_order=True)
    around = areas_around(names, codes).join(known, on="code", maintain_order="left")
    rank = pl.col("level").replace_strict({name: n for n, name in enumerate(LEVELS)}, return_dtype=pl.Int32)
    ordered = around.sort("area_code", rank, "step", descending=[False, True, False])
    listed = ordered.group_by("area_code", maintain_order=True).agg(pl.struct("code", "name", "level").alias("places"))
    return {code: tuple(Place(**place) for place in places) for code, places in listed.iter_rows()}


def is_within(names: pl.DataFrame, codes: pl.Series, area: str) -> pl.Series:
    """Whether each code is of an area, or of one that lies in it; false where there is no code."""
    around = areas_around(names, codes.drop_nulls().unique().to_list())
    inside = around.filter(pl.col("code") == area)["area_code"].unique()
    return codes.is_in(inside.implode()).fill_null(value=False)
