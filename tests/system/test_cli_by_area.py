import json
from pathlib import Path

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
HOUR = ("--at", "2020-03-31T19:00+07:00")


def test_people_per_area_are_written_and_those_outside_told(kerumun, tmp_path):
    areas = json.loads((SAMPLE / "areas.geojson").read_text())
    districts = [f for f in areas["features"] if f["properties"]["level"] == "district"]
    (tmp_path / "two.geojson").write_text(json.dumps({**areas, "features": districts[:2]}))
    kerumun("cells", "load", SAMPLE / "cells.csv")
    kerumun("areas", "load", tmp_path / "two.geojson", "--level", "district")
    kerumun("footprints", "build", "--method", "point")
    kerumun("counts", "load", *sorted((SAMPLE / "inbox").glob("*.csv")))
    kerumun("run", *HOUR)
    done = kerumun("density", "export", "--by", "area", *HOUR, "--output", tmp_path / "x.csv")
    assert "2 rows written" in done.stdout
    assert "people on hexagons outside every area of this level are not in it" in done.stdout
    assert len((tmp_path / "x.csv").read_text().splitlines()) == 3


def test_a_level_without_areas_to_choose_is_refused(kerumun, tmp_path):
    done = kerumun("density", "export", "--level", "district", *HOUR, "--output", tmp_path / "x.csv", check=False)
    assert done.returncode == 1
    assert "add --by area" in done.stderr
