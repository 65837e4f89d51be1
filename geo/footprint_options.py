"""What every footprint method is told."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

DEFAULT_METHOD = "radio"
DEFAULT_RESOLUTION = 9
# Ground with few masts is drawn this many steps coarser at most.
COARSER_STEPS = 2
MAX_RANGE_M = {"radio": 35_000.0, "dominance": 35_000.0, "voronoi": 10_000.0, "point": 0.0}


@dataclass(frozen=True, kw_only=True)
class RadioModel:
    """What a radio footprint assumes of phones and ground.

    Attributes:
        sharpness_db: of two good signals, one that is weaker by this gets 1/e of the share. Dominance alone takes all
            good signals for equally good; found on synthetic cities (docs/method/accuracy.md).
        attached_dbm: best signal at which half of the phones are attached at all.
        least_dominance: a signal whose dominance is smaller is not heard (Tennekes & Gootzen 2022: 0.01).
        least_share: a sector that serves less than this part of what the best does is left out of a hexagon; so is a
            carrier beside the best of its sector.
        least_weight: hexagons that hold a smaller share of a cell's devices are left out.
        macro_places: how many of the nearest macro masts a hexagon listens to.
        small_places: how many of the nearest micro and indoor sites.
    """

    sharpness_db: float = 16.0
    attached_dbm: float = -112.0
    least_dominance: float = 0.01
    least_share: float = 0.1
    least_weight: float = 0.005
    macro_places: int = 16
    small_places: int = 8


@dataclass(frozen=True, kw_only=True)
class FootprintOptions:
    """How footprints are made.

    Attributes:
        method: a name in `geo.footprint.METHODS`.
        resolution: H3 resolution of the hexagons where cells are dense.
        coarsest_resolution: H3 resolution where there are hardly any; None for two steps coarser. Only radio
            footprints mix resolutions.
        max_range_m: no cell reaches farther than this; None for what is usual for the method.
        radio: what a radio footprint assumes.
    """

    method: str = DEFAULT_METHOD
    resolution: int = DEFAULT_RESOLUTION
    coarsest_resolution: int | None = None
    max_range_m: float | None = None
    radio: RadioModel = field(default_factory=RadioModel)

    def settled(self) -> "FootprintOptions":
        """The same with everything said that is left to the method."""
        return replace(
            self,
            coarsest_resolution=self.coarsest,
            max_range_m=self.range_m,
        )

    @property
    def coarsest(self) -> int:
        """H3 resolution of the largest hexagons."""
        if self.coarsest_resolution is None:
            return max(self.resolution - COARSER_STEPS, 0)
        return self.coarsest_resolution

    @property
    def range_m(self) -> float:
        """No cell reaches farther than this."""
        return (
            MAX_RANGE_M.get(self.method, MAX_RANGE_M[DEFAULT_METHOD]) if self.max_range_m is None else self.max_range_m
        )

    def choices(self) -> dict[str, Any]:
        """What a user chose, as `options_from` reads it; the radio model is the program's."""
        return {name: value for name, value in asdict(self).items() if name != "radio"}

    def as_dict(self) -> dict[str, Any]:
        """Plain values of all that a footprint depends on."""
        return asdict(self)


def options_from(values: Mapping[str, Any]) -> FootprintOptions:
    """Options from what `choices` gave, now or in an earlier version."""
    known = {field.name for field in fields(FootprintOptions)} - {"radio"}
    return FootprintOptions(**{name: value for name, value in values.items() if name in known})
