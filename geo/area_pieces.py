"""How the ground of hexagons is split among areas."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from geo.hexagons import Floats, Geometries, Hexes, hex_centres
from geo.land import Positions, subdivide_each
from geo.outlines import ground_areas, map_outlines

# Whole steps add up to exactly one in any order, which rounded fractions do not.
STEPS = 2**30


@dataclass(frozen=True)
class AreaPieces:
    """Areas cut into small pieces, found by where they are.

    Attributes:
        tree: the pieces, polygons in longitude and latitude.
        areas: position of the area that each piece belongs to.
    """

    tree: shapely.STRtree
    areas: Positions

    @classmethod
    def cut(cls, outlines: Geometries) -> "AreaPieces":
        """Cut areas into pieces."""
        areas, shapes = subdivide_each(outlines)
        # What mending made of an outline that crossed itself can hold lines and points.
        is_ground = shapely.area(shapes) > 0
        areas, shapes = areas[is_ground], shapes[is_ground]
        shapely.prepare(shapes)
        return cls(shapely.STRtree(shapes), areas)

    def touching(self, outlines: Geometries) -> tuple[Positions, Positions]:
        """Positions of an outline and of a piece that it touches, ordered by outline, area and piece."""
        outline, piece = self.tree.query(outlines)
        # The tree itself would prepare the outlines, each of which is looked at only once or twice.
        touches = shapely.intersects(self.tree.geometries[piece], outlines[outline])
        outline, piece = outline[touches], piece[touches]
        order = np.lexsort((piece, self.areas[piece], outline))
        return outline[order], piece[order]


def split_hexes(hexes: Hexes, pieces: AreaPieces) -> pl.DataFrame:
    """Split each hexagon among the areas that it touches, by ground; ground claimed twice goes to the first area.

    Returns:
        hex, area (its position) and share; the shares of a hexagon sum to exactly one. Hexagons that touch no area are
        absent.
    """
    outlines = map_outlines(hexes)
    outline, piece = pieces.touching(outlines)
    pairs = pl.DataFrame({"outline": outline, "piece": piece, "area": pieces.areas[piece]})
    is_border = pl.col("area").n_unique().over("outline") > 1
    inside = pairs.filter(~is_border).select("outline", "area", steps=pl.lit(STEPS, dtype=pl.Int64)).unique()
    border = pairs.filter(is_border)
    ground = _claimed_ground(border, pieces.tree.geometries, outlines, lat=hex_centres(hexes)[0])
    steps = pl.concat([inside, _in_steps(border.with_columns(ground=ground))])
    return steps.select(hex=pl.Series(hexes).gather(steps["outline"]), area="area", share=pl.col("steps") / STEPS)


def _claimed_ground(pairs: pl.DataFrame, shapes: Geometries, outlines: Geometries, *, lat: Floats) -> Floats:
    """The ground of a hexagon that each piece claims and none before it has claimed."""
    outline, piece = pairs["outline"].to_numpy(), pairs["piece"].to_numpy()
    parts, pair = _polygons(shapely.intersection(outlines[outline], shapes[piece]))
    rank = _rank_within(outline[pair])
    claimed = np.full(len(outlines), shapely.MultiPolygon(), dtype=object)
    covered, gained = np.zeros(len(outlines)), np.zeros(len(pairs))
    for turn in range(rank.max(initial=-1) + 1):
        now = np.flatnonzero(rank == turn)
        where = outline[pair[now]]
        claimed[where] = shapely.union(claimed[where], parts[now])
        area = ground_areas(claimed[where], near_lat=lat[where])
        gained[pair[now]] += np.maximum(area - covered[where], 0.0)
        covered[where] = area
    return gained


def _polygons(shapes: Geometries) -> tuple[Geometries, Positions]:
    """The polygons among the parts of shapes, with the position of the shape; what only touches has none."""
    parts, position = shapely.get_parts(shapes, return_index=True)
    is_ground = shapely.area(parts) > 0
    return parts[is_ground], position[is_ground]


def _rank_within(groups: Positions) -> npt.NDArray[np.int64]:
    """How many of the same group came before, where groups stand together."""
    first = np.searchsorted(groups, groups)
    return np.arange(len(groups)) - first


def _in_steps(pairs: pl.DataFrame) -> pl.DataFrame:
    """Ground as whole steps of a hexagon; what rounding leaves goes to the area that has most.

    Where areas touch a hexagon in no more than points, the first of them has it.
    """
    grounds = pairs.group_by("outline", "area").agg(pl.col("ground").sum()).sort("outline", "area")
    share = (pl.col("ground") / pl.col("ground").sum().over("outline")).fill_nan(0.0)
    is_most = pl.col("ground").arg_max().over("outline") == pl.int_range(pl.len()).over("outline")
    rest = STEPS - pl.col("steps").sum().over("outline")
    return (
        grounds.with_columns(steps=(share * STEPS).floor().cast(pl.Int64), is_most=is_most)
        .with_columns(steps=pl.col("steps") + pl.when("is_most").then(rest).otherwise(0))
        .filter(pl.col("steps") > 0)
        .select("outline", "area", "steps")
    )
