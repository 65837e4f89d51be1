"""The review map over a national lake: twenty people, each stepping the slider."""

import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from shutil import rmtree
from typing import Any

import httpx
import numpy as np
from measuring import run_apart
from portal_lake import FIRST
from portal_ways import serve
from report import Report, promise, rounded

CLIENTS = 20
PROMISED_MS = 300.0
# A box as a screen shows it, and the resolution that the page asks for there.
VIEWS = {
    "country": ((95.0, -11.0, 141.0, 6.0), 5),
    "island": ((105.0, -9.0, 115.0, -5.0), 6),
    "province": ((106.0, -8.0, 109.0, -6.0), 7),
    "city": ((106.5, -6.5, 107.0, -6.0), 9),
}
ABOUT = """\
Density of a made-up country, {hexagons:,} hexagons an hour at resolutions 7, 8 and 9, {hours} hours. Twenty clients on
this machine, each on its own connection to one server process, ask for one hour after the other without a pause,
starting anywhere, each time for the country, an island, a province or a city somewhere on it. Warm: the hours were
rolled up beforehand, as the portal does by itself. Cold: nothing was, and every hour is rolled up by the first who
asks. The peer answers the same boxes straight from the hour's Parquet by one DuckDB query, as rows of JSON, through the
same framework."""


def measure_portal(folder: Path, *, towns: int, hours: int, steps: int) -> Report:
    """Cold, warm, and the peer.

    Args:
        folder: where the lake is made.
        towns: of the country.
        hours: of the lake.
        steps: of each client.
    """
    root = folder / "home"
    size = run_apart("portal_lake.make_lake", root=root, towns=towns, hours=hours).value
    rmtree(root / "cache", ignore_errors=True)
    ways = {
        "cold": _measure("portal", root, hours=hours, steps=max(steps // 4, 4), is_warm=False),
        "warm": _measure("portal", root, hours=hours, steps=steps, is_warm=True),
        "peer": _measure("peer", root, hours=hours, steps=max(steps // 10, 3), is_warm=False),
    }
    p95 = {way: float(np.percentile(_all(ms), 95)) for way, (ms, _) in ways.items()}
    ratio = p95["warm"] / p95["peer"]
    return Report(
        name="portal",
        title="The review map: a slider step of twenty people",
        about=ABOUT.format(**size),
        columns=("way: view", "answers", "p50 ms", "p95 ms", "most ms", "peak MB"),
        rows=[
            (
                f"{way}: {view}",
                f"{len(told):,}",
                *(rounded(float(np.percentile(told, share))) for share in (50, 95, 100)),
                rounded(peak_mb),
            )
            for way, (ms, peak_mb) in ways.items()
            for view, told in {**ms, "all": _all(ms)}.items()
        ],
        promises=[
            promise(
                f"under {PROMISED_MS:.0f} ms at p95 with {CLIENTS} people at once",
                f"{rounded(p95['warm'])} ms, {rounded(ratio)} x the peer",
                slack=PROMISED_MS - p95["warm"],
            )
        ],
        record={
            "size": size,
            "p95_ms": p95,
            "ratio_to_peer": ratio,
            "ms": {way: {view: _spread(told) for view, told in ms.items()} for way, (ms, _) in ways.items()},
            "peak_mb": {way: peak for way, (_, peak) in ways.items()},
        },
    )


def _measure(way: str, root: Path, *, hours: int, steps: int, is_warm: bool) -> tuple[dict[str, list[float]], float]:
    """Milliseconds of every answer by view, and the most memory that the server held."""
    found: dict[str, list[float]] = {view: [] for view in VIEWS}
    with _server(way, root, is_warm=is_warm) as (port, peaks), ThreadPoolExecutor(CLIENTS) as pool:
        walks = pool.map(lambda seed: _walk(port, seed=seed, hours=hours, steps=steps), range(CLIENTS))
        for view, ms in (step for walk in walks for step in walk):
            found[view].append(ms)
    return found, peaks[0]


def _walk(port: int, *, seed: int, hours: int, steps: int) -> list[tuple[str, float]]:
    """One person: an hour on with every step, the view changed now and then."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    told, hour = [], chance.randrange(hours)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=120) as client:
        view, box = _view(chance)
        for step in range(steps):
            if step % 5 == 4:  # noqa: PLR2004 - every fifth
                view, box = _view(chance)
            at = FIRST + timedelta(hours=(hour + step) % hours)
            query: dict[str, str | int] = {"at": at.isoformat(), "box": box, "resolution": VIEWS[view][1]}
            began = time.perf_counter()
            client.get("/api/hexagons", params=query).raise_for_status()
            told.append((view, 1000 * (time.perf_counter() - began)))
    return told


def _view(chance: random.Random) -> tuple[str, str]:
    view = chance.choice(list(VIEWS))
    (west, south, east, north), _ = VIEWS[view]
    x, y = (0.0, 0.0) if view == "country" else (chance.uniform(-5, 20), chance.uniform(-1, 8))
    return view, ",".join(f"{degrees:.4f}" for degrees in (west + x, south + y, east + x, north + y))


@contextmanager
def _server(way: str, root: Path, *, is_warm: bool) -> Iterator[tuple[int, list[float]]]:
    """A server in a process of its own; its most memory (MB) is in the list when the block is left."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(way, root, theirs), kwargs={"is_warm": is_warm})
    process.start()
    peaks: list[float] = []
    try:
        yield ours.recv(), peaks
        ours.send("stop")
        peaks.append(ours.recv())
    finally:
        process.join(20)
        process.kill()


def _all(ms: dict[str, list[float]]) -> list[float]:
    return [each for told in ms.values() for each in told]


def _spread(ms: Sequence[float]) -> dict[str, Any]:
    return {"answers": len(ms), **{f"p{share}": float(np.percentile(ms, share)) for share in (50, 95, 100)}}
