"""The weekly report of a country: one national week, from density in the lake to pages, sheets and tables."""

import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from country import engine_of
from measuring import MAXRSS_BYTES, run_apart
from report import Report, promise, rounded
from weekly_lake import WEEK
from weekly_usual import add_earlier_weeks

from crowd.density import DENSITY
from crowd.mobility.area_hours import MOBILITY, update_area_hours
from crowd.mobility.editions import STAGE as EDITIONS
from geo.area_shares import STAGE as SHARES
from lake.engine import connect, fetch_frame, file_literal
from lake.home import Home

EARLIER_WEEKS = 5
PEER_HOURS = 12
PROMISED_S, PROMISED_MB = 300.0, 8_000.0
ENDINGS = ("pdf", "xlsx", "csv", "parquet")
ABOUT = """\
`kerumun report weekly` for a whole country: its real outlines (38 provinces, 514 regencies, 7,285 districts), masts
near its real towers, compared with five weeks whose base tables lie in the lake from their own reports. The PDF comes
first and computes the base table of its week (people by area and hour); the files after it find that. Each once, in a
process of its own, on two threads. The peer is one DuckDB query that only sums people by district and hour over some
hours, with the shares of hexagons in areas known, brought to the same number of hours."""

HIDDEN = """\
Small numbers are kept back in {hours_pct:.2g} % of the hours of districts with data, and with them the week's mean of
{without_mean} of {districts:,} districts."""


@dataclass(frozen=True)
class Taken:
    """What a command took."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def measure_weekly_speed(folder: Path, *, cells: int, hours: int) -> Report:
    """What the report of a national week takes, by file.

    Args:
        folder: to make the lake in; 78 MB an hour for a whole country.
        cells: of the country.
        hours: of its week.
    """
    sizes = run_apart("weekly_lake.make_lake", root=folder, cells=cells, hours=hours).value
    prepared = run_apart("bench_weekly.prepare", folder=folder, hours=hours)
    taken: dict[str, Taken] = {"shares of hexagons in areas, and a first base table": Taken(*prepared.value)}
    for ending in ENDINGS:
        taken[ending] = run_apart("bench_weekly.take_report", folder=folder, ending=ending).value
    hidden = run_apart("bench_weekly.count_hidden", folder=folder).value
    peer_s = run_apart("bench_weekly.sum_districts", folder=folder, hours=min(hours, PEER_HOURS)).value
    peer_s *= hours / min(hours, PEER_HOURS)
    whole = Taken(
        wall_s=sum(taken[ending].wall_s for ending in ENDINGS),
        cpu_s=sum(taken[ending].cpu_s for ending in ENDINGS),
        peak_mb=max(taken[ending].peak_mb for ending in ENDINGS),
    )
    taken["all four"] = whole
    slack = min(PROMISED_S - whole.wall_s, PROMISED_MB - whole.peak_mb)
    told = f"{whole.wall_s:.0f} s for all four files, {whole.peak_mb:,.0f} MB at most"
    return Report(
        name="weekly_speed",
        title=f"Weekly report: {hours} hours of a country of {sizes['cells']:,} cells and {sizes['hexes']:,} hexagons",
        about=f"{ABOUT} {HIDDEN.format(**hidden)}",
        columns=("what", "seconds", "of processor time", "peak MB", "times the peer"),
        rows=[
            (name, rounded(one.wall_s), rounded(one.cpu_s), rounded(one.peak_mb), rounded(one.wall_s / peer_s))
            for name, one in taken.items()
        ],
        promises=[promise("a national week within five minutes and 8 GB on two cores", told, slack=slack)],
        record={
            "size": sizes,
            "peer_s": peer_s,
            "hidden": hidden,
            "figures": [{"what": name, **vars(one), "ratio": one.wall_s / peer_s} for name, one in taken.items()],
        },
    )


def prepare(folder: Path, *, hours: int) -> tuple[float, float, float]:
    """Make what is there on a Monday: shares of hexagons and earlier weeks, but nothing of the week itself."""
    home = Home(folder / "home")
    wall, cpu = time.perf_counter(), time.process_time()
    with connect(engine_of(home)) as connection:
        update_area_hours(connection, home=home, hours=WEEK.hours[:hours])
    taken = time.perf_counter() - wall, time.process_time() - cpu
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MAXRSS_BYTES / 1e6
    week = [path.parent for path in MOBILITY.paths(home, start=WEEK.start, end=WEEK.end)]
    add_earlier_weeks(home, WEEK, count=EARLIER_WEEKS)
    for made in (*week, home.lake / EDITIONS):
        shutil.rmtree(made, ignore_errors=True)
    return (*taken, peak_mb)


def take_report(folder: Path, *, ending: str) -> Taken:
    """Run the command for one file."""
    command = [
        str(Path(sys.executable).with_name("kerumun")),
        *("report", "weekly", "--week", WEEK.label, "--lang", "id"),
        *("--home", str(folder / "home"), "--output", str(folder / f"report.{ending}")),
    ]
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - a command of our own
    wall_s = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Taken(wall_s, used.ru_utime + used.ru_stime, used.ru_maxrss * MAXRSS_BYTES / 1e6)


def count_hidden(folder: Path) -> dict[str, float]:
    """How much of what is told of districts is kept back."""
    table = pl.scan_parquet(folder / "report.parquet", glob=False).filter(
        pl.col("level") == "district", pl.col("status") != "missing"
    )
    hours = table.filter(period="hour", indicator="presence").select(pl.col("status") == "hidden")
    means = table.filter(period="week", indicator="presence_mean").select(pl.col("status") == "hidden")
    told, without = hours.collect()["status"], means.collect()["status"]
    return {"hours_pct": 100 * told.mean(), "without_mean": int(without.sum()), "districts": len(without)}


def sum_districts(folder: Path, *, hours: int) -> float:
    """Seconds of the peer: people by district and hour in one query."""
    home = Home(folder / "home")
    paths = DENSITY.paths(home, start=WEEK.start, end=WEEK.hours[hours - 1])
    density = ", ".join(file_literal(path) for path in paths)
    (shares,) = (home.lake / SHARES / "level=district").rglob("*.parquet")
    query = f"""
        select code, interval_start, sum(people * share) as people, sum(people_low * share), sum(people_high * share)
        from read_parquet([{density}]) join read_parquet({file_literal(shares)}) using (hex)
        group by all
    """
    began = time.perf_counter()
    with connect(engine_of(home)) as connection:
        fetch_frame(connection, query)
    return time.perf_counter() - began
