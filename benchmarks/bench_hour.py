"""The whole hour, from a count file to target cells; and that of a tenth of the country with its history."""

from pathlib import Path
from tempfile import TemporaryDirectory

from measuring import run_apart, spread
from report import Report, promise, rounded, shown

STAGES = ("counts", "density", "gatherings", "targets")
LOOKING_BACK = STAGES[1:]
HOURS_PER_WEEK = 168
PROMISED_S = 60.0
ABOUT = """\
Each stage through the product's own function, in a process of its own: libraries count for its peak memory, not for its
seconds. Density begins with finding the stored footprints. Nobody else does the whole, so the SciPy product of the same
run is the yardstick. In the first hour nobody knows what is usual, and far too many hexagons count as gatherings: the
last two stages work harder than they ever will again. With history, density also computes the baselines."""

Measured = dict[str, tuple[list[float], list[float]]]


def measure_hour(
    country: tuple[Path, dict[str, int]],
    tenth: tuple[Path, dict[str, int]],
    *,
    rounds: int,
    weeks: int,
    scipy_s: float,
) -> Report:
    """The first hour of a country and a later one of a tenth, `rounds` times each, in units of a SciPy product."""
    first = _first_hours(country[0], rounds=rounds)
    whole = [sum(seconds) for seconds in zip(*(seconds for seconds, _ in first.values()), strict=True)]
    first["all together"] = (whole, max(peaks for _, peaks in first.values()))
    hours = {
        f"{country[1]['cells']:,} cells, first hour": first,
        f"{tenth[1]['cells']:,} cells, {7 * weeks} days of history": _later_hours(tenth[0], rounds=rounds, weeks=weeks),
    }
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
            )
        ],
        record={
            "size": country[1],
            "tenth": tenth[1],
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
        for stage in ("counts", "density"):
            run_apart(f"hour_stages.{stage}", root=root, home=home)
        run_apart("hour_stages.write_history", root=root, home=home, hours=weeks * HOURS_PER_WEEK)
        for _ in range(rounds):
            _run_stages(measured, root, home)
    return measured


def _run_stages(measured: Measured, root: Path, home: Path) -> None:
    for stage, (seconds, peaks) in measured.items():
        apart = run_apart(f"hour_stages.{stage}", root=root, home=home)
        seconds.append(apart.value)
        peaks.append(apart.peak_mb)
