"""The whole hour of a country, from a count file to target cells: the first one, and later ones with their history."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from measuring import run_apart, spread
from report import Report, promise, rounded, shown

from crowd.usual_instants import MAX_WEEKS

STAGES = ("counts", "density", "gatherings", "targets")
LOOKING_BACK = STAGES[1:]
PROMISED_S, PROMISED_LATER_S = 60.0, 20.0
# A history longer than baselines look back may cost this much more.
MOST_GROWTH = 1.15
ABOUT = """\
Each stage through the product's own function, in a process of its own: libraries count for its peak memory, not for its
seconds. Density begins with finding the stored footprints. Nobody else does the whole, so the SciPy product of the same
run is the yardstick. In the first hour nobody knows what is usual, and nothing is raised. With history, density also
computes baselines, scores and hotspots; the counts of the earlier weeks are those of the country, drawn anew, and some
masts have a crowd."""

Measured = dict[str, tuple[list[float], list[float]]]


def measure_hour(
    country: tuple[Path, dict[str, int]],
    *,
    rounds: int,
    weeks: Sequence[int],
    scipy_s: float,
) -> Report:
    """The first hour of a country and later ones, `rounds` times each, in units of a SciPy product.

    Args:
        country: where it lies, and its sizes.
        rounds: how often each process is run.
        weeks: lengths of history, ascending; `MAX_WEEKS`, as far as baselines look back, is one of them.
        scipy_s: seconds of a SciPy product of the same run.
    """
    first = _first_hours(country[0], rounds=rounds)
    whole = [sum(seconds) for seconds in zip(*(seconds for seconds, _ in first.values()), strict=True)]
    first["all together"] = (whole, max(peaks for _, peaks in first.values()))
    later = {number: _later_hours(country[0], rounds=rounds, weeks=number) for number in weeks}
    hours = {
        f"{country[1]['cells']:,} cells, first hour": first,
        **{f"{number} weeks of history": measured for number, measured in later.items()},
    }
    sums = {
        number: sum(spread(seconds)["median"] for seconds, _ in measured.values()) for number, measured in later.items()
    }
    known = sums[MAX_WEEKS]
    growth = sums[weeks[-1]] / known
    listed = [(hour, stage, *measured) for hour, stages in hours.items() for stage, measured in stages.items()]
    median_s = spread(whole)["median"]
    return Report(
        name="whole_hour",
        title="The whole hour: from a count file (CSV) to target cells",
        about=ABOUT,
        columns=("hour: stage", "seconds", "in SciPy products", "peak MB"),
        rows=[
            (
                f"{hour}: {stage}",
                shown(seconds),
                rounded(spread(seconds)["median"] / scipy_s),
                rounded(spread(peaks)["max"]),
            )
            for hour, stage, seconds, peaks in listed
        ],
        promises=[
            promise(
                f"one hour of the country within {PROMISED_S:.0f} s",
                f"{rounded(median_s)} s for the first hour",
                slack=PROMISED_S - median_s,
            ),
            promise(
                f"baseline, score, gatherings and targets within {PROMISED_LATER_S:.0f} s",
                f"{rounded(known)} s",
                slack=PROMISED_LATER_S - known,
            ),
            promise(
                f"{weeks[-1]} weeks of history cost no more than {MOST_GROWTH} of {MAX_WEEKS}",
                rounded(growth),
                slack=MOST_GROWTH - growth,
            ),
        ],
        record={
            "size": country[1],
            "scipy_seconds": scipy_s,
            "figures": [
                {"hour": hour, "stage": stage, "seconds": spread(seconds), "peak_mb": spread(peaks)}
                for hour, stage, seconds, peaks in listed
            ],
        },
    )


def _first_hours(root: Path, *, rounds: int) -> Measured:
    measured: Measured = {stage: ([], []) for stage in STAGES}
    for _ in range(rounds):
        with TemporaryDirectory(dir=root) as folder:
            _run_stages(measured, root, Path(folder) / "home")
    return measured


def _later_hours(root: Path, *, rounds: int, weeks: int) -> Measured:
    measured: Measured = {stage: ([], []) for stage in LOOKING_BACK}
    with TemporaryDirectory(dir=root) as folder:
        home = Path(folder) / "home"
        run_apart("hour_stages.counts", root=root, home=home)
        run_apart("hour_stages.write_history", root=root, home=home, weeks=weeks)
        for _ in range(rounds):
            _run_stages(measured, root, home)
    return measured


def _run_stages(measured: Measured, root: Path, home: Path) -> None:
    for stage, (seconds, peaks) in measured.items():
        apart = run_apart(f"hour_stages.{stage}", root=root, home=home)
        seconds.append(apart.value)
        peaks.append(apart.peak_mb)
