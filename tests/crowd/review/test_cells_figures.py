"""What a set of target cells comes to."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowd.review.figures import figures_of
from crowd.warnings.wording import CELL_COLUMNS

SHARE = st.none() | st.floats(0, 1)
CELLS = st.lists(
    st.tuples(st.sampled_from(["alun", "nusa"]), st.integers(0, 50), st.none() | st.integers(0, 9000), SHARE, SHARE),
    unique_by=lambda cell: cell[:2],
    max_size=12,
)


def cells_of(rows):
    named = [(operator, f"001-01-{number}", *rest) for operator, number, *rest in rows]
    return pl.DataFrame(named, schema=CELL_COLUMNS, orient="row")


def mean(pairs):
    """Weighted mean of the values that are known."""
    known = [(value, weight) for value, weight in pairs if value is not None]
    total = sum(weight for _, weight in known)
    if not known:
        return None
    return sum(v * w for v, w in known) / total if total else sum(v for v, _ in known) / len(known)


@given(rows=CELLS)
def test_figures_are_what_adding_up_by_hand_gives(rows):
    figures = figures_of(cells_of(rows))
    expected = [15 if recipients is None else recipients for _, _, recipients, _, _ in rows]
    assert (figures.cells, figures.recipients) == (len(rows), sum(expected))
    assert figures.overreach == told(mean([(row[4], n) for row, n in zip(rows, expected, strict=True)]))
    reaches = []
    for operator in figures.by_operator:
        known = [row[3] for row in rows if row[0] == operator.operator and row[3] is not None]
        assert operator.reach == (told(min(sum(known), 1)) if known else None)
        reaches.append((operator.reach, operator.recipients))
    assert figures.reach == told(mean(reaches))


def told(share):
    """A share in hundredths."""
    return pytest.approx(share, abs=0.0051)


@given(rows=CELLS, random=st.randoms(use_true_random=False))
def test_the_order_of_cells_does_not_matter(rows, random):
    shuffled = random.sample(rows, len(rows))
    assert figures_of(cells_of(shuffled)) == figures_of(cells_of(rows))


@given(rows=CELLS)
def test_shares_stay_shares(rows):
    figures = figures_of(cells_of(rows))
    for each in (figures, *figures.by_operator):
        assert all(share is None or -1e-9 <= share <= 1 + 1e-9 for share in (each.reach, each.overreach))
