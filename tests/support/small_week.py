"""A small made-up week: two regencies, four districts, hours by hour over seven weeks, some hidden, some missing."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl

from crowd.mobility.indicators import Span
from crowd.mobility.model import AREAS
from crowd.mobility.weeks import Week

WEEK = Week(date(2020, 3, 30), "Asia/Jakarta")
NOW = datetime(2020, 4, 20, tzinfo=UTC)
REFERENCE = tuple(WEEK.earlier(n) for n in range(5, 0, -1))
SPAN = Span(week=WEEK, reference=REFERENCE, now=NOW)
INSTANT = pl.Datetime("us", "UTC")
ROWS = [
    ("province", "99", "Pusaka Raya", None, 100.0),
    ("regency", "99.01", "Kota Alun", "99", 40.0),
    ("regency", "99.02", "Kabupaten Muara", "99", 60.0),
    ("district", "99.01.01", "Alun Timur", "99.01", 15.0),
    ("district", "99.01.02", "Alun Barat", "99.01", 25.0),
    ("district", "99.02.01", "Muara Hilir", "99.02", 20.0),
    ("district", "99.02.02", "Muara Hulu", "99.02", 40.0),
]
SMALL_AREAS = pl.DataFrame(ROWS, schema=AREAS, orient="row")
DISTRICTS = SMALL_AREAS.filter(pl.col("level") == "district")["area_code"].to_list()


def small_hours(*, seed=1, weeks=(*REFERENCE, WEEK), hidden=0.01, missing=0.02, areas=SMALL_AREAS):
    """Published hours of some weeks: what `derive` reads. Each row is hidden or missing by chance."""
    draw = np.random.default_rng(seed)
    starts = [start for week in weeks for start in week.hours]
    frame = areas.select("level", "area_code").join(pl.DataFrame({"interval_start": starts}), how="cross")
    size = np.repeat(np.linspace(800, 30_000, areas.height), len(starts))
    people = size * draw.uniform(0.7, 1.3, frame.height)
    return frame.with_columns(
        pl.col("interval_start").cast(INSTANT),
        people=pl.Series(people),
        people_low=pl.Series(people * draw.uniform(0.8, 0.95, frame.height)),
        people_high=pl.Series(people * draw.uniform(1.05, 1.3, frame.height)),
        devices=pl.Series(people / 3),
        usual_people=pl.Series(size),
        coverage=pl.Series(draw.uniform(0.5, 1.0, frame.height)),
        cells=pl.lit(10.0),
        silent_cells=pl.Series(draw.integers(0, 3, frame.height)).cast(pl.Float64),
        is_hidden=pl.Series(draw.random(frame.height) < hidden),
    ).filter(pl.Series(draw.random(frame.height) >= missing))


def at(day, hour, *, week=WEEK):
    """An hour of a week on its clock, as an instant in UTC."""
    return week.start + timedelta(days=day, hours=hour)


def changed(hours, *, code, instants, **columns):
    """The hours with other columns for one area at some instants."""
    chosen = (pl.col("area_code") == code) & pl.col("interval_start").is_in(list(instants))
    return hours.with_columns(
        pl.when(chosen).then(value).otherwise(name).alias(name) for name, value in columns.items()
    )
