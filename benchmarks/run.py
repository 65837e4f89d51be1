"""Measure Kerumun beside its peers: `make bench`; `run.py --quick` tries the benchmarks themselves."""

import argparse
import os
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
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
from machine import describe_machine
from measuring import run_apart
from report import Report, markdown, write_results

RESULTS = Path(__file__).parent / "results"

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
)


def main() -> None:
    """Measure, print the page and keep it; a quick run keeps nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a fraction of the size, once; nothing is kept")
    is_quick = parser.parse_args().quick
    # Peers get the two threads that Kerumun gets.
    os.environ.update(POLARS_MAX_THREADS="2", OMP_NUM_THREADS="2")
    began, machine = time.monotonic(), describe_machine()
    with TemporaryDirectory(prefix="kerumun-bench-") as folder:
        reports = _measure(Path(folder), QUICK if is_quick else FULL)
    print(markdown(reports, machine))
    if is_quick:
        _say("a fraction of the size, measured once: promises are about the whole, and nothing was kept")
    else:
        write_results(RESULTS, reports, machine)
    _say(f"done in {time.monotonic() - began:.0f} s")


def _measure(folder: Path, effort: Effort) -> list[Report]:
    _say("making the countries")
    countries = _make(folder, "country", (effort.cells // part for part in effort.parts))
    plains = _make(folder, "plain", (effort.plain_cells * multiple for multiple in effort.multiples))
    country, tenth = list(countries.values())[-1], _make(folder, "country", [effort.cells // 10]).popitem()[1]
    _say("speed beside peers")
    speed = measure_em(plains, rounds=effort.growth_rounds, repetitions=effort.repetitions)
    _say("density")
    density = measure_density(countries, rounds=effort.growth_rounds, repetitions=effort.repetitions)
    _say("counts")
    counts = measure_counts(*country, rounds=effort.rounds)
    _say("the whole hour")
    hour = measure_hour(country, rounds=effort.rounds, weeks=effort.weeks, scipy_s=scipy_seconds(density))
    _say("days")
    for (root, _), hours in ((country, DAY), (tenth, effort.long_hours)):
        run_apart("country_maker.write_hours", root=root, hours=hours)
    days = measure_days(country, tenth, long_hours=effort.long_hours, rounds=effort.growth_rounds)
    _say("footprints")
    footprints = measure_footprints(folder, [effort.cells // part for part in effort.parts])
    _say("accuracy")
    accuracy = measure_accuracy(range(1, effort.seeds + 1))
    _say("detection")
    detection = measure_detection(range(1, effort.detection_seeds + 1))
    return [detection, accuracy, speed, density, days, footprints, counts, hour]


def _make(folder: Path, kind: str, sizes: Iterable[int]) -> dict[str, Made]:
    """Countries of a kind by the name of their size."""
    made = {}
    for cells in sizes:
        root = folder / f"{kind}-{cells}"
        made[f"{cells:,}"] = (root, run_apart(f"country_maker.make_{kind}", root=root, cells=cells).value)
    return made


def _say(text: str) -> None:
    print(f"bench {datetime.now(UTC):%H:%M:%S}: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
