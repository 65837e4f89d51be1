"""Where an area without any number lies: the areas around it in a pale grey, and itself in a dark one."""

from collections.abc import Collection

import geopandas as gpd
import numpy as np
import polars as pl
import shapely

from crowd.report.pdf.labels import place_labels
from crowd.report.pdf.maps import PAGE, Drawn, drawn_map
from crowd.report.pdf.shapes import Fitted, draw_paths, fit_whole, label_rooms

PALE, DARK = "#eceae6", "#4a4a52"  # greys, for a colour of the scale would tell a change
BORDER = 'stroke="#8b8b90" stroke-width="3" stroke-linejoin="round"'
WIDER = 14  # width of the dark outline, by which islands of a few houses can be seen
RING = 70.0  # an area smaller than a circle of this radius has one drawn around it


def draw_locator(outlines: gpd.GeoDataFrame, names: pl.DataFrame, *, own: Collection[str]) -> Drawn:
    """Draw an area among others.

    Args:
        outlines: of all of them: code, geometry.
        names: `area_code, area_name`.
        own: codes of the area, or of its parts.
    """
    fitted = fit_whole(outlines, box=PAGE)
    codes = pl.DataFrame({"area_code": fitted.codes})
    is_own = np.isin(fitted.codes, list(own))
    paths = draw_paths(codes.with_columns(is_own=is_own), fitted.shapes).drop_nulls("path").sort("is_own")
    style = pl.when("is_own").then(
        pl.lit(f'fill="{DARK}" stroke="{DARK}" stroke-width="{WIDER}" stroke-linejoin="round"')
    )
    drawn = paths.select(pl.format('<path {} d="{}"/>', style.otherwise(pl.lit(f'fill="{PALE}" {BORDER}')), "path"))
    inner = f'<g fill-rule="evenodd">{"".join(drawn.to_series())}</g>{_ring(fitted.shapes[is_own])}'
    return drawn_map(fitted, inner=inner, labels=_labels(fitted, names.filter(~pl.col("area_code").is_in(list(own)))))


def _ring(shapes: np.ndarray) -> str:
    """A circle around an area that is hard to find."""
    if not len(shapes):
        return ""
    west, south, east, north = shapely.total_bounds(shapes)
    if np.hypot(east - west, north - south) / 2 >= RING:
        return ""
    middle = f'cx="{(west + east) / 2:.0f}" cy="{(south + north) / 2:.0f}"'
    return f'<circle {middle} r="{RING:g}" fill="none" stroke="{DARK}" stroke-width="6"/>'


def _labels(fitted: Fitted, names: pl.DataFrame) -> list[dict[str, object]]:
    rooms = pl.concat([pl.DataFrame({"area_code": fitted.codes}), label_rooms(fitted.shapes)], how="horizontal")
    told = rooms.join(names, on="area_code", maintain_order="left").with_columns(
        page=pl.lit(""),
        number=pl.lit(None, pl.Int32),
        fill=pl.lit(PALE),
        is_silent=pl.lit(value=False),
        frame_width=pl.lit(fitted.width),
        frame_height=pl.lit(fitted.height),
    )
    return place_labels(told).get("", []) if told.height else []
