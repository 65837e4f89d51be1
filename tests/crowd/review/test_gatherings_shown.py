"""Nothing of a gathering is told in hours that rest on too few devices."""

import json
from dataclasses import asdict

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from review_lake import (
    ENGINE,
    GROUND,
    HOUR,
    NOON,
    K,
    event_of,
    hexes_of,
    hour_of,
    name_of,
    new_memory,
    open_ledger_of,
    target_of,
    write_gatherings,
)
from review_lists import list_for_review

from crowd.review.gathering_detail import show_gathering
from crowd.review.gathering_outlines import outlines_at
from lake.engine import connect
from lake.errors import NotFoundError
from lake.home import Home

LEVELS = ("waspada", "siaga", "awas")
HOURS = 5
FIRST = NOON - HOURS * HOUR
FOLLOWED = name_of(FIRST)
LIFE = st.lists(st.tuples(st.sampled_from([3, 14, 15, 400]), st.sampled_from(LEVELS)), min_size=1, max_size=HOURS - 1)


def rows_of(lives):
    """Lives, one per gathering: an hour each of devices and level, then its end."""
    hours, hexes, events, targets = [], [], [], []
    for number, life in enumerate(lives):
        name = name_of(FIRST, number)
        before = None
        for step, (devices, level) in enumerate(life):
            at, state = FIRST + step * HOUR, "ongoing" if step else "new"
            told = {"level": level, "level_before": before, "lat": -6 + step / 100, "number": number}
            hours.append(hour_of(name, at, state=state, devices=devices, begun=FIRST, **told))
            hexes += hexes_of(name, at, devices=devices)
            targets.append(target_of(name, at, f"001-01-{step}", recipients=devices))
            other = name_of(FIRST, (number + 1) % len(lives))
            events.append(event_of(name, at, "level", level=level, level_before=before, other_id=other))
            before = level
        at, last = FIRST + len(life) * HOUR, {"lat": -6 + (len(life) - 1) / 100, "usual": 777.0, "score": 77.0}
        hours.append(hour_of(name, at, state="ended", begun=FIRST, level_before=before, **last))
        events.append(event_of(name, at, "ended", level="normal", level_before=before))
    return hours, hexes, events, targets


def without_hidden(rows):
    """The same rows without those that may not be shown, as somebody slow and careful takes them out."""
    hours, hexes, events, targets = rows
    hidden = {(r["gathering_id"], r["interval_start"]) for r in hours if (r["devices"] or K) < K}
    shown = {r["gathering_id"] for r in hours if (r["devices"] or 0) >= K}
    hidden |= {(r["gathering_id"], r["interval_start"]) for r in hours if r["gathering_id"] not in shown}
    return [
        [r for r in part if (r["gathering_id"], r["interval_start"]) not in hidden]
        for part in (hours, hexes, events, targets)
    ]


def put(folder, rows):
    home = Home(folder)
    hours, hexes, events, targets = rows
    write_gatherings(home, hours, hexes=hexes, events=events, targets=targets)
    return home


def answers(home, *, names):
    """Everything that is told of a lake."""
    with connect(ENGINE) as connection, open_ledger_of(home) as database, database.reading() as ledger:
        span = {"start": FIRST, "end": NOON, "k": K}
        found = [asdict(each) for each in list_for_review(new_memory(), home=home, ledger=ledger, **span).gatherings]
        outlines = [outlines_at(new_memory(), home=home, at=FIRST + n * HOUR, k=K) for n in range(HOURS)]
        details = []
        for name in names:
            try:
                details.append(asdict(show_gathering(connection, name, home=home, ledger=ledger, k=K)))
            except NotFoundError as error:
                details.append(str(error))
        return json.dumps([found, outlines, details], default=str)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lives=st.lists(LIFE, min_size=1, max_size=3))
def test_a_lake_with_gatherings_under_k_answers_as_one_without_them(tmp_path_factory, lives):
    rows = rows_of(lives)
    names = [name_of(FIRST, number) for number in range(len(lives))]
    whole = put(tmp_path_factory.mktemp("whole"), rows)
    bare = put(tmp_path_factory.mktemp("bare"), without_hidden(rows))
    assert answers(whole, names=names) == answers(bare, names=names)


@pytest.fixture
def told(tmp_path):
    """What is told of a gathering whose third hour of four is hidden, and of one that is hidden altogether."""
    rows = rows_of([[(400, "waspada"), (400, "siaga"), (3, "awas"), (400, "siaga")], [(3, "awas")]])
    return put(tmp_path / "home", rows)


def listed(home, **wanted):
    with open_ledger_of(home) as database, database.reading() as ledger:
        span = {"start": FIRST, "end": NOON, "k": K} | wanted
        return list_for_review(new_memory(), home=home, ledger=ledger, **span)


def detail(home, name=FOLLOWED, **wanted):
    with connect(ENGINE) as connection, open_ledger_of(home) as database, database.reading() as ledger:
        return show_gathering(connection, name, home=home, ledger=ledger, k=K, **wanted)


def test_gatherings_that_are_left_out_are_counted_whatever_the_filter(told):
    assert listed(told).withheld == 1
    assert listed(told, area="99.02").withheld == 1
    assert listed(told, levels=["waspada"]).withheld == 1


def test_the_highest_level_is_that_of_hours_that_may_be_shown(told):
    assert [each.highest_level for each in listed(told).gatherings] == ["siaga"]


def test_the_course_skips_hours_that_may_not_be_shown(told):
    assert [hour.at for hour in detail(told).course] == [FIRST + n * HOUR for n in (0, 1, 3, 4)]


def test_the_level_of_a_hidden_hour_is_not_told_by_the_hour_after_it(told):
    shown = detail(told, at=FIRST + 3 * HOUR)
    assert shown.interval_start == FIRST + 3 * HOUR
    assert (shown.reason.id, shown.reason.en) == ("", "")
    assert [event.level_before for event in shown.events if event.at == shown.interval_start] == [None]


def test_another_gathering_that_may_not_be_shown_is_not_named(told):
    assert {event.other_id for event in detail(told).events} == {None}


def test_the_peak_is_of_hours_that_may_be_shown(told):
    assert detail(told).peak_people == 1400


def test_an_ended_gathering_tells_no_figures_of_its_last_hour(told):
    over = detail(told)
    assert over.state == "ended"
    assert (over.usual, over.score, over.people) == (None, None, None)


def test_a_hidden_gathering_cannot_be_looked_up(told):
    with pytest.raises(NotFoundError):
        detail(told, name_of(FIRST, 1))


def test_an_hour_before_any_that_may_be_shown_is_not_found(told):
    with pytest.raises(NotFoundError):
        detail(told, at=FIRST - HOUR)


def test_hexagons_under_k_are_neither_listed_nor_drawn(tmp_path):
    home = Home(tmp_path)
    name = name_of(NOON)
    hexes = hexes_of(name, NOON, hexes=GROUND[:3]) + hexes_of(name, NOON, hexes=GROUND[50:52], devices=K - 1)
    write_gatherings(home, [hour_of(name, NOON, state="new")], hexes=hexes)
    assert detail(home, name).hexes == [f"{int(h):x}" for h in sorted(GROUND[:3])]


def test_recipients_under_k_are_not_told_and_count_as_fifteen(tmp_path):
    home = Home(tmp_path)
    name = name_of(NOON)
    targets = [target_of(name, NOON, "001-01-1", recipients=K - 1), target_of(name, NOON, "001-01-2", recipients=K)]
    write_gatherings(home, [hour_of(name, NOON, state="new")], targets=targets)
    shown = detail(home, name)
    assert {cell.cell_id: cell.expected_recipients for cell in shown.targets} == {"001-01-1": None, "001-01-2": K}
    assert shown.figures.recipients == 30


def test_the_order_of_rows_does_not_matter(tmp_path_factory):
    rows = rows_of([[(400, "waspada"), (3, "awas"), (400, "siaga")], [(20, "awas")]])
    names = [name_of(FIRST, 0), name_of(FIRST, 1)]
    one = put(tmp_path_factory.mktemp("one"), rows)
    other = put(tmp_path_factory.mktemp("other"), [part[::-1] for part in rows])
    assert answers(one, names=names) == answers(other, names=names)
    assert pl.DataFrame(rows[0]).height == 6  # there is something to be in order
