"""Gatherings: connected hexagons that break the policy, followed from interval to interval."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from crowd.density import DENSITY
from crowd.policy import LEVELS, Policy
from geo.areas import area_at, read_areas
from geo.distances import unit_vectors
from geo.hexagons import hex_centres, hex_texts, touching_pairs
from lake.engine import fetch_frame, read_sql
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
        "excess": "double",
        "devices": "bigint",
        "started_at": "timestamptz",
    },
    order=("interval_start", "gathering_id", "hex"),
)
# A gathering is followed over a gap of missing hours no longer than this.
MAX_GAP = timedelta(hours=3)
LEVEL_NAMES = ("normal", *LEVELS)

INSTANT = pl.Datetime("us", "UTC")


@dataclass(frozen=True, kw_only=True)
class GatheringsSummary:
    """What a range of time holds."""

    gatherings: int
    started: int
    ended: int


def find_gatherings(
    connection: duckdb.DuckDBPyConnection, *, home: Home, start: datetime, end: datetime, policy: Policy
) -> GatheringsSummary:
    """Find the gatherings of start <= interval_start < end and replace exactly those in the lake.

    Hexagons that touch form one gathering. It keeps its id while it overlaps itself from one interval to the next;
    where gatherings merge or split, the larger overlap keeps the id.

    Args:
        connection: DuckDB with its memory and threads bounded.
        home: whose lake.
        start: first instant.
        end: first instant after it.
        policy: the thresholds.
    """
    broken = _broken_hexagons(connection, home=home, start=start, end=end, policy=policy)
    active = _active_before(connection, home=home, start=start)
    members, ended = _follow(_with_components(broken), _intervals(connection), active)
    states = _describe(members, ended, home=home)
    for name, frame in (("found_gatherings", states), ("found_hexes", members)):
        connection.register(name, frame.to_arrow())
    with staged(home) as staging:
        for name, stage in (("found_gatherings", GATHERINGS), ("found_hexes", GATHERING_HEXES)):
            replace_range(connection, name, home=home, stage=stage, staging=staging, start=start, end=end)
    started = states.filter(pl.col("state") == "new").height
    return GatheringsSummary(
        gatherings=states["gathering_id"].n_unique(),
        started=started,
        ended=states.height - _alive(states).height,
    )


def _alive(states: pl.DataFrame) -> pl.DataFrame:
    return states.filter(pl.col("state") != "ended")


def _broken_hexagons(
    connection: duckdb.DuckDBPyConnection, *, home: Home, start: datetime, end: datetime, policy: Policy
) -> pl.DataFrame:
    create_view(connection, "density_in", home=home, stage=DENSITY, start=start, end=end)
    levels = pl.DataFrame(
        [{"rank": n, **getattr(policy.levels, name).model_dump()} for n, name in enumerate(LEVELS, start=1)]
    )
    connection.register("policy_levels", levels.to_arrow())
    return fetch_frame(connection, read_sql("crowd", "broken_hexagons"))


def _intervals(connection: duckdb.DuckDBPyConnection) -> list[datetime]:
    rows = connection.execute("select distinct interval_start from density_in order by 1").fetchall()
    return [row[0] for row in rows]


def _active_before(connection: duckdb.DuckDBPyConnection, *, home: Home, start: datetime) -> pl.DataFrame:
    """Hexagons of the gatherings that were alive in the last interval with density before `start`."""
    create_view(connection, "density_earlier", home=home, stage=DENSITY, start=start - MAX_GAP, end=start)
    create_view(connection, "hexes_earlier", home=home, stage=GATHERING_HEXES, start=start - MAX_GAP, end=start)
    return fetch_frame(
        connection,
        """select hex, gathering_id, started_at, interval_start from hexes_earlier
        where interval_start = (select max(interval_start) from density_earlier)""",
    )


def _with_components(broken: pl.DataFrame) -> pl.DataFrame:
    """Add `component`: the same number for hexagons of one interval that are connected."""
    if broken.is_empty():
        return broken.with_columns(component=pl.lit(None, dtype=pl.Int32))
    rows = broken.with_row_index("row")
    unique = rows["hex"].unique().to_numpy()
    position, around = touching_pairs(unique)
    touching = pl.DataFrame({"hex": unique[position], "neighbour": around})
    edges = (
        rows.select("row", "interval_start", "hex")
        .join(touching, on="hex")
        .join(
            rows.select("interval_start", neighbour="hex", other="row"),
            on=["interval_start", "neighbour"],
        )
    )
    ones: npt.NDArray[np.int8] = np.ones(edges.height, dtype=np.int8)
    graph = coo_array((ones, (edges["row"].to_numpy(), edges["other"].to_numpy())), shape=(rows.height, rows.height))
    _, labels = connected_components(graph.tocsr(), directed=False)
    return broken.with_columns(component=pl.Series(labels, dtype=pl.Int32))


def _follow(broken: pl.DataFrame, intervals: list[datetime], active: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give every component an id, interval after interval.

    Returns:
        Hexagons with gathering_id and started_at; and the gatherings that ended, with the interval they were gone.
    """
    by_interval = {key[0]: frame for key, frame in broken.partition_by("interval_start", as_dict=True).items()}
    nothing = broken.clear()
    members, ended = [_named(nothing, active.clear())], [_gone(active, active, None)]
    seen_at = None if active.is_empty() else active["interval_start"][0]
    for interval in intervals:
        if seen_at is not None and interval - seen_at > MAX_GAP:
            active = active.clear()
        present = _named(by_interval.get(interval, nothing), active)
        ended.append(_gone(active, present, interval))
        members.append(present)
        active, seen_at = present, interval
    return pl.concat(members, how="diagonal_relaxed"), pl.concat(ended)


def _named(present: pl.DataFrame, active: pl.DataFrame) -> pl.DataFrame:
    """Ids for the components of one interval: the largest overlap keeps the old id, the others get new ones."""
    before = active.select("hex", "gathering_id", pl.col("started_at").cast(INSTANT))
    overlaps = (
        present.select("component", "hex")
        .join(before, on="hex")
        .group_by("component", "gathering_id", "started_at")
        .len()
        .sort(["len", "started_at", "gathering_id", "component"], descending=[True, False, False, False])
    )
    # Either side may be claimed once: first each component takes its best, then each id its best taker.
    kept = overlaps.unique("component", keep="first", maintain_order=True)
    kept = kept.unique("gathering_id", keep="first", maintain_order=True).drop("len")
    first = present.group_by("component").agg(pl.col("hex").min().alias("first"), pl.col("interval_start").first())
    fresh = first.with_columns(
        fresh_id=pl.col("interval_start").dt.strftime("%Y%m%dT%H%MZ-")
        + pl.Series(hex_texts(first["first"].to_numpy()), dtype=pl.String),
    ).select("component", "fresh_id")
    return (
        present.join(kept, on="component", how="left")
        .join(fresh, on="component", how="left")
        .with_columns(
            gathering_id=pl.coalesce("gathering_id", "fresh_id"),
            started_at=pl.coalesce("started_at", "interval_start").cast(INSTANT),
            level=pl.col("rank").replace_strict(dict(enumerate(LEVEL_NAMES)), return_dtype=pl.String),
        )
        .drop("fresh_id")
        .sort("gathering_id", "hex")
    )


def _gone(active: pl.DataFrame, present: pl.DataFrame, interval: datetime | None) -> pl.DataFrame:
    """Gatherings of the last interval that are not there any more."""
    gone = active.join(present, on="gathering_id", how="anti")
    return (
        gone.group_by("gathering_id")
        .agg(pl.col("started_at").first().cast(INSTANT), pl.col("hex").cast(pl.UInt64))
        .with_columns(interval_start=pl.lit(interval, dtype=INSTANT))
    )


def _describe(members: pl.DataFrame, ended: pl.DataFrame, *, home: Home) -> pl.DataFrame:
    """One row per gathering and interval, and one where it has ended."""
    alive = _located(members, weight=pl.col("people")).with_columns(
        state=pl.when(pl.col("started_at") == pl.col("interval_start"))
        .then(pl.lit("new"))
        .otherwise(pl.lit("ongoing")),
        level=pl.col("rank").replace_strict(dict(enumerate(LEVEL_NAMES)), return_dtype=pl.String),
    )
    last = ended.explode("hex").with_columns(
        rank=pl.lit(0),
        people=pl.lit(1.0),
        excess=pl.lit(None, dtype=pl.Float64),
        devices=pl.lit(None, dtype=pl.Int64),
    )
    over = _located(last, weight=pl.lit(1.0)).with_columns(
        state=pl.lit("ended"),
        level=pl.lit("normal"),
        people=pl.lit(None, dtype=pl.Float64),
        hexes=pl.lit(0, dtype=pl.Int32),
    )
    states = pl.concat([alive, over], how="diagonal_relaxed").sort("interval_start", "gathering_id")
    return states.with_columns(area_code=_area_codes(states, home)).select(list(GATHERINGS.columns))


def _located(rows: pl.DataFrame, *, weight: pl.Expr) -> pl.DataFrame:
    """Sums of each gathering and interval, and the middle of its people."""
    lat, lon = hex_centres(rows["hex"].to_numpy())
    vectors = unit_vectors(lat, lon)
    with_vectors = rows.with_columns(
        weight=weight, x=pl.Series(vectors[:, 0]), y=pl.Series(vectors[:, 1]), z=pl.Series(vectors[:, 2])
    )
    sums = with_vectors.group_by("gathering_id", "interval_start", "started_at").agg(
        pl.col("people").sum(),
        pl.when(pl.col("excess").is_not_null().any()).then(pl.col("excess").sum()).alias("excess"),
        pl.col("devices").max(),
        pl.len().cast(pl.Int32).alias("hexes"),
        pl.col("rank").max(),
        *[(pl.col(axis) * pl.col("weight")).sum() for axis in "xyz"],
    )
    return sums.with_columns(
        lat=pl.arctan2("z", (pl.col("x") ** 2 + pl.col("y") ** 2).sqrt()).degrees(),
        lon=pl.arctan2("y", "x").degrees(),
    ).drop("x", "y", "z")


def _area_codes(states: pl.DataFrame, home: Home) -> pl.Series:
    areas = read_areas(home)
    if areas is None or states.is_empty():
        return pl.Series([None] * states.height, dtype=pl.String)
    codes = area_at(areas, lat=states["lat"].to_numpy(), lon=states["lon"].to_numpy())
    return pl.Series(codes.tolist(), dtype=pl.String)
