"""`kerumun demo` and `kerumun simulate`: a synthetic city to try everything on."""

import shutil
import time
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import polars as pl
import typer

from crowd.counts import load_counts
from crowd.simulator import default_scenario, load_scenario, simulate
from crowd.warnings.listing import show_warning
from geo.areas import LEVELS, load_areas
from geo.cells import load_cells
from geo.cells.load import PlanOptions
from kerumun.commands.exporting import ReasonLanguage, export_range, tell_gatherings
from kerumun.commands.reviewing import serve_portal
from kerumun.commands.running import run_hours
from kerumun.commands.signing import looking
from kerumun.console import Printer, own_command
from kerumun.parameters import DEFAULT_HOME, HomeOption, JsonOption, Session, open_session
from lake.errors import RefusedInputError
from lake.profile import FileProfile
from pipelines.warn import draft_of

SHOWN_CELLS = 5


def simulate_command(
    out: Annotated[Path, typer.Argument(help="Folder to write; new, or one that simulate made.")],
    scenario: Annotated[Path | None, typer.Option(help="TOML file that describes the city.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same bytes.")] = 0,
    json: JsonOption = False,
) -> None:
    """Make a synthetic city: cell plan, counts, areas and the truth beside them."""
    printer = Printer(as_json=json)
    chosen = load_scenario(scenario) if scenario else default_scenario()
    with printer.working("Simulating"):
        made = simulate(out, scenario=chosen, seed=seed)
    printer.say(
        f"{made.cells:,} cells, {made.people:,} people on {made.hexagons:,} hexagons, {made.intervals:,} hours, "
        f"{made.gatherings:,} gatherings"
    )
    printer.say(f"{len(made.files)} files written to {made.out}; its README.md says what each one is")
    printer.result(made)


def demo_command(
    open_map: Annotated[bool, typer.Option("--open", help="Then serve the review map and open it.")] = False,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Show the whole chain on the sample city: count files in, a picture and the cells to warn out."""
    began = time.monotonic()
    sample = _sample_folder()
    session = _fresh_session(home, sample, as_json=json)
    _load(session, sample)
    first, hour = _span(sample)
    session.printer.say(f"\nRunning the hourly flow over four weeks of history and the hour {_local(session, hour)}")
    run_hours(session, (first, hour + timedelta(hours=1)))
    outputs = _export(session, hour)
    _show(session, hour)
    _propose(session, hour)
    seconds = time.monotonic() - began
    session.printer.say(f"\nDone in {seconds:.0f} s. Where to look:")
    for what, path in outputs.items():
        session.printer.say(f"  {what:<11} {path}")
    session.printer.say(f"  everything  {session.home.root}")
    session.printer.say("Now with your own files: docs/tutorials/your-own-data.md")
    session.printer.result({"outputs": outputs, "seconds": seconds})
    if open_map:
        serve_portal(session, port=None, open_page=True)
    else:
        portal = session.settings.portal
        address = f"http://{portal.host}:{portal.port}"
        session.printer.say(f"The review map of this sample, at {address} once you have started it:")
        session.printer.say(f"  {own_command()} portal --open --home {session.home.root}")


def _sample_folder() -> Path:
    """The sample city: in the repository, or inside the installed package."""
    found = [Path(__file__).parents[2] / "data" / "sample", Path(str(files("kerumun").joinpath("sample")))]
    folder = next((path for path in found if (path / "cells.csv").exists()), None)
    if folder is None:
        raise RefusedInputError("the sample city is not installed: make one with 'kerumun simulate data/sample'")
    return folder


def _fresh_session(home: Path, sample: Path, *, as_json: bool) -> Session:
    """A home of the demo's own, below the user's, so that neither sees the other's data."""
    root = home / "demo"
    if root.exists():
        shutil.rmtree(root)
    root.mkdir(parents=True)
    shutil.copy(sample / "kerumun.toml", root / "kerumun.toml")
    return open_session(root, as_json=as_json)


def _load(session: Session, sample: Path) -> None:
    intake, say = session.intake(), session.printer.say
    timezone = session.settings.timezone
    plan = load_cells(
        sample / "cells.csv", intake=intake, options=PlanOptions(profile=FileProfile(), timezone=timezone)
    )
    told = ", ".join(f"{n:,} of {operator}" for operator, n in plan.operators.items())
    say(f"Cell plan taken in: {told}")
    for level in LEVELS[:3]:
        load_areas(sample / "areas.geojson", level=level, intake=intake, columns={})
    history = sorted((sample / "counts").iterdir())
    load = load_counts(history, intake=intake, profile=FileProfile(), max_devices=session.settings.max_devices_per_cell)
    kept = sum(report.rows_kept for report in load.files)
    say(f"History taken in: {kept:,} counts from {len(history)} files")
    session.home.inbox.mkdir(parents=True, exist_ok=True)
    arriving = sorted((sample / "inbox").iterdir())
    for path in arriving:
        shutil.copy(path, session.home.inbox / path.name)
    say(f"Put in the inbox, as an operator would: {', '.join(path.name for path in arriving)}")


def _span(sample: Path) -> tuple[datetime, datetime]:
    """First hour with counts, and the hour that lies in the inbox."""
    starts = [
        datetime.fromisoformat(pl.read_csv(min((sample / folder).iterdir()), n_rows=1)["interval_start"][0])
        for folder in ("counts", "inbox")
    ]
    return starts[0], starts[1]


def _export(session: Session, hour: datetime) -> dict[str, Path]:
    folder = session.home.root / "exports"
    wanted = {
        "picture": ("density", "density.png"),
        "density": ("density", "density.geojson"),
        "gatherings": ("gatherings", "gatherings.csv"),
        "targets": ("targets", "targets.csv"),
    }
    outputs = {}
    for what, (table, name) in wanted.items():
        outputs[what] = folder / name
        export_range(session, table, start=hour, end=hour + timedelta(hours=1), file_format=None, output=outputs[what])
    return outputs


def _show(session: Session, hour: datetime) -> None:
    """The gatherings and the first target cells, as a duty officer would want them."""
    folder = session.home.root / "exports"
    gatherings = pl.read_csv(folder / "gatherings.csv")
    rows = [
        (
            row["gathering_id"],
            row["level"],
            row["state"],
            _rounded(row["people"]),
            _rounded(row["excess"]),
            row["area_code"],
        )
        for row in gatherings.filter(pl.col("state") != "ended").iter_rows(named=True)
    ]
    session.printer.table(
        f"\nGatherings at {_local(session, hour)}",
        ("gathering", "level", "state", "people", "above usual", "area"),
        rows,
    )
    session.printer.say("\nWhy")
    tell_gatherings(session, hour, hour + timedelta(hours=1), lang=ReasonLanguage.EN)
    targets = pl.read_csv(folder / "targets.csv").sort("gathering_id", "reach", descending=[False, True])
    first = targets.group_by("gathering_id", maintain_order=True).head(SHOWN_CELLS)
    shown = [
        (
            row["gathering_id"],
            row["operator"],
            row["cell_id"],
            row["expected_recipients"],
            row["reach"],
            row["overreach"],
        )
        for row in first.iter_rows(named=True)
    ]
    session.printer.table(
        f"\nCells to warn, the first of {targets.height}",
        ("gathering", "operator", "cell", "recipients", "reach", "overreach"),
        shown,
    )


def _propose(session: Session, hour: datetime) -> None:
    """Draft the warnings, and tell what a person would do now: a demo approves nothing."""
    done = draft_of(session.options, start=hour, end=hour + timedelta(hours=1), now=datetime.now(UTC))
    home = session.home.root
    session.printer.say("")
    with looking(session) as reading:
        for name in done.drafted:
            found = show_warning(reading, name)
            where = found.listed.area_name
            session.printer.say(f"Warning {name} drafted, as a test: {found.listed.level}, {where}")
            for language, text in found.texts.items():
                session.printer.say(f"  {language}: {text}")
    if done.drafted:
        session.printer.say("Nothing goes out before somebody approves it:")
        command = f"{own_command()} warnings"
        session.printer.say(f"  {command} show {done.drafted[0]} --home {home}")
        session.printer.say(f"  {command} approve {done.drafted[0]} --by NAME --home {home}   # awas takes two")
        session.printer.say(f"  {command} send --home {home}")


def _rounded(number: float | None) -> int | None:
    """An estimate with the digits it deserves."""
    return None if number is None else int(float(f"{number:.2g}"))


def _local(session: Session, instant: datetime) -> str:
    return f"{instant.astimezone(ZoneInfo(session.settings.timezone)):%A %d %B %Y, %H:%M}"
