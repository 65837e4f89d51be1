"""`kerumun footprints build`, `kerumun run`, `kerumun serve`: computing, once or on a schedule."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

import typer

from geo.cells import plan_changes, planned_operators
from geo.cells.plan import create_plan_view
from geo.footprint import Footprint, build_footprints, choose_footprints, methods
from geo.footprint_options import DEFAULT_METHOD, DEFAULT_RESOLUTION, FootprintOptions
from kerumun.commands.reviewing import PortOption, review_map
from kerumun.commands.telling import tell_mode
from kerumun.parameters import (
    DEFAULT_HOME,
    AtOption,
    FromOption,
    HomeOption,
    JsonOption,
    Session,
    ToOption,
    open_session,
    parse_range,
)
from kerumun.prefect_setup import quiet_prefect
from lake.engine import connect
from pipelines.warn import check_warnings

footprints = typer.Typer(no_args_is_help=True, help="Footprints: where a cell's devices are.")


@footprints.command("build")
def build_footprints_command(
    method: Annotated[str, typer.Option(help=f"One of {', '.join(methods())}.")] = DEFAULT_METHOD,
    resolution: Annotated[int, typer.Option(help="H3 resolution where cells are dense.")] = DEFAULT_RESOLUTION,
    coarsest_resolution: Annotated[
        int | None, typer.Option(help="H3 resolution where there are hardly any; two steps coarser if not given.")
    ] = None,
    max_range_m: Annotated[
        float | None, typer.Option(min=100.0, max=200_000.0, help="No cell reaches farther; 35 km, voronoi 10 km.")
    ] = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Choose how cells are placed, and place those of the plans valid now and in the past."""
    session = open_session(home, as_json=json)
    options = FootprintOptions(
        method=method, resolution=resolution, coarsest_resolution=coarsest_resolution, max_range_m=max_range_m
    )
    choose_footprints(session.home, options)
    with session.printer.working("Building footprints"), connect(session.engine) as connection:
        create_plan_view(connection, session.home)
        changes = [c for o in planned_operators(session.home) for c in plan_changes(connection, o)]
        now = datetime.now(UTC)
        first = min([now, *changes])
        built = build_footprints(connection, home=session.home, start=first, end=max([now, *changes]))
    for footprint in built:
        rows = [(operator, plan.cells, plan.cells_unplaced) for operator, plan in footprint.operators.items()]
        title = f"Footprints by {footprint.method}{_since(footprint)}"
        session.printer.table(title, ("operator", "cells", "without place"), rows)
        for operator, plan in footprint.operators.items():
            if plan.filled:
                session.printer.say(f"{operator}: defaults taken for {_told(plan.filled)}")
        session.printer.say(f"{footprint.hexes:,} hexagons, {footprint.weights:,} weights")
    session.printer.say(f"Written to {session.home.lake / 'footprints'}; runs use them from now on")
    session.printer.result(built)


def _since(footprint: Footprint) -> str:
    return f", plans valid from {footprint.valid_from:%Y-%m-%d %H:%M}" if footprint.valid_from else ""


def _told(filled: Mapping[str, int]) -> str:
    return ", ".join(f"{column} ({count:,} cells)" for column, count in filled.items())


def run_command(
    at: AtOption = None,
    start: FromOption = None,
    end: ToOption = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Run the hourly flow: for the last hour, for one hour, or as a backfill of a range."""
    session = open_session(home, as_json=json)
    bounds = None
    if at or start or end:
        bounds = parse_range(start, end, at, timezone=session.settings.timezone)
    run_hours(session, bounds)


def run_hours(session: Session, bounds: tuple[datetime, datetime] | None) -> None:
    """Run the flow once and print its summary."""
    session.options.check()  # before Prefect, which would tell a refusal at great length
    check_warnings(session.options)
    quiet_prefect(session.home)
    from pipelines.hourly import hourly  # noqa: PLC0415 - Prefect takes seconds to import and reads its settings then

    first, last = bounds or (None, None)
    with session.printer.working("Running the hourly flow"):
        summary = hourly(session.options, first, last)
    for load in summary.loads:
        for report in load.files:
            session.printer.report(report)
    session.printer.table("Run", ("what", "value"), [tuple(row.values()) for row in summary.rows()])
    tell_mode(session)
    session.printer.say(
        f"Written to {session.home.lake}: baseline, density, hotspots, gatherings, targets, quality_events"
    )
    session.printer.result(summary)


def serve_command(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the Prefect server.")] = 4200,
    portal_port: PortOption = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Keep the schedule (the hourly flow at minute 5) and the review map alive, until stopped with Ctrl-C."""
    session = open_session(home, as_json=False)
    session.options.check()
    check_warnings(session.options)
    tell_mode(session)
    quiet_prefect(session.home)
    from pipelines.serve import serve_schedules  # noqa: PLC0415 - see run_hours

    with review_map(session, port=portal_port):
        serve_schedules(
            session.options,
            cron=session.settings.schedule,
            cron_timezone=session.settings.schedule_timezone,
            port=port,
            say=session.printer.say,
        )
