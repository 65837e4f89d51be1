"""The servers that are measured: the portal's own route, and one query of DuckDB and JSON behind the same door."""

import resource
import sys
import threading
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Annotated

import duckdb
from country import PEOPLE_PER_DEVICE
from fastapi import FastAPI, Query
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp

from crowd.density import DENSITY
from crowd.gathering_stages import GATHERINGS
from crowd.review.ground import Box, ancestors_of, ranges_below
from crowd.review.shown import MOST_RANGES, density_file, in_ranges
from crowd.review.warming import warm
from crowd.warnings.audit import Act
from lake.database import open_database
from lake.engine import file_literal
from lake.home import Home
from lake.stages import Stage
from pipelines.options import RunOptions
from portal.app import make_app
from portal.options import PortalOptions
from portal.security.accounts import add_account
from portal.security.cookies import cookie_name
from portal.security.sessions import open_session
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
# What of a history, and of a list, can be told without the spread of cells, areas, warnings and what was read.
HISTORY = """
select epoch(interval_start) as at, people, people_low, people_high, baseline, excess, score, coverage
from read_parquet({files}, hive_partitioning = false)
where hex = {hexagon} and devices >= {k}
order by interval_start"""
LISTED = """
select * replace (epoch(interval_start) as interval_start, epoch(started_at) as started_at)
from (
    select gathering_id, interval_start, level, state, people, people_low, people_high, excess, lat, lon, area_code,
        started_at, hours
    from read_parquet({files}, hive_partitioning = false)
    where coalesce(devices >= {k}, true)
)
qualify row_number() over (partition by gathering_id order by interval_start desc) = 1"""
PORTAL = PortalOptions()
NOBODY_KNOWS_IT = "!"  # without any password the page would ask for the first account
MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024


def serve(way: str, root: Path, told: Connection, *, is_warm: bool) -> None:
    """Serve a lake in this process until it is told to stop; tells the port, then the most memory it held (MB).

    People are signed in as their cookies say, by sessions of `sign_everybody_in`.
    """
    home = Home(root)
    options = RunOptions(
        home=root,
        ledger_url=home.ledger_url,
        timezone="Asia/Jakarta",
        memory_limit="2GB",
        threads=2,
        people_per_device=PEOPLE_PER_DEVICE,
        max_devices_per_cell=50_000,
        settle_s=0,
        taken_by="bench",
        k=K,
    )
    with open_database(options.ledger_url) as database:
        if way == "peer":
            _run(_peer(home), told)
            return
        app = make_app(options, PORTAL, database=database)
        if is_warm:
            warm(app.state.portal.memory, home, k=K, stop=threading.Event())
        _run(app, told)


def _run(app: ASGIApp, told: Connection) -> None:
    with serving(app) as address:
        told.send(int(address.rsplit(":", 1)[1]))
        told.recv()
    told.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MAXRSS_BYTES / 1e6)


def sign_everybody_in(root: Path, *, people: int) -> list[dict[str, str]]:
    """Make accounts and open a session for each; gives what their browsers send along."""
    now = datetime.now(UTC)
    act, cookies = Act(by="bench", at=now, login="bench"), []
    with open_database(Home(root).ledger_url) as database, database.writing() as writing:
        for number in range(people):
            row = add_account(writing, f"bench{number}", name=f"Bench {number}", role="admin", act=act)
            row.password_hash = NOBODY_KNOWS_IT
            secret = open_session(writing, row, options=PORTAL, now=now)
            cookies.append({cookie_name("session", PORTAL): secret})
    return cookies


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

    @app.get("/api/hexagons/history")
    def history(hexes: str, start: datetime, end: datetime) -> JSONResponse:
        query = HISTORY.format(files=_files(home, DENSITY, start, end), k=K, hexagon=int(hexes, 16))
        return JSONResponse(_rows(database, query))

    @app.get("/api/gatherings")
    def gatherings(start: datetime, end: datetime) -> JSONResponse:
        return JSONResponse(_rows(database, LISTED.format(files=_files(home, GATHERINGS, start, end), k=K)))

    return app


def _rows(database: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, object]]:
    found = database.cursor().execute(query)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _files(home: Home, stage: Stage, start: datetime, end: datetime) -> str:
    return f"[{', '.join(file_literal(path) for path in stage.paths(home, start=start, end=end))}]"


def _near(box: str, resolution: int) -> str:
    """Ranges of the hexagons near a box, found as the portal finds them: no part of what is compared."""
    west, south, east, north = (float(number) for number in box.split(","))
    above = ancestors_of(Box(west=west, south=south, east=east, north=north), resolution)
    return "true" if above is None else in_ranges(ranges_below(above, LAKE_RESOLUTIONS).hulls(MOST_RANGES))
