"""What has been told of a day's flows, so that a later edition of it gives nothing away together with the earlier ones.

The lake remembers the last edition of every day (`lake/flow_editions/`). A day has one k for good: what two k together
leave uncertain is not sure to be the smaller of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from crowd.flows.day_figures import DAY_FIGURES, figures_of_day
from crowd.flows.matrix import DayMatrix
from crowd.flows.read import FlowKind
from lake.home import Home
from lake.stages import PART
from lake.staging import recover, staged

EDITIONS = "flow_editions"
K = "k"


@dataclass(frozen=True, kw_only=True)
class DayEdition:
    """The numbers of a day as they were told.

    Attributes:
        figures: columns of DAY_FIGURES, null where hidden, by code.
        k: fewest devices that they rest on; None where it was not written down.
    """

    figures: pl.DataFrame
    k: int | None

    def is_bound_to(self, k: int) -> bool:
        """Whether corrections of the day may be told on this k."""
        return self.k == k

    def holds(self, k: int) -> bool:
        """Whether its numbers keep what a report on this k promises, as far as is known."""
        return self.k is None or self.k >= k

    def says_the_same_as(self, other: "DayEdition | None") -> bool:
        """Whether it tells nothing else."""
        return other is not None and self.k == other.k and self.figures.equals(other.figures)


def tell_day(flows: DayMatrix, *, k: int, before: DayEdition | None) -> DayEdition:
    """The next edition of a day: bound to the last one, and that one itself where it was told on another k.

    Args:
        flows: the day.
        k: fewest devices that a told number rests on.
        before: the last edition; None where there is none.
    """
    if before is None:
        return DayEdition(figures=figures_of_day(flows, k=k), k=k)
    if not before.is_bound_to(k):
        return before
    return DayEdition(figures=figures_of_day(flows, k=k, before=before.figures), k=k)


def read_told(home: Home, *, kind: FlowKind, day: date) -> DayEdition | None:
    """A day as it was told last; None where it never was."""
    path = home.lake / _path(kind, day)
    if not path.exists():
        return None
    kept = pl.read_parquet(path, hive_partitioning=False)
    k = kept[K][0] if K in kept.columns else None
    return DayEdition(figures=kept.select(*DAY_FIGURES), k=k)


def told_kinds(home: Home, day: date) -> set[FlowKind]:
    """The levels and lengths of intervals by which a day was told before."""
    found = (home.lake / EDITIONS).glob(f"level=*/minutes=*/date={day}/{PART}")
    named = [dict(part.split("=", 1) for part in path.parts if "=" in part) for path in found]
    return {FlowKind(level=each["level"], minutes=int(each["minutes"])) for each in named}


def remember(home: Home, told: Mapping[date, DayEdition], *, kind: FlowKind) -> None:
    """Keep days as they were told."""
    if not told:
        return
    recover(home)
    with staged(home) as staging:
        for day, edition in told.items():
            kept = edition.figures.with_columns(pl.lit(edition.k, pl.Int64).alias(K))
            kept.write_parquet(staging.path(_path(kind, day)))


def _path(kind: FlowKind, day: date) -> str:
    return f"{EDITIONS}/level={kind.level}/minutes={kind.minutes}/date={day}/{PART}"
