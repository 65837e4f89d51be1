from datetime import timedelta

import polars as pl
import pytest
from drafted_warnings import NOW, add_approved, add_warning, by
from small_week import DISTRICTS, SMALL_AREAS
from sqlalchemy import select

from crowd.mobility.model import INDICATORS, WARNINGS
from crowd.mobility.warning_figures import (
    counted,
    decided_until,
    is_test,
    read_warnings,
    warning_indicators,
    warnings_by_area,
    warnings_by_gathering,
)
from crowd.mobility.weeks import week_of
from crowd.warnings.decisions import reject
from crowd.warnings.drafts import find_warning
from crowd.warnings.states import move_message
from crowd.warnings.tables import OutboxRow
from lake.database import open_database

WEEK = week_of(NOW, timezone="Asia/Jakarta")


@pytest.fixture
def session(tmp_path):
    with open_database(f"sqlite:///{tmp_path / 'ledger.sqlite'}") as database, database.writing() as opened:
        yield opened


def bring(session, name, *states, operator="alun"):
    """Bring a warning's message to an operator through some states."""
    query = select(OutboxRow).where(OutboxRow.warning_id == name, OutboxRow.recipient == operator)
    message = session.scalars(query).one()
    for state in states:
        move_message(session, message, state, act=by("Sri"))
    session.flush()


def steps(session, *, week=WEEK):
    """What became of each warning that counts, by gathering."""
    rows = read_warnings(session, week=week)
    return {
        row["gathering_id"]: [name for name in ("drafted", "approved", "rejected", "sent", "delivered") if row[name]]
        for row in rows.to_dicts()
    }


def test_each_step_of_a_warning_is_counted(session):
    add_warning(session, number=1)
    reject(session, find_warning(session, add_warning(session, number=2)), act=by("Sri"))
    add_approved(session, number=3)
    bring(session, add_approved(session, number=4), "sending", "accepted")
    bring(session, add_approved(session, number=5), "sending", "accepted", "delivered")
    bring(session, add_approved(session, number=6), "sending", "failed")
    assert steps(session) == {
        "g-1": ["drafted"],
        "g-2": ["drafted", "rejected"],
        "g-3": ["drafted", "approved"],
        "g-4": ["drafted", "approved", "sent"],
        "g-5": ["drafted", "approved", "sent", "delivered"],
        "g-6": ["drafted", "approved"],
    }


def test_every_decision_and_every_answer_of_a_gateway_is_later_than_the_one_before(session):
    def until():
        return decided_until(counted(read_warnings(session, week=WEEK)))

    assert until() is None
    name = add_approved(session, number=1)
    instants = [until()]
    for minutes, state in enumerate(("sending", "accepted", "delivered"), start=1):
        query = select(OutboxRow).where(OutboxRow.warning_id == name, OutboxRow.recipient == "alun")
        move_message(session, session.scalars(query).one(), state, act=by("Sri", at=NOW + timedelta(minutes=minutes)))
        session.flush()
        instants.append(until())
    assert instants == [NOW + timedelta(minutes=minutes) for minutes in range(4)]


def test_updates_and_cancellations_are_no_new_warnings(session):
    name = add_approved(session, number=1)
    add_warning(session, number=1, kind="update", level="awas", replaces=name)
    add_warning(session, number=1, kind="cancel", replaces=name)
    assert read_warnings(session, week=WEEK)["warning_id"].to_list() == [name]


def test_a_warning_belongs_to_the_week_of_the_hour_that_it_is_about(session):
    for number, instant in enumerate((WEEK.start, WEEK.end - timedelta(hours=1), WEEK.end)):
        add_warning(session, number=number, interval_start=instant)
    assert set(steps(session)) == {"g-0", "g-1"}
    assert set(steps(session, week=WEEK.earlier(-1))) == {"g-2"}


def test_tests_count_only_where_no_warning_is_live(session):
    assert not is_test(read_warnings(session, week=WEEK))
    add_warning(session, number=1)
    rows = read_warnings(session, week=WEEK)
    assert is_test(rows)
    assert counted(rows)["gathering_id"].to_list() == ["g-1"]
    add_warning(session, number=2, mode="live")
    rows = read_warnings(session, week=WEEK)
    assert not is_test(rows)
    assert counted(rows)["gathering_id"].to_list() == ["g-2"]


def test_counts_are_told_by_the_finest_area_and_every_area_above(session):
    for number, code in enumerate((DISTRICTS[0], DISTRICTS[0], DISTRICTS[2])):
        bring(session, add_approved(session, number=number, area_code=code), "sending", "accepted")
    rows = read_warnings(session, week=WEEK).with_columns(found="area_code")
    table = warnings_by_area(rows, SMALL_AREAS)
    assert dict(table.schema) == WARNINGS
    assert table.select("area_code", "area_name", "drafted", "sent", "delivered").rows() == [
        (DISTRICTS[0], "Alun Timur", 2, 2, 0),
        (DISTRICTS[2], "Muara Hilir", 1, 1, 0),
    ]
    told = warning_indicators(rows, SMALL_AREAS)
    assert dict(told.schema) == INDICATORS
    sent = dict(told.filter(indicator="warnings_sent").select("area_code", "value").iter_rows())
    assert sent == {"99": 3, "99.01": 2, "99.02": 1, DISTRICTS[0]: 2, DISTRICTS[1]: 0, DISTRICTS[2]: 1, DISTRICTS[3]: 0}


def test_a_gathering_knows_its_warnings(session):
    add_warning(session, number=1)
    bring(session, add_approved(session, number=1, level="awas"), "sending", "accepted")
    rows = warnings_by_gathering(read_warnings(session, week=WEEK))
    assert rows.rows() == [("g-1", 2, 1)]


def test_without_warnings_there_are_none(session):
    rows = read_warnings(session, week=WEEK).with_columns(found=pl.col("area_code"))
    assert warnings_by_area(rows, SMALL_AREAS).is_empty()
    assert warning_indicators(rows, SMALL_AREAS)["value"].unique().to_list() == [0.0]
