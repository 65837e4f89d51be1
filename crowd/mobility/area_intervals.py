"""Areas of the intervals of a stretch of time, one by one."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import duckdb
import numpy as np
import polars as pl
import scipy.sparse as sp

from crowd.coverage import COVERAGE
from crowd.density import DENSITY
from crowd.density_batches import batches_of
from crowd.mobility.area_cells import AreaCells, cells_of
from crowd.mobility.area_counts import MOMENT, read_counts
from crowd.mobility.area_ground import AreaGround, ground_of
from crowd.mobility.area_settlements import settled_cells, sizes_of
from crowd.mobility.area_sums import COLUMNS, hex_numbers, sum_areas
from geo.footprint import Footprint
from geo.hexagons import Hexes
from lake.engine import fetch_frame
from lake.home import Home
from lake.stages import Stage, create_view


class AreaIntervals:
    """Sums over areas; hexagons are brought to areas, and cells to areas, once for all intervals."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, home: Home, footprints: Sequence[Footprint]) -> None:
        self._connection, self._home, self._footprints = connection, home, footprints
        self._ground: AreaGround | None = None
        self._cells: dict[str, tuple[AreaCells, sp.csr_array]] = {}

    def of(self, start: datetime, end: datetime) -> Iterator[pl.DataFrame]:
        """For each interval of start <= t < end that has density: the columns of `sum_areas`, and interval_start."""
        create_view(self._connection, "density_in", home=self._home, stage=DENSITY, start=start, end=end)
        told = self._connection.execute("select distinct interval_start from density_in order by 1").fetchall()
        intervals = [row[0] for row in told]
        for footprint in self._footprints:
            own = [interval for interval in intervals if _holds(footprint, interval)]
            for batch in batches_of(own, footprint):
                yield from self._of_batch(footprint, batch)

    def _of_batch(self, footprint: Footprint, intervals: Sequence[datetime]) -> Iterator[pl.DataFrame]:
        batch = read_counts(self._connection, self._home, footprint, intervals)
        for interval, counts in zip(intervals, batch, strict=True):
            density = self._rows(DENSITY, ("hex", *COLUMNS), interval)
            coverage = self._rows(COVERAGE, ("hex", "coverage", "usual_devices"), interval)
            ground = self._ground_with(pl.concat([density["hex"], coverage["hex"]]).to_numpy())
            hexes = hex_numbers(ground, density, coverage)
            cells, settled = self._cells_of(footprint, ground)
            areas = sum_areas(ground, cells, hexes, counts, settled=settled)
            yield areas.with_columns(interval_start=pl.lit(interval).cast(pl.Datetime("us", "UTC")))

    def _rows(self, stage: Stage, columns: Sequence[str], interval: datetime) -> pl.DataFrame:
        create_view(self._connection, "rows_in", home=self._home, stage=stage, start=interval, end=interval + MOMENT)
        return fetch_frame(self._connection, f"select {', '.join(columns)} from rows_in")

    def _ground_with(self, hexes: Hexes) -> AreaGround:
        """The ground of the footprints; grown where density has other hexagons, of footprints that were before."""
        if self._ground is None:
            heard = [pl.read_parquet(f.folder / "weights.parquet", columns=["hex"])["hex"] for f in self._footprints]
            self._ground = self._make(np.union1d(pl.concat(heard).unique().to_numpy(), hexes))
        elif len(lacking := self._ground.lacks(hexes)):
            self._ground = self._make(np.union1d(self._ground.hexes, lacking))
        return self._ground

    def _make(self, hexes: Hexes) -> AreaGround:
        self._cells.clear()
        return ground_of(self._home, hexes)

    def _cells_of(self, footprint: Footprint, ground: AreaGround) -> tuple[AreaCells, sp.csr_array]:
        """The cells of a footprint, and how far they are settled."""
        key = footprint.folder.name
        if key not in self._cells:
            cells = cells_of(footprint, ground)
            self._cells[key] = cells, settled_cells(cells, sizes_of(footprint, ground.hexes))
        return self._cells[key]


def _holds(footprint: Footprint, interval: datetime) -> bool:
    since, until = footprint.valid_from, footprint.valid_to
    return (since is None or interval >= since) and (until is None or interval < until)
