import pytest
from drafted_warnings import add_approved, add_warning, by, made_wording
from outbox_by_hand import Post
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from crowd.warnings.audit import canonical, hash_of
from crowd.warnings.drafts import find_warning, revise
from crowd.warnings.kill_switch import pause
from crowd.warnings.tables import AuditRow
from crowd.warnings.verify import verify
from lake.database import open_database

COLUMNS = [column.key for column in AuditRow.__table__.columns]
TRIGGERS = ("audit_is_never_changed", "audit_is_never_shortened", "audit_is_never_replaced", "audit_is_never_emptied")
BEHIND_ITS_BACK = {
    "state of a warning": "update warnings set state = 'draft'",
    "test made live": "update warnings set mode = 'live'",
    "fewer approvals needed": "update warnings set approvals_needed = 0",
    "longer life": "update warnings set expires_at = '2030-01-01 00:00:00+00'",
    "another revision": "update warnings set revision = 1",
    "approved later": "update warnings set approved_at = '2030-01-01 00:00:00+00'",
    "stopped": "update warnings set stopped_at = '2030-01-01 00:00:00+00'",
    "texts": "update warning_revisions set texts = '{}' where revision = 2",
    "problems": "update warning_revisions set problems = '[\"none\"]' where revision = 1",
    "removed revision": "delete from warning_revisions where revision = 1",
    "cells": "update cell_lists set body = x'00'",
    "removed cells": "delete from cell_lists",
    "removed approval": "delete from approvals",
    "approver": "update approvals set approver = 'somebody'",
    "name of the approver": "update approvals set name = 'Somebody'",
    "what was approved": "update approvals set said = 'yes'",
    "approval nobody gave": """insert into approvals
        select warning_id, revision, 'somebody', 'Somebody', login, said, at, why from approvals""",
    "state of a message": "update outbox set state = 'delivered'",
    "to another operator": "update outbox set recipient = 'banyu'",
    "through another channel": "update outbox set channel = 'http'",
    "to other cells": "update outbox set cells_sha256 = 'elsewhere'",
    "removed message": "delete from outbox",
    "kill switch": "update warning_controls set is_paused = not is_paused",
    "head of the trail": "update warning_controls set audit_seq = audit_seq + 1",
}


@pytest.fixture
def post(ledger_url):
    """A ledger with a warning on its way, revised once, and a thrown kill switch."""
    with open_database(ledger_url) as database:
        post = Post(database)
        post.do(write_history)
        yield post


def write_history(session):
    name = add_warning(session, number=1)
    revise(session, find_warning(session, name), made_wording(cells=2), act=by("Ani"))
    add_approved(session, number=2)
    pause(session, act=by("Ani"))


def run(post, *statements):
    with post.database.engine.begin() as connection:
        for statement in statements:
            given = {} if isinstance(statement, str) else statement[1]
            connection.execute(text(statement if isinstance(statement, str) else statement[0]), given)


def open_the_trail(post):
    """What somebody with the rights of the ledger's owner does first."""
    is_sqlite = post.database.engine.dialect.name == "sqlite"
    run(post, *(f"drop trigger if exists {name}" + ("" if is_sqlite else " on audit") for name in TRIGGERS))


def other(value):
    if isinstance(value, str):
        return canonical({"revision": 1, "said": "x"}) if value.startswith("{") else f"{value}x"[-16:]
    return "x"


def test_a_ledger_that_nobody_touched_has_no_problems(post):
    assert post.problems() == []


@pytest.mark.parametrize("column", COLUMNS)
def test_an_entry_of_which_any_column_was_changed_is_found(post, column):
    row = post.trail()[1]
    open_the_trail(post)
    value = {"seq": 99, "at": "2026-03-01 12:00:01+00"}.get(column) or other(getattr(row, column))
    run(post, (f'update audit set "{column}" = :value where seq = 2', {"value": value}))
    assert post.problems()


@pytest.mark.parametrize("details", ["", "[]", "no JSON", "{}"])
def test_details_that_cannot_be_read_are_told_and_do_not_stop_the_reader(post, details):
    open_the_trail(post)
    run(post, ("update audit set details = :value where seq = 1", {"value": details}))
    assert "entry 1 was changed" in post.problems()


@pytest.mark.parametrize("place", [0, 2, -1], ids=["first", "in the middle", "last"])
def test_a_removed_entry_is_found(post, place):
    seq = post.trail()[place].seq
    open_the_trail(post)
    run(post, ("delete from audit where seq = :seq", {"seq": seq}))
    assert post.problems()


def test_two_entries_that_changed_places_are_found(post):
    open_the_trail(post)
    run(post, *(f"update audit set seq = {b} where seq = {a}" for a, b in ((2, 99), (3, 2), (99, 3))))
    assert {"entry 2 was changed", "entry 3 was changed"} <= set(post.problems())


def test_an_entry_put_in_between_is_found(post):
    open_the_trail(post)
    columns = ", ".join(f'"{name}"' for name in COLUMNS if name != "seq")
    count = len(post.trail())
    moved = [f"update audit set seq = {seq + 1} where seq = {seq}" for seq in range(count, 2, -1)]
    run(post, *moved, f"insert into audit (seq, {columns}) select 3, {columns} from audit where seq = 2")
    assert "entry 3 does not continue the one before it" in post.problems()


def test_an_entry_put_at_the_end_is_found(post):
    columns = ", ".join(f'"{name}"' for name in COLUMNS if name != "seq")
    count = len(post.trail())
    run(post, f"insert into audit (seq, {columns}) select {count + 1}, {columns} from audit where seq = {count}")
    assert post.problems()


@pytest.mark.parametrize("change", BEHIND_ITS_BACK)
def test_a_ledger_changed_behind_the_back_of_its_trail_is_found(post, change):
    statement = BEHIND_ITS_BACK[change]
    if post.database.engine.dialect.name == "postgresql":
        statement = statement.replace("x'00'", "'\\x00'")
    run(post, statement)
    assert post.problems()


@pytest.mark.parametrize(
    "statement",
    [
        "update audit set why = 'another'",
        "update audit set seq = seq + 100",
        "delete from audit where seq = 1",
        "delete from audit",
    ],
)
def test_the_database_itself_refuses_to_change_the_trail(post, statement):
    before = [row.hash for row in post.trail()]
    with pytest.raises(DBAPIError, match="append-only"):
        run(post, statement)
    assert [row.hash for row in post.trail()] == before


def test_the_database_itself_refuses_to_empty_or_overwrite_the_trail(post):
    columns = ", ".join(f'"{name}"' for name in COLUMNS)
    statement = {
        "postgresql": "truncate audit",
        "sqlite": f"insert or replace into audit ({columns}) select {columns} from audit where seq = 1",
    }[post.database.engine.dialect.name]
    with pytest.raises(DBAPIError, match="append-only"):
        run(post, statement)


def rewrite(post, *, why):
    """Change the first entry and every hash after it, as somebody who knows how the chain is made."""
    open_the_trail(post)
    previous = "0" * 64
    with post.database.writing() as session:
        for row in session.scalars(select(AuditRow).order_by(AuditRow.seq)):
            row.why, row.previous = why if row.seq == 1 else row.why, previous
            previous = row.hash = hash_of(row)
        session.flush()
        session.execute(text("update warning_controls set audit_hash = :head"), {"head": previous})


def test_a_chain_that_was_rewritten_whole_is_shown_by_a_hash_noted_before(post):
    with post.database.reading() as session:
        head = verify(session).head
    rewrite(post, why="a friendlier reason")
    assert post.problems() == []
    assert post.problems(head=head) == [f"the noted hash {head} is not in the trail: it was rewritten"]


def test_a_noted_hash_holds_while_entries_are_only_added(post):
    with post.database.reading() as session:
        head = verify(session).head
    post.do(add_approved, number=3)
    assert post.problems(head=head) == []


def test_the_hash_of_an_empty_trail_holds_for_ever(ledger_url):
    with open_database(ledger_url) as database:
        post = Post(database)
        with database.reading() as session:
            head = verify(session).head
        post.do(add_approved)
        assert post.problems(head=head) == []


def test_a_trail_that_grows_while_it_is_verified_is_no_problem(post):
    with post.database.reading() as session:
        session.scalar(select(AuditRow.seq).limit(1))
        post.do(add_approved, number=3)
        assert verify(session).problems == []
    assert post.problems() == []
