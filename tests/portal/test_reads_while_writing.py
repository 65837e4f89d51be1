"""Pages go on while the flow writes: an answer is of one writing of an hour, whole, whatever the moment."""

import io
import threading
import time

import polars as pl
import pytest
from fastapi.testclient import TestClient
from map_lakes import GROUND, HOUR, density, make_lake, run_options, write
from portal_visits import as_visitor

from lake.database import open_database
from portal.app import make_app
from portal.options import PortalOptions

SECONDS = 6.0
WORLD = "94,-12,142,8"


def rows(writing):
    """An hour in which every number tells by which writing it came: people, and one hexagon more each time."""
    return density({n: {"people": 100.0 + writing, "excess": float(writing)} for n in range(len(GROUND) - writing % 7)})


@pytest.fixture
def home(tmp_path):
    made = make_lake(tmp_path / "home", {})
    write(made, rows(0))
    return made


@pytest.mark.parametrize("resolution", [9, 7, 4])
def test_an_answer_given_while_an_hour_is_rewritten_is_of_one_writing(home, resolution):
    stop, written, seen, at = threading.Event(), [0], set(), f"{HOUR:%Y-%m-%dT%H:%M:%SZ}"

    def keep_writing():
        while not stop.is_set():
            written[0] += 1
            write(home, rows(written[0]))

    with open_database(home.ledger_url) as database:
        app = as_visitor(make_app(run_options(home), PortalOptions(), database=database))
        browser, writer = TestClient(app), threading.Thread(target=keep_writing)
        writer.start()
        try:
            end = time.monotonic() + SECONDS
            while time.monotonic() < end:
                query = {"at": at, "box": WORLD, "resolution": resolution}
                answer = browser.get("/api/hexagons", params=query)
                assert answer.status_code == 200, answer.text
                frame = pl.read_ipc_stream(io.BytesIO(answer.content))
                assert frame.height
                seen.add(writing_of(frame, resolution))
        finally:
            stop.set()
            writer.join()
    assert written[0] > 10
    assert len(seen) > 3


def writing_of(frame, resolution):
    """The one writing that an answer is of; fails where it is a mixture, or not whole."""
    whole = density({n: {} for n in range(len(GROUND))}).height
    total = float(frame["excess"].cast(pl.Float64).sum())
    people = float(frame["people"].cast(pl.Float64).sum())
    # of writing w: (whole - w % 7) rows of 100 + w people, w of them in excess
    for writing in range(2000):
        count = whole - writing % 7
        if abs(total - count * writing) < 0.5 and abs(people - count * (100 + writing)) < 1:
            return writing
    raise AssertionError(f"a mixture at resolution {resolution}: {people} people, {total} above usual")
