import json
from pathlib import Path

import polars as pl
import pytest

REAL = Path(__file__).parents[3] / "shared" / "data" / "shanghai_telecom" / "shanghai_bs_counts_15min.parquet"

pytestmark = [
    pytest.mark.skipif(not REAL.exists(), reason="real data is not beside the repository (../shared/data)"),
    pytest.mark.xdist_group("prefect"),
]

PROFILE = """
operator = "shanghai"
radio = "LTE"
cell_id_template = "460-00-{bs_id}"
timezone = "Asia/Shanghai"
interval_minutes = 15
[columns]
cell_id = "bs_id"
interval_start = "ts_local"
devices = "users"
"""
POLICY = (
    "".join(
        f"[levels.{level}]\npeople = {people}\npeople_per_km2 = {people}\n"
        for level, people in {"waspada": 8, "siaga": 12, "awas": 30}.items()
    )
    + '[detection]\nwithout_usual = "density"\n'
)


def test_a_real_day_goes_from_the_file_as_found_to_target_cells(kerumun, tmp_path):
    """The commands of docs/tutorials/your-own-data.md."""
    home, profile = tmp_path / "home", tmp_path / "shanghai.toml"
    home.mkdir()
    profile.write_text(PROFILE)
    (home / "kerumun.toml").write_text('timezone = "Asia/Shanghai"\nk = 1\n')
    (home / "policy.toml").write_text(POLICY)
    box = "120.8,30.6,122.1,31.9"
    plan = json.loads(kerumun("cells", "load", REAL, "--profile", profile, "--bbox", box, "--json").stdout)
    assert plan["file"]["rows_quarantined"] == {"outside_bbox": 1691, "zero_coordinates": 96}
    load = json.loads(kerumun("counts", "load", REAL, "--profile", profile, "--json").stdout)
    assert load["files"][0]["rows_quarantined"] == {"unknown_cell": 1787}
    kerumun("footprints", "build", "--method", "voronoi", "--resolution", "8")
    run = json.loads(kerumun("run", "--from", "2014-06-14", "--to", "2014-06-15", "--json").stdout)
    for told in ("devices_counted", "devices_placed"):
        assert sum(step[told] for step in run["density"]) == 108_411
    exported = {}
    for table in ("density", "gatherings", "targets"):
        exported[table] = tmp_path / f"{table}.parquet"
        words = ("--from", "2014-06-14", "--to", "2014-06-15", "--output", exported[table])
        kerumun(table, "export", *words)
    assert pl.read_parquet(exported["density"])["people"].sum() == pytest.approx(108_411, rel=1e-9)
    gatherings = pl.read_parquet(exported["gatherings"])
    # the city, and its airport to the east
    assert gatherings["lat"].is_between(31.0, 31.5).all()
    assert gatherings["lon"].is_between(121.2, 121.85).all()
    assert set(pl.read_parquet(exported["targets"])["gathering_id"]) == set(gatherings["gathering_id"])
