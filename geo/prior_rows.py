"""How a file of people or land use is read, and what is found in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from geo.hexagons import Hexes
from lake.errors import RefusedInputError
from lake.files import safe_name


@dataclass(frozen=True, kw_only=True)
class PriorOptions:
    """How a file of people or land use is to be read.

    Attributes:
        resolution: H3 resolution that points, polygons and rasters are brought to.
        columns: our name to the file's, for hex, lat, lon and value.
        classes: weight per km2 of each class, where values are classes of land use; None where they are people.
    """

    resolution: int
    columns: Mapping[str, str]
    classes: Mapping[str, float] | None = None


@dataclass(frozen=True, kw_only=True)
class FoundRows:
    """What was found in a file.

    Attributes:
        table: hex and mass; a hexagon stands there more than once where its people come in parts.
        rows: rows of the file.
        bad: how many of them were left out, by reason.
    """

    table: pl.DataFrame
    rows: int
    bad: Mapping[str, int]


def value_column(columns: Sequence[str], options: PriorOptions, path: Path) -> str:
    """The file's name for the column of values.

    Raises:
        RefusedInputError: it has none.
    """
    name = options.columns.get("value", "value")
    if name not in columns:
        raise RefusedInputError(
            f"{safe_name(path)} has no column {name}: its columns are {', '.join(columns)}; "
            "name yours with --columns value=THEIRS"
        )
    return name


def sorted_out(hexes: Hexes, mass: pl.Series) -> FoundRows:
    """Good rows, and how many are bad for which reason: `no_place` (hexagon 0) or `no_number` (none from zero up)."""
    table = pl.DataFrame({"hex": hexes, "mass": mass})
    is_placed = pl.col("hex") > 0
    is_number = (pl.col("mass").is_finite() & (pl.col("mass") >= 0)).fill_null(value=False)
    bad = table.select(no_place=(~is_placed).sum(), no_number=(is_placed & ~is_number).sum()).row(0, named=True)
    return FoundRows(table=table.filter(is_placed & is_number), rows=table.height, bad=bad)
