"""What `crowd.covering` remembers while it searches: items, choices among the first of them, and the best so far."""

from dataclasses import dataclass, field
from typing import Self

import numpy as np
import numpy.typing as npt
import polars as pl

from geo.hexagons import Floats, Positions

Flags = npt.NDArray[np.bool_]

ROUNDING = 1e-12  # of the cost: a choice cheaper by less differs by rounding
NOWHERE = -1


@dataclass(frozen=True, eq=False, kw_only=True)
class Items:
    """Items of all problems, each problem's from the least cost per amount to the most.

    `amount_after` and `cost_after` are sums within the problem up to and with an item, `_before` without it;
    `largest_left` is the greatest amount from an item on.
    """

    start: Positions
    end: Positions
    needed: Floats
    amount: Floats
    amount_before: Floats
    amount_after: Floats
    cost: Floats
    cost_before: Floats
    cost_after: Floats
    largest_left: Floats

    @classmethod
    def ranked(cls, problem: Positions, *, amount: Floats, cost: Floats, needed: Floats) -> Self:
        """Add up the items of each problem, given in order of problem and cost per amount."""
        numbers = np.arange(len(needed))
        start = np.searchsorted(problem, numbers)
        after = pl.DataFrame({"problem": problem, "amount": amount, "cost": cost}).select(
            pl.col("amount", "cost").cum_sum().over("problem"),
            left=pl.col("amount").cum_max(reverse=True).over("problem"),
        )
        return cls(
            start=start,
            end=np.searchsorted(problem, numbers, side="right"),
            needed=needed,
            amount=amount,
            amount_before=_shifted(after["amount"].to_numpy(), problem),
            amount_after=after["amount"].to_numpy(),
            cost=cost,
            cost_before=_shifted(after["cost"].to_numpy(), problem),
            cost_after=after["cost"].to_numpy(),
            largest_left=after["left"].to_numpy(),
        )

    def completing(self, item: Positions, end: Positions, missing: Floats) -> Positions:
        """The first item up to which those from `item` on add up to what is missing; `end` where they never do."""
        low, high, before = item, end, self.amount_before[item]
        while (is_open := low < high).any():
            middle = np.where(is_open, (low + high) // 2, item)
            is_less = self.amount_after[middle] - before < missing
            low = np.where(is_open & is_less, middle + 1, low)
            high = np.where(is_open & ~is_less, middle, high)
        return low


@dataclass(frozen=True, eq=False)
class States:
    """Choices among the first items: their problem (ascending), sums, number of items, and last step of the trail."""

    problem: Positions
    amount: Floats
    cost: Floats
    items: Positions
    trail: Positions

    @classmethod
    def first(cls, problem: Positions) -> Self:
        """Nothing chosen yet for each problem."""
        zeros = np.zeros(len(problem))
        return cls(problem, zeros, zeros, np.zeros(len(problem), dtype=np.int64), np.full(len(problem), NOWHERE))

    def at(self, which: Positions | Flags) -> "States":
        """Those at positions, or those with a flag."""
        return States(self.problem[which], self.amount[which], self.cost[which], self.items[which], self.trail[which])

    def and_those(self, other: "States") -> "States":
        """These and others, one after another."""
        return States(
            np.concatenate((self.problem, other.problem)),
            np.concatenate((self.amount, other.amount)),
            np.concatenate((self.cost, other.cost)),
            np.concatenate((self.items, other.items)),
            np.concatenate((self.trail, other.trail)),
        )


@dataclass(eq=False)
class Trail:
    """Every item that a state took, with the step before it."""

    items: list[Positions] = field(default_factory=list)
    before: list[Positions] = field(default_factory=list)
    length: int = 0

    def add(self, items: Positions, before: Positions) -> Positions:
        """Note one more item for each state; gives the new steps."""
        steps = np.arange(self.length, self.length + len(items))
        self.items.append(items)
        self.before.append(before)
        self.length += len(items)
        return steps


@dataclass(eq=False)
class Best:
    """The cheapest known choice of each problem: a trail, and all items from `start` to `end`."""

    cost: Floats
    trail: Positions
    start: Positions
    end: Positions

    @classmethod
    def none_yet(cls, problems: int) -> Self:
        """No choice known for any problem."""
        nowhere = np.full(problems, NOWHERE)
        return cls(np.full(problems, np.inf), nowhere, nowhere.copy(), nowhere.copy())

    def learn(self, states: States, cost: Floats, *, start: Positions, end: Positions) -> None:
        """Remember the cheapest completion of each problem's states where it is news."""
        first = np.flatnonzero(np.diff(states.problem, prepend=NOWHERE))
        least_cost = np.minimum.reduceat(cost, first) if len(first) else cost
        is_least = cost == np.repeat(least_cost, np.diff(first, append=len(cost)))
        least = np.flatnonzero(is_least)
        least = least[np.diff(states.problem[least], prepend=NOWHERE) > 0]
        known = self.cost[states.problem[least]]
        least = least[np.isfinite(cost[least]) & ~(cost[least] >= known * (1 - ROUNDING))]
        where = states.problem[least]
        self.cost[where], self.trail[where] = cost[least], states.trail[least]
        self.start[where], self.end[where] = start[least], end[least]

    def chosen(self, trail: Trail, items: int) -> Flags:
        """Which items the best choices hold."""
        is_known = np.isfinite(self.cost)
        edges = np.zeros(items + 1, dtype=np.int64)
        np.add.at(edges, self.start[is_known], 1)
        np.add.at(edges, self.end[is_known], -1)
        is_chosen = np.cumsum(edges[:-1]) > 0
        item, before = (np.concatenate([np.empty(0, dtype=np.int64), *x]) for x in (trail.items, trail.before))
        step = self.trail[is_known]
        while len(step := step[step != NOWHERE]):
            is_chosen[item[step]] = True
            step = before[step]
        return is_chosen


def _shifted(after: Floats, problem: Positions) -> Floats:
    """Sums before each item from those after it."""
    is_first = np.diff(problem, prepend=NOWHERE) != 0
    return np.where(is_first, 0.0, np.roll(after, 1))
