"""Somebody who wants the hidden numbers: all that is told, as linear constraints, and what these leave possible."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

import numpy as np
import polars as pl
from scipy.optimize import linprog
from scipy.sparse import csr_array

KEYS = ("level", "area_code")
COUNTRY = ("country", "")
PLACES = {"percent": 1, "ratio": 2}
FINEST = 1e-6  # LP solvers know no number closer
DAY = range(6, 18)
NIGHT = (22, 23, 0, 1, 2, 3, 4)
MEANS = ("presence_mean", "people_per_km2", "presence_day", "presence_night")


@dataclass
class Puzzle:
    """Numbers that are not negative, and what is known of them."""

    numbers: dict[Hashable, int] = field(default_factory=dict)
    known: list[tuple[dict[int, float], float, float]] = field(default_factory=list)

    def say(self, terms: Mapping[Hashable, float], *, low: float, high: float) -> None:
        """The sum of some numbers, each times a factor, lies between two bounds."""
        columns = {self.numbers.setdefault(name, len(self.numbers)): factor for name, factor in terms.items()}
        self.known.append((columns, low, high))

    def range_of(self, name: Hashable) -> tuple[float, float]:
        """The least and the most that a number can be."""
        if name not in self.numbers:
            return 0.0, np.inf
        cost = np.zeros(len(self.numbers))
        cost[self.numbers[name]] = 1
        return self._solve(cost), -self._solve(-cost)

    def _solve(self, cost):
        equal = [row for row in self.known if row[1] == row[2]]
        upper = [(terms, high) for terms, low, high in self.known if low != high and np.isfinite(high)]
        lower = [
            ({n: -factor for n, factor in terms.items()}, -low)
            for terms, low, high in self.known
            if low != high and np.isfinite(low)
        ]
        bounded = upper + lower
        found = linprog(
            cost,
            A_eq=self._matrix([row[0] for row in equal]),
            b_eq=[row[1] for row in equal] or None,
            A_ub=self._matrix([row[0] for row in bounded]),
            b_ub=[row[1] for row in bounded] or None,
            bounds=(0, None),
            method="highs",
        )
        if found.status == 3:
            return -np.inf
        assert found.status == 0, f"what was told contradicts itself: {found.message}"
        return found.fun

    def _matrix(self, rows):
        if not rows:
            return None
        place = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        columns = [n for row in rows for n in row]
        factors = [factor for row in rows for factor in row.values()]
        return csr_array((factors, (place, columns)), shape=(len(rows), len(self.numbers)))


def families(tree) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Children of each area; the country's are those whose parent is not in the tree."""
    rows = [tuple(row) for row in tree.rows.select(*KEYS, "parent_code").iter_rows()]
    found = {}
    for level, code, parent in rows:
        coarser = tree.levels[: tree.levels.index(level)]
        above = [(name, parent) for name in reversed(coarser) if (name, parent) in {row[:2] for row in rows}]
        found.setdefault(above[0] if above else COUNTRY, []).append((level, code))
    return found


def hear_table(puzzle: Puzzle, told: pl.DataFrame, tree, *, totals, rest_of, name="") -> None:
    """Take in one edition of a table.

    Args:
        puzzle: what is known so far.
        told: level, area_code, interval_start, status, people (of those that are shown).
        tree: the areas.
        totals: people of the whole country by instant, for the hours in which that is told.
        rest_of: areas of which it is known that people live in none of their children, by instant.
        name: of the edition.
    """
    tree_of = families(tree)
    for (instant,), hour in told.group_by("interval_start"):
        rows = {(row["level"], row["area_code"]): row for row in hour.iter_rows(named=True)}
        status = {area: row["status"] for area, row in rows.items()}
        for area, row in rows.items():
            if status[area] == "shown":
                puzzle.say({(name, area, instant): 1}, low=row["people"], high=row["people"])
        if instant in totals:
            puzzle.say({(name, COUNTRY, instant): 1}, low=totals[instant], high=totals[instant])
            status[COUNTRY] = "shown"
        for parent, children in tree_of.items():
            counted = [child for child in children if status.get(child, "missing") != "missing"]
            if counted and status.get(parent, "missing") != "missing":
                terms = {(name, parent, instant): 1.0} | {(name, child, instant): -1.0 for child in counted}
                has_rest = parent in rest_of.get(instant, ())
                puzzle.say(terms, low=0, high=np.inf if has_rest else 0)


def hidden_ranges(told: pl.DataFrame, tree, *, totals, rest_of=None) -> dict:
    """What a table leaves possible: the least and the most of each hidden number, by area and instant."""
    found = {}
    for (at,), hour in told.group_by("interval_start"):
        puzzle = Puzzle()
        hear_table(puzzle, hour, tree, totals=totals, rest_of=rest_of or {})
        hidden = hour.filter(status="hidden").select(*KEYS).iter_rows()
        found |= {(area, at): puzzle.range_of(("", area, at)) for area in hidden}
    return found


def editions_ranges(editions, tree, *, totals, same) -> dict:
    """What several editions leave possible together.

    Args:
        editions: frames as `hidden_ranges` takes them.
        tree: the areas.
        totals: people of the country by instant, for each edition.
        same: (area, instant) of which it is known that the numbers of all editions are the same.
    """
    puzzle = Puzzle()
    for n, (told, total) in enumerate(zip(editions, totals, strict=True)):
        hear_table(puzzle, told, tree, totals=total, rest_of={}, name=n)
    for (n, one), (m, other) in pairwise(enumerate(editions)):
        both = one.join(other, on=[*KEYS, "interval_start"]).filter(
            pl.col("status") != "missing", pl.col("status_right") != "missing"
        )
        for area, instant in _keyed(both.select(*KEYS, "interval_start").iter_rows()):
            if (area, instant) in same:
                puzzle.say({(n, area, instant): 1, (m, area, instant): -1}, low=0, high=0)
    return {
        (n, area, instant): puzzle.range_of((n, area, instant))
        for n, told in enumerate(editions)
        for area, instant in _keyed(told.filter(status="hidden").select(*KEYS, "interval_start").iter_rows())
    }


def attack_weekly(weekly, truth: pl.DataFrame, *, most=40) -> pl.DataFrame:
    """Everything that a report tells, against the hours that it hides.

    Args:
        weekly: a `crowd.mobility.model.Weekly`.
        truth: the base table of the week: level, area_code, interval_start, people, devices.
        most: so many hidden hours are sought, spread over all of them.

    Returns:
        level, area_code, interval_start, people, devices, lowest, highest; `highest - lowest` should be at least k
        devices' worth of people.
    """
    puzzle = Puzzle()
    _hear_hours(puzzle, weekly)
    _hear_indicators(puzzle, weekly)
    hidden = weekly.hours.filter(status="hidden").sort("interval_start", *KEYS).select(*KEYS, "interval_start")
    hidden = hidden.gather_every(max(1, hidden.height // most)) if hidden.height else hidden
    found = [puzzle.range_of(((level, code), instant)) for level, code, instant in hidden.iter_rows()]
    bounds = pl.DataFrame(found, schema={"lowest": pl.Float64, "highest": pl.Float64}, orient="row")
    both = pl.concat([hidden, bounds], how="horizontal")
    return both.join(truth.select(*KEYS, "interval_start", "people", "devices"), on=[*KEYS, "interval_start"])


def _keyed(rows):
    return [((level, code), instant) for level, code, instant in rows]


def _ends(row) -> tuple[float, float]:
    """Between what a number of `indicators` lies: it is rounded, by its range or to places."""
    value, unit = row["value"], row["unit"]
    if unit in PLACES:
        half = 0.5 / 10 ** PLACES[unit]
    else:
        scale = 100 if unit == "people/km2" else 1
        width = np.inf if row["low"] is None or row["high"] is None else row["high"] - row["low"]
        # of ends that are rounded themselves the range is only about known
        steps = [_power_of_ten(0.6 * width * scale + 1), _power_of_ten(0.105 * abs(value) * scale)]
        half = 0.5 * max(1.0, min(steps)) / scale
    return value - half - FINEST, value + half + FINEST


def _power_of_ten(number):
    return 10.0 ** np.floor(np.log10(max(number, FINEST))) if np.isfinite(number) else np.inf


def _hear_hours(puzzle, weekly):
    class Tree:
        rows = weekly.areas
        levels = tuple(dict.fromkeys(weekly.areas["level"]))

    tree_of = families(Tree)
    for row in weekly.hours.filter(status="shown").iter_rows(named=True):
        low, high = row["people"] - FINEST, row["people"] + FINEST
        puzzle.say({((row["level"], row["area_code"]), row["interval_start"]): 1}, low=low, high=high)
    for (instant,), hour in weekly.hours.group_by("interval_start"):
        counted = set(hour.filter(pl.col("status") != "missing").select(*KEYS).iter_rows())
        for parent, children in tree_of.items():
            there = [child for child in children if child in counted]
            if there and parent in counted:
                terms = {(parent, instant): 1.0} | {(child, instant): -1.0 for child in there}
                puzzle.say(terms, low=0, high=0)


def _hear_indicators(puzzle, weekly):
    """Derived numbers of days and of the week, each as it is defined over the hours with data."""
    counted = weekly.hours.filter(pl.col("status") != "missing")
    by_area = dict(counted.group_by(*KEYS))
    km2 = {(level, code): area for level, code, area in weekly.areas.select(*KEYS, "area_km2").iter_rows()}
    told = weekly.indicators.filter(pl.col("status") == "shown", pl.col("period") != "hour")
    for row in told.iter_rows(named=True):
        area = row["level"], row["area_code"]
        everything = by_area.get(area, counted.clear())
        hours = everything if row["date"] is None else everything.filter(date=row["date"])
        if hours.is_empty():
            continue
        low, high = _ends(row)
        if row["indicator"] in MEANS:
            _hear_mean(puzzle, row["indicator"], area, hours, low=low, high=high, km2=km2[area])
        elif row["indicator"] == "peak_people":
            for instant in hours["interval_start"]:
                puzzle.say({(area, instant): 1.0}, low=-np.inf, high=high)
        elif row["date"] is not None:
            _hear_comparison(puzzle, row, area, (hours, everything))


def _mean(area, hours, factor=1.0):
    """Mean over the hours of each day, then over days, as the terms of a sum."""
    size = hours.select("interval_start", share=1 / (pl.len().over("date") * pl.col("date").n_unique()))
    return {(area, instant): share * factor for instant, share in size.iter_rows()}


def _inside(hours, indicator):
    part = {"presence_day": DAY, "presence_night": NIGHT}.get(indicator)
    return hours if part is None else hours.filter(pl.col("hour").is_in(list(part)))


def _hear_mean(puzzle, indicator, area, hours, *, low, high, km2):
    scale = km2 if indicator == "people_per_km2" else 1.0
    puzzle.say(_mean(area, _inside(hours, indicator)), low=low * scale, high=high * scale)


def _hear_comparison(puzzle, row, area, frames):
    """Change against the usual (which is told, rounded), against the day before, and of day to night."""
    (hours, everything), ends = frames, _ends(row)
    if row["indicator"] == "change_pct":
        both = hours.filter(pl.col("usual").is_not_null())
        low, high = ((1 + end / 100) * both["usual"].sum() for end in ends)
        puzzle.say({(area, instant): 1.0 for instant in both["interval_start"]}, low=low - 1e-3, high=high + 1e-3)
    elif row["indicator"] == "net_change":
        before = everything.filter(date=row["date"] - timedelta(days=1))
        if before.height:
            puzzle.say(_mean(area, hours) | _mean(area, before, -1.0), low=ends[0], high=ends[1])
    elif row["indicator"] == "day_night_ratio":
        day, night = (_inside(hours, f"presence_{part}") for part in ("day", "night"))
        puzzle.say(_mean(area, day) | _mean(area, night, -ends[0]), low=0, high=np.inf)
        puzzle.say(_mean(area, day) | _mean(area, night, -ends[1]), low=-np.inf, high=0)
