"""Radio footprints of all operators: built whole, or mended where a plan has changed."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from geo.footprint_options import FootprintOptions
from geo.grid import Grid, lay_grid
from geo.ground import Ground, survey_ground
from geo.hexagons import Hexes, Positions
from geo.land import LandMask
from geo.prior import Prior
from geo.radio import loudest_reach_m, radio_cells, weakest_heard_dbm
from geo.radio_defaults import fill_defaults
from geo.radio_shares import RadioPlan, prepare_plan, shares_at

# A cell spread over very many hexagons keeps those that hold at least this much of what its best hexagon holds.
LEAST_OF_BEST = 0.05
# What makes one cell of a plan another one when it changes.
SIGNATURE = (
    "cell_id",
    "lat",
    "lon",
    "azimuth_deg",
    "beamwidth_deg",
    "height_m",
    "tilt_deg",
    "power_dbm",
    "frequency_mhz",
    "range_m",
    "kind",
)


@dataclass(frozen=True)
class EarlierFootprint:
    """A stored radio footprint made with the same options, land and prior.

    Attributes:
        hexes: hex, area_km2, prior of its whole ground.
        cells: of one operator: cell_no, own_hex and the columns of a plan.
        weights: of that operator: cell_no, hex, weight.
    """

    hexes: pl.DataFrame
    cells: pl.DataFrame
    weights: pl.DataFrame


@dataclass(frozen=True)
class RadioGround:
    """What the operators share: the completed plans, the grid and the ground.

    Attributes:
        cells: completed cells by operator.
        filled: how many cells of each operator lacked each column.
        grid: the hexagons.
        ground: the same with place, size and prior.
    """

    cells: Mapping[str, pl.DataFrame]
    filled: Mapping[str, Mapping[str, int]]
    grid: Grid
    ground: Ground


def prepare_ground(
    plans: Mapping[str, pl.DataFrame],
    *,
    options: FootprintOptions,
    land: LandMask | None,
    prior: Prior | None,
    known: pl.DataFrame | None,
) -> RadioGround:
    """Complete the plans and survey the ground that any of their cells can reach.

    Args:
        plans: cells by operator.
        options: resolutions, range and model.
        land: where people can be.
        prior: what is known of where people are.
        known: hex, area_km2, prior of ground surveyed before with the same land and prior.
    """
    completed = {operator: fill_defaults(cells) for operator, cells in plans.items()}
    cells = {operator: frame for operator, (frame, _) in completed.items()}
    weakest_dbm = weakest_heard_dbm(options.radio.least_dominance)
    reaches = [
        frame.select("lat", "lon").with_columns(
            reach_m=loudest_reach_m(radio_cells(frame, max_range_m=options.range_m), weakest_dbm=weakest_dbm)
        )
        for frame in cells.values()
    ]
    places = pl.concat(reaches).group_by("lat", "lon").agg(pl.col("reach_m").max()).sort("lat", "lon")
    lat, lon, reach_m = (places[name].to_numpy() for name in ("lat", "lon", "reach_m"))
    grid = lay_grid(lat, lon, reach_m=reach_m, options=options)
    ground = survey_ground(grid, land=land, prior=prior, known=known)
    return RadioGround(cells, {operator: missing for operator, (_, missing) in completed.items()}, grid, ground)


def place_cells(
    shared: RadioGround, operator: str, *, options: FootprintOptions, earlier: EarlierFootprint | None, threads: int
) -> tuple[pl.DataFrame, Hexes]:
    """Weights P(hexagon | cell) of one operator.

    Args:
        shared: plans and ground.
        operator: whose cells.
        options: method and model.
        earlier: what is reused wherever the plan is still the same.
        threads: chunks of hexagons computed at once.

    Returns:
        cell_no, hex, weight (those of a cell sum to one); and the hexagon under each cell's mast.
    """
    cells, ground = shared.cells[operator], shared.ground
    own_hexes = shared.grid.hexes_under(cells["lat"].to_numpy(), cells["lon"].to_numpy())
    plan = prepare_plan(cells, own_hexes, options=options)
    if earlier is None or earlier.cells.is_empty():
        return _weights(shares_at(plan, ground, np.arange(len(ground.hexes)), threads=threads), options), own_hexes
    before = prepare_plan(earlier.cells, earlier.cells["own_hex"].to_numpy(), options=options)
    touched = _touched_cells(plan, before, ground, earlier, threads=threads)
    where = _hearing(plan, ground, _places_with(plan, touched))
    fresh = shares_at(plan, ground, where, threads=threads).filter(pl.col("cell_no").is_in(touched.implode()))
    kept_ids = cells.filter(~pl.col("cell_no").is_in(touched.implode())).select("cell_id", "cell_no")
    numbers = earlier.cells.select("cell_id", old_no="cell_no").join(kept_ids, on="cell_id")
    kept = earlier.weights.rename({"cell_no": "old_no"}).join(numbers, on="old_no").select("cell_no", "hex", "weight")
    return pl.concat([_weights(fresh, options), kept]), own_hexes


def _weights(shares: pl.DataFrame, options: FootprintOptions) -> pl.DataFrame:
    """Share and prior of each cell, brought to a sum of one; what hardly counts is left out."""
    weight = pl.col("joint") / pl.col("joint").sum().over("cell_no")
    least = pl.min_horizontal(
        pl.lit(options.radio.least_weight), LEAST_OF_BEST * pl.col("weight").max().over("cell_no")
    )
    return (
        shares.with_columns(weight=weight)
        .filter(pl.col("weight") >= least)
        .select("cell_no", "hex", weight=pl.col("weight") / pl.col("weight").sum().over("cell_no"))
    )


def _touched_cells(
    plan: RadioPlan, before: RadioPlan, ground: Ground, earlier: EarlierFootprint, *, threads: int
) -> pl.Series:
    """Cells whose footprint may differ from the earlier one: changed cells, and all heard where these are or were."""
    same = plan.cells.select("cell_no", *SIGNATURE).join(
        before.cells.select(pl.col("cell_no").alias("old_no"), *SIGNATURE), on=SIGNATURE, nulls_equal=True
    )
    new_places = _places_with(plan, _missing(plan.cells["cell_no"], same["cell_no"]))
    old_places = _places_with(before, _missing(before.cells["cell_no"], same["old_no"]))
    is_changed = ~np.isin(ground.hexes, earlier.hexes["hex"].to_numpy())
    is_changed[_hearing(plan, ground, new_places)] = True
    is_changed[_hearing(before, ground, old_places)] = True
    where = np.flatnonzero(is_changed)
    now = shares_at(plan, ground, where, threads=threads)["cell_no"]
    then = shares_at(before, ground, where, threads=threads)["cell_no"]
    gone = earlier.weights.filter(~pl.col("hex").is_in(pl.Series(ground.hexes).implode()))["cell_no"]
    by_old = same.filter(pl.col("old_no").is_in(pl.concat([then, gone]).unique().implode()))["cell_no"]
    changed = _missing(plan.cells["cell_no"], same["cell_no"])
    return pl.concat([now, by_old, changed]).unique()


def _missing(numbers: pl.Series, present: pl.Series) -> pl.Series:
    return numbers.filter(~numbers.is_in(present.implode()))


def _places_with(plan: RadioPlan, numbers: pl.Series) -> tuple[Positions, ...]:
    """The places of each sort of masts that have any of the cells."""
    is_wanted = plan.cells["cell_no"].is_in(numbers.implode()).to_numpy()
    found = []
    for masts in plan.masts:
        place = np.repeat(np.arange(masts.tree.n), np.diff(masts.first))
        found.append(np.unique(place[is_wanted[masts.cells]]))
    return tuple(found)


def _hearing(plan: RadioPlan, ground: Ground, places: tuple[Positions, ...]) -> Positions:
    """Positions of the hexagons that listen to any of the places."""
    is_hearing = np.zeros(len(ground.hexes), dtype=bool)
    for masts, wanted in zip(plan.masts, places, strict=True):
        near = masts.near(wanted, ground.lat, ground.lon)
        is_hearing[near[masts.hear(ground.lat[near], ground.lon[near], wanted)]] = True
    return np.flatnonzero(is_hearing)
