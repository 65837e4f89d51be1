"""`kerumun cells load`, `kerumun areas load`, `kerumun counts load`: taking in what people give us."""

from pathlib import Path
from typing import Annotated

import typer

from crowd.counts import load_counts
from geo.areas import LEVELS, load_areas
from geo.cells import load_cells
from geo.cells.load import WORLD, PlanOptions, parse_bbox
from kerumun.parameters import (
    DEFAULT_HOME,
    AgainOption,
    ColumnsOption,
    DelimiterOption,
    DeliveryArgument,
    HomeOption,
    JsonOption,
    OperatorOption,
    ProfileOption,
    Session,
    TemplateOption,
    TimeFormatOption,
    TimezoneOption,
    gather_profile,
    open_session,
    parse_instant,
)
from lake.deliveries import DeliveryLoad
from lake.profile import parse_columns

cells = typer.Typer(no_args_is_help=True, help="Cell plans: where each radio cell stands.")
areas = typer.Typer(no_args_is_help=True, help="Administrative areas.")
counts = typer.Typer(no_args_is_help=True, help="Counts of devices per cell and interval.")

FileArgument = Annotated[Path, typer.Argument(help="CSV or Parquet, also .gz or .zst.", show_default=False)]


@cells.command("load")
def load_cells_command(
    file: FileArgument,
    operator: OperatorOption = None,
    radio: Annotated[str | None, typer.Option(help="Radio of cells that name none: GSM, UMTS, LTE, NR.")] = None,
    valid_from: Annotated[str | None, typer.Option(help="First day of cells that name none.")] = None,
    bbox: Annotated[str | None, typer.Option(help="west,south,east,north: cells outside are set aside.")] = None,
    columns: ColumnsOption = None,
    cell_id_template: TemplateOption = None,
    delimiter: DelimiterOption = None,
    profile: ProfileOption = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Take in a cell plan: our own format, or an OpenCelliD export as downloaded."""
    session = open_session(home, as_json=json)
    timezone = session.settings.timezone
    options = PlanOptions(
        profile=gather_profile(
            profile,
            columns=columns,
            operator=operator,
            radio=radio.upper() if radio else None,
            cell_id_template=cell_id_template,
            delimiter=delimiter,
        ),
        timezone=timezone,
        valid_from=parse_instant(valid_from, timezone=timezone) if valid_from else None,
        bbox=parse_bbox(bbox) if bbox else WORLD,
    )
    with session.printer.working(f"Taking in {file.name}"):
        loaded = load_cells(file, intake=session.intake(), options=options)
    session.printer.report(loaded.file)
    session.printer.table("Cells by operator", ("operator", "cells"), sorted(loaded.operators.items()))
    session.printer.say(f"Written to {session.home.lake / 'cells'}")
    session.printer.result(loaded)


@areas.command("load")
def load_areas_command(
    file: Annotated[Path, typer.Argument(help="GeoPackage, GeoJSON, GeoParquet, or Parquet with WKB.")],
    level: Annotated[str, typer.Option(help=f"One of {', '.join(LEVELS)}.")],
    columns: ColumnsOption = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Take in the areas of one level; they replace those of the same level."""
    session = open_session(home, as_json=json)
    with session.printer.working(f"Taking in {file.name}"):
        loaded = load_areas(
            file, level=level, intake=session.intake(), columns=parse_columns(columns) if columns else {}
        )
    session.printer.report(loaded.file)
    session.printer.say(f"Written to {session.home.lake / 'areas' / f'level={level}'}")
    session.printer.result(loaded)


@counts.command("load")
def load_counts_command(
    files: DeliveryArgument,
    operator: OperatorOption = None,
    timezone: TimezoneOption = None,
    time_format: TimeFormatOption = None,
    interval_minutes: Annotated[int | None, typer.Option(help="Length of an interval where no column says.")] = None,
    columns: ColumnsOption = None,
    cell_id_template: TemplateOption = None,
    delimiter: DelimiterOption = None,
    profile: ProfileOption = None,
    again: AgainOption = False,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Take in count files. Files given together are parts of one delivery; a later delivery corrects an earlier one."""
    session = open_session(home, as_json=json)
    reading = gather_profile(
        profile,
        columns=columns,
        operator=operator,
        timezone=timezone,
        time_format=time_format,
        interval_minutes=interval_minutes,
        cell_id_template=cell_id_template,
        delimiter=delimiter,
    )
    with session.printer.working(f"Taking in {len(files)} file(s)"):
        load = load_counts(
            files,
            intake=session.intake(),
            profile=reading,
            max_devices=session.settings.max_devices_per_cell,
            again=again,
        )
    tell_delivery(session, load, stage="counts")


def tell_delivery(session: Session, load: DeliveryLoad, *, stage: str) -> None:
    """Print what became of a delivery.

    Raises:
        typer.Exit: a file was refused.
    """
    for report in load.files:
        session.printer.report(report)
    if load.rows_replaced:
        session.printer.say(f"{load.rows_replaced:,} rows of earlier deliveries were replaced")
    if load.first_changed and load.last_changed:
        session.printer.say(
            f"Written to {session.home.lake / stage}: {load.first_changed:%Y-%m-%d %H:%M} to "
            f"{load.last_changed:%Y-%m-%d %H:%M} UTC"
        )
    session.printer.result(load)
    if any(report.verdict == "refused" for report in load.files):
        raise typer.Exit(1)
