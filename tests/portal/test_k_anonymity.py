"""Nobody learns a number that rests on fewer than k devices, whatever is asked."""

from contextlib import contextmanager
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from map_lakes import GROUND, HOUR, SIBLINGS, K, make_lake, run_options
from portal_visits import as_visitor
from starlette.testclient import TestClient

from geo.hexagons import hex_texts, parents_of
from lake.database import open_database
from portal.app import make_app
from portal.options import PortalOptions

WEEK = {"start": "2020-03-31T00:00:00Z", "end": "2020-04-01T00:00:00Z"}
BOXES = ("-180,-90,180,90", "108.7,-5.8,109.3,-5.2", "108.99,-5.51,109.01,-5.49", "109,-5.5,109,-5.5", "97,2,99,4")
FORMATS = ("csv", "geojson", "parquet")


def numbers(devices):
    return st.fixed_dictionaries(
        {
            "people": st.floats(0, 1e6),
            "excess": st.one_of(st.none(), st.floats(-1e5, 1e5)),
            "score": st.floats(-50, 50),
            "coverage": st.one_of(st.none(), st.floats(0, 1)),
            "devices": devices,
        }
    )


few, enough = numbers(st.integers(0, K - 1)), numbers(st.integers(K, 10_000))
# Hidden hexagons beside shown ones, and what they have in one lake and in another.
positions = st.one_of(st.sampled_from(SIBLINGS), st.integers(0, len(GROUND) - 1))
hidden = st.dictionaries(positions, st.tuples(few, few), min_size=1, max_size=8)
shown = st.dictionaries(positions, enough, max_size=8)
hours = st.lists(st.tuples(hidden, shown), min_size=1, max_size=3)


@contextmanager
def asked(root, hours):
    """The interface over a lake."""
    home = make_lake(root, hours)
    with open_database(home.ledger_url) as database:
        app = make_app(run_options(home), PortalOptions(), database=database, clock=lambda: HOUR)
        yield TestClient(as_visitor(app, role="admin"))


def everything(client, *, hexes):
    """Answers to every question that somebody might put together a hidden number from."""
    at = HOUR.strftime("%Y-%m-%dT%H:%M:%SZ")
    questions = [("/status", {}), ("/hours", WEEK)]
    questions += [
        ("/hexagons", {"at": at, "box": box, "resolution": resolution})
        for box, resolution in product(BOXES, (0, 5, 7, 8, 9, 15))
    ]
    questions += [("/hexagons/history", {"hexes": asked_for, **WEEK}) for asked_for in hexes]
    questions += [
        ("/downloads/density", {"at": at, "box": BOXES[0], "resolution": resolution, "format": name})
        for resolution, name in product((7, 8, 9), FORMATS)
    ]
    return {f"{path} {query}": _told(client.get(f"/api{path}", params=query)) for path, query in questions}


def _told(answer):
    assert answer.status_code < 500, answer.text
    return answer.status_code, answer.content


@settings(max_examples=8, deadline=None)
@given(hours)
def test_no_answer_depends_on_a_number_under_k(hours):
    hexes = _questions(hours)
    answers = []
    for lake in range(2):
        made = {
            before: {
                **{n: two[lake] for n, two in hidden.items()},
                **{n: row for n, row in shown.items() if n not in hidden},
            }
            for before, (hidden, shown) in enumerate(hours)
        }
        with TemporaryDirectory() as folder, asked(Path(folder) / "same", made) as client:
            answers.append(everything(client, hexes=hexes))
    differing = [question for question, answer in answers[0].items() if answers[1][question] != answer]
    assert not differing


def _questions(hours):
    """Each hidden hexagon, what it is a part of, and all of them at once."""
    found = sorted({n for hidden, _ in hours for n in hidden})[:3]
    alone = GROUND[found]
    groups = [alone, *(parents_of(alone[n : n + 1], r) for n in range(len(alone)) for r in (5, 7)), GROUND[SIBLINGS]]
    return [",".join(hex_texts(group)) for group in (*(alone[n : n + 1] for n in range(len(alone))), *groups)]


def test_an_hour_in_which_all_is_hidden_is_withheld_without_a_number(tmp_path):
    a, b = SIBLINGS[:2]
    little, much = {"devices": K - 1}, {"devices": K}
    lake = {0: {a: little, b: little}, 1: {a: little, b: much}, 2: {a: much, b: much}, 3: {5: much}}
    with asked(tmp_path / "home", lake) as client:
        both = client.get("/api/hexagons/history", params={"hexes": ",".join(hex_texts(GROUND[[a, b]])), **WEEK}).json()
    nothing, two, one, hidden = both["hours"]
    assert [hour["is_withheld"] for hour in both["hours"]] == [False, False, False, True]
    assert {value for name, value in hidden.items() if name not in {"at", "is_withheld"}} == {None}
    assert [hour["people"] for hour in (nothing, two, one)] == [None, 200.0, 100.0]


@pytest.mark.parametrize("resolution", [0, 5, 8, 9])
def test_the_difference_of_a_hexagon_and_its_parts_is_nothing(tmp_path, resolution):
    rows = {n: {"people": 10.0 * (i + 1), "devices": K - (i % 2)} for i, n in enumerate(SIBLINGS)}
    with asked(tmp_path / "home", {0: rows}) as client:
        parts, whole = (
            _people(
                client.get("/api/hexagons", params={"at": "2020-03-31T12:00:00Z", "box": BOXES[1], "resolution": r})
            )
            for r in (9, resolution)
        )
    assert sum(whole) == sum(parts) == sum(10.0 * (i + 1) for i in range(0, 7, 2))


def _people(answer):
    return pa.ipc.open_stream(answer.content).read_all()["people"].to_pylist()
