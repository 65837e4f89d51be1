"""`kerumun prior …` and `kerumun people calibrate`: what is known of where people are, and how many."""

from pathlib import Path
from typing import Annotated

import typer

from crowd.calibration import calibrate, read_population, write_factors
from crowd.factors import FILE_NAME
from crowd.learned_prior import learn_prior
from geo.areas import LEVELS
from geo.class_weights import parse_classes
from geo.footprint import chosen_footprints
from geo.prior import forget_prior
from geo.prior_load import load_prior
from geo.prior_rows import PriorOptions
from kerumun.parameters import (
    DEFAULT_HOME,
    ColumnsOption,
    FromOption,
    HomeOption,
    JsonOption,
    ToOption,
    open_session,
    parse_range,
)
from lake.engine import connect
from lake.profile import parse_columns

prior = typer.Typer(no_args_is_help=True, help="Prior: how likely people are where, before any count is seen.")
people = typer.Typer(no_args_is_help=True, help="People per device.")

REBUILT = "Footprints are built anew with it at the next run"


@prior.command("load")
def load_prior_command(
    file: Annotated[Path, typer.Argument(help="CSV or Parquet with hex or lat, lon; GeoTIFF; polygons.")],
    classes: Annotated[
        str | None,
        typer.Option(help="Weights per km² of land use classes: 50=10,40=1. If not given, values are people."),
    ] = None,
    resolution: Annotated[
        int | None, typer.Option(min=0, max=15, help="H3 resolution to bring it to; that of footprints.")
    ] = None,
    columns: ColumnsOption = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Take in population or land use; it replaces the prior before."""
    session = open_session(home, as_json=json)
    options = PriorOptions(
        resolution=chosen_footprints(session.home).resolution if resolution is None else resolution,
        columns=parse_columns(columns) if columns else {},
        classes=parse_classes(classes) if classes else None,
    )
    with session.printer.working(f"Taking in {file.name}"):
        loaded = load_prior(file, intake=session.intake(), options=options)
    session.printer.report(loaded.file)
    what = "weight" if classes else "people"
    session.printer.say(f"{loaded.mass:,.0f} {what} on {loaded.hexagons:,} hexagons. {REBUILT}")
    session.printer.result(loaded)


@prior.command("learn")
def learn_prior_command(
    start: FromOption = None,
    end: ToOption = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Learn the prior from the density of a range of time: whole days, better whole weeks."""
    session = open_session(home, as_json=json)
    first, last = parse_range(start, end, None, timezone=session.settings.timezone)
    with session.printer.working("Learning"), connect(session.engine) as connection:
        learned = learn_prior(connection, home=session.home, start=first, end=last)
    session.printer.say(
        f"Learned from {learned.intervals:,} intervals: {learned.people:,.0f} people on {learned.hexagons:,} hexagons. "
        f"{REBUILT}"
    )
    session.printer.result(learned)


@prior.command("forget")
def forget_prior_command(home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> None:
    """Go back to an even prior."""
    session = open_session(home, as_json=json)
    forgotten = forget_prior(session.home)
    told = f"The prior is even again. {REBUILT}" if forgotten else "There was no prior: it is even already"
    session.printer.say(told)
    session.printer.result({"forgotten": forgotten})


@people.command("calibrate")
def calibrate_command(
    population: Annotated[Path, typer.Argument(help="CSV or Parquet with code and people of each area.")],
    level: Annotated[str, typer.Option(help=f"Level of its areas, one of {', '.join(LEVELS)}.")],
    start: FromOption = None,
    end: ToOption = None,
    columns: ColumnsOption = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Bring the people of the nights of a range to the official population of each area."""
    session = open_session(home, as_json=json)
    first, last = parse_range(start, end, None, timezone=session.settings.timezone)
    official = read_population(population, columns=parse_columns(columns) if columns else {})
    factors = session.options.factors()
    with session.printer.working("Calibrating"), connect(session.engine) as connection:
        found = calibrate(
            connection,
            home=session.home,
            start=first,
            end=last,
            population=official,
            level=level,
            factors=factors,
            timezone=session.settings.timezone,
        )
    table = session.home.root / FILE_NAME
    write_factors(table, rows=found.factors)
    session.printer.table("Calibrated areas", ("area", "people at night", "population", "ratio"), found.areas.rows())
    if found.left_out:
        session.printer.say(f"Left out, their figures being out of all proportion: {', '.join(found.left_out)}")
    session.printer.say(f"Written to {table}; the next runs use it. Run the past hours again to apply it to them")
    session.printer.result({"table": table, "areas": found.areas.to_dicts(), "left_out": found.left_out})
