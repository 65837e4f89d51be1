"""What a map of land use or population would tell of the people per hexagon: a little blurred, noisy and with gaps."""

from io import BytesIO

import numpy as np
import polars as pl

from crowd.simulator.city import Floats
from crowd.simulator.movers import neighbour_shares
from crowd.simulator.streams import stream
from crowd.simulator.world import World

# Maps of built-up land resolve far less than a hexagon; what strays is what stands on its border.
STAYING = 0.85  # of a hexagon's people that are mapped in it; the others are spread over its neighbours
NOISE = 0.3  # standard deviation of the logarithm
OVERLOOKED = 0.25  # chance that the map shows nobody in a hexagon with hardly anyone; in a usual one it is far less


def land_use(world: World) -> pl.DataFrame:
    """Return a rough map of residents and workplaces together: `hex` (uint64, ascending) and `people` (double).

    Residents count once and people of places at their busiest usual hour once, so it adds up to more than the town's
    people; only the proportions matter.
    """
    scenario, settlement = world.scenario, world.settlement
    in_places = np.array([place.people for place in scenario.places], dtype=np.float64)
    mixed = scenario.town.people * settlement.homes + in_places @ settlement.places
    noise = stream(world.seed, "land use")
    rough = _blurred(mixed, world=world) * noise.lognormal(0, NOISE, size=mixed.size)
    overlooked = noise.random(mixed.size) < OVERLOOKED * np.exp(-rough / (0.25 * rough.mean()))
    return pl.DataFrame({"hex": world.city.hexes, "people": np.where(overlooked, 0.0, rough)})


def land_use_parquet(world: World) -> bytes:
    """Return `land_use` as Parquet."""
    buffer = BytesIO()
    land_use(world).write_parquet(buffer, compression="zstd")
    return buffer.getvalue()


def _blurred(people: Floats, *, world: World) -> Floats:
    return STAYING * people + (1 - STAYING) * (people @ neighbour_shares(world.city.hexes))
