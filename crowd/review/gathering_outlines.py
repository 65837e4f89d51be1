"""Outlines of gatherings, as maps draw them."""

import json
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from crowd.gathering_stages import GATHERING_HEXES
from crowd.review.memory import Memory, sure_identity_of
from crowd.review.retrying import read_again
from crowd.review.shown import UNREADABLE
from crowd.review.told_gatherings import MOMENT, create_shown_gatherings, fetch_shown, files_told, without_nan
from geo.hexagons import Geometries, Hexes, hex_polygons
from lake.engine import fetch_frame
from lake.home import Home

TOLD = ("gathering_id", "level", "state", "people", "lat", "lon")
NOTHING = '{"type": "FeatureCollection", "features": []}'


def outlines_at(memory: Memory, *, home: Home, at: datetime, k: int) -> str:
    """Outlines of the gatherings of an hour as a GeoJSON collection: their hexagons dissolved.

    Hexagons that rest on fewer than k devices are left out; a gathering without any has no outline. They are kept for
    the files that they were made of.

    Args:
        memory: of the process.
        home: whose lake.
        at: start of the hour.
        k: fewest devices that anything shown may rest on.
    """

    def find() -> str:
        hexes = sure_identity_of(*GATHERING_HEXES.paths(home, start=at, end=at + MOMENT))
        key = ("outlines", at, k, hexes, *files_told(memory, home, start=at, end=at + MOMENT))
        return memory.answer(key, lambda: _outlines(memory, home=home, at=at, k=k))

    try:
        return read_again(find)
    except UNREADABLE:
        return NOTHING


def _outlines(memory: Memory, *, home: Home, at: datetime, k: int) -> str:
    with memory.cursor() as connection:
        create_shown_gatherings(connection, home=home, start=at, end=at + MOMENT, k=k)
        hexes = fetch_shown(connection, "shown_hexes", home=home, start=at, end=at + MOMENT, k=k)
        query = "select * from shown_gatherings where interval_start = $at"
        rows = without_nan(fetch_frame(connection, query, {"at": at}))
    ordered = hexes.sort("gathering_id", "hex")
    names = ordered["gathering_id"].unique(maintain_order=True)
    outlines = shapely.to_geojson(dissolved(ordered["hex"].to_numpy(), ordered["gathering_id"].rle_id().to_numpy()))
    drawn = rows.select(TOLD).join(
        pl.DataFrame({"gathering_id": names, "outline": pl.Series(outlines.tolist(), dtype=pl.String)}),
        on="gathering_id",
        maintain_order="left",
    )
    features = pl.select(
        pl.concat_str(
            pl.lit('{"type": "Feature", "geometry": '),
            drawn["outline"],
            pl.lit(', "properties": '),
            drawn.select(pl.struct(TOLD).struct.json_encode()).to_series(),
            pl.lit("}"),
        )
    )
    return f'{{"type": "FeatureCollection", "features": [{", ".join(features.to_series())}]}}'


def dissolved(hexes: Hexes, group: npt.NDArray[np.integer[Any]]) -> Geometries:
    """Outline of each group of hexagons.

    Args:
        hexes: hexagons.
        group: of each, from 0 without gaps, ascending.
    """
    if len(hexes) == 0:
        return np.array([], dtype=object)
    grounds = np.empty(int(group[-1]) + 1, dtype=object)
    shapely.geometrycollections(hex_polygons(hexes), indices=group, out=grounds)
    return np.asarray(shapely.unary_union(grounds[:, np.newaxis], axis=1))


def geojson(outline: shapely.Geometry) -> dict[str, Any]:
    """A geometry as GeoJSON has it."""
    parsed: dict[str, Any] = json.loads(shapely.to_geojson(outline))
    return parsed
