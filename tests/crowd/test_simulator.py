import re
from datetime import datetime, timedelta
from itertools import pairwise

import geopandas as gpd
import polars as pl
import pytest
import shapely

from crowd.simulator import load_scenario, simulate
from geo.distances import distance_m
from geo.hexagons import hex_centres
from lake.errors import RefusedInputError

SMALL = """
timezone = "Asia/Jakarta"
start = 2020-03-02
demo_hour = 2020-03-03T19:00:00
truth_hours = 44
[town]
name = "Dusun Contoh"
lat = -5.5
lon = 109.0
width_km = 4
height_km = 3
people = 20000
neighbourhoods = 3
[regions]
province = "Laut Contoh"
regency = "Dusun Contoh"
districts = [ {name = "Barat", lat = -5.5, lon = 108.99}, {name = "Timur", lat = -5.5, lon = 109.01} ]
[[places]]
name = "Alun-alun"
kind = "square"
lat = -5.505
lon = 109.0
radius_m = 200
people = 200
[[operators]]
name = "alun"
mnc = "01"
market_share = 0.4
macro_sites = 6
umts_sites = 2
[[operators]]
name = "nusa"
mnc = "02"
market_share = 0.3
macro_sites = 4
[[gatherings]]
name = "Malam"
place = "Alun-alun"
radius_m = 200
start = 2020-03-03T17:00:00
end = 2020-03-03T23:00:00
people = 3000
ramp_hours = 1
"""

WITH_ALL = (
    SMALL.replace("[town]", "movers_share = 0.1\nland_use = true\n[town]", 1)
    + """
[radio]
correlation_m = 100
azimuth_error_deg = 5
handover_noise = 0.1
[deliveries]
late_share = 0.3
corrected_share = 0.3
[[drawn_places]]
name = "Pasar"
kind = "market"
count = 3
radius_m = 100
people = 100
[[recurring]]
name = "Arisan"
weekdays = ["tuesday"]
start = 09:30:00
end = 11:00:00
count = 2
radius_m = 50
people = 60
[[holidays]]
date = 2020-03-02
[[outages]]
operator = "nusa"
start = 2020-03-03T10:00:00
end = 2020-03-03T20:00:00
share = 0.5
"""
)
OUTAGE = """
[[outages]]
operator = "alun"
start = 2020-03-03T10:00:00
end = 2020-03-03T20:00:00
"""
ARISAN = """
[[recurring]]
name = "Arisan"
start = 09:30:00
end = 11:00:00
radius_m = 50
people = 60
"""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    path = tmp_path_factory.mktemp("scenario") / "small.toml"
    path.write_text(SMALL)
    return load_scenario(path)


@pytest.fixture(scope="module")
def city(tmp_path_factory, scenario):
    out = tmp_path_factory.mktemp("city") / "out"
    simulate(out, scenario=scenario, seed=1)
    return out


def _bytes(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def _counts(folder):
    files = [*sorted((folder / "counts").iterdir()), *sorted((folder / "inbox").iterdir())]
    frames = [pl.read_csv(f, infer_schema=False).with_columns(operator=pl.lit(f.name.split("_")[0])) for f in files]
    exact = pl.concat(frames).filter(~pl.col("devices").str.starts_with("<"))
    return exact.with_columns(pl.col("devices").cast(pl.Int64))


def test_the_same_seed_gives_the_same_bytes(city, tmp_path, scenario):
    simulate(tmp_path / "again", scenario=scenario, seed=1)
    assert _bytes(tmp_path / "again") == _bytes(city)


def test_another_seed_gives_other_counts(city, tmp_path, scenario):
    simulate(tmp_path / "other", scenario=scenario, seed=2)
    assert not _counts(tmp_path / "other").equals(_counts(city))


def test_with_everything_switched_on_the_folder_makes_itself_again(tmp_path):
    (tmp_path / "all.toml").write_text(WITH_ALL)
    simulate(tmp_path / "first", scenario=load_scenario(tmp_path / "all.toml"), seed=1)
    simulate(tmp_path / "again", scenario=load_scenario(tmp_path / "first" / "scenario.toml"), seed=1)
    assert _bytes(tmp_path / "again") == _bytes(tmp_path / "first")


def test_people_are_conserved_every_hour(city):
    people = pl.read_parquet(city / "truth" / "people.parquet").group_by("interval_start").agg(pl.col("people").sum())
    assert people.height == 44
    assert people["people"].to_list() == pytest.approx([20_000] * 44, rel=1e-6)


def test_each_operator_counts_its_share_of_people(city):
    mean = _counts(city).group_by("operator", "interval_start").agg(pl.col("devices").sum())
    mean = dict(mean.group_by("operator").agg(pl.col("devices").mean()).rows())
    assert mean == pytest.approx({"alun": 8000, "nusa": 6000}, rel=0.02)


def test_small_counts_are_sent_as_suppressed(city, tmp_path, scenario):
    simulate(tmp_path / "shy", scenario=scenario.model_copy(update={"suppress_below": 300}), seed=1)
    assert _counts(tmp_path / "shy")["devices"].min() >= 300
    assert _counts(tmp_path / "shy").height < _counts(city).height


def test_every_cell_keeps_to_the_contract(city):
    cells = pl.read_csv(city / "cells.csv", infer_schema=False)
    shape = {"LTE": r"001-0[12]-\d+", "UMTS": r"001-0[12]-\d+-\d+"}
    assert all(re.fullmatch(shape[radio], cell) for cell, radio in cells.select("cell_id", "radio").iter_rows())
    assert cells["cell_id"].is_unique().all()
    assert set(cells["kind"]) <= {"macro", "micro", "indoor"}


def test_every_cell_reports_every_hour_until_the_demo_hour(city):
    counts = pl.concat(
        pl.read_csv(f, infer_schema=False)
        for f in [*sorted((city / "counts").iterdir()), *sorted((city / "inbox").iterdir())]
    )
    cells = pl.read_csv(city / "cells.csv").height
    assert counts.group_by("interval_start").len()["len"].unique().to_list() == [cells]
    starts = sorted({datetime.fromisoformat(text) for text in counts["interval_start"]})
    assert starts[-1].isoformat() == "2020-03-03T19:00:00+07:00"
    assert all(late - early == timedelta(hours=1) for early, late in pairwise(starts))


def test_districts_cover_the_regency_without_overlap(city):
    areas = gpd.read_file(city / "areas.geojson")
    regency = areas[areas.level == "regency"].geometry.iloc[0]
    districts = areas[areas.level == "district"].geometry.to_numpy()
    assert shapely.area(districts).sum() == pytest.approx(regency.area, rel=1e-6)
    assert shapely.area(shapely.symmetric_difference(shapely.union_all(districts), regency)) < 1e-6 * regency.area


def _people_at_the_square(folder):
    people = pl.read_parquet(folder / "truth" / "people.parquet")
    people = people.filter(pl.col("interval_start") == pl.col("interval_start").max())
    lat, lon = hex_centres(people["hex"].to_numpy())
    away_m = distance_m(lat, lon, to_lat=lat * 0 - 5.505, to_lon=lon * 0 + 109.0)
    return people.filter(pl.Series(away_m < 500))["people"].sum()


def test_a_gathering_raises_the_truth_around_its_place_by_its_people(city, tmp_path, scenario):
    simulate(tmp_path / "quiet", scenario=scenario.model_copy(update={"gatherings": ()}), seed=1)
    told = pl.read_parquet(city / "truth" / "gatherings.parquet").sort("interval_start")["people"][-1]
    assert told == 3000
    # those of them who live there would have been there anyway
    assert 0.8 * told < _people_at_the_square(city) - _people_at_the_square(tmp_path / "quiet") <= told


def test_a_folder_of_somebody_else_is_left_alone(tmp_path, scenario):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(RefusedInputError, match=r"thesis|folder"):
        simulate(tmp_path, scenario=scenario)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_an_earlier_simulation_is_replaced(tmp_path, scenario):
    simulate(tmp_path / "out", scenario=scenario, seed=1)
    simulate(tmp_path / "out", scenario=scenario, seed=1)
    assert (tmp_path / "out" / "cells.csv").exists()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("people = 20000", "peeple = 20000", r"town\.people: this key is missing"),
        ("end = 2020-03-03T23:00:00", "end = 2020-03-03T16:00:00", "end"),
        ('place = "Alun-alun"', 'place = "Atlantis"', "Atlantis"),
        ("market_share = 0.4", "market_share = 1.4", "market_share"),
        ('timezone = "Asia/Jakarta"', 'timezone = "Mars"', "timezone"),
        ("[town]", "[town", "TOML"),
        ("[town]", "[radio]\nshadowing_db = -1\n[town]", r"radio\.shadowing_db"),
        ("[town]", "[deliveries]\nlate_share = 0.7\ncorrected_share = 0.7\n[town]", "more than 1"),
        ("[town]", f"{OUTAGE}share = 0.1\nradius_m = 9\n[town]", "either share, or all of"),
        ("[town]", f"{OUTAGE.replace('alun', 'lain')}share = 0.1\n[town]", "'lain'"),
        ("[town]", f"{OUTAGE.replace('T10:00', 'T10:30')}share = 0.1\n[town]", "not a whole hour"),
        ("[town]", f'{ARISAN}weekdays = ["minggu"]\ncount = 2\n[town]', r"weekdays\[0\]"),
        ("[town]", f'{ARISAN}weekdays = ["sunday"]\n[town]', "one of place, count"),
        ("[town]", "box = [109, -5, 108, -6]\n[town]", "west, south, east, north"),
    ],
)
def test_a_wrong_scenario_is_refused_and_its_key_named(tmp_path, old, new, told):
    path = tmp_path / "wrong.toml"
    path.write_text(SMALL.replace(old, new))
    with pytest.raises(RefusedInputError, match=told):
        load_scenario(path)
