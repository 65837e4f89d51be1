"""The servers that are measured: the portal's own route, and one query of DuckDB and JSON behind the same door."""

import resource
import sys
import threading
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Annotated

import duckdb
from fastapi import FastAPI, Query
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from crowd.review.ground import Box, ancestors_of, ranges_below
from crowd.review.shown import MOST_RANGES, density_file, in_ranges
from crowd.review.warming import warm
from lake.database import open_database
from lake.engine import file_literal
from lake.home import Home
from pipelines.options import RunOptions
from portal.access import Visitor
from portal.app import make_app
from portal.options import PortalOptions
from portal.web_server import serving

K = 15
LAKE_RESOLUTIONS = (7, 8, 9)
COLUMNS = ("people", "people_per_km2", "baseline", "excess", "coverage")
# A hexagon's parent has its resolution in bits 52 to 55 and ones below its last digit.
PEER = """
with near as (
    select *, least((hex >> 52) & 15, {resolution}) as resolution
    from read_parquet({file}, hive_partitioning = false)
    where devices >= {k} and ({near})
)

select
    (hex & ~(15::ubigint << 52)) | (resolution::ubigint << 52) | ((1::ubigint << (45 - 3 * resolution)) - 1) as hex,
    sum(people), sum(people) / sum(people / people_per_km2), sum(baseline), sum(excess), avg(coverage)
from near
group by 1"""
MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024


def serve(way: str, root: Path, told: Connection, *, is_warm: bool) -> None:
    """Serve a lake in this process until it is told to stop; tells the port, then the most memory it held (MB)."""
    home = Home(root)
    options = RunOptions(
        home=root,
        ledger_url=home.ledger_url,
        timezone="Asia/Jakarta",
        memory_limit="2GB",
        threads=2,
        people_per_device={},
        max_devices_per_cell=50_000,
        settle_s=0,
        taken_by="bench",
        k=K,
    )
    with open_database(options.ledger_url) as database:
        if way == "peer":
            _run(_peer(home), told)
            return
        app = make_app(options, PortalOptions(), database=database)
        if is_warm:
            warm(app.state.portal.memory, home, k=K, stop=threading.Event())
        _run(_signed_in(app), told)


def _run(app: ASGIApp, told: Connection) -> None:
    with serving(app) as address:
        told.send(int(address.rsplit(":", 1)[1]))
        told.recv()
    told.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MAXRSS_BYTES / 1e6)


def _signed_in(app: ASGIApp) -> ASGIApp:
    """As somebody meets it who has signed in."""

    async def visited(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope.setdefault("state", {})["visitor"] = Visitor(login="rara", name="Rara", role="viewer")
        await app(scope, receive, send)

    return visited


def _peer(home: Home) -> FastAPI:
    """The same box from the hour's Parquet with one query, as rows of JSON."""
    app = FastAPI()
    database = duckdb.connect(config={"threads": 2, "memory_limit": "2GB"})

    @app.get("/api/hexagons")
    def hexagons(at: datetime, box: Annotated[str, Query()], resolution: int) -> JSONResponse:
        query = PEER.format(
            file=file_literal(density_file(home, at)), k=K, near=_near(box, resolution), resolution=resolution
        )
        rows = database.cursor().execute(query).fetchall()
        return JSONResponse([{"hex": f"{hexagon:x}", **dict(zip(COLUMNS, row, strict=True))} for hexagon, *row in rows])

    return app


def _near(box: str, resolution: int) -> str:
    """Ranges of the hexagons near a box, found as the portal finds them: no part of what is compared."""
    west, south, east, north = (float(number) for number in box.split(","))
    above = ancestors_of(Box(west=west, south=south, east=east, north=north), resolution)
    return "true" if above is None else in_ranges(ranges_below(above, LAKE_RESOLUTIONS).hulls(MOST_RANGES))
