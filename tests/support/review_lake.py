"""A lake with gatherings written by hand, and the portal over it."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import geopandas as gpd
import numpy as np
import polars as pl
import shapely
from portal_visits import as_visitor
from starlette.testclient import TestClient

from crowd.density import DENSITY
from crowd.gathering_stages import GATHERING_EVENTS, GATHERING_HEXES, GATHERINGS
from crowd.review.memory import Memory
from crowd.targets import TARGETS
from geo.areas import load_areas
from geo.hexagons import disks_around, hex_areas_km2, hex_centres, hexes_at
from lake.database import open_database
from lake.engine import Engine, connect
from lake.intake import Intake
from lake.stages import write_partitions
from lake.staging import staged
from pipelines.options import RunOptions
from portal.app import make_app
from portal.options import PortalOptions

NOON = datetime(2020, 3, 31, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
K = 15
ENGINE = Engine(memory_limit="500MB", threads=1)
MIDDLE = hexes_at(np.array([-6.0]), np.array([106.8]), 9)
GROUND = disks_around(MIDDLE, 12)
BOX = "106.7,-6.1,106.9,-5.9"
# A province of two regencies (west and east) of two districts each (south and north).
WEST, EAST, SOUTH, NORTH = 106.7, 106.9, -6.1, -5.9


def iso(at):
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def name_of(begun, number=0):
    """The name of a gathering that was first followed then."""
    return f"{begun:%Y%m%dT%H%MZ}-{number:015x}"


def hour_of(name, at, *, level="siaga", state="ongoing", devices=500, area="99.01.01", begun=None, number=0, **changes):
    """A row of gatherings."""
    is_over = state == "ended"
    row = {
        "gathering_id": name,
        "interval_start": at,
        "level": "normal" if is_over else level,
        "state": state,
        "people": None if is_over else 1000.0 + devices + number,
        "people_low": None if is_over else 900.0,
        "people_high": None if is_over else 2100.0,
        "excess": None if is_over else 800.0,
        "hexes": 0 if is_over else 7,
        "lat": -6.0,
        "lon": 106.8,
        "area_code": area,
        "started_at": begun or at,
        "devices": None if is_over else devices,
        "usual": 200.0,
        "score": 9.5,
        "coverage": None if is_over else 1.0,
        "hours": 1,
        "peak_people": 9e9,  # nobody may see it: it may be of an hour that is not shown
        "peak_at": at,
        "reason_id": f"Karena {name} pada {at:%H}.",
        "reason_en": f"Because of {name} at {at:%H}.",
    }
    return row | changes


def hexes_of(name, at, *, hexes=GROUND[:7], devices=500):
    """Rows of gathering_hexes."""
    return [{"gathering_id": name, "interval_start": at, "hex": int(h), "devices": devices} for h in hexes]


def target_of(name, at, cell="001-01-1", *, operator="alun", recipients=100, reach=0.5, overreach=0.25):
    """A row of targets."""
    told = {"expected_recipients": recipients, "reach": reach, "overreach": overreach}
    return {"gathering_id": name, "interval_start": at, "operator": operator, "cell_id": cell, **told}


def event_of(name, at, event="new", **changes):
    """A row of gathering_events."""
    return {"gathering_id": name, "interval_start": at, "event": event, "level": "siaga", **changes}


def write(home, stage, rows):
    """Put rows into the lake."""
    if not rows:
        return
    columns = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in stage.columns.items())
    empty = dict.fromkeys(stage.columns)
    table = pl.DataFrame([empty | row for row in rows], infer_schema_length=None)
    with connect(ENGINE) as connection, staged(home) as staging:
        connection.register("rows_now", table.to_arrow())
        write_partitions(connection, f"select {columns} from rows_now", stage=stage, staging=staging)


def write_gatherings(home, hours, *, hexes=(), events=(), targets=()):
    """Put gatherings into the lake."""
    for stage, rows in (
        (GATHERINGS, hours),
        (GATHERING_HEXES, hexes),
        (GATHERING_EVENTS, events),
        (TARGETS, targets),
    ):
        write(home, stage, list(rows))


def write_density(home, at=NOON, *, devices, hexes=GROUND):
    """An hour of density on some ground."""
    areas = hex_areas_km2(hexes)
    rows = [
        {
            "interval_start": at,
            "hex": int(h),
            "people": 10.0 + n,
            "people_per_km2": (10.0 + n) / km2,
            "people_low": 5.0,
            "people_high": 500.0,
            "baseline": 8.0,
            "excess": 2.0 + n,
            "score": 1.0,
            "coverage": 1.0,
            "devices": int(count),
        }
        for n, (h, km2, count) in enumerate(zip(hexes.tolist(), areas, devices, strict=True))
    ]
    write(home, DENSITY, rows)


def load_town(home):
    """Areas: a province, two regencies, four districts whose codes, but not parents, say where they lie."""
    middle_lon, middle_lat = (WEST + EAST) / 2, (SOUTH + NORTH) / 2
    boxes = {
        "province": [("99", "Laut Contoh", None, (WEST, SOUTH, EAST, NORTH))],
        "regency": [
            ("99.01", "Kota Contoh", "99", (WEST, SOUTH, middle_lon, NORTH)),
            ("99.02", "Kabupaten Élok", "99", (middle_lon, SOUTH, EAST, NORTH)),
        ],
        "district": [
            ("99.01.01", "Alun Timur", None, (WEST, SOUTH, middle_lon, middle_lat)),
            ("99.01.02", "Contoh", None, (WEST, middle_lat, middle_lon, NORTH)),
            ("99.02.01", "Alun Barat", None, (middle_lon, SOUTH, EAST, middle_lat)),
            # moved to the other regency: its parent says so, its code does not
            ("99.02.02", "Timur Raya", "99.01", (middle_lon, middle_lat, EAST, NORTH)),
        ],
    }
    intake = Intake(home=home, engine=ENGINE, ledger_url=home.ledger_url, now=NOON, taken_by="test")
    home.root.mkdir(parents=True, exist_ok=True)
    for level, areas in boxes.items():
        load_level(home, level, areas, intake=intake)


def load_level(home, level, areas, *, intake=None):
    """Areas of one level: code, name, parent and box or outline."""
    intake = intake or Intake(home=home, engine=ENGINE, ledger_url=home.ledger_url, now=NOON, taken_by="test")
    codes, names, parents, grounds = zip(*areas, strict=True)
    outlines = [shapely.box(*ground) if isinstance(ground, tuple) else ground for ground in grounds]
    table = {"code": codes, "name": names, "parent": parents}
    path = home.root / f"{level}.gpkg"
    path.unlink(missing_ok=True)
    gpd.GeoDataFrame(table, geometry=outlines, crs="EPSG:4326").to_file(path)
    load_areas(path, level=level, intake=intake, columns={})


def run_options(home, **changes):
    """Settings of the installation."""
    settings = {
        "home": home.root,
        "ledger_url": home.ledger_url,
        "timezone": "Asia/Jakarta",
        "memory_limit": "500MB",
        "threads": 1,
        "people_per_device": {"alun": 2.0},
        "max_devices_per_cell": 50_000,
        "settle_s": 0.0,
        "taken_by": "test",
        "k": K,
    }
    return RunOptions(**(settings | changes))


@contextmanager
def open_ledger_of(home):
    """The ledger of an installation."""
    home.root.mkdir(parents=True, exist_ok=True)
    with open_database(home.ledger_url) as database:
        yield database


@contextmanager
def visiting(home, **visitor):
    """The portal of an installation, as one visitor meets it; an error of the server is an answer too."""
    with open_ledger_of(home) as database:
        app = make_app(run_options(home), PortalOptions(), database=database, clock=lambda: NOON)
        with TestClient(as_visitor(app, **visitor), raise_server_exceptions=False) as client:
            yield client


def new_memory():
    return Memory(ENGINE)


def centres(hexes):
    """Longitudes and latitudes of hexagons."""
    lat, lon = hex_centres(hexes)
    return lon, lat
