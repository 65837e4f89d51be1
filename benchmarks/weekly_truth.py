"""The report's indicators worked out in the simplest way, from people by district and hour; and where those come from.

Nothing here is the product's: no suppression, no shares of hexagons, no rules for hours without data.
"""

import json

import numpy as np
import polars as pl
import shapely
from weekly_city import WeeklyCity

from geo.footprint import SIMPLE_METHODS
from geo.footprint_options import FootprintOptions
from geo.hexagons import hex_areas_km2, hex_centres
from geo.land import LandMask

# 06:00-18:00 and 22:00-05:00 of the same date.
DAY, NIGHT = pl.col("hour").is_between(6, 17), (pl.col("hour") >= 22) | (pl.col("hour") <= 4)  # noqa: PLR2004 - hours of a clock
PERCENT = 100
KEYS = ("area_code", "date", "hour")


class Districts:
    """The districts of a city by their outlines: whatever has a point lies in the nearest."""

    def __init__(self, city: WeeklyCity) -> None:
        features = json.loads((city.folder / "areas.geojson").read_text("utf-8"))["features"]
        found = [each for each in features if each["properties"]["level"] == "district"]
        self.codes = np.array([each["properties"]["code"] for each in found])
        self.outlines = np.array([shapely.geometry.shape(each["geometry"]) for each in found])
        self._tree = shapely.STRtree(self.outlines)

    def at(self, *, lat: np.ndarray, lon: np.ndarray) -> pl.Series:
        """Code of each point's district."""
        return pl.Series("area_code", self.codes[self._tree.nearest(shapely.points(lon, lat))])

    def of_hexes(self, hexes: pl.Series) -> pl.DataFrame:
        """Each hexagon once: hex, area_code, km2."""
        once = hexes.unique().sort()
        lat, lon = hex_centres(once.to_numpy())
        km2 = pl.Series("km2", hex_areas_km2(once.to_numpy()))
        return pl.DataFrame([once.alias("hex"), self.at(lat=lat, lon=lon), km2])


def true_people(city: WeeklyCity, districts: Districts) -> pl.DataFrame:
    """The truth: area_code, interval_start, people."""
    truth = city.truth()
    places = districts.of_hexes(truth["hex"])
    return _summed(truth.join(places, on="hex"), pl.col("people"))


def true_km2(city: WeeklyCity, districts: Districts) -> pl.DataFrame:
    """Size of each district: area_code, km2."""
    return districts.of_hexes(city.truth()["hex"]).group_by("area_code").agg(pl.col("km2").sum())


def people_at_masts(city: WeeklyCity, districts: Districts) -> pl.DataFrame:
    """Peer: each cell's devices are in the district that its mast stands in."""
    plan = pl.read_csv(city.folder / "cells.csv", schema_overrides={"cell_id": pl.String})
    area = districts.at(lat=plan["lat"].to_numpy(), lon=plan["lon"].to_numpy())
    counted = city.counts().join(plan.select("operator", "cell_id", area), on=["operator", "cell_id"])
    return _summed(counted, pl.col("devices").fill_null(0) * city.factor)


def people_by_voronoi(city: WeeklyCity, districts: Districts) -> pl.DataFrame:
    """Peer: each cell's devices are spread evenly over the ground that is nearest to its mast."""
    plan = pl.read_csv(city.folder / "cells.csv", schema_overrides={"cell_id": pl.String})
    land = LandMask("districts", lambda: districts.outlines)
    options, parts = FootprintOptions(method="voronoi"), []
    for (operator,), of_operator in plan.partition_by("operator", as_dict=True).items():
        cells = of_operator.sort("cell_id").with_columns(cell_no=pl.int_range(pl.len(), dtype=pl.UInt32))
        weights = SIMPLE_METHODS["voronoi"](cells, options=options, land=land)
        shares = weights.join(districts.of_hexes(weights["hex"]), on="hex").group_by("cell_no", "area_code")
        named = shares.agg(pl.col("weight").sum()).join(cells.select("cell_no", "cell_id"), on="cell_no")
        parts.append(named.select(pl.lit(operator).alias("operator"), "cell_id", "area_code", "weight"))
    counted = city.counts().join(pl.concat(parts), on=["operator", "cell_id"])
    return _summed(counted, pl.col("devices").fill_null(0) * pl.col("weight") * city.factor)


def _summed(rows: pl.DataFrame, people: pl.Expr) -> pl.DataFrame:
    return rows.group_by("area_code", "interval_start").agg(people=people.sum().cast(pl.Float64))


def indicators_of(people: pl.DataFrame, km2: pl.DataFrame, city: WeeklyCity) -> pl.DataFrame:
    """Indicators of the week by period, district, date and hour.

    Args:
        people: area_code, interval_start, people, of the week and its reference weeks.
        km2: area_code, km2.
        city: tells which weeks these are.

    Returns:
        period, area_code, date, hour, indicator, value; `date` and `hour` null where the period has none.
    """
    clock = pl.col("interval_start").dt.convert_time_zone(city.week.timezone)
    placed = people.with_columns(date=clock.dt.date(), weekday=clock.dt.weekday(), hour=clock.dt.hour())
    is_week = pl.col("date") >= city.week.monday
    slot = ["area_code", "weekday", "hour"]
    usual = placed.filter(~is_week).group_by(slot).agg(usual=pl.col("people").median())
    week = placed.filter(is_week).join(usual, on=slot)
    days = _means(placed.join(km2, on="area_code"), "area_code", "date").sort("area_code", "date")
    days = days.with_columns(net_change=pl.col("presence_mean").diff().over("area_code")).filter(is_week)
    weeks = _means(week.join(km2, on="area_code"), "area_code")
    before = placed.filter(pl.col("date").is_between(city.week.earlier(1).monday, city.week.monday, closed="left"))
    earlier = before.group_by("area_code").agg(earlier=pl.col("people").mean())
    weeks = weeks.join(earlier, on="area_code").with_columns(net_change=pl.col("presence_mean") - pl.col("earlier"))
    hours = week.select(*KEYS, presence="people", change_pct=(pl.col("people") / pl.col("usual") - 1) * PERCENT)
    return pl.concat(
        [
            _long(hours, "hour"),
            _long(days.join(_changes(week, "area_code", "date"), on=["area_code", "date"]), "day"),
            _long(weeks.drop("earlier").join(_changes(week, "area_code"), on="area_code"), "week"),
        ]
    )


def _means(placed: pl.DataFrame, *keys: str) -> pl.DataFrame:
    people = pl.col("people")
    top = people.arg_max()
    means = placed.sort("interval_start").group_by(keys, maintain_order=True)
    return means.agg(
        presence_mean=people.mean(),
        presence_day=people.filter(DAY).mean(),
        presence_night=people.filter(NIGHT).mean(),
        people_per_km2=people.mean() / pl.col("km2").first(),
        day_night_ratio=people.filter(DAY).mean() / people.filter(NIGHT).mean(),
        peak_hour=pl.col("hour").get(top).cast(pl.Float64),
        peak_people=people.max(),
    )


def _changes(week: pl.DataFrame, *keys: str) -> pl.DataFrame:
    return week.group_by(keys).agg(change_pct=(pl.col("people").sum() / pl.col("usual").sum() - 1) * PERCENT)


def _long(frame: pl.DataFrame, period: str) -> pl.DataFrame:
    nothing = {"date": pl.lit(None, pl.Date), "hour": pl.lit(None, pl.Int8)}
    whole = frame.with_columns(*(value.alias(key) for key, value in nothing.items() if key not in frame.columns))
    long = whole.unpivot(index=list(KEYS), variable_name="indicator", value_name="value")
    return long.select(pl.lit(period).alias("period"), *KEYS, "indicator", pl.col("value").cast(pl.Float64))


def true_flows(city: WeeklyCity) -> pl.DataFrame:
    """Phones that are to be expected each day, as the simulator knows it: columns of `flow_indicators_of`."""
    flows = city.flows().with_columns(devices=pl.col("people") * city.market_share)
    return flow_indicators_of(flows, city)


def naive_flows(city: WeeklyCity) -> pl.DataFrame:
    """Peer: what operators sent, added up as it stands; flows that are too small to be told count for nothing."""
    told = city.told_flows().with_columns(devices=pl.col("devices").cast(pl.Float64, strict=False).fill_null(0))
    return flow_indicators_of(told, city)


def flow_indicators_of(flows: pl.DataFrame, city: WeeklyCity) -> pl.DataFrame:
    """Flows of each day of the week by district: period, area_code, date, hour, indicator, value."""
    clock = pl.col("interval_start").dt.convert_time_zone(city.week.timezone)
    week = flows.with_columns(date=clock.dt.date()).filter(pl.col("date") >= city.week.monday)
    devices, moved = pl.col("devices"), pl.col("from_area") != pl.col("to_area")
    started = week.group_by("date", area_code="from_area").agg(
        flow_out=devices.filter(moved).sum(),
        flow_inside_share=PERCENT * devices.filter(~moved).sum() / devices.sum(),
    )
    ended = week.group_by("date", area_code="to_area").agg(flow_in=devices.filter(moved).sum())
    both = started.join(ended, on=["date", "area_code"])
    return _long(both.with_columns(flow_net=pl.col("flow_in") - pl.col("flow_out")), "day")
