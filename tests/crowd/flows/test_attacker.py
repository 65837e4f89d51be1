"""Whoever knows everything that is published of a day's flows must not find out a small one."""

from dataclasses import replace

import numpy as np
import pytest
from flow_attacker import K, day_of, found_out, matrices, sparse
from hypothesis import given, settings
from hypothesis import strategies as st

from crowd.flows.protect import choose_hidden


@pytest.mark.parametrize("knows_reached", [False, True])
@settings(max_examples=60, deadline=None)
@given(values=st.one_of(matrices, sparse))
def test_no_small_pair_and_no_hidden_sum_is_found_out(knows_reached, values):
    flows = day_of(values)
    hidden = choose_hidden(flows, k=K)
    assert not found_out(flows, hidden, knows_reached=knows_reached)


@settings(max_examples=100, deadline=None)
@given(values=st.one_of(matrices, sparse))
def test_nothing_that_rests_on_fewer_than_k_is_told(values):
    flows = day_of(values)
    hidden = choose_hidden(flows, k=K)
    assert hidden.flow_out[flows.out_devices < K].all()
    assert hidden.flow_in[flows.in_devices < K].all()
    assert hidden.inside[flows.inside_devices < K].all()
    assert hidden.inside[hidden.flow_out].all()
    assert hidden.reached[hidden.flow_out].all()


def test_the_attacker_finds_a_pair_out_where_nothing_is_held_back():
    """What the tests above rest on: the attacker can win."""
    flows = day_of([[50, 3, 1], [30, 50, 20], [10, 60, 50]])
    shown = choose_hidden(flows, k=1)
    assert not shown.flow_out.any()
    assert not shown.flow_in.any()
    assert (0, 1) in found_out(flows, shown, knows_reached=False)


def test_a_number_of_areas_reached_would_give_a_pair_away():
    """Margins leave the pair free, the number of areas that its row reaches does not."""
    values = np.full((5, 5), 12)
    values[:, 1] = K  # whoever loses one is counted no more
    values[0, 1] = 3
    flows = day_of(values)
    hidden = choose_hidden(flows, k=K)
    assert hidden.reached[0]
    assert not hidden.flow_out.any()
    told = replace(hidden, reached=np.zeros(5, dtype=bool))
    assert (0, 1) in found_out(flows, told, knows_reached=True)


def test_flows_that_operators_tested_are_all_told():
    """Among enough areas with enough between them nothing needs to be hidden."""
    rng = np.random.default_rng(7)
    values = rng.integers(0, 200, size=(30, 30))
    values[values < K] = 0
    hidden = choose_hidden(day_of(values), k=K)
    assert not (hidden.flow_out | hidden.flow_in | hidden.reached).any()
    assert (hidden.inside == (np.diag(values) < K)).all()
