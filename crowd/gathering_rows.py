"""Rows of gatherings: states, hexagons and events of each interval, with the reasons in words."""

from collections.abc import Sequence

import polars as pl

from crowd.crowds import Crowds
from crowd.gathering_stages import GATHERING_EVENTS, GATHERING_HEXES
from crowd.holidays import Calendar
from crowd.lives import INSTANT, LIFE, MEMBER, Step, level_names
from crowd.policy import LEVELS
from crowd.reasons import with_reasons
from geo.areas import area_at, read_areas
from lake.home import Home


def states_of(steps: Sequence[Step], crowds: Crowds) -> pl.DataFrame:
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


def members_of(steps: Sequence[Step], crowds: Crowds) -> pl.DataFrame:
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


def events_of(steps: Sequence[Step]) -> pl.DataFrame:
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


def with_words(states: pl.DataFrame, *, home: Home, calendar: Calendar) -> pl.DataFrame:
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
