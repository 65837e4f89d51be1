"""Maps of the report as SVG: areas in the colours of their class, and where their names go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import polars as pl
import shapely

from crowd.report.pdf.callouts import call_out, without_overlaps
from crowd.report.pdf.labels import place_labels
from crowd.report.pdf.patterns import GROUNDS, LINES, lined, silenced, silenced_islands, silent_paths
from crowd.report.pdf.shapes import (
    Box,
    Fitted,
    draw_paths,
    fit_outlines,
    is_scattered,
    label_rooms,
    outer_border,
    simplified,
)

# One unit is a twentieth of a millimetre on paper.
WIDE = Box(width=3400, height=1440, margin=16, tolerance=4)
TALL = Box(width=2080, height=2060, margin=16, tolerance=4)
PAGE = Box(width=1720, height=1400, margin=16, tolerance=4)
WIDER_THAN = 1.5  # breadth to height from which on a map takes the whole breadth of the first page
PANEL_FACTOR = 0.26
PANEL_TOLERANCE = 3.5
WEEK_PANEL = 0
UNITS_PER_KM_BAR = 500.0  # a scale bar is about this long
MANY = 150  # areas on a map, from which on their borders are thin
SCATTERED = 0.06  # of a frame; where there is less ground than this, islands are drawn wider than they are
FEW_LABELS = 0.1  # of the areas; where fewer have room for their names, their roots' stand instead
OVER_BORDERS = 4.0  # names of roots stand on a ground of their own, so they may be wider than there is room
PALE = "#eceae6"
BORDER = "border"  # stands for a code where a path is no area's


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One map, ready to be put on a page.

    Attributes:
        svg: the map of the week.
        days: seven maps beside each other, Monday to Sunday; empty where not asked for.
        labels: texts with `x, y` in percent of the frame, `lines`, whether their ground `is_dark` or no colour, whether
            the text of the page names the area.
        bar_km: length of the scale bar.
        bar_percent: the same in percent of the frame's width.
        is_wide: whether it wants the whole breadth of the page.
        inset_codes: of areas that lie far away and stand in a box of their own scale.
    """

    svg: str
    days: str
    labels: list[dict[str, object]]
    bar_km: float
    bar_percent: float
    is_wide: bool
    inset_codes: tuple[str, ...]


def draw_pages(outlines: Mapping[str, gpd.GeoDataFrame], fills: pl.DataFrame, names: pl.DataFrame) -> dict[str, Drawn]:
    """The maps of all pages: the week and its seven days.

    Args:
        outlines: by page, of the areas on it: code, geometry; at least one.
        fills: `area_code, panel, fill, is_silent`, panel 0 for the week and 1 to 7 for its days.
        names: `area_code, area_name, number` of the areas; a number stands where the name does not fit.
    """
    fitted = {page: fit_outlines(held, box=PAGE) for page, held in outlines.items()}
    small = {page: simplified(one, factor=PANEL_FACTOR, tolerance=PANEL_TOLERANCE) for page, one in fitted.items()}
    weeks = _grounds(fitted, fills.filter(pl.col("panel") == WEEK_PANEL))
    days = _grounds(small, fills.filter(pl.col("panel") > WEEK_PANEL))
    labels = _labels(fitted, fills, names)
    return {
        page: drawn_map(
            one,
            inner=weeks[page].get(WEEK_PANEL, ""),
            labels=labels.get(page, []),
            days=_panels(small[page], days[page]),
        )
        for page, one in fitted.items()
    }


def draw_first(
    outlines: gpd.GeoDataFrame, fills: pl.DataFrame, names: pl.DataFrame, pages: pl.DataFrame, *, named: Sequence[str]
) -> Drawn:
    """The map of the first page.

    Args:
        outlines: as above.
        fills: as above; only panel 0 is drawn.
        names: as above, with `root, root_name`, which stand on the map where hardly any of the areas' own names fit.
        pages: `area_code, page`, whose common borders are drawn stronger.
        named: codes of the areas that the text names, whose names stand on the map in any case.
    """
    west, south, east, north = outlines.total_bounds
    fitted = fit_outlines(outlines, box=WIDE if east - west >= WIDER_THAN * (north - south) else TALL)
    held = pl.DataFrame({"area_code": fitted.codes}).join(pages, on="area_code", how="left", maintain_order="left")
    groups = held.with_row_index().group_by("page", maintain_order=True).agg("index")["index"]
    ground = _grounds({"": fitted}, fills.filter(pl.col("panel") == WEEK_PANEL))[""]
    lines = ""
    if 1 < len(groups) < len(fitted.codes):
        borders = np.array([outer_border(fitted.shapes[group.to_numpy()]) for group in groups])
        paths = draw_paths(pl.DataFrame({"group": range(len(borders))}), borders)["path"]
        lines = "".join(_line(path, width=5) for path in paths.drop_nulls())
    rooms = _rooms({"": fitted}, fills, names)
    fitting = place_labels(rooms).get("", [])
    labels, dots = call_out(_enough(fitting, fitted, names), rooms, named=named)
    return drawn_map(fitted, inner=f"{ground.get(WEEK_PANEL, '')}{lines}{dots}", labels=labels)


def _enough(labels: list[dict[str, object]], fitted: Fitted, names: pl.DataFrame) -> list[dict[str, object]]:
    """Labels of areas, or of the roots that they lie in where only few have any."""
    if len(labels) >= FEW_LABELS * len(fitted.codes) or names["root"].n_unique() == 1:
        return labels
    held = pl.DataFrame({"area_code": fitted.codes}).join(names, on="area_code", how="left", maintain_order="left")
    groups = held.with_row_index().group_by("root", "root_name", maintain_order=True).agg("index")
    shapes = np.array([outer_border(fitted.shapes[group.to_numpy()]) for group in groups["index"]])
    roots = pl.concat([groups.select(area_code="root", area_name="root_name"), label_rooms(shapes)], how="horizontal")
    told = roots.with_columns(
        page=pl.lit(""),
        number=pl.lit(None, pl.Int32),
        fill=pl.lit(PALE),
        is_silent=True,  # their ground has many colours, as that of silent areas has lines
        frame_width=pl.lit(fitted.width),
        frame_height=pl.lit(fitted.height),
        width=pl.col("width") * OVER_BORDERS,
    )
    largest_first = told.sort(pl.Series(shapely.area(shapes)), descending=True)
    return without_overlaps(place_labels(largest_first).get("", []), size=(fitted.width, fitted.height))


def drawn_map(fitted: Fitted, *, inner: str, labels: list[dict[str, object]], days: str = "") -> Drawn:
    """A map with its scale bar."""
    bar_km = _round_km(fitted.km_per_unit * UNITS_PER_KM_BAR)
    return Drawn(
        svg=_svg(fitted.width, fitted.height, inner + _inset_frame(fitted)),
        days=days,
        labels=labels,
        bar_km=bar_km,
        bar_percent=bar_km / fitted.km_per_unit / fitted.width * 100,
        is_wide=fitted.width == WIDE.width,
        inset_codes=fitted.inset_codes,
    )


def _labels(
    fitted: Mapping[str, Fitted], fills: pl.DataFrame, names: pl.DataFrame
) -> dict[str, list[dict[str, object]]]:
    return place_labels(_rooms(fitted, fills, names))


def _rooms(fitted: Mapping[str, Fitted], fills: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """What `place_labels` takes, of all areas of all maps."""
    every = np.concatenate([one.shapes for one in fitted.values()])
    rooms = pl.concat([_places(fitted), label_rooms(every)], how="horizontal")
    week = fills.filter(pl.col("panel") == WEEK_PANEL).select("area_code", "fill", "is_silent")
    told = rooms.join(names.select("area_code", "area_name", "number"), on="area_code", maintain_order="left")
    return told.join(week, on="area_code", maintain_order="left")


def _places(fitted: Mapping[str, Fitted]) -> pl.DataFrame:
    """`page, area_code, frame_width, frame_height` of all areas of all maps."""
    frames = [
        pl.DataFrame({"area_code": one.codes}).select(
            page=pl.lit(page), area_code="area_code", frame_width=pl.lit(one.width), frame_height=pl.lit(one.height)
        )
        for page, one in fitted.items()
    ]
    return pl.concat(frames)


def _grounds(fitted: Mapping[str, Fitted], fills: pl.DataFrame) -> dict[str, dict[int, str]]:
    """What is drawn by page and panel: all areas of a colour as one path, then the border around everything."""
    borders = np.array([outer_border(one.shapes) for one in fitted.values()])
    frames = {page: (one.width, one.height) for page, one in fitted.items()}
    around = pl.DataFrame({"page": list(frames)}).with_columns(area_code=pl.lit(BORDER))
    codes = pl.concat([_places(fitted).select("page", "area_code"), around])
    drawn = draw_paths(codes, np.concatenate([*(one.shapes for one in fitted.values()), borders])).drop_nulls("path")
    paths = drawn.join(fills, on="area_code", maintain_order="left").sort("page", "panel", "fill", "area_code")
    by_fill = paths.group_by("page", "panel", "fill", maintain_order=True).agg(pl.col("path").str.join(""))
    lines = dict(drawn.filter(pl.col("area_code") == BORDER).select("page", "path").iter_rows())
    grounds: dict[str, dict[int, str]] = {page: {} for page in frames}
    scattered = {page for page, one in fitted.items() if is_scattered(one, share=SCATTERED)}
    over = {(page, panel): path for page, panel, path in silent_paths(paths).iter_rows()}
    for page, panel, ground in _by_panel(by_fill, frames, scattered).iter_rows():
        path = over.get((page, panel), "")
        inner = ground + (silenced_islands(path) if page in scattered else silenced(path, panel, frames[page]))
        thin = 0.5 if len(fitted[page].codes) > MANY else 1.0
        line = "" if page in scattered else _line(lines.get(page, ""), width=4 * thin)
        grounds[page][panel] = f"{_ground(inner, width=2.5 * thin)}{line}"
    return grounds


def _by_panel(by_fill: pl.DataFrame, frames: Mapping[str, tuple[float, float]], scattered: set[str]) -> pl.DataFrame:
    colour = pl.col("fill").replace(GROUNDS)
    # Colours that are pale on white still show around islands, with a darker line under them.
    halo = pl.format('<path stroke="#77757a" stroke-width="34" d="{}"/>', "path")
    wide = halo + pl.format('<path fill="{}" stroke="{}" stroke-width="28" d="{}"/>', colour, colour, "path")
    plain = pl.format('<path fill="{}" d="{}"/>', colour, "path")
    ground = pl.when(pl.col("page").is_in(list(scattered))).then(wide).otherwise(plain)
    told = by_fill.with_columns(drawn=pl.concat_str(ground, *(lined(name, frames) for name in LINES)))
    return told.group_by("page", "panel", maintain_order=True).agg(pl.col("drawn").str.join(""))


def _panels(small: Fitted, days: dict[int, str]) -> str:
    """The days beside each other."""
    inner = [
        f'<g transform="translate({(panel - 1) * small.width:g} 0)">{drawn}{_inset_frame(small)}</g>'
        for panel, drawn in days.items()
    ]
    return _svg(7 * small.width, small.height, "".join(inner))


def _inset_frame(fitted: Fitted) -> str:
    if fitted.inset is None:
        return ""
    width, height = fitted.inset
    style = 'fill="none" stroke="#8b8b90" stroke-width="2.5" stroke-dasharray="8 8"'
    return f'<path d="M4 4h{width - 8:g}v{height - 8:g}h{8 - width:g}Z" {style}/>'


def _ground(paths: str, *, width: float) -> str:
    return f'<g fill-rule="evenodd" stroke="#ffffff" stroke-width="{width}" stroke-linejoin="round">{paths}</g>'


def _line(path: str, *, width: float) -> str:
    return f'<path fill="none" stroke="#4a4a52" stroke-width="{width}" d="{path}"/>' if path else ""


def _svg(width: float, height: float, inner: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}">{inner}</svg>'


def _round_km(length: float) -> float:
    """The longest of 1, 2, 5 times a power of ten that is not longer."""
    power = 10.0 ** int(f"{length:e}".split("e")[1])
    return max(step * power for step in (1, 2, 5) if step * power <= length)
