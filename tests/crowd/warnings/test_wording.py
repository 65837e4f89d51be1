import polars as pl
import pytest
from drafted_warnings import add_warning, made_wording
from hypothesis import given, settings
from hypothesis import strategies as st
from made_warnings import make_cells
from sqlalchemy import text

from crowd.warnings.wording import lists_of, read_cells, revision_of, store_cells, wording_of
from lake.database import open_database
from lake.errors import RefusedInputError


@pytest.fixture
def session(ledger_url):
    with open_database(ledger_url) as database, database.writing() as writing:
        yield writing


def test_a_wording_comes_back_as_it_was_given(session):
    given = made_wording(operators=("nusa", "alun"), problems=("no page",))
    row = revision_of(session, warning_id=add_warning(session, wording=given), revision=1)
    back = wording_of(session, row)
    assert (back.texts, back.officer_texts, back.problems) == (given.texts, given.officer_texts, ["no page"])
    assert back.cells.equals(given.cells.sort("operator", "cell_id"))
    assert [each.operator for each in lists_of(row)] == ["alun", "nusa"]


@given(order=st.permutations(range(6)))
@settings(max_examples=20)
def test_the_order_of_cells_never_matters(order):
    with open_database("sqlite://") as database, database.writing() as session:
        cells = make_cells(count=6)
        assert store_cells(session, cells[order]).sha256 == store_cells(session, cells).sha256


def test_a_number_that_is_withheld_counts_for_the_daily_cap(session):
    cells = make_cells(count=3).with_columns(expected_recipients=pl.Series([None, 100, None], dtype=pl.Int64))
    assert store_cells(session, cells).recipients == 130


def test_a_list_that_somebody_changed_is_not_read(session):
    name = store_cells(session, make_cells()).sha256
    session.execute(text("update cell_lists set body = :body"), {"body": b"PAR1 other"})
    with pytest.raises(RefusedInputError, match="was changed in the ledger"):
        read_cells(session, name)
