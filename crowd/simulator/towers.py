"""Homes around the towers of a given plan: where operators have built much, many people live."""

import numpy as np
import polars as pl
from scipy.spatial import KDTree

from crowd.simulator.city import City, Floats, on_plane

BLOCK_DEGREES = 0.004  # cells in one block of about 450 m count together
NEIGHBOURS = 6
NARROWEST_M = 400.0
OUTSKIRTS = 3.0  # half of a block's people live in a bell this many times wider
WIDEST_M = 4000.0
WIDTH_LEVELS = 9
REACH = 3.0  # widths of a bell that are worked out
SCATTERED = 0.02  # of the mean density, where no tower is near


def density_around_towers(city: City, *, plan: pl.DataFrame) -> Floats:
    """Return the density of homes per hexagon, in no unit, shape (hexagons,).

    Every block of about 450 m with cells of any operator has a bell of people around it, as many as the root of its
    number of cells: operators build more for those who pass by and work there than for those who live there. The
    bell's width is half the distance to the sixth nearest such block, so that the bells of a dense network are narrow
    and high; half of the people live in a wider one around it, as plans gathered by driving know the main roads alone.
    """
    blocks = plan.group_by((pl.col("lat", "lon") / BLOCK_DEGREES).round()).len().sort("lat", "lon")
    lat, lon = (BLOCK_DEGREES * blocks[name].to_numpy() for name in ("lat", "lon"))
    towers = on_plane(city, lat=lat, lon=lon)
    width_m = _widths_m(towers)
    near = _bells(city, towers=towers, width_m=width_m, people=np.sqrt(blocks["len"].to_numpy()))
    around = _bells(city, towers=towers, width_m=OUTSKIRTS * width_m, people=np.sqrt(blocks["len"].to_numpy()))
    density = near + around
    return density + SCATTERED * float(density.mean())


def _widths_m(towers: Floats) -> Floats:
    farthest = min(NEIGHBOURS + 1, len(towers))
    away_m: Floats = np.asarray(KDTree(towers).query(towers, k=[farthest])[0])[:, 0]
    return away_m / 2


def _bells(city: City, *, towers: Floats, width_m: Floats, people: Floats) -> Floats:
    """Return the sum of bells per hexagon; their widths are rounded to a few levels, worked out one by one."""
    hexagons = KDTree(on_plane(city, lat=city.lat, lon=city.lon))
    levels_m: Floats = np.geomspace(NARROWEST_M, WIDEST_M, WIDTH_LEVELS)
    level = np.digitize(width_m, np.sqrt(levels_m[1:] * levels_m[:-1]))
    density = np.zeros(city.hexes.size)
    for number in np.unique(level):
        level_m = levels_m[number]
        pairs = KDTree(towers[level == number]).sparse_distance_matrix(hexagons, REACH * level_m, output_type="ndarray")
        bells = people[level == number][pairs["i"]] * np.exp(-0.5 * (pairs["v"] / level_m) ** 2) / level_m**2
        density += np.bincount(pairs["j"], weights=bells, minlength=density.size)
    return density
