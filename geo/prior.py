"""The prior: how likely people are to be in a hexagon before any count is seen."""

from dataclasses import dataclass
from hashlib import sha256
from itertools import product

import numpy as np
import numpy.typing as npt
import polars as pl

from geo.hexagons import Floats, Hexes, Positions, hex_areas_km2, parents_of, resolutions_of
from lake.home import Home
from lake.staging import Staging, staged

STAGE = "prior"
FILE = f"{STAGE}/part.parquet"
# A map of residents or buildings is never the whole truth: this part of what a neighbourhood holds is spread evenly
# over its land, so that a square without residents can still fill.
EVEN_SHARE = 0.1
NEIGHBOURHOOD_STEPS = 3
# Ground that a prior does not speak of is taken for as thin as this quantile of what it does.
THIN = 0.05


@dataclass(frozen=True)
class Prior:
    """What is known of where people are.

    Attributes:
        fingerprint: changes when the prior does.
        hexes: hexagons of any resolutions, ascending, none inside another.
        mass: people, or anything proportional to them, in each.
    """

    fingerprint: str
    hexes: Hexes
    mass: Floats

    def mass_at(self, hexes: Hexes, *, area_km2: Floats, land_km2: Floats) -> Floats:
        """The prior of other hexagons, coarser or finer; what lies outside it gets its thinnest known density.

        Args:
            hexes: of any resolutions.
            area_km2: their areas.
            land_km2: their land; a hexagon without any gets nothing.
        """
        known, covered_km2 = self._summed(hexes, area_km2)
        density = known / np.maximum(covered_km2, np.finfo(float).tiny)
        is_known = covered_km2 > 0
        around = _neighbourhood_density(hexes[is_known], known[is_known], land_km2[is_known])
        peopled = density[is_known & (known > 0)]
        thinnest = np.quantile(peopled, THIN) if len(peopled) else 1.0
        mass = thinnest * land_km2
        # What the prior does not speak of within a hexagon is like the rest of it, except at sea.
        ground_km2 = np.minimum(np.maximum(covered_km2, land_km2), area_km2)[is_known]
        spread = np.maximum(around, thinnest) * land_km2[is_known]
        mass[is_known] = (1 - EVEN_SHARE) * density[is_known] * ground_km2 + EVEN_SHARE * spread
        return mass * (land_km2 > 0)

    def _summed(self, hexes: Hexes, area_km2: Floats) -> tuple[Floats, Floats]:
        """Mass of the prior in each hexagon, and the area that it speaks of."""
        mass, covered_km2 = np.zeros(len(hexes)), np.zeros(len(hexes))
        own = resolutions_of(self.hexes)
        own_km2 = hex_areas_km2(self.hexes)
        wanted = resolutions_of(hexes)
        for coarse, fine in product(np.unique(wanted), np.unique(own)):
            at, of = np.flatnonzero(wanted == coarse), np.flatnonzero(own == fine)
            if fine >= coarse:
                position, is_there = _find(hexes[at], parents_of(self.hexes[of], int(coarse)))
                into, whence, share = at[position[is_there]], of[is_there], np.ones(int(is_there.sum()))
            else:
                position, is_there = _find(self.hexes[of], parents_of(hexes[at], int(fine)))
                into, whence = at[is_there], of[position[is_there]]
                share = area_km2[into] / own_km2[whence]
            mass += np.bincount(into, weights=share * self.mass[whence], minlength=len(mass))
            covered_km2 += np.bincount(into, weights=share * own_km2[whence], minlength=len(mass))
        return mass, covered_km2


def _find(ordered: Hexes, wanted: Hexes) -> tuple[Positions, npt.NDArray[np.bool_]]:
    order = np.argsort(ordered, kind="stable")
    position = order[np.minimum(np.searchsorted(ordered, wanted, sorter=order), len(ordered) - 1)]
    return position, ordered[position] == wanted


def _neighbourhood_density(hexes: Hexes, mass: Floats, land_km2: Floats) -> Floats:
    """People per km2 of land in the wide hexagon around each hexagon."""
    wide = np.zeros(len(hexes), dtype=np.uint64)
    resolutions = resolutions_of(hexes)
    coarsest = _neighbourhood_resolution(resolutions)
    for resolution in np.unique(resolutions):
        is_of = resolutions == resolution
        wide[is_of] = parents_of(hexes[is_of], coarsest)
    _, group = np.unique(wide, return_inverse=True)
    people, land = np.bincount(group, weights=mass), np.bincount(group, weights=land_km2)
    return np.divide(people, land, out=np.zeros(len(people)), where=land > 0)[group]


def _neighbourhood_resolution(resolutions: npt.NDArray[np.uint8]) -> int:
    """So many steps coarser than the finest hexagons, and never finer than the coarsest."""
    if len(resolutions) == 0:
        return 0
    return max(min(int(resolutions.max()) - NEIGHBOURHOOD_STEPS, int(resolutions.min())), 0)


def read_prior(home: Home) -> Prior | None:
    """The prior in the lake; None where there is none."""
    path = home.lake / FILE
    if not path.exists():
        return None
    table = pl.read_parquet(path).sort("hex")
    columns = table["hex"].to_numpy(), table["mass"].to_numpy()
    fingerprint = sha256(columns[0].tobytes() + columns[1].tobytes()).hexdigest()[:16]
    return Prior(fingerprint, *columns)


def forget_prior(home: Home) -> bool:
    """Go back to an even prior; tells whether there was another."""
    is_there = (home.lake / FILE).exists()
    with staged(home) as staging:
        staging.remove(FILE)
    return is_there


def store_prior(staging: Staging, table: pl.DataFrame) -> None:
    """Replace the prior in the lake.

    Args:
        staging: what is being written.
        table: hex (uint64) and mass.
    """
    table.select(pl.col("hex").cast(pl.UInt64), pl.col("mass").cast(pl.Float64)).sort("hex").write_parquet(
        staging.path(FILE)
    )
