"""Gatherings: crowds that the policy gives a level, followed from interval to interval, with their reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb
import polars as pl

from crowd.crowds import find_crowds
from crowd.density import DENSITY
from crowd.gathering_rows import events_of, members_of, states_of, with_words
from crowd.gathering_stages import GATHERING_EVENTS, GATHERING_HEXES, GATHERINGS
from crowd.holidays import Calendar
from crowd.lives import INSTANT, LIFE, MEMBER, Alive, Step, follow, level_names, nobody
from crowd.policy import Policy
from lake.engine import fetch_frame
from lake.home import Home
from lake.stages import create_view, hour_of_path, replace_range
from lake.staging import staged

__all__ = ["GATHERINGS", "GATHERING_EVENTS", "GATHERING_HEXES", "GatheringsSummary", "find_gatherings"]

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
    before = _alive_before(connection, home=home, start=since)
    steps = [step for step in follow(crowds, before, policy=policy) if step.interval >= start]
    states, members = states_of(steps, crowds), members_of(steps, crowds)
    states = with_words(states, home=home, calendar=calendar)
    written = (
        (GATHERINGS, states.select(list(GATHERINGS.columns))),
        (GATHERING_HEXES, members),
        (GATHERING_EVENTS, events_of(steps)),
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


def _alive_before(connection: duckdb.DuckDBPyConnection, *, home: Home, start: datetime) -> Alive:
    """What was followed after the last interval with density before `start`."""
    earlier = [hour for path in DENSITY.paths(home) if (hour := hour_of_path(path)) < start]
    if not earlier:
        return nobody()
    # however long ago: what was followed then is told to be over in the first interval after the gap
    since = earlier[-1]
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
