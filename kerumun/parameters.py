"""Parameters that several commands share, and how their texts are understood."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from kerumun.console import Printer
from kerumun.settings import Settings, engine, home_at, ledger_url, load_settings, run_options
from lake.engine import Engine
from lake.errors import RefusedInputError
from lake.home import Home
from lake.intake import Intake
from lake.profile import FileProfile, load_profile, make_profile, parse_columns
from pipelines.options import RunOptions

HomeOption = Annotated[
    Path, typer.Option("--home", envvar="KERUMUN_HOME", help="Folder that holds everything Kerumun keeps.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
FromOption = Annotated[
    str | None, typer.Option("--from", help="First instant, ISO 8601; local time without an offset.")
]
ToOption = Annotated[str | None, typer.Option("--to", help="First instant that is not included.")]
AtOption = Annotated[str | None, typer.Option("--at", help="One hour: short for --from HOUR --to HOUR+1.")]
ProfileOption = Annotated[Path | None, typer.Option("--profile", help="TOML file that says how to read the file.")]
ColumnsOption = Annotated[
    str | None, typer.Option("--columns", help="Our column names for theirs: ours=theirs,ours=theirs.")
]
DelimiterOption = Annotated[str | None, typer.Option("--delimiter", help="Column separator of CSV.")]
TemplateOption = Annotated[
    str | None,
    typer.Option(
        "--cell-id-template",
        help="Cell id built from columns, e.g. '510-10-{ci}' or '{mcc}-{net:02}-{cell}'.",
    ),
]
OperatorOption = Annotated[str | None, typer.Option("--operator", help="Operator of rows that name none.")]
DeliveryArgument = Annotated[list[Path], typer.Argument(help="Files of one delivery.", show_default=False)]
TimezoneOption = Annotated[str | None, typer.Option("--timezone", help="Time zone of times without an offset.")]
TimeFormatOption = Annotated[
    str | None, typer.Option("--time-format", help="strptime format of times, or unix, unix_ms.")
]
AgainOption = Annotated[bool, typer.Option("--again", help="Read files anew that were taken in before.")]
DEFAULT_HOME = Path("kerumun-home")


@dataclass(frozen=True)
class Session:
    """One command at work: where, with what settings, printing to whom."""

    home: Home
    settings: Settings
    printer: Printer

    @property
    def engine(self) -> Engine:
        """Memory and threads."""
        return engine(self.home, self.settings)

    @property
    def options(self) -> RunOptions:
        """What a flow is told."""
        return run_options(self.home, self.settings)

    def intake(self) -> Intake:
        """The circumstances of taking in files now."""
        return Intake(
            home=self.home,
            engine=self.engine,
            ledger_url=ledger_url(self.home, self.settings),
            now=datetime.now(UTC),
            taken_by=self.settings.user,
        )


def open_session(home: Path, *, as_json: bool) -> Session:
    """Read the settings of a home, making its folder if it is missing.

    Raises:
        RefusedInputError: the folder cannot be made or its settings do not fit.
    """
    place = home_at(home)
    try:
        place.root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RefusedInputError(f"cannot make the folder {place.root}: {error.strerror}") from None
    return Session(place, load_settings(place), Printer(as_json=as_json))


def parse_instant(text: str, *, timezone: str) -> datetime:
    """An instant as written on the command line, in UTC; without an offset it is local time.

    Raises:
        RefusedInputError: it is no ISO 8601 time.
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise RefusedInputError(f"'{text}' is no ISO 8601 time: write it like 2020-03-31T19:00+07:00") from None
    return (instant if instant.tzinfo else instant.replace(tzinfo=ZoneInfo(timezone))).astimezone(UTC)


def parse_range(start: str | None, end: str | None, at: str | None, *, timezone: str) -> tuple[datetime, datetime]:
    """A range from --from and --to, or from --at.

    Raises:
        RefusedInputError: neither or both are given, or the range is empty.
    """
    if at is not None and start is None and end is None:
        first = parse_instant(at, timezone=timezone)
        return first, first + timedelta(hours=1)
    if at is not None or start is None or end is None:
        raise RefusedInputError("say which time: either --from and --to, or --at for one hour")
    first, last = parse_instant(start, timezone=timezone), parse_instant(end, timezone=timezone)
    if first >= last:
        raise RefusedInputError(f"--from {start} is not before --to {end}: swap them or choose others")
    return first, last


def gather_profile(profile: Path | None, *, columns: str | None, **given: object) -> FileProfile:
    """A profile file with what the command line says on top of it.

    Raises:
        RefusedInputError: something in it does not fit.
    """
    values = load_profile(profile) if profile else {}
    stored = values.get("columns", {})
    if columns is not None:
        values["columns"] = {**(stored if isinstance(stored, dict) else {}), **parse_columns(columns)}
    values |= {name: value for name, value in given.items() if value is not None}
    return make_profile(values, source=str(profile) if profile else "the command line")
