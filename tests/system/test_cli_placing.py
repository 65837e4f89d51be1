import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from crowd.density import compute_density
from crowd.factors import flat_factors
from crowd.holidays import Calendar
from geo.footprint import build_footprints
from lake.engine import Engine, connect
from lake.home import Home

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
NIGHT = ("--from", "2020-03-31", "--to", "2020-04-01")


def _density(home, start, end):
    with connect(Engine()) as connection:
        footprints = build_footprints(connection, home=home, start=start, end=end)
        compute_density(
            connection,
            home=home,
            start=start,
            end=end,
            footprints=footprints,
            factors=flat_factors({}, operators=["alun"]),
            calendar=Calendar("Asia/Jakarta", frozenset()),
        )


def test_a_prior_is_loaded_told_and_forgotten(kerumun, tmp_path):
    people = tmp_path / "people.csv"
    people.write_text("lat,lon,jiwa\n-5.5,109,1200\n-5.6,109.1,300\nx,109,5\n")
    said = kerumun("prior", "load", people, "--columns", "value=jiwa", "--resolution", "8").stdout
    assert "2 of 3 rows taken in" in said
    assert "1 set aside: no place" in said
    assert "1,500 people on 2 hexagons. Footprints are built anew" in said
    assert json.loads(kerumun("prior", "forget", "--json").stdout) == {"forgotten": True}
    assert "even already" in kerumun("prior", "forget").stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("prior", "load", "nowhere.tif"), "cannot read"),
        (("prior", "load", SAMPLE / "areas.geojson", "--classes", "50"), "give class=weight"),
        (("prior", "load", SAMPLE / "areas.geojson"), "has no column value"),
        (("prior", "learn", *NIGHT), "only 0 hours of density"),
    ],
)
def test_a_prior_that_cannot_be_had_is_refused_in_one_sentence(kerumun, words, told):
    done = kerumun(*words, check=False)
    assert done.returncode == 1
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_people_are_calibrated_and_the_table_is_where_runs_look(kerumun, tmp_path):
    cells = tmp_path / "cells.csv"
    cells.write_text("cell_id,operator,radio,lat,lon\n001-01-1,alun,LTE,-5.5,109.0\n")
    counts = tmp_path / "counts.csv"
    counts.write_text("interval_start,cell_id,devices\n2020-03-31T02:00+07:00,001-01-1,400\n")
    ring = [[108, -6], [110, -6], [110, -5], [108, -5], [108, -6]]
    area = {
        "type": "Feature",
        "properties": {"code": "99.01", "name": "Area"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    (tmp_path / "areas.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [area]}))
    (tmp_path / "population.csv").write_text("code,people\n99.01,1000\n")
    kerumun("cells", "load", cells)
    kerumun("counts", "load", counts)
    kerumun("areas", "load", tmp_path / "areas.geojson", "--level", "regency")
    home = Home(tmp_path / "home")
    _density(home, datetime(2020, 3, 30, 17, tzinfo=UTC), datetime(2020, 3, 31, 17, tzinfo=UTC))
    words = ("people", "calibrate", tmp_path / "population.csv", "--level", "regency", *NIGHT)
    done = kerumun(*words)
    assert "Run the past hours again" in done.stdout
    (row,) = pl.read_csv(home.root / "people_per_device.csv").rows(named=True)
    assert (row["operator"], row["area_code"]) == ("alun", 99.01)
    assert row["people_per_device"] == pytest.approx(2.5)
    again = kerumun(*words, check=False)
    assert again.returncode == 1
    assert "run those hours again first" in again.stderr


@pytest.mark.parametrize(
    "table", ["operator,people_per_device\nalun,-2\n", "operator,area_code,people_per_device\nalun,99.99,2\n"]
)
def test_a_run_with_a_broken_table_is_refused_in_one_sentence(kerumun, tmp_path, table):
    (tmp_path / "home").mkdir()
    (tmp_path / "cells.csv").write_text("cell_id,operator,radio,lat,lon\n001-01-1,alun,LTE,-5.5,109.0\n")
    kerumun("cells", "load", tmp_path / "cells.csv")
    (tmp_path / "home" / "people_per_device.csv").write_text(table)
    refused = kerumun("run", "--at", "2020-03-31T19:00", check=False)
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert "people_per_device.csv" in refused.stderr
