"""What the synthetic city knows and an estimator must guess: people per hexagon, and gatherings."""

from datetime import UTC, datetime
from io import BytesIO

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crowd.simulator.attendance import attendance
from crowd.simulator.hours import days_of, hours_of_day
from crowd.simulator.people import Counts
from crowd.simulator.scenario import Scenario
from crowd.simulator.venues import where


def people_parquet(people: Counts, *, hours: list[datetime], hexes: NDArray[np.uint64]) -> bytes:
    """Return people per hour and hexagon as Parquet, ordered by time, then hexagon.

    Args:
        people: shape (hours, hexagons).
        hours: starts of the hours, with their offset.
        hexes: the hexagons, ascending.

    Returns:
        Parquet with `interval_start` (UTC), `hex` (uint64) and `people` (whole).
    """
    starts = _in_utc(hours).gather(np.repeat(np.arange(len(hours)), hexes.size))
    columns = {"interval_start": starts, "hex": np.tile(hexes, len(hours)), "people": people.ravel()}
    return _parquet(pl.DataFrame(columns).cast({"people": pl.Int32}))


def gatherings_parquet(scenario: Scenario) -> bytes:
    """Return people per gathering and hour in which it has any as Parquet, ordered by time, then name.

    Returns:
        Parquet with `name`, `lat`, `lon`, `radius_m`, `interval_start` (UTC) and `people` (whole).
    """
    days = [(day, hours_of_day(scenario, day=day)) for day in days_of(scenario)]
    people = np.concatenate([attendance(scenario, day=day)[: len(hours)] for day, hours in days])
    hour, gathering = np.nonzero(people)
    table = _gatherings(scenario)[gathering].with_columns(
        interval_start=_in_utc([start for _, hours in days for start in hours]).gather(hour),
        people=pl.Series(people[hour, gathering], dtype=pl.Int32),
    )
    return _parquet(table.sort("interval_start", "name"))


def _gatherings(scenario: Scenario) -> pl.DataFrame:
    schema = {"name": pl.String, "lat": pl.Float64, "lon": pl.Float64, "radius_m": pl.Float64}
    rows = [(each.name, *where(each, scenario=scenario), each.radius_m) for each in scenario.gatherings]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _in_utc(hours: list[datetime]) -> pl.Series:
    return pl.Series([hour.astimezone(UTC) for hour in hours], dtype=pl.Datetime("us", "UTC"))


def _parquet(table: pl.DataFrame) -> bytes:
    buffer = BytesIO()
    table.write_parquet(buffer, compression="zstd", compression_level=9, row_group_size=1_000_000)
    return buffer.getvalue()
