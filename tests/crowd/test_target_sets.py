from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from crowd.target_sets import PRICE_OF_A_CELL, choose_cells
from lake.errors import RefusedInputError

HOUR = datetime(2020, 3, 31, 12, tzinfo=UTC)
SET = ["gathering_id", "operator"]
LAWS = settings(max_examples=60, deadline=None)
REACHES = st.sampled_from([0.0, 0.3, 0.5, 0.85, 0.9, 0.999, 1.0])
SHARE = st.sampled_from([0.0, 0.02, 0.1, 0.3, 0.5, 0.9, 1.0])


def _frame(rows):
    """Candidates from (gathering, operator, recipients, share inside, share of those served)."""
    return pl.DataFrame(
        [
            (f"g{g}", HOUR, f"op{o}", f"001-0{o}-{n}", float(people), people * inside, people * inside * served)
            for n, (g, o, people, inside, served) in enumerate(rows)
        ],
        schema={
            "gathering_id": pl.String,
            "interval_start": pl.Datetime(time_zone="UTC"),
            "operator": pl.String,
            "cell_id": pl.String,
            "recipients": pl.Float64,
            "inside": pl.Float64,
            "served": pl.Float64,
        },
        orient="row",
    )


CANDIDATES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(1, 2), st.integers(1, 2000), SHARE, SHARE), min_size=1, max_size=24
).map(_frame)


def _choose(candidates, reach=0.9, *, max_cells=None, max_recipients=None):
    return choose_cells(candidates, reach=reach, max_cells=max_cells, max_recipients=max_recipients)


def _served(chosen):
    sums = chosen.group_by(SET).agg(pl.col("served").sum()).iter_rows()
    return {tuple(key): served for *key, served in sums}


def _random_candidates(sets, *, cells, seed):
    """Cells of all sizes, from wholly inside to hardly touched, as towns have them."""
    rng = np.random.default_rng(seed)
    number = np.arange(sets * cells)
    recipients = np.exp(rng.normal(6, 1, len(number)))
    inside = recipients * np.clip(rng.beta(0.6, 1.2, len(number)), 0.001, 1)
    return pl.DataFrame(
        {
            "gathering_id": [f"g{n}" for n in number // cells],
            "interval_start": [HOUR] * len(number),
            "operator": ["alun"] * len(number),
            "cell_id": [f"001-01-{n}" for n in number],
            "recipients": recipients,
            "inside": inside,
            "served": inside * rng.uniform(0.2, 1, len(number)),
        }
    )


def _objective(cells, excess):
    return (cells["recipients"] - cells["inside"]).sum() + PRICE_OF_A_CELL * excess * cells.height


def _least_objective(cells, *, reach, max_cells):
    """The optimum by an exact solver, None where no set within the limit reaches enough."""
    served, others = cells["served"].to_numpy(), (cells["recipients"] - cells["inside"]).to_numpy()
    limits = [
        LinearConstraint(served[None] / served.sum(), reach, np.inf),
        LinearConstraint(np.ones((1, len(served))), 0, max_cells),
    ]
    costs = others / served.sum() + PRICE_OF_A_CELL
    found = milp(costs, constraints=limits, bounds=Bounds(0, 1), integrality=np.ones(len(served)))
    return None if found.x is None else found.fun * served.sum()


@LAWS
@given(candidates=CANDIDATES, reach=REACHES)
def test_the_wanted_reach_is_met_where_no_limit_binds(candidates, reach):
    wanted = _served(candidates)
    told = _served(_choose(candidates, reach))
    assert all(told.get(key, 0) >= total * (reach - 1e-9) for key, total in wanted.items())


@LAWS
@given(candidates=CANDIDATES, reach=REACHES)
def test_no_chosen_cell_could_be_left_out(candidates, reach):
    chosen = _choose(candidates, reach)
    assert (chosen["reach_of_set"] - chosen["reach"] < reach).all()


@LAWS
@given(candidates=CANDIDATES, reach=REACHES, max_cells=st.integers(0, 4), max_recipients=st.integers(0, 4000))
def test_limits_are_never_passed(candidates, reach, max_cells, max_recipients):
    chosen = _choose(candidates, reach, max_cells=max_cells, max_recipients=max_recipients)
    assert chosen.group_by(SET).len().filter(pl.col("len") > max_cells).is_empty()
    totals = chosen.group_by("gathering_id").agg(pl.col("recipients").sum())
    assert totals.filter(pl.col("recipients") > max_recipients).is_empty()


@LAWS
@given(
    candidates=CANDIDATES,
    seed=st.integers(0, 99),
    max_cells=st.none() | st.integers(1, 4),
    max_recipients=st.none() | st.integers(0, 4000),
)
def test_the_order_of_rows_is_irrelevant(candidates, seed, max_cells, max_recipients):
    limits = {"max_cells": max_cells, "max_recipients": max_recipients}
    shuffled = candidates.sample(fraction=1, shuffle=True, seed=seed)
    assert _choose(shuffled, **limits).equals(_choose(candidates, **limits))


@LAWS
@given(
    candidates=CANDIDATES, reaches=st.lists(REACHES, min_size=2, max_size=2), max_cells=st.none() | st.integers(1, 4)
)
def test_more_reach_wanted_never_means_fewer_people_served(candidates, reaches, max_cells):
    less, more = (_served(_choose(candidates, reach, max_cells=max_cells)) for reach in sorted(reaches))
    assert all(more.get(key, 0) >= served - 1e-9 for key, served in less.items())


@LAWS
@given(candidates=CANDIDATES, reach=REACHES, max_cells=st.none() | st.integers(1, 4))
def test_each_operator_is_chosen_for_by_itself(candidates, reach, max_cells):
    alone = [_choose(part, reach, max_cells=max_cells) for part in candidates.partition_by(SET)]
    together = _choose(candidates, reach, max_cells=max_cells)
    assert pl.concat(alone).sort(*SET, "cell_id").equals(together)


@pytest.mark.parametrize("max_cells", [8, 100])
def test_no_set_is_better_than_the_chosen_one(max_cells):
    candidates = _random_candidates(60, cells=16, seed=7)
    chosen = _choose(candidates, max_cells=max_cells).partition_by("gathering_id", as_dict=True)
    reached = 0
    for key, cells in candidates.partition_by("gathering_id", as_dict=True).items():
        least = _least_objective(cells, reach=0.9, max_cells=max_cells)
        if least is not None:
            reached += 1
            assert _objective(chosen[key], cells["served"].sum()) == pytest.approx(least, rel=1e-4)
            assert chosen[key]["reach_of_set"][0] >= 0.9 - 1e-12
    assert reached > 20


@LAWS
@given(candidates=CANDIDATES, max_cells=st.integers(1, 3))
def test_out_of_reach_the_cells_that_serve_most_are_chosen(candidates, max_cells):
    chosen = _choose(candidates, 1.0, max_cells=max_cells)
    most = candidates.group_by(SET).agg(pl.col("served").top_k(max_cells).sum())
    told = _served(chosen)
    assert all(told.get(key, 0) == pytest.approx(served) for key, served in _served(most).items())


def test_an_operator_with_nobody_to_serve_gets_no_cells():
    candidates = _frame([(0, 1, 100, 0.5, 0.0), (0, 2, 100, 0.5, 1.0)])
    assert _choose(candidates)["operator"].to_list() == ["op2"]


def test_one_cell_more_is_taken_only_where_it_spares_a_fiftieth_of_the_excess():
    def cells(others):
        two = [(0, 1, 500, 1.0, 1.0), (0, 1, 500, 1.0, 1.0)]
        one = (0, 1, 1000 + others, 1000 / (1000 + others), 1.0)
        return _choose(_frame([*two, one]), 0.5).height

    assert (cells(39), cells(41)) == (1, 2)


@LAWS
@given(
    recipients=st.lists(st.tuples(st.integers(1, 2), st.integers(1, 900), SHARE), min_size=1, max_size=8),
    max_recipients=st.integers(0, 2000),
)
def test_within_the_recipients_allowed_most_people_are_served(recipients, max_recipients):
    candidates = _frame([(0, operator, people, inside, 1.0) for operator, people, inside in recipients])
    chosen = _choose(candidates, 1.0, max_recipients=max_recipients)
    pick = (np.arange(2**candidates.height)[:, None] >> np.arange(candidates.height)) & 1
    is_allowed = pick @ candidates["recipients"].to_numpy() <= max_recipients
    most = (pick @ candidates["served"].to_numpy())[is_allowed].max()
    assert chosen["served"].sum() == pytest.approx(most)


def test_the_recipients_allowed_may_all_go_to_one_operator():
    candidates = _frame([(0, 1, 100, 0.9, 1.0), (0, 2, 100, 0.2, 1.0)])
    (row,) = _choose(candidates, max_recipients=100).rows(named=True)
    assert (row["operator"], row["reach_of_set"], row["overreach"]) == ("op1", 1.0, pytest.approx(0.1))


def test_other_columns_are_kept():
    candidates = _frame([(0, 1, 100, 0.9, 1.0)]).with_columns(radio=pl.lit("LTE"))
    assert _choose(candidates).columns == [*candidates.columns, "reach", "overreach", "reach_of_set"]


def test_no_candidates_give_no_cells():
    nothing = _frame([])
    assert _choose(nothing, max_cells=3, max_recipients=10).is_empty()


@pytest.mark.parametrize("reach", [-0.1, 1.1, float("nan")])
def test_a_reach_that_is_no_share_is_refused(reach):
    with pytest.raises(RefusedInputError, match="from 0 to 1"):
        _choose(_frame([]), reach)
