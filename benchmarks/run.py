"""Measure Kerumun beside its peers: `make bench`; `run.py --quick` tries the benchmarks themselves."""

import argparse
import os
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from bench_accuracy import measure_accuracy
from bench_counts import measure_counts
from bench_days import DAY, measure_days
from bench_density import measure_density, scipy_seconds
from bench_detection import measure_detection
from bench_em import measure_em
from bench_footprints import measure_footprints
from bench_hour import measure_hour
from bench_warnings import measure_warnings
from bench_weekly import measure_weekly_speed
from machine import describe_machine
from measuring import run_apart
from portal_speed import measure_portal
from report import Report, markdown, write_results
from weekly_accuracy import measure_weekly_accuracy
from weekly_city import SETTINGS
from weekly_lake import is_possible

RESULTS = Path(__file__).parent / "results"

# In the order of the page. The days come last: they leave counts of other hours behind in the countries.
REPORTS = (
    "detection",
    "accuracy",
    "weekly_accuracy",
    "speed",
    "density",
    "footprints",
    "counts_load",
    "whole_hour",
    "days",
    "warnings",
    "portal",
    "weekly_speed",
)

# Measured last: processes that are started afterwards would be told this one's memory for their own peak.
IN_THIS_PROCESS = ("detection", "accuracy", "weekly_accuracy")

MOST_TARGET_CELLS = 100_000

Made = tuple[Path, dict[str, int]]


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How much to measure.

    Attributes:
        cells: of the country.
        parts: sizes to measure growth at, as divisors of `cells`, smallest size first.
        plain_cells: of the smallest country of the EM.
        multiples: sizes to measure the EM at, as multiples of `plain_cells`.
        rounds: how often each process of the counts and the hour is run.
        growth_rounds: the same of the density and the days.
        repetitions: warm computations in each.
        seeds: how many cities of each kind to judge the accuracy on.
        weeks: lengths of history of a whole hour.
        detection_seeds: how many cities of each kind to judge the detection on.
        long_hours: of the longest range of density.
        towns: of the country on the review map.
        map_hours: of its lake.
        map_steps: of the slider, by each of twenty people.
        weekly_cities: to judge the weekly report on.
        weekly_seeds: how many of each.
        weekly_hours: of the national lake of the weekly report.
    """

    cells: int
    parts: tuple[int, ...]
    plain_cells: int
    multiples: tuple[int, ...]
    rounds: int
    growth_rounds: int
    repetitions: int
    seeds: int
    weeks: tuple[int, ...]
    long_hours: int
    detection_seeds: int
    towns: int
    map_hours: int
    map_steps: int
    weekly_cities: tuple[str, ...]
    weekly_seeds: int
    weekly_hours: int


FULL = Effort(
    cells=600_000,
    parts=(8, 4, 2, 1),
    plain_cells=3_000,
    multiples=(1, 2, 4, 8),
    rounds=3,
    growth_rounds=2,
    repetitions=5,
    seeds=3,
    weeks=(4, 8, 16),
    long_hours=168,
    detection_seeds=3,
    towns=250,
    map_hours=24,
    map_steps=100,
    weekly_cities=tuple(SETTINGS),
    weekly_seeds=1,
    weekly_hours=168,
)
QUICK = Effort(
    cells=24_000,
    parts=(4, 1),
    plain_cells=1_000,
    multiples=(1,),
    rounds=1,
    growth_rounds=1,
    repetitions=2,
    seeds=1,
    weeks=(8, 12),
    long_hours=48,
    detection_seeds=1,
    towns=10,
    map_hours=4,
    map_steps=20,
    weekly_cities=("kota_kecil",),
    weekly_seeds=1,
    weekly_hours=6,
)


def main() -> None:
    """Measure, print the page and keep it; a quick run keeps nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a fraction of the size, once; nothing is kept")
    parser.add_argument("--only", nargs="+", choices=REPORTS, default=REPORTS, help="some of the benchmarks")
    asked = parser.parse_args()
    # Peers get the two threads that Kerumun gets.
    os.environ.update(POLARS_MAX_THREADS="2", OMP_NUM_THREADS="2")
    began, machine = time.monotonic(), describe_machine()
    with TemporaryDirectory(prefix="kerumun-bench-") as folder:
        bench = Bench(Path(folder), QUICK if asked.quick else FULL)
        names = [name for name in sorted(REPORTS, key=IN_THIS_PROCESS.count) if name in asked.only]
        reports = [bench.measure(name) for name in names if _can_measure(name)]
    print(markdown(reports, machine))
    if asked.quick:
        _say("a fraction of the size, measured once: promises are about the whole, and nothing was kept")
    else:
        write_results(RESULTS, reports, machine, order=REPORTS)
    _say(f"done in {time.monotonic() - began:.0f} s")


class Bench:
    """The benchmarks by the names of their reports; what several of them need is made once."""

    def __init__(self, folder: Path, effort: Effort) -> None:
        self._folder, self._effort = folder, effort

    def measure(self, name: str) -> Report:
        """One of `REPORTS`."""
        _say(name)
        report: Report = getattr(self, name) if name == "density" else getattr(self, name)()
        return report

    @cached_property
    def _countries(self) -> dict[str, Made]:
        return _make(self._folder, "country", (self._effort.cells // part for part in self._effort.parts))

    @property
    def _country(self) -> Made:
        return list(self._countries.values())[-1]

    @cached_property
    def _tenth(self) -> Made:
        return _make(self._folder, "country", [self._effort.cells // 10]).popitem()[1]

    @cached_property
    def density(self) -> Report:
        """People per hexagon of one hour beside peers; the whole hour is told in units of one of them."""
        effort = self._effort
        return measure_density(self._countries, rounds=effort.growth_rounds, repetitions=effort.repetitions)

    def detection(self) -> Report:
        """Gatherings found, and the cells to warn."""
        return measure_detection(range(1, self._effort.detection_seeds + 1))

    def accuracy(self) -> Report:
        """Estimates beside the truth."""
        return measure_accuracy(range(1, self._effort.seeds + 1))

    def speed(self) -> Report:
        """EM beside peers."""
        sizes = (self._effort.plain_cells * multiple for multiple in self._effort.multiples)
        plains = _make(self._folder, "plain", sizes)
        return measure_em(plains, rounds=self._effort.growth_rounds, repetitions=self._effort.repetitions)

    def days(self) -> Report:
        """Many hours at once."""
        effort = self._effort
        for (root, _), hours in ((self._country, DAY), (self._tenth, effort.long_hours)):
            run_apart("country_maker.write_hours", root=root, hours=hours)
        return measure_days(self._country, self._tenth, long_hours=effort.long_hours, rounds=effort.growth_rounds)

    def footprints(self) -> Report:
        """Building footprints."""
        return measure_footprints(self._folder, [self._effort.cells // part for part in self._effort.parts])

    def counts_load(self) -> Report:
        """Taking in counts."""
        return measure_counts(*self._country, rounds=self._effort.rounds)

    def whole_hour(self) -> Report:
        """From a count file to target cells."""
        effort = self._effort
        scipy_s = scipy_seconds(self.density)
        return measure_hour(self._country, rounds=effort.rounds, weeks=effort.weeks, scipy_s=scipy_s)

    def warnings(self) -> Report:
        """One warning of very many cells."""
        cells = min(self._effort.cells, MOST_TARGET_CELLS)
        return measure_warnings(self._folder / "warnings", cells=cells, rounds=self._effort.repetitions)

    def portal(self) -> Report:
        """The review map, and twenty people on it."""
        effort = self._effort
        folder = self._folder / "portal"
        return measure_portal(folder, towns=effort.towns, hours=effort.map_hours, steps=effort.map_steps)

    def weekly_accuracy(self) -> Report:
        """Indicators of the weekly report beside the truth."""
        effort = self._effort
        seeds = range(1, effort.weekly_seeds + 1)
        return measure_weekly_accuracy(self._folder / "weekly-cities", effort.weekly_cities, seeds=seeds)

    def weekly_speed(self) -> Report:
        """The report of a national week."""
        effort = self._effort
        return measure_weekly_speed(self._folder / "weekly", cells=effort.cells, hours=effort.weekly_hours)


def _make(folder: Path, kind: str, sizes: Iterable[int]) -> dict[str, Made]:
    """Countries of a kind by the name of their size."""
    made = {}
    for cells in sizes:
        root = folder / f"{kind}-{cells}"
        made[f"{cells:,}"] = (root, run_apart(f"country_maker.make_{kind}", root=root, cells=cells).value)
    return made


def _can_measure(name: str) -> bool:
    """Whether what a benchmark needs is there; the national week needs real areas, which are not in the repository."""
    can = name != "weekly_speed" or is_possible()
    if not can:
        _say(f"{name}: left out, the areas and towers of Indonesia are not in ../shared/data")
    return can


def _say(text: str) -> None:
    print(f"bench {datetime.now(UTC):%H:%M:%S}: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
