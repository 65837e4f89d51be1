"""The picture of one hour, from what the lake holds of it."""

from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from crowd.exports import Export, create_export_views
from crowd.picture.draw import draw_hour
from crowd.picture.scene import PictureInput
from geo.areas import read_areas
from lake.engine import fetch_frame, read_sql
from lake.errors import RefusedInputError
from lake.home import Home


def export_picture(
    connection: duckdb.DuckDBPyConnection,
    *,
    home: Home,
    start: datetime,
    end: datetime,
    timezone: str,
    k: int,
    output: Path,
) -> Export:
    """Draw the one interval that starts in start <= t < end as PNG.

    Args:
        connection: DuckDB with its memory and threads bounded.
        home: whose lake.
        start: first instant.
        end: first instant after it.
        timezone: local time of the header.
        k: hexagons that rest on fewer devices are not drawn.
        output: the file to write.

    Raises:
        RefusedInputError: the range holds several intervals.
    """
    create_export_views(connection, home=home, start=start, end=end)
    density = fetch_frame(connection, read_sql("crowd", "exported_density"), {"k": k})
    intervals = density["interval_start"].unique().sort()
    if len(intervals) > 1:
        raise RefusedInputError(
            f"a picture shows one interval, and {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC holds "
            f"{len(intervals)}: give the --from and --to of one, such as {intervals[0]:%Y-%m-%dT%H:%M}Z"
        )
    interval_start = intervals[0] if len(intervals) else start
    shown = density.filter(~pl.col("is_withheld"))
    draw_hour(
        output,
        PictureInput(
            density=shown.select("hex", "people", "people_per_km2"),
            gatherings=fetch_frame(connection, read_sql("crowd", "exported_gatherings"), {"k": k}).filter(
                ~pl.col("is_withheld") & (pl.col("state") != "ended")
            ),
            gathering_hexes=fetch_frame(connection, "select gathering_id, hex from gathering_hexes_in"),
            targets=fetch_frame(connection, read_sql("crowd", "placed_targets")),
            areas=read_areas(home),
            interval_start=interval_start,
            interval_minutes=_interval_minutes(start, end),
            timezone=timezone,
            withheld=density.height - shown.height,
            k=k,
        ),
    )
    return Export(path=output, rows=shown.height, withheld=density.height - shown.height)


def _interval_minutes(start: datetime, end: datetime) -> int:
    return max(int((end - start).total_seconds() // 60), 1)
