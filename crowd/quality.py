"""Data-quality events: what looks wrong with the data of an interval, told to people in place of gatherings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import numpy as np
import polars as pl

from crowd.baseline import MOST_SILENT, Cells
from crowd.evidence import Evidence
from crowd.local_level import alone_levels
from crowd.suspicions import HANDED_OVER, ONE_OPERATOR, TURNED
from crowd.usual import BY_NEIGHBOURS
from lake.engine import fetch_frame, read_sql
from lake.stages import Stage

QUALITY_EVENTS = Stage(
    name="quality_events",
    columns={
        "interval_start": "timestamptz",
        "kind": "varchar",
        "operator": "varchar",
        "lat": "double",
        "lon": "double",
        "cells": "integer",
        "people": "double",
        "level": "double",
    },
    order=("interval_start", "kind", "operator", "lat", "lon"),
)
OUTAGE, NO_FILE, LEVEL, NO_HISTORY = "outage", "no_file", "level", "no_history"
KINDS = {
    OUTAGE: "silent sites",
    NO_FILE: "most cells of an operator missing",
    LEVEL: "one operator far off its usual level",
    NO_HISTORY: "new or changed cells, no usual yet",
    ONE_OPERATOR: "crowd that one operator alone sees",
    TURNED: "cells of a mast changed places",
    HANDED_OVER: "load of silent cells, no crowd",
}
# A file that was counted twice doubles an operator's level; nothing that people do moves one operator alone like this.
MOST_LEVEL = 1.5
# Suspected hotspots below this are chance.
LEAST_SCORE = 4.0


@dataclass(frozen=True, kw_only=True)
class QualityEvent:
    """One of them, as a summary tells it.

    Attributes:
        interval_start: when.
        kind: key of `KINDS`.
        operator: whose data; None where several are concerned.
        lat: degrees; None where no place is meant.
        lon: degrees.
        cells: how many cells are concerned.
        people: people that would have been taken for a crowd.
        level: counts by usual counts.
    """

    interval_start: datetime
    kind: str
    operator: str | None
    lat: float | None
    lon: float | None
    cells: int | None
    people: float | None
    level: float | None

    def told(self) -> str:
        """In one line."""
        parts = [KINDS[self.kind]]
        if self.operator:
            parts.append(self.operator)
        if self.cells:
            parts.append(f"{self.cells:,} cells" if self.cells > 1 else "1 cell")
        if self.people:
            parts.append(f"{self.people:,.0f} people")
        if self.level:
            parts.append(f"{self.level:.2f} times the usual")
        if self.lat is not None and self.lon is not None:
            parts.append(f"{self.lat:.4f}, {self.lon:.4f}")
        return "; ".join(parts)


def find_quality_events(
    connection: duckdb.DuckDBPyConnection,
    evidence: Evidence,
    hotspots: pl.DataFrame,
    *,
    intervals: Sequence[datetime],
    cells: Cells,
) -> pl.DataFrame:
    """What looks wrong in a few intervals.

    Args:
        connection: with `silent_cells_now` and `cells_in`.
        evidence: of the cells.
        hotspots: rows of `HOTSPOTS`.
        intervals: which ones.
        cells: of the footprint.

    Returns:
        Rows of `QUALITY_EVENTS`.
    """
    starts = pl.Series(list(intervals), dtype=pl.Datetime("us", "UTC"))
    silent = fetch_frame(connection, read_sql("crowd", "silent_sites"), {"most_silent": MOST_SILENT})
    events = pl.concat(
        [silent, _suspected(hotspots), _levels(evidence, starts, cells), _new_cells(evidence, starts, cells)],
        how="diagonal_relaxed",
    )
    missing = [
        pl.lit(None, dtype=pl.Float64).alias(name) for name in QUALITY_EVENTS.columns if name not in events.columns
    ]
    return events.with_columns(missing).select(list(QUALITY_EVENTS.columns))


def first_events(connection: duckdb.DuckDBPyConnection, *, most: int) -> tuple[QualityEvent, ...]:
    """The first events of `quality_done`, suspected crowds before everything else."""
    ranked = "case when kind in ($one, $turned, $handed) then 0 when kind in ($level, $file) then 1 else 2 end"
    rows = fetch_frame(
        connection,
        f"select * from quality_done order by {ranked}, interval_start, operator, lat limit {most}",
        {"one": ONE_OPERATOR, "turned": TURNED, "handed": HANDED_OVER, "level": LEVEL, "file": NO_FILE},
    )
    return tuple(QualityEvent(**row) for row in rows.iter_rows(named=True))


def _suspected(hotspots: pl.DataFrame) -> pl.DataFrame:
    suspected = hotspots.filter(pl.col("suspicion").is_not_null(), pl.col("score") >= LEAST_SCORE)
    return (
        suspected.group_by("interval_start", "hotspot")
        .agg(
            pl.col("suspicion").first().alias("kind"),
            pl.col("suspect").first().alias("operator"),
            pl.col("lat").first(),
            pl.col("lon").first(),
            pl.col("excess").sum().alias("people"),
        )
        .drop("hotspot")
    )


def _levels(evidence: Evidence, starts: pl.Series, cells: Cells) -> pl.DataFrame:
    """Operators whose level is far off that of the others; of a single one, far off the usual."""
    ratio = alone_levels(evidence.levels) if len(cells.operators) > 1 else evidence.levels
    interval, operator = np.nonzero((ratio >= MOST_LEVEL) | (ratio <= 1 / MOST_LEVEL))
    return pl.DataFrame(
        {
            "interval_start": starts.gather(interval),
            "kind": [LEVEL] * len(interval),
            "operator": pl.Series([cells.operators[number] for number in operator], dtype=pl.String),
            "level": evidence.levels[interval, operator],
        }
    )


def _new_cells(evidence: Evidence, starts: pl.Series, cells: Cells) -> pl.DataFrame:
    """Cells that count but have no usual, where others have one."""
    interval, cell = np.nonzero(evidence.tier == BY_NEIGHBOURS)
    found = pl.DataFrame({"interval": interval, "operator_no": cells.operator[cell]})
    counted = found.group_by("interval", "operator_no").agg(pl.len().cast(pl.Int32).alias("cells"))
    return counted.select(
        interval_start=starts.gather(counted["interval"]),
        kind=pl.lit(NO_HISTORY),
        operator=pl.col("operator_no").replace_strict(dict(enumerate(cells.operators)), return_dtype=pl.String),
        cells="cells",
    )
