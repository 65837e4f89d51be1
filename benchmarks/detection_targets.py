"""Target cells beside the truth: who of a gathering is reached, and who else.

Choices of cells are frames: gathering (position), hour (position), cell (position in the plan).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl
from detection_city import DetectionCity
from detection_usual import gains_of

NEAR_M = 1000.0
WANTED_REACH = 0.85

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]
ROUNDING = 1e-9
CHOICE = {"gathering": pl.Int64, "hour": pl.Int64, "cell": pl.Int64}
MEASURES = ("reach", *(f"{what}{of}" for what in ("overreach", "others") for of in ("", "_of_nearest", "_of_purest")))
JUDGED = {**dict.fromkeys(("gathering", "hour", "size"), pl.Int64), **dict.fromkeys(MEASURES, pl.Float64)}


@dataclass(frozen=True)
class Scene:
    """A gathering in an hour in which it is whole.

    Attributes:
        gathering: position.
        hour: position.
        own: its devices expected at each cell.
        every: all devices expected at each cell.
        away_m: distance of each cell's mast from the centre.
    """

    gathering: int
    hour: int
    own: Floats
    every: Floats
    away_m: Floats

    @property
    def purity(self) -> Floats:
        """Share of each cell's devices that are of the gathering."""
        return np.divide(self.own, self.every, out=np.zeros_like(self.own), where=self.every > 0)

    @property
    def nearest_first(self) -> Positions:
        """Cells by the distance of their masts."""
        return np.argsort(self.away_m, kind="stable")

    @property
    def purest_first(self) -> Positions:
        """Cells by their share of the gathering's devices."""
        return np.argsort(-self.purity, kind="stable")

    def until_reached(self, order: Positions, *, reach: float = WANTED_REACH) -> Positions:
        """The first cells of an order that reach a share of the gathering's devices."""
        reached = np.cumsum(self.own[order]) / self.own.sum()
        return order[: int(np.searchsorted(reached, reach - ROUNDING)) + 1]

    def reach(self, cells: Positions) -> float:
        """Share of the gathering's devices that are at cells."""
        return float(self.own[cells].sum() / self.own.sum())

    def overreach(self, cells: Positions) -> float:
        """Share of the devices at cells that are not of the gathering."""
        others = self.others(cells)
        return others / max(others + self.reach(cells), ROUNDING)

    def others(self, cells: Positions) -> float:
        """Devices at cells that are not of the gathering, for each one that is, wherever it is attached."""
        return float((self.every[cells] - self.own[cells]).clip(0).sum() / self.own.sum())

    def judge(self, cells: Positions) -> dict[str, float]:
        """Reach, overreach and others of target cells, beside others of equal reach."""
        reach = self.reach(cells)
        nearest = self.until_reached(self.nearest_first, reach=reach)
        purest = self.until_reached(self.purest_first, reach=reach)
        return {
            "reach": reach,
            **{f"overreach{of}": self.overreach(those) for of, those in _named(cells, nearest, purest)},
            **{f"others{of}": self.others(those) for of, those in _named(cells, nearest, purest)},
        }


def _named(cells: Positions, nearest: Positions, purest: Positions) -> tuple[tuple[str, Positions], ...]:
    return ("", cells), ("_of_nearest", nearest), ("_of_purest", purest)


class Scenes:
    """All gatherings of a city's test in all hours in which they are whole."""

    def __init__(self, city: DetectionCity) -> None:
        """Look up where their people are attached; cells that are silent then have none."""
        self._city = city

    @cached_property
    def all(self) -> list[Scene]:
        """The scenes, by hour and gathering."""
        return list(self._scenes())

    def choose(self, cells_of: Callable[[Scene], Positions]) -> pl.DataFrame:
        """The cells that a rule chooses in every scene."""
        chosen = [(scene, cells_of(scene)) for scene in self.all]
        parts = [
            pl.DataFrame({"gathering": scene.gathering, "hour": scene.hour, "cell": cells}, schema=CHOICE)
            for scene, cells in chosen
        ]
        return pl.concat(parts) if parts else pl.DataFrame(schema=CHOICE)

    def judge(self, chosen: pl.DataFrame) -> pl.DataFrame:
        """Reach and overreach of target cells, one row per scene with any.

        Returns:
            gathering, hour, size; `reach`: share of the gathering's devices, of all operators, that are attached to
            target cells; `overreach`: share of the target cells' devices that are not of the gathering; `others`: how
            many these are for each device of the gathering; and with `_of_nearest` or `_of_purest` the same where the
            nearest masts or the purest cells are taken until they reach as many.
        """
        cells_of = {key: found["cell"] for key, found in chosen.partition_by("gathering", "hour", as_dict=True).items()}
        sizes = self._city.gatherings["size"].to_list()
        rows = [
            {"gathering": scene.gathering, "hour": scene.hour, "size": sizes[scene.gathering]}
            | scene.judge(cells_of[scene.gathering, scene.hour].unique().to_numpy())
            for scene in self.all
            if (scene.gathering, scene.hour) in cells_of
        ]
        return pl.DataFrame(rows, schema=JUDGED)

    def _scenes(self) -> Iterator[Scene]:
        city = self._city
        size = city.gatherings["size"].to_numpy()
        masts = city.on_plane(city.plan["lat"].to_numpy(), city.plan["lon"].to_numpy())
        centres = city.on_plane(city.gatherings["lat"].to_numpy(), city.gatherings["lon"].to_numpy())
        hours, gatherings = np.nonzero(city.attendance == size)
        in_test = hours >= city.first_test
        hours, gatherings = hours[in_test], gatherings[in_test]
        attached: dict[bytes, Floats] = {}
        for hour, gathering in zip(hours.tolist(), gatherings.tolist(), strict=True):
            silent = city.silent[hour]
            if silent.tobytes() not in attached:
                attached[silent.tobytes()] = (city.spots @ gains_of(city.world, silent=silent)).toarray()
            own = size[gathering] * attached[silent.tobytes()][gathering]
            # Where an outage leaves no service nobody can be reached.
            if own.any():
                every = city.expected[hour - city.first_test]
                yield Scene(gathering, hour, own, every, np.hypot(*(masts - centres[gathering]).T))


def target_yardsticks() -> dict[str, Callable[[Scene], Positions]]:
    """Rules that are told the true centre, and the last two of them even when they have reached enough.

    *Purest cells* is no rule that anybody could follow but the least overreach there is, or nearly.
    """
    return {
        f"masts within {NEAR_M / 1000:.0f} km": lambda scene: np.flatnonzero(scene.away_m <= NEAR_M),
        "nearest masts": lambda scene: scene.until_reached(scene.nearest_first),
        "purest cells": lambda scene: scene.until_reached(scene.purest_first),
    }
