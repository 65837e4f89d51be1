"""The weekly flow: the mobility report of the week that has ended, written ahead for everybody."""

from datetime import UTC, datetime
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run

from crowd.mobility.weeks import Week, parse_week
from crowd.report.write import Written
from geo.areas import loaded_levels
from lake.errors import RefusedInputError
from lake.staging import recover
from pipelines.kept_reports import folder_of, is_fresh, write_kept
from pipelines.options import RunOptions
from pipelines.reports import last_whole_week, whole_weeks
from pipelines.served_runs import ending_plainly

RETRIES = 2
RETRY_DELAYS_S: list[float] = [30, 300]


def _may_pass(_task: object, _run: object, state: State[Any]) -> bool:
    """A refused input stays refused; anything else may go right a little later."""
    return not isinstance(state.result(raise_on_failure=False), RefusedInputError)


@task(retries=RETRIES, retry_delay_seconds=RETRY_DELAYS_S, retry_condition_fn=_may_pass)
def write(options: RunOptions, label: str, now: datetime) -> list[Written]:
    """Write the report of a week."""
    return write_kept(options, parse_week(label, timezone=options.timezone), now=now)


@flow(name="weekly-report", validate_parameters=True)
@ending_plainly
def weekly_report(options: RunOptions, week: str | None = None) -> str:
    """Write the report of a week into the home, unless the one that lies there is what would be written now.

    Args:
        options: the settings.
        week: such as 2020-W14; None for the last one that had ended at the time this run was scheduled for.

    Returns:
        What it did, as the artifact `weekly-report` tells it.
    """
    now = datetime.now(UTC)
    asked = (
        last_whole_week(options, now=flow_run.scheduled_start_time or now)
        if week is None
        else parse_week(week, timezone=options.timezone)
    )
    recover(options.as_home())
    told = _write(options, asked, now=now)
    create_markdown_artifact(markdown=told, key="weekly-report")
    return told


def why_no_report(options: RunOptions, week: Week, *, now: datetime) -> str | None:
    """Why there is nothing to write of a week, in a sentence; None where there is."""
    if week.end > now:
        return f"Week {week.label} is not over: no report"
    if week not in whole_weeks(options, now=now):
        return f"Week {week.label}: nothing was computed of it, so there is no report"
    if not loaded_levels(options.as_home()):
        return f"Week {week.label}: no areas are loaded ('kerumun areas load'), so there is no report"
    return None


def _write(options: RunOptions, week: Week, *, now: datetime) -> str:
    reason = why_no_report(options, week, now=now)
    if reason is not None:
        get_run_logger().warning(reason)
        return reason
    if is_fresh(options, week):
        return f"Week {week.label}: its report is there, and nothing that it rests on has changed since."
    return _told(options, week, write(options, week.label, now))


def _told(options: RunOptions, week: Week, files: list[Written]) -> str:
    rows = [f"| {file.path.name} | {file.size / 1000:,.0f} kB |" for file in files]
    folder = folder_of(options.as_home(), week)
    return "\n".join([f"Week {week.label}, in `{folder}`:", "", "| file | size |", "|---|---:|", *rows])
