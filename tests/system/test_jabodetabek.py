"""Real towers and kecamatan under made-up counts: docs/tutorials/real-towers.md, in two hours instead of thirteen."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from crowd.counts import load_counts
from crowd.density import compute_density
from crowd.exports_by_area import export_areas
from crowd.factors import flat_factors
from crowd.holidays import Calendar
from crowd.simulator import Scenario, simulate_hours
from geo.area_shares import area_shares
from geo.areas import load_areas
from geo.cells import cells_at, create_plan_view, load_cells
from geo.cells.load import PlanOptions
from geo.footprint import build_footprints
from lake.engine import Engine, connect
from lake.home import Home
from lake.intake import Intake
from lake.profile import FileProfile

DATA = Path(__file__).parents[3] / "shared" / "data"
TOWERS = DATA / "opencellid_idn" / "opencellid_510_2025-07.parquet"
KECAMATAN = DATA / "idn_admin" / "idn_kec_dissolved.parquet"
BOX = (106.4, -6.7, 107.2, -5.9)
SHARES = {"telkomsel": 0.4, "indosat": 0.25, "xl": 0.15}
NIGHT, DAY = datetime(2020, 3, 8, 19, tzinfo=UTC), datetime(2020, 3, 9, 5, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not TOWERS.exists(), reason="real data is not beside the repository (../shared/data)")


def _scenario():
    return Scenario.model_validate(
        {
            "timezone": "Asia/Jakarta",
            "start": "2020-03-09",
            "demo_hour": "2020-03-09T12:00:00",
            "box": list(BOX),
            "town": {"name": "Jabodetabek", "people": 5_000_000, "neighbourhoods": 40},
            "regions": {"province": "Contoh", "regency": "Contoh", "code": "99.09"},
            "radio": {"shadowing_db": 6.0, "correlation_m": 150.0, "power_error_db": 2.0, "position_error_m": 100.0},
            "drawn_places": [{"name": "Kantor", "kind": "office", "count": 40, "radius_m": 800, "people": 25_000}],
            "operators": [{"name": name, "market_share": share} for name, share in SHARES.items()],
        }
    )


def test_people_per_kecamatan_of_jabodetabek_by_night_and_by_day_are_near_the_truth(tmp_path):
    home, engine = Home(tmp_path / "home"), Engine()
    home.root.mkdir()
    intake = Intake(
        home=home, engine=engine, ledger_url=home.ledger_url, now=DAY + timedelta(days=1), taken_by="tester"
    )
    load_cells(TOWERS, intake=intake, options=PlanOptions(profile=FileProfile(), timezone="UTC", bbox=BOX))
    load_areas(KECAMATAN, level="district", intake=intake, columns={"parent": "kab_code"})
    with connect(engine) as connection:
        create_plan_view(connection, home)
        plans = [
            cells_at(connection, name, instant=DAY).with_columns(operator=pl.lit(name)).drop("cell_no")
            for name in SHARES
        ]
    hours = [datetime(2020, 3, 9, 2), datetime(2020, 3, 9, 12)]  # noqa: DTZ001 - local, as scenarios are
    made = simulate_hours(_scenario(), seed=1, hours=hours, plan=pl.concat(plans))
    counts = tmp_path / "counts.parquet"
    made.counts.write_parquet(counts)
    load_counts([counts], intake=intake, profile=FileProfile(), max_devices=1_000_000)
    with connect(engine) as connection:
        summary = compute_density(
            connection,
            home=home,
            start=NIGHT,
            end=DAY + timedelta(hours=1),
            footprints=build_footprints(connection, home=home, start=NIGHT, end=DAY + timedelta(hours=1)),
            factors=flat_factors(dict.fromkeys(SHARES, 1 / sum(SHARES.values())), operators=list(SHARES)),
            calendar=Calendar("Asia/Jakarta", frozenset()),
        )
        assert summary.devices_placed == summary.devices_counted
        for hour in (NIGHT, DAY):
            output = tmp_path / "areas.parquet"
            span = {"start": hour, "end": hour + timedelta(hours=1)}
            export_areas(connection, home=home, **span, level="district", file_format="parquet", output=output, k=15)
            found = pl.read_parquet(output)
            truth = made.truth.filter(interval_start=hour)
            shares = area_shares(home, truth["hex"].to_numpy(), level="district").join(truth, on="hex")
            people = shares.group_by(area_code="code").agg(truth=(pl.col("share") * pl.col("people")).sum())
            both = people.join(found, on="area_code", how="left").with_columns(pl.col("people").fill_null(0))
            assert found.height > 150
            assert (both["people"] - both["truth"]).abs().sum() / both["truth"].sum() < 0.3
