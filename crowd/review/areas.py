"""Areas as people look at them and look for them: outlines for a map, names for a search."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from crowd.review.area_files import TILE_PX, area_index, drawn_areas, fold
from crowd.review.ground import Box
from crowd.review.memory import Memory
from crowd.review.places import Place, places_of
from lake.errors import NotFoundError
from lake.home import Home

MOST_AREAS = 400
MOST_FOUND = 20
# An area that is shown by itself fills about so many pixels.
DETAIL_PX = 1500


@dataclass(frozen=True, kw_only=True)
class AreaFound:
    """An area that a search has found.

    Attributes:
        code: its code.
        name: its name.
        level: province, regency, district or village.
        places: what it lies in, the finest first.
        box: west, south, east, north in degrees.
    """

    code: str
    name: str
    level: str
    places: Sequence[Place]
    box: tuple[float, float, float, float]


def areas_in_box(memory: Memory, home: Home, *, level: str, box: Box, zoom: float, most: int = MOST_AREAS) -> str:
    """Areas of a level whose box touches a box, as GeoJSON text.

    A feature has code, name, level, and lat and lon, where its name goes. Of more than `most` areas the smallest are
    left out, and the collection says `"more": true`.

    Args:
        memory: of the process.
        home: whose lake.
        level: one of `geo.areas.LEVELS`; the collection is empty where none of it are loaded.
        box: what is looked at.
        zoom: of the map (`crowd.review.area_files.drawn_areas`).
        most: most areas in an answer.
    """
    areas = drawn_areas(memory, home, level, zoom=zoom)
    near = areas.filter(
        pl.col("west") <= box.east,
        pl.col("east") >= box.west,
        pl.col("south") <= box.north,
        pl.col("north") >= box.south,
    )
    chosen = near.sort("km2", "code", descending=[True, False]).head(most).sort("code")
    more = "true" if near.height > most else "false"
    return f'{{"type": "FeatureCollection", "more": {more}, "features": [{", ".join(_features(chosen))}]}}'


def show_area(memory: Memory, home: Home, code: str) -> str:
    """An area as a GeoJSON feature: code, name, level, box, and the places that it lies in, itself left out.

    Its outline is simplified to what can be seen of it on a screen.

    Args:
        memory: of the process.
        home: whose lake.
        code: its code.

    Raises:
        NotFoundError: no such area is loaded.
    """
    index = area_index(memory, home)
    rows = index.filter(code=code)
    if rows.is_empty():
        raise NotFoundError(f"there is no area {code}: see 'kerumun areas load'")
    (found,) = _found(index, rows)
    west, south, east, north = found.box
    widest_deg = max(east - west, north - south, 1e-6)
    zoom = float(np.log2(DETAIL_PX * 360 / TILE_PX / widest_deg))
    outline = drawn_areas(memory, home, found.level, zoom=zoom).filter(code=code)["geometry"][0]
    told = {name: value for name, value in vars(found).items() if name != "places"}
    properties = json.dumps({**told, "places": [vars(place) for place in found.places]})
    return f'{{"type": "Feature", "properties": {properties}, "geometry": {outline}}}'


def search_areas(memory: Memory, home: Home, text: str, *, most: int = MOST_FOUND) -> Sequence[AreaFound]:
    """Areas whose name has a word that begins with each word of a text, or whose code begins with the text.

    Neither case nor accents nor the order of words matter. First come those that are called exactly so, then the
    coarser ones, then those that begin with the text, then the shorter names.

    Args:
        memory: of the process.
        home: whose lake.
        text: what somebody typed.
        most: most areas to tell.
    """
    index = area_index(memory, home)
    asked = str(pl.select(fold(pl.lit(text))).item())
    code = text.strip()
    words = asked.split()
    if not words:
        return []
    # Letters and digits alone: nothing in them is a pattern.
    is_named = pl.all_horizontal(pl.col("folded").str.contains(f" {word}", literal=True) for word in words)
    hits = index.filter(is_named | pl.col("code").str.starts_with(code))
    is_exact = (pl.col("folded") == asked) | (pl.col("code") == code)
    ranked = hits.sort(
        ~is_exact,
        "rank",
        ~pl.col("folded").str.starts_with(asked),
        pl.col("folded").str.len_chars(),
        "folded",
        "code",
    )
    return _found(index, ranked.head(most))


def _found(index: pl.DataFrame, rows: pl.DataFrame) -> list[AreaFound]:
    places = places_of(index, rows["code"].to_list())
    return [
        AreaFound(
            code=row["code"],
            name=row["name"],
            level=row["level"],
            places=tuple(place for place in places.get(row["code"], ()) if place.code != row["code"]),
            box=(row["west"], row["south"], row["east"], row["north"]),
        )
        for row in rows.iter_rows(named=True)
    ]


def _features(areas: pl.DataFrame) -> Sequence[str]:
    """Features of GeoJSON, whose geometries are text already."""
    told = areas.select(pl.struct("code", "name", "level", "lat", "lon").struct.json_encode())
    features = pl.select(
        pl.concat_str(
            pl.lit('{"type": "Feature", "properties": '),
            told.to_series(),
            pl.lit(', "geometry": '),
            areas["geometry"],
            pl.lit("}"),
        )
    )
    return features.to_series().to_list()
