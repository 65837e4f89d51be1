"""Density: estimated people per hexagon, with what is usual there beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import ceil

import duckdb

from crowd.baseline import BASELINE, CROWDED_CELLS
from crowd.coverage import COVERAGE, LEAST_COVERAGE, SILENT_CELLS
from crowd.density_batches import sum_density
from crowd.factors import Factors
from crowd.holidays import Calendar
from crowd.hotspots import HOTSPOTS
from crowd.placement import create_placement_views
from crowd.quality import QUALITY_EVENTS, QualityEvent, first_events
from geo.footprint import Footprint
from lake.engine import fetch_value, read_sql
from lake.home import Home
from lake.stages import Stage, replace_range
from lake.staging import staged

DENSITY = Stage(
    name="density",
    columns={
        "interval_start": "timestamptz",
        "hex": "ubigint",
        "people": "double",
        "people_per_km2": "double",
        "people_low": "double",
        "people_high": "double",
        "baseline": "double",
        "excess": "double",
        "score": "double",
        "coverage": "double",
        "devices": "bigint",
        "baseline_from": "varchar",
    },
    order=("interval_start", "hex"),
)

# Data-quality events that a summary tells one by one.
MOST_TOLD = 20

# Tables of one computation, and where they are written.
WRITTEN = {
    "density_now": DENSITY,
    "silent_done": SILENT_CELLS,
    "coverage_done": COVERAGE,
    "baseline_done": BASELINE,
    "hotspots_done": HOTSPOTS,
    "crowded_done": CROWDED_CELLS,
    "quality_done": QUALITY_EVENTS,
}


@dataclass(frozen=True, kw_only=True)
class Unplaced:
    """Devices of one operator that have no place, and why."""

    operator: str
    reason: str
    cells: int
    devices: int


@dataclass(frozen=True, kw_only=True)
class DensitySummary:
    """What a range of density was made from.

    Attributes:
        intervals: intervals with counts.
        hexagons: rows of density.
        devices_counted: devices in the counts.
        devices_placed: devices that were shared out over hexagons.
        people: estimated people, summed over hexagons and intervals.
        suppressed: counts withheld by operators; they are missing, not zero.
        unplaced: devices without a place, by operator and reason.
        baselines: rows by the baseline they rest on; "none" where there was too little history.
        hours_without_counts: hours of the range in which nobody told anything; there nobody is called silent.
        silent_cells: cells that usually report and did not, one per interval.
        hexagons_uncovered: hexagons whose coverage is below the bar, one per interval.
        factors_assumed: operators whose people per device nobody has given.
        quality: data-quality events by kind.
        suspicions: the first of these events, those that look like crowds before all others.
    """

    intervals: int
    hexagons: int
    devices_counted: int
    devices_placed: int
    people: float
    suppressed: int
    unplaced: tuple[Unplaced, ...] = ()
    baselines: Mapping[str, int] = field(default_factory=dict)
    hours_without_counts: int = 0
    silent_cells: int = 0
    hexagons_uncovered: int = 0
    factors_assumed: tuple[str, ...] = ()
    quality: Mapping[str, int] = field(default_factory=dict)
    suspicions: tuple[QualityEvent, ...] = ()


def compute_density(
    connection: duckdb.DuckDBPyConnection,
    *,
    home: Home,
    start: datetime,
    end: datetime,
    footprints: Sequence[Footprint],
    factors: Factors,
    calendar: Calendar,
) -> DensitySummary:
    """Compute people per hexagon for start <= interval_start < end and replace exactly that in the lake.

    `people_h = sum_o f_o * sum_i n_i * P(h|i)` over operators o and their cells i (DESIGN, Method 2). With it come the
    cells that are silent and the hexagons that are therefore not wholly covered.

    Args:
        connection: DuckDB with its memory and threads bounded.
        home: whose lake.
        start: first instant.
        end: first instant after it.
        footprints: for every plan valid in the range, in order of time.
        factors: people per device.
        calendar: whose days and hours the baseline compares.
    """
    sum_density(connection, home=home, start=start, end=end, footprints=footprints, factors=factors, calendar=calendar)
    with staged(home) as staging:
        for table, stage in WRITTEN.items():
            replace_range(connection, table, home=home, stage=stage, staging=staging, start=start, end=end)
    create_placement_views(connection, home=home, start=start, end=end, footprints=footprints, factors=factors)
    summary = replace(_summarise(connection, factors), hours_without_counts=_empty_hours(connection, start, end))
    connection.execute("; ".join(f"drop table {table}" for table in WRITTEN))
    return summary


def _empty_hours(connection: duckdb.DuckDBPyConnection, start: datetime, end: datetime) -> int:
    told = fetch_value(connection, "select count(distinct date_trunc('hour', interval_start)) from counts_in")
    return max(ceil((end - start) / timedelta(hours=1)) - int(told), 0)


def _summarise(connection: duckdb.DuckDBPyConnection, factors: Factors) -> DensitySummary:
    unplaced = tuple(
        Unplaced(operator=operator, reason=reason, cells=cells, devices=devices)
        for operator, reason, cells, devices in connection.execute(read_sql("crowd", "unplaced_devices")).fetchall()
    )
    counted = int(fetch_value(connection, "select coalesce(sum(devices), 0) from counts_in"))
    baselines = connection.execute(
        "select coalesce(baseline_from, 'none'), count(*) from density_now group by 1 order by 1"
    ).fetchall()
    return DensitySummary(
        intervals=int(fetch_value(connection, "select count(distinct interval_start) from counts_in")),
        hexagons=int(fetch_value(connection, "select count(*) from density_now")),
        devices_counted=counted,
        devices_placed=counted - sum(u.devices for u in unplaced),
        people=float(fetch_value(connection, "select coalesce(sum(people), 0) from density_now")),
        suppressed=int(fetch_value(connection, "select count(*) from counts_in where devices is null")),
        unplaced=unplaced,
        baselines=dict(baselines),
        silent_cells=int(fetch_value(connection, "select count(*) from silent_done")),
        hexagons_uncovered=int(
            fetch_value(connection, f"select count(*) from coverage_done where coverage < {LEAST_COVERAGE}")
        ),
        factors_assumed=factors.assumed,
        quality=dict(connection.execute("select kind, count(*) from quality_done group by 1 order by 1").fetchall()),
        suspicions=first_events(connection, most=MOST_TOLD),
    )
