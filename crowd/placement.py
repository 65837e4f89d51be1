"""Counts, cells and weights of a range of time, side by side as DuckDB views."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import duckdb

from crowd.counts import COUNTS
from geo.footprint import Footprint
from lake.engine import file_literal, literal
from lake.home import Home
from lake.stages import create_view

SINCE_EVER = "timestamptz '-infinity'"
FOR_EVER = "timestamptz 'infinity'"


def create_placement_views(
    connection: duckdb.DuckDBPyConnection,
    *,
    home: Home,
    start: datetime,
    end: datetime,
    footprints: Sequence[Footprint],
    people_per_device: Mapping[str, float],
) -> None:
    """Make the views `counts_in`, `cells_in` and `weights_in`.

    Cells are numbered across operators and plans, so that one join serves them all, also when a plan changes within
    the range.

    Args:
        connection: where the views are made.
        home: whose lake.
        start: first instant of the counts.
        end: first instant after them.
        footprints: of every operator, for every plan valid in the range.
        people_per_device: people that one attached device of an operator stands for; 1 where it says nothing.
    """
    create_view(connection, "counts_in", home=home, stage=COUNTS, start=start, end=end)
    offsets = [sum(f.cells for f in footprints[:n]) for n in range(len(footprints))]
    cells, weights = [], []
    for footprint, offset in zip(footprints, offsets, strict=True):
        since = literal(footprint.valid_from.isoformat()) if footprint.valid_from else None
        until = literal(footprint.valid_to.isoformat()) if footprint.valid_to else None
        folder = footprint.folder
        cells.append(
            f"""select {literal(footprint.operator)} as operator, cell_id,
            cast(cell_no + {offset} as uinteger) as cell_no, lat, lon, azimuth_deg, is_placed,
            cast({people_per_device.get(footprint.operator, 1.0)} as double) as people_per_device,
            {f"timestamptz {since}" if since else SINCE_EVER} as valid_from,
            {f"timestamptz {until}" if until else FOR_EVER} as valid_to
            from read_parquet({file_literal(folder / "cells.parquet")}, hive_partitioning = false)"""
        )
        weights.append(
            f"""select hex, cast(cell_no + {offset} as uinteger) as cell_no, weight, area_km2
            from read_parquet({file_literal(folder / "weights.parquet")}, hive_partitioning = false)"""
        )
    connection.execute("create or replace temp view cells_in as " + " union all ".join(cells))
    connection.execute("create or replace temp view weights_in as " + " union all ".join(weights))
