"""Outlines of areas on a page: put into a frame and simplified together, so that neighbours keep their border."""

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Geometries = NDArray[np.object_]

SPECK, SPECK_FAR = 12.0, 2.0  # square units; smaller islands cannot be seen, or not even where all are small
GAP = 10.0  # gaps between neighbours of up to this width are faults of their outlines
CHORD = 1e5  # longer than any map
FLATTEST = 4.0  # a frame is at most so many times broader than high
KM_PER_DEGREE = 111.195
CORE = (0.03, 0.97)  # shares of the ground between which the core of a map lies
AROUND_CORE = 0.25  # of its size on each side
FAR = 0.6  # a core smaller than this share of everything is shown by itself, the rest in a box beside it
INSET = 0.24  # width of that box as a share of the frame's


@dataclass(frozen=True, kw_only=True)
class Box:
    """The room of a map.

    Attributes:
        width: of the frame, in units of which the map's numbers are whole.
        height: most that it may have.
        margin: left free on all sides.
        tolerance: of the simplification.
    """

    width: float
    height: float
    margin: float
    tolerance: float


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """Outlines of one map.

    Attributes:
        codes: of the areas.
        shapes: their outlines in units, from the upper left corner of the frame, which is as high as they need.
        width: of the frame.
        height: of the frame.
        km_per_unit: scale of the map.
        inset: width and height of the box at the upper left with areas that lie far away, on a scale of its own; None
            without one.
        inset_codes: of the areas in that box.
    """

    codes: list[str]
    shapes: Geometries
    width: float
    height: float
    km_per_unit: float
    inset: tuple[float, float] | None
    inset_codes: tuple[str, ...] = ()


def fit_outlines(outlines: gpd.GeoDataFrame, *, box: Box) -> Fitted:
    """Put areas into a frame, as wide or as high as it goes, north up, true to shape in the middle of the map."""
    codes, shapes = np.array(outlines["code"], dtype=object), np.asarray(outlines.geometry, dtype=object)
    core, is_far = _core(shapes)
    aside = INSET * box.width if is_far.any() else 0.0
    placed, height, scale = _placed(core[~is_far], replace(box, width=box.width - aside), left=aside)
    cleaned, inset = _clean(placed, tolerance=box.tolerance), None
    if is_far.any():
        room = replace(box, width=aside, height=height, margin=2 * box.margin)
        away, inset_height, _ = _placed(shapes[is_far], room, left=0.0)
        cleaned = np.concatenate([cleaned, _without_specks(away, least=SPECK_FAR)])
        inset = (aside, inset_height)
    return Fitted(
        codes=[*codes[~is_far], *codes[is_far]],
        shapes=cleaned,
        width=box.width,
        height=height,
        km_per_unit=KM_PER_DEGREE / scale,
        inset=inset,
        inset_codes=tuple(codes[is_far]),
    )


def fit_whole(outlines: gpd.GeoDataFrame, *, box: Box) -> Fitted:
    """The same on one scale, however far the areas lie from one another."""
    shapes, height, scale = _placed(np.asarray(outlines.geometry, dtype=object), box, left=0.0)
    return Fitted(
        codes=list(outlines["code"]),
        shapes=_clean(shapes, tolerance=box.tolerance, least=SPECK_FAR),
        width=box.width,
        height=height,
        km_per_unit=KM_PER_DEGREE / scale,
        inset=None,
    )


def simplified(fitted: Fitted, *, factor: float, tolerance: float) -> Fitted:
    """The same map in a smaller frame."""
    smaller = shapely.transform(fitted.shapes, lambda points: points * factor)
    return Fitted(
        codes=fitted.codes,
        shapes=_without_specks(_kept(shapely.coverage_simplify(smaller, tolerance), smaller), least=SPECK_FAR),
        width=fitted.width * factor,
        height=fitted.height * factor,
        km_per_unit=fitted.km_per_unit / factor,
        inset_codes=fitted.inset_codes,
        inset=fitted.inset and (fitted.inset[0] * factor, fitted.inset[1] * factor),
    )


def is_scattered(fitted: Fitted, *, share: float) -> bool:
    """Whether less than this share of the frame is ground."""
    return float(shapely.area(fitted.shapes).sum()) < share * fitted.width * fitted.height


def outer_border(shapes: Geometries) -> shapely.Geometry:
    """What areas cover together."""
    try:
        return shapely.coverage_union_all(shapes)
    except shapely.errors.GEOSException:
        # Outlines that overlap a little; on whole units that does not matter.
        return shapely.union_all(shapes, grid_size=1.0)


def draw_paths(codes: pl.DataFrame, shapes: Geometries) -> pl.DataFrame:
    """Outlines as SVG paths in whole units, islands that cannot be seen left out.

    Args:
        codes: what each outline is of, in any columns.
        shapes: the outlines.

    Returns:
        The columns of `codes` and `path`; outlines of which nothing can be drawn are left out.
    """
    parts, area = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    size = np.abs(shapely.area(shapely.polygons(rings)))
    held = pl.DataFrame({"ring": np.arange(len(rings)), "area": area[part], "size": size})
    seen = held.filter((pl.col("size") >= SPECK_FAR) | (pl.col("size") == pl.col("size").max().over("area")))
    whole = np.rint(points).astype(np.int64)
    steps = pl.DataFrame({"ring": ring, "x": whole[:, 0], "y": whole[:, 1]})
    stays = (pl.col("x") == pl.col("x").shift()) & (pl.col("y") == pl.col("y").shift())
    stays &= pl.col("ring") == pl.col("ring").shift()
    told = steps.filter(~stays.fill_null(value=False)).select("ring", step=pl.format("{} {}", "x", "y"))
    drawn = told.group_by("ring", maintain_order=True).agg(pl.col("step").str.join("L"))
    paths = seen.join(drawn, on="ring", maintain_order="left").group_by("area", maintain_order=True)
    whole_paths = paths.agg(path=pl.format("M{}Z", "step").str.join(""))
    named = codes.with_row_index("area").with_columns(pl.col("area").cast(pl.Int64))
    return named.join(whole_paths, on="area", maintain_order="left").drop("area")


def label_rooms(shapes: Geometries) -> pl.DataFrame:
    """`x, y, width, height`: the middle of each area's widest place and the room that letters have there."""
    circles = shapely.maximum_inscribed_circle(_largest_parts(shapes), tolerance=2.0)
    ends = shapely.get_coordinates(circles).reshape(-1, 2, 2)
    middle, reach = ends[:, 0], np.hypot(*(ends[:, 1] - ends[:, 0]).T)
    away = np.array([CHORD, 0.0])
    chords = shapely.linestrings(np.stack([middle - away, middle + away], axis=1))
    pieces, area = shapely.get_parts(shapely.intersection(chords, shapes), return_index=True)
    bounds = shapely.bounds(pieces)
    room = np.minimum(middle[area, 0] - bounds[:, 0], bounds[:, 2] - middle[area, 0])
    width = np.zeros(len(shapes))
    np.maximum.at(width, area, 2 * np.nan_to_num(room))
    return pl.DataFrame({"x": middle[:, 0], "y": middle[:, 1], "width": width, "height": 2 * reach})


def _core(shapes: Geometries) -> tuple[Geometries, NDArray[np.bool_]]:
    """Outlines without what lies far away, and which areas lie there altogether; all of it where that is not far."""
    parts, area = shapely.get_parts(shapes, return_index=True)
    weight = shapely.area(parts)
    middle = shapely.get_coordinates(shapely.centroid(parts))
    low, high = (np.array([_quantile(column, weight, share) for column in middle.T]) for share in CORE)
    reach = (high - low) * AROUND_CORE
    is_near = shapely.intersects(parts, shapely.box(*(low - reach), *(high + reach)))
    nobody = np.zeros(len(shapes), dtype=np.bool_)
    if not is_near.any() or _size(parts[is_near]) >= FAR * _size(parts):
        return shapes, nobody
    near = [shapely.multipolygons(group) for group in _grouped(parts[is_near], area[is_near])]
    held = np.unique(area[is_near])
    core = shapes.copy()
    core[held] = near
    is_far = np.ones_like(nobody)
    is_far[held] = False
    return core, is_far


def _grouped(parts: Geometries, area: NDArray[np.intp]) -> list[Geometries]:
    order = np.argsort(area, kind="stable")
    starts = np.unique(area[order], return_index=True)[1][1:]
    return np.split(parts[order], starts)


def _quantile(values: Floats, weight: Floats, share: float) -> float:
    order = np.argsort(values)
    held = np.cumsum(weight[order]) / weight.sum()
    return float(values[order][min(int(np.searchsorted(held, share)), len(values) - 1)])


def _size(shapes: Geometries) -> float:
    west, south, east, north = shapely.total_bounds(shapes)
    return float(np.hypot(east - west, north - south))


def _placed(shapes: Geometries, box: Box, *, left: float) -> tuple[Geometries, float, float]:
    """Shapes right of `left`, the height that they take, and units per degree."""
    west, south, east, north = shapely.total_bounds(shapes)
    squeeze = np.cos(np.radians((south + north) / 2))
    size = np.maximum([(east - west) * squeeze, north - south], 1e-9)
    scale = float(((np.array([box.width, box.height]) - 2 * box.margin) / size).min())
    height = float(np.ceil(min(box.height, max(size[1] * scale + 2 * box.margin, box.width / FLATTEST))))
    middle = np.array([(west + east) / 2, (south + north) / 2])
    turn = np.array([squeeze, -1.0]) * scale
    centre = np.array([left + box.width / 2, height / 2])
    return shapely.transform(shapes, lambda points: (points - middle) * turn + centre), height, scale


def _clean(shapes: Geometries, *, tolerance: float, least: float = SPECK) -> Geometries:
    """Simplify outlines together, after gaps and overlaps between neighbours, which real ones have, are closed."""
    seen = _without_specks(shapes, least=least)
    simple = _kept(shapely.coverage_simplify(seen, tolerance), seen)
    if shapely.coverage_is_valid(simple):
        return simple
    try:
        return _kept(shapely.coverage_clean(simple, gap_width=GAP), simple)
    except shapely.errors.GEOSException:
        return simple


def _without_specks(shapes: Geometries, *, least: float) -> Geometries:
    """Areas without islands that cannot be seen, but never without their largest part."""
    parts, area = shapely.get_parts(shapes, return_index=True)
    size = shapely.area(parts)
    largest = np.zeros(len(shapes))
    np.maximum.at(largest, area, size)
    seen = (size >= least) | (size == largest[area])
    return np.array([shapely.multipolygons(group) for group in _grouped(parts[seen], area[seen])], dtype=object)


def _kept(shapes: Geometries, before: Geometries) -> Geometries:
    """Valid outlines; those of which nothing stays are as they were before."""
    crossed = ~shapely.is_valid(shapes)
    mended = np.asarray(shapes, dtype=object).copy()
    mended[crossed] = shapely.buffer(mended[crossed], 0)
    return np.asarray(np.where(shapely.is_empty(mended) | shapely.is_missing(mended), before, mended), dtype=object)


def _largest_parts(shapes: Geometries) -> Geometries:
    parts, area = shapely.get_parts(shapes, return_index=True)
    order = np.lexsort((-shapely.area(parts), area))
    first = np.unique(area[order], return_index=True)[1]
    return np.asarray(parts[order][first])
