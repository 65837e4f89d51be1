"""How strongly each cell is received: power, antenna pattern and path loss, over whole columns of pairs.

Path loss rises with the logarithm of distance, so that each cell comes down to one level and one slope:

- macro: Okumura-Hata up to 1500 MHz and COST 231-Hata above, medium-sized city, handset at 1.5 m (COST 231 final
  report, section 4.4); used below its 1 km and above its 2000 MHz, as is customary;
- micro: 3GPP TR 36.814, table B.1.2.1-1, urban micro without line of sight;
- indoor: ITU-R P.1238, office, and 15 dB through the wall.

Power is taken as effective in the main lobe: the antenna's gain, the feeder and the walls around the phone are nearly
the same for the cells that compete.

The antenna is 3GPP TR 36.814, table A.2.1.1-2: parabolic in decibels aside and below, never more than 25 dB down.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from geo.hexagons import Floats, Positions

HANDSET_HEIGHT_M = 1.5
HATA_SPLIT_MHZ = 1500.0
WALL_DB = 15.0
DOWN_LOBE_DEG = 10.0
WEAKEST_DOWN_DB = 20.0
WEAKEST_DB = 25.0
# The mean of ln(distance) from the middle of a disc of radius r is that at 0.607 r.
MEAN_DISTANCE = 0.607
# Signal dominance, Tennekes & Gootzen 2022 (mobloc, multimno): a logistic in dBm.
DOMINANCE_STEEPNESS, DOMINANCE_MIDPOINT_DBM = 0.2, -92.5
BARELY_HEARD_DBM = -115.0
# A mast in the corner of its hexagon is farther from the middle than the radius of a disc of that area.
OWN_REACH = 1.25


@dataclass(frozen=True)
class RadioCells:
    """What the signal of each cell depends on; every array has one value per cell.

    Attributes:
        level_dbm: signal at one metre in the main lobe.
        slope_db: loss per decade of distance.
        azimuth_deg: direction; NaN for all round.
        beamwidth_deg: where the pattern is 3 dB down.
        tilt_deg: of the main lobe below the horizon.
        height_m: of the antenna above the handset.
        range_m: the plan says that the cell is heard as far as this; 0 where it says nothing.
        reach_m: the cell is not heard farther than this.
    """

    level_dbm: Floats
    slope_db: Floats
    azimuth_deg: Floats
    beamwidth_deg: Floats
    tilt_deg: Floats
    height_m: Floats
    range_m: Floats
    reach_m: Floats


def radio_cells(cells: pl.DataFrame, *, max_range_m: float) -> RadioCells:
    """Levels and slopes of cells that `fill_defaults` has completed.

    A plan's `range_m` is a planner's figure and no wall: so far the cell is heard in any case (rural cells reach tens
    of kilometres over open ground, where the formulas of towns end), beyond it as its signal says.
    """
    columns = {name: cells[name].cast(pl.Float64).to_numpy() for name in _NUMBERS}
    kind = cells["kind"].to_numpy()
    height_m, mhz = np.maximum(columns["height_m"], HANDSET_HEIGHT_M + 1), columns["frequency_mhz"]
    hata, cost231 = _hata(mhz, height_m), _cost231(mhz, height_m)
    intercept_db = np.select(
        [kind == "micro", kind == "indoor", mhz <= HATA_SPLIT_MHZ],
        [22.7 + 26.0 * np.log10(mhz / 1000), 20.0 * np.log10(mhz) - 28.0 + WALL_DB, hata],
        cost231,
    )
    macro_slope = 44.9 - 6.55 * np.log10(height_m)
    slope_db = np.select([kind == "micro", kind == "indoor"], [36.7, 30.0], macro_slope)
    # Hata counts in kilometres.
    intercept_db = np.where(np.isin(kind, ("micro", "indoor")), intercept_db, intercept_db - 3 * slope_db)
    return RadioCells(
        level_dbm=columns["power_dbm"] - intercept_db,
        slope_db=slope_db,
        azimuth_deg=columns["azimuth_deg"],
        beamwidth_deg=columns["beamwidth_deg"],
        tilt_deg=columns["tilt_deg"],
        height_m=height_m - HANDSET_HEIGHT_M,
        range_m=np.minimum(np.nan_to_num(columns["range_m"]), max_range_m),
        reach_m=np.full(cells.height, max_range_m),
    )


_NUMBERS = (
    "height_m",
    "frequency_mhz",
    "power_dbm",
    "azimuth_deg",
    "beamwidth_deg",
    "tilt_deg",
    "range_m",
)


def received_dbm(
    cells: RadioCells, which: Positions, *, distance_m: Floats, bearing_deg: Floats, radius_m: Floats
) -> Floats:
    """Signal of cells in hexagons, averaged over the hexagon, without shadowing.

    Args:
        cells: the cells.
        which: the cell of each pair.
        distance_m: from the mast to the middle of the hexagon.
        bearing_deg: from the mast to the middle of the hexagon, clockwise from north.
        radius_m: of the hexagon, taken as a disc.

    Returns:
        dBm per pair; minus infinity beyond the reach of the cell and of the hexagon around it.
    """
    blur = (MEAN_DISTANCE * radius_m) ** 2
    mean_m = np.sqrt(distance_m**2 + blur)
    signal = cells.level_dbm[which] - cells.slope_db[which] * np.log10(mean_m)
    # Around the mast itself a hexagon lies in all directions at once.
    signal -= _pattern_db(cells, which, mean_m, bearing_deg) * (distance_m**2 / (distance_m**2 + blur))
    signal = np.where(distance_m <= cells.range_m[which], np.maximum(signal, BARELY_HEARD_DBM), signal)
    return np.where(distance_m <= np.maximum(cells.reach_m[which], OWN_REACH * radius_m), signal, -np.inf)


def dominance(signal_dbm: Floats, *, midpoint_dbm: float = DOMINANCE_MIDPOINT_DBM) -> Floats:
    """Signal dominance, 0 to 1 (Tennekes & Gootzen 2022)."""
    return np.asarray(1 / (1 + np.exp(-DOMINANCE_STEEPNESS * (signal_dbm - midpoint_dbm))))


def weakest_heard_dbm(least_dominance: float) -> float:
    """The signal that has a given dominance."""
    return float(DOMINANCE_MIDPOINT_DBM + np.log(least_dominance / (1 - least_dominance)) / DOMINANCE_STEEPNESS)


def loudest_reach_m(cells: RadioCells, *, weakest_dbm: float) -> Floats:
    """How far each cell can be heard at all: in its main lobe, down to a signal, within its reach."""
    heard_m = np.maximum(10 ** ((cells.level_dbm - weakest_dbm) / cells.slope_db), cells.range_m)
    return np.asarray(np.minimum(heard_m, cells.reach_m))


def _pattern_db(cells: RadioCells, which: Positions, mean_m: Floats, bearing_deg: Floats) -> Floats:
    """How far the antenna is below its main lobe; nothing for cells that radiate all round."""
    off_deg = (bearing_deg - cells.azimuth_deg[which] + 180) % 360 - 180
    aside_db = np.minimum(12 * (off_deg / cells.beamwidth_deg[which]) ** 2, WEAKEST_DB)
    below_deg = np.degrees(np.arctan2(cells.height_m[which], mean_m)) - cells.tilt_deg[which]
    below_db = np.minimum(12 * (below_deg / DOWN_LOBE_DEG) ** 2, WEAKEST_DOWN_DB)
    return np.asarray(np.nan_to_num(np.minimum(aside_db + below_db, WEAKEST_DB), nan=0.0))


def _handset_db(mhz: Floats) -> Floats:
    """Hata's correction for the handset's height, medium-sized city."""
    return (1.1 * np.log10(mhz) - 0.7) * HANDSET_HEIGHT_M - (1.56 * np.log10(mhz) - 0.8)


def _hata(mhz: Floats, height_m: Floats) -> Floats:
    return np.asarray(69.55 + 26.16 * np.log10(mhz) - 13.82 * np.log10(height_m) - _handset_db(mhz))


def _cost231(mhz: Floats, height_m: Floats) -> Floats:
    return np.asarray(46.3 + 33.9 * np.log10(mhz) - 13.82 * np.log10(height_m) - _handset_db(mhz))
