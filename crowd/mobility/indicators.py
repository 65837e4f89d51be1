"""All figures of a week that rest on people, from hours that are shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from crowd.mobility.ancestry import ancestry, finest_level
from crowd.mobility.daily import day_figures, past_levels, with_scores, worst_status
from crowd.mobility.long_rows import Figure, long_rows
from crowd.mobility.model import HOURS
from crowd.mobility.placed_hours import numbered, place_hours, whole_week
from crowd.mobility.reference import compare_weeks, robust_z, slot_of, usual_hours
from crowd.mobility.week_means import week_figures, week_levels
from crowd.mobility.weeks import Week

DAYS_OF_WEEK = 7
PERCENT = 100


@dataclass(frozen=True, kw_only=True)
class Span:
    """Which weeks a report looks at.

    Attributes:
        week: the week itself.
        reference: weeks that the usual is taken from, oldest first.
        now: hours that were not over by then are not due.
    """

    week: Week
    reference: tuple[Week, ...]
    now: datetime

    @property
    def before(self) -> Week:
        """The week before, which net changes are taken against."""
        return self.week.earlier(1)

    @property
    def weeks(self) -> tuple[Week, ...]:
        """All of them, the reference first."""
        return tuple(dict.fromkeys((*self.reference, self.before, self.week)))


@dataclass(frozen=True, kw_only=True)
class Derived:
    """What hours that are shown say.

    Attributes:
        hours: columns of HOURS.
        indicators: columns of INDICATORS, unordered.
    """

    hours: pl.DataFrame
    indicators: pl.DataFrame


def derive(published: pl.DataFrame, areas: pl.DataFrame, *, span: Span) -> Derived:
    """Every figure of people, of hours, days and the week.

    Args:
        published: hours of all weeks of the span, at all levels of the report: level, area_code, interval_start,
            people, people_low, people_high, coverage, silent_cells, is_hidden. Rows of other areas are passed over.
        areas: of the report, columns of AREAS.
        span: the weeks.
    """
    weeks = span.weeks
    placed = place_hours(published, areas, weeks)
    past = placed.filter(pl.col("week") < len(span.reference)).select("week", *PAST)
    usual = usual_hours(past, areas=areas.height, weeks=len(span.reference))
    grid = {week: whole_week(placed, areas, week, number=weeks.index(week), now=span.now) for week in weeks[-2:]}
    hours = _with_usual(grid[span.week], usual)
    days, week = _days_and_week(hours, past, usual, span=span, areas=areas)
    before = day_figures(_unknown_usual(grid[span.before]))
    hidden = _hidden_shares(hours, areas)
    days = _finished(_net_by_day(days, before), areas, hidden, keys=("area", "date"))
    week = _finished(_net_by_week(week, before), areas, hidden, keys=("area",))
    rows = [
        long_rows(hours, HOUR_FIGURES, period="hour", areas=areas),
        long_rows(days, MEAN_FIGURES, period="day", areas=areas),
        long_rows(week, MEAN_FIGURES, period="week", areas=areas),
    ]
    return Derived(hours=_told_hours(hours, areas), indicators=pl.concat(rows))


PAST = ("area", "weekday", "hour", "people", "is_hidden")


def _with_usual(hours: pl.DataFrame, usual: pl.DataFrame) -> pl.DataFrame:
    """Hours with usual, scatter and usual_status, and how each compares."""
    found = usual.select(pl.all().gather(hours.select(slot_of())["slot"]))
    both = pl.concat([hours, found], how="horizontal")
    level = pl.when(pl.col("status") != "shown").then("status").otherwise("usual_status")
    score = pl.when(level != "shown").then(level).when(pl.col("scatter").is_null()).then(pl.lit("short"))
    return both.with_columns(level_status=level, z_status=score.otherwise(pl.lit("shown")))


def _unknown_usual(hours: pl.DataFrame) -> pl.DataFrame:
    return hours.with_columns(usual=pl.lit(None, pl.Float64), usual_status=pl.lit("short"))


def _days_and_week(
    hours: pl.DataFrame, past: pl.DataFrame, usual: pl.DataFrame, *, span: Span, areas: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    days, count, weeks = day_figures(hours), areas.height, len(span.reference)
    levels = past_levels(past, usual, past.select(slot_of())["slot"])
    # a clock may skip no day, so days lie in order of areas and weekdays
    places = levels.select(pl.col("area") * DAYS_OF_WEEK + pl.col("weekday"))["area"].to_numpy()
    by_day = compare_weeks(_ratios(levels), places=places, shape=(weeks, count * DAYS_OF_WEEK))
    by_week = week_levels(levels)
    whole = compare_weeks(_ratios(by_week), places=by_week["area"].to_numpy(), shape=(weeks, count))
    return with_scores(days, by_day), with_scores(week_figures(days), whole)


def _ratios(levels: pl.DataFrame) -> pl.DataFrame:
    return levels.select("week", "is_hidden", people=pl.col("matched") / pl.col("matched_usual"))


def _net_by_day(days: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """With the mean of the day before; Monday's is the Sunday of the week before."""
    known = pl.concat([frame.select("area", "date", "mean", "mean_status") for frame in (before, days)])
    earlier = known.select("area", pl.col("date").dt.offset_by("1d"), earlier="mean", earlier_status="mean_status")
    return _with_net(days.join(earlier, on=["area", "date"], how="left", maintain_order="left"))


def _net_by_week(week: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    earlier = week_figures(before).select("area", earlier="mean", earlier_status="mean_status")
    return _with_net(week.join(earlier, on="area", how="left", maintain_order="left"))


def _with_net(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        net=pl.col("mean") - pl.col("earlier"), net_status=worst_status(("mean_status", "earlier_status"))
    )


def _hidden_shares(hours: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    """Of each area and date: area-hours of the finest level inside with data, and how many of them are hidden."""
    finest = numbered(areas).filter(level=finest_level(areas)).select("area")
    inside = ancestry(areas).join(finest, on="area", how="semi")
    counted = (
        hours.lazy().filter("has_data").group_by("area", "date").agg(told=pl.len(), hidden=pl.col("is_hidden").sum())
    )
    both = counted.join(inside.lazy(), on="area").group_by("above", "date")
    return both.agg(pl.col("told", "hidden").sum()).rename({"above": "area"}).collect()


def _finished(figures: pl.DataFrame, areas: pl.DataFrame, hidden: pl.DataFrame, *, keys: Sequence[str]) -> pl.DataFrame:
    """With what needs the ground, or the areas inside."""
    shares = hidden.group_by(keys).agg(pl.col("told", "hidden").sum())
    ground = numbered(areas).select("area", "area_km2")
    wide = figures.join(ground, on="area", how="left", maintain_order="left").join(
        shares, on=keys, how="left", maintain_order="left"
    )
    has_data = pl.when("has_data")
    known = has_data.then(pl.when("coverage_known").then(pl.lit("shown")).otherwise(pl.lit("short")))
    return wide.with_columns(
        ratio_status=worst_status(("day_status", "night_status")),
        data_status=has_data.then(pl.lit("shown")).otherwise(pl.lit("missing")),
        coverage_status=known.otherwise(pl.lit("missing")),
        share_status=pl.when(pl.col("told") > 0).then(pl.lit("shown")).otherwise(pl.lit("missing")),
    )


def _told_hours(hours: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    named = numbered(areas).select("area", "level", "area_code")
    told = hours.join(named, on="area", how="left", maintain_order="left")
    return told.select(list(HOURS)).cast(HOURS)  # type: ignore[arg-type]


def _change(people: str, usual: str) -> pl.Expr:
    return (pl.col(people) / pl.col(usual) - 1) * PERCENT


def _ranged(name: str, status: str, *, over: pl.Expr | None = None) -> Figure:
    ends = [pl.col(f"{name}{end}") / (1.0 if over is None else over) for end in ("", "_low", "_high")]
    return Figure(value=ends[0], low=ends[1], high=ends[2], status=pl.col(status))


HOUR_FIGURES: Mapping[str, Figure] = {
    "presence": _ranged("people", "status"),
    "change_pct": Figure(value=_change("people", "usual"), status=pl.col("level_status")),
    "robust_z": Figure(
        value=robust_z(pl.col("people"), usual=pl.col("usual"), scatter=pl.col("scatter")), status=pl.col("z_status")
    ),
}
MEAN_FIGURES: Mapping[str, Figure] = {
    "presence_mean": _ranged("mean", "mean_status"),
    "presence_day": _ranged("day", "day_status"),
    "presence_night": _ranged("night", "night_status"),
    "people_per_km2": _ranged("mean", "mean_status", over=pl.col("area_km2")),
    "change_pct": Figure(value=_change("matched", "matched_usual"), status=pl.col("level_status")),
    "robust_z": Figure(value=pl.col("z"), status=pl.col("z_status")),
    "day_night_ratio": Figure(value=pl.col("day") / pl.col("night"), status=pl.col("ratio_status")),
    "peak_hour": Figure(value=pl.col("peak_hour"), status=pl.col("mean_status")),
    "peak_people": _ranged("peak", "mean_status"),
    "net_change": Figure(value=pl.col("net"), status=pl.col("net_status")),
    "coverage": Figure(value=pl.col("covered") / pl.col("covered_hours") * PERCENT, status=pl.col("coverage_status")),
    "silent_cell_hours": Figure(value=pl.col("silent_cells"), status=pl.col("data_status")),
    "suppressed_share": Figure(value=pl.col("hidden") / pl.col("told") * PERCENT, status=pl.col("share_status")),
}
