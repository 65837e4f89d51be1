"""Lives of gatherings: crowds followed from interval to interval, raised and cleared by different thresholds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from crowd.coverage import LEAST_COVERAGE
from crowd.crowds import Crowds
from crowd.policy import LEVELS, Policy
from geo.hexagons import hex_texts, neighbour_pairs

INSTANT = pl.Datetime("us", "UTC")
# What is told of a gathering that is not seen: as it was seen last.
FIGURES: dict[str, pl.DataType | type[pl.DataType]] = {
    "lat": pl.Float64,
    "lon": pl.Float64,
    "people": pl.Float64,
    "people_low": pl.Float64,
    "people_high": pl.Float64,
    "usual": pl.Float64,
    "excess": pl.Float64,
    "score": pl.Float64,
    "hexes": pl.Int32,
    "devices": pl.Int64,
    "baseline_from": pl.String,
}
MEMBER = {"gathering_id": pl.String, "hex": pl.UInt64}
LIFE: dict[str, pl.DataType | type[pl.DataType]] = {
    "gathering_id": pl.String,
    "started_at": INSTANT,
    "seen_at": INSTANT,
    "rank": pl.Int32,
    "peak_people": pl.Float64,
    "peak_at": INSTANT,
    **FIGURES,
}
# A gathering whose hexagons are for the greater part uncovered is not known to be gone.
MOST_UNCOVERED = 0.5


@dataclass(frozen=True)
class Alive:
    """What is followed after an interval; rank 0 for crowds that have not been there long enough for any level.

    Attributes:
        lives: the columns of `LIFE`.
        members: the columns of `MEMBER`.
    """

    lives: pl.DataFrame
    members: pl.DataFrame


@dataclass(frozen=True)
class Step:
    """What one interval brings.

    Attributes:
        interval: its start.
        crowds: gatherings seen: crowd, the columns of `LIFE`, rank_before (null when new), other_id (of which it was a
            part).
        unseen: gatherings held because their ground is not covered: the columns of `LIFE`.
        ended: gatherings over: the columns of `LIFE`, end_cause, merged_into.
        alive: what is followed from here on.
    """

    interval: datetime
    crowds: pl.DataFrame
    unseen: pl.DataFrame
    ended: pl.DataFrame
    alive: Alive


def nobody() -> Alive:
    """Nothing to follow."""
    return Alive(pl.DataFrame(schema=LIFE), pl.DataFrame(schema=MEMBER))


def follow(crowds: Crowds, alive: Alive, *, policy: Policy) -> Iterator[Step]:
    """Follow gatherings through the intervals of `crowds`.

    Args:
        crowds: of all intervals.
        alive: what was followed after the interval before the first.
        policy: how long gaps may be.
    """
    judged = crowds.judged.partition_by("interval_start", as_dict=True)
    uncovered = crowds.uncovered.partition_by("interval_start", as_dict=True)
    nothing, no_ground = crowds.judged.clear(), crowds.uncovered.clear()
    for interval in crowds.intervals:
        here = judged.get((interval,), nothing)
        if here.is_empty() and alive.lives.is_empty():
            continue
        members = crowds.members.filter(pl.col("crowd").is_in(here["crowd"].implode()))
        alive, lost = _within_gap(alive, interval, timedelta(hours=policy.life.gap_hours))
        dark = uncovered.get((interval,), no_ground)["hex"]
        step = _one(interval, here, members, alive, lost=lost, dark=dark)
        alive = step.alive
        yield step


def _within_gap(alive: Alive, interval: datetime, gap: timedelta) -> tuple[Alive, pl.DataFrame]:
    """What is still followed, and what was last seen too long ago."""
    is_lost = pl.lit(interval) - pl.col("seen_at") > gap
    lost = alive.lives.filter(is_lost, pl.col("rank") > 0)
    kept = alive.lives.filter(~is_lost)
    return Alive(kept, alive.members.join(kept, on="gathering_id", how="semi")), lost


def _one(
    interval: datetime,
    judged: pl.DataFrame,
    members: pl.DataFrame,
    alive: Alive,
    *,
    lost: pl.DataFrame,
    dark: pl.Series,
) -> Step:
    links, overlaps = _links(members, alive)
    lives = alive.lives.select(pl.exclude(list(FIGURES))).rename({"rank": "held"})
    known = judged.join(links, on="crowd", how="left").join(lives, on="gathering_id", how="left")
    seen = _ranked(known.join(_brought(links, overlaps, alive), on="crowd", how="left"), interval)
    unlinked = alive.lives.join(seen, on="gathering_id", how="anti")
    share = (
        alive.members.with_columns(is_dark=pl.col("hex").is_in(dark.implode()))
        .group_by("gathering_id")
        .agg(pl.col("is_dark").mean())
    )
    fate = unlinked.join(share, on="gathering_id", how="left")
    unseen = (
        fate.filter(pl.col("is_dark") > MOST_UNCOVERED).drop("is_dark").with_columns(seen_at=pl.lit(interval, INSTANT))
    )
    gone = fate.filter(~(pl.col("is_dark") > MOST_UNCOVERED), pl.col("rank") > 0).drop("is_dark")
    ended = pl.concat(
        [
            _with_cause(gone, overlaps, seen),
            lost.with_columns(end_cause=pl.lit("unseen"), merged_into=pl.lit(None, dtype=pl.String)),
        ]
    )
    still = unseen.select(list(LIFE))
    following = Alive(
        pl.concat([seen.select(list(LIFE)), still]),
        pl.concat(
            [
                members.join(seen.select("crowd", "gathering_id"), on="crowd").select(list(MEMBER)),
                alive.members.join(still, on="gathering_id", how="semi"),
            ]
        ),
    )
    parts = overlaps.join(seen.select("crowd", own_id="gathering_id"), on="crowd").filter(
        pl.col("gathering_id") != pl.col("own_id")
    )
    origin = parts.unique("crowd", keep="first", maintain_order=True).select("crowd", other_id="gathering_id")
    told = seen.filter(pl.col("rank") > 0).join(origin, on="crowd", how="left")
    return Step(interval, told, unseen.filter(pl.col("rank") > 0), ended, following)


def _links(members: pl.DataFrame, alive: Alive) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Which crowd goes on as which gathering: the largest overlap, hexagons that touch counting as well.

    Returns:
        crowd, gathering_id, each at most once; and all overlaps, largest first.
    """
    position, around = neighbour_pairs(alive.members["hex"].to_numpy())
    reach = pl.concat(
        [
            alive.members.with_columns(near=pl.lit(2)),
            alive.members[position].with_columns(hex=pl.Series(around, dtype=pl.UInt64), near=pl.lit(1)),
        ]
    )
    overlaps = (
        members.join(reach, on="hex")
        .group_by("crowd", "gathering_id")
        .agg(pl.col("near").sum())
        .join(alive.lives.select("gathering_id", "started_at", held="rank"), on="gathering_id")
        .sort(["near", "held", "started_at", "gathering_id", "crowd"], descending=[True, True, False, False, False])
    )
    # Either side may be claimed once: first each crowd takes its best, then each gathering its best taker.
    best = overlaps.unique("crowd", keep="first", maintain_order=True)
    links = best.unique("gathering_id", keep="first", maintain_order=True)
    return links.select("crowd", "gathering_id"), overlaps.select("crowd", "gathering_id")


def _brought(links: pl.DataFrame, overlaps: pl.DataFrame, alive: Alive) -> pl.DataFrame:
    """The highest rank among the gatherings that merge into each crowd: crowd, brought."""
    merging = overlaps.join(links, on="gathering_id", how="anti")
    ranks = alive.lives.select("gathering_id", brought="rank")
    taken = merging.unique("gathering_id", keep="first", maintain_order=True).join(ranks, on="gathering_id")
    return taken.group_by("crowd").agg(pl.col("brought").max())


def _ranked(known: pl.DataFrame, interval: datetime) -> pl.DataFrame:
    """Crowds that are gatherings now, or may become some, with the rank they have from now on."""
    now = pl.lit(interval, dtype=INSTANT)
    is_old = pl.col("gathering_id").is_not_null()
    before = pl.col("held").fill_null(0)
    is_covered = (pl.col("coverage") >= LEAST_COVERAGE).fill_null(value=True)
    started = pl.coalesce("started_at", now)
    hours = ((now - started).dt.total_minutes() / 60).ceil().cast(pl.Int32) + 1
    by_hours = pl.sum_horizontal([(hours >= pl.col(f"least_hours_{level}")).cast(pl.Int32) for level in LEVELS])
    raised = pl.when(pl.col("is_sure")).then(pl.min_horizontal("size_rank", by_hours)).otherwise(0)
    held = pl.max_horizontal(before, "brought")
    kept = pl.when(pl.col("is_kept_sure")).then(pl.min_horizontal("kept_rank", held)).otherwise(0)
    level = pl.when(is_covered).then(pl.max_horizontal(raised, kept)).otherwise(before)
    may_become = pl.col("is_sure") & (pl.col("size_rank") > 0) & is_covered
    fresh = now.dt.strftime("%Y%m%dT%H%MZ-") + pl.Series(hex_texts(known["first_hex"].to_numpy()), dtype=pl.String)
    ranked = known.with_columns(
        gathering_id=pl.coalesce("gathering_id", fresh),
        started_at=started,
        hours=hours,
        rank_before=pl.when(before > 0).then(before),
        new_rank=level.cast(pl.Int32),
        seen_at=now,
    ).filter((pl.col("new_rank") > 0) | may_become | (is_old & ~is_covered))
    is_higher = (pl.col("people") > pl.col("peak_people")).fill_null(value=True)
    return ranked.with_columns(
        rank="new_rank",
        peak_at=pl.when(is_higher).then(now).otherwise("peak_at"),
        peak_people=pl.max_horizontal("people", "peak_people"),
    ).drop("new_rank", "held", "brought")


def _with_cause(gone: pl.DataFrame, overlaps: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """Why gatherings are over: another one has taken their ground, or nobody is there any more."""
    heirs = (
        overlaps.join(seen.filter(pl.col("rank") > 0).select("crowd", merged_into="gathering_id"), on="crowd")
        .filter(pl.col("gathering_id") != pl.col("merged_into"))
        .unique("gathering_id", keep="first", maintain_order=True)
        .select("gathering_id", "merged_into")
    )
    named = gone.join(heirs, on="gathering_id", how="left")
    cause = pl.when(pl.col("merged_into").is_not_null()).then(pl.lit("merged")).otherwise(pl.lit("gone"))
    return named.with_columns(end_cause=cause).select(*LIFE, "end_cause", "merged_into")


def level_names() -> tuple[str, ...]:
    """Names of the ranks."""
    return ("normal", *LEVELS)
