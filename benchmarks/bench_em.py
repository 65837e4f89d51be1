"""One table for speed: products, and the present-population EM of eurostat/multimno, from 1 to 8 times the data."""

from collections.abc import Mapping
from pathlib import Path

from bench_density import ENTRANTS
from contest import why_not_spark
from growth import COLUMNS, Contest, Entrant
from measuring import spread
from report import Report, rounded

SCIPY_EM, SPARK_EM = "EM in SciPy", "EM in PySpark"
ABOUT = """\
The present population of eurostat/multimno v1.0.0, written plainly from its documented formulas as PySpark data frames
on two local cores, beside the same in SciPy and beside one density of the same cells and tiles. At the smallest size of
a full run: 3,000 cells, 100,000 users, 90,000 tiles that each hear three cells. The EM runs all its 20 rounds (rows:
weights times rounds); PySpark is measured once at the smallest and the largest size. Its session has then started; its
Java counts for the memory."""


def measure_em(roots: Mapping[str, tuple[Path, Mapping[str, int]]], *, rounds: int, repetitions: int) -> Report:
    """Every contender on every size; PySpark once each."""
    spark = Entrant(
        label=SPARK_EM,
        task="em_contenders.SparkEm",
        agrees_with=SCIPY_EM,
        repetitions=0,
        rounds=1,
        sizes=tuple(roots)[:: max(len(roots) - 1, 1)],
        absent=why_not_spark(),
    )
    entrants = (*ENTRANTS, Entrant(label=SCIPY_EM, task="em_contenders.ScipyEm"), spark)
    contest = Contest(roots=roots, entrants=entrants, rounds=rounds, repetitions=repetitions)
    measured = contest.measure()
    smallest = next(iter(roots))
    found = {label: spread(figures.warm)["median"] for (size, label), figures in measured.items() if size == smallest}
    stop = measured[smallest, SCIPY_EM].would_stop
    notes = [f"The published bound of 10,000 people would have ended the EM of the smallest size after round {stop}."]
    if SPARK_EM in found:
        notes.append(
            f"The EM in PySpark takes {rounded(found[SPARK_EM] / found['Kerumun'])} x one density of Kerumun and "
            f"{rounded(found[SPARK_EM] / found[SCIPY_EM])} x the same EM in SciPy."
        )
    return Report(
        name="speed",
        title="Speed beside peers: products and the EM of multimno",
        about=ABOUT,
        columns=COLUMNS,
        rows=contest.rows(measured),
        promises=notes,
        record=contest.record(measured),
    )
