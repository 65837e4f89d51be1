"""Density of one interval summed over areas, with the counts it rests on."""

from dataclasses import dataclass

import numpy as np
import polars as pl
import scipy.sparse as sp

from crowd.mobility.area_cells import AreaCells
from crowd.mobility.area_counts import AreaCounts
from crowd.mobility.area_ground import AreaGround
from crowd.mobility.area_ranges import Bounds, area_bounds
from crowd.review.roll_up import HARDLY_ANYBODY, LEAST_COVERAGE, LEAST_KNOWN
from geo.hexagons import Floats

COLUMNS = ("people", "people_low", "people_high", "baseline", "coverage")


@dataclass(frozen=True, eq=False)
class HexNumbers:
    """Density of one interval on the hexagons of a ground, shape (hexes,) each.

    Attributes:
        is_there: 1 where density has a row, else 0; where it has none all others are 0.
        numbers: by `COLUMNS`; NaN where density does not know.
        missing: devices that hexagons without a row usually have and whose cells were silent.
    """

    is_there: Floats
    numbers: dict[str, Floats]
    missing: Floats


def hex_numbers(ground: AreaGround, density: pl.DataFrame, coverage: pl.DataFrame) -> HexNumbers:
    """Rows of density in whatever order, brought to the hexagons of a ground that has them all.

    Args:
        ground: the hexagons.
        density: hex and `COLUMNS`, of one interval.
        coverage: hex, coverage and usual_devices of hexagons that miss some, of the same interval.
    """
    at, size = ground.places(density["hex"].to_numpy()), len(ground.hexes)
    numbers = {name: _spread(density[name].fill_null(np.nan).to_numpy(), at, size) for name in COLUMNS}
    is_there = _spread(np.ones(len(at)), at, size)
    unseen = ground.places(coverage["hex"].to_numpy())
    devices = ((1 - coverage["coverage"]) * coverage["usual_devices"]).to_numpy()
    missing = _spread(np.where(is_there[unseen] > 0, 0, devices), unseen, size)
    return HexNumbers(is_there, numbers, missing)


def _spread(values: Floats, at: np.ndarray, size: int) -> Floats:
    spread = np.zeros(size)
    spread[at] = values
    return spread


def sum_areas(
    ground: AreaGround, cells: AreaCells, hexes: HexNumbers, counts: AreaCounts, *, settled: sp.csr_array
) -> pl.DataFrame:
    """Numbers of each area that any hexagon with density lies in: those of `crowd.mobility.area_hours.MOBILITY`.

    Args:
        ground: hexagons and areas.
        cells: of the footprint that holds.
        hexes: density.
        counts: that it rests on.
        settled: what `crowd.mobility.area_settlements.settled_cells` gives for the cells.
    """
    told = Bounds(people=hexes.numbers["people"], low=hexes.numbers["people_low"], high=hexes.numbers["people_high"])
    bounds = area_bounds(
        told, shares=ground.shares, cells=cells, settled=settled, devices=counts.devices, hidden=counts.hidden
    )
    frame = ground.areas.with_columns(
        people=bounds.people,
        people_low=np.minimum(bounds.low, bounds.people),
        people_high=np.maximum(bounds.high, bounds.people),
        devices=cells.within @ counts.devices,
        usual_people=_usual(ground, hexes, people=bounds.people),
        coverage=_coverage(ground, hexes, counts),
        cells=cells.home @ counts.is_told,
        silent_cells=cells.home @ counts.is_silent,
        hexes=ground.touches @ hexes.is_there,
    )
    return frame.filter(pl.col("hexes") > 0).with_columns(pl.col(pl.Float64).fill_nan(None))


def _usual(ground: AreaGround, hexes: HexNumbers, *, people: Floats) -> Floats:
    """What is usual; who is on hexagons of which nothing is known passes for usual, as long as they are the fewer."""
    present, baseline = hexes.numbers["people"], hexes.numbers["baseline"]
    is_known = np.isfinite(baseline) & (hexes.is_there > 0)
    columns = (np.where(is_known, baseline, present), np.where(is_known, present, 0), is_known)
    usual, known, known_hexes = (ground.shares @ np.column_stack(columns)).T
    return np.where((known_hexes > 0) & (known >= LEAST_KNOWN * people), usual, np.nan)


def _coverage(ground: AreaGround, hexes: HexNumbers, counts: AreaCounts) -> Floats:
    """The share of the usual people whose cells did report; who is there where nothing is known to be usual.

    A hexagon with people w and coverage c has w / c people when all cells report. One whose cells are all silent has no
    density; its usual devices stand for as many people as a device does on average.
    """
    people, baseline, coverage = (hexes.numbers[name] for name in ("people", "baseline", "coverage"))
    is_told = np.isfinite(coverage) & (hexes.is_there > 0)
    weight = np.maximum(np.where(np.isfinite(baseline), baseline, people), 0) + HARDLY_ANYBODY
    reported = np.where(is_told, weight, 0)
    devices = counts.devices.sum()
    unseen = hexes.missing * (people.sum() / devices if devices > 0 else 1.0)
    usual = reported / np.maximum(np.where(is_told, coverage, 1), LEAST_COVERAGE) + unseen
    present, whole, known = (ground.shares @ np.column_stack((reported, usual, is_told))).T
    share: Floats = np.divide(present, whole, out=np.full(len(whole), np.nan), where=known > 0)
    return share
