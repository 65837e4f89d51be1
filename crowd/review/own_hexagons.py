"""The lake's own hexagons on a piece of ground, hour by hour: of kept hours, and else from the lake."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from crowd.density import DENSITY
from crowd.review.ground import Ranges
from crowd.review.levels import Level, own_level
from crowd.review.memory import Memory
from crowd.review.retrying import read_each
from crowd.review.roll_up import OWN_SCHEMA, own_rows
from crowd.review.shown import density_file, in_ranges
from lake.engine import fetch_frame, read_sql
from lake.home import Home
from lake.stages import select_rows

MOST_RANGES = 12

Hours = npt.NDArray[np.int64]
# Rows, the hour of each, and the hour of each hexagon that may not be shown.
Piece = tuple[pa.Table, Hours, Hours]
NO_HOURS = np.array([], dtype=np.int64)


@dataclass(frozen=True, kw_only=True)
class OwnRows:
    """Hexagons of several hours.

    Attributes:
        rows: columns of `roll_up.OWN_SCHEMA`; those of an hour stand together, in order of hexagons.
        hour: of each row, by its position among the hours.
        hidden: how many hexagons there are in each hour that may not be shown.
    """

    rows: pa.Table
    hour: Hours
    hidden: Hours


def rows_of(memory: Memory, home: Home, *, hours: Sequence[datetime], ground: Ranges, k: int) -> OwnRows:
    """The hexagons on some ground in some hours.

    Args:
        memory: of the process.
        home: whose lake.
        hours: instants, ascending, that the lake has density of.
        ground: where.
        k: fewest devices that a row of the lake may rest on.
    """
    kept = [own_level(memory, home, at=at, k=k) for at in hours]
    pieces = [_piece(level, ground, hour=number) for number, level in enumerate(kept) if level is not None]
    missing = [number for number, level in enumerate(kept) if level is None]
    if missing:
        pieces += read_each(
            missing,
            lambda some: _from_lake(memory, home, ground, hours=hours, missing=some, k=k),
            name=lambda number: f"density of {hours[number]}",
        )
    return OwnRows(
        rows=pa.concat_tables([OWN_SCHEMA.empty_table(), *(rows for rows, _, _ in pieces)]),
        hour=np.concatenate([NO_HOURS, *(hour for _, hour, _ in pieces)]),
        hidden=np.bincount(np.concatenate([NO_HOURS, *(hidden for _, _, hidden in pieces)]), minlength=len(hours)),
    )


def _piece(level: Level, ground: Ranges, *, hour: int) -> Piece:
    first, last = ground.spans(level.hidden)
    rows = level.within(ground)
    return rows, np.full(rows.num_rows, hour), np.full(int((last - first).sum()), hour)


def _from_lake(
    memory: Memory, home: Home, ground: Ranges, *, hours: Sequence[datetime], missing: Sequence[int], k: int
) -> Piece:
    paths = [density_file(home, hours[number]) for number in missing]
    with memory.cursor() as connection:
        near = in_ranges(ground.hulls(MOST_RANGES))
        connection.execute(
            f"create or replace temp view density_in as from ({select_rows(DENSITY, paths)}) where {near}"
        )
        found = fetch_frame(connection, read_sql("crowd.review", "history_rows"), {"k": k})
    found = found.filter(pl.Series(ground.contains(found["hex"].to_numpy())))
    seconds = np.array([at.astimezone(UTC).timestamp() for at in hours])
    hour = np.searchsorted(seconds, found["interval_start"].dt.epoch("s").to_numpy())
    is_shown = found["is_shown"].to_numpy()
    # as exact as what is kept
    rows = pa.Table.from_batches([own_rows(found.filter("is_shown").to_arrow())])
    return rows, hour[is_shown], hour[~is_shown]
