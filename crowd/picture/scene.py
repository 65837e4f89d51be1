"""What a picture is made from: its input, and the same input checked, in order, with the view it calls for."""

from dataclasses import dataclass
from datetime import datetime

import geopandas as gpd
import numpy as np
import polars as pl
from numpy.typing import NDArray

from crowd.picture.page import MAP_PX
from crowd.picture.parts import (
    Hexagons,
    hexagons,
    hexes_by_gathering,
    places,
    sorted_gatherings,
    sorted_targets,
)
from crowd.picture.shapes import Hexes, hex_degrees, hexagon_km, resolutions
from crowd.picture.view import View, choose_view

Floats = NDArray[np.float64]

LEAST_HEXAGONS_ACROSS = 12
USUAL_RESOLUTION = 9


@dataclass(frozen=True, kw_only=True)
class PictureInput:
    """One hour, as the picture needs it. Frames without rows are welcome.

    Attributes:
        density: `hex` (uint64 H3, any resolution), `people`, `people_per_km2`, of one interval.
        gatherings: `gathering_id`, `level` (waspada, siaga, awas), `state`, `people`, `excess`, `lat`, `lon`.
        gathering_hexes: `gathering_id`, `hex`.
        targets: `operator`, `cell_id`, `lat`, `lon`, `azimuth_deg` (null where a cell sends all around).
        interval_start: Start of the interval, with an offset.
        interval_minutes: Length of the interval.
        timezone: Name of the local time zone, such as Asia/Jakarta.
        k: The least number of devices that a hexagon rests on if it is shown.
        withheld: How many hexagons rest on fewer.
        areas: Polygons with `name` and `level`, or None.
        title: What is shown, such as the name of a city.
        subtitle: Said after the title, such as "exercise".
    """

    density: pl.DataFrame
    gatherings: pl.DataFrame
    gathering_hexes: pl.DataFrame
    targets: pl.DataFrame
    interval_start: datetime
    interval_minutes: int
    timezone: str
    k: int
    withheld: int = 0
    areas: gpd.GeoDataFrame | None = None
    title: str = ""
    subtitle: str = ""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The input of one picture, checked and in order; the view is None if there is nothing to see."""

    hexagons: Hexagons
    gatherings: pl.DataFrame
    gathering_hexes: dict[str, Hexes]
    targets: pl.DataFrame
    areas: gpd.GeoDataFrame | None
    view: View | None


def read_scene(picture: PictureInput) -> Scene:
    """Check the input and choose the view.

    Raises:
        RefusedInputError: A frame lacks a column, or holds a value that cannot be drawn.
    """
    crowd = hexagons(picture.density)
    gatherings = sorted_gatherings(picture.gatherings)
    ids = gatherings["gathering_id"].to_list()
    gathering_hexes = hexes_by_gathering(picture.gathering_hexes, ids=ids)
    has_areas = picture.areas is not None and len(picture.areas) > 0
    return Scene(
        hexagons=crowd,
        gatherings=gatherings,
        gathering_hexes=gathering_hexes,
        targets=sorted_targets(picture.targets),
        areas=picture.areas if has_areas else None,
        view=_view(crowd, gatherings=gatherings, gathering_hexes=list(gathering_hexes.values())),
    )


def _view(crowd: Hexagons, *, gatherings: pl.DataFrame, gathering_hexes: list[Hexes]) -> View | None:
    must_see = np.vstack([places(gatherings), *map(hex_degrees, gathering_hexes)])
    crowded = crowd.people_per_km2 > 0
    if not crowded.any() and len(must_see) == 0:
        return None
    all_hexes = np.concatenate([crowd.hexes, *gathering_hexes])
    finest = int(resolutions(all_hexes).max()) if all_hexes.size else USUAL_RESOLUTION
    lon, lat = crowd.degrees[crowded].T
    return choose_view(
        lon,
        lat,
        people=crowd.people[crowded],
        must_see=must_see,
        size_px=MAP_PX,
        least_km=LEAST_HEXAGONS_ACROSS * hexagon_km(finest),
    )
