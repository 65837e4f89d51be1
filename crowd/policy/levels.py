"""The three levels, their thresholds, and the law that a higher level never asks for less."""

from collections.abc import Mapping
from itertools import pairwise

from crowd.policy.fields import Table, Threshold, WholeHours, mistake

LEVELS = ("waspada", "siaga", "awas")
# Thresholds on size and surprise: these are eased while a gathering clears and for places that need more care.
AMOUNTS = ("people", "people_per_km2", "excess", "score")
THRESHOLDS = (*AMOUNTS, "hours")


class Level(Table):
    """Thresholds that a whole crowd passes to reach a level; 0 is always passed.

    Attributes:
        people: estimated people of the crowd.
        people_per_km2: the same per square kilometre of the ground it stands on.
        excess: people above what is usual there and then.
        score: excess in units of its usual spread.
        hours: whole hours in a row that the crowd has been there, this one included; 0 and 1 both mean at once.
    """

    people: Threshold = 0.0
    people_per_km2: Threshold = 0.0
    excess: Threshold = 0.0
    score: Threshold = 0.0
    hours: WholeHours = 0


class Levels(Table):
    """The three levels, lowest first."""

    waspada: Level
    siaga: Level
    awas: Level

    def model_post_init(self, _context: object, /) -> None:
        """Refuse levels that do not rise."""
        low = first_fall(self.by_name())
        if low is not None:
            raise mistake(told_fall(self.by_name(), low), at=low)

    def by_name(self) -> dict[str, Level]:
        """The levels by their names, lowest first."""
        return {"waspada": self.waspada, "siaga": self.siaga, "awas": self.awas}


def first_fall(levels: Mapping[str, Level]) -> tuple[str, str] | None:
    """The first level and threshold that asks for more than the level above it does; None where all rise."""
    for low, high in pairwise(LEVELS):
        for name in THRESHOLDS:
            if getattr(levels[low], name) > getattr(levels[high], name):
                return low, name
    return None


def told_fall(levels: Mapping[str, Level], fall: tuple[str, str]) -> str:
    """What is wrong at a fall, in words."""
    low, name = fall
    high = LEVELS[LEVELS.index(low) + 1]
    asked, above = getattr(levels[low], name), getattr(levels[high], name)
    return (
        f"{name} of {low} is higher than that of {high} ({asked:g} over {above:g}): a higher level never asks for less"
    )
