"""Pages go on while the flow writes: an answer is of one writing of an hour, whole, whatever the moment."""

import threading
import time

import pytest
from fastapi.testclient import TestClient
from map_lakes import GROUND, HOUR, density, make_lake, run_options, write
from portal_visits import as_visitor

from lake.database import open_database
from portal.app import make_app
from portal.options import PortalOptions

SECONDS = 6.0
WRITINGS = 6
WORLD = "94,-12,142,8"


def rows(writing):
    """An hour that differs from every other writing of it in all its numbers, and in how many hexagons there are."""
    return density({n: {"people": 200.0 * (writing + 1)} for n in range(len(GROUND) - writing)})


@pytest.mark.parametrize("resolution", [9, 7, 4])
def test_an_answer_given_while_an_hour_is_rewritten_is_of_one_writing(tmp_path, resolution):
    home, stop, written, seen = make_lake(tmp_path / "home", {}), threading.Event(), [0], set()
    query = {"at": f"{HOUR:%Y-%m-%dT%H:%M:%SZ}", "box": WORLD, "resolution": resolution}

    def keep_writing():
        while not stop.is_set():
            write(home, rows(written[0] % WRITINGS))
            written[0] += 1

    def ask(browser):
        answer = browser.get("/api/hexagons", params=query)
        assert answer.status_code == 200, answer.text
        return answer.content

    with open_database(home.ledger_url) as database:
        browser = TestClient(as_visitor(make_app(run_options(home), PortalOptions(), database=database)))
        whole = set()
        for writing in range(WRITINGS):
            write(home, rows(writing))
            whole.add(ask(browser))
        assert len(whole) == WRITINGS
        writer = threading.Thread(target=keep_writing)
        writer.start()
        try:
            end = time.monotonic() + SECONDS
            while time.monotonic() < end:
                seen.add(ask(browser))
        finally:
            stop.set()
            writer.join()
    assert seen <= whole
    assert len(seen) > 2
    assert written[0] > WRITINGS
