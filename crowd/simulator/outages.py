"""Outages: which cells are silent when, and who takes over their phones."""

from datetime import UTC, datetime
from io import BytesIO

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from crowd.simulator.city import distances_m
from crowd.simulator.network import Network
from crowd.simulator.options import Outage
from crowd.simulator.scenario import Scenario
from crowd.simulator.streams import stream

Mask = NDArray[np.bool_]


def silent_cells(network: Network, *, hours: list[datetime], scenario: Scenario, seed: int) -> Mask:
    """Return which of an operator's cells are silent at each hour, shape (hours, cells).

    Args:
        network: the operator's.
        hours: starts of hours, with their offset.
        scenario: tells the outages.
        seed: which cells an outage with a `share` takes.
    """
    silent = np.zeros((len(hours), network.cells.height), dtype=np.bool_)
    for number, outage in enumerate(scenario.outages):
        if outage.operator == network.operator.name:
            noise = stream(seed, "outages", str(number))
            during = [outage.start <= hour.replace(tzinfo=None) < outage.end for hour in hours]
            silent |= np.outer(during, _struck(outage, cells=network.cells, noise=noise))
    return silent


def without_silent(shares: csr_array, *, silent: Mask) -> csr_array:
    """Hand the phones of silent cells to the other cells of their hexagon, in proportion.

    A hexagon all of whose cells are silent has no service: its phones are counted nowhere.

    Args:
        shares: share of a hexagon's phones per cell, shape (hexagons, cells).
        silent: which cells are silent, shape (cells,).
    """
    if not silent.any():
        return shares
    left = csr_array(shares @ diags_array((~silent).astype(np.float64)))
    left.eliminate_zeros()
    total = left.sum(axis=1)
    return csr_array(diags_array(np.divide(1, total, out=np.zeros_like(total), where=total > 0)) @ left)


def outages_parquet(silent: pl.DataFrame) -> bytes:
    """Return the cells silent at each hour as Parquet: `operator`, `cell_id`, `interval_start` (UTC)."""
    buffer = BytesIO()
    silent.sort("interval_start", "operator", "cell_id").write_parquet(buffer, compression="zstd")
    return buffer.getvalue()


def silent_rows(silent: Mask, *, hours: list[datetime], network: Network) -> pl.DataFrame:
    """Return one row per hour and silent cell, with the columns of `outages_parquet`."""
    hour, cell = np.nonzero(silent)
    starts = pl.Series([start.astimezone(UTC) for start in hours], dtype=pl.Datetime("us", "UTC"))
    cells = network.cells["cell_id"].gather(cell)
    columns = {"cell_id": cells, "interval_start": starts.gather(hour)}
    return pl.DataFrame(columns).select(pl.lit(network.operator.name).alias("operator"), *columns)


def _struck(outage: Outage, *, cells: pl.DataFrame, noise: np.random.Generator) -> Mask:
    if outage.share is not None:
        struck = np.zeros(cells.height, dtype=np.bool_)
        most = max(1, round(outage.share * cells.height))
        struck[noise.permutation(cells.height)[:most]] = True
        return struck
    middle_lat, middle_lon = np.array([outage.lat], dtype=np.float64), np.array([outage.lon], dtype=np.float64)
    away_m = distances_m(cells["lat"].to_numpy(), cells["lon"].to_numpy(), to_lat=middle_lat, to_lon=middle_lon)
    near: Mask = away_m[:, 0] <= (outage.radius_m or 0)
    return near
