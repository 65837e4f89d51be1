"""Crowds: hotspots whose hexagons touch, as the policy judges them, interval by interval."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.stats import norm

from crowd.coverage import COVERAGE, LEAST_COVERAGE
from crowd.density import DENSITY
from crowd.hotspots import HOTSPOTS
from crowd.policy import Policy, judge_crowds
from geo.hexagons import hex_centres, touching_pairs
from lake.engine import fetch_frame, read_sql
from lake.home import Home
from lake.stages import create_view

# Ranges hold nine times out of ten, as those of density do.
DEVIATIONS = 1.645
# Besides counting noise the size of a crowd is known to about this share of itself (docs/method/detection.md).
SIZE_SD = 0.2


@dataclass(frozen=True)
class Crowds:
    """Crowds of a range of time.

    Attributes:
        judged: one row per crowd: crowd, interval_start, figures, and what the policy says of it.
        members: crowd, hex, people, usual, excess, devices.
        intervals: all intervals with density, ascending.
        uncovered: interval_start, hex of hexagons that miss too much of their usual devices.
    """

    judged: pl.DataFrame
    members: pl.DataFrame
    intervals: list[datetime]
    uncovered: pl.DataFrame


def find_crowds(
    connection: duckdb.DuckDBPyConnection,
    *,
    home: Home,
    start: datetime,
    end: datetime,
    policy: Policy,
    timezone: str,
    holidays: Collection[date],
) -> Crowds:
    """Find and judge the crowds of start <= interval_start < end.

    Args:
        connection: DuckDB with its memory and threads bounded.
        home: whose lake.
        start: first instant.
        end: first instant after it.
        policy: the thresholds.
        timezone: local time of the policy.
        holidays: public holidays, for the policy's rules.
    """
    for view, stage in (("hotspots_in", HOTSPOTS), ("density_in", DENSITY), ("coverage_in", COVERAGE)):
        create_view(connection, view, home=home, stage=stage, start=start, end=end)
    rows = _hexagons(connection, policy)
    labelled = rows.with_columns(crowd=pl.Series(_components(rows)))
    judged = judge_crowds(_totals(labelled, policy), policy=policy, home=home, timezone=timezone, holidays=holidays)
    intervals = connection.execute("select distinct interval_start from density_in order by 1").fetchall()
    dark = f"select interval_start, hex from coverage_in where coverage < {LEAST_COVERAGE}"
    return Crowds(
        judged=judged,
        members=_members(labelled),
        intervals=[interval for (interval,) in intervals],
        uncovered=fetch_frame(connection, dark),
    )


def _members(rows: pl.DataFrame) -> pl.DataFrame:
    """Hexagons of crowds; one that several hotspots share has the excess of all of them."""
    members = rows.group_by("crowd", "hex", maintain_order=True).agg(
        pl.col("usual").first(),
        pl.when(pl.col("excess").is_not_null().any()).then(pl.col("excess").sum()).alias("excess"),
        pl.col("people").first(),
        pl.col("devices").first(),
    )
    together = pl.col("usual") + pl.col("excess").fill_null(0)
    return members.select("crowd", "hex", pl.coalesce(together, "people").alias("people"), "usual", "excess", "devices")


def _hexagons(connection: duckdb.DuckDBPyConnection, policy: Policy) -> pl.DataFrame:
    """Hexagons of hotspots that are sure enough; where nothing is usual, dense ones if the policy goes by density."""
    least = policy.detection.least_score * policy.life.clear
    found = fetch_frame(connection, read_sql("crowd", "crowd_hexagons"), {"least_score": least})
    if policy.detection.without_usual == "quiet":
        return found
    lowest = policy.levels.waspada
    dense = fetch_frame(
        connection,
        read_sql("crowd", "dense_hexagons"),
        {"people": lowest.people * policy.life.clear, "people_per_km2": lowest.people_per_km2 * policy.life.clear},
    )
    lat, lon = hex_centres(dense["hex"].to_numpy())
    alone = -1 - pl.int_range(pl.len(), dtype=pl.Int32)
    placed = dense.with_columns(lat=pl.Series(lat), lon=pl.Series(lon), hotspot=alone)
    return pl.concat([found, placed], how="diagonal_relaxed")


def _components(rows: pl.DataFrame) -> npt.NDArray[np.int32]:
    """The same number for hexagons of one interval that are the same or touch."""
    if rows.is_empty():
        return np.empty(0, dtype=np.int32)
    numbered = rows.select("interval_start", "hex").with_row_index("row")
    unique = numbered["hex"].unique().to_numpy()
    position, around = touching_pairs(unique)
    touching = pl.DataFrame({"hex": np.append(unique[position], unique), "other": np.append(around, unique)})
    others = numbered.select("interval_start", other="hex", other_row="row")
    edges = numbered.join(touching, on="hex").join(others, on=["interval_start", "other"])
    # hexagons of one hotspot belong together even where the sea parts them
    spots = rows.select("interval_start", "hotspot").with_row_index("row").drop_nulls("hotspot")
    first = spots.with_columns(other_row=pl.col("row").min().over("interval_start", "hotspot"))
    pairs = pl.concat([edges.select("row", "other_row"), first.select("row", "other_row")])
    ones: npt.NDArray[np.int8] = np.ones(pairs.height, dtype=np.int8)
    ends = (pairs["row"].to_numpy(), pairs["other_row"].to_numpy())
    graph = coo_array((ones, ends), shape=(rows.height, rows.height))
    return np.asarray(connected_components(graph.tocsr(), directed=False)[1])


def _totals(rows: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """One row per crowd."""
    # sums of the same numbers in another order differ in their last bits: the order is that of the rows
    of_hexagon = rows.group_by("crowd", "interval_start", "hex", maintain_order=True).agg(
        pl.col("usual").first(),
        pl.col("people").first(),
        pl.col("excess").sum(),
        pl.col("people_per_km2").max(),
        pl.col("coverage").first(),
        pl.col("devices").first(),
    )
    of_spot = rows.group_by("crowd", "hotspot", maintain_order=True).agg(
        pl.col("score", "excess_sd", "lat", "lon", "tested", "baseline_from").first(),
        pl.coalesce("excess", "people").sum().alias("weight"),
    )
    weight = pl.col("weight")
    spots = of_spot.group_by("crowd", maintain_order=True).agg(
        pl.col("score").max(),
        (pl.col("excess_sd") ** 2).sum().sqrt(),
        pl.col("tested").max(),
        pl.col("baseline_from").first(),
        ((pl.col("lat") * weight).sum() / weight.sum()).round(6).alias("lat"),
        ((pl.col("lon") * weight).sum() / weight.sum()).round(6).alias("lon"),
    )
    is_known = pl.col("usual").is_not_null().any()
    totals = of_hexagon.group_by("crowd", "interval_start", maintain_order=True).agg(
        pl.when(is_known).then(pl.col("usual").sum()).alias("usual"),
        pl.when(is_known).then(pl.col("excess").sum()).alias("excess"),
        pl.when(is_known)
        .then((pl.col("usual") + pl.col("excess")).sum())
        .otherwise(pl.col("people").sum())
        .alias("people"),
        pl.col("people_per_km2").max(),
        pl.col("coverage").mean(),
        # people of a hexagon that may not be told are in the sums
        pl.col("devices").min(),
        pl.len().cast(pl.Int32).alias("hexes"),
        pl.col("hex").min().alias("first_hex"),
    )
    return _surely(totals.join(spots, on="crowd").sort("interval_start", "crowd"), policy)


def _surely(crowds: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """With their range, and whether chance could not have made them, on a map of so many hexagons."""
    tested = crowds["tested"].cast(pl.Float64).fill_null(1.0).to_numpy()
    by_chance = norm.isf(np.minimum(policy.detection.most_by_chance / np.maximum(tested, 1.0), 0.5))
    least = np.maximum(by_chance, policy.detection.least_score)
    wide = DEVIATIONS * ((pl.col("excess_sd") ** 2 + (SIZE_SD * pl.col("excess")) ** 2).sqrt())
    return crowds.with_columns(
        hours=pl.lit(1),
        people_low=pl.max_horizontal(pl.col("people") - wide, pl.col("usual")),
        people_high=pl.col("people") + wide,
        is_sure=(pl.col("score") >= pl.Series(least)).fill_null(value=True),
        is_kept_sure=(pl.col("score") >= pl.Series(least * policy.life.clear)).fill_null(value=True),
    )
