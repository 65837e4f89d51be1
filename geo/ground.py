"""The ground under a footprint: hexagons with their place, size and how likely people are in them."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from geo.grid import Grid
from geo.hexagons import Floats, Hexes, Positions, hex_areas_km2, hex_centres
from geo.land import LandMask
from geo.outlines import map_outlines
from geo.prior import Prior

BLOCK = 50_000
# A hexagon with less land than this is sea: nobody is drawn on the water for the sake of a strip of shore.
LEAST_LAND = 0.02


@dataclass(frozen=True)
class Ground:
    """Hexagons, ascending, as columns of equal length.

    Attributes:
        hexes: the hexagons.
        lat: latitude of their middle in degrees.
        lon: longitude.
        radius_m: of the disc of the same area.
        area_km2: true area.
        prior: how likely people are in each, on any scale; 0 at sea.
    """

    hexes: Hexes
    lat: Floats
    lon: Floats
    radius_m: Floats
    area_km2: Floats
    prior: Floats

    def positions_of(self, hexes: Hexes) -> Positions:
        """Where each hexagon stands in the columns; all must be there."""
        return np.searchsorted(self.hexes, hexes)


def survey_ground(grid: Grid, *, land: LandMask | None, prior: Prior | None, known: pl.DataFrame | None) -> Ground:
    """Place, size and prior of every hexagon of a grid.

    Args:
        grid: which hexagons.
        land: where people can be; everywhere where None.
        prior: what is known of where people are; even over land where None.
        known: hex, area_km2, prior of hexagons surveyed earlier with the same land and prior.
    """
    hexes = grid.hexes
    lat, lon = hex_centres(hexes)
    area_km2 = hex_areas_km2(hexes)
    mass = np.full(len(hexes), np.nan)
    if known is not None:
        old = known.sort("hex")
        position = np.minimum(np.searchsorted(old["hex"].to_numpy(), hexes), max(old.height - 1, 0))
        is_known = old["hex"].to_numpy()[position] == hexes
        mass[is_known] = old["prior"].to_numpy()[position[is_known]]
    is_new = np.isnan(mass)
    fresh, fresh_km2 = hexes[is_new], area_km2[is_new]
    share = land_shares(fresh, land) if land is not None else np.ones(len(fresh))
    land_km2 = fresh_km2 * np.where(share >= LEAST_LAND, share, 0.0)
    mass[is_new] = land_km2 if prior is None else prior.mass_at(fresh, area_km2=fresh_km2, land_km2=land_km2)
    return Ground(hexes, lat, lon, 1000 * np.sqrt(area_km2 / np.pi), area_km2, mass)


def land_shares(hexes: Hexes, land: LandMask) -> Floats:
    """The share of each hexagon that is land, in blocks so that outlines never fill the memory."""
    parts = [land.shares(map_outlines(hexes[n : n + BLOCK])) for n in range(0, len(hexes), BLOCK)]
    return np.concatenate(parts) if parts else np.empty(0)
