"""What a week's report is made of: every output (pages, sheets, tables) reads one `Weekly` and nothing else.

Numbers here may be published as they are. Whatever rests on too few devices is gone already, and everything that is
derived (means, changes, ratios, peaks) was derived from numbers that are shown, so nothing can be worked out backwards.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import polars as pl

from crowd.mobility.weeks import Week

Status = Literal["shown", "hidden", "missing", "short"]
"""shown: there is a number. hidden: it rests on too few devices, or would give away one that does. missing: nobody
reported. short: too little history, or too few hours, to say it."""

AREAS = {
    "level": pl.String,  # one of geo.areas.LEVELS
    "area_code": pl.String,
    "area_name": pl.String,
    "parent_code": pl.String,  # null at the coarsest level
    "area_km2": pl.Float64,
}
HOURS = {
    "level": pl.String,
    "area_code": pl.String,
    "interval_start": pl.Datetime("us", "UTC"),
    "date": pl.Date,  # on the clock of the place
    "hour": pl.Int8,  # 0 to 23 on that clock
    "status": pl.String,
    "people": pl.Float64,  # null unless shown; so are the next two
    "people_low": pl.Float64,
    "people_high": pl.Float64,
    "usual": pl.Float64,  # median of the reference weeks; null where there is too little history, or hidden
    "scatter": pl.Float64,  # how far the reference weeks are from the usual (1.4826 MAD, at least 2 %); null with it
    "coverage": pl.Float64,  # share of the usual people whose cells did report
}
INDICATORS = {
    "period": pl.String,  # hour, day, week
    "level": pl.String,
    "area_code": pl.String,
    "area_name": pl.String,
    "parent_code": pl.String,
    "date": pl.Date,  # null for the week
    "hour": pl.Int8,  # null for day and week
    "indicator": pl.String,  # a name of crowd/mobility/indicators.toml
    "value": pl.Float64,  # null unless shown
    "low": pl.Float64,  # range of the value, null where none is known
    "high": pl.Float64,
    "unit": pl.String,
    "status": pl.String,
}
GATHERINGS = {
    "gathering_id": pl.String,
    "area_code": pl.String,  # of the finest level of the report
    "area_name": pl.String,
    "place": pl.String,  # null where it has no name
    "highest_level": pl.String,  # waspada, siaga, awas
    "started_at": pl.Datetime("us", "UTC"),
    "hours": pl.Int32,  # within the week
    "peak_at": pl.Datetime("us", "UTC"),
    "peak_people": pl.Float64,  # null where the area's number of that hour is hidden
    "peak_low": pl.Float64,
    "peak_high": pl.Float64,
    "usual": pl.Float64,
    "is_doubtful": pl.Boolean,  # many cells around were silent in its fullest hour: phones may only have moved over
    "warnings": pl.Int32,  # drafted for it
    "sent": pl.Int32,  # of these, those whose message went out to at least one operator
}
WARNINGS = {
    "area_code": pl.String,
    "area_name": pl.String,
    "drafted": pl.Int32,
    "approved": pl.Int32,
    "rejected": pl.Int32,
    "sent": pl.Int32,
    "delivered": pl.Int32,
}


@dataclass(frozen=True, kw_only=True)
class Privacy:
    """How small numbers are kept back.

    Attributes:
        k: fewest devices that a number rests on.
        hidden: share of area-hours of the finest level that are hidden, of those with data.
        epsilon: budget of differential privacy for each hour that a device spends in an area; None where none is used.
        epsilon_week: the most that one device can have spent over the week and all reference weeks; None likewise.
    """

    k: int
    hidden: float
    epsilon: float | None = None
    epsilon_week: float | None = None


@dataclass(frozen=True, kw_only=True)
class Weekly:
    """A week that may be published.

    Attributes:
        week: which one.
        reference: weeks that the usual is the median of, oldest first; empty where there are none.
        level: the finest level of the report, whose areas the tables go down to.
        chosen: code of the area that the report is restricted to; None for everything.
        areas: columns of AREAS, of all levels of the report, coarse to fine, by code.
        hours: columns of HOURS: presence of each area in each hour of the week, also of hours without data.
        indicators: columns of INDICATORS, ordered by all of them up to `indicator`.
        gatherings: columns of GATHERINGS, the largest first.
        warnings: columns of WARNINGS, by area of the finest level; a row for each area that has any.
        privacy: how small numbers are kept back.
        hours_missing: hours of the week without any data.
        hours_partial: hours in which less than 0.7 of the usual people's cells reported, over everything.
        newest_count: instant of the newest data of the week; None where there is none.
        edition: 1 for the first report that was made of this week, and so on.
        is_test: whether warnings of the week were made in test mode.
        decided_until: instant of the last change of a warning of the week, which a later report may tell more of; None
            where there was no warning.
        holidays: days of the week and of the reference weeks that are lived like Sundays, in order.
    """

    week: Week
    reference: tuple[Week, ...]
    level: str
    chosen: str | None
    areas: pl.DataFrame
    hours: pl.DataFrame
    indicators: pl.DataFrame
    gatherings: pl.DataFrame
    warnings: pl.DataFrame
    privacy: Privacy
    hours_missing: int
    hours_partial: int
    newest_count: datetime | None
    edition: int
    is_test: bool
    decided_until: datetime | None
    holidays: tuple[date, ...]

    def days(self) -> tuple[date, ...]:
        """Monday to Sunday."""
        return self.week.days
