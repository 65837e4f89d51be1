"""Many small covering problems at once: the cheapest items whose amounts add up to what is needed.

This is the knapsack problem turned round. All problems are worked through together, one rank of items after another. A
state is a choice among the first items of one problem; it is kept while the rest, taken in fractions, could still make
it cheaper than the best known choice, and while no other state of its problem has more for less.

SciPy's `milp` over all problems at once, one row for each, was measured first: 5 s for 200 problems of 30 items, 50 s
for 1,000, no end within a minute for 4,000, because HiGHS has to close one gap over all rows together. This takes 1.2 s
for 20,000 and finds the same optimum.
"""

from dataclasses import dataclass, field

import numpy as np

from crowd.covering_states import ROUNDING, Best, Flags, Items, States, Trail
from geo.hexagons import Floats, Positions

AMOUNT_SLACK = 1e-12
# Usual problems keep a hundred states at a time. Past this the least promising go, so that problems whose items all
# cost the same per amount, where nearly every choice is as good as the best, end as well.
MAX_STATES = 500
# Of many items, a first search with few states finds choices close to the best, which then rule out nearly everything.
FEW_STATES = 2
MANY_ITEMS = 50


@dataclass(frozen=True, eq=False)
class Cover:
    """What was chosen.

    Attributes:
        is_chosen: one flag for each item, in the order in which they were given.
        is_covered: one flag for each problem; of a problem that no allowed choice covers nothing is chosen.
    """

    is_chosen: Flags
    is_covered: Flags


def cover(problem: Positions, *, amount: Floats, cost: Floats, needed: Floats, max_items: int | None = None) -> Cover:
    """Choose the cheapest items of each problem whose amounts add up to what it needs, to 1e-12.

    The choice is the cheapest there is unless a problem has over `MAX_STATES` states that neither a bound nor another
    state rules out; it covers what is needed all the same, but where `max_items` is given such a problem may be told as
    not covered. Of two items with the same cost per amount the first is preferred.

    Args:
        problem: position in `needed` of the problem of each item, in ascending order.
        amount: what each item adds, above 0 and about 1 for a whole problem.
        cost: what each item costs, 0 or more.
        needed: what the chosen items of each problem have to add up to.
        max_items: the most items that may be chosen for one problem.
    """
    order = np.lexsort((cost / amount, problem))
    items = Items.ranked(problem, amount=amount[order], cost=cost[order], needed=needed)
    search = _Search(items=items, max_items=len(problem) if max_items is None else max_items)
    search.run(np.flatnonzero(items.end - items.start > MANY_ITEMS), max_states=FEW_STATES)
    search.run(np.arange(len(needed)), max_states=MAX_STATES)
    is_chosen = np.zeros(len(problem), dtype=np.bool_)
    is_chosen[order] = search.best.chosen(search.trail, len(problem))
    return Cover(is_chosen, np.isfinite(search.best.cost) | (needed <= AMOUNT_SLACK))


@dataclass(eq=False, kw_only=True)
class _Search:
    items: Items
    max_items: int
    best: Best = field(init=False)
    trail: Trail = field(default_factory=Trail)

    def __post_init__(self) -> None:
        self.best = Best.none_yet(len(self.items.needed))

    def run(self, problems: Positions, *, max_states: int) -> None:
        """Search problems with at most so many states of each at a time."""
        states, rank = States.first(problems[self.items.needed[problems] > AMOUNT_SLACK]), 0
        while len(states.problem):
            states = self._step(states, rank, max_states)
            rank += 1

    def _step(self, states: States, rank: int, max_states: int) -> States:
        """Take or leave the item of this rank, as far as either may lead to something better."""
        states, missing, last = self._completable(states, rank)
        item = self.items.start[states.problem] + rank
        cost = states.cost + self.items.cost_after[last] - self.items.cost_before[item]
        is_allowed = states.items + last + 1 - item <= self.max_items
        self.best.learn(states, np.where(is_allowed, cost, np.inf), start=item, end=last + 1)
        bound = cost - self.items.cost[last] * self._spare(item, last, missing)
        is_open = self._is_promising(states, bound, max_states)
        return self._branch(states.at(is_open), item[is_open], missing[is_open])

    def _completable(self, states: States, rank: int) -> tuple[States, Floats, Positions]:
        """States that the items left can complete, what they miss, and the item up to which that takes."""
        item = self.items.start[states.problem] + rank
        end = self.items.end[states.problem]
        is_open = item < end
        states, item, end = states.at(is_open), item[is_open], end[is_open]
        missing = self.items.needed[states.problem] - states.amount - AMOUNT_SLACK
        last = self.items.completing(item, end, missing)
        largest = (self.max_items - states.items) * self.items.largest_left[item]
        is_completable = (last < end) & (missing <= largest)
        return states.at(is_completable), missing[is_completable], last[is_completable]

    def _spare(self, item: Positions, last: Positions, missing: Floats) -> Floats:
        """The share of the last item of a completion that is not needed."""
        too_much = self.items.amount_after[last] - self.items.amount_before[item] - missing
        return np.clip(too_much / self.items.amount[last], 0, 1)

    def _is_promising(self, states: States, bound: Floats, max_states: int) -> Flags:
        is_open = bound < self.best.cost[states.problem] * (1 - ROUNDING)
        if np.bincount(states.problem, weights=is_open).max(initial=0) > max_states:
            order = np.lexsort((bound, ~is_open, states.problem))
            is_open[order] &= _rank_within(states.problem[order]) < max_states
        return np.asarray(is_open)

    def _branch(self, states: States, item: Positions, missing: Floats) -> States:
        """Each state without the item and, where that leaves it incomplete, with it."""
        takes = np.flatnonzero((self.items.amount[item] < missing) & (states.items + 1 < self.max_items))
        taken, item = states.at(takes), item[takes]
        with_item = States(
            taken.problem,
            taken.amount + self.items.amount[item],
            taken.cost + self.items.cost[item],
            taken.items + 1,
            self.trail.add(item, taken.trail),
        )
        both = states.and_those(with_item)
        if self.max_items >= len(self.items.amount):
            return _undominated(both, both.problem)
        return _undominated(both, both.problem * self.max_items + both.items)


def _undominated(states: States, peers: Positions) -> States:
    """States of which no peer has as much for as little, ordered by peers."""
    order = np.lexsort((-states.amount, states.cost, peers))
    states, peers = states.at(order), peers[order]
    position = np.arange(len(peers))
    by_amount = np.lexsort((-position, states.amount, peers))
    amount_rank = np.empty_like(position)
    amount_rank[by_amount] = position
    return states.at(amount_rank == np.maximum.accumulate(amount_rank))


def _rank_within(groups: Positions) -> Positions:
    """How many of the same group came before, where groups stand together."""
    return np.arange(len(groups)) - np.searchsorted(groups, groups)
