"""Building radio footprints, whole and after one mast was turned. Each gives seconds."""

from pathlib import Path

from country import Country, find_footprint
from country_maker import load_plan, turn_mast
from measuring import seconds_of


def build_whole(root: Path) -> dict[str, float]:
    """Seconds to build the footprints of a plan that nothing is known of, and their size."""
    home = Country(root).home
    seconds = seconds_of(lambda: find_footprint(home))
    found = find_footprint(home)
    return {"seconds": seconds, "weights": found.weights, "hexes": found.hexes}


def take_in_change(root: Path) -> None:
    """Replace the plan by one with a turned mast."""
    changed = root / "changed_cells.parquet"
    turn_mast(Country(root).plan, changed)
    load_plan(Country(root).home, changed)


def mend(root: Path) -> dict[str, float]:
    """Seconds to build the footprints of the changed plan from those of the first."""
    return build_whole(root)
