"""People by district in synthetic cities, all of them together known exactly: what is left are errors of place."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import polars as pl
from country import engine_of
from weekly_city import LABEL, LEVELS, SETTINGS, WeeklyCity, load_city
from weekly_truth import Districts, true_people

from crowd.density import compute_density
from crowd.factors import FILE_NAME, load_factors, settle_factors
from crowd.holidays import Calendar
from crowd.mobility.area_hours import read_area_hours, update_area_hours
from crowd.mobility.weeks import HOUR, parse_week
from crowd.simulator import load_scenario, simulate
from crowd.simulator.scenario import Scenario
from geo.cells import planned_operators
from geo.footprint import build_footprints
from lake.engine import connect
from lake.home import Home

PLACES = {**SETTINGS, "pedesaan": "countryside"}
HOURS = 24


def people_beside_truth(folder: Path, name: str, *, seeds: Sequence[int]) -> pl.DataFrame:
    """People of each district and hour of a Monday: area_code, date, hour, truth, value, low, high, seed.

    The product's people and ranges are brought to as many people as there truly are in the hour.

    Args:
        folder: to make the cities in.
        name: of `PLACES`.
        seeds: of the cities.
    """
    return pl.concat([_of_city(folder / f"{name}-{seed}", name, seed=seed) for seed in seeds])


def _of_city(folder: Path, name: str, *, seed: int) -> pl.DataFrame:
    city = _make(folder, name, seed=seed)
    told = _told(city).filter(level=LEVELS[-1])
    both = told.join(true_people(city, Districts(city)).rename({"people": "truth"}), on=["area_code", "interval_start"])
    scale = (pl.col("truth").sum() / pl.col("people").sum()).over("interval_start")
    clock = pl.col("interval_start").dt.convert_time_zone(city.scenario.timezone)
    return both.sort("interval_start", "area_code").select(
        "area_code",
        date=clock.dt.date(),
        hour=clock.dt.hour(),
        truth="truth",
        value=pl.col("people") * scale,
        low=pl.col("people_low") * scale,
        high=pl.col("people_high") * scale,
        seed=pl.lit(seed),
    )


def _make(folder: Path, name: str, *, seed: int) -> WeeklyCity:
    shipped = load_scenario(Path(name))
    week = parse_week(LABEL, timezone=shipped.timezone)
    day = week.monday
    last = datetime(day.year, day.month, day.day, HOURS - 1)  # noqa: DTZ001 - local, as scenarios are
    one_day = {
        "start": day,
        "demo_hour": last,
        "truth_hours": HOURS,
        "gatherings": [each for each in shipped.gatherings if each.start.date() == day],
    }
    scenario = Scenario.model_validate({**dict(shipped), **one_day})
    simulate(folder / "city", scenario=scenario, seed=seed)
    city = WeeklyCity(folder / "city", Home(folder / "home"), scenario, week)
    load_city(city)
    return city


def _told(city: WeeklyCity) -> pl.DataFrame:
    hours = city.truth()["interval_start"].unique().sort().to_list()
    operators = planned_operators(city.home)
    known = [f"{operator},{city.factor},{city.factor},{city.factor}\n" for operator in operators]
    path = city.home.root / FILE_NAME
    path.write_text("operator,people_per_device,low,high\n" + "".join(known), encoding="utf-8")
    span = {"home": city.home, "start": hours[0], "end": hours[-1] + HOUR}
    with connect(engine_of(city.home)) as connection:
        compute_density(
            connection,
            **span,
            footprints=build_footprints(connection, **span),
            factors=settle_factors(load_factors(path), operators=operators),
            calendar=Calendar(city.scenario.timezone, frozenset()),
        )
        update_area_hours(connection, home=city.home, hours=hours)
        return read_area_hours(connection, **span)
