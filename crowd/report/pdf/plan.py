"""Which pages a report has, and which areas each of them shows."""

from dataclasses import dataclass

import polars as pl

from crowd.mobility.model import Weekly
from geo.areas import LEVELS

EVERYTHING = ""
"""Key of the page of areas that lie in none of the level that pages are made of."""
MOST_ON_FIRST = 1_500  # more areas than these are dust on a page, so the first one shows the level above


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The pages of a report.

    Attributes:
        roots: AREAS that lie in no other one of the report.
        level: of the areas in the maps and tables of the pages.
        first_level: of those on the first page's map; the same, or one above where they would be too many.
        pages: `page` (code of the area, or EVERYTHING), `area_name`, `parent_name`; one for each page.
        inside: `page, area_code, level` of all areas of a page, its own included.
        areas: AREAS of the whole report.
    """

    roots: pl.DataFrame
    level: str
    first_level: str
    pages: pl.DataFrame
    inside: pl.DataFrame
    areas: pl.DataFrame

    @property
    def fine(self) -> pl.DataFrame:
        """AREAS of the level of the pages, with their `page`."""
        inner = self.inside.filter(pl.col("level") == self.level).select("area_code", "page")
        return self.areas.filter(pl.col("level") == self.level).join(
            inner, on="area_code", how="left", maintain_order="left"
        )

    def below(self) -> pl.DataFrame:
        """The same of areas that are finer still, such as villages."""
        finer = LEVELS[LEVELS.index(self.level) + 1 :]
        return self.areas.filter(pl.col("level").is_in(finer))


def plan_pages(weekly: Weekly) -> Plan:
    """Make a page for each regency, or for what is nearest to that among the levels of the report."""
    areas = weekly.areas
    levels = [level for level in LEVELS if areas.filter(pl.col("level") == level).height]
    level = _page_areas(areas, levels)
    above = levels[: levels.index(level)]
    over = "regency" if "regency" in above else (above[-1] if above else None)
    inside = _inside(areas, over=over, levels=levels)
    many = areas.filter(pl.col("level") == level).height > MOST_ON_FIRST
    return Plan(
        roots=areas.filter(~pl.col("parent_code").is_in(areas["area_code"].implode()).fill_null(value=False)),
        level=level,
        first_level=above[-1] if many and above else level,
        pages=_pages(areas, inside),
        inside=inside,
        areas=areas,
    )


def _page_areas(areas: pl.DataFrame, levels: list[str]) -> str:
    """Districts; the finest level where there are none, or where a single district is all of the report."""
    if "district" not in levels:
        return levels[-1]
    alone = areas.filter(pl.col("level") == "district").height == 1
    return levels[-1] if alone else "district"


def _inside(areas: pl.DataFrame, *, over: str | None, levels: list[str]) -> pl.DataFrame:
    kept = levels[levels.index(over) :] if over else levels
    plain = areas.select("area_code", "parent_code", "level")
    if over is None:
        return plain.select(page=pl.lit(EVERYTHING), area_code="area_code", level="level")
    found = plain.filter(pl.col("level") == over).select(page="area_code", area_code="area_code", level="level")
    for level in kept[1:]:
        inner = plain.filter(pl.col("level") == level).join(
            found.select("page", parent_code="area_code"), on="parent_code", how="left", maintain_order="left"
        )
        named = inner.with_columns(page=pl.col("page").fill_null(EVERYTHING))
        found = pl.concat([found, named.select("page", "area_code", "level")])
    return found


def _pages(areas: pl.DataFrame, inside: pl.DataFrame) -> pl.DataFrame:
    names = areas.select(parent_code="area_code", parent_name="area_name")
    own = areas.select(page="area_code", area_name="area_name", parent_code="parent_code")
    pages = inside.select("page").unique(maintain_order=True)
    told = pages.join(own, on="page", how="left", maintain_order="left")
    told = told.join(names, on="parent_code", how="left", maintain_order="left").drop("parent_code")
    return told.sort(pl.col("page") == EVERYTHING, maintain_order=True)
