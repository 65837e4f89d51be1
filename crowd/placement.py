"""Counts, cells and weights of a range of time, side by side as DuckDB views."""

from collections.abc import Sequence
from datetime import datetime

import duckdb

from crowd.area_factors import create_area_factors
from crowd.counts import COUNTS
from crowd.factors import Factors
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
    factors: Factors,
) -> None:
    """Make the views `counts_in`, `cells_in`, `weights_in` and the tables `factors_in` and `area_factors_in`.

    Cells are numbered across the footprints, so that one join serves them all, also when a plan changes within the
    range. `people_weight` is the weight, scaled where an area has factors of its own.

    Args:
        connection: where the views are made.
        home: whose lake.
        start: first instant of the counts.
        end: first instant after them.
        footprints: for every plan valid in the range.
        factors: people that one attached device stands for.
    """
    create_view(connection, "counts_in", home=home, stage=COUNTS, start=start, end=end)
    connection.register("factors_given", factors.everywhere.to_arrow())
    connection.execute("create or replace temp table factors_in as select * from factors_given")
    offsets = [sum(f.cells for f in footprints[:n]) for n in range(len(footprints))]
    cells, weights = [], []
    for footprint, offset in zip(footprints, offsets, strict=True):
        cells.append(_cells(footprint, offset))
        weights.append(_weights(footprint, offset))
    connection.execute("create or replace temp view cells_in as " + " union all ".join(cells))
    connection.execute("create or replace temp view plain_weights as " + " union all ".join(weights))
    create_area_factors(connection, home=home, footprints=footprints, factors=factors)


def _cells(footprint: Footprint, offset: int) -> str:
    since = literal(footprint.valid_from.isoformat()) if footprint.valid_from else None
    until = literal(footprint.valid_to.isoformat()) if footprint.valid_to else None
    return f"""select cells.operator, cells.cell_id, cast(cells.cell_no + {offset} as uinteger) as cell_no,
        cells.lat, cells.lon, cells.azimuth_deg, cells.is_placed, factors_in.people_per_device,
        {f"timestamptz {since}" if since else SINCE_EVER} as valid_from,
        {f"timestamptz {until}" if until else FOR_EVER} as valid_to
        from read_parquet({file_literal(footprint.folder / "cells.parquet")}, hive_partitioning = false) as cells
            inner join factors_in on cells.operator = factors_in.operator"""


def _weights(footprint: Footprint, offset: int) -> str:
    return f"""select hex, cast(cell_no + {offset} as uinteger) as cell_no, weight, area_km2
        from read_parquet({file_literal(footprint.folder / "weights.parquet")}, hive_partitioning = false)"""
