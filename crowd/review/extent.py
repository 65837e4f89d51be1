"""Where the density of an hour lies, and how fine it is."""

from dataclasses import dataclass
from datetime import datetime

from crowd.review.levels import FINEST, levels_of
from crowd.review.memory import Memory
from crowd.review.retrying import read_again
from crowd.review.shown import UNREADABLE
from geo.footprint import chosen_footprints
from geo.hexagons import hex_centres
from lake.home import Home

# Room around the outermost middles of hexagons.
MARGIN_DEG = 0.05


@dataclass(frozen=True, kw_only=True)
class Extent:
    """Of the hexagons that may be shown.

    Attributes:
        box: west, south, east, north in degrees; None where there is nothing.
        finest_resolution: of the hexagons.
    """

    box: tuple[float, float, float, float] | None = None
    finest_resolution: int = 9


def extent_of(memory: Memory, home: Home, *, at: datetime, k: int) -> Extent:
    """The ground of an hour, by what may be shown of it.

    Args:
        memory: of the process.
        home: whose lake.
        at: the hour.
        k: fewest devices that a hexagon may rest on.
    """
    chosen = chosen_footprints(home).resolution
    try:
        levels = read_again(lambda: levels_of(memory, home, at=at, k=k))
    except UNREADABLE:
        levels = None
    if levels is None or not levels.resolutions:
        return Extent(finest_resolution=chosen)
    lat, lon = hex_centres(levels.levels[FINEST].hexes)
    west, south, east, north = lon.min(), lat.min(), lon.max(), lat.max()
    return Extent(
        box=(
            max(float(west) - MARGIN_DEG, -180.0),
            max(float(south) - MARGIN_DEG, -90.0),
            min(float(east) + MARGIN_DEG, 180.0),
            min(float(north) + MARGIN_DEG, 90.0),
        ),
        finest_resolution=max(levels.resolutions),
    )
