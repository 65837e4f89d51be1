"""What a report is asked for: which areas, to which level, of which week; refused clearly where it is not there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

import polars as pl

from crowd.density import DENSITY
from crowd.mobility.hierarchy import AreaTree
from crowd.mobility.weeks import Week, parse_week, week_of
from geo.areas import LEVELS
from lake.errors import RefusedInputError
from lake.home import Home
from lake.stages import hour_of_path

MOST_NAMED = 3
MOST_WEEKS = 12


@dataclass(frozen=True, kw_only=True)
class AskedWeek:
    """A report that is asked for, and on what terms.

    Attributes:
        week: which week.
        reference: weeks that are usual; None for those with data of the five before.
        level: finest level of the report; None for the finest that is loaded.
        area: code of the area that it is restricted to; None for everything.
        k: fewest devices that a shown number rests on.
        epsilon: budget of differential privacy of each area and hour; None for none.
        holidays: days that are lived like Sundays, as far as they are known.
    """

    week: Week
    reference: Sequence[Week] | None = None
    level: str | None = None
    area: str | None = None
    k: int
    epsilon: float | None = None
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True, kw_only=True)
class AskedAreas:
    """The areas of a report.

    Attributes:
        level: the finest of the report.
        chosen: code of the area that it is restricted to; None for everything.
        rows: columns of AREAS, coarse to fine, by code.
    """

    level: str
    chosen: str | None
    rows: pl.DataFrame


def choose_areas(tree: AreaTree, *, level: str | None, area: str | None) -> AskedAreas:
    """The areas of a report.

    Args:
        tree: all that are loaded.
        level: the finest level wanted; None for the finest that is loaded.
        area: code of the area that the report is restricted to; None for everything.

    Raises:
        RefusedInputError: no areas of the level are loaded, there is no such area, or it is finer than the level.
    """
    if level is not None and level not in LEVELS:
        raise RefusedInputError(f"no level '{level}': choose one of {', '.join(LEVELS)}")
    finest = level or tree.finest
    down = tree.down_to(finest)
    if area is None:
        return AskedAreas(level=finest, chosen=None, rows=down.rows)
    known = tree.rows.filter(area_code=area)
    if known.is_empty():
        raise RefusedInputError(f"no loaded area has the code {area}: {_close(tree.rows, area)}")
    if LEVELS.index(known["level"][0]) > LEVELS.index(finest):
        own = known["level"][0]
        raise RefusedInputError(
            f"area {area} is a {own}, finer than level {finest}: ask for level {own}, or leave it out"
        )
    return AskedAreas(level=finest, chosen=area, rows=down.restricted(area).rows)


def weeks_with_data(home: Home, *, timezone: str) -> frozenset[Week]:
    """Weeks that have density for at least one hour."""
    return frozenset(week_of(hour_of_path(path), timezone=timezone) for path in DENSITY.paths(home))


def must_have_data(week: Week, with_data: Collection[Week]) -> None:
    """Refuse a week that nothing is known of.

    Raises:
        RefusedInputError: the week has no data; says which weeks have.
    """
    if week in with_data:
        return
    if not with_data:
        raise RefusedInputError(
            f"there are no data for {week.label}, nor for any other week: load counts and run 'kerumun run' first"
        )
    known = [one.label for one in sorted(with_data)]
    told = ", ".join(known[-MOST_WEEKS:])
    more = f" and {len(known) - MOST_WEEKS} earlier ones" if len(known) > MOST_WEEKS else ""
    raise RefusedInputError(f"there are no data for {week.label}: weeks with data are {told}{more}")


def parse_reference(text: str, *, timezone: str) -> tuple[Week, ...]:
    """Weeks such as "2020-W09..2020-W13" (both included) or "2020-W09,2020-W11", oldest first.

    Raises:
        RefusedInputError: a label names no week, or the last is before the first.
    """
    found: set[Week] = set()
    for part in text.split(","):
        first, _, last = part.partition("..")
        week, end = parse_week(first, timezone=timezone), parse_week(last or first, timezone=timezone)
        if end < week:
            raise RefusedInputError(f"reference '{part.strip()}' ends before it begins: write the earlier week first")
        while week <= end:
            found.add(week)
            week = week.earlier(-1)
    return tuple(sorted(found))


def _close(areas: pl.DataFrame, asked: str) -> str:
    """Areas whose code or name is like what was asked for."""
    texts = dict(areas.select("area_code", "area_name").iter_rows())
    by_name = {name.casefold(): code for code, name in texts.items()}
    names = [by_name[name] for name in get_close_matches(asked.casefold(), by_name, n=MOST_NAMED)]
    codes = dict.fromkeys([*names, *get_close_matches(asked, texts, n=MOST_NAMED)])
    if not codes:
        return "see the codes in the files that were loaded"
    return "did you mean " + " or ".join(f"{code} ({texts[code]})" for code in list(codes)[:MOST_NAMED]) + "?"
