"""Count files as an operator would send them: one per local day, and the demo hour by itself."""

import gzip
from datetime import datetime
from functools import partial
from io import BytesIO

import numpy as np
import polars as pl

from crowd.simulator.deliveries import Delivery, delivery_of, first_version
from crowd.simulator.hours import demo_hour_of
from crowd.simulator.network import Network
from crowd.simulator.outages import Mask
from crowd.simulator.people import Counts
from crowd.simulator.scenario import Scenario


def count_files(
    devices: Counts, *, reported: Mask, hours: list[datetime], network: Network, scenario: Scenario, seed: int
) -> dict[str, bytes]:
    """Return the files of one operator and local day: content by path.

    The demo hour goes to `inbox/` as plain CSV; all others go to one gzipped file in `counts/`, unless it is late or
    its first version is wrong.

    Args:
        devices: shape (hours, cells).
        reported: which of them are sent, same shape.
        hours: starts of the day's hours, with their offset.
        network: the operator and its cells.
        scenario: tells the demo hour, how files arrive and which counts are too small to be sent.
        seed: of the simulation.
    """
    name, day = network.operator.name, hours[0].date()
    before = sum(hour < demo_hour_of(scenario) for hour in hours)
    delivery = delivery_of(name, day=day, deliveries=scenario.deliveries, seed=seed)
    rows = partial(_told, cells=network.cells["cell_id"], below=scenario.suppress_below)
    file = f"{name}_{day:%Y-%m-%d}.csv.gz"
    told, sent = devices[:before], reported[:before]
    contents = {f"{delivery}/{file}": rows(told, reported=sent, hours=hours[:before])}
    if delivery is Delivery.CORRECTED:
        first, first_sent = first_version(told, reported=sent, operator=name, day=day, seed=seed)
        contents[f"{Delivery.ON_TIME}/{file}"] = rows(first, reported=first_sent, hours=hours[:before])
    files = {path: gzipped(content.write_csv().encode()) for path, content in contents.items() if content.height}
    arriving = rows(devices[before:], reported=reported[before:], hours=hours[before:])
    if arriving.height:
        files[f"inbox/{name}_{hours[-1]:%Y-%m-%dT%H}.csv"] = arriving.write_csv().encode()
    return files


def _told(devices: Counts, *, reported: Mask, hours: list[datetime], cells: pl.Series, below: int) -> pl.DataFrame:
    """Return one row per hour and cell that is sent, zeros included, ordered by time, then cell."""
    rows = _rows(devices, hours=hours, cells=cells).filter(pl.Series(reported.ravel()))
    return _suppressed(rows, below=below)


def _rows(devices: Counts, *, hours: list[datetime], cells: pl.Series) -> pl.DataFrame:
    """Return one row per hour and cell, zeros included, ordered by time, then cell."""
    starts = pl.Series([hour.isoformat(timespec="minutes") for hour in hours], dtype=pl.String)
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


def gzipped(content: bytes) -> bytes:
    """Compress without a file name or a time, so that equal content gives equal bytes."""
    buffer = BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=9, mtime=0) as file:
        file.write(content)
    return buffer.getvalue()
