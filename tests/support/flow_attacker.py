"""Whoever knows all that is published of a day's flows, and solves for what is not."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import Bounds, LinearConstraint, milp

from crowd.flows.matrix import DayMatrix

K = 5
MOST = 1000.0
SHARE_ROUNDED_BY = 0.0005  # a share is told in percent with one decimal


def day_of(values):
    values = np.asarray(values, dtype=np.float64)
    between = values - np.diag(np.diag(values))
    return DayMatrix(
        codes=tuple(f"99.{n:02}" for n in range(len(values))),
        values=values,
        is_small=values < K,
        out_devices=between.sum(axis=1),
        in_devices=between.sum(axis=0),
        inside_devices=np.diag(values),
    )


class Attacker:
    """Solves for the least and the most that any sum of pairs can be, given all that is published.

    Variables are the n x n pairs and, where numbers of areas reached are told, whether each pair is counted.
    """

    def __init__(self, flows, hidden, *, knows_reached):
        self.n = len(flows.codes)
        self.size = self.n**2 * (2 if knows_reached else 1)
        self.rows, self.low, self.high = [], [], []
        for i in range(self.n):
            self._learn_margins(flows, hidden, i)
            if knows_reached:
                self._learn_reached(flows, hidden, i)
        self.known = LinearConstraint(np.array(self.rows), self.low, self.high) if self.rows else None
        self.integrality = np.zeros(self.size)
        self.integrality[self.n**2 :] = 1
        self.bounds = Bounds(0, np.r_[np.full(self.n**2, MOST), np.ones(self.size - self.n**2)])

    def _learn(self, terms, least, most):
        row = np.zeros(self.size)
        for at, weight in terms:
            row[at] += weight
        self.rows.append(row)
        self.low.append(least)
        self.high.append(most)

    def _others(self, i):
        return [j for j in range(self.n) if j != i]

    def _learn_margins(self, flows, hidden, i):
        flow_out, flow_in, inside = flows.between[i].sum(), flows.between[:, i].sum(), flows.values[i, i]
        if not hidden.flow_out[i]:
            self._learn([(self.pair(i, j), 1) for j in self._others(i)], flow_out, flow_out)
        if not hidden.flow_in[i]:
            self._learn([(self.pair(j, i), 1) for j in self._others(i)], flow_in, flow_in)
        if not hidden.inside[i]:
            share = round(inside / (inside + flow_out), 3)
            for end, sign in ((share - SHARE_ROUNDED_BY, 1), (share + SHARE_ROUNDED_BY, -1)):
                going = [(self.pair(i, j), -sign * end) for j in self._others(i)]
                self._learn([*going, (self.pair(i, i), sign * (1 - end))], -1e-9, np.inf)

    def _learn_reached(self, flows, hidden, i):
        for j in self._others(i):
            counted = self.n**2 + self.pair(i, j)
            self._learn([(self.pair(i, j), 1), (counted, -K)], 0, np.inf)
            self._learn([(self.pair(i, j), 1), (counted, -MOST)], -np.inf, K - 1)
        if not hidden.reached[i]:
            reached = sum(not flows.is_small[i, j] for j in self._others(i))
            self._learn([(self.n**2 + self.pair(i, j), 1) for j in self._others(i)], reached, reached)

    def pair(self, i, j):
        return i * self.n + j

    def uncertainty(self, pairs):
        """How far the sum of some pairs may be from its least to its most."""
        aim = np.zeros(self.size)
        aim[[self.pair(i, j) for i, j in pairs]] = 1
        ends = [
            milp(sign * aim, constraints=self.known, integrality=self.integrality, bounds=self.bounds)
            for sign in (1, -1)
        ]
        assert all(end.status == 0 for end in ends), [end.message for end in ends]
        return -ends[1].fun - ends[0].fun


def found_out(flows, hidden, *, knows_reached):
    """Small pairs and hidden margins that an attacker knows to less than k."""
    attacker = Attacker(flows, hidden, knows_reached=knows_reached)
    n, between = attacker.n, flows.between
    # that nobody sent a pair is all that its absence from a number of areas reached says
    is_aim = flows.is_traced if knows_reached else flows.is_traced | flows.is_empty
    aims = {(i, j): [(i, j)] for i, j in zip(*np.nonzero(is_aim), strict=True)}
    for i in range(n):
        others = [j for j in range(n) if j != i]
        if hidden.flow_out[i] and (between[i].any() or not knows_reached):
            aims["out", i] = [(i, j) for j in others]
        if hidden.flow_in[i] and (between[:, i].any() or not knows_reached):
            aims["in", i] = [(j, i) for j in others]
    return {aim: found for aim, pairs in aims.items() if (found := attacker.uncertainty(pairs)) < K - 1e-6}


counts = st.one_of(
    st.just(0), st.integers(0, K - 1), st.integers(K, 2 * K), st.integers(K, 10 * K), st.sampled_from([K, 2 * K, 60])
)
matrices = st.integers(2, 5).flatmap(lambda n: arrays(np.int64, (n, n), elements=counts, fill=st.nothing()))
sparse = st.integers(3, 6).flatmap(
    lambda n: arrays(np.int64, (n, n), elements=st.one_of(st.just(0), st.just(0), st.sampled_from([3, 5, 9, 10, 40])))
)
