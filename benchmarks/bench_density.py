"""One hour of density from 1 to 8 times the data, beside three other ways to the same numbers."""

from collections.abc import Mapping
from pathlib import Path

from growth import COLUMNS, Contest, Entrant, Measured
from measuring import spread
from report import Report, promise, rounded

PROMISED_RATIO, PROMISED_S = 10, 1.0
KERUMUN, STATEMENT, SCIPY, SCIPY_ALL = "Kerumun", "Kerumun: join and group-by", "SciPy", "SciPy, all three sums"
ENTRANTS = (
    Entrant(label=KERUMUN, task="density_contenders.Kerumun", agrees_with=SCIPY),
    Entrant(label=SCIPY, task="density_contenders.Scipy"),
    Entrant(label=SCIPY_ALL, task="density_contenders.ScipyOfAll", agrees_with=SCIPY),
    Entrant(label="Polars", task="density_contenders.Polars", agrees_with=SCIPY),
    Entrant(label="pandas", task="density_contenders.Pandas", agrees_with=SCIPY),
)
ABOUT = """\
Two threads and the default memory, each run in a process of its own; all agree to 1e-9. *First*: from the files on disk
to the result. *Warm*: once more. Kerumun reads counts and weights anew each time, finds the cell of every count, looks
for silent cells, and sums people, their variance, devices and withheld counts; *join and group-by* is the sums alone.
The peers keep weights and people per cell in memory, in the best order, and sum people alone; SciPy once more all three
sums. *Against the smallest*: warm seconds beside those of the first size. Rows are weights."""


def measure_density(roots: Mapping[str, tuple[Path, Mapping[str, int]]], *, rounds: int, repetitions: int) -> Report:
    """Every contender on every size, `rounds` times each; promises are about the largest."""
    contest = Contest(roots=roots, entrants=ENTRANTS, rounds=rounds, repetitions=repetitions)
    measured = contest.measure()
    return Report(
        name="density",
        title="One hour of density",
        about=ABOUT,
        columns=COLUMNS,
        rows=contest.rows(measured),
        promises=_promises(measured, largest=list(roots)[-1]),
        record=contest.record(measured),
    )


def scipy_seconds(report: Report) -> float:
    """The median warm SciPy product of the largest size."""
    figures = [f for f in report.record["figures"] if f["contender"] == SCIPY]
    return float(figures[-1]["warm_seconds"]["median"])


def _promises(measured: Measured, *, largest: str) -> list[str]:
    median_s = {label: spread(figures.warm)["median"] for (size, label), figures in measured.items() if size == largest}
    ratio, fair = median_s[STATEMENT] / median_s[SCIPY], median_s[STATEMENT] / median_s[SCIPY_ALL]
    whole_s = median_s[KERUMUN]
    return [
        promise(
            f"one hour of density warm within {PROMISED_S:.0f} s on two cores",
            f"{rounded(whole_s)} s from the files, {rounded(median_s[STATEMENT])} s the sums alone",
            slack=PROMISED_S - whole_s,
        ),
        promise(
            f"the sums take at most {PROMISED_RATIO} x SciPy",
            f"{rounded(ratio)} x its product of people alone, {rounded(fair)} x its three sums",
            slack=PROMISED_RATIO - ratio,
        ),
    ]
