"""What looks like a crowd and is none, and a true crowd in the middle of it: nothing else makes a gathering."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from crowded_town import HOUR, Custom, crowd_at, distances_m, planned_town

WEDNESDAY, FRIDAY, SATURDAY = date(2020, 3, 11), date(2020, 3, 13), date(2020, 3, 14)
HOLIDAY = date(2020, 3, 25)  # a Wednesday
FIRST_FASTING_DAY = date(2020, 4, 24)  # a Friday
CLOCKS_CHANGED = date(2020, 3, 30)  # the Monday after the summer time of Berlin began
# As many days as a baseline needs: five weeks of the same weekday, and the week before for silent cells.
ENOUGH = (1, 2, 3, 4, 5, 6, 7, 14, 21, 28, 35)
PEOPLE, NEAR_M, SIZE_ERROR = 3_000, 400, 0.3


@dataclass(frozen=True)
class Scene:
    """A situation, and a place where a true crowd is hard to tell from it.

    Attributes:
        play: tells the counts, with some people more in the last hours, and computes; gives the hours to be judged.
        crowd: kilometres east and north.
    """

    play: Callable
    crowd: tuple[float, float] = (0.6, 0.2)


def ordinary(town, extra):
    hour = town.local(WEDNESDAY, 12)
    town.tell(town.days(WEDNESDAY))
    town.tell(hour, extra=extra)
    return town.detect(hour)


def friday_prayers(town, extra):
    """Detection has been running since the first day, four weeks ago: its first Fridays look like crowds to it."""
    fridays = town.days(FRIDAY, ages=(7, 14, 21, 28))
    town.tell(town.days(FRIDAY, ages=range(1, 29)))
    town.detect(*fridays)
    hour = town.local(FRIDAY, 12)
    town.tell(hour, extra=extra)
    return town.detect(hour)


def mall_saturdays(town, extra):
    saturdays = town.days(SATURDAY, 14, ages=(7, 14, 21, 28))
    town.tell(town.days(SATURDAY, 14, ages=range(1, 29)))
    town.detect(*saturdays)
    hour = town.local(SATURDAY, 14)
    town.tell(hour, extra=extra)
    return town.detect(hour)


def public_holiday(town, extra):
    town.custom = Custom(holidays=frozenset({HOLIDAY}))
    town.known_holidays = town.custom.holidays
    hour = town.local(HOLIDAY, 12)
    town.tell([*town.days(HOLIDAY), hour])
    town.tell(hour, extra=extra)
    return town.detect(hour)


def holiday_nobody_told(town, extra):
    """At nine offices and schools are empty and the malls still closed: the whole town is not where it usually is."""
    town.custom = Custom(holidays=frozenset({HOLIDAY}))
    hour = town.local(HOLIDAY, 9)
    town.tell(town.days(HOLIDAY, 9))
    town.tell(hour, extra=extra)
    return town.detect(hour)


def first_day_of_ramadan(town, extra):
    """Fewer people about, and offices close while they are usually full."""
    town.custom = Custom(fasting=frozenset({FIRST_FASTING_DAY}))
    hours = [town.local(FIRST_FASTING_DAY, hour) for hour in (15, 16)]
    for hour in (15, 16):
        town.tell(town.days(FIRST_FASTING_DAY, hour, ages=ENOUGH))
    town.tell(hours, extra=extra, level=0.93)
    return town.detect(*hours)


def rush_hour(town, extra):
    hour = town.local(WEDNESDAY, 17)
    town.tell(town.days(WEDNESDAY, 17))
    town.tell(hour, extra=extra)
    return town.detect(hour)


def outage(town, extra):
    """A site in the centre is off from ten to four."""
    hours = [town.local(WEDNESDAY, hour) for hour in range(10, 16)]
    for hour in range(10, 16):
        town.tell(town.days(WEDNESDAY, hour, ages=ENOUGH))
    off = town.plan.without([town.plan.nearest_mast(0, 0)])
    town.tell(hours, plan=off, extra=extra)
    town.density(hours[0], hours[-1] + HOUR)
    town.follow(hours[0], hours[-1] + HOUR)
    return town.gatherings()


def new_site(town, extra):
    """On the day that it begins, and two days later."""
    hours = [town.local(WEDNESDAY + timedelta(days=n), 12) for n in range(3)]
    town.tell(town.days(WEDNESDAY))
    larger = town.plan.with_mast(0.35, 0.05)
    town.load_plan(larger, valid_from=town.local(WEDNESDAY, 0))
    town.tell(hours[:-1], plan=larger)
    town.tell(hours[0], plan=larger, extra=extra)
    town.tell(hours[2], plan=larger, extra=extra)
    return town.detect(hours[0], hours[2])


def turned_sectors(town, extra):
    hour = town.local(WEDNESDAY, 12)
    town.tell(town.days(WEDNESDAY))
    turned = town.plan.turned(town.plan.nearest_mast(0.3, 0.2), by_deg=60)
    town.load_plan(turned, valid_from=town.local(WEDNESDAY, 0))
    town.tell(hour, plan=turned, extra=extra)
    return town.detect(hour)


def turned_sectors_nobody_told(town, extra):
    hour = town.local(WEDNESDAY, 12)
    town.tell(town.days(WEDNESDAY))
    turned = town.plan.turned(town.plan.nearest_mast(0.3, 0.2), by_deg=60)
    town.tell(hour, plan=turned, extra=extra)
    return town.detect(hour)


def doubled_file(town, extra):
    hour = town.local(WEDNESDAY, 12)
    town.tell(town.days(WEDNESDAY))
    doubled = np.where(town.plan.of("alun"), 2, 1)
    town.tell(hour, told=lambda counts: counts * doubled, extra=extra)
    return town.detect(hour)


def partly_doubled_file(town, extra):
    """As when one of an operator's controllers has sent twice: the cells of the south-east."""
    hour = town.local(WEDNESDAY, 12)
    town.tell(town.days(WEDNESDAY))
    cells = town.plan.cells
    is_doubled = town.plan.of("alun") & (cells["lat"] < -5.5).to_numpy() & (cells["lon"] > 109.0).to_numpy()
    town.tell(hour, told=lambda counts: counts * np.where(is_doubled, 2, 1), extra=extra)
    return town.detect(hour)


def clocks_changed(town, extra):
    """Offices and schools fill at eight of the clock; in UTC that is an hour earlier than the week before."""
    town.custom = Custom(zone="Europe/Berlin")
    for hour in (7, 8, 9):
        town.tell(town.days(CLOCKS_CHANGED, hour, ages=ENOUGH))
    hour = town.local(CLOCKS_CHANGED, 8)
    town.tell(hour, extra=extra)
    return town.detect(hour)


SCENES = {
    "an ordinary Wednesday": Scene(ordinary),
    "Friday prayers every week": Scene(friday_prayers, (-0.3, 1.0)),
    "a mall every Saturday": Scene(mall_saturdays, (1.3, 0.9)),
    "a public holiday": Scene(public_holiday, (0.6, 0.2)),
    "a holiday nobody told": Scene(holiday_nobody_told, (1.2, -0.2)),
    "the first day of Ramadan": Scene(first_day_of_ramadan, (-1.0, 0.4)),
    "a rush hour": Scene(rush_hour, (-1.1, 0.5)),
    "a six-hour outage of a site": Scene(outage, (0.7, 0.3)),
    "a new site": Scene(new_site, (-0.4, 0.3)),
    "turned sectors": Scene(turned_sectors, (-0.4, -0.3)),
    "turned sectors nobody told": Scene(turned_sectors_nobody_told, (-0.6, -0.4)),
    "a doubled file": Scene(doubled_file, (0.6, 0.2)),
    "a partly doubled file": Scene(partly_doubled_file, (-0.8, 0.5)),
    "changed clocks": Scene(clocks_changed, (-1.0, 0.4)),
}


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    return planned_town(tmp_path_factory.mktemp("planned") / "home")


@pytest.fixture
def town(planned, tmp_path):
    return planned.copied(tmp_path / "home")


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_it_makes_no_gathering(town, scene):
    found = scene.play(town, None)
    assert found.is_empty(), found.select("interval_start", "level", "excess", "lat", "lon")


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_a_true_crowd_in_it_is_found_where_it_is_and_as_large_as_it_is(town, scene):
    found = scene.play(town, crowd_at(*scene.crowd, PEOPLE))
    assert found.height, town.suspicions(max(town.stage("density")["interval_start"]))
    latest = found.filter(pl.col("interval_start") == pl.col("interval_start").max())
    distance = distances_m(latest, *scene.crowd)
    nearest = int(np.argmin(distance))
    assert distance[nearest] < NEAR_M
    assert latest["excess"][nearest] == pytest.approx(PEOPLE, rel=SIZE_ERROR)
