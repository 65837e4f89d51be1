"""How strongly each cell is received at points: power, antenna pattern and path loss."""

from dataclasses import dataclass, fields

import numpy as np
import polars as pl
from numpy.typing import NDArray

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


@dataclass(frozen=True)
class Antennas:
    """What the signal of cells depends on, one value per cell; azimuth and beamwidth are nan where they radiate round.

    The path loss is `loss_db` at 1 m and `loss_per_decade_db` more for every tenfold distance.
    """

    lat: Floats
    lon: Floats
    azimuth_deg: Floats
    beamwidth_deg: Floats
    height_m: Floats
    tilt_deg: Floats
    power_dbm: Floats
    loss_db: Floats
    loss_per_decade_db: Floats

    def chosen(self, cells: NDArray[np.int64]) -> "Antennas":
        """Return the antennas of the cells at given positions, in their shape."""
        return Antennas(**{field.name: getattr(self, field.name)[cells] for field in fields(self)})


def antennas_of(cells: pl.DataFrame) -> Antennas:
    """Return the antennas of a cell plan's cells, in its order."""
    at_one, per_decade_m, per_decade_ghz = np.array([PATH_LOSS_DB[kind] for kind in cells["kind"]]).T
    names = ["lat", "lon", "azimuth_deg", "beamwidth_deg", "height_m", "tilt_deg", "power_dbm"]
    return Antennas(
        **{name: cells[name].cast(pl.Float64).to_numpy() for name in names},
        loss_db=at_one + per_decade_ghz * np.log10(cells["frequency_mhz"].cast(pl.Float64).to_numpy() / 1000),
        loss_per_decade_db=per_decade_m,
    )


def received_dbm(lat: Floats, lon: Floats, *, antennas: Antennas) -> Floats:
    """Return the signal of antennas at points, in dBm and without shadowing.

    The antenna's gain and the loss into buildings are taken to be equal: only the antenna's pattern counts. Points and
    antennas are broadcast against each other: (points, 1) and (cells,) give (points, cells).

    Args:
        lat: latitude of the points, in degrees.
        lon: longitude of the points, in degrees.
        antennas: of the cells.
    """
    east_m, north_m = east_north_m(lat, lon, from_lat=antennas.lat, from_lon=antennas.lon)
    ground_m = np.maximum(NEAREST_M, np.hypot(east_m, north_m))
    down_m = antennas.height_m - HANDSET_HEIGHT_M
    bearing_deg = np.degrees(np.arctan2(east_m, north_m))
    down_deg = np.degrees(np.arctan2(down_m, ground_m))
    pattern_db = _pattern_db(bearing_deg, down_deg=down_deg, antennas=antennas)
    loss_db = antennas.loss_db + antennas.loss_per_decade_db * np.log10(np.hypot(ground_m, down_m))
    return antennas.power_dbm + pattern_db - loss_db


def _pattern_db(bearing_deg: Floats, *, down_deg: Floats, antennas: Antennas) -> Floats:
    """Return the antenna's gain against its main lobe; a cell without azimuth has none."""
    off_deg = (bearing_deg - antennas.azimuth_deg + 180) % 360 - 180
    aside_db = 12 * (off_deg / antennas.beamwidth_deg) ** 2
    below_db = 12 * ((down_deg - antennas.tilt_deg) / DOWN_LOBE_DEG) ** 2
    weaker_db = np.minimum(np.minimum(aside_db, WEAKEST_DB) + np.minimum(below_db, WEAKEST_DOWN_DB), WEAKEST_DB)
    pattern_db: Floats = -np.nan_to_num(weaker_db, nan=0.0)
    return pattern_db
