from datetime import timedelta

import polars as pl
import pytest
from drafted_warnings import NOW, add_warning, by, routes_for
from seen_gatherings import desk_of

from crowd.counts import COUNTS
from crowd.warnings.decisions import approve
from crowd.warnings.drafts import find_warning
from crowd.warnings.editing import edit, find_cells
from crowd.warnings.listing import show_warning
from crowd.warnings.wording import CELL_COLUMNS, revision_of, wording_of
from lake.database import open_database
from lake.engine import Engine, connect
from lake.errors import RefusedInputError

NOTHING = pl.DataFrame(schema=CELL_COLUMNS)
WRITER = desk_of().writer


@pytest.fixture
def session(ledger_url):
    with open_database(ledger_url) as database, database.writing() as writing:
        yield writing


@pytest.fixture
def change(session):
    """Edits the one warning there is; gives its newest wording."""
    name = add_warning(session, approvals_needed=2)

    def run(texts=(), take_off=(), add=NOTHING, act=None):
        warning = find_warning(session, name)
        edit(session, warning, writer=WRITER, texts=dict(texts), take_off=take_off, add=add, act=act or by("Sri"))
        return wording_of(session, revision_of(session, warning_id=name, revision=warning.revision))

    run.name = name
    run.words = f"Darurat: 112. Cek: info.example.id kode {find_warning(session, name).code}"
    return run


def test_a_cell_taken_off_is_not_warned_and_the_others_are(change):
    assert change(take_off=["001-01-100-2"]).cells["cell_id"].to_list() == ["001-01-100-1", "001-01-100-3"]


def test_a_cell_added_is_warned_in_its_operators_list(change):
    more = pl.DataFrame([{"operator": "nusa", "cell_id": "001-02-7", "expected_recipients": 40}], schema=CELL_COLUMNS)
    cells = change(add=more).cells
    assert cells.filter(pl.col("operator") == "nusa")["cell_id"].to_list() == ["001-02-7"]


def test_a_cell_that_is_on_the_list_already_is_not_on_it_twice(change):
    known = pl.DataFrame([{"operator": "alun", "cell_id": "001-01-100-1"}], schema=CELL_COLUMNS)
    with pytest.raises(RefusedInputError, match="nothing of warning"):
        change(add=known)


def test_a_cell_that_is_not_on_the_list_cannot_be_taken_off(change):
    with pytest.raises(RefusedInputError, match="cell 001-01-100-9 is not among the cells to warn"):
        change(take_off=["001-01-100-9"])


def test_the_last_cell_cannot_be_taken_off(change):
    with pytest.raises(RefusedInputError, match="no cell is left to warn"):
        change(take_off=["001-01-100-1", "001-01-100-2", "001-01-100-3"])


def test_other_words_keep_the_mark_of_a_test(change):
    words = change.words
    assert change({"id": f"Banyak  orang\n{words}"}).texts["id"] == f"UJI COBA: Banyak orang {words}"
    assert change({"id": f"UJI COBA: lagi {words}"}).texts["id"] == f"UJI COBA: lagi {words}"


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda words: f"{words} {'x' * 400}", "takes 3 SMS, 2 allowed"),
        (lambda words: words.replace("112", "113"), "lacks the emergency number 112"),
        (lambda words: words.replace("info.example.id", "info"), "lacks the official page info.example.id"),
        (lambda words: words.rsplit(" ", 1)[0], "lacks the check code"),
        (lambda words: f"{words} +99900000001", "shaped like a phone number"),
        (lambda _: " ", "the message is empty"),
    ],
)
def test_words_that_cannot_go_out_are_refused_and_change_nothing(session, change, spoil, told):
    with pytest.raises(RefusedInputError, match=f"the message in 'id' cannot go out like that.*{told}"):
        change({"id": spoil(change.words)})
    assert find_warning(session, change.name).revision == 1


def test_an_edit_tells_the_trail_what_it_changed(session, change):
    change({"id": f"Banyak orang {change.words}"}, take_off=["001-01-100-2"])
    last = show_warning(session, change.name).story[-1]
    assert last.what == "revise to 2"
    assert last.why == "seen on the map (other words in 'id', 1 cell taken off)"


def test_an_edit_needs_a_person_and_a_reason(change):
    with pytest.raises(RefusedInputError, match="say why"):
        change(take_off=["001-01-100-2"], act=by("Sri", why=""))
    with pytest.raises(RefusedInputError, match="is no person"):
        change(take_off=["001-01-100-2"], act=by("policy:drill"))


def test_an_approval_of_the_words_before_no_longer_counts(session, change):
    routes = routes_for(session, change.name)
    approve(session, find_warning(session, change.name), routes=routes, act=by("Budi"))
    change({"id": f"Banyak orang {change.words}"})
    assert not approve(session, find_warning(session, change.name), routes=routes, act=by("Budi"))
    assert approve(session, find_warning(session, change.name), routes=routes, act=by("Tini"))


def test_an_approved_warning_cannot_be_edited(session, change):
    routes = routes_for(session, change.name)
    for name in ("Budi", "Tini"):
        approve(session, find_warning(session, change.name), routes=routes, act=by(name))
    with pytest.raises(RefusedInputError, match="only a draft can be changed"):
        change({"id": f"Banyak orang {change.words}"})


def test_cells_are_found_in_the_plan_with_what_they_counted_and_small_counts_stay_untold(desk):
    hour = NOW - timedelta(days=2200)
    desk.load_one([(f"{hour:%Y-%m-%dT%H:%M}+00:00", "001-01-1", 14), (f"{hour:%Y-%m-%dT%H:%M}+00:00", "001-01-2", 15)])
    assert COUNTS.paths(desk.home)
    with connect(Engine()) as connection:
        cells = find_cells(connection, ["001-01-1", "001-01-2", "001-01-3"], home=desk.home, hour=hour, k=15)
    assert cells["expected_recipients"].to_list() == [None, 15, None]
    assert cells["operator"].unique().to_list() == ["alun"]


def test_a_cell_of_no_plan_cannot_be_added(desk):
    with connect(Engine()) as connection, pytest.raises(RefusedInputError, match="no loaded cell plan has the cell"):
        find_cells(connection, ["001-01-999"], home=desk.home, hour=NOW, k=15)
