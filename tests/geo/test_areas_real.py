"""The areas of Indonesia as they come, and its cells among them."""

from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import numpy as np
import polars as pl
import pytest

from geo.area_shares import area_shares
from geo.areas import area_at, load_areas, read_areas
from geo.hexagons import hex_centres, hexes_at
from lake.engine import Engine
from lake.home import Home
from lake.intake import Intake

REAL = Path(__file__).parents[3] / "shared" / "data"
AREAS, CELLS = REAL / "idn_admin", REAL / "opencellid_idn" / "opencellid_510_2025-07.parquet"

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(not AREAS.exists(), reason="real areas are not beside the repository (../shared/data)"),
]
needs_cells = pytest.mark.skipif(not CELLS.exists(), reason="real cells are not beside the repository (../shared/data)")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """A home with all regencies and districts: (home, outcome by level, seconds by level)."""
    home = Home(tmp_path_factory.mktemp("indonesia") / "home")
    home.root.mkdir()
    now = datetime(2020, 4, 1, tzinfo=UTC)
    intake = Intake(home=home, engine=Engine(), ledger_url=home.ledger_url, now=now, taken_by="tester")
    outcomes, seconds = {}, {}
    for name, level, parent in (
        ("idn_kab_dissolved", "regency", "prov_code"),
        ("idn_kec_dissolved", "district", "kab_code"),
    ):
        began = perf_counter()
        outcomes[level] = load_areas(AREAS / f"{name}.parquet", level=level, intake=intake, columns={"parent": parent})
        seconds[level] = perf_counter() - began
    return home, outcomes, seconds


@pytest.fixture(scope="module")
def masts():
    cells = pl.read_parquet(CELLS, columns=["lat", "lon"])
    return {"lat": cells["lat"].to_numpy(), "lon": cells["lon"].to_numpy()}


def test_all_areas_are_taken_in_whole(loaded):
    _, outcomes, _ = loaded
    assert {level: outcome.areas for level, outcome in outcomes.items()} == {"regency": 514, "district": 7285}
    assert all(not outcome.file.rows_quarantined for outcome in outcomes.values())


def test_taking_in_a_country_takes_well_under_a_minute(loaded):
    assert max(loaded[2].values()) < 30


def test_districts_name_regencies_as_their_parents(loaded):
    areas = read_areas(loaded[0])
    by_level = dict(list(areas.groupby("level")))
    assert set(by_level["district"]["parent"]) <= set(by_level["regency"]["code"])


@needs_cells
def test_every_cell_of_a_country_is_placed_in_seconds(loaded, masts):
    areas = read_areas(loaded[0], level="district")
    began = perf_counter()
    codes = area_at(areas, **masts)
    assert perf_counter() - began < 10
    assert np.mean(codes != None) > 0.95  # noqa: E711 - element by element


@needs_cells
def test_shares_agree_between_levels_and_with_where_the_middle_lies(loaded, masts):
    home = loaded[0]
    hexes = np.unique(np.concatenate([hexes_at(**masts, resolution=r) for r in (7, 9)]))
    districts = area_shares(home, hexes, level="district")
    assert set(districts.group_by("hex").agg(pl.col("share").sum())["share"]) == {1.0}

    whole = districts.filter(pl.col("share") == 1)
    lat, lon = hex_centres(whole["hex"].to_numpy())
    at_middle = pl.Series(area_at(read_areas(home, level="district"), lat=lat, lon=lon), dtype=pl.String)
    on_land = at_middle.is_not_null()
    assert on_land.mean() > 0.95
    assert (whole["code"].filter(on_land) == at_middle.filter(on_land)).all()

    # The two levels were simplified apart: along their borders they differ by some metres.
    regencies = area_shares(home, hexes, level="regency")
    summed = districts.group_by("hex", code=pl.col("code").str.head(5)).agg(district=pl.col("share").sum())
    both = summed.join(regencies, on=["hex", "code"], how="full", coalesce=True)
    differences = both.select((pl.col("district").fill_null(0) - pl.col("share").fill_null(0)).abs()).to_series()
    assert differences.mean() < 0.002
    assert (differences < 0.1).mean() > 0.999
