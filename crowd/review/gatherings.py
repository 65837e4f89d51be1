"""Gatherings of a range of time as people look at them: a row for each, and their outlines in an hour."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import duckdb
import polars as pl
import shapely
from sqlalchemy.orm import Session

from crowd.exports import dissolve
from crowd.policy import LEVELS
from crowd.review.places import Place, is_within, places_of
from crowd.review.retrying import read_again
from crowd.review.told_gatherings import MOMENT, create_shown_gatherings, fetch_shown, without_nan
from crowd.review.warned import WarningInShort, warnings_about
from geo.areas import read_area_names
from lake.engine import fetch_frame, fetch_value
from lake.home import Home

AlarmLevel = Literal["waspada", "siaga", "awas"]
Level = Literal["normal", "waspada", "siaga", "awas"]
State = Literal["new", "ongoing", "ended"]


@dataclass(frozen=True, kw_only=True)
class ListedGathering:
    """A gathering at its latest hour.

    Attributes:
        gathering_id: its name.
        interval_start: the hour.
        level: in that hour.
        highest_level: of its life up to then.
        state: new, ongoing or ended.
        people: estimate; None where it has ended.
        people_low: of its range.
        people_high: of its range.
        excess: people above the usual.
        lat: of its middle.
        lon: of its middle.
        area_code: of the finest area there.
        places: that area and those it lies in, the finest first.
        started_at: when it was first followed.
        hours: since then, this one included.
        warnings: about it, the oldest first.
    """

    gathering_id: str
    interval_start: datetime
    level: Level
    highest_level: AlarmLevel
    state: State
    people: float | None
    people_low: float | None
    people_high: float | None
    excess: float | None
    lat: float
    lon: float
    area_code: str | None
    places: Sequence[Place]
    started_at: datetime
    hours: int
    warnings: Sequence[WarningInShort]


@dataclass(frozen=True, kw_only=True)
class ReviewList:
    """What may be shown of a range, and how many gatherings of it rest on too few devices to be."""

    gatherings: Sequence[ListedGathering]
    withheld: int


FIGURES = tuple(name for name in ListedGathering.__dataclass_fields__ if name not in {"places", "warnings"})


def list_for_review(
    connection: duckdb.DuckDBPyConnection,
    *,
    home: Home,
    ledger: Session,
    start: datetime,
    end: datetime,
    k: int,
    area: str | None = None,
    levels: Sequence[str] = LEVELS,
) -> ReviewList:
    """Gatherings of start <= interval_start < end, each at its latest hour there: the latest and the highest first.

    Hours of a gathering that rest on fewer than k devices are as if they were not; one that has ended is shown where
    an hour before it may be. How many are withheld is counted over the whole range whatever the filter, which would
    else say where they are.

    Args:
        connection: DuckDB with its memory and threads bounded.
        home: whose lake.
        ledger: session that reads warnings.
        start: first instant.
        end: first instant after it.
        k: fewest devices that anything shown may rest on.
        area: code of an area; gatherings in it, and in all areas below it.
        levels: highest levels that are wanted.
    """
    latest, withheld = read_again(lambda: latest_hours(connection, home=home, start=start, end=end, k=k))
    names = read_area_names(home)
    wanted = filtered(latest, names=names, area=area, levels=levels)
    return ReviewList(gatherings=listed(wanted, names=names, ledger=ledger), withheld=withheld)


def filtered(latest: pl.DataFrame, *, names: pl.DataFrame, area: str | None, levels: Sequence[str]) -> pl.DataFrame:
    """Gatherings whose highest level is wanted and whose latest place is in an area, or in one below it.

    Args:
        latest: of `latest_hours`.
        names: of the loaded areas (`geo.areas.read_area_names`).
        area: code of the area; None for everywhere.
        levels: those wanted.
    """
    wanted = latest.filter(pl.col("highest_level").is_in(list(levels)))
    return wanted if area is None else wanted.filter(is_within(names, wanted["area_code"], area))


def latest_hours(
    connection: duckdb.DuckDBPyConnection, *, home: Home, start: datetime, end: datetime, k: int
) -> tuple[pl.DataFrame, int]:
    """The latest hour of each gathering of a range that may be shown, and how many gatherings may not.

    Makes `shown_gatherings`, of which these are rows.
    """
    create_shown_gatherings(connection, home=home, start=start, end=end, k=k)
    rows = fetch_frame(
        connection,
        """select * from shown_gatherings where interval_start >= $start
        qualify row_number() over (partition by gathering_id order by interval_start desc) = 1""",
        {"start": start},
    )
    present = fetch_value(connection, "select count(*) from present_gatherings")
    rank = pl.col("highest_level").replace_strict({name: n for n, name in enumerate(LEVELS)}, return_dtype=pl.Int32)
    order = (pl.col("interval_start"), rank, pl.col("people"), pl.col("gathering_id"))
    ordered = without_nan(rows).sort(*order, descending=[True, True, True, False], nulls_last=True)
    return ordered, int(present) - rows.height


def listed(rows: pl.DataFrame, *, names: pl.DataFrame, ledger: Session) -> Sequence[ListedGathering]:
    """Rows of `shown_gatherings` with their areas and warnings."""
    places = places_of(names, rows["area_code"].drop_nulls().to_list())
    warned = warnings_about(ledger, rows["gathering_id"].to_list())
    return [
        ListedGathering(
            **row, places=places.get(row["area_code"], ()), warnings=tuple(warned.get(row["gathering_id"], ()))
        )
        for row in rows.select(FIGURES).iter_rows(named=True)
    ]


def outlines_at(connection: duckdb.DuckDBPyConnection, *, home: Home, at: datetime, k: int) -> dict[str, Any]:
    """Outlines of the gatherings of an hour as a GeoJSON collection: their hexagons dissolved.

    Hexagons that rest on fewer than k devices are left out; a gathering without any has no outline.

    Args:
        connection: DuckDB with its memory and threads bounded.
        home: whose lake.
        at: start of the hour.
        k: fewest devices that anything shown may rest on.
    """
    return read_again(lambda: _outlines(connection, home=home, at=at, k=k))


def _outlines(connection: duckdb.DuckDBPyConnection, *, home: Home, at: datetime, k: int) -> dict[str, Any]:
    create_shown_gatherings(connection, home=home, start=at, end=at + MOMENT, k=k)
    hexes = fetch_shown(connection, "shown_hexes", home=home, start=at, end=at + MOMENT, k=k)
    rows = without_nan(fetch_frame(connection, "select * from shown_gatherings where interval_start = $at", {"at": at}))
    told = ("gathering_id", "level", "state", "people", "lat", "lon")
    drawn = rows.select(told).join(
        dissolve(hexes).select("gathering_id", "wkb"), on="gathering_id", maintain_order="left"
    )
    outlines = shapely.from_wkb(drawn["wkb"].to_numpy())
    features = [
        feature(outline, row) for outline, row in zip(outlines, drawn.drop("wkb").iter_rows(named=True), strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}


def feature(outline: shapely.Geometry, properties: Mapping[str, Any]) -> dict[str, Any]:
    """A feature of GeoJSON."""
    return {"type": "Feature", "geometry": geojson(outline), "properties": dict(properties)}


def geojson(outline: shapely.Geometry) -> dict[str, Any]:
    """A geometry as GeoJSON has it."""
    parsed: dict[str, Any] = json.loads(shapely.to_geojson(outline))
    return parsed
