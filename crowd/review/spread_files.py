"""How much the counts of all cells usually waver in an hour, kept by the numbers that a footprint gives the cells.

A history asks a few cells about many hours, and the lake has an hour's cells in one file, by name: these are looked up
without reading the rest.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from crowd.baseline import BASELINE
from crowd.review.kept_files import keep, mapped
from crowd.review.memory import Memory, cache_folder, identity_of
from geo.footprint import Footprint
from geo.hexagons import Floats
from lake.engine import fetch_frame, file_literal, literal, read_sql
from lake.home import Home
from lake.stages import PART, select_rows

HOUR = timedelta(hours=1)
FOLDER = "spreads"
SCHEMA = pa.schema([("spread_devices", pa.float32())])
# A national hour takes 2.4 megabytes: a month.
MOST_BYTES = 2_000_000_000
MOST_LISTED = 5_000

Cells = npt.NDArray[np.uint32]


def kept_spreads(home: Home, footprint: Footprint, cells: Cells, *, at: datetime) -> Floats | None:
    """The spread of the counts of some cells in an hour, 0 where it is not known; None where the hour is not kept.

    Args:
        home: whose lake.
        footprint: that numbers the cells.
        cells: their numbers.
        at: the hour.
    """
    files = _files(home, at)
    if not files:
        return np.zeros(len(cells))
    kept = _kept(home, footprint, files, at=at)
    found = mapped(kept) if kept is not None else None
    if found is None or found[0][0].schema.names != SCHEMA.names:
        return None
    spread = found[0][0].column("spread_devices").to_numpy()
    return np.nan_to_num(spread[cells].astype(np.float64)) if cells.max(initial=0) < len(spread) else None


def told_spreads(
    memory: Memory, home: Home, footprint: Footprint, cells: Cells, *, hours: Sequence[datetime]
) -> Floats:
    """The same from the lake, for hours that are not kept; shape (cells, hours)."""
    spread = np.zeros((len(cells), len(hours)))
    if len(cells) == 0 or not hours:
        return spread
    named = pl.read_parquet(footprint.folder / "cells.parquet", columns=["cell_no", "operator", "cell_id"])
    wanted = pl.DataFrame({"cell_no": cells, "cell": np.arange(len(cells), dtype=np.uint32)})
    wanted = wanted.with_columns(pl.col("cell_no").cast(named["cell_no"].dtype)).join(named, on="cell_no")
    operators = set(wanted["operator"])
    paths = [path for hour in hours for path in _files(home, hour) if path.parent.name.partition("=")[2] in operators]
    with memory.cursor() as connection:
        # a list is compared while reading, a join only afterwards
        ids = ", ".join(literal(cell_id) for cell_id in wanted["cell_id"].unique().sort())
        near = f"where cell_id in ({ids})" if len(cells) <= MOST_LISTED else ""
        connection.execute(f"create or replace temp view baseline_in as from ({select_rows(BASELINE, paths)}) {near}")
        connection.register("wanted_in", wanted.to_arrow())
        found = fetch_frame(connection, read_sql("crowd.review", "cell_spreads"))
        connection.unregister("wanted_in")
    seconds = np.array([hour.timestamp() for hour in hours])
    hour = np.searchsorted(seconds, found["interval_start"].dt.epoch("s").to_numpy())
    # as exact as what is kept
    spread[found["cell"].to_numpy(), hour] = found["spread_devices"].cast(pl.Float32).cast(pl.Float64).to_numpy()
    return spread


def keep_spreads(memory: Memory, home: Home, footprint: Footprint, *, at: datetime) -> bool:
    """Keep the spreads of an hour where they are not kept; tells whether there was something to do."""
    files = _files(home, at)
    kept = _kept(home, footprint, files, at=at) if files else None
    if kept is None or kept.exists():
        return False
    with memory.costly():
        spread = _all_spreads(memory, footprint, files, at=at)
        with suppress(OSError):  # a full disk costs time, no answers
            keep(kept, [pa.record_batch([pa.array(spread)], schema=SCHEMA)], about={}, most_bytes=MOST_BYTES)
    return True


def _all_spreads(
    memory: Memory, footprint: Footprint, files: Sequence[Path], *, at: datetime
) -> npt.NDArray[np.float32]:
    cells = f"read_parquet({file_literal(footprint.folder / 'cells.parquet')}, hive_partitioning = false)"
    with memory.cursor() as connection:
        connection.execute(f"create or replace temp view baseline_in as {select_rows(BASELINE, files)}")
        connection.execute(
            f"create or replace temp view wanted_in as select operator, cell_id, cell_no as cell from {cells}"
        )
        found = fetch_frame(connection, read_sql("crowd.review", "cell_spreads"))
        most = connection.sql(f"select coalesce(max(cell_no), 0) from {cells}").fetchall()[0][0]
    # files may hold parts of the hour, which have no baseline of their own
    found = found.filter(interval_start=at)
    spread = np.full(most + 1, np.nan, dtype=np.float32)
    spread[found["cell"].to_numpy()] = found["spread_devices"].cast(pl.Float32).to_numpy()
    return spread


def _files(home: Home, at: datetime) -> list[Path]:
    utc = at.astimezone(UTC)
    folder = home.lake / BASELINE.name / f"date={utc:%Y-%m-%d}" / f"hour={utc:%H}"
    return sorted(folder.glob(f"operator=*/{PART}"))


def _kept(home: Home, footprint: Footprint, files: Sequence[Path], *, at: datetime) -> Path | None:
    identity = identity_of(*files)
    if identity is None:
        return None
    both = sha256(f"{identity} {footprint.folder.name}".encode()).hexdigest()[:20]
    return cache_folder(home) / FOLDER / f"{at.astimezone(UTC):%Y-%m-%dT%H}~{both}.arrow"
