"""Who serves a hexagon: the share of its phones that each cell of one operator has, P(cell | hexagon).

The cells of one direction of a mast are carriers of one sector: the strongest of them competes for the sector, and they
share what it wins. Sectors compete by signal dominance (Tennekes & Gootzen 2022), which takes all good signals for
equally good; sharpened a little, so that of two good ones the better wins more.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import polars as pl

from geo.distances import bearing_deg, distance_m, unit_vectors
from geo.footprint_options import FootprintOptions, RadioModel
from geo.ground import Ground
from geo.hexagons import Floats, Hexes, Positions
from geo.masts import Flags, Masts, sort_masts
from geo.radio import RadioCells, dominance, radio_cells, received_dbm, weakest_heard_dbm

# Hexagons looked at together: their pairs with cells fill some hundred megabytes.
CHUNK = 20_000
# A hexagon at sea counts for this much of its ground where a cell has nothing else.
AT_SEA = 1e-9


Strength = Callable[[Floats, Floats, RadioModel], Floats]


@dataclass(frozen=True)
class RadioPlan:
    """One operator's cells, ready to be heard.

    Attributes:
        cells: as `fill_defaults` completed them, with cell_no.
        radio: their signal.
        sectors: number of the sector of each cell.
        masts: where they stand.
        own_hexes: the hexagon under each cell's mast.
        model: what is assumed.
        strength: how a signal competes, from the signal and the best signal of the hexagon.
    """

    cells: pl.DataFrame
    radio: RadioCells
    sectors: Positions
    masts: tuple[Masts, ...]
    own_hexes: Hexes
    model: RadioModel
    strength: Strength


def sharpened_strength(signal_dbm: Floats, best_dbm: Floats, model: RadioModel) -> Floats:
    """Signal dominance, less what the signal lacks to the best of the hexagon."""
    return np.asarray(dominance(signal_dbm) * np.exp((signal_dbm - best_dbm) / model.sharpness_db))


def dominance_strength(signal_dbm: Floats, best_dbm: Floats, model: RadioModel) -> Floats:  # noqa: ARG001 - both kinds of strength are called alike
    """Signal dominance."""
    return dominance(signal_dbm)


STRENGTHS: dict[str, Strength] = {"radio": sharpened_strength, "dominance": dominance_strength}


def prepare_plan(cells: pl.DataFrame, own_hexes: Hexes, *, options: FootprintOptions) -> RadioPlan:
    """Everything about an operator's cells that does not depend on the hexagon.

    Args:
        cells: as `fill_defaults` completed them, with cell_no counting from 0.
        own_hexes: the hexagon under each cell's mast.
        options: method, range and model.
    """
    direction = cells.select(pl.struct("lat", "lon", pl.col("azimuth_deg").fill_null(-1.0), "kind").rank("dense"))
    sectors = direction.to_series().to_numpy().astype(np.int64)
    return RadioPlan(
        cells=cells,
        radio=radio_cells(cells, max_range_m=options.range_m),
        sectors=sectors,
        masts=sort_masts(cells, sectors, model=options.radio, max_range_m=options.range_m),
        own_hexes=own_hexes,
        model=options.radio,
        strength=STRENGTHS[options.method],
    )


def shares_at(plan: RadioPlan, ground: Ground, where: Positions, *, threads: int) -> pl.DataFrame:
    """Shares of cells in hexagons, times the prior.

    Args:
        plan: the cells.
        ground: the hexagons.
        where: positions in `ground` of the hexagons to look at.
        threads: chunks of hexagons computed at once.

    Returns:
        cell_no, hex, share (of the hexagon's phones; those of a hexagon sum to one), joint (share times prior, and
        times the dominance of the best signal there).
    """
    chunks = [where[n : n + CHUNK] for n in range(0, len(where), CHUNK)]
    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(lambda chunk: _shares_of_chunk(plan, ground, chunk), chunks))
    empty = pl.DataFrame(schema={"cell_no": pl.UInt32, "hex": pl.UInt64, "share": pl.Float64, "joint": pl.Float64})
    return pl.concat([empty, *parts])


def _shares_of_chunk(plan: RadioPlan, ground: Ground, where: Positions) -> pl.DataFrame:
    hexagon, cell, signal = _signals(plan, ground, where)
    is_own = ground.hexes[where[hexagon]] == plan.own_hexes[cell]
    # Its own ground hears a cell however weak it is: every cell has a place.
    is_heard = (signal >= weakest_heard_dbm(plan.model.least_dominance)) | (is_own & np.isfinite(signal))
    hexagon, cell, signal, is_own = (column[is_heard] for column in (hexagon, cell, signal, is_own))
    best_dbm = _spread(np.maximum, signal, hexagon)
    strength = plan.strength(signal, best_dbm, plan.model)
    share, counts = _compete(hexagon, plan.sectors[cell], strength, least=plan.model.least_share)
    is_kept = counts | is_own
    hexagon, cell, share, is_own, best_dbm = (column[is_kept] for column in (hexagon, cell, share, is_own, best_dbm))
    share = share / _spread(np.add, share, hexagon)
    place = where[hexagon]
    mass = np.where(is_own, np.maximum(ground.prior[place], AT_SEA * ground.area_km2[place]), ground.prior[place])
    frame = pl.DataFrame(
        {
            "cell_no": plan.cells["cell_no"].to_numpy()[cell],
            "hex": ground.hexes[place],
            "share": share,
            # Where even the best signal is weak, few phones are attached at all.
            "joint": share * mass * dominance(best_dbm, midpoint_dbm=plan.model.attached_dbm),
        }
    )
    return frame.filter(pl.col("joint") > 0)


def _signals(plan: RadioPlan, ground: Ground, where: Positions) -> tuple[Positions, Positions, Floats]:
    """Hexagon (its position in `where`), cell and signal of all that may be heard, ordered by hexagon and sector."""
    lat, lon, radius_m = ground.lat[where], ground.lon[where], ground.radius_m[where]
    points = unit_vectors(lat, lon)
    found = []
    for masts in plan.masts:
        chord, nearest = masts.around(points)
        point = np.nonzero(np.isfinite(chord))[0]
        place = nearest[np.isfinite(chord)]
        there = {"to_lat": lat[point], "to_lon": lon[point]}
        away_m = distance_m(masts.lat[place], masts.lon[place], **there)
        bearing = bearing_deg(masts.lat[place], masts.lon[place], **there)
        link, cell = masts.cells_of(place)
        hexagon = point[link]
        signal = received_dbm(
            plan.radio, cell, distance_m=away_m[link], bearing_deg=bearing[link], radius_m=radius_m[hexagon]
        )
        found.append((hexagon, cell, signal))
    hexagon, cell, signal = (np.concatenate(columns) for columns in zip(*found, strict=True))
    order = np.argsort(hexagon, kind="stable")
    return hexagon[order], cell[order], signal[order]


def _compete(hexagon: Positions, sector: Positions, strength: Floats, *, least: float) -> tuple[Floats, Flags]:
    """Share of each cell: that of its sector among sectors, parted among the sector's carriers.

    Returns:
        The share, and whether it counts: the sector beside the best of the hexagon, the carrier beside the sector's.
    """
    if len(hexagon) == 0:
        return np.empty(0), np.empty(0, dtype=bool)
    is_first = _is_first(hexagon) | _is_first(sector)
    carriers = np.cumsum(is_first) - 1
    strongest = np.maximum.reduceat(strength, np.flatnonzero(is_first))
    of_hexagon = _spread(np.add, strongest, hexagon[is_first])
    of_sector = strongest[carriers]
    counts = (of_sector >= least * _spread(np.maximum, of_sector, hexagon)) & (strength >= least * of_sector)
    won = (strongest / of_hexagon)[carriers]
    return won * strength / _spread(np.add, strength, carriers), counts


def _is_first(groups: Positions) -> Flags:
    """Whether each is the first of its group, where groups stand together."""
    return np.concatenate(([True], groups[1:] != groups[:-1])) if len(groups) else np.empty(0, dtype=bool)


def _spread(reduce: np.ufunc, values: Floats, groups: Positions) -> Floats:
    """The reduced value of each group, given back to its members; groups stand together."""
    if len(values) == 0:
        return values
    is_first = _is_first(groups)
    return np.asarray(reduce.reduceat(values, np.flatnonzero(is_first))[np.cumsum(is_first) - 1])
