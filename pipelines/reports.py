"""The weekly report of an installation: made from its lake and its ledger, by its settings."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import geopandas as gpd
import pandas as pd

from crowd.mobility.asked import AskedWeek, weeks_with_data
from crowd.mobility.editions import is_published_alike
from crowd.mobility.model import Weekly
from crowd.mobility.weekly import make_weekly
from crowd.mobility.weeks import Week, week_of
from geo.areas import LEVELS, loaded_levels, read_areas
from lake.database import open_database
from lake.engine import connect
from lake.errors import RefusedInputError
from lake.home import Home
from pipelines.options import RunOptions


@dataclass(frozen=True, kw_only=True)
class AskedReport:
    """What a report is asked for.

    Attributes:
        week: which week.
        area: code of the area that it is restricted to; None for everything.
        level: the finest level of its areas; None for that of the settings.
        reference: weeks that the usual is the median of; None for those of the settings.
        epsilon: budget of differential privacy; None for that of the settings.
    """

    week: Week
    area: str | None = None
    level: str | None = None
    reference: tuple[Week, ...] | None = None
    epsilon: float | None = None


def make_report(options: RunOptions, asked: AskedReport, *, now: datetime) -> Weekly:
    """What a week's report is made of.

    The numbers are settled for the whole tree of areas and remembered as an edition of the week. The same data give
    the same edition, so asking again makes no new one.

    Raises:
        RefusedInputError: see `crowd.mobility.weekly.make_weekly`.
    """
    home, settings = options.as_home(), options.report
    epsilon = settings.epsilon if asked.epsilon is None else asked.epsilon
    usual = usual_weeks(options, asked.week, epsilon=epsilon)
    reference = usual if asked.reference is None else asked.reference
    first = min((asked.week, *reference))
    with (
        connect(options.engine()) as connection,
        open_database(options.ledger_url) as database,
        database.reading() as session,
    ):
        question = AskedWeek(
            week=asked.week,
            reference=reference or None,
            level=asked.level or _level(home, settings.level),
            area=asked.area,
            k=options.k,
            epsilon=epsilon,
            holidays=options.calendar(first.start, asked.week.end).holidays,
        )
        return make_weekly(connection, home=home, session=session, asked=question, now=now)


def usual_weeks(options: RunOptions, week: Week, *, epsilon: float | None) -> tuple[Week, ...]:
    """The whole weeks with data that a week is compared with unless somebody names others, oldest first.

    Weeks that were published with noise are not usual for a week without it, nor the other way round.
    """
    home = options.as_home()
    known = weeks_with_data(home, timezone=options.timezone)
    before = [week.earlier(n) for n in range(options.report.reference_weeks, 0, -1)]
    return tuple(one for one in before if one in known and is_published_alike(home, week=one, epsilon=epsilon))


def outlines_of(home: Home, weekly: Weekly) -> Callable[[], gpd.GeoDataFrame]:
    """Outlines of the areas of a report, read when they are asked for."""

    def read() -> gpd.GeoDataFrame:
        levels = weekly.areas["level"].unique(maintain_order=True)
        frames = [found for level in levels if (found := read_areas(home, level=level)) is not None]
        if not frames:
            raise RefusedInputError("no areas are loaded: kerumun areas load FILE --level LEVEL")
        areas = gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), geometry="geometry", crs=frames[0].crs)
        return areas[areas["code"].isin(weekly.areas["area_code"].to_list())].reset_index(drop=True)

    return read


def whole_weeks(options: RunOptions, *, now: datetime) -> list[Week]:
    """Weeks that are over and have data, the newest first."""
    known = weeks_with_data(options.as_home(), timezone=options.timezone)
    return sorted((week for week in known if week.end <= now), reverse=True)


def last_whole_week(options: RunOptions, *, now: datetime) -> Week:
    """The newest week that is over."""
    return week_of(now, timezone=options.timezone).earlier(1)


def _level(home: Home, finest: str) -> str | None:
    """The finest loaded level that is no finer than the one wanted; the coarsest there is where all are."""
    loaded = loaded_levels(home)
    kept = [level for level in loaded if LEVELS.index(level) <= LEVELS.index(finest)]
    return kept[-1] if kept else next(iter(loaded), None)
