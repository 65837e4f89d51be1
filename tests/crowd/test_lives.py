"""How gatherings live: raised, kept, moved, split, merged, unseen and over."""

import pytest
from drawn_hotspots import Drawing, Spot, at, levels

from lake.home import Home

POLICY = levels()


@pytest.fixture
def told(tmp_path):
    """Draw hotspots, follow them in one run, give a stage's columns."""
    made = []

    def tell(spots, *, hours, policy=POLICY, stage="gatherings", columns=("hour", "state", "level"), dark=()):
        drawing = Drawing(Home(tmp_path / f"home-{len(made)}"))
        made.append(drawing)
        drawing.draw(spots, hours=range(hours), dark=dark)
        drawing.follow(0, hours, policy=policy)
        return drawing.stage(stage).select(columns).rows()

    return tell


def one(*excess, **figures):
    """A hotspot that stays where it is, with so many people hour by hour; None where there is none."""
    return [Spot(hour, (5,), people, **figures) for hour, people in enumerate(excess) if people is not None]


def test_a_gathering_is_new_then_goes_on_then_ends(told):
    assert told(one(200, 200, None, None), hours=4) == [
        (0, "new", "waspada"),
        (1, "ongoing", "waspada"),
        (2, "ended", "normal"),
    ]


def test_a_level_is_kept_above_the_clearing_share_of_its_threshold_and_lost_below(told):
    found = told(one(300, 181, 179, 61, 59), hours=5)
    assert [level for _, _, level in found] == ["siaga", "siaga", "waspada", "waspada", "normal"]
    assert [state for _, state, _ in found] == ["new", "ongoing", "ongoing", "ongoing", "ended"]


def test_what_would_only_be_kept_is_not_raised(told):
    assert told(one(99, 99), hours=2) == []


def test_a_score_that_would_only_be_kept_keeps_and_does_not_raise(told):
    kept = [Spot(0, (5,), 200, score=10), Spot(1, (5,), 200, score=3), Spot(1, (15,), 200, score=3)]
    assert told(kept, hours=2) == [(0, "new", "waspada"), (1, "ongoing", "waspada")]


def test_a_level_needs_its_hours_in_a_row_and_the_start_is_the_first_of_them(told):
    columns = ("hour", "state", "started_at", "hours")
    assert told(one(200, 200, 200), hours=3, policy=levels(hours=3), columns=columns) == [(2, "new", at(0), 3)]


def test_hours_with_a_break_do_not_add_up(told):
    assert told(one(200, 200, None, 200, 200), hours=5, policy=levels(hours=3)) == []


def test_each_level_waits_for_its_own_hours(told):
    levels_of = {"waspada": {"excess": 100}, "siaga": {"excess": 300, "hours": 2}, "awas": {"excess": 900, "hours": 4}}
    policy = POLICY.model_validate({"levels": levels_of})
    found = told(one(*[1000] * 4), hours=4, policy=policy)
    assert [level for _, _, level in found] == ["waspada", "siaga", "siaga", "awas"]


def test_coverage_below_the_bar_does_not_raise_a_new_one(told):
    assert told(one(2000, coverage=0.69), hours=1) == []


def test_coverage_below_the_bar_does_not_raise_a_level(told):
    spots = [Spot(0, (5,), 200), Spot(1, (5,), 2000, coverage=0.69)]
    assert [level for _, _, level in told(spots, hours=2)] == ["waspada", "waspada"]


def test_coverage_below_the_bar_does_not_clear_a_level(told):
    spots = [Spot(0, (5,), 2000), Spot(1, (5,), 80, coverage=0.69), Spot(2, (5,), 2000)]
    assert [level for _, _, level in told(spots, hours=3)] == ["awas", "awas", "awas"]


def test_a_gathering_whose_ground_is_dark_is_held_and_told_as_unseen(told):
    spots, dark = [*one(200), Spot(2, (5,), 200)], [(1, 5)]
    found = told(spots, hours=3, dark=dark)
    assert [state for _, state, _ in found] == ["new", "ongoing", "ongoing"]
    events = told(spots, hours=3, dark=dark, stage="gathering_events", columns=("hour", "event"))
    assert events == [(0, "new"), (1, "unseen")]


def test_a_gathering_of_which_less_than_half_is_dark_ends(told):
    spots = [Spot(0, (4, 5, 6, 7), 200)]
    assert [state for _, state, _ in told(spots, hours=2, dark=[(1, 4)])] == ["new", "ended"]


def test_one_that_moves_to_hexagons_that_touch_keeps_its_id(told):
    spots = [Spot(hour, (5 + hour,), 200) for hour in range(4)]
    assert len(set(told(spots, hours=4, columns=("gathering_id",)))) == 1


def test_one_that_appears_a_hexagon_further_is_another_one(told):
    found = told([Spot(0, (5,), 200), Spot(1, (7,), 200)], hours=2, columns=("hour", "state"))
    assert sorted(found) == [(0, "new"), (1, "ended"), (1, "new")]


def test_the_id_goes_with_the_larger_part_and_the_other_names_where_it_comes_from(told):
    spots = [Spot(0, (3, 4, 5, 6, 7), 400), Spot(1, (3,), 200), Spot(1, (5, 6, 7), 200)]
    events = told(spots, hours=2, stage="gathering_events", columns=("hour", "event", "gathering_id", "other_id"))
    whole, parts = events[0], [event for event in events if event[0] == 1 and event[1] == "split"]
    assert [part[3] for part in parts] == [whole[2]]
    hexes = told(spots, hours=2, stage="gathering_hexes", columns=("hour", "gathering_id"))
    assert hexes.count((1, whole[2])) == 3


def test_where_two_merge_the_smaller_one_ends_and_names_the_one_that_goes_on(told):
    spots = [Spot(0, (2,), 200), Spot(0, (4, 5, 6), 200), Spot(1, (2, 3, 4, 5, 6), 400)]
    found = told(spots, hours=2, columns=("hour", "state", "gathering_id", "merged_into"))
    (_, _, kept, _) = next(row for row in found if row[1] == "ongoing")
    (_, _, gone, heir) = next(row for row in found if row[1] == "ended")
    assert heir == kept != gone
    events = told(spots, hours=2, stage="gathering_events", columns=("hour", "event", "gathering_id", "other_id"))
    assert (1, "merged", gone, kept) in events


def test_a_merger_is_held_at_the_higher_level_of_its_parts(told):
    spots = [Spot(0, (2,), 300), Spot(0, (4, 5, 6), 100), Spot(1, (2, 3, 4, 5, 6), 200)]
    found = told(spots, hours=2)
    assert [level for _, state, level in found if state == "ongoing"] == ["siaga"]


def test_hotspots_that_touch_are_judged_together(told):
    spots = [Spot(0, (4,), 60), Spot(0, (5,), 60), Spot(0, (9,), 60)]
    assert told(spots, hours=1, columns=("level", "hexes", "excess")) == [("waspada", 2, 120.0)]


def test_peak_and_its_time_are_kept(told):
    found = told(one(200, 500, 300), hours=3, columns=("hour", "peak_people", "peak_at"))
    assert found == [(0, 210, at(0)), (1, 510, at(1)), (2, 510, at(1))]


@pytest.mark.parametrize(
    ("gap", "found"),
    [
        (3, [(0, "new", None), (3, "ongoing", None)]),
        (4, [(0, "new", None), (4, "ended", "unseen"), (4, "new", None)]),
    ],
)
def test_over_hours_that_nobody_told_it_is_followed_as_long_as_the_policy_says(tmp_path, gap, found):
    drawing = Drawing(Home(tmp_path / "home"))
    drawing.draw([Spot(0, (5,)), Spot(gap, (5,))], hours=[0, gap])
    drawing.follow(0, gap + 1, policy=POLICY)
    assert sorted(drawing.stage("gatherings").select("hour", "state", "end_cause").rows(), key=str) == found
