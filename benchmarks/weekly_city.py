"""Synthetic cities of five weeks, their lake as the product fills it, and the report of the last week."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
from country import MAX_DEVICES, engine_of

from crowd.counts import COUNTS, load_counts
from crowd.density import compute_density
from crowd.factors import flat_factors
from crowd.flows import load_flows
from crowd.gatherings import find_gatherings
from crowd.holidays import Calendar
from crowd.mobility.asked import AskedWeek
from crowd.mobility.model import Weekly
from crowd.mobility.weekly import make_weekly
from crowd.mobility.weeks import Week, parse_week
from crowd.policy import load_policy
from crowd.simulator import load_scenario, simulate
from crowd.simulator.counts import people_per_device
from crowd.simulator.scenario import Scenario
from geo.areas import load_areas
from geo.cells import load_cells
from geo.cells.load import PlanOptions
from geo.footprint import build_footprints
from lake.database import open_database
from lake.engine import connect, fetch_frame
from lake.home import Home
from lake.intake import Intake
from lake.profile import FileProfile
from lake.stages import select_rows

SETTINGS = {"kota_padat": "dense city", "kota_kecil": "town"}
LEVELS = ("province", "regency", "district")
LABEL, REFERENCE_WEEKS = "2020-W11", 4
K = 15
MINUTES_OF_DAY = 24 * 60
# What makes the week unlike those before it: Sunday hours on a Wednesday, and an operator that loses cells.
HOLIDAY = date(2020, 3, 11)
SILENT = {"start": datetime(2020, 3, 12, 10), "end": datetime(2020, 3, 12, 16), "share": 0.3}  # noqa: DTZ001 - local


@dataclass(frozen=True)
class WeeklyCity:
    """A city with five weeks of counts.

    Attributes:
        folder: what the simulator wrote.
        home: where the product works.
        scenario: what the city was made from.
        week: the week to report.
    """

    folder: Path
    home: Home
    scenario: Scenario
    week: Week

    @property
    def reference(self) -> tuple[Week, ...]:
        """The weeks before it, oldest first."""
        return tuple(self.week.earlier(n) for n in range(REFERENCE_WEEKS, 0, -1))

    @property
    def factor(self) -> float:
        """People for each device of any operator, as the simulator tells it: movers are not in it."""
        return people_per_device(self.scenario)

    @property
    def market_share(self) -> float:
        """Devices for each person, of all operators."""
        return sum(operator.market_share for operator in self.scenario.operators)

    def counts(self) -> pl.DataFrame:
        """What operators sent: operator, cell_id, interval_start, devices (null: suppressed)."""
        with connect(engine_of(self.home)) as connection:
            rows = fetch_frame(connection, select_rows(COUNTS, COUNTS.paths(self.home)))
        return rows.select("operator", "cell_id", "interval_start", "devices")

    def truth(self) -> pl.DataFrame:
        """People: interval_start, hex, people."""
        return pl.read_parquet(self.folder / "truth/people.parquet")

    def flows(self) -> pl.DataFrame:
        """Flows to be expected: interval_start, from_area, to_area, people."""
        return pl.read_parquet(self.folder / "truth/flows.parquet")

    def told_flows(self) -> pl.DataFrame:
        """Flows as operators sent them: interval_start, from_area, to_area, devices ("<15": too few)."""
        files = sorted((self.folder / "flows").iterdir())
        read = pl.concat([pl.read_csv(path, infer_schema=False) for path in files])
        return read.with_columns(pl.col("interval_start").str.to_datetime(time_unit="us", time_zone="UTC"))


def make_weekly_city(folder: Path, name: str, *, seed: int) -> WeeklyCity:
    """Simulate a shipped city over the week and four weeks before, and take in all that its operators send.

    Args:
        folder: to write to.
        name: of `SETTINGS`.
        seed: of the city.
    """
    shipped = load_scenario(Path(name))
    week = parse_week(LABEL, timezone=shipped.timezone)
    scenario = _scenario(shipped, week)
    simulate(folder / "city", scenario=scenario, seed=seed)
    city = WeeklyCity(folder / "city", Home(folder / "home"), scenario, week)
    load_city(city)
    return city


def _scenario(shipped: Scenario, week: Week) -> Scenario:
    last, start = week.days[-1], week.earlier(REFERENCE_WEEKS).monday
    largest = max(shipped.operators, key=lambda operator: operator.market_share)
    week_like_no_other = {
        "start": start,
        "demo_hour": datetime(last.year, last.month, last.day, 23),  # noqa: DTZ001 - local, as scenarios are
        "truth_hours": 24 * 7 * (REFERENCE_WEEKS + 1),
        "flows": {"k": K},
        "holidays": [{"date": HOLIDAY}],
        "outages": [{"operator": largest.name, **SILENT}],
    }
    # All keys are checked again, with what was added.
    return Scenario.model_validate({**dict(shipped), **week_like_no_other})


def load_city(city: WeeklyCity) -> None:
    """Take in all that the operators of a city send."""
    city.home.root.mkdir(parents=True)
    intake = Intake(
        home=city.home,
        engine=engine_of(city.home),
        ledger_url=city.home.ledger_url,
        now=city.week.end,
        taken_by="benchmark",
    )
    plan = PlanOptions(profile=FileProfile(), timezone=city.week.timezone)
    load_cells(city.folder / "cells.csv", intake=intake, options=plan)
    for level in LEVELS:
        load_areas(city.folder / "areas.geojson", level=level, intake=intake, columns={})
    counts = [path for name in ("counts", "inbox") for path in sorted((city.folder / name).iterdir())]
    reports = list(load_counts(counts, intake=intake, profile=FileProfile(), max_devices=MAX_DEVICES).files)
    for operator in city.scenario.operators:
        flows = sorted((city.folder / "flows").glob(f"{operator.name}_*"))
        reading = FileProfile(operator=operator.name, interval_minutes=MINUTES_OF_DAY)
        reports += load_flows(flows, intake=intake, profile=reading, k=K).files if flows else ()
    lost = [report for report in reports if report.rows_kept != report.rows_in]
    if lost:
        raise ValueError(f"what the city sent was not all taken in: {lost[0]}")


def report_week(city: WeeklyCity) -> Weekly:
    """Run the flow as far as density over all weeks, then make the report."""
    start, end = city.reference[0].start, city.week.end
    factors = flat_factors(_factors(city), operators=tuple(_factors(city)))
    calendar = Calendar(city.week.timezone, frozenset({HOLIDAY}))
    with (
        connect(engine_of(city.home)) as connection,
        open_database(city.home.ledger_url) as database,
        database.reading() as session,
    ):
        footprints = build_footprints(connection, home=city.home, start=start, end=end)
        for week in (*city.reference, city.week):
            compute_density(
                connection,
                home=city.home,
                start=week.start,
                end=week.end,
                footprints=footprints,
                factors=factors,
                calendar=calendar,
            )
        find_gatherings(
            connection, home=city.home, start=city.week.start, end=end, policy=load_policy(None), calendar=calendar
        )
        asked = AskedWeek(week=city.week, reference=city.reference, k=K, holidays=calendar.holidays)
        now = (end + timedelta(hours=1)).astimezone(UTC)
        return make_weekly(connection, home=city.home, session=session, asked=asked, now=now)


def _factors(city: WeeklyCity) -> Mapping[str, float]:
    return {operator.name: city.factor for operator in city.scenario.operators}
