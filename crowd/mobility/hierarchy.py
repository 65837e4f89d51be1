"""The tree of administrative areas: which area lies in which, as their parents or their codes say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
import shapely

from crowd.mobility.model import AREAS
from geo.areas import LEVELS, area_file, loaded_levels
from geo.outlines import areas_km2
from lake.errors import RefusedInputError
from lake.home import Home

# Kemendagri codes nest: 31.71.01 lies in 31.71, which lies in 31.
DEEPEST = len(LEVELS) - 1


@dataclass(frozen=True, eq=False)
class AreaTree:
    """Areas of all levels.

    Attributes:
        rows: columns of `crowd.mobility.model.AREAS`, coarse to fine, by code. `parent_code` is an area of the next
            coarser level of the tree, null at its top.
    """

    rows: pl.DataFrame

    @property
    def levels(self) -> tuple[str, ...]:
        """Levels that it has areas of, from the coarsest to the finest."""
        present = set(self.rows["level"].unique())
        return tuple(name for name in LEVELS if name in present)

    @property
    def finest(self) -> str:
        """The last of its levels."""
        return self.levels[-1]

    @property
    def roots(self) -> tuple[str, ...]:
        """Codes of the areas at its top."""
        return tuple(self.rows.filter(pl.col("parent_code").is_null())["area_code"])

    @property
    def parents(self) -> Mapping[str, str | None]:
        """The parent of each area by its code."""
        return dict(self.rows.select("area_code", "parent_code").iter_rows())

    def chain(self, code: str) -> tuple[str, ...]:
        """An area and all that it lies in, from itself to the top.

        Raises:
            RefusedInputError: there is no such area.
        """
        self._check(code)
        parents, found = self.parents, [code]
        while (above := parents[found[-1]]) is not None:
            found.append(above)
        return tuple(found)

    def restricted(self, code: str) -> "AreaTree":
        """An area with all beneath it; what it lies in is not in the tree.

        Raises:
            RefusedInputError: there is no such area.
        """
        self._check(code)
        kept = [self.rows.filter(area_code=code).with_columns(parent_code=pl.lit(None, dtype=pl.String))]
        for level in self.levels:
            above = kept[-1]["area_code"].implode()
            beneath = self.rows.filter(pl.col("level") == level, pl.col("parent_code").is_in(above))
            kept += [beneath] if beneath.height else []
        return AreaTree(pl.concat(kept))

    def down_to(self, level: str) -> "AreaTree":
        """The same without the levels that are finer.

        Raises:
            RefusedInputError: the tree has no areas of the level.
        """
        if level not in self.levels:
            raise RefusedInputError(f"no areas of level {level} are there: there are {', '.join(self.levels)}")
        return AreaTree(self.rows.filter(pl.col("level").is_in(LEVELS[: LEVELS.index(level) + 1])))

    def _check(self, code: str) -> None:
        if code not in self.rows["area_code"]:
            raise RefusedInputError(
                f"no loaded area has the code {code}: load the areas of its level ('kerumun areas load') or correct it"
            )


def read_tree(home: Home) -> AreaTree:
    """The tree of all areas that are loaded.

    An area lies in the area of the next coarser loaded level that its `parent` names. Where that is empty, or names an
    area of a level that is not loaded, the codes say it: 31.71.01 lies in 31.71, else in 31.

    Raises:
        RefusedInputError: no areas are loaded, a code is used twice, or an area lies in none of the areas above.
    """
    levels = loaded_levels(home)
    if not levels:
        raise RefusedInputError("no areas are loaded yet: run 'kerumun areas load FILE --level LEVEL' first")
    areas = [_read(home, level) for level in levels]
    _check_codes(pl.concat(areas))
    rows = [areas[0].with_columns(parent_code=pl.lit(None, dtype=pl.String))]
    rows += [_placed(fine, coarse) for coarse, fine in pairwise(areas)]
    return AreaTree(pl.concat(rows).select(pl.col(name).cast(kind) for name, kind in AREAS.items()))


def _read(home: Home, level: str) -> pl.DataFrame:
    areas = pl.read_parquet(area_file(home, level), glob=False)
    outlines = np.asarray(shapely.from_wkb(areas["wkb"].to_numpy()))
    return areas.select(
        "level",
        area_code="code",
        area_name="name",
        parent_code="parent",
        area_km2=pl.Series(areas_km2(outlines), dtype=pl.Float64),
    ).sort("area_code")


def _check_codes(areas: pl.DataFrame) -> None:
    twice = areas.filter(areas["area_code"].is_duplicated()).sort("area_code")
    if twice.height:
        code, levels = twice["area_code"][0], twice.filter(area_code=twice["area_code"][0])["level"]
        raise RefusedInputError(
            f"the code {code} is that of areas of several levels ({', '.join(levels)}): "
            "a code must name one area; correct the files and load them again"
        )


def _placed(areas: pl.DataFrame, above: pl.DataFrame) -> pl.DataFrame:
    """Areas with their parents among those of the level above."""
    level, over = areas["level"][0], above["level"][0]
    is_next = LEVELS.index(level) == LEVELS.index(over) + 1
    told = areas["parent_code"]
    # A parent of a level that is not loaded may itself lie in a loaded one.
    codes = [told, *([] if is_next else _prefixes(told)), *_prefixes(areas["area_code"])]
    names = [str(number) for number in range(len(codes))]
    is_known = [pl.when(pl.col(name).is_in(above["area_code"].implode())).then(name) for name in names]
    found = pl.DataFrame(dict(zip(names, codes, strict=True))).select(parent_code=pl.coalesce(is_known))["parent_code"]
    is_wrong = (found.is_null() | (told.is_not_null() & (found != told))) if is_next else found.is_null()
    if is_wrong.any():
        raise RefusedInputError(_lost(areas.filter(is_wrong), over))
    return areas.with_columns(found)


def _prefixes(codes: pl.Series) -> Sequence[pl.Series]:
    """Codes without their last part, without their last two parts, …; null where nothing is left."""
    return [codes.str.extract(rf"^(.+)(?:\.[^.]*){{{cut}}}$") for cut in range(1, DEEPEST + 1)]


def _lost(areas: pl.DataFrame, over: str) -> str:
    code, level, parent = areas.select("area_code", "level", "parent_code").row(0)
    says = f"names {parent} as its parent" if parent is not None else "names no parent, nor does its code"
    more = f" (nor do {areas.height - 1:,} others)" if areas.height > 1 else ""
    return (
        f"area {code} ({level}) lies in no loaded {over}: it {says}{more}: "
        f"load the areas of level {over} that belong to them, or correct 'parent'"
    )
