"""Contenders on 1, 2, 4 and 8 times the data, each run in a process of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contest import must_agree
from measuring import median_ratio, run_apart, spread
from report import rounded, shown

COLUMNS = ("cells: contender", "first, s", "warm, s", "rows/s", "against the smallest", "peak MB", "Kerumun takes")


@dataclass(frozen=True, kw_only=True)
class Entrant:
    """A contender as it is entered.

    Attributes:
        label: what the table calls it.
        task: "module.Class".
        agrees_with: label of the entrant that must give the same people.
        repetitions: warm computations; None for as many as all.
        rounds: processes; None for as many as all.
        sizes: where it runs; everywhere where None.
        absent: why it cannot run; None where it can.
    """

    label: str
    task: str
    agrees_with: str | None = None
    repetitions: int | None = None
    rounds: int | None = None
    sizes: tuple[str, ...] | None = None
    absent: str | None = None


@dataclass
class Figures:
    """What was measured of one contender at one size, a value per process or per warm computation."""

    first: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    peak_mb: list[float] = field(default_factory=list)
    passes: int = 1
    would_stop: int | None = None

    def add(self, measured: Mapping[str, Any], peak_mb: float) -> None:
        """Take up one process."""
        self.first.append(measured["first"])
        self.warm += measured["warm"]
        self.peak_mb.append(peak_mb)
        self.passes, self.would_stop = measured["passes"], measured["would_stop"]


Measured = dict[tuple[str, str], Figures]


@dataclass(frozen=True, kw_only=True)
class Contest:
    """Who meets where.

    Attributes:
        roots: of the countries, by name of their size, smallest first, with their sizes.
        entrants: who meets; the first is the yardstick of all.
        rounds: processes of each.
        repetitions: warm computations in each.
    """

    roots: Mapping[str, tuple[Path, Mapping[str, int]]]
    entrants: Sequence[Entrant]
    rounds: int
    repetitions: int

    def measure(self) -> Measured:
        """All figures by size and label; parts of an entrant have labels of their own ("label: part")."""
        measured: Measured = {}
        for size, (root, _) in self.roots.items():
            for number in range(self.rounds):
                for entrant in self._running(size, number):
                    self._run(measured, size, root, entrant)
            self._check(size, root)
        return measured

    def _running(self, size: str, number: int) -> list[Entrant]:
        present = [e for e in self.entrants if e.absent is None and size in (e.sizes or self.roots)]
        return [e for e in present if number < (e.rounds or self.rounds)]

    def _run(self, measured: Measured, size: str, root: Path, entrant: Entrant) -> None:
        repetitions = self.repetitions if entrant.repetitions is None else entrant.repetitions
        apart = run_apart("contest.measure_contender", root=root, contender=entrant.task, repetitions=repetitions)
        measured.setdefault((size, entrant.label), Figures()).add(apart.value, apart.peak_mb)
        for part, seconds in apart.value["parts"].items():
            figures = measured.setdefault((size, f"{entrant.label}: {part}"), Figures())
            figures.add({**apart.value, "warm": seconds}, apart.peak_mb)

    def _check(self, size: str, root: Path) -> None:
        tasks = {e.label: e.task for e in self._running(size, 0)}
        for entrant in self._running(size, 0):
            if entrant.agrees_with in tasks:
                must_agree(root, [tasks[entrant.agrees_with], entrant.task])

    def rows(self, measured: Measured) -> list[tuple[str, ...]]:
        """The table of `COLUMNS`."""
        rows = [self._row(measured, size, label) for size, label in measured]
        absent = [(f"{e.label}: {e.absent}", *[""] * (len(COLUMNS) - 1)) for e in self.entrants if e.absent]
        return rows + absent

    def _row(self, measured: Measured, size: str, label: str) -> tuple[str, ...]:
        figures = measured[size, label]
        smallest = next(f for (_, name), f in measured.items() if name == label)
        median_s = spread(figures.warm)["median"]
        return (
            f"{size}: {label}",
            "" if ": " in label else shown(figures.first),
            shown(figures.warm),
            rounded(self.roots[size][1]["weights"] * figures.passes / median_s),
            f"{rounded(median_s / spread(smallest.warm)['median'])} x",
            rounded(spread(figures.peak_mb)["median"]),
            f"{rounded(self.ratio(measured, size, label))} x",
        )

    def ratio(self, measured: Measured, size: str, label: str) -> float:
        """How many times as long the first entrant takes, warm; round by round where both have the same rounds."""
        ours, theirs = measured[size, self.entrants[0].label].warm, measured[size, label].warm
        if len(ours) == len(theirs):
            return median_ratio(ours, theirs)
        return spread(ours)["median"] / spread(theirs)["median"]

    def record(self, measured: Measured) -> dict[str, Any]:
        """The same for machines."""
        return {
            "sizes": {size: sizes for size, (_, sizes) in self.roots.items()},
            "figures": [
                {
                    "size": size,
                    "contender": label,
                    "first_seconds": spread(figures.first),
                    "warm_seconds": spread(figures.warm),
                    "rows_per_s": self.roots[size][1]["weights"] * figures.passes / spread(figures.warm)["median"],
                    "peak_mb": spread(figures.peak_mb),
                    "kerumun_to_this_warm": self.ratio(measured, size, label),
                }
                for (size, label), figures in measured.items()
            ],
            "absent": {e.label: e.absent for e in self.entrants if e.absent},
        }
