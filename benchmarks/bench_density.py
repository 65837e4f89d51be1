"""One hour of density, beside three other ways to the same numbers."""

from collections import defaultdict
from pathlib import Path

from measuring import median_ratio, run_apart, spread
from report import Report, promise, rounded, shown

PROMISED_RATIO = 10
ABOUT = """\
`crowd/density.sql` with two threads and the default memory, beside the same sum as a SciPy sparse matrix times a
vector, a pandas merge and a Polars join; all agree to 1e-9. *First*: from the files on disk to the result. *Warm*: once
more. The peers then have weights and people per cell in memory; Kerumun reads its files anew, finds the cell of every
count, and gives devices and people per km2 as well."""

Seconds = dict[str, list[float]]


def measure_density(root: Path, sizes: dict[str, int], *, rounds: int, repetitions: int) -> Report:
    """Rounds in processes of their own, each with every contender in turn."""
    first, warm = _measure(root, rounds=rounds, repetitions=repetitions)
    ratios = {
        name: (median_ratio(first["Kerumun"], first[name]), median_ratio(warm["Kerumun"], warm[name])) for name in warm
    }
    ratio = ratios["SciPy"][1]
    return Report(
        name="density",
        title=f"One hour of density: {sizes['cells']:,} cells, {sizes['weights']:,} weights",
        about=ABOUT,
        columns=("contender", "first, seconds", "Kerumun takes", "warm, seconds", "Kerumun takes"),
        rows=[
            (name, shown(first[name]), f"{rounded(at_first)} x", shown(warm[name]), f"{rounded(later)} x")
            for name, (at_first, later) in ratios.items()
        ],
        promises=[
            promise(f"warm, at most {PROMISED_RATIO} x SciPy", f"{rounded(ratio)} x", slack=PROMISED_RATIO - ratio)
        ],
        record={
            "size": sizes,
            "figures": [
                {
                    "contender": name,
                    "first_seconds": spread(first[name]),
                    "warm_seconds": spread(warm[name]),
                    "kerumun_to_this_first": at_first,
                    "kerumun_to_this_warm": later,
                }
                for name, (at_first, later) in ratios.items()
            ],
        },
    )


def scipy_seconds(report: Report) -> float:
    """The median warm SciPy product of a run."""
    (figure,) = (f for f in report.record["figures"] if f["contender"] == "SciPy")
    return float(figure["warm_seconds"]["median"])


def _measure(root: Path, *, rounds: int, repetitions: int) -> tuple[Seconds, Seconds]:
    """First and warm seconds, by contender."""
    first: Seconds = defaultdict(list)
    warm: Seconds = defaultdict(list)
    for _ in range(rounds):
        measured = run_apart("density_rounds.measure_round", root=root, repetitions=repetitions).value
        for name, seconds in measured.items():
            first[name] += seconds["first"]
            warm[name] += seconds["warm"]
    return first, warm
