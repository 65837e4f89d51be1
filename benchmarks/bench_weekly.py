"""The base table of a national week: people by area and hour, with the country's real areas and towers."""

from pathlib import Path

from measuring import run_apart
from report import Report, rounded
from weekly_speed import WEEK_HOURS, _taken

from lake.home import Home

# Hours before the steady ones: the first, which makes the shares of hexagons in areas, and one alone.
BEFORE = 2
ABOUT = """\
People by province, regency and district (the country's real outlines, masts near its real towers) and hour, from
density that lies in the lake. The first hour makes the shares of hexagons in areas as well, which are kept. Once, in a
process of its own. The week is one hour alone and 167 times a further hour; trust processor time, which hardly
grows when others use the machine."""


def measure_weekly_speed(folder: Path, *, cells: int, hours: int) -> Report:
    """What the first hour, one hour, further hours and a second look take.

    Args:
        folder: to make the lake in.
        cells: of the country.
        hours: of its lake, at least four.
    """
    sizes = run_apart("weekly_lake.make_lake", root=folder, cells=cells, hours=hours).value
    apart = run_apart("bench_weekly.take_hours", folder=folder, hours=hours)
    taken: dict[str, tuple[float, float]] = apart.value
    (one_s, one_cpu_s), (rest_s, rest_cpu_s) = taken["one hour"], taken["all others"]
    each_cpu_s = (rest_cpu_s - one_cpu_s) / (hours - BEFORE - 1)
    each_s = (rest_s - one_s) / (hours - BEFORE - 1)
    further = WEEK_HOURS - 1
    week_cpu_s, week_s = one_cpu_s + each_cpu_s * further, one_s + each_s * further
    figures = {
        **taken,
        "each further hour": (each_s, each_cpu_s),
        f"a week of {WEEK_HOURS} hours": (week_s, week_cpu_s),
    }
    return Report(
        name="weekly_speed",
        title=f"Weekly report: base table of {sizes['cells']:,} cells and {sizes['hexes']:,} hexagons by hour",
        about=ABOUT,
        columns=("what", "seconds", "of processor time", "peak MB"),
        rows=[(name, rounded(s), rounded(cpu_s), rounded(apart.peak_mb)) for name, (s, cpu_s) in figures.items()],
        record={
            "size": sizes,
            "peak_mb": apart.peak_mb,
            "figures": [{"what": name, "seconds": s, "cpu_s": cpu_s} for name, (s, cpu_s) in figures.items()],
        },
    )


def take_hours(folder: Path, *, hours: int) -> dict[str, tuple[float, float]]:
    """Seconds by the clock and of the processors, by what was done."""
    home = Home(folder / "home")
    spans = {
        "first hour, with the shares of areas": (0, 1),
        "one hour": (1, BEFORE),
        "all others": (BEFORE, hours),
        "nothing to do": (0, hours),
    }
    taken = {name: _taken(home, first, last) for name, (first, last) in spans.items()}
    return {name: (each.wall_s, each.cpu_s) for name, each in taken.items()}
