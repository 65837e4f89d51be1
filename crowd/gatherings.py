"""Gatherings: crowds that the policy gives a level, followed from interval to interval, with their reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb
import polars as pl

from crowd.crowds import Crowds, find_crowds
from crowd.density import DENSITY
from crowd.holidays import Calendar
from crowd.lives import INSTANT, LIFE, MEMBER, Alive, Step, follow, level_names, nobody
from crowd.policy import LEVELS, Policy
from crowd.reasons import with_reasons
from geo.areas import area_at, read_areas
from lake.engine import fetch_frame
from lake.home import Home
from lake.stages import Stage, create_view, replace_range
from lake.staging import staged

GATHERINGS = Stage(
    name="gatherings",
    columns={
        "gathering_id": "varchar",
        "interval_start": "timestamptz",
        "level": "varchar",
        "state": "varchar",
        "people": "double",
        "excess": "double",
        "hexes": "integer",
        "lat": "double",
        "lon": "double",
        "area_code": "varchar",
        "started_at": "timestamptz",
        "devices": "bigint",
        "people_low": "double",
        "people_high": "double",
        "usual": "double",
        "score": "double",
        "coverage": "double",
        "hours": "integer",
        "peak_people": "double",
        "peak_at": "timestamptz",
        "seen_at": "timestamptz",
        "level_before": "varchar",
        "end_cause": "varchar",
        "merged_into": "varchar",
        "rule": "varchar",
        "place": "varchar",
        "event": "varchar",
        "expected": "double",
        "baseline_from": "varchar",
        "reason_id": "varchar",
        "reason_en": "varchar",
    },
    order=("interval_start", "gathering_id"),
)
GATHERING_HEXES = Stage(
    name="gathering_hexes",
    columns={
        "gathering_id": "varchar",
        "interval_start": "timestamptz",
        "hex": "ubigint",
        "level": "varchar",
        "people": "double",
        "usual": "double",
        "excess": "double",
        "devices": "bigint",
        "started_at": "timestamptz",
    },
    order=("interval_start", "gathering_id", "hex"),
)
GATHERING_EVENTS = Stage(
    name="gathering_events",
    columns={
        "interval_start": "timestamptz",
        "gathering_id": "varchar",
        "event": "varchar",
        "level_before": "varchar",
        "level": "varchar",
        "other_id": "varchar",
    },
    order=("interval_start", "gathering_id", "event"),
)
# What has not been there long enough for any level is found again by looking at the hours before once more.
LOOK_BACK = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class GatheringsSummary:
    """What a range of time holds.

    Attributes:
        gatherings: different gatherings.
        started: how many are new.
        ended: how many are over.
        raised: how often a level rose, a new one's first level aside.
        unseen: hours of gatherings whose ground was not covered.
    """

    gatherings: int
    started: int
    ended: int
    raised: int = 0
    unseen: int = 0


def find_gatherings(
    connection: duckdb.DuckDBPyConnection,
    *,
    home: Home,
    start: datetime,
    end: datetime,
    policy: Policy,
    calendar: Calendar,
) -> GatheringsSummary:
    """Find the gatherings of start <= interval_start < end and replace exactly those in the lake.

    A gathering keeps its id while it overlaps or touches itself from one interval to the next; where gatherings merge
    or split, the larger overlap keeps the id and an event names the other one.

    Args:
        connection: DuckDB with its memory and threads bounded.
        home: whose lake.
        start: first instant.
        end: first instant after it.
        policy: the thresholds.
        calendar: local time and holidays.
    """
    since = start - LOOK_BACK
    crowds = find_crowds(
        connection,
        home=home,
        start=since,
        end=end,
        policy=policy,
        timezone=calendar.timezone,
        holidays=calendar.holidays,
    )
    before = _alive_before(connection, home=home, start=since, policy=policy)
    steps = [step for step in follow(crowds, before, policy=policy) if step.interval >= start]
    states, members = _states(steps, crowds), _members(steps, crowds)
    states = _with_words(states, home=home, calendar=calendar)
    written = (
        (GATHERINGS, states.select(list(GATHERINGS.columns))),
        (GATHERING_HEXES, members),
        (GATHERING_EVENTS, _events(steps)),
    )
    with staged(home) as staging:
        for stage, frame in written:
            connection.register(f"found_{stage.name}", frame.to_arrow())
            replace_range(
                connection, f"found_{stage.name}", home=home, stage=stage, staging=staging, start=start, end=end
            )
    return _summary(states, steps)


def _summary(states: pl.DataFrame, steps: Sequence[Step]) -> GatheringsSummary:
    return GatheringsSummary(
        gatherings=states["gathering_id"].n_unique(),
        started=states.filter(state="new").height,
        ended=states.filter(state="ended").height,
        raised=sum(step.crowds.filter(pl.col("rank") > pl.col("rank_before")).height for step in steps),
        unseen=sum(step.unseen.height for step in steps),
    )


def _alive_before(connection: duckdb.DuckDBPyConnection, *, home: Home, start: datetime, policy: Policy) -> Alive:
    """What was followed after the last interval with density before `start`, as far back as gaps go."""
    since = start - timedelta(hours=policy.life.gap_hours + 1)
    create_view(connection, "density_earlier", home=home, stage=DENSITY, start=since, end=start)
    create_view(connection, "gatherings_earlier", home=home, stage=GATHERINGS, start=since, end=start)
    create_view(connection, "hexes_earlier", home=home, stage=GATHERING_HEXES, start=since, end=start)
    last = "interval_start = (select max(interval_start) from density_earlier)"
    lives = fetch_frame(connection, f"select * from gatherings_earlier where state <> 'ended' and {last}")
    if lives.is_empty():
        return nobody()
    ranks = {name: rank for rank, name in enumerate(level_names())}
    lives = lives.with_columns(rank=pl.col("level").replace_strict(ranks, return_dtype=pl.Int32))
    members = fetch_frame(connection, f"select gathering_id, hex from hexes_earlier where {last}")
    return Alive(
        lives.select(list(LIFE)).cast({"started_at": INSTANT, "seen_at": INSTANT}), members.select(list(MEMBER))
    )


def _states(steps: Sequence[Step], crowds: Crowds) -> pl.DataFrame:
    """One row per gathering and interval, and one where it is over."""
    rows = [_no_state(crowds)]
    for step in steps:
        here = pl.lit(step.interval, dtype=INSTANT).alias("interval_start")
        is_new = pl.col("rank_before").is_null()
        present = step.crowds.with_columns(state=pl.when(is_new).then(pl.lit("new")).otherwise(pl.lit("ongoing")))
        held = step.unseen.with_columns(here, state=pl.lit("ongoing"), rank_before="rank", coverage=pl.lit(0.0))
        over = step.ended.with_columns(
            here,
            state=pl.lit("ended"),
            rank_before="rank",
            rank=pl.lit(0, dtype=pl.Int32),
            hexes=pl.lit(0, dtype=pl.Int32),
            **{name: pl.lit(None, dtype=pl.Float64) for name in ("people", "people_low", "people_high", "excess")},
            devices=pl.lit(None, dtype=pl.Int64),
        )
        rows.extend((present, held, over))
    states = pl.concat(rows, how="diagonal_relaxed")
    since = ((pl.col("interval_start") - pl.col("started_at")).dt.total_minutes() / 60).ceil().cast(pl.Int32)
    return states.with_columns(
        level=_named("rank"), level_before=_named("rank_before"), hours=pl.coalesce("hours", since)
    ).sort("interval_start", "gathering_id")


def _no_state(crowds: Crowds) -> pl.DataFrame:
    """No rows, with all the columns."""
    columns = {**crowds.judged.schema, **LIFE, "rank_before": pl.Int32}
    texts = dict.fromkeys(("state", "end_cause", "merged_into", "other_id"), pl.String)
    return pl.DataFrame(schema={**columns, **texts, "coverage": pl.Float64})


def _named(rank: str) -> pl.Expr:
    return pl.col(rank).replace_strict(dict(enumerate(level_names())), return_dtype=pl.String)


def _members(steps: Sequence[Step], crowds: Crowds) -> pl.DataFrame:
    """Hexagons of the gatherings of each interval; without figures where they are not seen."""
    columns = ("gathering_id", "interval_start", "rank", "started_at")
    rows = [pl.DataFrame(schema={**MEMBER, "interval_start": INSTANT, "rank": pl.Int32, "started_at": INSTANT})]
    for step in steps:
        rows.append(step.crowds.select("crowd", *columns).join(crowds.members, on="crowd").drop("crowd"))
        here = pl.lit(step.interval, dtype=INSTANT).alias("interval_start")
        rows.append(step.unseen.with_columns(here).select(columns).join(step.alive.members, on="gathering_id"))
    figures = {name: pl.lit(None, dtype=pl.Float64) for name in ("people", "usual", "excess")}
    first = rows[0].with_columns(**figures, devices=pl.lit(None, dtype=pl.Int64))
    members = pl.concat([first, *rows[1:]], how="diagonal_relaxed").with_columns(level=_named("rank"))
    return members.select(list(GATHERING_HEXES.columns))


def _events(steps: Sequence[Step]) -> pl.DataFrame:
    """What happened to whom: new, split, level, unseen, ended, merged."""
    rows: list[pl.DataFrame] = []
    for step in steps:
        here = pl.lit(step.interval, dtype=INSTANT).alias("interval_start")
        nobody_else = pl.lit(None, dtype=pl.String).alias("other_id")
        is_new = pl.col("rank_before").is_null()
        is_part = is_new & pl.col("other_id").is_not_null()
        born = step.crowds.filter(is_new).with_columns(
            event=pl.when(is_part).then(pl.lit("split")).otherwise(pl.lit("new"))
        )
        changed = step.crowds.filter(pl.col("rank") != pl.col("rank_before")).with_columns(
            nobody_else, event=pl.lit("level")
        )
        held = step.unseen.with_columns(nobody_else, event=pl.lit("unseen"), rank_before="rank")
        over = step.ended.with_columns(
            event=pl.when(pl.col("end_cause") == "merged").then(pl.lit("merged")).otherwise(pl.lit("ended")),
            rank_before="rank",
            rank=pl.lit(0, dtype=pl.Int32),
            other_id="merged_into",
        )
        wanted = ("gathering_id", "event", "rank_before", "rank", "other_id")
        rows.extend(frame.select(wanted).with_columns(here) for frame in (born, changed, held, over))
    schema = {"gathering_id": pl.String, "event": pl.String, "rank_before": pl.Int32, "rank": pl.Int32}
    empty = pl.DataFrame(schema={**schema, "other_id": pl.String, "interval_start": INSTANT})
    events = pl.concat([empty, *rows], how="diagonal_relaxed")
    named = events.with_columns(level_before=_named("rank_before"), level=_named("rank"))
    return named.select(list(GATHERING_EVENTS.columns))


def _with_words(states: pl.DataFrame, *, home: Home, calendar: Calendar) -> pl.DataFrame:
    """With the area that each lies in, and the reasons."""
    codes, names = _areas(states, home)
    told = states.with_columns(area_code=codes, area_name=names)
    for name in ("people", "excess", "score"):
        told = told.with_columns(_least(name))
    held = pl.when(pl.col("state") != "new").then("level_before")
    planned = pl.when(pl.col("expected") > 0).then("expected")
    return with_reasons(
        told.with_columns(level_before=held, expected=planned), timezone=calendar.timezone, holidays=calendar.holidays
    )


def _least(name: str) -> pl.Expr:
    """The threshold of a gathering's level; for one that is over, the lowest level's, which it no longer passes."""
    of_level = [pl.when(pl.col("level") == level).then(pl.col(f"least_{name}_{level}")) for level in LEVELS]
    return pl.coalesce(*of_level).alias(f"least_{name}")


def _areas(states: pl.DataFrame, home: Home) -> tuple[pl.Series, pl.Series]:
    areas = read_areas(home)
    nothing = pl.Series([None] * states.height, dtype=pl.String)
    if areas is None or states.is_empty():
        return nothing, nothing
    codes = area_at(areas, lat=states["lat"].to_numpy(), lon=states["lon"].to_numpy())
    named = pl.DataFrame({"code": areas["code"].tolist(), "name": areas["name"].tolist()}).unique("code")
    found = pl.DataFrame({"code": pl.Series(codes.tolist(), dtype=pl.String)}).join(
        named, on="code", how="left", maintain_order="left"
    )
    return found["code"], found["name"]
