"""Flows between districts, as operators would send them, and the truth behind them.

Nobody in the city has an identity from hour to hour, so nobody can be followed. What the city does know is where people
live and how many are at each place and gathering; these come from all homes alike. A day's flow is therefore the number
of people to be expected who live in one district and were in another in the fullest hour of a place or gathering there;
all others stayed inside. Nobody is counted on the way back, and nobody who only passes by.
"""

from datetime import UTC, date, datetime
from io import BytesIO

import numpy as np
import polars as pl
import shapely

from crowd.simulator.areas import district_codes
from crowd.simulator.attendance import attendance
from crowd.simulator.city import City, Floats
from crowd.simulator.count_files import gzipped
from crowd.simulator.counts import draw_devices
from crowd.simulator.hours import days_of, hours_of_day
from crowd.simulator.people import HOURS_PER_DAY, Counts, people_in_places
from crowd.simulator.shadowing import Positions
from crowd.simulator.streams import stream
from crowd.simulator.world import World


def flow_files(world: World) -> dict[str, bytes]:
    """Return a file of flows per operator and whole local day, and the truth: content by path."""
    flows = world.scenario.flows
    if flows is None:
        return {}
    codes = district_codes(world.city, regions=world.scenario.regions)
    files, truth = {}, []
    for day in days_of(world.scenario):
        hours = hours_of_day(world.scenario, day=day)
        if len(hours) < HOURS_PER_DAY:
            continue
        people = people_between(world, day=day)
        truth.append(_pairs(codes, people=people.ravel(), interval_start=hours[0].astimezone(UTC)))
        for network in world.networks:
            name = network.operator.name
            noise = stream(world.seed, "flows", name, day.isoformat())
            devices = draw_devices(network.operator.market_share * people, noise=noise)
            sent = _sent(codes, devices=devices, start=hours[0], below=flows.k)
            files[f"flows/{name}_{day:%Y-%m-%d}.csv.gz"] = gzipped(sent.write_csv().encode())
    return files | ({"truth/flows.parquet": _parquet(pl.concat(truth))} if truth else {})


def people_between(world: World, *, day: date) -> Floats:
    """Return the people to be expected from each district to each on a local day, shape (districts, districts).

    All of the town's people are in it once.
    """
    city, settlement, scenario = world.city, world.settlement, world.scenario
    district, count = _districts_of_hexagons(city), len(city.districts)
    lives = np.bincount(district, weights=settlement.homes, minlength=count)
    noise = stream(world.seed, "places", day.isoformat())
    at_places = people_in_places(scenario, day=day, noise=noise).max(axis=0, initial=0)
    at_gatherings = attendance(scenario, day=day).max(axis=0, initial=0)
    there = at_places @ settlement.places + at_gatherings @ settlement.gatherings
    visitors = np.bincount(district, weights=there, minlength=count)
    # Gatherings of a day one after the other may have drawn more people than there are.
    visitors *= min(1.0, scenario.town.people / max(1.0, visitors.sum()))
    people: Floats = np.asarray(np.outer(lives, visitors), dtype=np.float64)
    people[np.diag_indices(count)] += lives * (scenario.town.people - visitors.sum())
    return people


def _districts_of_hexagons(city: City) -> Positions:
    """Return the number of each hexagon's district: that of its centre, or the nearest."""
    tree = shapely.STRtree(list(city.districts))
    return np.asarray(tree.nearest(shapely.points(city.lon, city.lat)), dtype=np.int64)


def _pairs(codes: list[str], **columns: object) -> pl.DataFrame:
    count = len(codes)
    pairs = {"from_area": np.repeat(codes, count), "to_area": np.tile(codes, count)}
    frame = pl.DataFrame(pairs).with_columns(**{name: _column(value) for name, value in columns.items()})
    return frame.select("interval_start", "from_area", "to_area", pl.exclude("interval_start", "from_area", "to_area"))


def _column(value: object) -> pl.Series | pl.Expr:
    return pl.Series(value) if isinstance(value, np.ndarray) else pl.lit(value)


def _sent(codes: list[str], *, devices: Counts, start: datetime, below: int) -> pl.DataFrame:
    rows = _pairs(codes, devices=devices.ravel(), interval_start=start.isoformat(timespec="minutes"))
    told = pl.when(pl.col("devices") >= below).then(pl.col("devices").cast(pl.String))
    return rows.with_columns(devices=told.otherwise(pl.lit(f"<{below}")))


def _parquet(truth: pl.DataFrame) -> bytes:
    buffer = BytesIO()
    told = truth.with_columns(pl.col("interval_start").cast(pl.Datetime("us", "UTC")), pl.col("people").round(3))
    told.write_parquet(buffer, compression="zstd", compression_level=9)
    return buffer.getvalue()
