"""Hotspots: where counts rise above the usual, found in the evidence of cells and drawn in hexagons.

Density shows a crowd as wide as the footprints of the cells that heard it. A hotspot is what explains the counts of all
those cells together: a place, a size and how sure it is, a hexagon or a disc of up to 19.
"""

from collections.abc import Sequence
from datetime import datetime

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import coo_array
from scipy.spatial import KDTree

from crowd.baseline import Cells
from crowd.crowd_shapes import Shapes, shape_crowds
from crowd.evidence import Counted, Evidence, weigh_evidence
from crowd.local_level import Neighbourhood, alone_levels
from crowd.peaks import Peaks, find_peaks
from crowd.suspicions import find_suspicions
from geo.distances import EARTH_RADIUS_M, unit_vectors
from lake.engine import fetch_frame, read_sql
from lake.stages import Stage

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

HOTSPOTS = Stage(
    name="hotspots",
    columns={
        "interval_start": "timestamptz",
        "hotspot": "integer",
        "hex": "ubigint",
        "lat": "double",
        "lon": "double",
        "score": "double",
        "people": "double",
        "usual": "double",
        "excess": "double",
        "excess_sd": "double",
        "people_per_km2": "double",
        "coverage": "double",
        "devices": "bigint",
        "baseline_from": "varchar",
        "tested": "integer",
        "suspicion": "varchar",
        "suspect": "varchar",
    },
    order=("interval_start", "hotspot", "hex"),
)
# A hexagon alone need not pass what a disc of hexagons around it would.
LEAST_PLACE_SCORE = 2.5
# A far weaker hotspot near a strong one is what the footprints leave unexplained of it: within three kilometres, or as
# far as this many sites stand.
HALO_M, HALO_SITES, HALO_SHARE = 3_000.0, 12, 0.15
# Hours in which a hotspot this sure adds this many standard deviations to a cell are no usual hours of that cell.
CROWDED_SCORE, CROWDED_DEVIATIONS = 4.0, 1.0


def find_hotspots(
    connection: duckdb.DuckDBPyConnection,
    counted: Counted,
    evidence: Evidence,
    *,
    intervals: Sequence[datetime],
    cells: Cells,
    named: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Hotspots of a few intervals, and the cells that they fill.

    Args:
        connection: with `density_sums`, `density_now` and `weights_in` of the intervals.
        counted: the counts.
        evidence: of the cells.
        intervals: which ones.
        cells: of the footprint.
        named: cell_no, operator, cell_id.

    Returns:
        Rows of `HOTSPOTS`, and of `CROWDED_CELLS`.
    """
    places = fetch_frame(
        connection,
        read_sql("crowd", "hotspot_places"),
        {"least_score": LEAST_PLACE_SCORE},
    )
    starts = pl.Series(list(intervals), dtype=pl.Datetime("us", "UTC"))
    gain = np.where(np.isfinite(evidence.residual), evidence.gain, np.nan)
    # an operator that counts everything twice does not make the place more populous
    people_per_device = cells.people_per_device / alone_levels(evidence.levels)[:, cells.operator]
    shapes = shape_crowds(connection, places, gain=gain, devices=counted.devices, people_per_device=people_per_device)
    at = (shapes.columns[:, 0], shapes.columns[:, 1])
    first = _peaks(shapes, evidence)
    # A crowd raises the level of its neighbourhood a little and so hides a part of itself: once it is known, once more.
    crowds = np.zeros_like(evidence.residual)
    crowds[at] = np.asarray(first.chosen(first.score >= CROWDED_SCORE).added.sum(axis=0)).ravel()
    evidence = weigh_evidence(counted, crowds=crowds)
    found, variance = _peaks(shapes, evidence), evidence.variance[at]
    peaks = found.chosen(~_is_halo(shapes, found, cells.around))
    crowded = _crowded(peaks, shapes, variance, starts=starts, named=named)
    suspicion = find_suspicions(peaks, shapes, evidence, cells=cells)
    return _rows(connection, peaks, shapes, suspicion=suspicion, starts=starts), crowded


def _peaks(shapes: Shapes, evidence: Evidence) -> Peaks:
    at = (shapes.columns[:, 0], shapes.columns[:, 1])
    return find_peaks(
        shapes,
        residual=evidence.residual[at],
        variance=evidence.variance[at],
        leverage=evidence.expected[at] * evidence.level_sd[at[0]],
    )


def _is_halo(shapes: Shapes, peaks: Peaks, around: Neighbourhood) -> Flags:
    """Whether a far greater hotspot of the same interval is near."""
    points = unit_vectors(peaks.lat, peaks.lon)
    is_halo = np.zeros(len(points), dtype=bool)
    if len(points) == 0:
        return is_halo
    sites = min(HALO_SITES, around.sites)
    apart = np.reshape(KDTree(around.points).query(points, k=[sites])[0], len(points))
    reach = np.maximum(apart, HALO_M / EARTH_RADIUS_M)
    tree = KDTree(points)
    pairs = tree.query_pairs(float(reach.max()), output_type="ndarray")
    one, other = np.concatenate((pairs, pairs[:, ::-1])).T
    is_near = np.linalg.norm(points[one] - points[other], axis=1) <= reach[other]
    interval = shapes.interval[shapes.place[peaks.shape]]
    is_far_less = (interval[one] == interval[other]) & (peaks.people[one] < HALO_SHARE * peaks.people[other]) & is_near
    is_halo[one[is_far_less]] = True
    return is_halo


def _crowded(peaks: Peaks, shapes: Shapes, variance: Floats, *, starts: pl.Series, named: pl.DataFrame) -> pl.DataFrame:
    """Cells that a sure hotspot adds to by more than their noise."""
    added = coo_array(peaks.added)
    is_filled = (peaks.score[added.row] >= CROWDED_SCORE) & (
        added.data >= CROWDED_DEVIATIONS * np.sqrt(variance[added.col])
    )
    interval, cell = shapes.columns[np.unique(added.col[is_filled])].T
    filled = pl.DataFrame({"interval_start": starts.gather(interval), "cell_no": cell.astype(np.uint32)})
    return filled.join(named, on="cell_no").select("interval_start", "operator", "cell_id")


def _rows(
    connection: duckdb.DuckDBPyConnection,
    peaks: Peaks,
    shapes: Shapes,
    *,
    suspicion: pl.DataFrame,
    starts: pl.Series,
) -> pl.DataFrame:
    """One row per hotspot and hexagon; its excess is spread evenly over its hexagons."""
    interval = shapes.interval[shapes.place[peaks.shape]]
    order = np.lexsort((-peaks.score, interval))
    listed = pl.DataFrame(
        {
            "interval_start": starts.gather(interval),
            "shape": peaks.shape,
            "lat": peaks.lat,
            "lon": peaks.lon,
            "score": peaks.score,
            "crowd": peaks.people,
            "crowd_sd": peaks.people_sd,
            **suspicion.to_dict(),
        }
    )[order].with_columns(hotspot=pl.int_range(pl.len(), dtype=pl.Int32).over("interval_start"))
    shape, member = shapes.members
    members = pl.DataFrame({"shape": shape, "hex": member})
    rows = listed.join(members, on="shape").with_columns(share=1 / pl.len().over("interval_start", "hotspot"))
    connection.register("hotspot_rows", rows.to_arrow())
    return fetch_frame(connection, read_sql("crowd", "hotspots"))
