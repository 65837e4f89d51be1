"""How long the base table of a national week takes: `weekly_speed.py FOLDER [--hours 12] [--cells 600000]`.

The lake is made in the folder unless it is there. Processor time is told beside that of the clock: it hardly grows when
others use the machine. At least four hours are needed.
"""

import argparse
import json
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from country import engine_of
from measuring import MAXRSS_BYTES
from weekly_lake import CELLS, WEEK, is_possible, make_lake

from crowd.mobility.area_hours import update_area_hours
from crowd.mobility.hierarchy import read_tree
from lake.engine import connect
from lake.home import Home

ABOUT = "weekly_lake.json"
WEEK_HOURS = 168
MB = 1e6


@dataclass(frozen=True)
class Taken:
    """Seconds by the clock and of the processors."""

    wall_s: float
    cpu_s: float


def main() -> None:
    """Make the lake if need be, then measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--hours", type=int, default=12)
    parser.add_argument("--cells", type=int, default=CELLS)
    asked = parser.parse_args()
    if not is_possible():
        raise SystemExit("the areas and towers of Indonesia are not in ../shared/data")
    about = asked.folder / ABOUT
    if not about.exists():
        sizes = make_lake(asked.folder, cells=asked.cells, hours=asked.hours)
        about.write_text(json.dumps(sizes), encoding="utf-8")
    sizes = json.loads(about.read_text(encoding="utf-8"))
    _say(f"{sizes['cells']:,} cells, {sizes['hexes']:,} hexagons, {sizes['weights']:,} weights")
    measure(Home(asked.folder / "home"), hours=min(asked.hours, sizes["hours"]))


def measure(home: Home, *, hours: int) -> None:
    """Tell what one hour costs, and what all hours have in common."""
    first = _taken(home, 0, 1)
    _say(f"first hour, with the shares of hexagons in areas, which are kept: {_told(first)}")
    one, rest = _taken(home, 1, 2), _taken(home, 2, hours)
    _say(f"one hour: {_told(one)}; {hours - 2} hours: {_told(rest)}")
    _say(f"nothing to do: {_told(_taken(home, 0, hours))}")
    began = time.perf_counter()
    read_tree(home)
    _say(f"the tree: {time.perf_counter() - began:.1f} s")
    each = (rest.cpu_s - one.cpu_s) / (hours - 3)
    week = one.cpu_s + each * (WEEK_HOURS - 1)
    _say(f"a week of {WEEK_HOURS} hours: {week:.0f} s of processor time, {each:.2f} s for each hour")
    _say(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MAXRSS_BYTES / MB:,.0f} MB")


def _taken(home: Home, first: int, last: int) -> Taken:
    wall, cpu = time.perf_counter(), time.process_time()
    with connect(engine_of(home)) as connection:
        update_area_hours(connection, home=home, hours=WEEK.hours[first:last])
    return Taken(time.perf_counter() - wall, time.process_time() - cpu)


def _told(taken: Taken) -> str:
    return f"{taken.wall_s:.1f} s, {taken.cpu_s:.1f} s of processor time"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main()
