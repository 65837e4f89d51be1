"""The column beside the map: colour bar, legend and scale bar."""

from dataclasses import dataclass

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.patches import Rectangle
from matplotlib.path import Path as Outline
from numpy.typing import NDArray

from crowd.picture.classes import class_colours, plain_number
from crowd.picture.marks import INK, LEVELS, POINTS_PER_PX, draw_outline, draw_targets
from crowd.picture.page import (
    ENTRY,
    FRAME,
    HEADING,
    MAP_BOTTOM_PX,
    MAP_PX,
    SIDE_LEFT_PX,
    SIDE_WIDTH_PX,
    Sheet,
    write,
)
from crowd.picture.view import View, scale_bar

Floats = NDArray[np.float64]

ROW_PX = 29
GLYPH_PX = 54
CLASS_PX = 31
LONGEST_BAR_PX = 220


@dataclass(frozen=True, kw_only=True)
class OperatorEntry:
    """An operator in the legend: its look, and how many of its target cells are in view with and without azimuth."""

    name: str
    look: int
    arrows: int
    dots: int


@dataclass(frozen=True, kw_only=True)
class Legend:
    """What the column explains.

    Attributes:
        bounds: Bounds of the density classes, none if there is no density.
        levels: Levels of gatherings in view, the mildest first.
        ended: Whether some of them have ended, and how the legend says so.
        operators: Operators with target cells in view.
        outside: What the ground colour beyond the areas means, empty if no areas are drawn.
    """

    bounds: Floats
    levels: tuple[str, ...]
    ended: str
    operators: tuple[OperatorEntry, ...]
    outside: str


def draw_side(sheet: Sheet, legend: Legend, *, view: View, ground: str) -> None:
    """Draw the column from the top down, and the scale bar at its foot."""
    y_px = float(MAP_BOTTOM_PX + MAP_PX[1] - 12)
    y_px = _draw_colour_bar(sheet, y_px, bounds=legend.bounds) if legend.bounds.size else y_px
    y_px = _draw_levels(sheet, y_px, legend=legend) if legend.levels else y_px
    y_px = _draw_operators(sheet, y_px, operators=legend.operators) if legend.operators else y_px
    if legend.outside:
        _draw_swatch(sheet, y_px, colour=ground, text=legend.outside)
    _draw_scale_bar(sheet, view)


def _draw_colour_bar(sheet: Sheet, y_px: float, *, bounds: Floats) -> float:
    write(sheet.page, SIDE_LEFT_PX, y_px, "People per km²", of=HEADING)
    classes = len(bounds) - 1
    foot = y_px - 30 - classes * CLASS_PX
    left, right = SIDE_LEFT_PX, SIDE_LEFT_PX + GLYPH_PX - 12
    steps = foot + CLASS_PX * np.arange(classes)
    boxes = np.stack(
        [np.column_stack([np.full(classes, x), steps + up]) for x, up in
         ((left, 0), (right, 0), (right, CLASS_PX), (left, CLASS_PX))],
        axis=1,
    )  # fmt: skip
    sheet.page.add_collection(PolyCollection(list(boxes), facecolors=class_colours(classes), linewidths=0))
    sheet.page.add_patch(
        Rectangle((left, foot), right - left, classes * CLASS_PX, fill=False, edgecolor=FRAME, linewidth=0.8)
    )
    for step, bound in enumerate(bounds):
        tick = foot + CLASS_PX * step
        sheet.page.plot([right, right + 7], [tick, tick], color=FRAME, linewidth=0.8)
        write(sheet.page, right + 14, tick, plain_number(bound), of=ENTRY)
    return foot - 46


def _draw_levels(sheet: Sheet, y_px: float, *, legend: Legend) -> float:
    write(sheet.page, SIDE_LEFT_PX, y_px, "Gatherings", of=HEADING)
    for level in legend.levels:
        y_px -= ROW_PX
        line = Outline([(SIDE_LEFT_PX, y_px), (SIDE_LEFT_PX + GLYPH_PX - 8, y_px)])
        look = LEVELS[level]
        draw_outline(sheet.page, line, look=look, colour=look.colour, width_px=look.width_px, zorder=5)
        _write_entry(sheet, y_px, level)
    for note in ("(+n: above the usual)", legend.ended):
        if note:
            y_px -= ROW_PX
            write(sheet.page, SIDE_LEFT_PX, y_px, note, of=ENTRY)
    return y_px - 46


def _draw_operators(sheet: Sheet, y_px: float, *, operators: tuple[OperatorEntry, ...]) -> float:
    write(sheet.page, SIDE_LEFT_PX, y_px, "Target cells", of=HEADING)
    for operator in operators:
        y_px -= ROW_PX
        azimuths = np.array([0.0] * bool(operator.arrows) + [np.nan] * bool(operator.dots))
        x_px = SIDE_LEFT_PX + 12.0 + 24.0 * np.arange(len(azimuths))
        sites = np.column_stack([x_px, np.where(np.isnan(azimuths), y_px, y_px - 9)])
        draw_targets(sheet.page, sites, azimuth_deg=azimuths, look=operator.look, length_px=18, zorder=5)
        _write_entry(sheet, y_px, operator.name, after=f" ({operator.arrows + operator.dots:,})")
    return y_px - 46


def _draw_swatch(sheet: Sheet, y_px: float, *, colour: str, text: str) -> None:
    sheet.page.add_patch(
        Rectangle((SIDE_LEFT_PX, y_px - 9), GLYPH_PX - 12, 20, facecolor=colour, edgecolor=FRAME, linewidth=0.8)
    )
    _write_entry(sheet, y_px, text)


def _draw_scale_bar(sheet: Sheet, view: View) -> None:
    bar = scale_bar(view, longest_px=LONGEST_BAR_PX)
    foot, left = MAP_BOTTOM_PX + 4, SIDE_LEFT_PX
    right = left + bar.length_px
    sheet.page.plot(
        [left, left, right, right], [foot + 12, foot, foot, foot + 12],
        color=INK, linewidth=3 * POINTS_PER_PX, solid_joinstyle="miter", solid_capstyle="butt",
    )  # fmt: skip
    length = f"{bar.length_km * 1000:,.0f} m" if bar.length_km < 1 else f"{bar.length_km:,.0f} km"
    side = "N" if view.lat >= 0 else "S"
    where = "" if view.is_true_throughout() else f" at {abs(view.lat):.0f}° {side}"
    write(sheet.page, left, foot + 30, length + where, of=ENTRY)


def _write_entry(sheet: Sheet, y_px: float, text: str, *, after: str = "") -> None:
    room = SIDE_WIDTH_PX - GLYPH_PX - sheet.width_px(after, of=ENTRY)
    write(
        sheet.page,
        SIDE_LEFT_PX + GLYPH_PX,
        y_px,
        sheet.fitted(text, of=ENTRY, width_px=room) + after,
        of=ENTRY,
    )
