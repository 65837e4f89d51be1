"""Measure Kerumun beside its peers: `make bench`; `run.py --quick` tries the benchmarks themselves."""

import argparse
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench_counts import measure_counts
from bench_density import measure_density, scipy_seconds
from bench_hour import measure_hour
from machine import describe_machine
from measuring import run_apart
from report import Report, markdown, write_results

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How much to measure.

    Attributes:
        cells: of the country.
        rounds: how often each process is run.
        repetitions: warm products in each round of the density.
        weeks: of history.
    """

    cells: int
    rounds: int
    repetitions: int
    weeks: int


FULL = Effort(cells=600_000, rounds=3, repetitions=9, weeks=4)
QUICK = Effort(cells=60_000, rounds=1, repetitions=3, weeks=1)


def main() -> None:
    """Measure, print the page and keep it; a quick run keeps nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the size, once; nothing is kept")
    is_quick = parser.parse_args().quick
    # Peers get the two threads that Kerumun gets.
    os.environ.update(POLARS_MAX_THREADS="2", OMP_NUM_THREADS="2")
    began, machine = time.monotonic(), describe_machine()
    with TemporaryDirectory(prefix="kerumun-bench-") as folder:
        reports = _measure(Path(folder), QUICK if is_quick else FULL)
    print(markdown(reports, machine))
    if is_quick:
        _say("a tenth of the size, measured once: promises are about the whole, and nothing was kept")
    else:
        write_results(RESULTS, reports, machine)
    _say(f"done in {time.monotonic() - began:.0f} s")


def _measure(folder: Path, effort: Effort) -> list[Report]:
    _say("making the country")
    root, tenth = folder / "country", folder / "tenth"
    sizes = run_apart("country.make_country", root=root, cells=effort.cells).value
    tenth_sizes = run_apart("country.make_country", root=tenth, cells=effort.cells // 10).value
    _say("density")
    density = measure_density(root, sizes, rounds=effort.rounds, repetitions=effort.repetitions)
    _say("counts")
    counts = measure_counts(root, sizes, rounds=effort.rounds)
    _say("the whole hour")
    hour = measure_hour(
        (root, sizes), (tenth, tenth_sizes), rounds=effort.rounds, weeks=effort.weeks, scipy_s=scipy_seconds(density)
    )
    return [counts, density, hour]


def _say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
