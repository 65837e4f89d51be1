from datetime import datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import polars as pl
import pytest
import shapely

from crowd.simulator import Scenario, load_scenario, shipped_scenarios, simulate, simulate_hours
from crowd.simulator.scenario_file import scenario_as_toml
from geo.cells import cells_at, create_plan_view, load_cells
from geo.cells.load import PlanOptions
from geo.hexagons import hex_centres
from lake.engine import connect
from lake.errors import RefusedInputError
from lake.profile import FileProfile

NOON = datetime.fromisoformat("2020-03-02T12:00+07:00")
ROOT = Path(__file__).parents[2]
OPENCELLID = ROOT.parent / "shared" / "data" / "opencellid_idn" / "opencellid_510_2025-07.parquet"
COUNTS = "alun_2020-03-02.csv.gz"
BOX = [109.0, -5.55, 109.06, -5.5]


@pytest.fixture
def make():
    def make(*, town=None, **keys):
        return Scenario.model_validate(
            {
                "timezone": "Asia/Jakarta",
                "start": "2020-03-02",
                "demo_hour": "2020-03-02T23:00:00",
                "town": {"name": "Dusun", "people": 50_000, **(town or {})},
                "regions": {"province": "Laut", "regency": "Dusun"},
                "operators": [{"name": "alun", "market_share": 0.5}, {"name": "nusa", "market_share": 0.3}],
                **keys,
            }
        )

    return make


@pytest.fixture
def plan():
    """Two dense blocks of towers of a network that is not 001, and one lonely tower, without what masts look like."""
    noise = np.random.default_rng(1)
    lat = np.append(noise.normal(-5.52, 0.003, 60), -5.6)
    lon = np.append(noise.normal(109.03, 0.003, 60), 109.1)
    return pl.DataFrame(
        {
            "cell_id": [f"510-99-{number}" for number in range(61)],
            "operator": ["alun", "nusa"] * 30 + ["alun"],
            "radio": "LTE",
            "lat": lat,
            "lon": lon,
        }
    )


def test_a_plan_gives_the_cells_that_count_and_homes_gather_around_its_towers(make, plan):
    made = simulate_hours(make(), seed=1, hours=[NOON], plan=plan)
    assert set(made.counts["cell_id"]) == set(plan["cell_id"])
    assert made.cells["height_m"].null_count() == made.cells.height
    lat, lon = hex_centres(made.truth["hex"].to_numpy())
    near = (abs(lat + 5.52) < 0.02) & (abs(lon - 109.03) < 0.02)
    assert made.truth.filter(pl.Series(near))["people"].sum() > 5 * near.mean() * 50_000


@pytest.mark.parametrize("name", ["plan.csv", "plan.parquet"])
def test_a_plan_in_a_file_beside_the_scenario_is_the_one_in_memory(make, plan, tmp_path, name):
    write = plan.write_csv if name.endswith("csv") else plan.write_parquet
    write(tmp_path / name)
    (tmp_path / "own.toml").write_text(scenario_as_toml(make(plan=name)))
    from_file = simulate_hours(load_scenario(tmp_path / "own.toml"), seed=1, hours=[NOON])
    assert from_file.counts.equals(simulate_hours(make(), seed=1, hours=[NOON], plan=plan).counts)


def test_a_plan_taken_in_can_be_used_from_the_lake(make, plan, desk, tmp_path):
    path = tmp_path / "plan.csv"
    plan.write_csv(path)
    intake = desk.intake()
    load_cells(path, intake=intake, options=PlanOptions(profile=FileProfile(), timezone="UTC"))
    from_lake = simulate_hours(make(plan=str(desk.home.lake / "cells")), seed=1, hours=[NOON])
    with connect(intake.engine) as connection:
        create_plan_view(connection, desk.home)
        told = [
            cells_at(connection, operator, instant=intake.now).with_columns(operator=pl.lit(operator))
            for operator in ("alun", "nusa")
        ]
    in_memory = simulate_hours(make(), seed=1, hours=[NOON], plan=pl.concat(told))
    assert from_lake.counts.equals(in_memory.counts)


def test_the_folder_made_from_a_plan_makes_itself_again(make, plan, tmp_path):
    simulate(tmp_path / "first", scenario=make(), seed=1, plan=plan)
    simulate(tmp_path / "again", scenario=load_scenario(tmp_path / "first" / "scenario.toml"), seed=1)
    first, again = (pl.read_csv(tmp_path / folder / "counts" / COUNTS) for folder in ("first", "again"))
    assert first.equals(again)


def test_cells_of_a_plan_outside_the_box_are_left_out(make, plan):
    made = simulate_hours(make(box=BOX), seed=1, hours=[NOON], plan=plan)
    assert made.cells.height == 60
    assert made.land.bounds == pytest.approx(BOX)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda plan: plan.drop("radio"), "no column radio"),
        (lambda plan: plan.filter(operator="alun"), "nusa"),
        (lambda plan: plan.with_columns(radio=pl.lit("CDMA")), "510-99-0"),
        (lambda plan: plan.with_columns(lat=pl.lit(None)), "510-99-0"),
    ],
)
def test_a_plan_that_cannot_be_used_is_refused(make, plan, change, told):
    with pytest.raises(RefusedInputError, match=told):
        simulate_hours(make(), seed=1, hours=[NOON], plan=change(plan))


@pytest.mark.parametrize("name", ["land.geojson", "land.gpkg", "geo.parquet", "wkb.parquet"])
def test_people_live_on_the_land_of_a_file_inside_the_box(make, plan, tmp_path, name):
    west, south, _, north = BOX
    halves = [shapely.box(west - 1, south, west + 0.03, north), shapely.box(5, 5, 6, 6)]
    areas = gpd.GeoDataFrame({"name": ["barat", "jauh"]}, geometry=halves, crs="EPSG:4326")
    if name == "wkb.parquet":
        pl.DataFrame({"code": ["a", "b"], "wkb": shapely.to_wkb(halves).tolist()}).write_parquet(tmp_path / name)
    elif name == "geo.parquet":
        areas.to_parquet(tmp_path / name)
    else:
        areas.to_file(tmp_path / name)
    made = simulate_hours(make(box=BOX, land=str(tmp_path / name)), seed=1, hours=[NOON], plan=plan)
    assert made.land.bounds == pytest.approx((west, south, west + 0.03, north))
    assert hex_centres(made.truth["hex"].to_numpy())[1].max() <= west + 0.03


def test_land_that_lies_elsewhere_is_refused(make, plan, tmp_path):
    gpd.GeoDataFrame(geometry=[shapely.box(5, 5, 6, 6)], crs="EPSG:4326").to_file(tmp_path / "far.geojson")
    with pytest.raises(RefusedInputError, match=r"far\.geojson"):
        simulate_hours(make(land=str(tmp_path / "far.geojson")), seed=1, hours=[NOON], plan=plan)


@pytest.mark.parametrize(
    ("town", "told"),
    [
        ({}, "does not say where it lies"),
        ({"lat": -5.5, "lon": 109, "width_km": 5, "height_km": 5}, "'alun'.*macro_sites"),
    ],
)
def test_a_scenario_that_tells_too_little_to_build_is_refused(make, town, told):
    with pytest.raises(RefusedInputError, match=told):
        simulate_hours(make(town=town), seed=1, hours=[NOON])


def test_a_box_larger_than_a_simulation_can_hold_is_refused(make, plan):
    with pytest.raises(RefusedInputError, match="km2"):
        simulate_hours(make(box=[100, -10, 120, 5]), seed=1, hours=[NOON], plan=plan)


def test_villages_leave_most_of_a_countryside_empty(make):
    sites = [{"name": "alun", "mnc": "01", "market_share": 0.5, "macro_sites": 8}]
    ground = {"lat": -5.5, "lon": 109, "width_km": 30, "height_km": 20, "neighbourhoods": 25}
    empty = [
        (simulate_hours(make(town=ground | way, operators=sites), seed=1, hours=[NOON]).truth["people"] < 2).mean()
        for way in ({}, {"village_radius_m": 500})
    ]
    assert empty[0] < 0.2
    assert empty[1] > 0.5


def test_a_rough_map_of_people_is_near_the_truth_but_not_it(make):
    sites = [{"name": "alun", "mnc": "01", "market_share": 0.5, "macro_sites": 8}]
    ground = {"lat": -5.5, "lon": 109, "width_km": 10, "height_km": 8}
    made = simulate_hours(
        make(town=ground, operators=sites), seed=1, hours=[datetime.fromisoformat("2020-03-02T02:00+07:00")]
    )
    both = made.truth.join(made.land_use, on="hex", suffix="_rough")
    alike = np.corrcoef(both["people"], both["people_rough"])[0, 1]
    assert 0.6 < alike < 0.98
    assert 0 < (both["people_rough"] == 0).mean() < 0.2


@pytest.mark.parametrize("name", shipped_scenarios())
def test_a_shipped_scenario_is_found_by_name_and_reads_back_as_written(name, tmp_path):
    scenario = load_scenario(Path(name))
    (tmp_path / "again.toml").write_text(scenario_as_toml(scenario))
    assert load_scenario(tmp_path / "again.toml") == scenario


@pytest.mark.parametrize("name", sorted({*shipped_scenarios()} - {"kota_contoh"}))
def test_a_shipped_scenario_makes_a_night_and_a_day_of_its_people(name):
    scenario = load_scenario(Path(name))
    made = simulate_hours(
        scenario, seed=2, hours=[datetime.fromisoformat(f"2020-03-09T{hour}:00") for hour in ("03", "11")]
    )
    assert made.truth.group_by("interval_start").agg(pl.col("people").sum())["people"].to_list() == (
        [scenario.town.people] * 2
    )
    shares = {operator.name: operator.market_share for operator in scenario.operators}
    counted = dict(made.counts.group_by("operator").agg(pl.col("devices").sum() / 2).rows())
    assert counted == pytest.approx({name: share * scenario.town.people for name, share in shares.items()}, rel=0.12)


def test_an_unknown_name_is_refused_and_the_known_ones_told():
    with pytest.raises(RefusedInputError, match="kota_padat"):
        load_scenario(Path("kota_entah"))


def test_the_default_scenario_still_makes_the_sample_city(tmp_path):
    simulate(tmp_path, scenario=load_scenario(Path("kota_contoh")), seed=1)
    made, sample = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (tmp_path, ROOT / "data" / "sample")
    )
    assert made == sample


@pytest.mark.skipif(not OPENCELLID.exists(), reason=f"needs {OPENCELLID}")
def test_a_plan_from_opencellid_can_be_simulated(make, desk):
    box = (106.75, -6.3, 106.9, -6.15)
    options = PlanOptions(profile=FileProfile(), timezone="UTC", bbox=box)
    load_cells(OPENCELLID, intake=desk.intake(), options=options)
    operators = [{"name": "telkomsel", "market_share": 0.5}, {"name": "indosat", "market_share": 0.3}]
    scenario = make(plan=str(desk.home.lake / "cells"), box=box, operators=operators, town={"people": 1_000_000})
    made = simulate_hours(scenario, seed=1, hours=[NOON])
    assert made.counts["devices"].sum() == pytest.approx(800_000, rel=0.01)
