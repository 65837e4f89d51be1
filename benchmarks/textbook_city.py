"""A city as textbooks have it: masts on an uneven grid wherever people are, people in smooth hills, no land use.

It shares no code with the simulator of the product: power law, lognormal shadowing anew for every mast and hexagon,
each phone on its best server. It shows what a model of signals is worth where the masts themselves tell nothing.
"""

from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely
from accuracy_methods import City

from geo.hexagons import hex_centres, hexes_touching
from geo.land import LandMask
from geo.prior import Prior

SIZE_KM, PEOPLE, HILLS, OPERATORS, DEVICES_PER_PERSON = 14, 400_000, 8, 2, 0.3
LAT, LON = -6.2, 106.8
KM_PER_DEGREE = 111.2
EXPONENT, SHADOWING_DB, POWER_ERROR_DB, AZIMUTH_ERROR_DEG = 3.76, 6.0, 2.0, 5.0
INSTANT = datetime(2020, 3, 1, tzinfo=UTC)
SECTORS = (0, 120, 240)
UNKNOWN = ("beamwidth_deg", "height_m", "tilt_deg", "power_dbm", "frequency_mhz", "range_m")

Floats = npt.NDArray[np.float64]


def make_textbook_city(seed: int, *, spacing_km: float) -> City:
    """A city with masts so far apart; its map of people is the truth with a lognormal noise of 0.3."""
    rng = np.random.default_rng(seed)
    half = SIZE_KM / 2 / KM_PER_DEGREE
    land = shapely.box(LON - half, LAT - half, LON + half, LAT + half)
    hexes = np.unique(hexes_touching(np.array([land]), 9)[1])
    lat, lon = hex_centres(hexes)
    x, y = (lon - LON) * KM_PER_DEGREE, (lat - LAT) * KM_PER_DEGREE
    density = _hills(x, y, rng)
    people = rng.multinomial(PEOPLE, density / density.sum())
    plans, counts = {}, []
    for number in range(OPERATORS):
        name = f"operator{number}"
        cells, served = _network(x, y, spacing_km=spacing_km, rng=rng)
        plans[name] = cells.with_columns(cell_id=pl.format(f"001-0{number}-{{}}", "cell_no"), operator=pl.lit(name))
        devices = rng.poisson(DEVICES_PER_PERSON * np.bincount(served, weights=people, minlength=cells.height))
        counts.append(pl.DataFrame({"operator": name, "cell_no": cells["cell_no"], "devices": devices}))
    return City(
        plans=plans,
        counts=pl.concat(counts).with_columns(interval_start=pl.lit(INSTANT)),
        land=LandMask(f"textbook {seed}", lambda: np.array([land])),
        land_use=Prior("noisy truth", hexes, density * rng.lognormal(0, 0.3, len(hexes))),
        world=None,
        hours={"day": INSTANT},
        truth={"day": pl.DataFrame({"hex": hexes, "people": people})},
    )


def _hills(x: Floats, y: Floats, rng: np.random.Generator) -> Floats:
    density = np.full(len(x), 0.05)
    for _ in range(HILLS):
        at_x, at_y = rng.uniform(-SIZE_KM / 2.5, SIZE_KM / 2.5, 2)
        away_km2 = (x - at_x) ** 2 + (y - at_y) ** 2
        density += rng.lognormal(0, 0.6) * np.exp(-away_km2 / 2 / rng.uniform(0.5, 2.5) ** 2)
    return density


def _network(
    x: Floats, y: Floats, *, spacing_km: float, rng: np.random.Generator
) -> tuple[pl.DataFrame, npt.NDArray[np.int64]]:
    """Cells of one operator, and the best server of each hexagon."""
    along = int(SIZE_KM / spacing_km)
    grid = (np.arange(along) - (along - 1) / 2) * spacing_km
    mast_x, mast_y = (axis.ravel() + rng.normal(0, 0.22 * spacing_km, along**2) for axis in np.meshgrid(grid, grid))
    mast = np.repeat(np.arange(along**2), len(SECTORS))
    azimuth = (rng.uniform(0, 120, along**2)[mast] + np.tile(SECTORS, along**2)) % 360
    east, north = x[:, None] - mast_x[mast], y[:, None] - mast_y[mast]
    true_azimuth = azimuth + rng.normal(0, AZIMUTH_ERROR_DEG, len(mast))
    off = (np.degrees(np.arctan2(east, north)) - true_azimuth + 180) % 360 - 180
    loss = 10 * EXPONENT * np.log10(np.maximum(np.hypot(east, north), 0.03)) + np.minimum(12 * (off / 65) ** 2, 25)
    shadowing = rng.normal(0, SHADOWING_DB, (len(x), along**2))[:, mast]
    served = (shadowing - loss + rng.normal(0, POWER_ERROR_DB, len(mast))).argmax(axis=1)
    cells = pl.DataFrame(
        {
            "radio": "LTE",
            "kind": "macro",
            "lat": LAT + mast_y[mast] / KM_PER_DEGREE,
            "lon": LON + mast_x[mast] / KM_PER_DEGREE,
            "azimuth_deg": azimuth,
        }
    )
    unknown = [pl.lit(None, dtype=pl.Float64).alias(name) for name in UNKNOWN]
    return cells.with_columns(*unknown, cell_no=pl.int_range(pl.len(), dtype=pl.UInt32)), served
