"""The map of a picture: land, hexagons, gatherings, target cells and the labels on them."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.collections import PolyCollection
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from crowd.picture.classes import class_colours, class_of
from crowd.picture.labels import best_box, boxes_around, boxes_on
from crowd.picture.marks import INK, LEVELS, PAPER, POINTS_PER_PX, draw_outline, draw_targets
from crowd.picture.page import Sheet, Type, draw_region, write
from crowd.picture.shapes import Hexes, area_shapes, corners, hexagon_polygons, outline
from crowd.picture.view import View

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]

SEA = "#dfe8ee"
LAND = "#f7f5f0"
BORDER = "#4a5160"
LEAST_SHAPE_PX = 16.0
SYMBOL_PX = 13.0
ENDED_WIDTH = 0.45
MOST_LABELS = 40
LABEL_PAD_PX = 8.0
LABEL_LINE_PX = 23.0
LABEL_HEAD = Type(size_px=19, bold=True)
LABEL_BODY = Type(size_px=19)
# Arrows get shorter as they get many: (up to so many cells, length in pixels).
ARROW_LENGTHS_PX = ((80, 19.0), (400, 14.0), (np.inf, 9.0))
RANKS = {"province": 0, "regency": 1, "district": 2, "village": 3}
BORDERS_PX = (3.4, 2.6, 1.6, 1.0)
NAMES = tuple(Type(size_px=size, colour="#333a46", halo_px=6, bold=bold) for size, bold in
              ((23, True), (21, True), (19, False), (17, False)))  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class DrawnGathering:
    """One gathering, ready to draw: its shape in pixels, its level, and the two lines of its label."""

    shape: shapely.Geometry
    level: str
    has_ended: bool
    head: str
    body: str


@dataclass(frozen=True, kw_only=True)
class DrawnTargets:
    """Target cells in view: pixels (n, 2), azimuths (NaN = all around) and the number of each one's look."""

    px: Floats
    azimuth_deg: Floats
    look: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class DrawnAreas:
    """Areas in view, the widest level first: shapes in pixels, names, and rank of the level."""

    shapes: Shapes
    names: tuple[str, ...]
    rank: NDArray[np.int64]


def placed_areas(areas: gpd.GeoDataFrame, *, view: View) -> DrawnAreas:
    """Put areas on the map, and leave out those beyond it."""
    shapes = area_shapes(areas, view=view)
    rank = np.array([RANKS.get(str(level), RANKS["district"]) for level in areas["level"]], dtype=np.int64)
    seen = np.flatnonzero(~shapely.is_empty(shapes))
    order = seen[np.lexsort((-shapely.area(shapes[seen]), rank[seen]))]
    names = areas["name"].astype(str).to_numpy()
    return DrawnAreas(shapes=shapes[order], names=tuple(names[order]), rank=rank[order])


def draw_land(sheet: Sheet, areas: DrawnAreas) -> None:
    """Fill the areas, so that what is not filled reads as sea."""
    draw_region(sheet.chart, outline(areas.shapes), fill=LAND, edge="none", width_px=0, zorder=1)


def draw_borders(sheet: Sheet, areas: DrawnAreas) -> None:
    """Draw thin borders over the hexagons, wider ones for wider levels."""
    for rank in np.unique(areas.rank):
        path = outline(areas.shapes[areas.rank == rank])
        for tint, width_px in (("#ffffff80", BORDERS_PX[rank] + 2), (BORDER, BORDERS_PX[rank])):
            draw_region(sheet.chart, path, fill="none", edge=tint, width_px=width_px, zorder=3)


def draw_hexagons(sheet: Sheet, hexes: Hexes, *, people_per_km2: Floats, bounds: Floats, view: View) -> None:
    """Fill hexagons with the colour of their class; each draws its own edge, so that no seam shows."""
    colours = class_colours(len(bounds) - 1)[class_of(people_per_km2, bounds=bounds)]
    sheet.chart.add_collection(
        PolyCollection(
            list(corners(hexagon_polygons(hexes, view=view))),
            facecolors=colours, edgecolors=colours, linewidths=0.6 * POINTS_PER_PX, zorder=2,
        ),
        autolim=False,
    )  # fmt: skip


def draw_gatherings(sheet: Sheet, gatherings: list[DrawnGathering]) -> None:
    """Outline gatherings, the gravest last; those too small to see get a ring."""
    for gathering in reversed(gatherings):
        look = LEVELS[gathering.level]
        width_px = look.width_px * (ENDED_WIDTH if gathering.has_ended else 1)
        path = outline(np.array([_visible(gathering.shape)]))
        draw_outline(sheet.chart, path, look=look, colour=look.colour, width_px=width_px, zorder=4)


def draw_target_cells(sheet: Sheet, targets: DrawnTargets) -> None:
    """Draw target cells over everything but labels."""
    length_px = next(length for most, length in ARROW_LENGTHS_PX if len(targets.px) <= most)
    for look in np.unique(targets.look):
        its = targets.look == look
        draw_targets(
            sheet.chart, targets.px[its], azimuth_deg=targets.azimuth_deg[its], look=int(look),
            length_px=length_px, zorder=5,
        )  # fmt: skip


def draw_labels(
    sheet: Sheet, *, gatherings: list[DrawnGathering], marks: Floats, areas: DrawnAreas | None, view: View
) -> int:
    """Label gatherings, then areas where room is left.

    Returns:
        How many gatherings got no label.
    """
    shown = np.array([shapely.bounds(_visible(gathering.shape)) for gathering in gatherings]).reshape(-1, 4)
    taken = np.empty((0, 4))
    panel_px = (view.width_px, view.height_px)
    for gathering, anchor in zip(gatherings[:MOST_LABELS], shown, strict=False):
        size_px = _label_size_px(sheet, gathering)
        box = best_box(
            boxes_around(anchor, size_px=size_px), panel_px=panel_px, taken=taken, avoided=shown, marks=marks
        )
        if box is not None:
            taken = np.vstack([taken, box])
            _draw_label(sheet, gathering, box=box)
    if areas is not None:
        _draw_names(sheet, areas, panel_px=panel_px, taken=taken, avoided=shown, marks=marks)
    return len(gatherings) - len(taken)


def _visible(shape: shapely.Geometry) -> shapely.Geometry:
    west, south, east, north = shapely.bounds(shape)
    is_small = max(east - west, north - south) < LEAST_SHAPE_PX
    return shapely.buffer(shapely.centroid(shape), SYMBOL_PX) if is_small else shape


def _label_size_px(sheet: Sheet, gathering: DrawnGathering) -> tuple[float, float]:
    head_px = sheet.width_px(gathering.head, of=LABEL_HEAD)
    body_px = sheet.width_px(gathering.body, of=LABEL_BODY)
    return max(head_px, body_px) + 2 * LABEL_PAD_PX, 2 * LABEL_LINE_PX + 1.4 * LABEL_PAD_PX


def _draw_label(sheet: Sheet, gathering: DrawnGathering, *, box: Floats) -> None:
    colour = LEVELS[gathering.level].colour
    left, bottom, right, top = box
    leader = shapely.shortest_line(shapely.box(*box), _visible(gathering.shape))
    x_px, y_px = shapely.get_coordinates(leader).T
    sheet.chart.plot(x_px, y_px, color=PAPER, linewidth=6 * POINTS_PER_PX, zorder=5.5)
    sheet.chart.plot(x_px, y_px, color=INK, linewidth=2 * POINTS_PER_PX, zorder=5.6)
    sheet.chart.add_patch(
        Rectangle(
            (left, bottom), right - left, top - bottom,
            facecolor=PAPER, edgecolor=colour, linewidth=2.4 * POINTS_PER_PX, alpha=0.94, zorder=6,
        )
    )  # fmt: skip
    middle = (bottom + top) / 2
    write(sheet.chart, left + LABEL_PAD_PX, middle + LABEL_LINE_PX / 2, gathering.head, of=LABEL_HEAD)
    write(sheet.chart, left + LABEL_PAD_PX, middle - LABEL_LINE_PX / 2, gathering.body, of=LABEL_BODY)


def _draw_names(
    sheet: Sheet,
    areas: DrawnAreas,
    *,
    panel_px: tuple[int, int],
    taken: Floats,
    avoided: Floats,
    marks: Floats,
) -> None:
    panel = shapely.box(0, 0, *panel_px)
    for shape, name, rank in list(zip(areas.shapes, areas.names, areas.rank, strict=True))[:MOST_LABELS]:
        visible = shapely.intersection(shape, panel)
        size_px = (sheet.width_px(name, of=NAMES[rank]), NAMES[rank].size_px)
        spots = _spots(visible)
        if len(spots) == 0 or size_px[0] > 1.1 * np.ptp(shapely.bounds(visible)[::2]):
            continue
        box = best_box(boxes_on(spots, size_px=size_px), panel_px=panel_px, taken=taken, avoided=avoided, marks=marks)
        if box is not None:
            taken = np.vstack([taken, box])
            x_px, y_px = (float(middle) for middle in (box[:2] + box[2:]) / 2)
            write(sheet.chart, x_px, y_px, name, of=NAMES[rank], align="center", zorder=5.4)


def _spots(shape: shapely.Geometry) -> Floats:
    """Points (n, 2) inside a shape where its name could stand, the most central first."""
    if shapely.is_empty(shape):
        return np.empty((0, 2))
    west, south, east, north = shapely.bounds(shape)
    across, up = np.meshgrid(np.linspace(west, east, 13)[1:-1], np.linspace(south, north, 13)[1:-1])
    grid = np.column_stack([across.ravel(), up.ravel()])
    grid = grid[shapely.contains_xy(shape, grid)]
    middle = shapely.get_coordinates(shapely.centroid(shape))
    return np.asarray(grid[np.argsort(np.hypot(*(grid - middle).T), kind="stable")])
