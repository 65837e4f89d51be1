"""What every footprint method is told."""

from dataclasses import dataclass

DEFAULT_METHOD = "voronoi"
DEFAULT_RESOLUTION = 9
DEFAULT_MAX_RANGE_M = 10_000.0


@dataclass(frozen=True, kw_only=True)
class FootprintOptions:
    """How footprints are made.

    Attributes:
        method: a name in `geo.footprint.METHODS`.
        resolution: H3 resolution of the hexagons.
        max_range_m: no cell reaches farther than this.
    """

    method: str = DEFAULT_METHOD
    resolution: int = DEFAULT_RESOLUTION
    max_range_m: float = DEFAULT_MAX_RANGE_M
