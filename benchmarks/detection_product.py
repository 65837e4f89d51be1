"""The product on a city to detect in: counts into a home, its stages over the test, its alarms and target cells."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from country import engine_of
from detection_city import DetectionCity
from detection_truth import Judge, best_of_hour

from crowd.counts import COUNTS
from crowd.density import compute_density
from crowd.factors import flat_factors
from crowd.gatherings import GATHERINGS, find_gatherings
from crowd.holidays import Calendar
from crowd.policy import LEVELS, Policy
from crowd.targets import TARGETS, choose_targets
from geo.areas import load_areas
from geo.cells import load_cells
from geo.cells.load import PlanOptions
from geo.footprint import build_footprints
from lake.engine import connect, fetch_frame
from lake.home import Home
from lake.intake import Intake
from lake.profile import FileProfile
from lake.stages import Stage, select_rows, write_partitions
from lake.staging import staged

AREA_LEVELS = ("province", "regency", "district")
INTERVAL_MINUTES = 60
WEEK = timedelta(weeks=1)
# What lets every alarm pass that a sweep over the score may want.
LEAST_SCORE = 3.0
SENSITIVE = {
    "levels": {level: {"score": LEAST_SCORE} for level in LEVELS},
    "detection": {"least_score": LEAST_SCORE, "most_by_chance": 1000.0},
}


def load_into(home: Home, city: DetectionCity) -> None:
    """Put plan and areas into a home through the product's own functions, and the counts straight into its lake."""
    intake = Intake(
        home=home,
        engine=engine_of(home),
        ledger_url=home.ledger_url,
        now=city.hours[-1] + timedelta(hours=1),
        taken_by="benchmark",
    )
    home.root.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=home.root) as folder:
        plan, areas = Path(folder) / "cells.parquet", Path(folder) / "areas.geojson"
        city.plan.write_parquet(plan)
        load_cells(plan, intake=intake, options=PlanOptions(profile=FileProfile(), timezone=city.timezone))
        areas.write_bytes(city.areas)
        for level in AREA_LEVELS:
            load_areas(areas, level=level, intake=intake, columns={})
    _write_counts(home, city.counts)


def _write_counts(home: Home, counts: pl.DataFrame) -> None:
    with connect(engine_of(home)) as connection, staged(home) as staging:
        connection.register("counts_given", counts.to_arrow())
        rows = f"select *, cast({INTERVAL_MINUTES} as integer) as interval_minutes from counts_given"
        write_partitions(connection, rows, stage=COUNTS, staging=staging)


def run_product(home: Home, city: DetectionCity, *, policies: Sequence[Policy]) -> Iterator[Policy]:
    """Run all stages of a home that `load_into` has filled, week after week, the test by each policy in turn.

    This is the place that calls the product; the rest of the benchmark reads its lake.

    Args:
        home: whose lake.
        city: tells the time.
        policies: by which to look for gatherings of the test, one after the other.

    Yields:
        Each policy, when gatherings and targets of the test are in the lake by it.
    """
    start, test, end = city.hours[0], city.hours[city.first_test], city.hours[-1] + timedelta(hours=1)
    operators = tuple(city.market_shares)
    factors = flat_factors(dict.fromkeys(operators, city.people_per_device), operators=operators)
    calendar = Calendar(city.timezone, frozenset())
    with connect(engine_of(home)) as connection:
        footprints = build_footprints(connection, home=home, start=start, end=end)
        for week in range((end - start) // WEEK):
            first, last = start + week * WEEK, start + (week + 1) * WEEK
            compute_density(
                connection,
                home=home,
                start=first,
                end=last,
                footprints=footprints,
                factors=factors,
                calendar=calendar,
            )
        for policy in policies:
            find_gatherings(connection, home=home, start=test, end=end, policy=policy, calendar=calendar)
            choose_targets(
                connection, home=home, start=test, end=end, footprints=footprints, factors=factors, policy=policy
            )
            yield policy


def sensitive_policy() -> Policy:
    """A policy by which the score alone decides, low enough for a sweep over it."""
    return Policy.model_validate(SENSITIVE)


def product_alarms(home: Home) -> pl.DataFrame:
    """The gatherings in a home as alarms: gathering_id, interval_start, lat, lon, people (its excess), score.

    Where the product tells no score the excess stands in for it.
    """
    found = _read(home, GATHERINGS).filter(pl.col("state") != "ended")
    score = pl.col("score") if "score" in found.columns else pl.col("excess")
    people = pl.coalesce("excess", "people")
    return found.select("gathering_id", "interval_start", "lat", "lon", people=people, score=score.fill_null(0.0))


def product_targets(home: Home, city: DetectionCity, judge: Judge) -> pl.DataFrame:
    """Target cells of the true gatherings: those of the best alarm of each gathering and hour, with its score.

    Args:
        home: whose lake.
        city: tells the cells.
        judge: of the alarms in this home.

    Returns:
        gathering, hour, cell, as `detection_targets` takes them; and score.
    """
    cells = city.plan.select("operator", "cell_id").with_row_index("cell")
    targets = _read(home, TARGETS).join(cells, on=["operator", "cell_id"])
    alarms = best_of_hour(judge.pairs).select("gathering", "hour", "gathering_id", "interval_start", "score")
    return alarms.join(targets, on=["gathering_id", "interval_start"]).select(
        "gathering", "hour", pl.col("cell").cast(pl.Int64), "score"
    )


def _read(home: Home, stage: Stage) -> pl.DataFrame:
    with connect(engine_of(home)) as connection:
        return fetch_frame(connection, select_rows(stage, stage.paths(home)))
