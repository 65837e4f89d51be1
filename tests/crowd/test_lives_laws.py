"""Laws of gatherings, whatever the hotspots: order, reruns, more people, higher thresholds, connected hexagons."""

import itertools
from dataclasses import replace

import polars as pl
import pytest
from drawn_hotspots import ROW, Drawing, Spot, levels
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.hexagons import touching_pairs
from lake.home import Home

HOURS = 4
STAGES = ("gatherings", "gathering_hexes", "gathering_events")
RANKS = {"normal": 0, "waspada": 1, "siaga": 2, "awas": 3}
SLOW = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SPOT = st.builds(
    lambda hour, first, length, excess, score: Spot(
        hour, tuple(range(first, first + length)), float(excess), score=score
    ),
    st.integers(0, HOURS - 1),
    st.integers(0, 9),
    st.integers(1, 3),
    st.integers(40, 1200),
    st.sampled_from([3.0, 4.2, 10.0, 30.0]),
)
SPOTS = st.lists(SPOT, min_size=1, max_size=10)
DARK = st.lists(st.tuples(st.integers(0, HOURS - 1), st.integers(0, 11)), max_size=6, unique=True)
LASTING = st.sampled_from([0, 2])


@pytest.fixture
def drawn(tmp_path):
    """Draw hotspots in homes of their own."""
    number = itertools.count()

    def draw(spots, dark=()):
        """A hexagon that is dark is so for the hotspots on it as well."""
        drawing = Drawing(Home(tmp_path / f"home-{next(number)}"))
        hidden = set(dark)
        told = [replace(s, coverage=0.5) if {(s.hour, n) for n in s.hexes} & hidden else s for s in spots]
        drawing.draw(told, hours=range(HOURS), dark=dark)
        return drawing

    return draw


def _told(drawing):
    return [drawing.stage(name).rows() for name in STAGES]


def _alive(drawing):
    return drawing.stage("gatherings").filter(pl.col("state") != "ended")


@SLOW
@given(spots=SPOTS, dark=DARK, lasting=LASTING)
def test_hour_by_hour_gives_what_one_run_gives(drawn, spots, dark, lasting):
    at_once, stepwise = drawn(spots, dark), drawn(spots, dark)
    at_once.follow(0, HOURS, policy=levels(hours=lasting))
    for hour in range(HOURS):
        stepwise.follow(hour, hour + 1, policy=levels(hours=lasting))
    assert _told(stepwise) == _told(at_once)


@SLOW
@given(spots=SPOTS, dark=DARK, order=st.permutations(range(HOURS)))
def test_hours_followed_in_any_order_and_then_from_the_first_on_give_what_one_run_gives(drawn, spots, dark, order):
    at_once, disorderly = drawn(spots, dark), drawn(spots, dark)
    at_once.follow(0, HOURS, policy=levels())
    for hour in order:
        disorderly.follow(hour, hour + 1, policy=levels())
    for first in (0, 2):
        disorderly.follow(first, first + 2, policy=levels())
    assert _told(disorderly) == _told(at_once)


@SLOW
@given(spots=SPOTS, dark=DARK, first=st.integers(0, HOURS - 1))
def test_a_rerun_of_a_part_changes_no_byte(drawn, spots, dark, first):
    drawing = drawn(spots, dark)
    drawing.follow(0, HOURS, policy=levels())
    files = sorted(path for name in STAGES for path in (drawing.home.lake / name).rglob("*.parquet"))
    before = {path: path.read_bytes() for path in files}
    drawing.follow(first, HOURS, policy=levels())
    assert {path: path.read_bytes() for path in files} == before


@SLOW
@given(spots=SPOTS, dark=DARK)
def test_ids_and_all_else_stay_when_later_hours_arrive(drawn, spots, dark):
    whole, begun = drawn(spots, dark), drawn(spots, dark)
    whole.follow(0, HOURS, policy=levels())
    begun.follow(0, 2, policy=levels())
    earlier = [whole.stage(name).filter(pl.col("hour") < 2).rows() for name in STAGES]
    assert _told(begun) == earlier


@SLOW
@given(spots=SPOTS, more=st.floats(1.01, 5))
def test_more_people_in_an_hour_never_lower_a_level_in_that_hour(drawn, spots, more):
    """The hours before are as they were, so that the same gatherings go on."""
    last = max(spot.hour for spot in spots)
    fewer, many = drawn(spots), drawn(replace(s, excess=s.excess * more) if s.hour == last else s for s in spots)
    ranks = []
    for drawing in (fewer, many):
        drawing.follow(0, HOURS, policy=levels())
        hexes = drawing.stage("gathering_hexes").filter(pl.col("hour") == last)
        ranks.append({row["hex"]: RANKS[row["level"]] for row in hexes.iter_rows(named=True)})
    assert all(ranks[1].get(hexagon, 0) >= rank for hexagon, rank in ranks[0].items())


@SLOW
@given(spots=SPOTS, dark=DARK, rise=st.floats(1, 8))
def test_higher_thresholds_never_make_more_gatherings_in_any_interval(drawn, spots, dark, rise):
    found = []
    for policy in (levels(100, 300, 900), levels(100 * rise, 300 * rise, 900 * rise)):
        drawing = drawn(spots, dark)
        drawing.follow(0, HOURS, policy=policy)
        found.append(dict(_alive(drawing).group_by("hour").len().iter_rows()))
    low, high = found
    assert all(high[hour] <= low.get(hour, 0) for hour in high)


@SLOW
@given(spots=SPOTS)
def test_the_hexagons_of_a_gathering_are_connected_and_no_two_gatherings_touch(drawn, spots):
    drawing = drawn(spots)
    drawing.follow(0, HOURS, policy=levels())
    for _, hour in drawing.stage("gathering_hexes").group_by("hour"):
        owner = dict(hour.select("hex", "gathering_id").iter_rows())
        hexes = hour["hex"].to_numpy()
        position, other = touching_pairs(hexes)
        touching = [(int(hexes[p]), int(o)) for p, o in zip(position, other, strict=True)]
        assert all(owner[one] == owner[two] for one, two in touching if two in owner)
        assert all(_is_connected({h for h, g in owner.items() if g == name}, touching) for name in set(owner.values()))


def _is_connected(members, touching):
    reached = {min(members)}
    for _ in members:
        reached |= {two for one, two in touching if one in reached} | {one for one, two in touching if two in reached}
        reached &= members
    return reached == members


@SLOW
@given(spots=SPOTS, dark=DARK)
def test_whom_coverage_hides_is_neither_raised_nor_cleared(drawn, spots, dark):
    """Every hour but the first is dark wherever anything is found: what was there stays, nothing comes."""
    everywhere = [(hour, place) for hour in range(1, HOURS) for place in range(len(ROW[:14]))]
    drawing = drawn(spots, [*everywhere, *((0, place) for hour, place in dark if hour == 0)])
    drawing.follow(0, HOURS, policy=levels())
    by_hour = [_alive(drawing).filter(pl.col("hour") == hour) for hour in range(HOURS)]
    told = [set(found.select("gathering_id", "level").iter_rows()) for found in by_hour]
    assert all(later == told[0] for later in told[1:])
