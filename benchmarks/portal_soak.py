"""Reads of the review map while the hourly flow writes: for an hour, or as long as you say.

    python benchmarks/portal_soak.py HOME --minutes 60

HOME is an installation with a fortnight of hours or more, such as `kerumun demo` makes; it is copied first. The hourly
flow computes its last hours again and again, which changes nothing, so every answer must be what it was at first.
"""

import argparse
import io
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx
import numpy as np
import polars as pl

from crowd.review.hours import oldest_and_newest
from kerumun.parameters import open_session
from lake.database import open_database
from lake.home import Home
from portal.app import make_app
from portal.options import PortalOptions
from portal.security.links import make_setup_link
from portal.web_server import serving

READERS = 5
REST_S = 0.3
FLOW_REST_S = 20.0
Told = Counter[str]
HOURS = 6
HOUR = timedelta(hours=1)
PASSWORD = "seven quiet rivers"  # noqa: S105 - of an account on a copy that is thrown away
VIEWS = (("94,-12,142,8", 5), ("108.5,-6,109.5,-5", 8), ("108.9,-5.6,109.1,-5.4", 9))


def main() -> int:
    """Write and read for a while; gives 1 where an answer was not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--minutes", type=float, default=60.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(shutil.copytree(given.home, Path(folder) / "home"))
        return _soak(home, seconds=given.minutes * 60)


def _soak(home: Path, *, seconds: float) -> int:
    options = open_session(home, as_json=True).options
    ends = oldest_and_newest(Home(home))
    if ends is None:
        raise SystemExit(f"{home} has no hours: run 'kerumun demo' first")
    hours = [ends[1] - HOUR * n for n in range(HOURS)]
    with open_database(options.ledger_url) as database:
        app = make_app(options, PortalOptions(), database=database)
        token = (make_setup_link(database, now=datetime.now(UTC)) or "").removeprefix("#setup=")
        with serving(app) as address:
            cookies = _account(address, token)
            told = Told()
            first = {question: _ask(address, cookies, question) for question in _questions(hours)}
            stop = threading.Event()
            workers = [threading.Thread(target=_write, args=(home, hours, stop, told))]
            workers += [
                threading.Thread(target=_read, args=(partial(_ask, address, cookies), first, stop, told))
                for _ in range(READERS)
            ]
            for worker in workers:
                worker.start()
            stop.wait(seconds)
            stop.set()
            for worker in workers:
                worker.join()
    for what, count in sorted(told.items()):
        print(f"{what}: {count:,}")
    return int(any(what.startswith("WRONG") for what in told))


def _account(address: str, token: str) -> httpx.Cookies:
    given = {"token": token, "login": "soak", "name": "Soak", "password": PASSWORD}
    answer = httpx.post(f"{address}/api/setup", json=given, headers={"Origin": address}, trust_env=False)
    answer.raise_for_status()
    return answer.cookies


Question = tuple[str, tuple[tuple[str, str], ...]]


def _questions(hours: list[datetime]) -> list[Question]:
    questions: list[Question] = []
    for hour in hours:
        at = f"{hour:%Y-%m-%dT%H:%M:%SZ}"
        questions += [
            ("/api/hexagons", (("at", at), ("box", box), ("resolution", str(resolution)))) for box, resolution in VIEWS
        ]
        questions.append(("/api/gatherings/outlines", (("at", at),)))
    span = (("start", f"{hours[-1]:%Y-%m-%dT%H:%M:%SZ}"), ("end", f"{hours[0] + HOUR:%Y-%m-%dT%H:%M:%SZ}"))
    return [*questions, ("/api/hours", span), ("/api/gatherings", span)]


def _ask(address: str, cookies: httpx.Cookies, question: Question) -> bytes:
    path, query = question
    answer = httpx.get(f"{address}{path}", params=dict(query), cookies=cookies, trust_env=False, timeout=60)
    answer.raise_for_status()
    return answer.content


def _read(ask: Callable[[Question], bytes], first: dict[Question, bytes], stop: threading.Event, told: Told) -> None:
    questions = list(first)
    while not stop.is_set():
        for question in random.sample(questions, len(questions)):
            try:
                is_right = _is_same(ask(question), first[question])
            except httpx.HTTPError as error:
                told[f"WRONG {question[0]}: {error}"] += 1
            else:
                told[f"answers of {question[0]}" if is_right else f"WRONG {question}"] += 1
            if stop.wait(REST_S):
                return


def _is_same(answer: bytes, before: bytes) -> bool:
    """The same but for the last digits, in which sums of an hour read from two places differ."""
    if answer == before or answer[:1] == b"{":
        return answer == before
    now, then = (pl.read_ipc_stream(io.BytesIO(each)) for each in (answer, before))
    numbers = now.columns[1:]
    same = now["hex"].equals(then["hex"])
    return same and np.allclose(now.select(numbers), then.select(numbers), rtol=1e-4, equal_nan=True)


def _write(home: Path, hours: list[datetime], stop: threading.Event, told: Told) -> None:
    span = ["--from", hours[-1].isoformat(), "--to", (hours[0] + HOUR).isoformat()]
    command = [sys.executable, "-m", "kerumun", "run", *span, "--home", str(home)]
    while not stop.is_set():
        began = time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
        told["runs of the hourly flow" if done.returncode == 0 else f"WRONG run: {done.stderr[-300:]}"] += 1
        told["seconds of the flow"] += round(time.monotonic() - began)
        stop.wait(FLOW_REST_S)


if __name__ == "__main__":
    sys.exit(main())
