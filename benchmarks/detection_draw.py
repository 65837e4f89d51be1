"""Gatherings and outages drawn into a synthetic city."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np

from crowd.simulator.city import points_moved
from crowd.simulator.options import Outage
from crowd.simulator.parts import Gathering
from crowd.simulator.streams import stream
from crowd.simulator.world import World

OFF_CENTRE_M = 90.0
FIRST_START, LAST_START = 7, 20
SHORTEST_H, LONGEST_H = 2, 6
# The radius of a gathering of 500, give or take; it grows with the root of the size.
RADIUS_M, USUAL_SIZE, MOST_RADIUS_M = 60.0, 500, 600.0
RADIUS_FACTORS = (0.8, 1.6)
OUTAGE_HOURS, OUTAGE_RADIUS_M = 6, 600.0


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A kind of city.

    Attributes:
        title: what it is called.
        sizes: of gatherings, in people.
        nearest_match_m: an alarm this near to the centre belongs to a gathering however small.
    """

    title: str
    sizes: tuple[int, ...]
    nearest_match_m: float


def drawn_gatherings(
    twin: World, *, setting: Setting, count: int, first: date, days: int, name: str
) -> tuple[Gathering, ...]:
    """Gatherings of all sizes in turn, half of them where people live and half where they go.

    Args:
        twin: the city.
        setting: tells the sizes.
        count: how many.
        first: local day.
        days: so many days from it on.
        name: of the draw.
    """
    noise = stream(twin.seed, "detection", name)
    lat, lon = _points(twin, count, noise)
    size = np.resize(setting.sizes, count)
    radius_m = RADIUS_M * np.sqrt(size / USUAL_SIZE) * noise.uniform(*RADIUS_FACTORS, count)
    day, hour = noise.integers(days, size=count), noise.integers(FIRST_START, LAST_START + 1, size=count)
    starts = _instants(first, day, hour)
    lasts = noise.integers(SHORTEST_H, LONGEST_H + 1, size=count).tolist()
    return tuple(
        Gathering(
            name=f"{name} {number} of {people}",
            lat=there_lat,
            lon=there_lon,
            radius_m=min(radius, MOST_RADIUS_M),
            start=start,
            end=start + timedelta(hours=hours),
            people=people,
        )
        for number, (there_lat, there_lon, radius, start, hours, people) in enumerate(
            zip(lat.tolist(), lon.tolist(), radius_m.tolist(), starts, lasts, size.tolist(), strict=True)
        )
    )


def drawn_outages(twin: World, *, count: int, first: date, days: int) -> tuple[Outage, ...]:
    """Outages of discs around masts, each of an operator drawn evenly."""
    noise = stream(twin.seed, "detection", "outages")
    networks = [twin.networks[n] for n in noise.integers(len(twin.networks), size=count)]
    masts = [network.cells.row(int(noise.integers(network.cells.height)), named=True) for network in networks]
    starts = _instants(first, noise.integers(days, size=count), noise.integers(24 - OUTAGE_HOURS + 1, size=count))
    return tuple(
        Outage(
            operator=network.operator.name,
            start=start,
            end=start + timedelta(hours=OUTAGE_HOURS),
            lat=mast["lat"],
            lon=mast["lon"],
            radius_m=OUTAGE_RADIUS_M,
        )
        for network, mast, start in zip(networks, masts, starts, strict=True)
    )


def _points(twin: World, count: int, noise: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Points a little off the centres of hexagons, so that there is always land below."""
    city, settlement = twin.city, twin.settlement
    people = np.array([place.people for place in twin.scenario.places], dtype=np.float64)
    where = (settlement.homes + people @ settlement.places / people.sum()) / 2
    chosen = noise.choice(city.hexes.size, size=count, p=where / where.sum())
    east_m, north_m = noise.uniform(-OFF_CENTRE_M, OFF_CENTRE_M, size=(2, count))
    return points_moved(city.lat[chosen], city.lon[chosen], east_m=east_m, north_m=north_m)


def _instants(first: date, day: np.ndarray, hour: np.ndarray) -> list[datetime]:
    midnight = datetime.combine(first, time.min)
    return [midnight + timedelta(days=d, hours=h) for d, h in zip(day.tolist(), hour.tolist(), strict=True)]
