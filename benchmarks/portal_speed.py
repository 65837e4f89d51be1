"""The review map over a national lake: twenty people stepping the slider, histories, lists and the page itself."""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from measuring import run_apart
from portal_lake import FIRST, TOWNS
from portal_page import cold_starts
from portal_ways import serve
from report import Report, promise, rounded

CLIENTS = 20
PROMISED_MS, PAGE_MS = 300.0, 2000.0
STEP_S = 0.5
PAGES, LISTS = 5, 10
CELLS_PER_TOWN, GATHERINGS = 2400, 300
ALL, PLAYING = "slider, all", "slider, all, playing"
# A box as a screen shows it, and the resolution that the page asks for there.
VIEWS = {
    "country": ((95.0, -11.0, 141.0, 6.0), 5),
    "island": ((105.0, -9.0, 115.0, -5.0), 6),
    "province": ((106.0, -8.0, 109.0, -6.0), 7),
    "city": ((106.5, -6.5, 107.0, -6.0), 9),
}
ABOUT = """\
Density of a made-up country, {hexagons:,} hexagons an hour at resolutions 7, 8 and 9, {hours} hours, with {cells:,}
cells and {gatherings:,} gatherings in each hour. One server process; twenty people on this machine, each signed in and
on a connection of their own, start at any hour and go from one to the next, each for the country, an island, a
province or a city somewhere on it. Without a pause each asks as soon as the last answer is there. *Playing*: a step
every half second. Warm: hours were rolled up beforehand, as the portal does by itself. Cold: nothing was, and every
hour is rolled up by the first who asks. *History*: all hours of one hexagon, another each time; *list*: the gatherings
of all hours; one asks, the first time for a list left out. *Page*: from the navigation of a signed-in browser that has
nothing cached until hexagons are drawn, and until the list can be used too; the sign-in page is what browser and page
take by themselves. The peer answers from the lake's Parquet by one DuckDB query each, as rows of JSON, through the same
framework, without sessions, and of a history without the spread of its cells."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """What was measured of one server.

    Attributes:
        ms: milliseconds of every answer by what was asked.
        peak_mb: most memory that the server held.
        page: milliseconds of cold starts of the page, or why there are none.
    """

    ms: Mapping[str, list[float]]
    peak_mb: float
    page: Mapping[str, list[float]] | str = ""


def measure_portal(folder: Path, *, towns: int, hours: int, steps: int) -> Report:
    """Cold, warm, and the peer.

    Args:
        folder: where the lake is made.
        towns: of the country.
        hours: of the lake.
        steps: of each person.
    """
    root = folder / "home"
    size = _make(root, towns=towns, hours=hours)
    people = run_apart("portal_ways.sign_everybody_in", root=root, people=CLIENTS).value
    measure = Measurement(root=root, hours=hours, people=people, hexagons=size["nines"])
    ways = {
        "cold": measure.of("portal", steps=max(steps // 4, 4), is_warm=False),
        "warm": measure.of("portal", steps=steps, is_warm=True),
        "peer": measure.of("peer", steps=max(steps // 10, 3), is_warm=False),
    }
    page = ways["warm"].page
    return Report(
        name="portal",
        title="The review map: twenty people on the map of a country",
        about=ABOUT.format(**size),
        columns=("way: what", "answers", "p50 ms", "p95 ms", "most ms", "beside the peer", "peak MB"),
        rows=[
            *(_row(ways, way, what) for way, measured in ways.items() for what in measured.ms),
            *_page_rows(page),
        ],
        promises=_promises(ways),
        record={
            "size": {name: number for name, number in size.items() if name != "nines"},
            "ms": {way: {what: _spread(ms) for what, ms in each.ms.items()} for way, each in ways.items()},
            "ratio_to_peer_p95": {what: _ratio(ways, "warm", what) for what in ways["peer"].ms},
            "page_ms": page if isinstance(page, str) else {what: _spread(ms) for what, ms in page.items()},
            "peak_mb": {way: each.peak_mb for way, each in ways.items()},
        },
    )


def _make(root: Path, *, towns: int, hours: int) -> dict[str, Any]:
    """A lake: about as many cells for each hexagon, and gatherings for each town, as a country of 600,000 has."""
    size = run_apart("portal_lake.make_lake", root=root, towns=towns, hours=hours).value
    cells, at_once = towns * CELLS_PER_TOWN, max(towns * GATHERINGS // TOWNS, 10)
    size |= run_apart("portal_week.add_gatherings", root=root, hours=hours, at_once=at_once).value
    size |= run_apart("portal_week.add_baselines", root=root, hours=hours, cells=cells).value
    return dict(size)


def _row(ways: Mapping[str, Way], way: str, what: str) -> tuple[str, ...]:
    ms = ways[way].ms[what]
    figures = (rounded(float(np.percentile(ms, share))) for share in (50, 95, 100))
    return (
        f"{way}: {what}",
        f"{len(ms):,}",
        *figures,
        f"{rounded(_ratio(ways, way, what))} x",
        rounded(ways[way].peak_mb),
    )


def _page_rows(page: Mapping[str, list[float]] | str) -> list[tuple[str, ...]]:
    if isinstance(page, str):
        return [(f"page: {page}", *[""] * 6)]
    alone = float(np.median(page["sign-in page"]))
    return [
        (
            f"page: {what}",
            str(len(ms)),
            *(rounded(float(np.percentile(ms, share))) for share in (50, 95, 100)),
            f"{rounded(float(np.median(ms)) / alone)} x the sign-in page",
            "",
        )
        for what, ms in page.items()
    ]


def _ratio(ways: Mapping[str, Way], way: str, what: str) -> float:
    """At p95, beside what the peer takes for the same."""
    return float(np.percentile(ways[way].ms[what], 95) / np.percentile(ways["peer"].ms[what], 95))


def _promises(ways: Mapping[str, Way]) -> list[str]:
    warm, page = ways["warm"], ways["warm"].page
    step_ms = float(np.percentile(warm.ms[ALL], 95))
    told = [
        promise(
            f"a slider step under {PROMISED_MS:.0f} ms at p95 with {CLIENTS} people at once",
            f"{rounded(step_ms)} ms without a pause, {rounded(_ratio(ways, 'warm', ALL))} x the peer; "
            f"{rounded(float(np.percentile(warm.ms[PLAYING], 95)))} ms playing",
            slack=PROMISED_MS - step_ms,
        )
    ]
    if not isinstance(page, str):
        both_ms = float(np.median(page["hexagons and list"]))
        measured = f"{rounded(both_ms)} ms in software rendering"
        told.append(promise(f"the page usable under {PAGE_MS:,.0f} ms", measured, slack=PAGE_MS - both_ms))
    return told


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """What is asked.

    Attributes:
        root: of the lake's home.
        hours: of it.
        people: what the browser of each sends along.
        hexagons: some of the lake, of resolution 9.
    """

    root: Path
    hours: int
    people: Sequence[dict[str, str]]
    hexagons: Sequence[str]

    def of(self, way: str, *, steps: int, is_warm: bool) -> Way:
        """Everything, of one server."""
        ms: dict[str, list[float]] = {f"slider, {view}": [] for view in VIEWS}
        page: Mapping[str, list[float]] | str = ""
        with _server(way, self.root, is_warm=is_warm) as (port, peaks):
            for view, took in self._walks(port, steps=steps, every_s=0.0):
                ms[f"slider, {view}"].append(took)
            ms[ALL] = [each for told in list(ms.values()) for each in told]
            ms[PLAYING] = [took for _, took in self._walks(port, steps=max(steps // 5, 4), every_s=STEP_S)]
            ms["history"], ms["list"] = self._histories(port), self._lists(port)
            if way == "portal" and is_warm:
                page = cold_starts(f"http://127.0.0.1:{port}", self.people[0], times=PAGES)
        return Way(ms=ms, peak_mb=peaks[0], page=page)

    def _walks(self, port: int, *, steps: int, every_s: float) -> list[tuple[str, float]]:
        with ThreadPoolExecutor(CLIENTS) as pool:
            walks = pool.map(lambda seed: self._walk(port, seed=seed, steps=steps, every_s=every_s), range(CLIENTS))
            return [step for walk in walks for step in walk]

    def _walk(self, port: int, *, seed: int, steps: int, every_s: float) -> list[tuple[str, float]]:
        """One person: an hour on with every step, the view changed now and then."""
        chance = random.Random(seed)  # noqa: S311 - no secret
        told, hour = [], chance.randrange(self.hours)
        with self._client(port, seed) as client:
            view, box = _view(chance)
            due = time.perf_counter() + chance.uniform(0, every_s)
            for step in range(steps):
                time.sleep(max(due - time.perf_counter(), 0))
                due += every_s
                if step % 5 == 4:  # noqa: PLR2004 - every fifth
                    view, box = _view(chance)
                at = FIRST + timedelta(hours=(hour + step) % self.hours)
                query = {"at": at.isoformat(), "box": box, "resolution": str(VIEWS[view][1])}
                told.append((view, _milliseconds(client, "/api/hexagons", query)))
        return told

    def _histories(self, port: int) -> list[float]:
        with self._client(port, 0) as client:
            return [
                _milliseconds(client, "/api/hexagons/history", {"hexes": hexagon, **self._range})
                for hexagon in self.hexagons
            ]

    def _lists(self, port: int) -> list[float]:
        with self._client(port, 0) as client:
            return [_milliseconds(client, "/api/gatherings", self._range) for _ in range(LISTS + 1)][1:]

    @property
    def _range(self) -> dict[str, str]:
        return {"start": FIRST.isoformat(), "end": (FIRST + timedelta(hours=self.hours)).isoformat()}

    def _client(self, port: int, seed: int) -> httpx.Client:
        address = f"http://127.0.0.1:{port}"
        return httpx.Client(base_url=address, trust_env=False, timeout=120, cookies=self.people[seed])


def _milliseconds(client: httpx.Client, path: str, query: Mapping[str, str]) -> float:
    began = time.perf_counter()
    client.get(path, params=query).raise_for_status()
    return 1000 * (time.perf_counter() - began)


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


def _spread(ms: Sequence[float]) -> dict[str, Any]:
    return {"answers": len(ms), **{f"p{share}": float(np.percentile(ms, share)) for share in (50, 95, 100)}}
