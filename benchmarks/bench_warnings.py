"""One warning of very many cells: drafted, stored, approved, sent by every kind of channel, beside a row per cell."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from measuring import median_ratio, seconds_of
from plain_gateway import plain_gateway
from report import Report, promise, rounded, shown
from row_per_cell import RowPerCell

from crowd.warnings.audit import Act
from crowd.warnings.decisions import approve
from crowd.warnings.drafting import draft_warnings
from crowd.warnings.drafts import find_warning
from crowd.warnings.gateways import make_gateways
from crowd.warnings.listing import show_warning
from crowd.warnings.message import load_emergency_numbers
from crowd.warnings.options import CapOptions, HttpOptions, WarningOptions
from crowd.warnings.proposing import Desk, Drafting
from crowd.warnings.routes import routes_of
from crowd.warnings.seen import Seen
from crowd.warnings.sending import send_due
from crowd.warnings.texts import Writer
from crowd.warnings.verify import verify
from crowd.warnings.wording import lists_of, revision_of
from geo.hexagons import disks_around, hexes_at
from lake.database import Database, open_database

OPERATORS = ("alun", "bahari", "cakra", "nusa")
PROMISED_S = 10.0
ABOUT = """\
One warning of 100,000 target cells of four operators and the hexagons of a large crowd: drafted from the hour's frames
(messages, outline, cell lists), stored in an SQLite ledger, approved by two people, sent by HTTP with signatures to a
gateway on this machine that keeps what it gets, by folder, and as a CAP alert. The peer keeps a row per cell in the
same kind of database and posts the same lists, without approval, audit trail or outbox."""


def measure_warnings(folder: Path, *, cells: int, rounds: int) -> Report:
    """Every step several times in turn with the peer."""
    steps: dict[str, list[float]] = {}
    for n in range(rounds):
        _one_round(folder / f"round-{n}", cells=cells, steps=steps)
    ours = [
        sum(parts)
        for parts in zip(*(steps[name] for name in ("draft and store", "approve", "send by HTTP")), strict=True)
    ]
    peer = [a + b for a, b in zip(steps["peer: store"], steps["peer: send by HTTP"], strict=True)]
    steps["draft to accepted, together"] = ours
    ratio = median_ratio(ours, peer)
    slowest = max(ours)
    return Report(
        name="warnings",
        title="Warnings: 100,000 cells in one",
        about=ABOUT,
        columns=("step", "seconds"),
        rows=[(name, shown(values)) for name, values in steps.items()],
        promises=[
            promise(
                f"{cells:,} target cells of four operators built, stored, sent in seconds (under {PROMISED_S:.0f})",
                f"{rounded(slowest)} s at most, {rounded(ratio)} x the peer",
                slack=PROMISED_S - slowest,
            )
        ],
        record={"cells": cells, "steps": steps, "ratio_to_peer": ratio},
    )


def _one_round(root: Path, *, cells: int, steps: dict[str, list[float]]) -> None:
    root.mkdir(parents=True)
    secret = root / "secret"
    secret.write_text(secrets.token_hex(32))
    secret.chmod(0o600)
    seen = _seen(cells)
    with plain_gateway(root / "journal") as url:
        for way in ("HTTP", "folder and CAP"):
            options = _options(way, url)
            with _database(root / f"{way[:4]}.sqlite") as database:
                _warn(database, seen, options, root=root / way, secret=secret, way=way, steps=steps)
        _peer(seen, url, root=root, steps=steps)


def _warn(
    database: Database,
    seen: Seen,
    options: WarningOptions,
    *,
    root: Path,
    secret: Path,
    way: str,
    steps: dict[str, list[float]],
) -> None:
    root.mkdir()
    (root / "secret").write_bytes(secret.read_bytes())
    (root / "secret").chmod(0o600)
    now, done = datetime.now(UTC), Drafting()
    writer = Writer(options=options, emergency=load_emergency_numbers(None))
    desk = Desk(writer=writer, officers=(), auto=(), timezone="Asia/Jakarta", k=15, mode="test")

    def draft() -> None:
        with database.writing() as session:
            draft_warnings(session, seen, desk=desk, now=now, fresh_from=now - timedelta(hours=3), done=done)

    def say_yes() -> None:
        for person in ("Budi", "Sri"):
            with database.writing() as session:
                warning = find_warning(session, done.drafted[0])
                lists = lists_of(revision_of(session, warning_id=warning.id, revision=1))
                routes = routes_of(lists, options=options, officers=())
                approve(session, warning, routes=routes, act=Act(by=person, at=datetime.now(UTC)))

    gateways = make_gateways(
        options,
        root=root,
        officer=lambda _: None,
        timezone="Asia/Jakarta",
        clock=lambda: datetime.now(UTC),
        user_agent="benchmark",
    )
    timed: list[tuple[str, Callable[[], object]]] = [(f"send by {way}", lambda: send_due(database, gateways))]
    if way == "HTTP":
        timed = [("draft and store", draft), ("approve", say_yes), *timed]
    else:
        draft()
        say_yes()
    for name, step in timed:
        steps.setdefault(name, []).append(seconds_of(step))
    with database.reading() as session:
        states = {letter.state for letter in show_warning(session, done.drafted[0]).letters}
        if not states <= {"accepted", "delivered"} or verify(session).problems:
            raise RuntimeError(f"not everything went out: {states}")


def _peer(seen: Seen, url: str, *, root: Path, steps: dict[str, list[float]]) -> None:
    peer = RowPerCell(root / "rows.sqlite")
    rows: list[dict[str, Any]] = seen.cells_of("g").to_dicts()
    steps.setdefault("peer: store", []).append(seconds_of(lambda: peer.store("w", rows)))
    steps.setdefault("peer: send by HTTP", []).append(seconds_of(lambda: peer.send("w", url)))


def _options(way: str, url: str) -> WarningOptions:
    http = HttpOptions(channel="http", url=url, secret_file=Path("secret"))
    cap = CapOptions(url="https://info.example.id/cap", sender="kerumun.example.id", sender_name="Kerumun")
    return WarningOptions(
        official_page="info.example.id",
        operators=dict.fromkeys(OPERATORS, http) if way == "HTTP" else {},
        cap=None if way == "HTTP" else cap,
    )


@contextmanager
def _database(path: Path) -> Iterator[Database]:
    with open_database(f"sqlite:///{path}") as database:
        yield database


def _seen(cells: int) -> Seen:
    """A crowd over much of a city, as the lake would tell it."""
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    hexes = disks_around(hexes_at(np.array([-5.5]), np.array([109.0]), 9), 12)
    numbers = np.arange(cells)
    operators = np.array(OPERATORS)[numbers % len(OPERATORS)]
    gathering = {
        "gathering_id": "g",
        "interval_start": hour,
        "level": "awas",
        "rank": 3,
        "state": "ongoing",
        "lat": -5.5,
        "lon": 109.0,
        "area_code": "99.01.05",
        "area_name": "Pusaka Raya",
        "regency_code": "99.01",
        "regency_name": "Kota Contoh",
        "started_at": hour,
        "end_cause": None,
        "devices": 4_000_000,
        "people": 5_000_000.0,
        "people_low": 4_000_000.0,
        "people_high": 6_000_000.0,
        "reason_id": "",
        "reason_en": "",
    }
    targets = {
        "gathering_id": np.full(cells, "g"),
        "operator": operators,
        "cell_id": np.char.add("001-01-", (1_000_000 + numbers).astype(str)),
        "expected_recipients": 20 + numbers % 400,
        "reach": np.full(cells, 1 / cells),
        "overreach": np.full(cells, 0.4),
    }
    ground = pl.DataFrame({"gathering_id": np.full(len(hexes), "g"), "hex": hexes})
    return Seen(gatherings=pl.DataFrame([gathering]), cells=pl.DataFrame(targets), ground=ground)
