"""The hourly flow: inbox to target cells, for one hour or a range of them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run

from crowd.density import DENSITY, DensitySummary, compute_density
from crowd.gatherings import GATHERING_HEXES, GATHERINGS, GatheringsSummary, find_gatherings
from crowd.stale import crowded_hours, stale_hours
from crowd.targets import TargetsSummary, choose_targets
from crowd.warnings.proposing import Drafting
from crowd.warnings.sending import Deliveries
from geo.footprint import Footprint, build_footprints
from lake.deliveries import DeliveryLoad
from lake.engine import connect
from lake.errors import RefusedInputError
from lake.intake import Intake
from lake.locks import hold_lock
from lake.stages import hour_of_path
from lake.staging import recover
from pipelines.inbox import Limits, TakenIn, take_in_inbox
from pipelines.options import RunOptions
from pipelines.ranges import HOUR, Range, days_of, hour_before, merge, split, whole_hours
from pipelines.run_summary import RunSummary
from pipelines.served_runs import ending_plainly
from pipelines.warn import draft_now, send_now

RETRIES = 3
RETRY_DELAYS_S: list[float] = [2, 10, 30]
WAIT_FOR_OTHER_RUN_S = 1800.0
# Lives of gatherings hang on the hours before. If two days after a recomputed range come out as they were, so do all.
FOLLOW = timedelta(hours=48)
DAY = timedelta(hours=22)
# Rows of density that one step may make: a country goes by the day, a town by the month.
ROWS_PER_STEP = 40_000_000
MAX_STEP_DAYS = 28


def _may_pass(_task: object, _run: object, state: State[Any]) -> bool:
    """A refused input stays refused; anything else that goes wrong with files may go right a little later."""
    return not isinstance(state.result(raise_on_failure=False), RefusedInputError)


@task(retries=RETRIES, retry_delay_seconds=RETRY_DELAYS_S, retry_condition_fn=_may_pass)
def take_in(options: RunOptions, now: datetime) -> TakenIn:
    """Take in the files of the inbox."""
    intake = Intake(
        home=options.as_home(),
        engine=options.engine(),
        ledger_url=options.ledger_url,
        now=now,
        taken_by=options.taken_by,
    )
    limits = Limits(max_devices=options.max_devices_per_cell, k=options.k)
    return take_in_inbox(intake, limits=limits, settle_s=options.settle_s)


@task(retries=RETRIES, retry_delay_seconds=RETRY_DELAYS_S, retry_condition_fn=_may_pass)
def build(options: RunOptions, start: datetime, end: datetime) -> list[Footprint]:
    """Build the footprints that are missing."""
    with connect(options.engine()) as connection:
        return build_footprints(connection, home=options.as_home(), start=start, end=end)


@task(retries=RETRIES, retry_delay_seconds=RETRY_DELAYS_S, retry_condition_fn=_may_pass)
def density(options: RunOptions, start: datetime, end: datetime, footprints: list[Footprint]) -> DensitySummary:
    """Compute people per hexagon."""
    with connect(options.engine()) as connection:
        return compute_density(
            connection,
            home=options.as_home(),
            start=start,
            end=end,
            footprints=footprints,
            factors=options.factors(),
            calendar=options.calendar(start, end),
        )


@task(retries=RETRIES, retry_delay_seconds=RETRY_DELAYS_S, retry_condition_fn=_may_pass)
def gatherings(options: RunOptions, start: datetime, end: datetime) -> GatheringsSummary:
    """Find gatherings."""
    with connect(options.engine()) as connection:
        return find_gatherings(
            connection,
            home=options.as_home(),
            start=start,
            end=end,
            policy=options.policy(),
            calendar=options.calendar(start, end),
        )


@task(retries=RETRIES, retry_delay_seconds=RETRY_DELAYS_S, retry_condition_fn=_may_pass)
def targets(options: RunOptions, start: datetime, end: datetime, footprints: list[Footprint]) -> TargetsSummary:
    """Choose the cells to warn."""
    with connect(options.engine()) as connection:
        return choose_targets(
            connection,
            home=options.as_home(),
            start=start,
            end=end,
            footprints=footprints,
            factors=options.factors(),
            policy=options.policy(),
        )


@task(retries=RETRIES, retry_delay_seconds=RETRY_DELAYS_S, retry_condition_fn=_may_pass)
def warnings(options: RunOptions, now: datetime) -> Drafting:
    """Draft warnings, and take back those that have become pointless."""
    return draft_now(options, now=now)


@task(retries=RETRIES, retry_delay_seconds=RETRY_DELAYS_S, retry_condition_fn=_may_pass)
def outbox(options: RunOptions) -> Deliveries:
    """Send what people have approved."""
    return send_now(options)


@flow(name="hourly", validate_parameters=True)
@ending_plainly
def hourly(options: RunOptions, start: datetime | None = None, end: datetime | None = None) -> RunSummary:
    """Take in the inbox, then bring the lake up to date for start <= t < end and for what late files touched.

    Args:
        options: the settings.
        start: first hour; None for the last whole hour before the time this run was scheduled for.
        end: first hour after the last.
    """
    now = datetime.now(UTC)
    if start is None or end is None:
        start, end = hour_before(flow_run.scheduled_start_time or now)
    options.check()
    recover(options.as_home())
    taken = take_in(options, now)
    # Nothing of an hour rests on flows.
    recomputed = _to_recompute(start, end, taken.counts)
    summary = RunSummary(start=start, end=end, loads=taken.loads, flows=taken.flows, recomputed=recomputed)
    for first, last in summary.recomputed:
        _recompute(options, first, last, summary)
    try:
        # Not the time of the beginning: what is drafted after a long backfill would be born old.
        _warn(options, datetime.now(UTC), summary)
    finally:
        table = [{k: str(v) for k, v in row.items()} for row in summary.rows()]
        create_table_artifact(table=table, key="hourly-run")
    return summary


def _warn(options: RunOptions, now: datetime, summary: RunSummary) -> None:
    """Draft and send. A template or a secret that does not fit fails the run, after the hour itself is done."""
    try:
        summary.warnings = warnings(options, now)
    finally:
        summary.deliveries = outbox(options)


def _recompute(options: RunOptions, first: datetime, last: datetime, summary: RunSummary) -> None:
    """Bring a range up to date, then what rests on it: later baselines, and the lives of gatherings."""
    footprints = build(options, first, last)
    crowded = _compute(options, [(first, last)], footprints, summary)
    stale = _stale(options, first, last, crowded)
    latest = last
    while stale:
        ranges = merge([(hour, hour + HOUR) for hour in stale])
        # One day at a time: the hours of a day do not look at each other.
        day = [r for r in ranges if r[0] < ranges[0][0] + DAY]
        end = max(r[1] for r in day)
        crowded = _compute(options, day, build(options, day[0][0], end), summary)
        summary.recomputed.extend(day)
        rest = [hour for hour in stale if hour >= end]
        stale = sorted({*rest, *_stale(options, day[0][0], end, crowded)})
        latest = max(latest, end)
    _follow(options, first, latest, summary)


def _compute(
    options: RunOptions, ranges: list[Range], footprints: list[Footprint], summary: RunSummary
) -> set[datetime]:
    """Compute density of some ranges; gives the hours in which other cells are crowded now than before."""
    changed: set[datetime] = set()
    for first, last in ranges:
        for start, end in split(first, last, step=_step(footprints)):
            with _alone(options, start, end):
                before = crowded_hours(options.as_home(), start=start, end=end)
                summary.density.append(density(options, start, end, footprints))
                after = crowded_hours(options.as_home(), start=start, end=end)
            changed |= {hour for hour in {*before, *after} if before.get(hour) != after.get(hour)}
    summary.footprints.extend(footprints)
    return changed


def _stale(options: RunOptions, first: datetime, last: datetime, crowded: set[datetime]) -> list[datetime]:
    return stale_hours(
        options.as_home(), start=first, end=last, calendar=options.calendar(first, last), crowded=crowded
    )


def _follow(options: RunOptions, first: datetime, last: datetime, summary: RunSummary) -> None:
    """Follow gatherings from a range on, until everything after it comes out as it was."""
    step = _step(summary.footprints)
    later = split(last, _end_of_density(options, last), step=FOLLOW)
    for start, until in (*split(first, last, step=step), *later):
        if start >= last and not DENSITY.paths(options.as_home(), start=start, end=until):
            continue  # hours of which nothing is known change nobody's life
        footprints = build(options, start, until)
        with _alone(options, start, until):
            before = _lives(options, start, until)
            summary.gatherings.append(gatherings(options, start, until))
            summary.targets.append(targets(options, start, until, footprints))
            if start >= last and before == _lives(options, start, until):
                return


def _lives(options: RunOptions, start: datetime, end: datetime) -> bytes:
    """The gatherings of a range as they lie in the lake, to be compared."""
    home = options.as_home()
    paths = [*GATHERINGS.paths(home, start=start, end=end), *GATHERING_HEXES.paths(home, start=start, end=end)]
    return b"".join(str(path.relative_to(home.lake)).encode() + path.read_bytes() for path in paths)


def _to_recompute(start: datetime, end: datetime, loads: list[DeliveryLoad]) -> list[Range]:
    """The hours asked for, and those that files of counts have changed."""
    changed = [
        whole_hours(load.first_changed, load.last_changed)
        for load in loads
        if load.first_changed is not None and load.last_changed is not None
    ]
    return merge([(start, end), *changed])


def _end_of_density(options: RunOptions, end: datetime) -> datetime:
    """First hour after the latest density."""
    paths = DENSITY.paths(options.as_home())
    return max(hour_of_path(paths[-1]) + HOUR, end) if paths else end


def _step(footprints: list[Footprint]) -> timedelta:
    """Days that one step computes, so that a country's density fits memory and a town's takes few steps."""
    rows_per_day = 24 * max((f.hexes for f in footprints), default=1)
    return timedelta(days=min(max(ROWS_PER_STEP // rows_per_day, 1), MAX_STEP_DAYS))


@contextmanager
def _alone(options: RunOptions, start: datetime, end: datetime) -> Iterator[None]:
    """Keep other runs off the days of a range until the block is done."""
    with ExitStack() as stack:
        for day in days_of(start, end):
            stack.enter_context(hold_lock(options.as_home(), f"run-{day}", wait_s=WAIT_FOR_OTHER_RUN_S))
        yield
