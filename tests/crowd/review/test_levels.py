"""Roll-ups: what is summed, at every zoom, and what is never in it."""

import threading
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from map_lakes import GROUND, HOUR, LAT, LON, SIBLINGS, K, density, make_lake, memory, write

from crowd.review import levels
from crowd.review.ground import Box
from crowd.review.hexagons import Wanted, fingerprint, hexagons_in
from crowd.review.kept_files import keep
from crowd.review.levels import is_ready, levels_of
from crowd.review.roll_up import rolled, sums_of, told
from crowd.review.shown import density_file
from crowd.review.warming import warm
from geo.hexagons import hex_areas_km2, hex_centres, parents_of, resolutions_of
from lake.errors import RefusedInputError

WORLD = Box(west=-180, south=-90, east=180, north=90)
TOWN = Box(west=LON - 0.3, south=LAT - 0.3, east=LON + 0.3, north=LAT + 0.3)
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

row = st.fixed_dictionaries(
    {
        "people": st.floats(0, 1e5),
        "excess": st.one_of(st.none(), st.floats(-1e4, 1e4)),
        "coverage": st.one_of(st.none(), st.floats(0, 1)),
        "devices": st.integers(0, 60),
    }
)
lakes = st.dictionaries(st.integers(0, len(GROUND) - 1), row, min_size=1, max_size=25)


def shown(numbers):
    return density({n: given for n, given in numbers.items() if given["devices"] >= K}).to_arrow()


def ask(home, *, box=WORLD, resolution=9, at=HOUR, memory_of=None, **bounds):
    return hexagons_in(memory_of or memory(), home, Wanted(at=at, box=box, resolution=resolution, k=K), **bounds)


@SLOW
@given(lakes, st.integers(0, 15))
def test_no_person_is_lost_or_made_by_rolling_up(numbers, resolution):
    rows = shown(numbers)
    summed = rolled(sums_of(rows), resolution)
    assert summed.people.sum() == pytest.approx(np.sum(rows["people"].to_numpy()))
    assert summed.parts.sum() == rows.num_rows
    assert (resolutions_of(summed.hex) <= max(resolution, 0)).all() or resolution >= 9
    assert (np.diff(summed.hex.astype(np.int64)) > 0).all()


@SLOW
@given(lakes, st.integers(0, 9), st.randoms())
def test_the_order_of_rows_changes_not_a_bit(numbers, resolution, random):
    rows = shown(numbers)
    order = list(range(rows.num_rows))
    random.shuffle(order)
    assert _bits(rows.take(pa.array(order, pa.int64())), resolution) == _bits(rows, resolution)


def _bits(rows, resolution):
    return told(rolled(sums_of(rows), resolution)).serialize().to_pybytes()


@SLOW
@given(lakes, st.integers(1, 9))
def test_rolling_up_in_steps_gives_what_one_step_gives(numbers, resolution):
    sums = sums_of(shown(numbers))
    stepwise, at_once = rolled(rolled(sums, resolution), resolution - 1), rolled(sums, resolution - 1)
    assert (stepwise.hex == at_once.hex).all()
    assert stepwise.people == pytest.approx(at_once.people)
    assert stepwise.usual == pytest.approx(at_once.usual)


@SLOW
@given(lakes)
def test_people_are_the_usual_and_the_excess_wherever_the_usual_is_known(numbers):
    table = told(rolled(sums_of(shown(numbers)), 5))
    people, baseline, excess = (table.column(name).to_numpy() for name in ("people", "baseline", "excess"))
    is_known = np.isfinite(baseline)
    assert (np.isfinite(excess) == is_known).all()
    assert people[is_known] == pytest.approx((baseline + excess)[is_known], rel=1e-4, abs=0.1)


def test_density_of_a_roll_up_is_over_the_ground_that_may_be_shown(tmp_path):
    home = make_lake(tmp_path, {0: {n: {"devices": 5 if n == SIBLINGS[0] else 50} for n in SIBLINGS[:3]}})
    table = ask(home, box=TOWN, resolution=8).table
    assert table["people"].to_pylist() == [200.0]
    assert table["people_per_km2"][0].as_py() == pytest.approx(
        200 / hex_areas_km2(GROUND[SIBLINGS[1:3]]).sum(), rel=1e-4
    )


def test_the_usual_is_unknown_where_less_than_half_of_the_people_are_where_it_is_known(tmp_path):
    a, b = SIBLINGS[:2]
    unknown = {"excess": None}
    home = make_lake(
        tmp_path, {0: {a: {}, b: {"people": 90.0, **unknown}}, 1: {a: {}, b: {"people": 110.0, **unknown}}}
    )
    enough, too_little = (
        ask(home, box=TOWN, resolution=8, at=at).table.to_pylist()[0] for at in (HOUR, HOUR.replace(hour=11))
    )
    assert (enough["baseline"], enough["excess"]) == (180.0, 10.0)
    assert np.isnan(too_little["baseline"])
    assert np.isnan(too_little["excess"])


def test_coverage_of_a_roll_up_is_the_share_that_reported_of_who_usually_would(tmp_path):
    a, b = SIBLINGS[:2]
    home = make_lake(tmp_path, {0: {a: {"people": 100.0}, b: {"people": 50.0, "coverage": 0.5}}})
    assert ask(home, box=TOWN, resolution=8).table["coverage"][0].as_py() == pytest.approx(0.75)


@pytest.mark.parametrize("resolution", range(10))
def test_a_box_gets_all_that_it_touches_at_every_resolution(tmp_path, resolution):
    home = make_lake(tmp_path, {0: {n: {} for n in range(len(GROUND))}})
    everything, near = ask(home, resolution=resolution).table, ask(home, box=TOWN, resolution=resolution).table
    town = parents_of(GROUND[0:1], 5) if resolution >= 5 else None
    expected = everything["people"].to_numpy().sum()
    far = 100.0
    assert near["people"].to_numpy().sum() in ({expected - far} if town is not None else {expected - far, expected})


@SLOW
@given(lakes, st.floats(-0.2, 0.2), st.floats(-0.2, 0.2), st.floats(0, 0.2), st.integers(5, 9))
def test_a_part_of_the_map_shows_what_the_whole_map_shows_there(numbers, x, y, size, resolution):
    with TemporaryDirectory() as folder:
        home = make_lake(Path(folder), {0: numbers})
        box = Box(west=LON + x, south=LAT + y, east=LON + x + size, north=LAT + y + size)
        keeper = memory()
        whole, part = (
            ask(home, resolution=resolution, memory_of=keeper),
            ask(home, box=box, resolution=resolution, memory_of=keeper),
        )
        ours = {row["hex"]: row["people"] for row in part.table.to_pylist()}
        for hexagon, people in zip(*(whole.table[name].to_pylist() for name in ("hex", "people")), strict=True):
            (lat,), (lon,) = hex_centres(np.array([hexagon], dtype=np.uint64))
            if box.west <= lon <= box.east and box.south <= lat <= box.north:
                assert ours[hexagon] == people
        assert set(ours) <= set(whole.table["hex"].to_pylist())


def test_too_many_hexagons_come_coarser_and_say_so(tmp_path):
    home = make_lake(tmp_path, {0: {n: {} for n in range(len(GROUND))}})
    answer = ask(home, most=40)
    assert answer.resolution == 6
    assert answer.table.num_rows <= 40
    assert answer.table["people"].to_numpy().sum() == 100.0 * len(GROUND)


def test_an_hour_that_the_lake_does_not_have_is_empty(tmp_path):
    assert ask(make_lake(tmp_path, {})).table.num_rows == 0


def test_a_rerun_of_the_hour_is_seen_at_once(tmp_path):
    home, keeper = make_lake(tmp_path, {0: {0: {}}}), memory()
    wanted = Wanted(at=HOUR, box=WORLD, resolution=5, k=K)
    before = fingerprint(home, wanted)
    assert ask(home, resolution=5, memory_of=keeper).table["people"].to_pylist() == [100.0]
    write(home, density({0: {"people": 300.0}}))
    assert ask(home, resolution=5, memory_of=keeper).table["people"].to_pylist() == [300.0]
    assert fingerprint(home, wanted) != before


def test_the_cache_may_be_deleted_or_spoilt_at_any_time(tmp_path):
    home = make_lake(tmp_path, {0: {0: {}, 5: {}}})
    whole = ask(home, resolution=7).table
    for spoilt in (100, 0, None):
        for file in list((tmp_path / "cache").rglob("*.arrow")):
            _replace(file, file.read_bytes()[:spoilt] if spoilt is not None else None)
        assert ask(home, resolution=7).table.equals(whole)
        assert ask(home, resolution=9).table.num_rows == 2


def _replace(file, content):
    """As others do: nobody writes into a file that is mapped."""
    if content is None:
        file.unlink()
    else:
        file.with_suffix(".new").write_bytes(content)
        file.with_suffix(".new").replace(file)


def test_an_hour_whose_file_is_broken_is_as_if_it_were_not_there(tmp_path):
    home = make_lake(tmp_path, {0: {0: {}}})
    density_file(home, HOUR).write_bytes(b"PAR1 half a file")
    for resolution in (5, 9):
        assert ask(home, box=TOWN, resolution=resolution).table.num_rows == 0


def test_many_who_ask_for_a_new_hour_let_it_be_computed_once(tmp_path, monkeypatch):
    home, keeper, computed = make_lake(tmp_path, {0: {0: {}}}), memory(), []
    roll_up_all = levels.roll_up_all
    monkeypatch.setattr(levels, "roll_up_all", lambda rows: computed.append(1) or roll_up_all(rows))
    together = threading.Barrier(8)

    def visit():
        together.wait()
        levels_of(keeper, home, at=HOUR, k=K)

    visitors = [threading.Thread(target=visit) for _ in range(8)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert computed == [1]


def test_kept_hours_take_no_more_room_than_they_may(tmp_path):
    batch = told(sums_of(density({0: {}}).to_arrow()))
    for hour in range(5):
        keep(tmp_path / f"2020-03-31T{hour:02}~x.arrow", [batch], about={}, most_bytes=3 * 1700)
    left = sorted(path.name[:13] for path in tmp_path.iterdir())
    assert left
    assert left[-1] == "2020-03-31T04"
    assert len(left) < 5


def test_the_newest_hours_are_warmed_and_a_stop_is_obeyed(tmp_path):
    home, stop = make_lake(tmp_path, {0: {0: {}}, 3: {0: {}}, 24 * 8: {0: {}}}), threading.Event()
    assert warm(memory(), home, k=K, stop=stop) == 2
    assert is_ready(home, at=HOUR, k=K)
    stop.set()
    assert warm(memory(), make_lake(tmp_path / "other", {0: {0: {}}}), k=K, stop=stop) == 0


@pytest.mark.parametrize(
    "box",
    [(10, 0, -10, 1), (0, 5, 1, 4), (-181, 0, 1, 1), (0, 0, 1, 91), (float("nan"), 0, 1, 1), (0, 0, float("inf"), 1)],
)
def test_what_is_no_box_is_refused(box):
    with pytest.raises(RefusedInputError, match="box must be"):
        Box(**dict(zip(("west", "south", "east", "north"), box, strict=True)))


@pytest.mark.parametrize(
    "box", [(179, 0, 180, 1), (-180, -90, -179, -89), (0, 89, 1, 90), (0, 0, 0, 0), (-50, -79, 40, 79)]
)
@pytest.mark.parametrize("resolution", [0, 7, 9, 15])
def test_boxes_at_the_edges_of_the_map_are_answered(tmp_path, box, resolution):
    home = make_lake(tmp_path, {0: {0: {}}})
    edges = Box(**dict(zip(("west", "south", "east", "north"), box, strict=True)))
    assert ask(home, box=edges, resolution=resolution).table.num_rows <= 1
