"""Ways to the sums of many hours, each giving seconds: side by side as columns, hour by hour, one long join, SciPy."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
from country import CALENDAR, FACTORS, HOUR, PEOPLE_PER_DEVICE, Country, engine_of, find_footprint
from density_contenders import SUMS, matrix_of, read_weights, sum_hours
from measuring import seconds_of
from stopwatch import Stopwatch

from crowd.counts import COUNTS
from crowd.density_batches import batches_of, counted_intervals, sum_density
from crowd.placement import create_placement_views
from lake.engine import connect

# Placing counts and summing them; looking for silent cells and for what is usual is no part of it.
PLACING = ("intervals_in", "placed_now")
LONG_JOIN = """
create or replace temp table long_sums as
select
    placed.interval_no,
    weights.hex,
    any_value(weights.area_km2) as area_km2,
    sum(weights.people_weight * placed.people_per_device * placed.devices) as people,
    sum(weights.people_weight * weights.people_weight * placed.people_per_device * placed.people_per_device
        * placed.devices) as variance,
    sum(placed.devices) as devices
from weights_in as weights
    inner join placed_now as placed on weights.cell_no = placed.cell_no
group by placed.interval_no, weights.hex
"""


def side_by_side(root: Path, hours: int) -> float:
    """The product's batches."""
    with _prepared(root, hours) as (connection, intervals):
        footprint = find_footprint(Country(root).home)
        return sum(_batch(connection, root, batch) for batch in batches_of(intervals, footprint))


def one_by_one(root: Path, hours: int) -> float:
    """The product's statements, an hour at a time."""
    with _prepared(root, hours) as (connection, intervals):
        return sum(_batch(connection, root, [interval]) for interval in intervals)


def long_join(root: Path, hours: int) -> float:
    """Every weight times every hour in one group-by, counts placed before."""
    with _prepared(root, hours) as (connection, intervals):
        watch = Stopwatch(connection)
        sum_hours(watch, Country(root), intervals)
        placing = sum(watch.seconds[table] for table in PLACING)
        return placing + seconds_of(lambda: connection.execute(LONG_JOIN).fetchall())


def scipy_product(root: Path, hours: int) -> float:
    """People alone: a matrix kept in memory times all hours, from the files of the counts on."""
    home = Country(root).home
    cells = pl.read_parquet(find_footprint(home).folder / "cells.parquet", columns=["cell_no", "operator", "cell_id"])
    matrix, _ = matrix_of(read_weights(Country(root)), cells.height)
    factor = pl.col("operator").replace_strict(PEOPLE_PER_DEVICE, return_dtype=pl.Float64)

    def compute() -> None:
        paths = COUNTS.paths(home, start=HOUR, end=HOUR + timedelta(hours=hours))
        columns = ["interval_start", "cell_id", "devices"]
        counts = pl.concat([pl.read_parquet(p, columns=columns, hive_partitioning=False) for p in paths])
        placed = counts.join(cells, on="cell_id").with_columns(people=pl.col("devices") * factor)
        people = np.zeros((cells.height, hours))
        hour = placed.select(pl.col("interval_start").rank("dense") - 1).to_series().to_numpy()
        people[placed["cell_no"].to_numpy(), hour] = placed["people"].to_numpy()
        _ = matrix @ people

    return seconds_of(compute)


def whole_density(root: Path, hours: int) -> float:
    """`sum_density`: sums, silent cells, coverage and ranges of every hour."""
    home = Country(root).home
    end = HOUR + timedelta(hours=hours)
    with connect(engine_of(home)) as connection:
        footprints = [find_footprint(home)]
        return seconds_of(
            lambda: sum_density(
                connection,
                home=home,
                start=HOUR,
                end=end,
                footprints=footprints,
                factors=FACTORS,
                calendar=CALENDAR,
            )
        )


def _batch(connection: duckdb.DuckDBPyConnection, root: Path, intervals: list[datetime]) -> float:
    watch = Stopwatch(connection)
    sum_hours(watch, Country(root), intervals)
    return sum(watch.seconds[table] for table in (*PLACING, SUMS))


@contextmanager
def _prepared(root: Path, hours: int) -> Iterator[tuple[duckdb.DuckDBPyConnection, list[datetime]]]:
    home = Country(root).home
    with connect(engine_of(home)) as connection:
        create_placement_views(
            connection,
            home=home,
            start=HOUR,
            end=HOUR + timedelta(hours=hours),
            footprints=[find_footprint(home)],
            factors=FACTORS,
        )
        yield connection, counted_intervals(connection)
