"""Areas made ready to be drawn and searched, kept in files beside the lake until other areas are loaded."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import shapely

from crowd.review.kept_files import keep, mapped
from crowd.review.memory import Memory, cache_folder, identity_of
from geo.areas import LEVELS, area_file, loaded_levels
from geo.hexagons import Geometries
from geo.outlines import areas_km2
from lake.home import Home

FOLDER = "areas"
# Part of every name: files of another layout are made anew.
LAYOUT = 1
MOST_BYTES = 2_000_000_000
TILE_PX = 512
COARSEST_ZOOM, FINEST_ZOOM, ZOOM_STEP = 4, 14, 2
# Borders drawn twice that differ by less than a pixel are one there; nearer they would keep all their corners.
SNAPPED_ZOOM = 8
DIGITS = 5  # of degrees: a metre
COMBINING = r"\p{M}+"
PLAIN = dict.fromkeys(("code", "name", "level", "parent"), pl.String)


def drawn_areas(memory: Memory, home: Home, level: str, *, zoom: float) -> pl.DataFrame:
    """Areas of a level with outlines for a zoom of the map, in order of code; no rows where none are loaded.

    Outlines are simplified together, so that neighbours keep their common border, to about a pixel at the next even
    zoom from 4 to 12; beyond that they are as they were loaded. The file of them is only looked into, never read whole.

    Args:
        memory: of the process.
        home: whose lake.
        level: one of `geo.areas.LEVELS`.
        zoom: of a web map with tiles of 512 pixels.

    Returns:
        code, name, level, lat and lon (inside the area, where its name goes), west, south, east, north, km2 and
        geometry (GeoJSON).
    """
    step = min(max(int(np.ceil(zoom / ZOOM_STEP)) * ZOOM_STEP, COARSEST_ZOOM), FINEST_ZOOM)
    file = area_file(home, level)
    identity = identity_of(file)
    if identity is None:
        return _drawn(pl.DataFrame(schema=PLAIN), np.array([], dtype=object), zoom=step)

    def draw() -> pl.DataFrame:
        areas = pl.read_parquet(file)
        return _drawn(areas, np.asarray(shapely.from_wkb(areas["wkb"].to_numpy())), zoom=step)

    return _kept(memory, home, f"{level}-zoom{step}", identity=identity, make=draw)


def zooms_drawn() -> range:
    """Zooms of the map that outlines are made for."""
    return range(COARSEST_ZOOM, FINEST_ZOOM + 1, ZOOM_STEP)


def area_index(memory: Memory, home: Home) -> pl.DataFrame:
    """All areas as they are searched: code, name, level, parent, rank (0: the coarsest), folded, and their box."""
    identity = area_identity(home)
    if identity is None:
        return _index(())
    levels = loaded_levels(home)
    return _kept(memory, home, "index", identity=identity, make=lambda: _index([area_file(home, n) for n in levels]))


def area_identity(home: Home) -> str | None:
    """Changes when other areas are loaded; None where there are none."""
    return identity_of(*(area_file(home, level) for level in loaded_levels(home)))


def fold(text: pl.Expr) -> pl.Expr:
    """Words of a text without case, accents and signs, a space before each."""
    plain = text.str.normalize("NFKD").str.replace_all(COMBINING, "").str.to_lowercase()
    return pl.lit(" ") + plain.str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars()


def _drawn(areas: pl.DataFrame, outlines: Geometries, *, zoom: int) -> pl.DataFrame:
    bounds = shapely.bounds(outlines).reshape(-1, 4)
    labels = shapely.point_on_surface(_largest_parts(outlines))
    simple = _rounded(_simplified(outlines, zoom=zoom))
    return areas.select("code", "name", "level").with_columns(
        lat=pl.Series(shapely.get_y(labels), dtype=pl.Float64),
        lon=pl.Series(shapely.get_x(labels), dtype=pl.Float64),
        **_box(bounds),
        km2=pl.Series(areas_km2(outlines), dtype=pl.Float64),
        geometry=pl.Series(shapely.to_geojson(simple).tolist(), dtype=pl.String),
    )


def _simplified(outlines: Geometries, *, zoom: int) -> Geometries:
    if zoom == FINEST_ZOOM:
        return _grounds(outlines, least_deg2=0)
    pixel_deg = 360 / TILE_PX / 2**zoom
    grounds = _grounds(outlines, least_deg2=pixel_deg**2)
    if zoom <= SNAPPED_ZOOM:
        grounds = _grounds(np.asarray(shapely.set_precision(grounds, pixel_deg / 4)), least_deg2=0)
    simple = np.asarray(shapely.coverage_simplify(grounds.tolist(), pixel_deg), dtype=object)
    is_gone = shapely.is_empty(simple)
    simple[is_gone] = shapely.envelope(outlines[is_gone])
    return simple


def _grounds(outlines: Geometries, *, least_deg2: float) -> Geometries:
    """The polygons of each outline without its small islands; one that was mended can hold lines and points too."""
    parts, position = shapely.get_parts(outlines, return_index=True)
    polygons, part = shapely.get_parts(parts, return_index=True)
    areas, owner = shapely.area(polygons), position[part]
    largest = np.zeros(len(outlines))
    np.maximum.at(largest, owner, areas)
    is_ground = (areas > 0) & ((areas >= least_deg2) | (areas == largest[owner]))
    grounds = np.full(len(outlines), shapely.MultiPolygon(), dtype=object)
    shapely.multipolygons(polygons[is_ground], indices=owner[is_ground], out=grounds)
    return grounds


def _rounded(outlines: Geometries) -> Geometries:
    return np.asarray(shapely.transform(outlines, lambda degrees: np.round(degrees, DIGITS)), dtype=object)


def _largest_parts(outlines: Geometries) -> Geometries:
    parts, position = shapely.get_parts(outlines, return_index=True)
    order = np.lexsort((-shapely.area(parts), position))
    _, first = np.unique(position[order], return_index=True)
    return np.asarray(parts[order][first], dtype=object)


def _index(files: Sequence[Path]) -> pl.DataFrame:
    """Of areas with the same code the coarsest is taken."""
    areas = pl.concat([pl.DataFrame(schema={**PLAIN, "wkb": pl.Binary}), *(pl.read_parquet(file) for file in files)])
    areas = areas.unique("code", keep="first", maintain_order=True)
    bounds = shapely.bounds(shapely.from_wkb(areas["wkb"].to_numpy())).reshape(-1, 4)
    ranks = {name: rank for rank, name in enumerate(LEVELS)}
    return areas.drop("wkb").with_columns(
        rank=pl.col("level").replace_strict(ranks, return_dtype=pl.Int32), folded=fold(pl.col("name")), **_box(bounds)
    )


def _box(bounds: Geometries) -> dict[str, pl.Series]:
    names = ("west", "south", "east", "north")
    return {name: pl.Series(bounds[:, n], dtype=pl.Float64) for n, name in enumerate(names)}


def _kept(memory: Memory, home: Home, what: str, *, identity: str, make: Callable[[], pl.DataFrame]) -> pl.DataFrame:
    """A frame from its file; made and put there by the first who asks, in the place of what was made of other areas."""
    path = cache_folder(home) / FOLDER / f"{what}-{LAYOUT}~{identity}.arrow"
    return memory.once((path,), lambda: _read_or_make(memory, path, make))


def _read_or_make(memory: Memory, path: Path, make: Callable[[], pl.DataFrame]) -> pl.DataFrame:
    found = mapped(path)
    if found is not None:
        # Not compressed: what nobody looks at stays on the disk.
        return pl.DataFrame(pl.from_arrow(pa.Table.from_batches(found[0])))
    with memory.drawing():
        frame = make().rechunk()
    with suppress(OSError):  # a full disk costs time, no answers
        keep(path, [_batch(frame)], about={}, most_bytes=MOST_BYTES)
    return frame


def _batch(frame: pl.DataFrame) -> pa.RecordBatch:
    table = frame.to_arrow()
    return next(iter(table.to_batches()), pa.RecordBatch.from_pylist([], schema=table.schema))
