"""What a point is called: the finest area around it and what that lies in."""

from collections.abc import Sequence

import polars as pl
import shapely

from crowd.review.area_files import area_index, drawn_areas
from crowd.review.memory import Memory
from crowd.review.places import Place, places_of
from geo.areas import LEVELS, loaded_levels
from lake.home import Home

# Outlines exact to about a metre.
EXACT_ZOOM = 14.0


def places_at(memory: Memory, home: Home, *, lat: float, lon: float) -> Sequence[Place]:
    """The areas that a point (degrees) lies in, the finest first; none where no area is loaded there."""
    index = area_index(memory, home)
    around = pl.lit(lon).is_between("west", "east") & pl.lit(lat).is_between("south", "north")
    near = index.filter(around)
    for level in reversed(loaded_levels(home)):
        code = _code_at(memory, home, near.filter(level=level)["code"], level=level, lat=lat, lon=lon)
        if code is not None:
            names = index.select("code", "name", "level", "parent")
            return [place for place in places_of(names, [code])[code] if place.level in LEVELS]
    return ()


def _code_at(memory: Memory, home: Home, codes: pl.Series, *, level: str, lat: float, lon: float) -> str | None:
    """The first of some areas of a level, in order of code, that holds a point."""
    if codes.is_empty():
        return None
    drawn = drawn_areas(memory, home, level, zoom=EXACT_ZOOM).filter(pl.col("code").is_in(codes.implode())).sort("code")
    outlines = shapely.from_geojson(drawn["geometry"].to_numpy())
    found = shapely.intersects(outlines, shapely.Point(lon, lat))
    return next((str(code) for code in drawn["code"].filter(pl.Series(found))), None)
