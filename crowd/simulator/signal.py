"""How strongly each cell is received at points: power, antenna pattern and path loss."""

import numpy as np
import polars as pl

from crowd.simulator.city import Floats, east_north_m

HANDSET_HEIGHT_M = 1.5
NEAREST_M = 10.0

# 3GPP TR 36.814, table A.2.1.1-2: the pattern of a sector antenna, in dB under its main lobe.
DOWN_LOBE_DEG = 10.0
WEAKEST_DOWN_DB = 20.0
WEAKEST_DB = 25.0

# 3GPP TR 38.901, table 7.4.1-1, without line of sight (UMa, UMi street canyon, InH office):
# decibels at 1 m and 1 GHz, per decade of metres, per decade of gigahertz.
PATH_LOSS_DB = {"macro": (13.54, 39.08, 20.0), "micro": (22.4, 35.3, 21.3), "indoor": (17.3, 38.3, 24.9)}


def received_dbm(lat: Floats, lon: Floats, *, cells: pl.DataFrame) -> Floats:
    """Return the signal of every cell at every point, shape (points, cells), in dBm and without shadowing.

    The antenna's gain and the loss into buildings are taken to be equal: only the antenna's pattern counts.

    Args:
        lat: latitude of the points, in degrees.
        lon: longitude of the points, in degrees.
        cells: a cell plan, as `cells_on_sites` returns it.
    """
    east_m, north_m = east_north_m(
        lat[:, None], lon[:, None], from_lat=_column(cells, "lat"), from_lon=_column(cells, "lon")
    )
    ground_m = np.maximum(NEAREST_M, np.hypot(east_m, north_m))
    down_m = _column(cells, "height_m") - HANDSET_HEIGHT_M
    bearing_deg = np.degrees(np.arctan2(east_m, north_m))
    down_deg = np.degrees(np.arctan2(down_m, ground_m))
    pattern_db = _pattern_db(bearing_deg, down_deg=down_deg, cells=cells)
    return _column(cells, "power_dbm") + pattern_db - _path_loss_db(np.hypot(ground_m, down_m), cells=cells)


def _column(cells: pl.DataFrame, name: str) -> Floats:
    return cells[name].cast(pl.Float64).to_numpy()


def _pattern_db(bearing_deg: Floats, *, down_deg: Floats, cells: pl.DataFrame) -> Floats:
    """Return the antenna's gain against its main lobe; a cell without azimuth has none."""
    off_deg = (bearing_deg - _column(cells, "azimuth_deg") + 180) % 360 - 180
    aside_db = 12 * (off_deg / _column(cells, "beamwidth_deg")) ** 2
    below_db = 12 * ((down_deg - _column(cells, "tilt_deg")) / DOWN_LOBE_DEG) ** 2
    weaker_db = np.minimum(np.minimum(aside_db, WEAKEST_DB) + np.minimum(below_db, WEAKEST_DOWN_DB), WEAKEST_DB)
    pattern_db: Floats = -np.nan_to_num(weaker_db, nan=0.0)
    return pattern_db


def _path_loss_db(away_m: Floats, *, cells: pl.DataFrame) -> Floats:
    per_cell = np.array([PATH_LOSS_DB[kind] for kind in cells["kind"]])
    at_one, per_decade_m, per_decade_ghz = per_cell.T
    decades_ghz = np.log10(_column(cells, "frequency_mhz") / 1000)
    loss_db: Floats = at_one + per_decade_m * np.log10(away_m) + per_decade_ghz * decades_ghz
    return loss_db
