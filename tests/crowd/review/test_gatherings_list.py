"""Which gatherings are listed, how they lie in areas, and how they are drawn."""

import json

import numpy as np
import polars as pl
import pytest
import shapely
from drafted_warnings import add_warning, by, routes_for
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from review_lake import (
    ENGINE,
    GROUND,
    HOUR,
    NOON,
    K,
    hexes_of,
    hour_of,
    load_town,
    name_of,
    new_memory,
    open_ledger_of,
    write_gatherings,
)
from review_lists import list_for_review

from crowd.gathering_stages import GATHERINGS
from crowd.review.gathering_detail import show_gathering
from crowd.review.gathering_outlines import outlines_at
from crowd.review.places import areas_around, is_within, places_of
from crowd.review.retrying import read_again
from crowd.warnings.decisions import approve
from crowd.warnings.drafts import find_warning
from geo.areas import read_area_names
from geo.hexagons import hex_polygons
from lake.engine import connect
from lake.home import Home
from lake.stages import select_rows

CODES = ("1", "1.1", "1.2", "1.1.1", "1.1.2", "1.2.1", "2", "2.1", "2.1.1", "3.1.1.4")
PARENTS = st.fixed_dictionaries({code: st.none() | st.sampled_from(CODES) for code in CODES[:8]})


def slowly_around(parents, code):
    """What an area lies in, step by step."""
    around = []
    while code is not None and code not in around and len(around) < 8:
        around.append(code)
        shorter = code.rpartition(".")[0] or None
        code = parents.get(code) or shorter
    return around


def names_of(parents):
    rows = [(code, f"Name {code}", "district", parent) for code, parent in parents.items()]
    return pl.DataFrame(rows, schema=dict.fromkeys(("code", "name", "level", "parent"), pl.String), orient="row")


@given(parents=PARENTS, area=st.sampled_from(CODES), codes=st.lists(st.none() | st.sampled_from(CODES)))
def test_lying_in_an_area_is_what_following_parents_step_by_step_gives(parents, area, codes):
    inside = is_within(names_of(parents), pl.Series(codes, dtype=pl.String), area)
    assert inside.to_list() == [code is not None and area in slowly_around(parents, code) for code in codes]


@given(parents=PARENTS, codes=st.lists(st.sampled_from(CODES), min_size=1))
def test_every_area_lies_in_itself_and_in_nothing_twice(parents, codes):
    around = areas_around(names_of(parents), codes)
    assert set(codes) == set(around.filter(step=0)["area_code"])
    assert not around.select("area_code", "code").is_duplicated().any()


def test_places_are_told_from_the_finest_by_parents_before_codes(tmp_path):
    home = Home(tmp_path)
    load_town(home)
    places = places_of(read_area_names(home), ["99.02.02", "99.02.01", "99.01.01.2001"])
    assert [place.code for place in places["99.02.02"]] == ["99.02.02", "99.01", "99"]
    assert [place.code for place in places["99.02.01"]] == ["99.02.01", "99.02", "99"]
    assert [place.name for place in places["99.01.01.2001"]] == ["Alun Timur", "Kota Contoh", "Laut Contoh"]


@pytest.fixture
def town(tmp_path):
    home = Home(tmp_path / "home")
    load_town(home)
    return home


def listed(home, **wanted):
    with open_ledger_of(home) as database, database.reading() as ledger:
        span = {"start": NOON - 3 * HOUR, "end": NOON + HOUR, "k": K} | wanted
        return list_for_review(new_memory(), home=home, ledger=ledger, **span).gatherings


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    where=st.lists(st.sampled_from([None, "99.01.01", "99.01.02", "99.02.01", "99.02.02", "99.77.01"]), min_size=1),
    area=st.sampled_from(["99", "99.01", "99.02", "99.01.01", "99.77", "98"]),
)
def test_a_filter_by_area_keeps_what_lies_in_it_or_below(town, where, area):
    rows = [hour_of(name_of(NOON, n), NOON, area=code) for n, code in enumerate(where)]
    write_gatherings(town, rows)
    parents = {"99.01": "99", "99.02": "99", "99.02.02": "99.01"}
    wanted = {name_of(NOON, n) for n, code in enumerate(where) if code and area in slowly_around(parents, code)}
    assert {each.gathering_id for each in listed(town, area=area)} == wanted


def test_each_gathering_is_listed_once_at_its_latest_hour_of_the_range(town):
    name = name_of(NOON - 2 * HOUR)
    write_gatherings(town, [hour_of(name, NOON - n * HOUR, begun=NOON - 2 * HOUR) for n in range(3)])
    assert [each.interval_start for each in listed(town)] == [NOON]
    assert [each.interval_start for each in listed(town, end=NOON)] == [NOON - HOUR]


def test_an_ended_gathering_is_listed_where_only_its_end_lies_in_the_range(town):
    name, begun = name_of(NOON - 30 * HOUR), NOON - 30 * HOUR
    write_gatherings(
        town,
        [hour_of(name, begun, level="awas", state="new"), hour_of(name, NOON, state="ended", begun=begun)],
    )
    (only,) = listed(town)
    assert (only.state, only.level, only.highest_level) == ("ended", "normal", "awas")


def test_a_filter_by_level_asks_for_the_highest(town):
    name, begun = name_of(NOON - HOUR), NOON - HOUR
    write_gatherings(town, [hour_of(name, begun, level="awas"), hour_of(name, NOON, level="waspada", begun=begun)])
    assert len(listed(town, levels=["awas"])) == 1
    assert not listed(town, levels=["waspada", "siaga"])


def test_the_latest_and_highest_come_first(town):
    rows = [
        hour_of(name_of(NOON, 1), NOON - HOUR, level="awas"),
        hour_of(name_of(NOON, 2), NOON, level="waspada"),
        hour_of(name_of(NOON, 3), NOON, level="awas", people=50.0),
        hour_of(name_of(NOON, 4), NOON, level="awas", people=None),
    ]
    write_gatherings(town, rows)
    assert [int(each.gathering_id[-1]) for each in listed(town)] == [3, 4, 2, 1]


def test_warnings_are_listed_with_the_approvals_of_their_present_revision(town):
    name = name_of(NOON)
    write_gatherings(town, [hour_of(name, NOON)])
    with open_ledger_of(town) as database, database.writing() as session:
        warning = add_warning(session, gathering_id=name, approvals_needed=2)
        approve(session, find_warning(session, warning), routes=routes_for(session, warning), act=by("Rara"))
    (only,) = listed(town)
    assert [(each.id, each.state, each.approvals, each.approvals_needed) for each in only.warnings] == [
        (warning, "draft", 1, 2)
    ]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=st.sets(st.integers(0, len(GROUND) - 1), min_size=1, max_size=40))
def test_outlines_cover_their_hexagons_and_nothing_else(tmp_path_factory, chosen):
    home = Home(tmp_path_factory.mktemp("home"))
    hexes = GROUND[sorted(chosen)]
    write_gatherings(home, [hour_of(name_of(NOON), NOON)], hexes=hexes_of(name_of(NOON), NOON, hexes=hexes))
    (feature,) = json.loads(outlines_at(new_memory(), home=home, at=NOON, k=K))["features"]
    outline = shapely.geometry.shape(feature["geometry"])
    parts = hex_polygons(hexes)
    assert np.all(shapely.covers(shapely.buffer(outline, 1e-9), parts))
    assert outline.area == pytest.approx(shapely.area(parts).sum(), rel=1e-6)


def test_a_life_is_followed_over_days(tmp_path):
    home, begun = Home(tmp_path), NOON - 60 * HOUR
    name = name_of(begun)
    hours = [hour_of(name, begun + n * HOUR, begun=begun) for n in range(60)]
    write_gatherings(home, [*hours, hour_of(name, NOON, state="ended", begun=begun)])
    with connect(ENGINE) as connection, open_ledger_of(home) as database, database.reading() as ledger:
        shown = show_gathering(connection, name, home=home, ledger=ledger, k=K, at=begun + 2 * HOUR)
    assert (len(shown.course), shown.course[-1].state) == (61, "ended")
    assert shown.interval_start == begun + 2 * HOUR


def test_files_that_vanish_while_they_are_read_are_looked_for_again(town):
    write_gatherings(town, [hour_of(name_of(NOON), NOON)])
    (file,) = GATHERINGS.paths(town)

    def read():
        listed_before = GATHERINGS.paths(town)
        if not looked:
            looked.append(file.rename(file.with_name("elsewhere")))
        with connect(ENGINE) as connection:
            return connection.sql(f"select count(*) from ({select_rows(GATHERINGS, listed_before)})").fetchall()

    looked = []
    assert read_again(read) == [(0,)]
