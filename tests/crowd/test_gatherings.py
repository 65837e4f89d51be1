import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crowd.policy import Policy
from geo.hexagons import neighbour_pairs

CLOSE = 0.0025  # masts a quarter of a kilometre apart stand in hexagons that touch
SLOW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
CROWDS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 11), st.integers(0, 1200)),
    min_size=1,
    max_size=30,
    unique_by=lambda row: row[:2],
)


def _alive(town):
    frame = town.stage("gatherings")
    return frame.filter(pl.col("state") != "ended") if frame.height else frame


def test_hexagons_that_touch_are_one_gathering_and_others_are_apart(town):
    town.plan(spacing_deg=CLOSE)
    town.counts([(0, 0, 200), (0, 1, 200), (0, 2, 200), (0, 9, 400)])
    town.run()
    assert sorted(_alive(town)["hexes"].to_list()) == [1, 3]


def test_the_level_is_the_highest_of_its_hexagons(town):
    town.plan(spacing_deg=CLOSE)
    town.counts([(0, 0, 200), (0, 1, 950)])
    town.run()
    assert _alive(town).select("level", "people").rows() == [("awas", 1150.0)]


def test_a_gathering_keeps_its_id_while_it_overlaps_itself_and_ends(town):
    town.plan(spacing_deg=CLOSE)
    town.counts([(0, 0, 200), (1, 0, 200), (1, 1, 200), (2, 1, 200), (3, 5, 5)])
    town.run(0, 4)
    rows = town.stage("gatherings").sort("interval_start")
    assert rows["state"].to_list() == ["new", "ongoing", "ongoing", "ended"]
    assert rows["gathering_id"].n_unique() == 1
    assert rows["started_at"].n_unique() == 1


def test_the_larger_part_of_a_split_keeps_the_id(town):
    town.plan(spacing_deg=CLOSE)
    whole = [(0, mast, 200) for mast in range(6)]
    parts = [(1, mast, 200) for mast in (0, 2, 3, 4, 5)]
    town.counts(whole + parts)
    town.run(0, 2)
    instants = sorted(_alive(town)["interval_start"].unique())
    before, after = (_alive(town).filter(pl.col("interval_start") == instant) for instant in instants)
    kept = after.filter(pl.col("gathering_id") == before["gathering_id"][0])
    assert kept["people"].to_list() == [800.0]
    assert sorted(after["state"].to_list()) == ["new", "ongoing"]


def test_the_larger_part_of_a_merger_keeps_the_id(town):
    town.plan(spacing_deg=CLOSE)
    town.counts([(0, 0, 200), *((0, m, 200) for m in (2, 3, 4)), *((1, m, 200) for m in range(5))])
    town.run(0, 2)
    first = _alive(town).filter(pl.col("state") == "new").sort("hexes")
    merged = _alive(town).filter(pl.col("state") == "ongoing")
    assert merged["gathering_id"].to_list() == [first["gathering_id"][-1]]


def test_nothing_is_followed_over_a_long_gap(town):
    town.plan()
    town.counts([(0, 1, 200), (9, 1, 200)])
    town.run(0, 10)
    assert _alive(town)["state"].to_list() == ["new", "new"]


@SLOW
@given(rows=CROWDS)
def test_hour_by_hour_gives_what_one_run_gives(make_town, rows):
    at_once, stepwise = make_town(), make_town()
    for town in (at_once, stepwise):
        town.plan(spacing_deg=CLOSE)
        town.counts(rows)
        town.density(0, 4)
    at_once.gatherings(0, 4)
    for hour in range(4):
        stepwise.gatherings(hour, hour + 1)
    assert at_once.stage("gatherings").equals(stepwise.stage("gatherings"))
    assert at_once.stage("gathering_hexes").equals(stepwise.stage("gathering_hexes"))


@SLOW
@given(rows=CROWDS)
def test_a_rerun_changes_nothing(make_town, rows):
    town = make_town()
    town.plan(spacing_deg=CLOSE)
    town.counts(rows)
    town.run(0, 4)
    stages = ("gatherings", "gathering_hexes", "targets")
    before = [town.stage(name) for name in stages]
    town.run(1, 3)
    town.run(0, 4)
    assert all(old.equals(town.stage(name)) for name, old in zip(stages, before, strict=True))


@SLOW
@given(rows=CROWDS)
def test_the_hexagons_of_a_gathering_are_connected_and_no_two_gatherings_touch(make_town, rows):
    town = make_town()
    town.plan(spacing_deg=CLOSE)
    town.counts(rows)
    town.run(0, 4)
    hexes = town.stage("gathering_hexes")
    for (_,), hour in hexes.group_by("interval_start") if hexes.height else ():
        numbers = hour["hex"].to_numpy()
        owner = dict(zip(numbers.tolist(), hour["gathering_id"], strict=True))
        reached = {}
        position, around = neighbour_pairs(numbers)
        for here, there in zip(numbers[position].tolist(), around.tolist(), strict=True):
            if there in owner:
                assert owner[here] == owner[there]
                reached.setdefault(here, set()).add(there)
        for gathering in set(owner.values()):
            members = {h for h, g in owner.items() if g == gathering}
            seen, todo = set(), [min(members)]
            while todo:
                one = todo.pop()
                seen.add(one)
                todo += [n for n in reached.get(one, ()) if n not in seen]
            assert seen == members


@SLOW
@given(rows=CROWDS, more=st.integers(1, 400))
def test_more_people_never_lower_a_level(make_town, rows, more):
    ranks = {None: 0, "waspada": 1, "siaga": 2, "awas": 3}
    levels = []
    for extra in (0, more):
        town = make_town()
        town.plan(spacing_deg=CLOSE)
        town.counts([(hour, mast, devices + extra) for hour, mast, devices in rows])
        town.run(0, 4)
        hexes = town.stage("gathering_hexes")
        levels.append({(r["interval_start"], r["hex"]): ranks[r["level"]] for r in hexes.rows(named=True)})
    assert all(levels[1].get(key, 0) >= rank for key, rank in levels[0].items())


@SLOW
@given(rows=CROWDS, rise=st.integers(0, 500))
def test_higher_thresholds_never_break_more_hexagons(make_town, rows, rise):
    town = make_town()
    town.plan(spacing_deg=CLOSE)
    town.counts(rows)
    town.density(0, 4)
    found = []
    for base in (100, 100 + rise):
        levels = {"waspada": {"people": base}, "siaga": {"people": base + 200}, "awas": {"people": base + 800}}
        town.gatherings(0, 4, policy=Policy.model_validate({"levels": levels}))
        frame = town.stage("gathering_hexes")
        found.append(set(frame.select("interval_start", "hex").rows()) if frame.height else set())
    assert found[1] <= found[0]


def test_excess_is_asked_for_only_where_the_usual_is_known(town):
    policy = Policy.model_validate(
        {
            "levels": {name: {"people": 100, "excess": 300} for name in ("waspada", "siaga", "awas")},
            "detection": {"without_usual": "density"},
        }
    )
    town.plan()
    town.counts([(-24 * d, 1, 1000) for d in (1, 4, 5, 6)], name="past.csv")
    town.density(-24 * 7, 0)
    town.counts([(0, 1, 1100), (0, 9, 150)])
    town.density()
    town.gatherings(policy=policy)
    assert town.stage("gatherings")["people"].to_list() == [150.0]


def test_the_centre_lies_where_the_people_are(town):
    town.plan(spacing_deg=CLOSE)
    town.counts([(0, 0, 900), (0, 1, 100)])
    town.run()
    row = _alive(town).row(0, named=True)
    assert row["lat"] == pytest.approx(-5.5, abs=0.002)
    assert row["lon"] == pytest.approx(109.00025, abs=0.0015)


def test_a_gathering_knows_its_area(town, tmp_path):
    import geopandas as gpd
    import shapely

    from geo.areas import load_areas

    path = tmp_path / "areas.geojson"
    gpd.GeoDataFrame(
        {"code": ["99.01"], "name": ["Contoh"]}, geometry=[shapely.box(108, -6, 110, -5)], crs=4326
    ).to_file(path)
    load_areas(path, level="regency", intake=town.intake(), columns={})
    town.plan()
    town.counts([(0, 1, 400)])
    town.run()
    assert _alive(town)["area_code"].to_list() == ["99.01"]
