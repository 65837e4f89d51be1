"""A week's report put together: everything that its pages, sheets and tables are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import polars as pl
from sqlalchemy.orm import Session

from crowd.coverage import LEAST_COVERAGE
from crowd.flows.figures import flow_indicators
from crowd.mobility.ancestry import at_level
from crowd.mobility.area_hours import read_area_hours, update_area_hours
from crowd.mobility.asked import AskedAreas, AskedWeek, choose_areas, must_have_data, weeks_with_data
from crowd.mobility.editions import (
    Edition,
    is_published_alike,
    publish,
    publish_reference,
    refuse_other_noise,
)
from crowd.mobility.gathering_figures import (
    doubtful_where,
    gathering_hours,
    hidden_where,
    largest_gatherings,
    read_gathering_hours,
)
from crowd.mobility.hierarchy import AreaTree, read_tree
from crowd.mobility.indicators import Derived, Span, derive
from crowd.mobility.long_rows import in_order
from crowd.mobility.model import INDICATORS, Privacy, Weekly
from crowd.mobility.reference import choose_reference
from crowd.mobility.warning_figures import (
    counted,
    decided_until,
    is_test,
    read_warnings,
    warning_indicators,
    warnings_by_area,
    warnings_by_gathering,
)
from crowd.mobility.weeks import HOUR, Week
from geo.areas import area_at, read_areas
from lake.home import Home


def make_weekly(
    connection: duckdb.DuckDBPyConnection, *, home: Home, session: Session, asked: AskedWeek, now: datetime
) -> Weekly:
    """Everything that the report of a week is made of.

    Numbers are settled for the whole tree of areas, whatever the report is restricted to, and remembered as an edition
    of the week; all else is derived from those that are shown. A week that is still running is allowed: hours that are
    not over are not due, and not missing.

    Args:
        connection: DuckDB with its memory and threads bounded.
        home: whose lake.
        session: a reading transaction of the ledger.
        asked: which week, which areas, on what terms.
        now: the instant.

    Raises:
        RefusedInputError: no areas or none of that level are loaded, there is no such area, the week or every named
            reference week has no data, a reference week is the week itself or not over, or the week was published on
            other terms before, or a reference week with noise where this one has none or the other way round.
    """
    tree, week = read_tree(home), asked.week
    chosen = choose_areas(tree, level=asked.level, area=asked.area)
    with_data = weeks_with_data(home, timezone=week.timezone)
    must_have_data(week, with_data)
    alike = {one for one in with_data if _is_alike(home, one, asked=asked)}
    known = with_data if asked.reference is not None else alike
    reference = choose_reference(week, named=asked.reference, with_data=known, now=now)
    refuse_other_noise(home, weeks=reference, epsilon=asked.epsilon)
    span = Span(week=week, reference=reference, now=now)
    terms = _Terms(tree=tree, k=asked.k, epsilon=asked.epsilon, now=now)
    settled = _settle(connection, home, span, weeks=[one for one in span.weeks if one in alike], terms=terms)
    derived = derive(settled.published, chosen.rows, span=span)
    alarms = _alarms(connection, home, session, settled.edition, asked=chosen, derived=derived, terms=terms, week=week)
    flows = _flows(connection, home, span, asked=chosen, terms=terms)
    return Weekly(
        week=week,
        reference=reference,
        level=chosen.level,
        chosen=chosen.chosen,
        areas=chosen.rows,
        hours=derived.hours,
        indicators=in_order(pl.concat([derived.indicators, alarms.indicators, flows])),
        gatherings=alarms.gatherings,
        warnings=alarms.warnings,
        privacy=_privacy(derived, chosen, settled, terms=terms),
        hours_missing=_missing(settled.base, week, now=now),
        hours_partial=_partial(settled.base, tree),
        newest_count=_newest(settled.base),
        edition=settled.edition.number,
        is_test=alarms.is_test,
        decided_until=alarms.decided_until,
        holidays=tuple(day for one in sorted(span.weeks) for day in one.days if day in asked.holidays),
    )


@dataclass(frozen=True, kw_only=True)
class _Terms:
    """On what terms numbers are published: arguments of `publish`."""

    tree: AreaTree
    k: int
    epsilon: float | None
    now: datetime


@dataclass(frozen=True, kw_only=True)
class _Settled:
    """Numbers as they may be published.

    Attributes:
        base: base table of the week, not to be published.
        edition: what is published of the week.
        published: hours of all weeks of the span.
        instants: hours that have been published on these terms, the week's and those it is compared with.
    """

    base: pl.DataFrame
    edition: Edition
    published: pl.DataFrame
    instants: int


@dataclass(frozen=True, kw_only=True)
class _Alarms:
    """Gatherings and warnings of the week."""

    indicators: pl.DataFrame
    gatherings: pl.DataFrame
    warnings: pl.DataFrame
    is_test: bool
    decided_until: datetime | None


def _is_alike(home: Home, week: Week, *, asked: AskedWeek) -> bool:
    """Whether a week may stand beside the one asked for, which says itself where it may not be told so."""
    return week == asked.week or is_published_alike(home, week=week, epsilon=asked.epsilon)


def _settle(
    connection: duckdb.DuckDBPyConnection, home: Home, span: Span, *, weeks: Sequence[Week], terms: _Terms
) -> _Settled:
    due = [hour for week in weeks for hour in week.hours if hour < terms.now]
    update_area_hours(connection, home=home, hours=due)
    base = _base(connection, home, span.week)
    edition = publish(home, week=span.week, hours=base, **vars(terms))
    hours = [edition.hours]
    for week in weeks:
        if week != span.week:
            before = _base(connection, home, week)
            hours.append(publish_reference(home, week=week, hours=before, **vars(terms)).hours)
    return _Settled(base=base, edition=edition, published=pl.concat(hours), instants=len(due))


def _base(connection: duckdb.DuckDBPyConnection, home: Home, week: Week) -> pl.DataFrame:
    return read_area_hours(connection, home=home, start=week.start, end=week.end)


def _alarms(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    session: Session,
    edition: Edition,
    *,
    asked: AskedAreas,
    derived: Derived,
    terms: _Terms,
    week: Week,
) -> _Alarms:
    areas, all_areas = asked.rows, terms.tree.rows
    seen = _placed(read_gathering_hours(connection, home=home, week=week, k=terms.k), home, all_areas, asked.level)
    drafted = read_warnings(session, week=week)
    warnings = _placed(counted(drafted), home, all_areas, asked.level)
    hidden = hidden_where(seen, all_areas, edition.hours)
    gatherings = largest_gatherings(
        seen,
        areas,
        hidden=hidden,
        doubtful=doubtful_where(seen, all_areas, edition.hours),
        warned=warnings_by_gathering(warnings),
        may_tell_people=terms.epsilon is None,
    )
    rows = [
        # The level of a gathering tells how many people are there at the least.
        gathering_hours(_told(seen, hidden), areas, has_data=_has_data(derived, areas)),
        warning_indicators(warnings, areas),
    ]
    return _Alarms(
        indicators=pl.concat(rows),
        gatherings=gatherings,
        warnings=warnings_by_area(warnings, areas),
        is_test=is_test(drafted),
        decided_until=decided_until(warnings),
    )


def _told(seen: pl.DataFrame, hidden: pl.DataFrame) -> pl.DataFrame:
    return seen.join(hidden, on=["gathering_id", "interval_start"], how="anti", maintain_order="left")


def _flows(
    connection: duckdb.DuckDBPyConnection, home: Home, span: Span, *, asked: AskedAreas, terms: _Terms
) -> pl.DataFrame:
    """Flow indicators where flows are loaded; none beside noise, which exact flows would undo."""
    if terms.epsilon is not None:
        return pl.DataFrame(schema=INDICATORS)
    tree = AreaTree(asked.rows)
    return flow_indicators(connection, home=home, week=span.week, reference=span.reference, tree=tree, k=terms.k)


def _placed(rows: pl.DataFrame, home: Home, areas: pl.DataFrame, level: str) -> pl.DataFrame:
    """With `found`, the area of a level that each row's area_code, or else its place, lies in; and `around`.

    `around` is the finest area that is known around it.
    """
    found = at_level(rows["area_code"], areas, level=level)
    outlines = read_areas(home, level=level) if found.null_count() else None
    if outlines is not None:
        by_place = area_at(outlines, lat=rows["lat"].to_numpy(), lon=rows["lon"].to_numpy())
        found = pl.select(pl.coalesce(found, pl.Series(by_place.tolist(), dtype=pl.String))).to_series()
    is_known = pl.col("area_code").is_in(areas["area_code"].implode())
    return rows.with_columns(found=found).with_columns(around=pl.when(is_known).then("area_code").otherwise("found"))


def _has_data(derived: Derived, areas: pl.DataFrame) -> pl.Series:
    told = derived.hours.filter(pl.col("status") != "missing").select("level", "area_code").unique()
    marked = told.with_columns(has_data=pl.lit(value=True))
    return areas.join(marked, on=["level", "area_code"], how="left", maintain_order="left")["has_data"].fill_null(
        value=False
    )


def _privacy(derived: Derived, asked: AskedAreas, settled: _Settled, *, terms: _Terms) -> Privacy:
    finest = derived.hours.filter(pl.col("level") == asked.level, pl.col("status") != "missing")["status"]
    share = int((finest == "hidden").sum()) / max(len(finest), 1)
    spent = None if terms.epsilon is None else terms.epsilon * settled.instants
    return Privacy(k=terms.k, hidden=share, epsilon=terms.epsilon, epsilon_week=spent)


def _with_data(base: pl.DataFrame) -> pl.DataFrame:
    return base.filter(pl.col("people").is_not_null())


def _missing(base: pl.DataFrame, week: Week, *, now: datetime) -> int:
    """Hours that are over and of which there is nothing."""
    known = set(_with_data(base)["interval_start"].unique())
    return sum(hour + HOUR <= now and hour not in known for hour in week.hours)


def _partial(base: pl.DataFrame, tree: AreaTree) -> int:
    """Hours in which the cells of too few of the usual people did report, over everything."""
    top = _with_data(base).filter(pl.col("level") == tree.levels[0], pl.col("usual_people") > 0)
    reported = (pl.col("coverage") * pl.col("usual_people")).sum() / pl.col("usual_people").sum()
    known = top.filter(pl.col("coverage").is_not_null()).group_by("interval_start").agg(share=reported)
    return known.filter(pl.col("share") < LEAST_COVERAGE).height


def _newest(base: pl.DataFrame) -> datetime | None:
    """The end of the last hour that there is anything of."""
    last = _with_data(base)["interval_start"].max()
    return last + HOUR if isinstance(last, datetime) else None
