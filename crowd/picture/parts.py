"""From the frames of an hour to the parts of its picture, in one order whatever the order of the rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

from crowd.picture.classes import people_number
from crowd.picture.map import DrawnGathering, DrawnTargets
from crowd.picture.marks import LEVELS
from crowd.picture.shapes import Hexes, checked_hexes, gathering_shape, hex_degrees
from crowd.picture.side import OperatorEntry
from crowd.picture.view import View
from crowd.picture.words import short_ids
from lake.errors import RefusedInputError

Floats = NDArray[np.float64]

GRAVITY = {level: number for number, level in enumerate(LEVELS)}


@dataclass(frozen=True, kw_only=True)
class Hexagons:
    """Hexagons with a known density: H3 indices, people, people per km², longitude and latitude (n, 2)."""

    hexes: Hexes
    people: Floats
    people_per_km2: Floats
    degrees: Floats


def hexagons(density: pl.DataFrame) -> Hexagons:
    """Take the hexagons of one interval whose density is known.

    Raises:
        RefusedInputError: A column is missing, a hexagon is no H3 cell or comes twice.
    """
    known = _sorted(density, table="density", columns=["hex", "people", "people_per_km2"], by=["hex"])
    known = known.filter(pl.col("people_per_km2").is_finite() & pl.col("people").is_finite())
    if known["hex"].n_unique() < known.height:
        raise RefusedInputError("density: some hexagons come twice: give the rows of one interval alone.")
    hexes = checked_hexes(known["hex"].cast(pl.UInt64).to_numpy(), table="density")
    return Hexagons(
        hexes=hexes,
        people=known["people"].cast(pl.Float64).to_numpy(),
        people_per_km2=known["people_per_km2"].cast(pl.Float64).to_numpy(),
        degrees=hex_degrees(hexes),
    )


def sorted_gatherings(gatherings: pl.DataFrame) -> pl.DataFrame:
    """Put the gravest and biggest gatherings first.

    Raises:
        RefusedInputError: A column is missing, or a level is none of waspada, siaga and awas.
    """
    columns = ["gathering_id", "level", "state", "people", "excess", "lat", "lon"]
    rows = _sorted(gatherings, table="gatherings", columns=columns, by=["gathering_id"])
    unknown = sorted(set(rows["level"].to_list()) - set(LEVELS), key=str)
    if unknown:
        raise RefusedInputError(f"gatherings: level {unknown[0]!r} is none of {', '.join(LEVELS)}.")
    gravity = pl.col("level").replace_strict(GRAVITY, return_dtype=pl.Int8)
    return rows.sort(
        [gravity, pl.col("people"), pl.col("gathering_id")], descending=[True, True, False], nulls_last=True
    )


def hexes_by_gathering(gathering_hexes: pl.DataFrame, *, ids: Sequence[str]) -> dict[str, Hexes]:
    """Give each gathering its hexagons; those of other gatherings are left out."""
    rows = _sorted(
        gathering_hexes, table="gathering_hexes", columns=["gathering_id", "hex"], by=["gathering_id", "hex"]
    )
    rows = rows.filter(pl.col("gathering_id").is_in(list(ids)))
    checked_hexes(rows["hex"].cast(pl.UInt64).to_numpy(), table="gathering_hexes")
    parts = rows.partition_by("gathering_id", as_dict=True, include_key=False)
    return {str(key[0]): part["hex"].cast(pl.UInt64).to_numpy() for key, part in parts.items()}


def places(frame: pl.DataFrame) -> Floats:
    """Longitude and latitude (n, 2) of the rows."""
    return frame.select(pl.col("lon", "lat").cast(pl.Float64)).to_numpy().reshape(-1, 2)


def drawn_gatherings(gatherings: pl.DataFrame, *, hexes: dict[str, Hexes], view: View) -> list[DrawnGathering]:
    """Make each gathering ready to draw; one without hexagons becomes a point."""
    ids = gatherings["gathering_id"].to_list()
    points = shapely.points(view.to_px(*places(gatherings).T))
    return [
        DrawnGathering(
            shape=gathering_shape(hexes[row["gathering_id"]], view=view) if row["gathering_id"] in hexes else point,
            level=row["level"],
            has_ended=row["state"] == "ended",
            head=f"{short} · {row['level']}" + (f" · {row['state']}" if row["state"] in {"new", "ended"} else ""),
            body=_people_line(row["people"], row["excess"]),
        )
        for row, short, point in zip(gatherings.iter_rows(named=True), short_ids(ids), points, strict=True)
    ]


def sorted_targets(targets: pl.DataFrame) -> pl.DataFrame:
    """Put target cells in the order of their ids.

    Raises:
        RefusedInputError: A column is missing.
    """
    columns = ["operator", "cell_id", "lat", "lon", "azimuth_deg"]
    return _sorted(targets, table="targets", columns=columns, by=["operator", "cell_id"]).unique(
        ["operator", "cell_id"], keep="first", maintain_order=True
    )


def drawn_targets(targets: pl.DataFrame, *, looks: dict[str, int], view: View) -> DrawnTargets:
    """Make target cells ready to draw."""
    return DrawnTargets(
        px=view.to_px(*places(targets).T),
        azimuth_deg=targets["azimuth_deg"].cast(pl.Float64).fill_null(np.nan).to_numpy(),
        look=np.array([looks[name] for name in targets["operator"]], dtype=np.int64),
    )


def operator_entries(targets: pl.DataFrame, *, looks: dict[str, int]) -> tuple[OperatorEntry, ...]:
    """Give each look its line in the legend; operators that share a look share the line."""
    named = pl.col("operator").replace_strict(looks, return_dtype=pl.Int64)
    counts = (
        targets.select(pl.col("operator"), named.alias("look"), pl.col("azimuth_deg").is_not_null().alias("is_arrow"))
        .group_by("look")
        .agg(
            pl.col("operator").unique().sort(),
            arrows=pl.col("is_arrow").sum(),
            dots=(~pl.col("is_arrow")).sum(),
        )
        .sort("look")
    )
    return tuple(
        OperatorEntry(name=_entry_name(row["operator"]), look=row["look"], arrows=row["arrows"], dots=row["dots"])
        for row in counts.iter_rows(named=True)
    )


def _sorted(frame: pl.DataFrame, *, table: str, columns: list[str], by: list[str]) -> pl.DataFrame:
    """Take the columns in one order; a frame without rows need not have them."""
    if frame.is_empty():
        return pl.DataFrame(schema=dict.fromkeys(columns, pl.Float64) | {c: pl.String for c in columns if c in TEXTS})
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise RefusedInputError(f"{table}: column {missing[0]!r} is missing: the picture needs {', '.join(columns)}.")
    return frame.select(columns).sort(by)


TEXTS = {"gathering_id", "level", "state", "operator", "cell_id"}


def _people_line(people: float | None, excess: float | None) -> str:
    number = "people unknown" if people is None else f"{people_number(people)} people"
    if excess is None:
        return number
    sign = "+" if excess >= 0 else ""
    return f"{number} ({sign}{people_number(excess)})"


def _entry_name(operators: list[str]) -> str:
    return operators[0] if len(operators) == 1 else f"{len(operators)} other operators"
