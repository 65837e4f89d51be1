"""Count files as an operator would send them: one per local day, and the demo hour by itself."""

import gzip
from datetime import datetime
from io import BytesIO

import numpy as np
import polars as pl

from crowd.simulator.hours import demo_hour_of
from crowd.simulator.network import Network
from crowd.simulator.people import Counts
from crowd.simulator.scenario import Scenario


def count_files(devices: Counts, *, hours: list[datetime], network: Network, scenario: Scenario) -> dict[str, bytes]:
    """Return the files of one operator and local day: content by path.

    The demo hour goes to `inbox/` as plain CSV; all others go to one gzipped file in `counts/`.

    Args:
        devices: shape (hours, cells).
        hours: starts of the day's hours, with their offset.
        network: the operator and its cells.
        scenario: tells the demo hour and which counts are too small to be sent.
    """
    name = network.operator.name
    before = sum(hour < demo_hour_of(scenario) for hour in hours)
    rows = _rows(devices, hours=hours, cells=network.cells["cell_id"])
    told = _suppressed(rows, below=scenario.suppress_below)
    day, arriving = told[: before * network.cells.height], told[before * network.cells.height :]
    files = {}
    if day.height:
        files[f"counts/{name}_{hours[0]:%Y-%m-%d}.csv.gz"] = _gzipped(day.write_csv().encode())
    if arriving.height:
        files[f"inbox/{name}_{hours[-1]:%Y-%m-%dT%H}.csv"] = arriving.write_csv().encode()
    return files


def _rows(devices: Counts, *, hours: list[datetime], cells: pl.Series) -> pl.DataFrame:
    """Return one row per hour and cell, zeros included, ordered by time, then cell."""
    starts = pl.Series([hour.isoformat(timespec="minutes") for hour in hours])
    columns = {
        "interval_start": starts.gather(np.repeat(np.arange(len(hours)), len(cells))),
        "cell_id": cells.gather(np.tile(np.arange(len(cells)), len(hours))),
        "devices": devices.ravel(),
    }
    return pl.DataFrame(columns)


def _suppressed(rows: pl.DataFrame, *, below: int) -> pl.DataFrame:
    devices = pl.col("devices")
    return rows.with_columns(
        pl.when(devices < below).then(pl.lit(f"<{below}")).otherwise(devices.cast(pl.String)).alias("devices")
    )


def _gzipped(content: bytes) -> bytes:
    """Compress without a file name or a time, so that equal content gives equal bytes."""
    buffer = BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=9, mtime=0) as file:
        file.write(content)
    return buffer.getvalue()
