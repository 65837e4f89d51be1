"""One person's many questions do not keep the others waiting."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from portal_accounts import open_site

from portal.security.shares import MOST_AT_ONCE

PATIENCE_S = 60


@pytest.fixture
def site(tmp_path):
    with open_site(tmp_path / "home") as site:
        for login in ("rara", "tono"):
            site.add(login)
        yield site


def test_beyond_a_share_one_is_told_to_wait_and_others_are_answered(site):
    begun, open_again = threading.Semaphore(0), threading.Event()

    def slow_answer():
        begun.release()
        return open_again.wait(PATIENCE_S)

    site.route("/api/slow", slow_answer)
    rara, tono = site.signed_in("rara"), site.signed_in("tono")
    with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
        slow = [pool.submit(rara.get, "/api/slow") for _ in range(MOST_AT_ONCE)]
        assert all(begun.acquire(timeout=PATIENCE_S) for _ in slow)
        refused = rara.get("/api/session")
        answered = tono.get("/api/session")
        open_again.set()
        assert {each.result().status_code for each in slow} == {200}
    assert refused.status_code == 429
    assert refused.headers["Retry-After"]
    assert answered.status_code == 200
    assert rara.get("/api/session").status_code == 200
