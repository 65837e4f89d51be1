"""Which area lies in which, by the rows of a report's areas."""

import polars as pl

from geo.areas import LEVELS


def ancestry(areas: pl.DataFrame) -> pl.DataFrame:
    """Every area with itself and everything around it: area and above, both rows of `areas` (columns of AREAS)."""
    rows = areas.with_row_index("area")
    steps = rows.join(rows.select(next="area", parent_code="area_code"), on="parent_code").select("area", "next")
    lines = [rows.select("area", above="area")]
    for _ in LEVELS:
        step = lines[-1].join(steps, left_on="above", right_on="area")
        lines.append(step.select("area", above="next"))
    return pl.concat(lines)


def lineage(areas: pl.DataFrame) -> pl.DataFrame:
    """The same by codes: area_code and above."""
    rows = areas.with_row_index("area").select("area", "area_code")
    around = rows.select(above="area", code="area_code")
    return ancestry(areas).join(rows, on="area").join(around, on="above").select("area_code", above="code")


def finest_level(areas: pl.DataFrame) -> str:
    """The finest level that a report's areas have."""
    present = set(areas["level"].unique())
    return next(level for level in reversed(LEVELS) if level in present)


def at_level(codes: pl.Series, areas: pl.DataFrame, *, level: str) -> pl.Series:
    """Code of the area of a level that each area is or lies in; null where it is coarser or unknown.

    Args:
        codes: of areas of any level; may be null.
        areas: all that are loaded, columns of AREAS.
        level: the level wanted.
    """
    rows = areas.with_row_index("area")
    wanted = rows.filter(level=level).select(above="area", found="area_code")
    lines = ancestry(areas).join(wanted, on="above").join(rows.select("area", "area_code"), on="area")
    given = pl.DataFrame({"area_code": codes.cast(pl.String)})
    return given.join(lines, on="area_code", how="left", maintain_order="left")["found"]
