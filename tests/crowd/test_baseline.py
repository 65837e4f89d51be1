"""What is usual for a cell: medians of the right hours, never of later ones, and what is left out of them."""

from dataclasses import replace
from datetime import date, timedelta
from statistics import median

import numpy as np
import polars as pl
import pytest
from crowded_town import HOUR, crowd_at, planned_town
from hypothesis import given, settings
from hypothesis import strategies as st

from crowd.count_history import CountHistory
from crowd.usual import find_usual
from crowd.usual_instants import HOUR_OF_WEEK, USUAL_INSTANTS

WEDNESDAY = date(2020, 3, 11)
CROWD = crowd_at(0.6, 0.2, 3_000)
COUNT = st.one_of(st.none(), st.tuples(st.integers(0, 3_000), st.booleans()))


class HandMadeHistory:
    """Counts by instant and cell as a history gives them: None where nothing was told, else devices and crowded."""

    def __init__(self, weeks, days=()):
        self.of_tier = [weeks, [*weeks, *days]]
        self.asked = []

    def samples(self, instants, *, wanted, width):
        rows = self.of_tier[wanted == "lacking_cells"][: instants.height]
        devices = np.array([[np.nan if cell is None else cell[0] for cell in row] for row in rows], dtype=np.float32)
        crowded = np.array([[cell is not None and cell[1] for cell in row] for row in rows], dtype=bool)
        return devices.reshape(-1, width), crowded.reshape(-1, width)

    def restrict(self, places):
        self.asked.append(places)


def usual_of(weeks, days=()):
    """What is usual for one cell told so many devices on the last weeks, and on further days of the same kind."""
    start = pl.datetime(2020, 3, 31, time_zone="UTC")
    instants = pl.concat(
        [
            pl.DataFrame({"tier": HOUR_OF_WEEK, "age_days": [7 * (n + 1) for n in range(len(weeks))]}),
            pl.DataFrame(
                {"tier": "hour_of_day", "age_days": list(range(1, len(days) + 1))},
                schema_overrides={"age_days": pl.Int64},
            ),
        ],
        how="vertical_relaxed",
    ).with_columns(interval_no=pl.lit(0, dtype=pl.UInt16), interval_start=start)
    instants = instants.select(list(USUAL_INSTANTS)).cast(dict(USUAL_INSTANTS))
    history = HandMadeHistory([[cell] for cell in weeks], [[cell] for cell in days])
    return find_usual(history, instants, told=np.array([True]))


@settings(deadline=None)
@given(weeks=st.lists(COUNT, min_size=1, max_size=8))
def test_the_usual_of_a_cell_is_the_median_of_its_calm_weeks(weeks):
    usual = usual_of(weeks)
    told = [count for count in weeks if count is not None]
    calm = [devices for devices, is_crowded in told if not is_crowded]
    kept = calm if 2 * len(calm) >= len(told) else [devices for devices, _ in told]
    if len(kept) < 4:
        assert usual.tier[0] != 1
        return
    assert usual.tier[0] == 1
    assert usual.samples[0] == len(kept)
    assert usual.devices[0] == pytest.approx(median(kept))
    spread = sum((devices - median(kept)) ** 2 for devices in kept) / (len(kept) - 1)
    assert usual.variance[0] == pytest.approx(spread, rel=1e-4, abs=1e-3)


def test_hours_of_past_gatherings_are_left_out():
    weeks = [(500, True), (100, False), (110, False), (90, False), (105, False)]
    assert usual_of(weeks).devices[0] == 102.5


def test_what_is_there_in_most_weeks_is_usual_though_it_was_a_gathering():
    weeks = [(500, True), (510, True), (490, True), (100, False), (500, True)]
    assert usual_of(weeks).devices[0] == 500


def test_with_too_few_weeks_the_days_of_the_same_kind_are_taken():
    usual = usual_of([(100, False)] * 3, [(120, False)] * 6)
    assert (usual.tier[0], usual.devices[0]) == (2, 120)


def test_what_the_few_weeks_there_are_have_shown_is_not_called_unusual():
    usual = usual_of([(400, False)] * 3, [(120, False)] * 6)
    assert (usual.tier[0], usual.devices[0]) == (2, 400)


def test_of_less_than_three_days_nothing_is_known():
    usual = usual_of([(100, False)], [(120, False)])
    assert usual.tier[0] == 0
    assert np.isnan(usual.devices[0])


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    return planned_town(tmp_path_factory.mktemp("planned") / "home")


@pytest.fixture(scope="module")
def told(planned, tmp_path_factory):
    """A town with five weeks of noons and nothing unusual."""
    town = planned.copied(tmp_path_factory.mktemp("told") / "home")
    town.tell([*town.days(WEDNESDAY), town.local(WEDNESDAY, 12)])
    return town


@pytest.fixture
def town(told, tmp_path):
    return told.copied(tmp_path / "home")


def noon(town, days_ago=0):
    return town.local(WEDNESDAY - timedelta(days=days_ago), 12)


def baseline(town, hour):
    """Rows of an hour by cell."""
    rows = town.stage("baseline").filter(pl.col("interval_start") == hour)
    return rows.select("cell_id", "usual_devices", "expected_devices", "spread_devices", "baseline_from").sort(
        "cell_id"
    )


def test_usual_devices_are_medians_of_the_same_weekday(town):
    town.density(noon(town))
    earlier = town.stage("counts").filter(pl.col("interval_start").is_in(town.days(WEDNESDAY, ages=range(7, 36, 7))))
    slow = {cell: median(counts) for cell, counts in earlier.group_by("cell_id").agg("devices").iter_rows()}
    found = dict(baseline(town, noon(town)).select("cell_id", "usual_devices").iter_rows())
    assert found == pytest.approx(slow)


@pytest.mark.parametrize("days_later", [0, 1, 7])
def test_no_baseline_looks_at_its_own_hour_or_a_later_one(town, days_later):
    town.density(noon(town))
    before = baseline(town, noon(town)).select("cell_id", "usual_devices")
    town.tell(noon(town, -days_later), extra=10 * CROWD)
    town.density(noon(town))
    assert baseline(town, noon(town)).select("cell_id", "usual_devices").equals(before)


def test_cells_that_a_crowd_filled_last_week_take_their_usual_from_the_other_weeks(town):
    town.tell(noon(town, 7), extra=CROWD)
    town.density(noon(town, 7))
    town.density(noon(town))
    filled = town.stage("crowded_cells")["cell_id"].to_list()
    weeks = town.stage("counts").filter(pl.col("interval_start").is_in(town.days(WEDNESDAY, ages=range(14, 36, 7))))
    slow = {cell: median(n) for cell, n in weeks.group_by("cell_id").agg("devices").iter_rows() if cell in filled}
    found = dict(baseline(town, noon(town)).select("cell_id", "usual_devices").iter_rows())
    assert slow
    assert {cell: found[cell] for cell in slow} == pytest.approx(slow)


def test_a_crowd_that_comes_every_week_becomes_usual(town):
    weeks = town.days(WEDNESDAY, ages=range(7, 36, 7))
    town.tell([*weeks, noon(town)], extra=CROWD)
    found = [town.detect(hour).height for hour in (*weeks, noon(town))]
    assert found[-1] == 0


def test_the_spread_never_falls_under_counting_noise(town):
    town.tell(town.days(WEDNESDAY, ages=range(7, 36, 7)), told=lambda counts: np.full_like(counts, 100))
    town.density(noon(town))
    rows = baseline(town, noon(town))
    noise = np.sqrt(np.maximum(rows["expected_devices"].to_numpy(), 1))
    assert (rows["spread_devices"].to_numpy() >= noise).all()


def test_scores_are_about_standard_normal_where_nothing_happens(town):
    scores = []
    for seed in range(2, 6):
        quiet = replace(town, seed=seed)
        quiet.tell(noon(town))
        quiet.density(noon(town))
        scores.append(quiet.stage("density")["score"].to_numpy())
    together = np.concatenate(scores)
    assert abs(together.mean()) < 0.15
    assert 0.8 < together.std() < 1.25


def test_residuals_of_cells_are_about_standard_normal_where_nothing_happens(town):
    town.density(noon(town))
    counts = town.stage("counts").filter(pl.col("interval_start") == noon(town)).select("cell_id", "devices")
    rows = baseline(town, noon(town)).join(counts, on="cell_id")
    score = (rows["devices"] - rows["expected_devices"]) / rows["spread_devices"]
    assert abs(score.mean()) < 0.15
    assert 0.8 < score.std() < 1.25


def test_an_hour_reads_the_same_files_however_long_the_history(planned, tmp_path, monkeypatch):
    monkeypatch.setattr("crowd.count_history.SMALL_BYTES", 0)
    read = []
    samples = CountHistory.samples

    def counted(self, instants, **options):
        read.append(sorted(str(start) for start in instants["interval_start"].unique()))
        return samples(self, instants, **options)

    monkeypatch.setattr(CountHistory, "samples", counted)
    lists = []
    for weeks in (8, 16):
        town = planned.copied(tmp_path / f"{weeks}-weeks")
        town.tell([*town.days(WEDNESDAY, ages=range(7, 7 * weeks + 1, 7)), noon(town)])
        read.clear()
        town.density(noon(town))
        lists.append([*read])
    assert lists[0] == lists[1]
    assert max(len(hours) for hours in lists[0]) == 8


def test_a_small_history_read_at_once_gives_what_single_reads_give(town, tmp_path, monkeypatch):
    other = town.copied(tmp_path / "other")
    town.density(noon(town))
    monkeypatch.setattr("crowd.count_history.SMALL_BYTES", 0)
    other.density(noon(town))
    assert other.stage("density").equals(town.stage("density"))
    assert other.stage("baseline").equals(town.stage("baseline"))


def test_hours_computed_together_look_at_nothing_that_single_hours_do_not(town, tmp_path):
    other = town.copied(tmp_path / "other")
    town.tell(noon(town, 7), extra=CROWD)
    other.tell(noon(town, 7), extra=CROWD)
    for days in (7, 0):
        town.density(noon(town, days))
    # all days from last week's on, in one computation
    other.density(noon(town, 7), noon(town) + HOUR)
    assert baseline(other, noon(town)).equals(baseline(town, noon(town)))
    assert baseline(other, noon(town, 7)).equals(baseline(town, noon(town, 7)))
