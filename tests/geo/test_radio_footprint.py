"""What radio footprints promise."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from radio_plans import OPTIONS, plan_of, town_at, weights_of

from geo.distances import distance_m
from geo.footprint import build_footprints, choose_footprints
from geo.hexagons import hex_centres, hex_polygons, parents_of
from geo.land import LandMask
from geo.radio_defaults import fill_defaults
from geo.radio_footprint import prepare_ground
from geo.radio_shares import prepare_plan, shares_at
from lake.engine import Engine, connect

PLACES = {
    "Sabang": (5.9, 95.3),
    "the equator at Pontianak": (0.0, 109.3),
    "Jakarta": (-6.2, 106.8),
    "Makassar": (-5.1, 119.4),
    "Merauke": (-8.5, 140.4),
    "the date line": (-16.5, 179.99),
    "west of the date line": (52.0, -179.99),
}
WHEN = datetime(2020, 4, 1, tzinfo=UTC)
points = st.tuples(st.floats(-60, 60), st.floats(-180, 180))
plans = st.builds(
    lambda at, masts, spacing, seed: town_at(*at, masts=masts, spacing_km=spacing, seed=seed),
    points,
    st.integers(1, 8),
    st.sampled_from([0.3, 1.0, 6.0]),
    st.integers(0, 1000),
)


@settings(max_examples=25, deadline=None)
@given(plans)
def test_every_cell_has_a_place_and_its_weights_sum_to_one(cells):
    sums = weights_of(cells).group_by("cell_no").agg(pl.col("weight").sum())
    assert sums.height == cells.height
    assert sums["weight"].to_numpy() == pytest.approx(1.0, abs=1e-12)


@settings(max_examples=10, deadline=None)
@given(plans, st.randoms(use_true_random=False))
def test_neither_the_order_of_cells_nor_threads_change_a_footprint(cells, random):
    order = list(range(cells.height))
    random.shuffle(order)
    shuffled = weights_of(cells[order], threads=1).sort("cell_no", "hex")
    expected = weights_of(cells, threads=3)
    assert shuffled.select("cell_no", "hex").equals(expected.select("cell_no", "hex"))
    assert shuffled["weight"].to_numpy() == pytest.approx(expected["weight"].to_numpy(), abs=1e-9)


@pytest.mark.parametrize("place", PLACES)
def test_footprints_lie_around_their_masts_wherever_on_the_globe(place):
    lat, lon = PLACES[place]
    cells = town_at(lat, lon, masts=4, spacing_km=2)
    weights = weights_of(cells).join(cells.select("cell_no", "lat", "lon"), on="cell_no")
    hex_lat, hex_lon = hex_centres(weights["hex"].to_numpy())
    away_m = distance_m(weights["lat"].to_numpy(), weights["lon"].to_numpy(), to_lat=hex_lat, to_lon=hex_lon)
    mean_m = np.average(away_m, weights=weights["weight"].to_numpy())
    assert mean_m < 5_000


def test_a_sector_serves_the_ground_ahead_of_it():
    cells = plan_of({"lat": -5.5, "lon": 109.0, "azimuth_deg": a, "kind": "macro"} for a in (0.0, 120.0, 240.0))
    weights = weights_of(cells).filter(cell_no=0)
    lat, _ = hex_centres(weights["hex"].to_numpy())
    assert np.average(lat, weights=weights["weight"].to_numpy()) > -5.5


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000), st.floats(0.5, 15))
def test_a_stronger_cell_never_loses_probability(seed, more_db):
    cells = town_at(-5.5, 109.0, masts=5, seed=seed, power_dbm=40.0)
    first = pl.col("cell_no") == 0
    stronger = cells.with_columns(power_dbm=pl.col("power_dbm") + pl.when(first).then(more_db).otherwise(0))
    before, after = (_shares(plan).filter(first) for plan in (cells, stronger))
    joined = before.join(after, on="hex", how="left", suffix="_after").with_columns(pl.col("share_after").fill_null(0))
    assert (joined["share_after"] >= joined["share"] - 1e-9).all()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000), st.floats(0.1, 0.9))
def test_a_cell_moved_closer_never_loses_probability(seed, part):
    cells = town_at(-5.5, 109.0, masts=5, seed=seed).with_columns(azimuth_deg=pl.lit(None, dtype=pl.Float64))
    cells = cells.unique(["lat", "lon"], maintain_order=True)
    first = pl.col("cell_no") == 0
    shared = prepare_ground({"alun": cells}, options=OPTIONS, land=None, prior=None, known=None)
    target = _shares(cells, shared).filter(first)["hex"][0]
    (to_lat,), (to_lon,) = hex_centres(np.array([target], dtype=np.uint64))
    closer = cells.with_columns(
        lat=pl.when(first).then(pl.col("lat") + part * (to_lat - pl.col("lat"))).otherwise("lat"),
        lon=pl.when(first).then(pl.col("lon") + part * (to_lon - pl.col("lon"))).otherwise("lon"),
    )
    is_there = (first, pl.col("hex") == target)
    before, after = (_shares(plan, shared).filter(*is_there)["share"].sum() for plan in (cells, closer))
    assert after >= before - 1e-9


def test_carriers_of_one_sector_share_its_load_and_take_nothing_from_others():
    cells = town_at(-5.5, 109.0, masts=4)
    twin = pl.concat([cells, cells[:1].with_columns(cell_id=pl.lit("001-01-z"))]).with_columns(
        cell_no=pl.int_range(pl.len(), dtype=pl.UInt32)
    )
    alone, together = _shares(cells), _shares(twin)
    of_sector = together.filter(pl.col("cell_no").is_in([0, cells.height])).group_by("hex").agg(pl.col("share").sum())
    expected = alone.filter(cell_no=0).join(of_sector, on="hex", suffix="_together")
    # A carrier with half the load may fall under the least share that is kept.
    heard = expected.filter(pl.col("share") > 0.2)
    assert heard["share_together"].to_numpy() == pytest.approx(heard["share"].to_numpy(), rel=0.1)
    halves = together.filter(pl.col("cell_no").is_in([0, cells.height])).pivot("cell_no", index="hex", values="share")
    assert halves["0"].to_numpy() == pytest.approx(halves[str(cells.height)].to_numpy())


def test_nobody_is_placed_at_sea_where_a_cell_hears_land():
    cells = plan_of([{"lat": -5.5, "lon": 109.0, "kind": "macro"}])
    land = LandMask("west", lambda: np.array([shapely.box(108, -7, 109.0, -4)]))
    outlines = hex_polygons(weights_of(cells, land=land)["hex"].to_numpy())
    assert shapely.intersects(outlines, land.outlines()[0]).all()


def test_a_cell_wholly_at_sea_stays_under_its_mast():
    cells = plan_of([{"lat": -5.5, "lon": 109.0, "kind": "macro"}])
    land = LandMask("far", lambda: np.array([shapely.box(100, -7, 101, -4)]))
    weights = weights_of(cells, land=land)
    assert weights["weight"].to_list() == [1.0]


def test_an_indoor_cell_under_a_strong_macro_keeps_its_place():
    macro = {"lat": -5.5, "lon": 109.0, "kind": "macro", "power_dbm": 49.0}
    cells = plan_of([macro, {"lat": -5.5005, "lon": 109.0005, "kind": "indoor", "power_dbm": 10.0}])
    indoor = weights_of(cells).filter(cell_no=1)
    heaviest = indoor.filter(pl.col("weight") == pl.col("weight").max())["hex"].to_numpy()
    assert shapely.contains(hex_polygons(heaviest), shapely.points(109.0005, -5.5005)).all()


def test_rolling_up_to_parents_conserves_every_cell():
    cells = town_at(-5.5, 109.0, masts=8, spacing_km=3)
    weights = weights_of(cells)
    parents = weights.with_columns(hex=pl.Series(parents_of(weights["hex"].to_numpy(), 6)))
    sums = (
        parents.group_by("cell_no", "hex").agg(pl.col("weight").sum()).group_by("cell_no").agg(pl.col("weight").sum())
    )
    assert sums["weight"].to_numpy() == pytest.approx(1.0, abs=1e-12)


def test_turning_a_plan_turns_its_footprint():
    """The whole plan and the whole ground are turned about the mast in the middle: nobody's share changes."""
    cells = town_at(0.0, 10.0, masts=5, spacing_km=2)
    shared = prepare_ground({"alun": cells}, options=OPTIONS, land=None, prior=None, known=None)
    completed, ground = shared.cells["alun"], shared.ground
    turn_deg = 73.0
    lat, lon = _turned(completed["lat"].to_numpy(), completed["lon"].to_numpy(), turn_deg)
    turned_cells = completed.with_columns(
        lat=pl.Series(lat), lon=pl.Series(lon), azimuth_deg=(pl.col("azimuth_deg") + turn_deg) % 360
    )
    hex_lat, hex_lon = _turned(ground.lat, ground.lon, turn_deg)
    own = shared.grid.hexes_under(completed["lat"].to_numpy(), completed["lon"].to_numpy())
    where = np.arange(len(ground.hexes))
    before = shares_at(prepare_plan(completed, own, options=OPTIONS), ground, where, threads=1)
    after = shares_at(
        prepare_plan(turned_cells, own, options=OPTIONS), replace(ground, lat=hex_lat, lon=hex_lon), where, threads=1
    )
    both = before.join(after, on=["cell_no", "hex"], suffix="_after")
    assert both["share_after"].to_numpy() == pytest.approx(both["share"].to_numpy(), abs=2e-3)
    assert both.height > 0.99 * before.height


@pytest.mark.parametrize("change", ["a cell turned", "a mast added", "a mast gone", "a mast moved far away"])
def test_a_changed_plan_gives_what_a_plan_from_scratch_would(load_plan, home, change):
    first = _scattered(seed=3)
    second = {
        "a cell turned": first.with_columns(
            azimuth_deg=pl.when(pl.col("cell_id") == "001-01-4").then(77.0).otherwise("azimuth_deg")
        ),
        "a mast added": pl.concat([first, _scattered(seed=3, masts=1, start=900, shift=0.02)]),
        "a mast gone": first[3:],
        "a mast moved far away": first.with_columns(
            lat=pl.when(pl.col("cell_id") == "001-01-4").then(-5.9).otherwise("lat")
        ),
    }[change]
    load_plan(first)
    _build(home)
    load_plan(second)
    mended = _read(_build(home)[0])
    for path in (home.lake / "footprints").glob("key=*/footprint.json"):
        path.unlink()
    scratch = _read(_build(home)[0])
    assert mended.select("cell_no", "hex").equals(scratch.select("cell_no", "hex"))
    assert mended["weight"].to_numpy() == pytest.approx(scratch["weight"].to_numpy(), abs=1e-12)


def test_a_changed_cell_leaves_far_cells_as_they_were(load_plan, home, monkeypatch):
    looked_at = []
    monkeypatch.setattr(
        "geo.radio_footprint.shares_at",
        lambda plan, ground, where, **rest: looked_at.append(len(where)) or shares_at(plan, ground, where, **rest),
    )
    plan = pl.concat([_scattered(seed=n, start=100 * n, masts=20, shift=0.5 * n) for n in range(4)])
    load_plan(plan)
    _build(home)
    whole = looked_at.pop()
    load_plan(
        plan.with_columns(azimuth_deg=pl.when(pl.col("cell_id") == "001-01-4").then(77.0).otherwise("azimuth_deg"))
    )
    _build(home)
    assert max(looked_at) < whole / 2


def _shares(cells, shared=None):
    shared = shared or prepare_ground({"alun": cells}, options=OPTIONS, land=None, prior=None, known=None)
    completed, _ = fill_defaults(cells)
    own = shared.grid.hexes_under(completed["lat"].to_numpy(), completed["lon"].to_numpy())
    plan = prepare_plan(completed, own, options=OPTIONS)
    return shares_at(plan, shared.ground, np.arange(len(shared.ground.hexes)), threads=1)


def _turned(lat, lon, turn_deg, *, about=(0.0, 10.0)):
    """Points turned clockwise about a point on the equator."""
    phi, lam = np.radians(lat), np.radians(lon - about[1])
    x, y, z = np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)
    turn = np.radians(turn_deg)
    east, north = y * np.cos(turn) + z * np.sin(turn), z * np.cos(turn) - y * np.sin(turn)
    return np.degrees(np.arcsin(north)), np.degrees(np.arctan2(east, x)) + about[1]


def _scattered(*, seed, masts=12, start=0, shift=0.0):
    town = town_at(-5.5 + shift, 109.0, masts=masts, seed=seed)
    numbers = [f"001-01-{start + n}" for n in range(town.height)]
    return town.drop("cell_no").with_columns(cell_id=pl.Series(numbers), operator=pl.lit("alun"))


def _build(home):
    choose_footprints(home, OPTIONS)
    with connect(Engine()) as connection:
        return build_footprints(connection, home=home, start=WHEN, end=WHEN)


def _read(footprint):
    return pl.read_parquet(footprint.folder / "weights.parquet").sort("hex", "cell_no")
