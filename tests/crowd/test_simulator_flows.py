"""Flows that the simulator's operators send, and the truth behind them."""

import polars as pl
import pytest

from crowd.flows import load_flows, read_flows
from crowd.simulator import default_scenario, load_scenario, simulate
from crowd.simulator.options import Flows
from geo.areas import load_areas
from lake.engine import Engine, connect
from lake.home import Home
from lake.intake import Intake
from lake.profile import make_profile


@pytest.fixture(scope="module")
def scenario():
    """The first three days of the sample city, the last one without its evening."""
    whole = default_scenario()
    kept = {"truth_hours": 1, "demo_hour": whole.demo_hour.replace(day=4), "gatherings": (), "flows": Flows(k=15)}
    return whole.model_copy(update=kept)


@pytest.fixture(scope="module")
def city(scenario, tmp_path_factory):
    return simulate(tmp_path_factory.mktemp("city") / "out", scenario=scenario, seed=3).out


def _sent(city):
    frames = {path.name: pl.read_csv(path, infer_schema=False) for path in sorted((city / "flows").glob("*"))}
    parts = [rows.with_columns(operator=pl.lit(name.partition("_")[0])) for name, rows in frames.items()]
    return frames, pl.concat(parts)


def test_there_is_a_file_of_each_operator_and_whole_day(city):
    frames, _ = _sent(city)
    assert list(frames) == [f"{name}_2020-03-0{day}.csv.gz" for name in ("alun", "nusa") for day in (2, 3)]


def test_the_truth_holds_all_people_once(city, scenario):
    truth = pl.read_parquet(city / "truth" / "flows.parquet")
    by_day = truth.group_by("interval_start").agg(pl.col("people").sum())
    assert by_day["people"].to_list() == pytest.approx([scenario.town.people] * 2)


def test_operators_send_their_share_of_the_truth_and_nothing_under_k(city, scenario):
    _, sent = _sent(city)
    known = sent.filter(pl.col("devices") != "<15").with_columns(pl.col("devices").cast(pl.Int64))
    assert known["devices"].min() >= 15
    truth = pl.read_parquet(city / "truth" / "flows.parquet")["people"].sum()
    for operator in scenario.operators:
        assert known.filter(operator=operator.name)["devices"].sum() == pytest.approx(
            operator.market_share * truth, rel=0.01
        )


def test_centres_of_work_gain_on_a_working_day(city):
    truth = pl.read_parquet(city / "truth" / "flows.parquet").filter(pl.col("from_area") != pl.col("to_area"))
    came = truth.group_by(area="to_area").agg(came=pl.col("people").sum())
    left = truth.group_by(area="from_area").agg(left=pl.col("people").sum())
    net = came.join(left, on="area").select(pl.col("came") - pl.col("left")).to_series()
    assert net.sum() == pytest.approx(0, abs=0.1)
    assert net.max() > 1000


def test_without_the_option_there_are_no_flows_and_all_else_is_the_same(city, scenario, tmp_path):
    plain = simulate(tmp_path / "plain", scenario=scenario.model_copy(update={"flows": None}), seed=3).out
    assert not (plain / "flows").exists()
    told = {"README.md", "scenario.toml", "simulation.json"}
    for path in sorted(p for p in plain.rglob("*") if p.is_file() and p.name not in told):
        assert path.read_bytes() == (city / path.relative_to(plain)).read_bytes()


def test_the_option_is_read_from_a_scenario_file_and_written_back(city, scenario):
    assert load_scenario(city / "scenario.toml").flows == scenario.flows


def test_the_files_fit_the_contract_of_flows(city, tmp_path):
    home = Home(tmp_path / "home")
    now = default_scenario().demo_hour.astimezone()
    intake = Intake(home=home, engine=Engine(), ledger_url=home.ledger_url, now=now, taken_by="tester")
    load_areas(city / "areas.geojson", level="district", intake=intake, columns={})
    files = sorted((city / "flows").glob("alun*"))
    load = load_flows(files, intake=intake, profile=make_profile({"operator": "alun"}, source="test"), k=15)
    assert [report.rows_quarantined for report in load.files] == [{}, {}]
    with connect(Engine()) as connection:
        assert len(read_flows(connection, home=home)) == sum(report.rows_in for report in load.files)
