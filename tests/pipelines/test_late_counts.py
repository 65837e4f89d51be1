"""Late and corrected counts: whatever comes in whichever order, the lake is what it would be had all come at once."""

from datetime import date, timedelta

import numpy as np
import pytest
from crowded_town import HOUR, PEOPLE_PER_DEVICE, SHARES, crowd_at, planned_town

from pipelines import hourly
from pipelines.options import RunOptions
from pipelines.run_summary import RunSummary

WEDNESDAY = date(2020, 3, 11)
# Targets have tests of their own.
STAGES = (
    "density",
    "coverage",
    "silent_cells",
    "baseline",
    "hotspots",
    "crowded_cells",
    "gatherings",
    "gathering_hexes",
    "gathering_events",
)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """A town whose counts of noon are told for five weeks, with a crowd on each of the last two Wednesdays."""
    town = planned_town(tmp_path_factory.mktemp("planned") / "home")
    town.tell(town.days(WEDNESDAY, ages=(1, 2, 3, 7, 8, 9, 10, 14, 15, 16, 21, 22, 28, 35)))
    town.tell(noon(town, 0), extra=crowd_at(0.6, 0.2, 3_000))
    town.tell(noon(town, 7), extra=crowd_at(-1.0, 0.4, 4_000))
    # an hour in which the crowd is gone
    town.tell(noon(town, 7) + HOUR)
    return town


@pytest.fixture(autouse=True)
def _without_prefect(monkeypatch):
    """The tasks' own functions, so that a run takes no server."""
    for name in ("build", "density", "gatherings"):
        monkeypatch.setattr(hourly, name, getattr(hourly, name).fn)
    monkeypatch.setattr(hourly, "targets", lambda *_: None)


def noon(town, days_ago):
    return town.local(WEDNESDAY - timedelta(days=days_ago), 12)


def in_order(town):
    """The hours that are computed: on Wednesday two weeks ago, one week ago, and now."""
    return [noon(town, 14), noon(town, 7), noon(town, 7) + HOUR, noon(town, 0)]


def run(town, *hours):
    """What a run for each of these hours does, one after the other."""
    return [recompute(town, hour, hour + HOUR) for hour in hours]


def recompute(town, first, last):
    """What a run for a range does; gives its summary."""
    options = RunOptions(
        home=town.home.root,
        ledger_url=town.home.ledger_url,
        timezone=town.custom.zone,
        memory_limit="1GB",
        threads=2,
        people_per_device=dict.fromkeys(SHARES, PEOPLE_PER_DEVICE),
        max_devices_per_cell=50_000,
        settle_s=0.0,
        taken_by="tester",
    )
    summary = RunSummary(start=first, end=last)
    hourly._recompute(options, first, last, summary)  # a flow run would need a server
    return summary


def contents(town):
    """Bytes of all that was computed, by path."""
    files = [path for name in STAGES for path in sorted((town.home.lake / name).rglob("*.parquet"))]
    return {str(path.relative_to(town.home.lake)): path.read_bytes() for path in files}


def differing(one, other):
    """Files that are not the same."""
    return sorted(path for path in {*one, *other} if one.get(path) != other.get(path))


def test_a_corrected_file_gives_what_the_right_file_would_have_given_at_once(told, tmp_path):
    at_once, corrected = told.copied(tmp_path / "at-once"), told.copied(tmp_path / "corrected")
    hours = in_order(told)
    run(at_once, *hours)
    # the file of one operator held a tenth of what it should have
    is_of = told.plan.of("alun")
    corrected.tell(noon(told, 7), told=lambda counts: np.where(is_of, counts // 10, counts))
    run(corrected, *hours)
    assert differing(contents(at_once), contents(corrected))
    corrected.tell(noon(told, 7), extra=crowd_at(-1.0, 0.4, 4_000))
    run(corrected, noon(told, 7))
    assert differing(contents(at_once), contents(corrected)) == []


@pytest.mark.parametrize("order", [(3, 2, 1, 0), (1, 3, 2, 0)], ids=str)
def test_the_order_in_which_hours_are_computed_is_irrelevant(told, tmp_path, order):
    straight, otherwise = told.copied(tmp_path / "straight"), told.copied(tmp_path / "otherwise")
    hours = in_order(told)
    run(straight, *hours)
    run(otherwise, *(hours[number] for number in order))
    assert differing(contents(straight), contents(otherwise)) == []


def test_counts_that_come_late_make_the_hours_stale_whose_baselines_look_at_them(told, tmp_path):
    at_once, late = told.copied(tmp_path / "at-once"), told.copied(tmp_path / "late")
    hours = in_order(told)
    run(at_once, *hours)
    files = sorted((late.home.lake / "counts").glob(f"date={noon(told, 7):%Y-%m-%d}/hour=05/*/*.parquet"))
    kept = {path: path.read_bytes() for path in files}
    for path in files:
        path.unlink()
    run(late, *(hour for hour in hours if hour != noon(told, 7)))
    for path, content in kept.items():
        path.write_bytes(content)
    (summary,) = run(late, noon(told, 7))
    assert summary.recomputed == [(noon(told, 0), noon(told, 0) + HOUR)]
    assert differing(contents(at_once), contents(late)) == []


def test_a_backfill_gives_what_hour_by_hour_gives(told, tmp_path):
    single, backfill = told.copied(tmp_path / "single"), told.copied(tmp_path / "backfill")
    run(single, *(noon(told, days) for days in (3, 2, 1, 0)))
    recompute(backfill, noon(told, 3), noon(told, 0) + HOUR)
    assert differing(contents(single), contents(backfill)) == []


def test_a_rerun_changes_no_byte(told, tmp_path):
    town = told.copied(tmp_path / "home")
    hours = in_order(told)
    run(town, *hours)
    before = contents(town)
    run(town, *reversed(hours))
    assert differing(before, contents(town)) == []


def test_a_later_hour_changes_nothing_earlier(told, tmp_path):
    town = told.copied(tmp_path / "home")
    *earlier, last = in_order(told)
    run(town, *earlier)
    before = contents(town)
    run(town, last)
    after = contents(town)
    assert set(before) < set(after)
    assert differing(before, {path: after[path] for path in before}) == []


def test_a_gathering_before_a_long_gap_ends_alike_in_whichever_order_hours_come(told, tmp_path):
    straight, otherwise = told.copied(tmp_path / "straight"), told.copied(tmp_path / "otherwise")
    run(straight, noon(told, 7), noon(told, 0))
    run(otherwise, noon(told, 0), noon(told, 7))
    assert straight.stage("gatherings").equals(otherwise.stage("gatherings"))
