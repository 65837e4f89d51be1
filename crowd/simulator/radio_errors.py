"""The radio network as it truly stands, where the plan is wrong about it."""

import numpy as np
import polars as pl

from crowd.simulator.city import points_moved
from crowd.simulator.options import Radio
from crowd.simulator.streams import stream


def true_cells(cells: pl.DataFrame, *, radio: Radio, operator: str, seed: int) -> pl.DataFrame:
    """Return an operator's cells with the azimuth, power and position they truly have, in the same order.

    Args:
        cells: as the plan has them, with their `site`; sectors of a site are off the plan's position together.
        radio: by how much the plan is wrong.
        operator: whose cells they are.
        seed: of the simulation.
    """
    azimuth_off_deg = radio.azimuth_error_deg * stream(seed, "azimuths", operator).standard_normal(cells.height)
    power_off_db = radio.power_error_db * stream(seed, "powers", operator).standard_normal(cells.height)
    sites = cells["site"].to_numpy()
    noise = stream(seed, "positions", operator)
    east_m, north_m = radio.position_error_m * noise.standard_normal((2, sites.max() + 1))[:, sites]
    lat, lon = points_moved(cells["lat"].to_numpy(), cells["lon"].to_numpy(), east_m=east_m, north_m=north_m)
    return cells.with_columns(
        azimuth_deg=(pl.col("azimuth_deg") + pl.Series(azimuth_off_deg)) % 360,
        power_dbm=pl.col("power_dbm") + pl.Series(np.asarray(power_off_db)),
        lat=pl.Series(lat),
        lon=pl.Series(lon),
    )
