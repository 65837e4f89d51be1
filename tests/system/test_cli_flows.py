import json
from pathlib import Path

import polars as pl

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
ROW = "2020-03-30T00:00+07:00,99.01.01,99.01.02,20"


def _file(tmp_path, *rows, name="flows.csv"):
    path = tmp_path / name
    path.write_text("\n".join(["interval_start,from_area,to_area,devices", *rows, ""]))
    return path


def test_flows_are_loaded_told_and_left_as_they_are_the_second_time(kerumun, tmp_path):
    kerumun("areas", "load", SAMPLE / "areas.geojson", "--level", "district")
    path = _file(tmp_path, ROW, ROW.replace(",20", ",3"))
    said = kerumun("flows", "load", path, "--operator", "Alun").stdout
    assert "1 of 2 rows taken in" in said
    assert "1 set aside: under k at the source" in said
    assert "Written to" in said
    assert "unchanged" in kerumun("flows", "load", path, "--operator", "Alun").stdout
    (part,) = (tmp_path / "home" / "lake" / "flows").rglob("*.parquet")
    assert "operator=alun" in str(part)
    assert pl.read_parquet(part, hive_partitioning=False)["devices"].to_list() == [20]


def test_a_refused_file_of_flows_is_exit_code_1_and_json_for_machines(kerumun, tmp_path):
    done = kerumun("flows", "load", _file(tmp_path, ROW), "--operator", "alun", "--json", check=False)
    assert done.returncode == 1
    (file,) = json.loads(done.stdout)["files"]
    assert file["verdict"] == "refused"
    assert "kerumun areas load" in file["reason"]
