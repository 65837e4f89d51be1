"""Which margins of a day's flows are published: aggregate first, suppress last.

A margin that rests on fewer than k devices is hidden. Whoever knows all published margins must stay uncertain by at
least k about every pair of fewer than k devices and about every hidden margin (`crowd.flows.certificates`); where that
is not sure, more is hidden: first the numbers of areas reached, which count pairs, then the margins of the pair.

A pair of zero is one that nobody sent: operators keep back pairs under k, so that zero stands for anything below it.
Margins leave it uncertain like the others. Numbers of areas reached do not: that a pair is not counted says no more
than that it was not sent.
"""

from dataclasses import replace

import numpy as np

from crowd.flows.certificates import Certificates, certify
from crowd.flows.matrix import DayMatrix, Floats, Hidden, Mask

# So many pairs are settled one by one, the smallest first; beyond it all that are open at once.
MOST_STEPS = 40


def choose_hidden(flows: DayMatrix, *, k: int, before: Hidden | None = None) -> Hidden:
    """Decide which margins are not published.

    Args:
        flows: the day.
        k: fewest devices that a published number rests on.
        before: what an earlier edition of the day hid; it stays hidden.
    """
    hidden = _under_k(flows, k=k, before=before)
    for step in range(2 * len(flows.codes) + MOST_STEPS):
        counted = ~hidden.reached
        if counted.any() and _is_lost(flows, _judge(flows, hidden, counted=counted, k=k)):
            hidden = _count_fewer(flows, hidden, k=k)
            continue
        free = _judge(flows, hidden, counted=np.zeros_like(counted), k=k)
        if free.all_sure:
            break
        hidden = _hide_more(flows, hidden, free, at_once=step >= MOST_STEPS)
    return hidden


class _Judged:
    """What is not sure to stay uncertain."""

    def __init__(self, flows: DayMatrix, hidden: Hidden, found: Certificates) -> None:
        self.pairs = (flows.is_traced | flows.is_empty) & ~found.pairs
        self.flow_out, self.flow_in = hidden.flow_out & ~found.flow_out, hidden.flow_in & ~found.flow_in
        self.all_sure = not (self.pairs.any() or self.flow_out.any() or self.flow_in.any())


def _judge(flows: DayMatrix, hidden: Hidden, *, counted: Mask, k: int) -> _Judged:
    return _Judged(flows, hidden, certify(flows, hidden, counted=counted, k=k))


def _under_k(flows: DayMatrix, *, k: int, before: Hidden | None) -> Hidden:
    flow_out, flow_in = flows.out_devices < k, flows.in_devices < k
    inside = flows.inside_devices < k
    if before is not None:
        flow_out, flow_in, inside = flow_out | before.flow_out, flow_in | before.flow_in, inside | before.inside
    # Which of a row's pairs are counted would say which of them are small.
    reached = flow_out | flows.is_traced.any(axis=1)
    hidden = Hidden(flow_out=flow_out, flow_in=flow_in, inside=inside, reached=reached)
    return _whole(hidden if before is None else replace(hidden, reached=reached | before.reached))


def _whole(hidden: Hidden) -> Hidden:
    """A share and a number of areas say nothing without the flow that they are of."""
    return replace(hidden, inside=hidden.inside | hidden.flow_out, reached=hidden.reached | hidden.flow_out)


def _is_lost(flows: DayMatrix, judged: _Judged) -> bool:
    """Whether numbers of areas reached are to blame for a pair or a margin with phones that is not sure."""
    return bool(
        (judged.pairs & flows.is_traced).any()
        or (judged.flow_out & (flows.between.sum(axis=1) > 0)).any()
        or (judged.flow_in & (flows.between.sum(axis=0) > 0)).any()
    )


def _count_fewer(flows: DayMatrix, hidden: Hidden, *, k: int) -> Hidden:
    """Hide the numbers of areas reached of the rows that could lose devices to what is not sure; in the end, all."""
    judged = _judge(flows, hidden, counted=~hidden.reached, k=k)
    columns = (judged.pairs & flows.is_traced).any(axis=0) | judged.flow_in
    rows = ((flows.between >= k) & columns).any(axis=1) & ~hidden.reached
    return replace(hidden, reached=hidden.reached | (rows if rows.any() else True))


def _hide_more(flows: DayMatrix, hidden: Hidden, judged: _Judged, *, at_once: bool) -> Hidden:
    flow_out, flow_in = hidden.flow_out.copy(), hidden.flow_in.copy()
    if judged.pairs.any():
        rows, columns = np.nonzero(judged.pairs)
        if not at_once:
            weight = _sums(flows, axis=1)[rows] * ~flow_out[rows] + _sums(flows, axis=0)[columns] * ~flow_in[columns]
            rows, columns = rows[[weight.argmin()]], columns[[weight.argmin()]]
        flow_out[rows], flow_in[columns] = True, True
    else:
        # A hidden margin alone is the difference of the sums of all others: it gets a companion across.
        _hide_smallest(flow_in, _sums(flows, axis=0), apart=judged.flow_out)
        _hide_smallest(flow_out, _sums(flows, axis=1), apart=judged.flow_in)
    return _whole(replace(hidden, flow_out=flow_out, flow_in=flow_in))


def _sums(flows: DayMatrix, *, axis: int) -> Floats:
    return np.asarray(flows.between.sum(axis=axis))


def _hide_smallest(margin: Mask, sums: Floats, *, apart: Mask) -> None:
    """Hide the smallest shown margin of an area other than those whose margins are not sure, in place."""
    if not apart.any():
        return
    open_ones = np.flatnonzero(~margin & ~apart) if (~margin & ~apart).any() else np.flatnonzero(~margin)
    if open_ones.size:
        margin[open_ones[sums[open_ones].argmin()]] = True
