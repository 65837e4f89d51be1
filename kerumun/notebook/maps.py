"""Maps of hexagons on the ground of the loaded areas, with a title and a legend."""

from html import escape
from typing import TYPE_CHECKING

import geopandas as gpd
import polars as pl
import shapely
from ipywidgets import HTML, VBox  # type: ignore[import-untyped]
from lonboard import H3HexagonLayer, Map, PathLayer, SolidPolygonLayer

from geo.hexagons import Hexes, hex_polygons
from kerumun.notebook.scales import Scale, scale_of

if TYPE_CHECKING:
    from lonboard.layer import BaseLayer

HEIGHT_PX = 460
LAND, BORDER, OUTLINE = [238, 236, 230], [175, 175, 175], [214, 39, 40]
SWATCH = (
    "<span style='display:inline-block;width:1em;height:1em;margin:0 .3em 0 1em;vertical-align:-.15em;"
    "background:rgb({})'></span>{}"
)


def map_hexagons(
    frame: pl.DataFrame,
    column: str,
    *,
    title: str,
    unit: str,
    ground: gpd.GeoDataFrame | None = None,
    outlined: Hexes | None = None,
) -> VBox:
    """A map of one number by hexagon.

    Args:
        frame: with `hex` and the column; rows without a number are not drawn.
        column: what the colours show.
        title: what is to be seen, where and when.
        unit: of the column, for the legend.
        ground: areas to draw below, as `Lake.ground` gives them.
        outlined: hexagons to outline in red.

    Returns:
        A widget: title, map and legend. It asks the internet for nothing after `work_offline`.
    """
    rows = frame.filter(pl.col(column).is_finite())
    scale = scale_of(rows[column].cast(pl.Float64).to_numpy())
    layers: list[BaseLayer] = [] if ground is None else [_land(ground)]
    if rows.height:
        layers.append(_hexagons(rows, column, scale))
    if ground is not None:
        layers.append(_lines(ground.geometry, BORDER, width_px=1))
    if outlined is not None and len(outlined):
        whole = gpd.GeoSeries([shapely.union_all(hex_polygons(outlined))], crs="EPSG:4326")
        layers.append(_lines(whole, OUTLINE, width_px=3))
    drawn = Map(
        layers,
        basemap=None,  # type: ignore[arg-type]  # "pass None to disable rendering a basemap"
        height=HEIGHT_PX,
        show_tooltip=True,
        show_side_panel=False,
    )
    return VBox([HTML(f"<b>{escape(title)}</b>"), drawn, HTML(_legend(scale, unit))])


def _hexagons(rows: pl.DataFrame, column: str, scale: Scale) -> H3HexagonLayer:
    values = rows[column].cast(pl.Float64)
    return H3HexagonLayer(
        pl.DataFrame({column: values.round_sig_figs(2)}).to_arrow(),
        get_hexagon=rows["hex"].to_numpy(),
        get_fill_color=scale.colours_of(values.to_numpy()),
        stroked=False,
        extruded=False,  # no shade: colours are those of the legend
        opacity=1,
    )


def _land(areas: gpd.GeoDataFrame) -> SolidPolygonLayer:
    return SolidPolygonLayer.from_geopandas(areas[["code", "geometry"]], get_fill_color=LAND, opacity=1, pickable=False)


def _lines(shapes: gpd.GeoSeries, colour: list[int], *, width_px: float) -> PathLayer:
    lines = gpd.GeoDataFrame(geometry=shapes.boundary.explode(ignore_index=True), crs="EPSG:4326")
    return PathLayer.from_geopandas(
        lines, get_color=colour, width_min_pixels=width_px, width_max_pixels=width_px, opacity=1, pickable=False
    )


def _legend(scale: Scale, unit: str) -> str:
    classes = zip(scale.colours, scale.labels(), strict=True)
    swatches = (SWATCH.format(",".join(map(str, colour)), label) for colour, label in classes)
    return f"{escape(unit)}: {''.join(swatches)}"
